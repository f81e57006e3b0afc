package transfers

import (
	"context"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
)

const anyAway db.SQL = `
	select count(*) from stock_transfers where tenant_id = @tenant and state = 'sent'`

// keepOpen refuses to do without transfers while goods are on their way: nobody
// could receive them.
//
// Fails with transfers.on_their_way.
func keepOpen(ctx context.Context, tx *db.Tx, closing tenants.ModuleClosing) error {
	if closing.Key != key {
		return nil
	}
	away, err := db.One[int](ctx, tx, anyAway, db.Args{})
	if err == nil && away > 0 {
		err = fault.Conflict("transfers.on_their_way").
			Messagef("Goods are on their way (transfers: %d). Receive them first, then switch transfers off.", away)
	}
	return err
}
