package factors

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
)

// AskToEnter gives a challenge to sign in by: with the token of a second step, for
// that account's passkeys; without, for whichever passkey the browser has.
//
// Fails with auth.step_over and factors.no_passkeys_here.
func AskToEnter(ctx context.Context, database *db.DB, in EnterIn) (Challenge, error) {
	relying, domain, err := party(ctx)
	if err != nil {
		return Challenge{}, err
	}
	if in.Token == "" {
		options, session, err := relying.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
		if err != nil {
			return Challenge{}, err
		}
		return asked{purpose: "enter"}.keep(ctx, database, session, options)
	}
	half, err := users.FindHalf(ctx, database, in.Token, users.StepProve)
	if err != nil {
		return Challenge{}, err
	}
	return ask(ctx, database, relying, domain, asked{purpose: "enter", account: &half.AccountID})
}

// AskToProve gives a challenge by which someone who is signed in shows it once more.
//
// Fails with auth.no_account, factors.no_passkeys_here and factors.passkey_refused.
func AskToProve(ctx context.Context, database *db.DB, _ web.None) (Challenge, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return Challenge{}, err
	}
	relying, domain, err := party(ctx)
	if err != nil {
		return Challenge{}, err
	}
	return ask(ctx, database, relying, domain, mine(ctx, "prove", own.ID))
}

func ask(ctx context.Context, database *db.DB, relying *webauthn.WebAuthn, domain string, of asked) (Challenge, error) {
	whose, err := holderOf(ctx, database, *of.account, domain)
	if err != nil {
		return Challenge{}, err
	}
	if len(whose.credentials) == 0 {
		return Challenge{}, refused()
	}
	options, session, err := relying.BeginLogin(whose, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}
	return of.keep(ctx, database, session, options)
}

// EnterByPasskey signs somebody in by a passkey, which stands for the password and
// the second step: it was unlocked by its owner.
//
// Fails with auth.step_over, auth.wrong_password if the account does not work in
// this shop, factors.no_passkeys_here and factors.passkey_refused.
func EnterByPasskey(ctx context.Context, database *db.DB, in PasskeyStep) (users.Session, error) {
	if in.Token == "" {
		account, err := signed(ctx, database, asked{purpose: "enter"}, in.PasskeyUse)
		if err != nil {
			return users.Session{}, err
		}
		return users.Half{AccountID: account}.Enter(ctx, database)
	}
	half, err := users.FindHalf(ctx, database, in.Token, users.StepProve)
	if err != nil {
		return users.Session{}, err
	}
	if _, err := signed(ctx, database, asked{purpose: "enter", account: &half.AccountID}, in.PasskeyUse); err != nil {
		return users.Session{}, err
	}
	return half.Finish(ctx, database)
}

func proveByPasskey(ctx context.Context, database *db.DB, account uuid.UUID, in PasskeyUse) error {
	_, err := signed(ctx, database, mine(ctx, "prove", account), in)
	return err
}

// signed checks an answer to a challenge and gives whose passkey it was.
func signed(ctx context.Context, database *db.DB, of asked, in PasskeyUse) (uuid.UUID, error) {
	relying, domain, err := party(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	session, err := of.take(ctx, database, in.Challenge)
	if err != nil {
		return uuid.Nil, err
	}
	text, err := json.Marshal(in.Credential)
	if err != nil {
		return uuid.Nil, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(text))
	if err != nil {
		return uuid.Nil, refused()
	}
	var whose holder
	find := func(handle []byte) (webauthn.User, error) {
		account, err := uuid.FromBytes(handle)
		if err == nil {
			whose, err = holderOf(ctx, database, account, domain)
		}
		return whose, err
	}
	var used *webauthn.Credential
	if of.account == nil {
		used, err = relying.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) { return find(handle) }, session, answer)
	} else if _, err = find(of.account[:]); err == nil {
		used, err = relying.ValidateLogin(whose, session, answer)
	}
	// A count that goes back is that of a copy.
	if err != nil || used.Authenticator.CloneWarning {
		return uuid.Nil, refused()
	}
	return whose.own.ID, database.Platform(ctx, "note that a passkey was used", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, usePasskey, db.Args{"account": whose.own.ID, "credential_id": used.ID, "credential": used, "now": tx.Now()})
		return err
	})
}
