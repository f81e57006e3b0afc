// Package tenants opens shops and keeps their settings and stores. What a shop
// sells, employs or books is the other modules'.
package tenants

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Edit allows changing the shop's settings and stores.
const Edit module.Permission = "company.edit"

// Settings are the company's and its stores' facts.
var Settings = live.Topic{Name: "company.settings", Needs: web.SignedIn, Tables: live.Tables("company", "stores")}

// Module declares the shop itself.
var Module = module.Module{
	Key: "tenants", Title: "Shop",
	Permissions: []module.Grant{
		{Whole: true, Permission: Edit, Allows: "change the shop's settings and stores", Roles: module.To(wire.SystemManager)},
	},
	Routes: []web.Route{
		web.Get("/company", web.SignedIn, Show),
		web.Put("/company", Edit, Change),
		web.Get("/stores", web.SignedIn, Stores),
		web.Post("/stores", Edit, AddStore),
		web.Put("/stores/{id}", Edit, ChangeStore),
	},
	Topics: []live.Topic{Settings},
	Nav:    []module.Nav{{Section: "Shop", Label: "Settings", Path: "/settings", Icon: "settings", Needs: Edit}},
	Faults: map[string]string{
		"stores_name_key":  "tenants.store_name_taken",
		"tenants_slug_key": "tenants.slug_taken",
	},
	Sentences: map[string]string{
		"tenants.store_name_taken": "Another store of this shop has this name already. Choose another name.",
		"tenants.slug_taken":       "Another shop has this address already. Choose another one.",
	},
}
