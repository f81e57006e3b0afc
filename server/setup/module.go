// Package setup makes shops for people: by the page at the domain itself, by the
// command line, always through the same use cases; and it tells a new shop's
// owner what is left to do, with sample items to try it with. It keeps nothing of its
// own but which items these are.
package setup

import (
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Follow  module.Permission = "setup.follow"
	Sampler module.Permission = "setup.samples"
)

// Module declares the first steps of a shop.
var Module = module.Module{
	Key: "setup", Title: "Getting started",
	Needs: []string{"catalog", "tills"},
	Permissions: []module.Grant{
		{Whole: true, Permission: Follow, Allows: "see what is left to do before the shop can sell", Roles: module.To(wire.Manager, wire.SystemManager)},
		{Whole: true, Permission: Sampler, Allows: "put sample items into an empty shop and take them out again", Roles: module.To(wire.Manager)},
	},
	Routes: []web.Route{
		web.Get("/welcome", Follow, ShowProgress),
		web.Post("/welcome/samples", Sampler, AddSamples),
		web.Delete("/welcome/samples", Sampler, RemoveSamples),
	},
	Nav: []module.Nav{{Section: "Shop", Label: "Getting started", Path: "/welcome", Icon: "house", Needs: Follow}},
}
