package sync

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/wire"
)

// Since is the cursor of a till's copy.
type Since struct {
	Epoch string `query:"epoch" format:"uuid" required:"true"`
	Seq   int64  `query:"seq" minimum:"0" required:"true"`
}

// stretch is a run of the change stream from a cursor on, boiled down.
type stretch struct {
	First  int64 // 0 if there is none
	Last   int64 // the cursor if there is none
	Rows   int
	Reload bool
	Setup  bool
	Items  []uuid.UUID
	// Customers are those who changed.
	Customers []uuid.UUID
}

// stretchLimit bounds what one answer looks at, and so the items in it.
const stretchLimit = 2000

// One statement and so one snapshot. Changes are numbered when they are committed,
// under a lock that is held to the end of the numbering: whoever sees a number sees
// all below it, so the newest one seen is a cursor that skips nothing. Another
// store's price is passed over: this till's copy holds nothing of it.
const readStretch db.SQL = `
	with stretch as (
		select seq, topic, entity_id, op
		from   changes
		where  tenant_id = @tenant and seq > @seq
		order  by seq
		limit  @limit)
	select coalesce(min(c.seq), 0) as first, coalesce(max(c.seq), @seq) as last, count(*) as rows,
	       coalesce(bool_or(c.op = 'reload' and c.topic in ('catalog.items', 'inventory.stock', 'catalog.store_prices', 'parties.customers')), false) as reload,
	       coalesce(bool_or(c.topic in ('company.settings', 'catalog.setup', 'payments.methods', 'promotions.list', 'people.list', 'people.roles')), false) as setup,
	       coalesce(array_agg(distinct coalesce(o.item_id, c.entity_id)) filter (
	           where o.item_id is not null or c.entity_id is not null and c.topic in ('catalog.items', 'inventory.stock')), '{}') as items,
	       coalesce(array_agg(distinct c.entity_id) filter (where c.entity_id is not null and c.topic = 'parties.customers'), '{}') as customers
	from   stretch c
	left   join store_prices o on o.tenant_id = @tenant and c.topic = 'catalog.store_prices' and o.id = c.entity_id
	       and o.store_id = (
	           select g.store_id
	           from   registers g
	           where  g.tenant_id = @tenant and g.id = @register and (@stores::uuid[] is null or g.store_id = any(@stores)))`

// ChangesSince gives what a till's copy lacks since its cursor, each item and
// each customer once and as it is now. Reload is set when the copy cannot be brought up to date in
// steps: its changes are no longer kept, it is of another life of the database,
// or more of them changed at once than were noted one by one.
func ChangesSince(ctx context.Context, tx *db.Tx, in Since) (wire.Changes, error) {
	r := tx.Reads()
	at := readCursor(r)
	found := db.ReadMaybe[stretch](r, readStretch, db.Args{
		"seq": in.Seq, "limit": stretchLimit, "register": auth.From(ctx).Register,
	})
	if err := r.Run(ctx); err != nil {
		return wire.Changes{}, err
	}
	here, run := at.Row, found.Row
	out := wire.Changes{Cursor: here.cursor(), Items: []wire.TillItem{}, Customers: []wire.TillCustomer{}}
	if in.Epoch != here.Epoch.String() || run.Reload || !joins(in.Seq, here, run) {
		out.Reload = true
		return out, nil
	}
	out.Cursor.Seq, out.More = run.Last, run.Rows == stretchLimit
	if !run.Setup && len(run.Items) == 0 && len(run.Customers) == 0 {
		return out, nil
	}
	return fill(ctx, tx, out, run)
}

// joins reports whether the stretch begins right after the cursor. If not, what
// was in between is no longer kept, or the cursor is of a future that this
// database does not have.
func joins(seq int64, here place, run stretch) bool {
	if run.Rows == 0 {
		return seq <= here.Head
	}
	return run.First == seq+1
}

// fill reads after the stretch, so that each thing is as new as its change.
func fill(ctx context.Context, tx *db.Tx, out wire.Changes, run stretch) (wire.Changes, error) {
	register := auth.From(ctx).Register
	r := tx.Reads()
	items := db.ReadAll[wire.TillItem](r, readItemsByID, db.Args{"register": register, "ids": run.Items})
	customers := db.ReadAll[wire.TillCustomer](r, readCustomersByID, db.Args{"ids": run.Customers})
	var reads setupReads
	if run.Setup {
		reads = readSetup(ctx, tx, r, register)
	}
	if err := r.Run(ctx); err != nil {
		return wire.Changes{}, err
	}
	out.Items, out.Customers = *items, *customers
	if !run.Setup {
		return out, nil
	}
	setup, err := reads.setup(ctx)
	out.Setup = &setup
	return out, err
}
