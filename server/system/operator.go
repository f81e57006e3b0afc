package system

import (
	"context"
	"strings"

	"souk/server/platform/db"
	"souk/shared/fault"
)

const addOperator db.SQL = `
	insert into platform.operators (account_id, tenant_id, added_at)
	select a.id, t.id, @now from platform.accounts a, platform.tenants t
	where  a.email = @email and t.slug = @slug
	on conflict (account_id, tenant_id) do update set added_at = platform.operators.added_at`

// AddOperator lets an account look after the installation, from the office of one
// shop in which it is the owner.
//
// Fails with system.no_account if there is no such account or no such shop.
func AddOperator(ctx context.Context, database *db.DB, email, slug string) error {
	return database.Platform(ctx, "make an account an operator", func(ctx context.Context, tx *db.Tx) error {
		added, err := tx.Exec(ctx, addOperator, db.Args{"email": strings.ToLower(strings.TrimSpace(email)), "slug": slug, "now": tx.Now()})
		if err == nil && added == 0 {
			err = fault.NotFound("system.no_account").Say("There is no account with this e-mail address, or no shop with this name.")
		}
		return err
	})
}
