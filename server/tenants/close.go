package tenants

import (
	"context"
	"errors"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// Closing closes the shop that is called. Its address is typed again, so that nobody
// closes one by a slip, or another than is meant.
type Closing struct {
	Slug string `json:"slug" minLength:"1" maxLength:"40"`
}

// The directory is the platform's and knows nobody of the shop. So that the shop's own
// audit trail tells who has closed it, the copy of its word is written first.
const shut db.SQL = `update company set shut = @shut where tenant_id = @tenant`

// CloseShop closes the caller's own shop: nobody gets in from then on, and nothing is
// lost. For Grace it can be reopened by whoever keeps the server; then it is removed.
//
// Fails with tenants.another_address.
func CloseShop(ctx context.Context, database *db.DB, in Closing) (web.None, error) {
	slug := web.TenantOf(ctx).Slug
	if in.Slug != slug {
		return web.None{}, fault.Invalid("tenants.another_address", fault.At("slug", "tenants.another_address", "")).
			Say("Type the shop's address exactly as it stands before the first dot.")
	}
	say := func(closed bool) error {
		return database.Tenant(ctx, auth.From(ctx).Identity(), func(_ context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.Exec(shut, db.Args{"shut": closed})
			return batch.Done()
		})
	}
	if err := say(true); err != nil {
		return web.None{}, err
	}
	if err := SetStanding(ctx, database, slug, Closed); err != nil {
		return web.None{}, errors.Join(err, say(false))
	}
	web.ShopShut(ctx)
	return web.None{}, nil
}
