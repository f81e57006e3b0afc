package factors

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Factors are what an account shows besides its password.
type Factors struct {
	// SignsIn is false for those who have no account and come by PIN.
	SignsIn  bool       `json:"signs_in"`
	Code     bool       `json:"code" doc:"An app is set up for codes"`
	CodeFrom *time.Time `json:"code_from,omitempty"`
	Recovery int        `json:"recovery" doc:"How many recovery codes are left"`
	Passkeys []Passkey  `json:"passkeys" nullable:"false"`
	// Offered is false where the address is one that passkeys cannot be bound to.
	Offered  bool `json:"offered"`
	Required bool `json:"required" doc:"The shop wants a second step of the caller's role"`
}

// Passkey is one of an account's.
type Passkey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

// Rules say who may not come in by password alone.
type Rules struct {
	Roles []wire.Role `json:"roles" maxItems:"40" nullable:"false"`
}

const (
	codeOfAccount db.SQL = `
		select c.confirmed_at as code_from,
		       (select count(*) from platform.recovery_codes r where r.account_id = @account and r.used_at is null) as recovery
		from   platform.account_codes c
		where  c.account_id = @account and c.confirmed_at is not null`

	passkeysOfAccount db.SQL = `
		select id, name, created_at, last_used_at from platform.passkeys where account_id = @account order by created_at, id`

	readRules db.SQL = `select second_step_roles from company where tenant_id = @tenant`

	changeRules db.SQL = `update company set second_step_roles = @roles where tenant_id = @tenant`
)

type codeState struct {
	CodeFrom *time.Time
	Recovery int
}

// List gives the caller's own second steps; someone without an account has none.
func List(ctx context.Context, database *db.DB, _ web.None) (Factors, error) {
	out := Factors{Passkeys: []Passkey{}}
	_, out.Offered = domainOf(ctx)
	own, err := users.OwnAccount(ctx, database)
	if f := fault.Of(err); f != nil && f.Code == "auth.no_account" {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.SignsIn = true
	err = database.Platform(ctx, "list an account's second steps", func(ctx context.Context, tx *db.Tx) error {
		r := tx.Reads()
		code := db.ReadMaybe[codeState](r, codeOfAccount, db.Args{"account": own.ID})
		passkeys := db.ReadAll[Passkey](r, passkeysOfAccount, db.Args{"account": own.ID})
		if err := r.Run(ctx); err != nil {
			return err
		}
		out.Code, out.CodeFrom, out.Recovery, out.Passkeys = code.Found, code.Row.CodeFrom, code.Row.Recovery, *passkeys
		return nil
	})
	if err != nil {
		return out, err
	}
	err = database.Read(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) error {
		rules, err := ReadRules(ctx, tx, web.None{})
		out.Required = slices.Contains(rules.Roles, auth.From(ctx).Role)
		return err
	})
	return out, err
}

// ReadRules tells which roles have to use a second step.
func ReadRules(ctx context.Context, tx *db.Tx, _ web.None) (Rules, error) {
	roles, err := db.One[[]wire.Role](ctx, tx, readRules, db.Args{})
	return Rules{Roles: roles}, err
}

// ChangeRules says which roles have to use a second step. Who has none yet sets one
// up when signing in next.
//
// Fails with people.unknown_role.
func ChangeRules(ctx context.Context, tx *db.Tx, in Rules) (Rules, error) {
	for _, role := range in.Roles {
		if role.Level() == 0 || role == wire.Till {
			return Rules{}, fault.Invalid("people.unknown_role", fault.At("roles", "people.unknown_role", "")).Say("Choose one of the shop's roles.")
		}
	}
	roles := slices.Compact(slices.Sorted(slices.Values(in.Roles)))
	tx.Batch().Exec(changeRules, db.Args{"roles": append([]wire.Role{}, roles...)})
	return ReadRules(ctx, tx, web.None{})
}
