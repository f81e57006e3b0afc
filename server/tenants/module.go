// Package tenants opens shops and keeps their settings and stores. What a shop
// sells, employs or books is the other modules'.
package tenants

import (
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Edit       module.Permission = "company.edit"
	EditStores module.Permission = "stores.edit"
	// Modules is the owner's, unless the shop grants it to another role.
	Modules module.Permission = "company.modules"
	// Close is the owner's too.
	Close module.Permission = "company.close"
	// ExportEverything is the owner's as well.
	ExportEverything module.Permission = "company.export"
)

// Settings are the company's and its stores' facts.
var Settings = live.Topic{Name: "company.settings", Needs: web.SignedIn, Tables: live.Tables("company", "stores")}

// Module declares the shop itself.
var Module = module.Module{
	Key: "tenants", Title: "Shop", Always: true,
	Permissions: []module.Grant{
		{Whole: true, Permission: Edit, Allows: "change the shop's settings and stores", Roles: module.To(wire.SystemManager)},
		{Whole: true, Permission: Modules, Allows: "switch modules on and off and choose the shop's words", Roles: module.To()},
		{Whole: true, Permission: Close, Allows: "close the shop", Roles: module.To()},
		{Whole: true, Permission: ExportEverything, Allows: "take a copy of all that the shop has away", Roles: module.To()},
		{Permission: EditStores, Allows: "change the facts of a store", Roles: module.To(wire.Manager, wire.SystemManager)},
	},
	Routes: []web.Route{
		web.Get("/company", web.SignedIn, Show),
		web.Put("/company", Edit, Change),
		web.Fresh(web.PostOutside("/company/closure", Close, CloseShop)),
		web.Fresh(web.Post("/company/exports", ExportEverything, ExportAll)),
		web.Get("/modules", Modules, ListModules),
		web.Put("/modules/{key}", Modules, SwitchModule),
		web.Put("/company/words", Modules, ChooseWords),
		web.Get("/stores", web.SignedIn, Stores),
		web.Post("/stores", Edit, AddStore),
		web.Get("/stores/{id}", web.SignedIn, ShowStore),
		web.Put("/stores/{id}", EditStores, ChangeStore),
		web.Put("/stores/{id}/closure", Edit, CloseStore),
		web.Delete("/stores/{id}/closure", Edit, ReopenStore),
		web.Get("/stores/{id}/receipt", web.SignedIn, ShowReceipt),
		web.Put("/stores/{id}/receipt", EditStores, ChangeReceipt),
	},
	Topics: []live.Topic{Settings},
	Jobs:   []jobs.Kind{everything},
	Nav: []module.Nav{
		{Section: "Shop", Label: "Stores", Path: "/stores", Icon: "store", Needs: EditStores},
		{Section: "Shop", Label: "Settings", Path: "/settings", Icon: "settings", Needs: Edit},
		{Section: "Shop", Label: "Modules", Path: "/settings/modules", Icon: "boxes", Needs: Modules},
		{Section: "Shop", Label: "Receipts", Path: "/settings/receipts", Icon: "receipt", Needs: EditStores},
	},
	Faults: map[string]string{
		"stores_name_key":  "tenants.store_name_taken",
		"tenants_slug_key": "tenants.slug_taken",
	},
	Sentences: map[string]string{
		"tenants.store_name_taken": "Another store of this shop has this name already. Choose another name.",
		"tenants.slug_taken":       "Another shop has this address already. Choose another one.",
	},
}
