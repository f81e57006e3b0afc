// Package factors is what people show besides a password: codes of an app, passkeys
// and recovery codes, and the rule of a shop who has to. They belong to accounts and
// hold in every shop. Passwords and sessions are module users'; PINs at tills are no
// factor here.
package factors

import (
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/users"
)

// Module declares second steps.
var Module = module.Module{
	Key: "factors", Title: "Second steps", Always: true,
	Routes: []web.Route{
		web.GetOutside("/account/factors", web.SignedIn, List),
		web.Fresh(web.PostOutside("/account/code", web.SignedIn, StartCode)),
		web.Fresh(web.PostOutside("/account/code/confirmation", web.SignedIn, ConfirmCode)),
		web.PostOutside("/account/code/removal", web.SignedIn, RemoveCode),
		web.Fresh(web.PostOutside("/account/recovery-codes", web.SignedIn, RenewRecovery)),
		web.Fresh(web.PostOutside("/account/passkeys/challenge", web.SignedIn, AskPasskey)),
		web.Fresh(web.PostOutside("/account/passkeys", web.SignedIn, AddPasskey)),
		web.Fresh(web.DeleteOutside("/account/passkeys/{id}", web.SignedIn, RemovePasskey)),

		web.PostOutside("/session/code", web.Anyone, EnterByCode),
		web.PostOutside("/session/enrolment", web.Anyone, StartEnrolment),
		web.PostOutside("/session/enrolment/confirmation", web.Anyone, ConfirmEnrolment),
		web.PostOutside("/session/passkey/challenge", web.Anyone, AskToEnter),
		web.PostOutside("/session/passkey", web.Anyone, EnterByPasskey),
		web.PostOutside("/session/proof", web.SignedIn, Prove),
		web.PostOutside("/session/proof/challenge", web.SignedIn, AskToProve),

		web.Get("/sign-in-rules", users.Roles, ReadRules),
		web.Fresh(web.Put("/sign-in-rules", users.Roles, ChangeRules)),
	},
	Faults: map[string]string{"passkeys_credential_key": "factors.passkey_taken"},
	Sentences: map[string]string{
		"factors.passkey_taken": "This passkey is in use already.",
	},
}
