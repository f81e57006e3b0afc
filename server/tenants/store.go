package tenants

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
)

const (
	oneStore db.SQL = `
		select s.id, s.name, s.address, s.time_zone, s.legal_name, s.tax_number, s.logo_png, s.receipt_header, s.receipt_footer,
		       s.phone, l.id as location_id, s.active, s.version
		from   stores s
		join   locations l on l.tenant_id = @tenant and l.store_id = s.id and l.sells
		where  s.tenant_id = @tenant and s.id = @id
		and    (@stores::uuid[] is null or s.id = any(@stores))`

	// The row of every store is held, so that two do not close at once and leave none.
	holdStores db.SQL = `
		select id
		from   stores
		where  tenant_id = @tenant and active and id <> @id
		and    (@stores::uuid[] is null or id = any(@stores))
		order  by id
		for    update`

	setActive db.SQL = `
		update stores
		set    active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and active <> @active
		and    (@stores::uuid[] is null or id = any(@stores))`
)

// StoreID names a store.
type StoreID struct {
	ID uuid.UUID `path:"id"`
}

// ShowStore gives one store.
//
// Fails with tenants.store_unknown.
func ShowStore(ctx context.Context, tx *db.Tx, in StoreID) (Store, error) {
	return readStore(ctx, tx, in.ID)
}

func readStore(ctx context.Context, tx *db.Tx, id uuid.UUID) (Store, error) {
	store, found, err := db.Maybe[Store](ctx, tx, oneStore, db.Args{"id": id})
	if err == nil && !found {
		err = fault.NotFound("tenants.store_unknown").Say("This store is not there. Choose another one.")
	}
	return store, err
}

// CloseStore puts a store out of use. What it sold and what stands in it stays and
// can be looked at. A closed store is left as it is.
//
// Fails with tenants.store_unknown, tenants.last_store, and with what a module
// refuses for that has something open there.
func CloseStore(ctx context.Context, tx *db.Tx, in StoreID) (Store, error) {
	before, err := readStore(ctx, tx, in.ID)
	if err != nil || !before.Active {
		return before, err
	}
	others, err := db.All[uuid.UUID](ctx, tx, holdStores, db.Args{"id": in.ID})
	if err != nil {
		return Store{}, err
	}
	if len(others) == 0 {
		return Store{}, fault.Conflict("tenants.last_store").Say("This is the only store that is open. A shop needs one.")
	}
	return setStore(ctx, tx, in.ID, false)
}

// ReopenStore puts a closed store into use again. Its registers come back one by
// one, where they are kept.
//
// Fails with tenants.store_unknown.
func ReopenStore(ctx context.Context, tx *db.Tx, in StoreID) (Store, error) {
	return setStore(ctx, tx, in.ID, true)
}

func setStore(ctx context.Context, tx *db.Tx, id uuid.UUID, active bool) (Store, error) {
	batch := tx.Batch()
	batch.Exec(setActive, db.Args{"id": id, "active": active, "now": tx.Now()})
	if !active {
		if err := batch.Emit(StoreClosing{ID: id}); err != nil {
			return Store{}, err
		}
	}
	return readStore(ctx, tx, id)
}
