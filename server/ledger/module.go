// Package ledger keeps the books: a chart of accounts and journal entries whose
// postings balance. Other modules post to it as things happen; nothing here is
// ever changed, a mistake is reversed.
package ledger

import (
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read   module.Permission = "ledger.read"
	Manage module.Permission = "ledger.manage"
)

// Module declares the books.
var Module = module.Module{
	Key: "ledger", Title: "Books",
	Permissions: []module.Grant{
		{Whole: true, Permission: Read, Allows: "see accounts, journal and trial balance", Roles: module.To(wire.Manager, wire.AccountsManager)},
		{Whole: true, Permission: Manage, Allows: "add accounts to the chart", Roles: module.To(wire.Manager, wire.AccountsManager)},
	},
	Routes: []web.Route{
		web.Get("/accounts", Read, Accounts),
		web.Post("/accounts", Manage, AddAccount),
		web.Put("/accounts/{id}", Manage, ChangeAccount),
		web.Get("/trial-balance", Read, Balance),
		web.Get("/journal", Read, Journal),
		web.Get("/journal/{id}", Read, ShowEntry),
	},
	Nav:    []module.Nav{{Section: "Books", Label: "Accounts", Path: "/accounts", Icon: "book-open", Needs: Read}},
	Reacts: []module.Reaction{module.On(layGround)},
	Faults: map[string]string{
		"accounts_code_key":          "ledger.code_taken",
		"journal_entries_source_key": "ledger.already_posted",
	},
	Sentences: map[string]string{
		"ledger.code_taken":     "Another account has this number already. Choose another number.",
		"ledger.already_posted": "This is in the books already. Nothing was posted twice; look it up in the journal.",
	},
}
