// Package transfers brings goods from one place to another: a document that is
// drafted, sent and received. What is sent leaves its shelf at once and is on its
// way, worth what it cost there, until somebody says what of it arrived. How a
// shelf is valued is inventory's.
package transfers

import (
	"souk/server/inventory"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

const key = "transfers"

// The permissions of this module.
const (
	Read    module.Permission = "transfers.read"
	Send    module.Permission = "transfers.send"
	Receive module.Permission = "transfers.receive"
)

// Documents are all transfers, drafts too.
var Documents = live.Topic{Name: "transfers.list", Needs: Read, Tables: live.Tables("stock_transfers")}

// Module declares the transfers between places.
var Module = module.Module{
	Key: key, Title: "Transfers",
	Needs: []string{"inventory", "tills"},
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see transfers between stores", Roles: module.To(wire.Manager, wire.AccountsManager,
			wire.SalesManager, wire.PurchaseManager, wire.StockManager)},
		{Permission: Send, Allows: "prepare transfers, send and cancel them", Roles: module.To(wire.Manager, wire.StockManager)},
		{Permission: Receive, Allows: "receive transfers and say what is missing", Roles: module.To(wire.Manager, wire.SalesManager, wire.StockManager)},
	},
	Routes: []web.Route{
		web.Get("/transfers", Read, List),
		web.Post("/transfers", Send, Draft),
		web.Get("/transfers/on-their-way", Read, OnTheirWay),
		web.Get("/transfers/{id}", Read, Show),
		web.Put("/transfers/{id}", Send, Change),
		web.Put("/transfers/{id}/dispatch", Send, Dispatch),
		web.Put("/transfers/{id}/receipt", Receive, TakeIn),
		web.Put("/transfers/{id}/cancellation", Send, Cancel),
		web.Get("/stock/{item_id}/places", inventory.Read, Places),
	},
	Reacts: []module.Reaction{module.On(keepOpen)},
	Topics: []live.Topic{Documents},
	Nav:    []module.Nav{{Section: "Stock", Label: "Transfers", Path: "/transfers", Icon: "truck", Needs: Read}},
	Faults: map[string]string{
		"stock_transfers_pkey":          "transfers.made_already",
		"stock_transfer_lines_item_key": "transfers.item_twice",
		"stock_transfers_places":        "transfers.same_place",
	},
	Sentences: map[string]string{
		"transfers.made_already": "This transfer is there already. Look it up in the list.",
		"transfers.item_twice":   "An item is in the list twice. Put its quantities into one line.",
		"transfers.same_place":   "Goods cannot be sent to where they are. Choose another place.",
	},
}
