// Package access is how people get in who are not in yet: invitations, and new
// passwords for forgotten ones. Both go by letters to the owner of an address, which
// no shop gets to read. Signing in itself is module users'; second steps are module
// factors'.
package access

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/users"
)

// Invitations are those who were asked to work here.
var Invitations = live.Topic{Name: "people.invitations", Needs: users.Read, Tables: live.Tables("invitations")}

// Module declares the ways in.
var Module = module.Module{
	Key: "access", Title: "Invitations", Always: true,
	Routes: []web.Route{
		web.Get("/invitations", users.Read, List),
		web.PostOutside("/invitations", users.Edit, Invite),
		web.PostOutside("/invitations/{id}/letters", users.Edit, SendAgain),
		web.Delete("/invitations/{id}", users.Edit, Withdraw),

		web.PostOutside("/invitation", web.Anyone, Look),
		web.PostOutside("/invitation/acceptance", web.Anyone, Accept),
		web.PostOutside("/password/letters", web.Anyone, Forgotten),
		web.PostOutside("/password/ticket", web.Anyone, LookAtReset),
		web.PostOutside("/password", web.Anyone, Reset),
		web.GetOutside("/mailbox", web.Anyone, Mailbox),
	},
	Topics: []live.Topic{Invitations},
	Faults: map[string]string{"invitations_open": "access.already_invited"},
	Sentences: map[string]string{
		"access.already_invited": alreadyInvited,
	},
}
