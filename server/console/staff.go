package console

import (
	"context"
	"crypto/rand"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/secret"
)

const (
	putStaff db.SQL = `
		insert into platform.staff (id, email, name, password_hash, created_at)
		values (@id, @email, @name, @hash, @now)
		on conflict (email) do update
		set    password_hash = excluded.password_hash, name = excluded.name, code_secret = null, confirmed_at = null, last_step = 0, wrong = 0, wait_till = null,
		       disabled_at = null`

	endStaffSessions db.SQL = `
		delete from platform.staff_sessions s using platform.staff f where f.id = s.staff_id and f.email = @email`

	disableStaff db.SQL = `update platform.staff set disabled_at = @now where email = @email and disabled_at is null`

	allStaff db.SQL = `
		select f.email, f.name, f.confirmed_at is not null as set_up, f.disabled_at is not null as disabled,
		       (select max(s.seen_at) from platform.staff_sessions s where s.staff_id = f.id and not s.half) as seen_at
		from   platform.staff f
		order  by f.email`
)

// AddOperator makes an account for the console, or gives the one that is there a new
// password and has it set its app up anew; whoever was signed in by it is out. It
// gives the password, which is shown once and kept nowhere.
//
// Fails with console.bad_email.
func AddOperator(ctx context.Context, database *db.DB, email, name string) (password string, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
		return "", fault.Invalid("console.bad_email").Say("Type an e-mail address, for example you@example.com.")
	}
	if name = strings.TrimSpace(name); name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	password = strings.ToLower(rand.Text())
	hash := secret.HashPassword(password)
	return password, database.Platform(ctx, "make an operator of the console", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(putStaff, db.Args{"id": uuid.Must(uuid.NewV7()), "email": email, "name": name, "hash": hash, "now": tx.Now()})
		batch.Exec(endStaffSessions, db.Args{"email": email})
		return batch.Done()
	})
}

// RemoveOperator lets an account into the console no more.
//
// Fails with console.no_operator.
func RemoveOperator(ctx context.Context, database *db.DB, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	return database.Platform(ctx, "take an operator of the console away", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, disableStaff, db.Args{"email": email, "now": tx.Now()})
		if err != nil {
			return err
		}
		if rows == 0 {
			return fault.NotFound("console.no_operator").Say("There is no operator with this e-mail address.")
		}
		batch := tx.Batch()
		batch.Exec(endStaffSessions, db.Args{"email": email})
		return batch.Done()
	})
}

// Operator is an account of the console.
type Operator struct {
	Email    string
	Name     string
	SetUp    bool
	Disabled bool
	SeenAt   *time.Time
}

// Operators lists the accounts of the console.
func Operators(ctx context.Context, database *db.DB) (all []Operator, err error) {
	err = database.Platform(ctx, "list the operators of the console", func(ctx context.Context, tx *db.Tx) error {
		all, err = db.All[Operator](ctx, tx, allStaff, db.Args{})
		return err
	})
	return all, err
}
