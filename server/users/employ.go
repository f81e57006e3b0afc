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

// NewMember is someone who signs in by e-mail, and by PIN if one is given.
type NewMember struct {
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name" minLength:"1" maxLength:"120"`
	Email    string    `json:"email" format:"email" maxLength:"200"`
	Password string    `json:"password" minLength:"8" maxLength:"200" doc:"For a new account; an existing one keeps its own"`
	Role     wire.Role `json:"role"`
	PIN      string    `json:"pin,omitempty" pattern:"^([0-9]{4,12})?$"`

	RoleID *uuid.UUID `json:"role_id,omitempty" doc:"One of the shop's own roles, which stands on Role"`
	// Left out, it is where the caller works.
	Stores []uuid.UUID `json:"stores,omitempty" maxItems:"500" nullable:"false" doc:"Works in these only; empty is all"`
}

const (
	accountOf db.SQL = `select id from platform.accounts where email = @email`

	newAccount db.SQL = `
		insert into platform.accounts (id, email, password_hash, name, created_at) values (@id, @email, @hash, @name, @now)`
)

// Employ makes a member with an account. It needs two transactions, because
// accounts belong to no shop; asked again with the same id it changes nothing.
//
// Fails with people.unknown_role, people.above_you, roles.beyond_you,
// people.already_here, people.beyond_your_stores and people.store_unknown.
func Employ(ctx context.Context, database *db.DB, in NewMember) (Person, error) {
	may := func(ctx context.Context, tx *db.Tx) error {
		_, err := toGive(ctx, tx, in.Role, in.RoleID)
		return err
	}
	if err := database.Read(ctx, auth.From(ctx).Identity(), may); err != nil {
		return Person{}, err
	}
	email := strings.ToLower(strings.TrimSpace(in.Email))
	var account uuid.UUID
	err := database.Platform(ctx, "give a member an account", func(ctx context.Context, tx *db.Tx) error {
		found, there, err := db.Maybe[uuid.UUID](ctx, tx, accountOf, db.Args{"email": email})
		if err != nil || there {
			account = found
			return err
		}
		account = uuid.Must(uuid.NewV7())
		_, err = tx.Exec(ctx, newAccount, db.Args{
			"id": account, "email": email, "hash": secret.HashPassword(in.Password), "name": in.Name, "now": tx.Now(),
		})
		return err
	})
	if err != nil {
		return Person{}, err
	}
	person := Person{}
	err = database.Tenant(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) error {
		there, found, err := db.Maybe[Person](ctx, tx, readPerson, db.Args{"id": in.ID})
		if err != nil || found {
			person = shown(tx, there)
			return err
		}
		// The role may have changed since it was looked at.
		if err := may(ctx, tx); err != nil {
			return err
		}
		tx.Batch().Exec(addPerson, db.Args{
			"id": in.ID, "account": account, "name": strings.TrimSpace(in.Name), "email": email, "role": in.Role,
			"role_id": in.RoleID, "pin": hashPIN(in.PIN), "now": tx.Now(),
		})
		if in.Stores == nil {
			in.Stores = tx.Stores().List()
		}
		if err := place(ctx, tx, in.ID, in.Role, in.Stores); err != nil {
			return err
		}
		person, err = find(ctx, tx, in.ID)
		return err
	})
	return person, err
}
