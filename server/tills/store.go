package tills

import (
	"context"
	"strings"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
)

const (
	// Held, so that no shift is opened and no till is paired meanwhile.
	busyRegisters db.SQL = `
		select r.name,
		       exists (select from shifts h where h.tenant_id = @tenant and h.register_id = r.id and h.closed_at is null) as working,
		       exists (select from devices d where d.tenant_id = @tenant and d.register_id = r.id and d.revoked_at is null) as paired
		from   registers r
		where  r.tenant_id = @tenant and r.store_id = @store and (@stores::uuid[] is null or r.store_id = any(@stores))
		order  by r.number
		for    update of r`

	retireRegisters db.SQL = `
		update registers
		set    active = false, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and store_id = @store and active and (@stores::uuid[] is null or store_id = any(@stores))`
)

type busyRegister struct {
	Name    string
	Working bool
	Paired  bool
}

// retire puts the registers of a store that closes out of use.
//
// Fails with tills.shifts_open_in_store and tills.paired_in_store.
func retire(ctx context.Context, tx *db.Tx, closing tenants.StoreClosing) error {
	registers, err := db.All[busyRegister](ctx, tx, busyRegisters, db.Args{"store": closing.ID})
	if err != nil {
		return err
	}
	var working, paired []string
	for _, r := range registers {
		if r.Working {
			working = append(working, r.Name)
		}
		if r.Paired {
			paired = append(paired, r.Name)
		}
	}
	if len(working) > 0 {
		return fault.Conflict("tills.shifts_open_in_store").
			Messagef("Shifts are open in this store: %s. Close them first, then close the store.", strings.Join(working, ", "))
	}
	if len(paired) > 0 {
		return fault.Conflict("tills.paired_in_store").
			Messagef("Tills are paired in this store: %s. See that they have sent everything and unpair them, then close the store.", strings.Join(paired, ", "))
	}
	_, err = tx.Exec(ctx, retireRegisters, db.Args{"store": closing.ID, "now": tx.Now()})
	return err
}
