// Package support is how a shop lets the platform's support in, for some hours and
// no longer, and sees what was done there; and what the shop's plan has. Without a
// grant of the shop there is no way in. Who the support is, and how it proves it, is
// the platform's console's matter and not a shop's.
package support

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// Allow allows letting the platform's support in. Only the owner has it.
const Allow module.Permission = "support.allow"

// Grants are those that were given.
var Grants = live.Topic{Name: "support.grants", Needs: Allow, Tables: live.Tables("support_grants")}

// Module declares support access and the shop's plan.
var Module = module.Module{
	Key: "support", Title: "Support access", Always: true,
	Permissions: []module.Grant{
		{Permission: Allow, Allows: "let the platform's support in", Roles: module.To(), Fixed: true, Whole: true},
	},
	Routes: []web.Route{
		web.Get("/support/grants", Allow, List),
		web.Get("/support/grants/{id}/looks", Allow, ListLooks),
		web.Fresh(web.Post("/support/grants", Allow, Give)),
		web.Put("/support/grants/{id}/revocation", Allow, Revoke),
		web.Get("/plan", Allow, ShowPlan),
	},
	Topics: []live.Topic{Grants},
	Nav:    []module.Nav{{Section: "Shop", Label: "Support access", Path: "/settings/support", Icon: "shield", Needs: Allow}},
	Faults: map[string]string{
		"plan_people": "plans.people", "plan_stores": "plans.stores", "plan_tills": "plans.tills", "plan_items": "plans.items",
	},
	Sentences: map[string]string{
		"plans.people": "Your plan has no room for more people. Take out someone who has left, or ask the platform's keeper for a larger plan.",
		"plans.stores": "Your plan has no room for more stores. Close one that is not used, or ask the platform's keeper for a larger plan.",
		"plans.tills":  "Your plan has no room for more tills. Take out one that is not used, or ask the platform's keeper for a larger plan.",
		"plans.items":  "Your plan has no room for more items. Take out those no longer sold, or ask the platform's keeper for a larger plan.",
	},
}
