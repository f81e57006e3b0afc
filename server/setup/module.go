// Package setup makes shops for people: by the page at the domain itself, by the
// command line, always through the same use cases; and it tells a new shop's
// owner what is left to do. It keeps nothing of its own.
package setup

import (
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Follow allows seeing what is left to do before the shop can sell.
const Follow module.Permission = "setup.follow"

// Module declares the first steps of a shop.
var Module = module.Module{
	Key: "setup", Title: "Getting started",
	Needs: []string{"catalog", "tills"},
	Permissions: []module.Grant{
		{Whole: true, Permission: Follow, Allows: "see what is left to do before the shop can sell", Roles: module.To(wire.Manager, wire.SystemManager)},
	},
	Routes: []web.Route{web.Get("/welcome", Follow, ShowProgress)},
	Nav:    []module.Nav{{Section: "Shop", Label: "Getting started", Path: "/welcome", Icon: "house", Needs: Follow}},
}
