package users

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/secret"
	"souk/shared/wire"
)

// NewAccount is a log-in to be made.
type NewAccount struct {
	Email    string
	Name     string
	Password string
}

// Member is someone who is to work here and signs in by e-mail, and by PIN if there
// is one.
type Member struct {
	ID      uuid.UUID
	Account uuid.UUID
	Email   string
	Name    string
	Role    wire.Role
	RoleID  *uuid.UUID
	PIN     string
	Stores  []uuid.UUID // in these only; none is all
}

const (
	accountOf db.SQL = `select id from platform.accounts where email = @email`

	newAccount db.SQL = `
		insert into platform.accounts (id, email, password_hash, name, created_at) values (@id, @email, @hash, @name, @now)`
)

// OpenAccount makes an account, or gives the one that has this address already if
// the password is its.
//
// Fails with auth.wrong_password and auth.slow_down.
func OpenAccount(ctx context.Context, database *db.DB, in NewAccount) (uuid.UUID, error) {
	email := plainEmail(in.Email)
	there, err := HasAccount(ctx, database, email)
	if err != nil {
		return uuid.Nil, err
	}
	if there {
		account, key, err := prove(ctx, database, Credentials{Email: email, Password: in.Password})
		if err == nil {
			tries.Succeeded(key)
		}
		return account, err
	}
	account := uuid.Must(uuid.NewV7())
	return account, database.Platform(ctx, "make an account", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, newAccount, db.Args{
			"id": account, "email": email, "hash": secret.HashPassword(in.Password), "name": strings.TrimSpace(in.Name), "now": tx.Now(),
		})
		return err
	})
}

// HasAccount tells whether an address has an account. Ask it only for who has shown
// that the address is theirs.
func HasAccount(ctx context.Context, database *db.DB, email string) (there bool, err error) {
	err = database.Platform(ctx, "look whether an address has an account", func(ctx context.Context, tx *db.Tx) error {
		_, there, err = db.Maybe[uuid.UUID](ctx, tx, accountOf, db.Args{"email": plainEmail(email)})
		return err
	})
	return there, err
}

// MayGive fails unless the caller may give someone this role.
//
// Fails with people.unknown_role, people.above_you and roles.beyond_you.
func MayGive(ctx context.Context, tx *db.Tx, role wire.Role, own *uuid.UUID) error {
	_, err := toGive(ctx, tx, role, own)
	return err
}

// Join takes someone into the shop. Whether anybody may is for the caller to ask.
//
// Fails with people.already_here, people.beyond_your_stores and people.store_unknown.
func Join(ctx context.Context, tx *db.Tx, in Member) (Person, error) {
	tx.Batch().Exec(addPerson, db.Args{
		"id": in.ID, "account": in.Account, "name": strings.TrimSpace(in.Name), "email": plainEmail(in.Email), "role": in.Role,
		"role_id": in.RoleID, "pin": hashPIN(in.PIN), "now": tx.Now(),
	})
	if err := place(ctx, tx, in.ID, in.Role, in.Stores); err != nil {
		return Person{}, err
	}
	auth.Changed(ctx, tx)
	return find(ctx, tx, in.ID)
}
