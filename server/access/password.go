package access

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

// ForgottenIn asks for a letter to an address.
type ForgottenIn struct {
	Email  string `json:"email" minLength:"3" maxLength:"200"`
	Locale string `json:"locale" maxLength:"20" doc:"The page's language"`
}

// Resettable is whose password a link changes.
type Resettable struct {
	Email string `json:"email"`
}

// NewPassword is what a link changes it to.
type NewPassword struct {
	Ticket   string `json:"ticket" minLength:"1" maxLength:"200"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

// resetLasts is how long a link to a new password holds.
const resetLasts = time.Hour

const (
	postPasswordLetter db.SQL = `select public.post_password_letter(@email, @letter, @locale, @now)`

	useTickets db.SQL = `
		update platform.account_tickets
		set    used_at = @now
		where  account_id = @account and kind = 'password' and used_at is null
		and    exists (select from platform.account_tickets t where t.token_hash = @hash and t.used_at is null and t.expires_at > @now)`

	accountEmail db.SQL = `select email from platform.accounts where id = @id and disabled_at is null`
)

// asked counts who asks for letters, by the caller's address.
var asked = users.NewTries()

// Forgotten has a letter with a link sent to an address, if it is an account's that
// works in this shop. The answer is the same for every address, and so is the time
// that it takes.
//
// Fails with mails.bad_address, auth.slow_down and mails.no_server.
func Forgotten(ctx context.Context, database *db.DB, in ForgottenIn) (web.None, error) {
	if web.SiteOf(ctx).Post == "" {
		return web.None{}, fault.Conflict("access.no_letters").
			Say("This server sends no e-mail, so it cannot send you a link. Ask the owner, or whoever keeps the server.")
	}
	email, err := mail.Address(strings.ToLower(strings.TrimSpace(in.Email)))
	if err != nil {
		return web.None{}, fault.Invalid("mails.bad_address", fault.At("email", "mails.bad_address", ""), fault.Because(err)).
			Say("This is no e-mail address. Write it like name@example.com.")
	}
	who, _ := web.Caller(ctx)
	if wait := asked.Wait(who, database.Now()); wait > 0 {
		return web.None{}, users.SlowDown(wait)
	}
	asked.Failed(who, database.Now())
	tenant := db.Identity{Tenant: web.TenantOf(ctx).ID, Stores: db.AllStores()}
	return web.None{}, database.Tenant(ctx, tenant, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(postPasswordLetter, db.Args{"email": email, "letter": uuid.Must(uuid.NewV7()), "locale": in.Locale, "now": tx.Now()})
		return batch.Emit(Posted{})
	})
}

// LookAtReset tells whoever holds a link whose password it changes.
//
// Fails with access.reset_over.
func LookAtReset(ctx context.Context, database *db.DB, in LinkIn) (Resettable, error) {
	found, err := present(ctx, database, kindPassword, in.Ticket, resetOver())
	return Resettable{Email: found.Email}, err
}

// Reset gives an account another password by a link, once. Whoever is signed in by
// the former one is signed out in every shop; a second step is asked for as before.
//
// Fails with access.reset_over and auth.weak_password.
func Reset(ctx context.Context, database *db.DB, in NewPassword) (web.None, error) {
	found, err := present(ctx, database, kindPassword, in.Ticket, resetOver())
	if err != nil {
		return web.None{}, err
	}
	if found.AccountID == nil {
		return web.None{}, resetOver()
	}
	if err := users.StrongEnough(in.Password, found.Email); err != nil {
		return web.None{}, err
	}
	// All links of the account are used up by one, in one statement: of two that bring
	// the same, one finds it used.
	err = database.Platform(ctx, "use the link to a new password", func(ctx context.Context, tx *db.Tx) error {
		email, there, err := db.Maybe[string](ctx, tx, accountEmail, db.Args{"id": *found.AccountID})
		if err != nil || !there || email != found.Email {
			return orElse(err, resetOver())
		}
		rows, err := tx.Exec(ctx, useTickets, db.Args{"account": *found.AccountID, "hash": hashOf(in.Ticket), "now": tx.Now()})
		if err == nil && rows == 0 {
			err = resetOver()
		}
		return err
	})
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, users.SetPassword(ctx, database, *found.AccountID, in.Password)
}
