// Package inventory knows what stands where and what it is worth: movements that
// are never changed, and balances kept beside them at the moving average cost.
// It decides nothing about why goods move; sales and later modules tell it.
package inventory

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read   module.Permission = "inventory.read"
	Adjust module.Permission = "inventory.adjust"
	// Cost shows what stock is worth.
	Cost module.Permission = "inventory.cost"
)

// Stock is what stands where.
var Stock = live.Topic{Name: "inventory.stock", Needs: Read, Tables: live.Tables("stock_balances"), Tills: true}

// Module declares the stock.
var Module = module.Module{
	Key: "inventory", Title: "Stock",
	Needs: []string{"catalog", "ledger"},
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see what is in stock", Roles: module.To(wire.Manager, wire.SystemManager, wire.AccountsManager,
			wire.SalesManager, wire.PurchaseManager, wire.StockManager, wire.Cashier, wire.Technician, wire.Chef, wire.Waiter,
			wire.DealerSales, wire.POSUser, wire.ReportUser)},
		{Permission: Adjust, Allows: "open, count and correct stock", Roles: module.To(wire.Manager, wire.StockManager)},
		{Permission: Cost, Allows: "see what stock cost and is worth", Roles: module.To(wire.Manager, wire.AccountsManager,
			wire.PurchaseManager, wire.StockManager)},
	},
	Routes: []web.Route{
		web.Get("/stock", Read, List),
		web.Get("/stock/low", Read, Low),
		web.Get("/stock/{item_id}/moves", Read, Moves),
		web.Post("/stock/opening", Adjust, OpenStock),
		web.Post("/stock/adjustments", Adjust, AdjustStock),
		web.Post("/stock/counts", Adjust, CountStock),
	},
	Topics: []live.Topic{Stock},
	Nav:    []module.Nav{{Section: "Stock", Label: "Stock", Path: "/stock", Icon: "warehouse", Needs: Read}},
	Faults: map[string]string{
		"stock_moves_source_key": "inventory.already_moved",
		"stock_balances_empty":   "inventory.changed_meanwhile",
	},
	Sentences: map[string]string{
		"inventory.already_moved":     "This stock has been moved already. Nothing was moved twice; look at the item's movements.",
		"inventory.changed_meanwhile": "The stock changed meanwhile. Look at it again, then correct it once more.",
	},
}
