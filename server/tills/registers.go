package tills

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// KindTill sells through its own journal; KindBrowser through the server.
const (
	KindTill    = "till"
	KindBrowser = "browser"
)

// Register is a register as the modules that sell need it.
type Register struct {
	ID          uuid.UUID
	StoreID     uuid.UUID
	LocationID  uuid.UUID
	Number      int
	Name        string
	Kind        string
	SeriesEpoch int
	StoreName   string
	TimeZone    string
	DayEndsHour int
	// Promotes holds where the company has promotions that run.
	Promotes    bool
	Currency    string
	TaxIncluded bool `db:"prices_include_tax"`
}

// RegisterRow is a register in the list, with the device that is paired with it
// and the shift that is open at it, if any.
type RegisterRow struct {
	ID           uuid.UUID  `json:"id"`
	StoreID      uuid.UUID  `json:"store_id"`
	StoreName    string     `json:"store_name"`
	StoreActive  bool       `json:"store_active"`
	Number       int        `json:"number"`
	Name         string     `json:"name"`
	Kind         string     `json:"kind" enum:"till,browser"`
	Active       bool       `json:"active"`
	Version      int        `json:"version"`
	DeviceID     *uuid.UUID `json:"device_id,omitempty"`
	DeviceName   string     `json:"device_name,omitempty"`
	Series       string     `json:"series,omitempty" doc:"What the paired device numbers its receipts under"`
	PairedAt     *time.Time `json:"paired_at,omitempty"`
	LastSeenAt   *time.Time `json:"last_seen_at,omitempty"`
	Waiting      int        `json:"waiting" doc:"Entries that the device still had when it was last seen"`
	ShiftID      *uuid.UUID `json:"shift_id,omitempty" doc:"The shift that is open"`
	OpenedAt     *time.Time `json:"opened_at,omitempty" doc:"When that shift was opened"`
	OpenedByName string     `json:"opened_by_name,omitempty"`
}

