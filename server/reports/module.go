// Package reports adds up what other modules have booked: how the day goes and
// what each day came to. It only reads, and keeps nothing of its own.
package reports

import (
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/promotions"
	"souk/shared/wire"
)

// Read allows looking at the shop's figures.
const Read module.Permission = "reports.read"

// Module declares the shop's figures.
var Module = module.Module{
	Key: "reports", Title: "Reports",
	Needs: []string{"sales"},
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see the shop's figures", Roles: module.To(
			wire.Manager, wire.AccountsManager, wire.SalesManager, wire.PurchaseManager, wire.StockManager, wire.ReportUser)},
	},
	Routes: []web.Route{
		web.Get("/dashboard", Read, ShowDashboard),
		web.Get("/reports/days", Read, Days),
		web.Get("/promotion-uses", promotions.Read, PromotionUses),
		web.PostOutside("/promotion-trials", promotions.Edit, TryPromotion),
	},
}
