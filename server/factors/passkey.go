package factors

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

const (
	challengeLasts = 5 * time.Minute
	mostPasskeys   = 20
)

const (
	addChallenge db.SQL = `
		insert into platform.passkey_challenges (id, tenant_id, purpose, account_id, session_id, data, expires_at)
		values (@id, @shop, @purpose, @account, @session, @data, @expires)`

	dropChallenges db.SQL = `delete from platform.passkey_challenges where expires_at < @now`

	// Taken out as it is read: of two answers to one challenge one is too late.
	takeChallenge db.SQL = `
		delete from platform.passkey_challenges
		where  id = @id and tenant_id = @shop and purpose = @purpose and expires_at > @now
		and    account_id is not distinct from @account and session_id is not distinct from @session
		returning data`

	credentialsOf db.SQL = `
		select id, credential from platform.passkeys where account_id = @account and domain = @domain order by created_at, id`

	addPasskey db.SQL = `
		insert into platform.passkeys (id, account_id, domain, credential_id, credential, name, created_at)
		values (@id, @account, @domain, @credential_id, @credential, @name, @now)`

	usePasskey db.SQL = `
		update platform.passkeys set credential = @credential, last_used_at = @now where account_id = @account and credential_id = @credential_id`

	removePasskey db.SQL = `delete from platform.passkeys where account_id = @account and id = @id`
)

// Challenge is what a browser is given to have signed.
type Challenge struct {
	ID      uuid.UUID `json:"id"`
	Options any       `json:"options" doc:"For navigator.credentials, in its JSON form"`
}

// PasskeyUse is what a browser answers to a challenge.
type PasskeyUse struct {
	Challenge  uuid.UUID      `json:"challenge"`
	Credential map[string]any `json:"credential" doc:"PublicKeyCredential, in its JSON form"`
}

// NewPasskey is a passkey that a browser has made.
type NewPasskey struct {
	Name       string         `json:"name" minLength:"1" maxLength:"60"`
	Challenge  uuid.UUID      `json:"challenge"`
	Credential map[string]any `json:"credential" doc:"PublicKeyCredential, in its JSON form"`
}

// EnterIn asks for a challenge to sign in by; the token is of a second step, if it is one.
type EnterIn struct {
	Token string `json:"token,omitempty" maxLength:"200"`
}

// PasskeyStep signs in by a passkey, alone or as a second step.
type PasskeyStep struct {
	Token string `json:"token,omitempty" maxLength:"200"`
	PasskeyUse
}

// domainOf is what passkeys of this address are bound to: the domain that all shops
// are under, or the shop's own name where that domain is one word, which browsers
// bind nothing to. There is none where the address is a number.
func domainOf(ctx context.Context) (string, bool) {
	host, domain := web.HostOf(ctx)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || domain == "" {
		return "", false
	}
	if host != domain && !strings.HasSuffix(host, "."+domain) {
		return "", false
	}
	if !strings.Contains(domain, ".") {
		return host, true
	}
	return domain, true
}

