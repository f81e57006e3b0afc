// Package promotions keeps what a shop takes off its prices, for what and when.
// What that comes to on a cart is package promotion's, at the till and here alike;
// what it gave is with the sales.
package promotions

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read module.Permission = "promotions.read"
	Edit module.Permission = "promotions.edit"
)

// Promotions is what runs, and what is to.
var Promotions = live.Topic{Name: "promotions.list", Needs: Read, Tables: live.Tables("promotions"), Tills: true}

// Module declares the promotions.
var Module = module.Module{
	Key: "promotions", Title: "Promotions",
	Needs: []string{"catalog"},
	Permissions: []module.Grant{
		{Whole: true, Permission: Read, Allows: "see promotions and what they gave", Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager, wire.StockManager)},
		{Whole: true, Permission: Edit, Allows: "make, try, start and stop promotions", Roles: module.To(wire.Manager, wire.SalesManager)},
	},
	Routes: []web.Route{
		web.Get("/promotions", Read, List),
		web.Post("/promotions", Edit, Add),
		web.Put("/promotions/{id}", Edit, Change),
		web.Put("/promotions/{id}/start", Edit, Start),
		web.Delete("/promotions/{id}/start", Edit, Stop),
		web.Delete("/promotions/{id}", Edit, Remove),
	},
	Topics: []live.Topic{Promotions},
	Nav:    []module.Nav{{Section: "Selling", Label: "Promotions", Path: "/promotions", Icon: "badge-percent", Needs: Read}},
}
