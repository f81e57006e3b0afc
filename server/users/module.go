// Package users keeps the people of a shop, their roles and PINs, and signs them
// in and out: by e-mail and password in a browser, by PIN at a paired till.
package users

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read  module.Permission = "people.read"
	Edit  module.Permission = wire.MayEditPeople
	Roles module.Permission = "people.roles"
)

// People is who works here; Sessions is who is signed in; Shapes is what the shop
// made of its roles, which every page needs to know; Views is how people look at
// lists.
var (
	People   = live.Topic{Name: "people.list", Needs: web.SignedIn, Tables: live.Tables("people", "person_stores")}
	Sessions = live.Topic{Name: "people.sessions", Needs: Edit, Tables: live.Tables("sessions")}
	Shapes   = live.Topic{Name: "people.roles", Needs: web.SignedIn, Tables: live.Tables("roles")}
	Views    = live.Topic{Name: "people.views", Needs: web.SignedIn, Tables: live.Tables("saved_views")}
)

// Module declares people and their sessions.
var Module = module.Module{
	Key: "users", Title: "People", Always: true,
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see who works here", Roles: module.To(wire.Manager, wire.SystemManager, wire.HRManager)},
		{Permission: Edit, Allows: "add people, change their roles and PINs", Roles: module.To(wire.Manager, wire.SystemManager)},
		{Whole: true, Permission: Roles, Allows: "make roles and say what each may do", Roles: module.To(wire.Manager)},
	},
	Routes: []web.Route{
		web.PostOutside("/session", web.Anyone, SignIn),
		web.PostOutside("/session/ticket", web.Anyone, UseTicket),
		web.PostOutside("/session/pin", web.SignedIn, SignInByPIN),
		web.Get("/session", web.SignedIn, Current),
		web.Delete("/session", web.SignedIn, SignOut),
		web.Get("/people", Read, List),
		web.Post("/people", Edit, Add),
		web.Put("/people/{id}", Edit, Change),
		web.Put("/people/{id}/pin", Edit, SetPIN),
		web.Get("/people/{id}/rights", Read, Explain),
		web.Get("/people/{id}/sessions", Edit, SessionsOf),
		web.Delete("/sessions/{id}", Edit, EndSession),
		web.Get("/account/sessions", web.SignedIn, OwnSessions),
		web.Delete("/account/sessions/{id}", web.SignedIn, EndOwnSession),
		web.GetOutside("/account", web.SignedIn, ShowAccount),
		web.PutOutside("/account/password", web.SignedIn, ChangePassword),
		web.GetOutside("/account/shops", web.SignedIn, OwnShops),
		web.PostOutside("/account/visits", web.SignedIn, VisitShop),
		web.Get("/permissions", Read, ListPermissions),
		web.Get("/roles", Read, ListRoles),
		web.Get("/role-effects", Roles, ShowEffects),
		web.Post("/roles", Roles, AddRole),
		web.Put("/roles/{id}", Roles, ChangeRole),
		web.Delete("/roles/{id}", Roles, DropRole),
		web.Put("/built-in-roles/{role}", Roles, ChangeBuiltIn),
		web.Get("/limits", Roles, ListLimits),
		web.Put("/limits/{key}", Roles, ChangeLimits),
		web.Get("/views", web.SignedIn, ListViews),
		web.Post("/views", web.SignedIn, SaveView),
		web.Put("/views/{id}", web.SignedIn, ChangeView),
		web.Delete("/views/{id}", web.SignedIn, DropView),
		web.Put("/layouts/{list}", web.SignedIn, SetLayout),
	},
	Topics: []live.Topic{People, Sessions, Shapes, Views},
	Nav: []module.Nav{
		{Section: "Shop", Label: "People", Path: "/people", Icon: "users", Needs: Read},
		{Section: "Shop", Label: "Roles", Path: "/settings/roles", Icon: "shield", Needs: Roles},
		{Section: "Shop", Label: "Limits and approvals", Path: "/settings/limits", Icon: "percent", Needs: Roles},
	},
	Reacts: []module.Reaction{module.On(welcomeOwner)},
	Faults: map[string]string{
		"people_account_key": "people.already_here", "saved_views_name_key": "people.view_taken",
		"roles_name_key": "roles.name_taken", "roles_base_key": "roles.changed_meanwhile", "people_role_key": "roles.in_use",
	},
	Sentences: map[string]string{
		"roles.name_taken":        "The shop has a role of this name already. Choose another name.",
		"roles.in_use":            "Someone has this role. Give them another one first.",
		"roles.changed_meanwhile": "Someone else changed this role meanwhile. Look at it again, then save.",
		"people.view_taken":       "You have a view of this name already. Choose another name, or change that one.",
		"people.already_here":     "Someone with this e-mail address is among the shop's people already. Look in the list, also among those who have left.",
	},
}