// party is this server as a browser sees it from here.
func party(ctx context.Context) (*webauthn.WebAuthn, string, error) {
	domain, offered := domainOf(ctx)
	if !offered {
		return nil, "", fault.Conflict("factors.no_passkeys_here").Say("Passkeys are bound to a name. Open the shop by its name to use one.")
	}
	host, _ := web.HostOf(ctx)
	relying, err := webauthn.New(&webauthn.Config{
		RPID: domain, RPDisplayName: "Souk",
		// Browsers give keys on a plain connection to this same machine only.
		RPOrigins: []string{"https://" + strings.ToLower(host), "http://" + strings.ToLower(host)},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	return relying, domain, err
}

// holder is an account as the library wants it.
type holder struct {
	own         users.Own
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.own.ID[:] }
func (h holder) WebAuthnName() string                       { return h.own.Email }
func (h holder) WebAuthnDisplayName() string                { return h.own.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

type credentialRow struct {
	ID         uuid.UUID
	Credential webauthn.Credential
}

func holderOf(ctx context.Context, database *db.DB, account uuid.UUID, domain string) (h holder, err error) {
	if h.own, err = users.AccountByID(ctx, database, account); err != nil {
		return h, err
	}
	err = database.Platform(ctx, "read an account's passkeys", func(ctx context.Context, tx *db.Tx) error {
		rows, err := db.All[credentialRow](ctx, tx, credentialsOf, db.Args{"account": account, "domain": domain})
		for _, row := range rows {
			h.credentials = append(h.credentials, row.Credential)
		}
		return err
	})
	return h, err
}

// asked is whose answer a challenge waits for.
type asked struct {
	purpose string
	account *uuid.UUID
	session *uuid.UUID
}

func (a asked) args(ctx context.Context, id uuid.UUID) db.Args {
	return db.Args{"id": id, "shop": web.TenantOf(ctx).ID, "purpose": a.purpose, "account": a.account, "session": a.session}
}

func (a asked) keep(ctx context.Context, database *db.DB, session *webauthn.SessionData, options any) (Challenge, error) {
	made := Challenge{ID: uuid.Must(uuid.NewV7()), Options: options}
	return made, database.Platform(ctx, "keep a challenge for a passkey", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(dropChallenges, db.Args{"now": tx.Now()})
		args := a.args(ctx, made.ID)
		args["data"], args["expires"] = session, tx.Now().Add(challengeLasts)
		batch.Exec(addChallenge, args)
		return batch.Done()
	})
}

func (a asked) take(ctx context.Context, database *db.DB, id uuid.UUID) (session webauthn.SessionData, err error) {
	err = database.Platform(ctx, "take a passkey's challenge", func(ctx context.Context, tx *db.Tx) error {
		args := a.args(ctx, id)
		args["now"] = tx.Now()
		data, found, err := db.Maybe[json.RawMessage](ctx, tx, takeChallenge, args)
		if err != nil || !found {
			return orElse(err, refused())
		}
		return json.Unmarshal(data, &session)
	})
	return session, err
}

func refused() error {
	return fault.Invalid("factors.passkey_refused").Say("The passkey was not taken. Try again, or sign in another way.")
}

func mine(ctx context.Context, purpose string, account uuid.UUID) asked {
	session := auth.From(ctx).Session
	return asked{purpose: purpose, account: &account, session: &session}
}

// AskPasskey begins to make a passkey.
//
// Fails with auth.no_account, factors.no_passkeys_here and factors.too_many.
func AskPasskey(ctx context.Context, database *db.DB, _ web.None) (Challenge, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return Challenge{}, err
	}
	relying, domain, err := party(ctx)
	if err != nil {
		return Challenge{}, err
	}
	whose, err := holderOf(ctx, database, own.ID, domain)
	if err != nil {
		return Challenge{}, err
	}
	if len(whose.credentials) >= mostPasskeys {
		return Challenge{}, fault.Conflict("factors.too_many").Say("There are 20 passkeys already. Remove one first.")
	}
	options, session, err := relying.BeginRegistration(whose, webauthn.WithExclusions(webauthn.Credentials(whose.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, err
	}
	return mine(ctx, "add", own.ID).keep(ctx, database, session, options)
}

// AddPasskey takes a passkey that a browser has made.
//
// Fails with auth.no_account, factors.no_passkeys_here, factors.passkey_refused and
// factors.passkey_taken.
func AddPasskey(ctx context.Context, database *db.DB, in NewPasskey) (Factors, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return Factors{}, err
	}
	relying, domain, err := party(ctx)
	if err != nil {
		return Factors{}, err
	}
	session, err := mine(ctx, "add", own.ID).take(ctx, database, in.Challenge)
	if err != nil {
		return Factors{}, err
	}
	text, err := json.Marshal(in.Credential)
	if err != nil {
		return Factors{}, err
	}
	answer, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(text))
	if err != nil {
		return Factors{}, refused()
	}
	made, err := relying.CreateCredential(holder{own: own}, session, answer)
	if err != nil {
		return Factors{}, refused()
	}
	err = database.Platform(ctx, "add a passkey", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addPasskey, db.Args{
			"id": uuid.Must(uuid.NewV7()), "account": own.ID, "domain": domain, "credential_id": made.ID, "credential": made,
			"name": strings.TrimSpace(in.Name), "now": tx.Now(),
		})
		return err
	})
	if err != nil {
		return Factors{}, err
	}
	return List(ctx, database, web.None{})
}

// PasskeyRef names one of the caller's passkeys.
type PasskeyRef struct {
	ID uuid.UUID `path:"id"`
}

// RemovePasskey takes a passkey away. Fails with auth.no_account and request.not_found.
func RemovePasskey(ctx context.Context, database *db.DB, in PasskeyRef) (Factors, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return Factors{}, err
	}
	err = database.Platform(ctx, "remove a passkey", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, removePasskey, db.Args{"account": own.ID, "id": in.ID})
		if err == nil && rows == 0 {
			err = fault.NotFound("request.not_found").Say("There is nothing here.")
		}
		return err
	})
	if err != nil {
		return Factors{}, err
	}
	return List(ctx, database, web.None{})
}
