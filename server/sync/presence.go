package sync

import (
	"context"
	"time"

	"souk/server/platform/db"
)

// quiet is how long a device's sign of life is left unwritten if nothing about it
// has changed: each write of it is told to every screen.
const quiet = 30 * time.Second

const noteDevice db.SQL = `
	update devices
	set    last_seen_at = @now, waiting = @waiting
	where  tenant_id = @tenant and id = @device
	and    (waiting <> @waiting or last_seen_at is null or last_seen_at < @before)`

// beat notes that the device was heard of and how much it still has.
func (u upload) beat(ctx context.Context, waiting int) error {
	return u.database.Tenant(ctx, u.actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, noteDevice, db.Args{
			"device": u.actor.Device, "waiting": max(waiting, 0), "now": tx.Now(), "before": tx.Now().Add(-quiet),
		})
		return err
	})
}
