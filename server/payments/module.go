// Package payments knows the ways to pay and where their money goes in the books.
// It talks to no card terminal: card payments are recorded by hand.
package payments

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Manage allows adding and changing ways to pay.
const Manage module.Permission = "payments.manage"

// Module declares the ways to pay.
var Module = module.Module{
	Key: "payments", Title: "Payments", Always: true,
	Permissions: []module.Grant{
		{Whole: true, Permission: Manage, Allows: "add and change ways to pay", Roles: module.To(wire.Manager, wire.SystemManager)},
	},
	Routes: []web.Route{
		web.Get("/payment-methods", web.SignedIn, List),
		web.Post("/payment-methods", Manage, Add),
		web.Put("/payment-methods/{id}", Manage, Change),
	},
	Topics: []live.Topic{{Name: "payments.methods", Needs: web.SignedIn, Tables: live.Tables("payment_methods")}},
	Nav:    []module.Nav{{Section: "Shop", Label: "Payments", Path: "/settings/payments", Icon: "credit-card", Needs: Manage}},
	Reacts: []module.Reaction{module.On(layGround)},
	Faults: map[string]string{"payment_methods_name_key": "payments.name_taken"},
	Sentences: map[string]string{
		"payments.name_taken": "There is a way to pay of this name already. Choose another name.",
	},
}
