// Package sync is the tills' way in and out: it takes what they have finished,
// exactly once and in order, and gives them what they sell from. It books
// nothing itself: each kind of entry is another module's.
package sync

import (
	"souk/server/approvals"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/sales"
	"souk/shared/wire"
)

// The permissions of this module. Till is no person's.
const (
	Till   module.Permission = "sync.till"
	Review module.Permission = "sync.review"
)

// Exceptions is what tills sent and nobody could book.
var Exceptions = live.Topic{Name: "sync.exceptions", Needs: Review, Tables: live.Tables("upload_exceptions")}

// Module declares the exchange with tills.
var Module = module.Module{
	Key: "sync", Title: "Tills' exchange", Always: true,
	Needs: []string{"sales"},
	Permissions: []module.Grant{
		{Permission: Till, Allows: "exchange sales and items with the server, as a paired till", Roles: []wire.Role{wire.Till}, Fixed: true},
		{
			Permission: Review, Allows: "see and settle what tills sent and could not be booked",
			Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager),
		},
	},
	Routes: []web.Route{
		web.Get("/sync/setup", Till, Setup),
		web.Get("/sync/items", Till, Items),
		web.Get("/sync/pictures", Till, Pictures),
		web.Get("/sync/customers", Till, Customers),
		web.Get("/sync/items/{item_id}/stock", Till, StockOf),
		web.Get("/sync/receipt", Till, sales.FindReceipt),
		web.Get("/sync/receipts", Till, sales.FindReceipts),
		web.Get("/sync/sales/{id}/receipt", Till, sales.Receipt),
		web.Get("/sync/customers/{id}/purchases", Till, sales.Purchases),
		web.Post("/sync/approvals", Till, approvals.AskFor),
		web.Get("/sync/approvals/{id}", Till, approvals.ShowAnswer),
		web.Post("/sync/approvals/{id}/withdrawal", Till, approvals.Withdraw),
		web.Get("/sync/changes", Till, ChangesSince),
		web.PostOutside("/sync/entries", Till, Take),
		web.PostOutside("/sync/carried", Till, TakeCarried),
		web.Get("/sync/exceptions", Review, ListExceptions),
		web.Post("/sync/exceptions/{id}/resolution", Review, Resolve),
	},
	Topics: []live.Topic{Exceptions},
	Nav:    []module.Nav{{Section: "Selling", Label: "Exceptions", Path: "/exceptions", Icon: "inbox", Needs: Review}},
}
