package tenants

import (
	"context"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// Closing closes the shop that is called. Its address is typed again, so that nobody
// closes one by a slip, or another than is meant.
type Closing struct {
	Slug string `json:"slug" minLength:"1" maxLength:"40"`
}

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
	if err := SetStanding(ctx, database, slug, Closed); err != nil {
		return web.None{}, err
	}
	web.ShopShut(ctx)
	return web.None{}, nil
}
