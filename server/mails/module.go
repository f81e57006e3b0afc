// Package mails keeps the letters that a shop writes to its customers, from the
// transaction that writes one until a mail server has taken it. What a letter
// says is the business of the module that writes it; newsletters are nobody's.
package mails

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Manage allows seeing all letters and settling how they are sent.
const Manage module.Permission = "mails.manage"

// List is every letter and what became of it.
var List = live.Topic{Name: "mails.list", Needs: web.SignedIn, Tables: live.Tables("mails")}

// Module declares e-mail.
var Module = module.Module{
	Key: "mails", Title: "E-mail", Always: true,
	Permissions: []module.Grant{
		{Permission: Manage, Allows: "see all e-mails of the shop and settle how they are sent", Roles: module.To(wire.Manager, wire.SystemManager)},
	},
	Routes: []web.Route{
		web.Get("/mails", Manage, All),
		web.Get("/mails/{id}", Manage, Show),
		web.GetFile("/mails/{id}/file", Manage, Enclosed),
		web.Post("/mails/{id}/attempts", Manage, TryAgain),
		web.Get("/mail-settings", web.SignedIn, ReadSettings),
		web.Put("/mail-settings", Manage, ChangeSettings),
		web.Post("/mail-settings/test", Manage, SendTest),
	},
	Topics: []live.Topic{List},
	Nav:    []module.Nav{{Section: "Shop", Label: "E-mail", Path: "/settings/mail", Icon: "mail", Needs: Manage}},
	Faults: map[string]string{"mails_pkey": "mails.already_written"},
	Sentences: map[string]string{
		"mails.already_written": "This e-mail is on its way already. Look at the list of e-mails.",
	},
}
