package tills

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// Device is a computer that is or was a register's till.
type Device struct {
	ID             uuid.UUID  `json:"id"`
	RegisterID     uuid.UUID  `json:"register_id"`
	RegisterNumber int        `json:"register_number"`
	RegisterName   string     `json:"register_name"`
	Name           string     `json:"name"`
	Series         string     `json:"series"`
	PairedAt       time.Time  `json:"paired_at"`
	LastSeenAt     *time.Time `json:"last_seen_at,omitempty"`
	Waiting        int        `json:"waiting" doc:"Entries that it still had when it was last seen"`
	RevokedAt      *time.Time `json:"revoked_at,omitempty"`
}

const (
	listDevices db.SQL = `
		select d.id, d.register_id, r.number as register_number, r.name as register_name, d.name, d.series, d.paired_at,
		       d.last_seen_at, d.waiting, d.revoked_at
		from   devices d
		join   registers r on r.tenant_id = @tenant and r.id = d.register_id
		where  d.tenant_id = @tenant
		and    (@stores::uuid[] is null or r.store_id = any(@stores))
		order  by d.revoked_at desc nulls first, r.number, d.paired_at desc
		limit  500`

	revokeDevice db.SQL = `
		update devices
		set    revoked_at = coalesce(revoked_at, @now)
		where  tenant_id = @tenant and id = @id
		and    exists (
			select from registers r
			where  r.tenant_id = @tenant and r.id = devices.register_id and (@stores::uuid[] is null or r.store_id = any(@stores)))`
)

// Devices lists the paired devices by register, then the former ones.
func Devices(ctx context.Context, tx *db.Tx, _ web.None) ([]Device, error) {
	return db.All[Device](ctx, tx, listDevices, db.Args{})
}

// DeviceID names a device.
type DeviceID struct {
	ID uuid.UUID `path:"id"`
}

// Revoke unpairs a device at once. What it has not sent stays on it and comes
// when the same computer is paired again.
//
// Fails with tills.device_unknown.
func Revoke(ctx context.Context, tx *db.Tx, in DeviceID) (web.None, error) {
	rows, err := tx.Exec(ctx, revokeDevice, db.Args{"id": in.ID, "now": tx.Now()})
	if err == nil && rows == 0 {
		err = fault.NotFound("tills.device_unknown").Say("This device is not there.")
	}
	return web.None{}, err
}