const (
	readRegister db.SQL = `
		select r.id, r.store_id, l.id as location_id, r.number, r.name, r.kind, r.series_epoch,
		       s.name as store_name, s.time_zone, c.day_ends_hour, c.currency, c.prices_include_tax, c.promotes
		from   registers r
		join   stores s on s.tenant_id = @tenant and s.id = r.store_id
		join   locations l on l.tenant_id = @tenant and l.store_id = r.store_id and l.sells
		join   company c on c.tenant_id = @tenant
		where  r.tenant_id = @tenant and r.id = @register
		and    (@stores::uuid[] is null or r.store_id = any(@stores))`

	// A till may have two open shifts for a while; its newest is the one it works in.
	registerRows db.SQL = `
		select r.id, r.store_id, s.name as store_name, s.active as store_active, r.number, r.name, r.kind, r.active, r.version,
		       d.id as device_id, coalesce(d.name, '') as device_name, coalesce(d.series, '') as series, d.paired_at, d.last_seen_at,
		       coalesce(d.waiting, 0) as waiting, h.id as shift_id, h.opened_at, coalesce(p.name, '') as opened_by_name
		from   registers r
		join   stores s on s.tenant_id = @tenant and s.id = r.store_id
		left   join devices d on d.tenant_id = @tenant and d.register_id = r.id and d.revoked_at is null
		left   join lateral (
		           select o.id, o.opened_at, o.opened_by
		           from   shifts o
		           where  o.tenant_id = @tenant and o.register_id = r.id and o.closed_at is null
		           order  by o.opened_at desc
		           limit  1) h on true
		left   join people p on p.tenant_id = @tenant and p.id = h.opened_by
		where  r.tenant_id = @tenant and (@only::uuid is null or r.id = @only)
		and    (@stores::uuid[] is null or r.store_id = any(@stores))
		order  by r.number`

	addRegister db.SQL = `
		insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
		select @tenant, @id, s.id, @number, @name, @kind, @now, @now
		from   stores s
		where  s.tenant_id = @tenant and s.id = @store and s.active
		and    (@stores::uuid[] is null or s.id = any(@stores))`

	changeRegister db.SQL = `
		update registers
		set    name = @name, active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	takeNext db.SQL = `
		insert into counters as c (tenant_id, series, last)
		values (@tenant, @series, 1)
		on conflict (tenant_id, series) do update set last = c.last + 1
		returning last`
)

// ReadRegister reads one register with what its store says of place and time and
// its company of money.
func ReadRegister(r *db.Reads, id uuid.UUID) *db.Found[Register] {
	return db.ReadMaybe[Register](r, readRegister, db.Args{"register": id})
}

// ReadNext takes the next number of a series. The counter's row stays locked to
// the commit, so that a number is used by exactly one document or by none and
// then by the next.
func ReadNext(r *db.Reads, series string) *db.Found[int64] {
	return db.ReadMaybe[int64](r, takeNext, db.Args{"series": series})
}

// List gives all registers by number.
func List(ctx context.Context, tx *db.Tx, _ web.None) ([]RegisterRow, error) {
	return db.All[RegisterRow](ctx, tx, registerRows, db.Args{"only": nil})
}

// NewRegister is a register to be added. Its number is given by the server.
type NewRegister struct {
	ID      uuid.UUID `json:"id" doc:"Made by the caller (UUIDv7)"`
	StoreID uuid.UUID `json:"store_id"`
	Name    string    `json:"name" minLength:"1" maxLength:"60"`
	Kind    string    `json:"kind" enum:"till,browser"`
}

// CreateRegister adds a register under the shop's next number. Its kind is for
// good: the two kinds number their receipts differently.
//
// Fails with tills.store_closed if there is no such store, or it is closed.
func CreateRegister(ctx context.Context, tx *db.Tx, in NewRegister) (RegisterRow, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	r := tx.Reads()
	number := ReadNext(r, "registers")
	if err := r.Run(ctx); err != nil {
		return RegisterRow{}, err
	}
	rows, err := tx.Exec(ctx, addRegister, db.Args{
		"id": in.ID, "store": in.StoreID, "number": number.Row, "name": in.Name, "kind": in.Kind, "now": tx.Now(),
	})
	if err != nil {
		return RegisterRow{}, err
	}
	if rows == 0 {
		return RegisterRow{}, storeClosed()
	}
	return db.One[RegisterRow](ctx, tx, registerRows, db.Args{"only": in.ID})
}

// RegisterFacts is what may change about a register.
type RegisterFacts struct {
	Name    string `json:"name" minLength:"1" maxLength:"60"`
	Active  bool   `json:"active"`
	Version int    `json:"version"`
}

// RegisterChange is a register's id and what it becomes.
type RegisterChange struct {
	ID   uuid.UUID `path:"id"`
	Body RegisterFacts
}

// ChangeRegister renames a register, or puts it out of use or back into it.
//
// Fails with tills.changed_meanwhile, tills.in_use if it is to go out of use
// while a device is paired with it or a shift is open at it,
// tills.store_closed if it is to come back into a closed store, and
// request.not_found.
func ChangeRegister(ctx context.Context, tx *db.Tx, in RegisterChange) (RegisterRow, error) {
	now, err := db.One[RegisterRow](ctx, tx, registerRows, db.Args{"only": in.ID})
	if err != nil {
		return RegisterRow{}, err
	}
	if !in.Body.Active && (now.DeviceID != nil || now.ShiftID != nil) {
		return RegisterRow{}, fault.Conflict("tills.in_use").
			Say("Close the shift and unpair the till first. Then the register can go out of use.")
	}
	if in.Body.Active && !now.Active && !now.StoreActive {
		return RegisterRow{}, storeClosed()
	}
	rows, err := tx.Exec(ctx, changeRegister, db.Args{
		"id": in.ID, "name": in.Body.Name, "active": in.Body.Active, "version": in.Body.Version, "now": tx.Now(),
	})
	if err != nil {
		return RegisterRow{}, err
	}
	if rows == 0 {
		return RegisterRow{}, fault.Conflict("tills.changed_meanwhile").
			Say("Someone else changed this register meanwhile. Look at it again, then save.")
	}
	return db.One[RegisterRow](ctx, tx, registerRows, db.Args{"only": in.ID})
}

func storeClosed() error {
	return fault.Conflict("tills.store_closed").Say("This store is not there, or is closed. Choose another one, or open the store again first.")
}
