package sales

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// Closure is what a cashier counted, before seeing what should be there.
type Closure struct {
	Counted money.Amount `json:"counted_minor" minimum:"0"`
}

// ClosureIn names the shift.
type ClosureIn struct {
	ID   uuid.UUID `path:"id"`
	Body Closure
}

// ShiftIn names a shift.
type ShiftIn struct {
	ID uuid.UUID `path:"id"`
}

// CloseShift ends a browser register's shift: it keeps the Z report for ever and
// books what the count is over or short. Sales under way finish first.
//
// Fails with sales.shift_unknown, sales.shift_already_closed,
// sales.register_not_browser.
func CloseShift(ctx context.Context, tx *db.Tx, in ClosureIn) (wire.ZReport, error) {
	shift, err := holdClosing(ctx, tx, in.ID)
	switch {
	case err != nil:
		return wire.ZReport{}, err
	case shift.ClosedAt != nil:
		return wire.ZReport{}, fault.Conflict("sales.shift_already_closed").Say("This shift is closed. Look at its Z report.")
	case shift.RegisterKind != "browser":
		return wire.ZReport{}, fault.Conflict("sales.register_not_browser").Say("Close this shift at its till.")
	}
	return shift.close(ctx, tx, wire.ShiftClosed{ID: in.ID, ClosedBy: tx.ActorID(), ClosedAt: tx.Now(), Counted: in.Body.Counted})
}

// RecordShiftClosed books a shift that a till has ended. It never refuses one: a
// shift whose opening never arrived is made first, one that is closed already
// stays as it was; both are flagged.
func RecordShiftClosed(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.ShiftClosed) ([]string, error) {
	flags := []string{}
	shift, err := holdClosing(ctx, tx, in.ID)
	if fault.Of(err) != nil {
		flags = append(flags, FlagShiftUnknown)
		if err = openForClosing(ctx, tx, register, in); err == nil {
			shift, err = holdClosing(ctx, tx, in.ID)
		}
	}
	if err != nil {
		return nil, err
	}
	if shift.ClosedAt != nil {
		same := shift.ClosedAt.Equal(in.ClosedAt.Truncate(time.Microsecond)) && shift.Counted != nil && *shift.Counted == in.Counted
		if !same {
			flags = append(flags, FlagShiftClosed)
		}
		return flags, nil
	}
	if in.ClosedAt.After(tx.Now().Add(skew)) || in.ClosedAt.Before(shift.OpenedAt) {
		flags = append(flags, FlagClockSkew)
	}
	_, err = shift.close(ctx, tx, in)
	return flags, err
}

func openForClosing(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.ShiftClosed) error {
	number, err := db.One[int](ctx, tx, readNextShift, db.Args{"register": register})
	if err != nil {
		return err
	}
	_, err = tills.RecordShiftOpened(ctx, tx, register, wire.ShiftOpened{
		ID: in.ID, Number: number, OpenedBy: in.ClosedBy, OpenedAt: in.ClosedAt,
	})
	return err
}

// closing is a shift that is about to end.
type closing struct {
	ID           uuid.UUID     `db:"id"`
	RegisterID   uuid.UUID     `db:"register_id"`
	RegisterKind string        `db:"register_kind"`
	Number       int           `db:"number"`
	BusinessDate time.Time     `db:"business_date"`
	OpenedAt     time.Time     `db:"opened_at"`
	Float        money.Amount  `db:"float_minor"`
	ClosedAt     *time.Time    `db:"closed_at"`
	Counted      *money.Amount `db:"counted_minor"`
	Currency     string        `db:"currency"`
}

const (
	holdShift db.SQL = `
		select s.id, s.register_id, r.kind as register_kind, s.number, s.business_date, s.opened_at, s.float_minor, s.closed_at,
			s.counted_minor, c.currency
		from   shifts s
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		join   company c on c.tenant_id = @tenant
		where  s.tenant_id = @tenant and s.id = @shift
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		for    update of s`

	lookAtShift db.SQL = `
		select s.id, s.register_id, r.kind as register_kind, s.number, s.business_date, s.opened_at, s.float_minor, s.closed_at,
			s.counted_minor, c.currency
		from   shifts s
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		join   company c on c.tenant_id = @tenant
		where  s.tenant_id = @tenant and s.id = @shift
		and    (@stores::uuid[] is null or s.store_id = any(@stores))`

	zTotals db.SQL = `
		select count(*) filter (where kind = 'sale') as sales, count(*) filter (where kind <> 'sale') as refunds,
			coalesce(sum(total_minor), 0)::bigint as total, coalesce(sum(tax_minor), 0)::bigint as tax,
			coalesce(sum(discount_minor), 0)::bigint as discount, coalesce(sum(rounding_minor), 0)::bigint as rounding
		from   sales
		where  tenant_id = @tenant and shift_id = @shift
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	zMethods db.SQL = `
		select m.id as method_id, m.kind, m.name, count(*) as count, sum(t.amount_minor)::bigint as amount
		from   sales s
		join   tenders t on t.tenant_id = @tenant and t.sale_id = s.id
		join   payment_methods m on m.tenant_id = @tenant and m.id = t.method_id
		where  s.tenant_id = @tenant and s.shift_id = @shift
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		group  by m.id, m.kind, m.name, m.position
		order  by m.position, m.name`

	zTaxes db.SQL = `
		select l.tax_code as code, l.tax_rate as rate, sum(l.net_minor)::bigint as net, sum(l.tax_minor)::bigint as tax
		from   sales s
		join   sale_lines l on l.tenant_id = @tenant and l.sale_id = s.id
		where  s.tenant_id = @tenant and s.shift_id = @shift
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		group  by l.tax_code, l.tax_rate
		order  by l.tax_code, l.tax_rate`

	endShift db.SQL = `
		update shifts
		set    closed_by = @closed_by, closed_at = @closed_at, counted_minor = @counted
		where  tenant_id = @tenant and id = @shift
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	insertZ db.SQL = `
		insert into z_reports (tenant_id, shift_id, register_id, sales_count, refunds_count, total_minor, tax_minor, discount_minor,
			rounding_minor, cash_minor, cash_in_minor, cash_out_minor, drops_minor, drawer_opened, expected_minor, counted_minor,
			difference_minor, methods, taxes, made_at)
		values (@tenant, @shift, @register, @sales, @refunds, @total, @tax, @discount,
			@rounding, @cash, @cash_in, @cash_out, @drops, @opened, @expected, @counted, @difference, @methods, @taxes, @now)`

	readZ db.SQL = `
		select z.shift_id, s.number, s.opened_at, s.closed_at, z.sales_count as sales, z.refunds_count as refunds, z.total_minor as total,
			z.tax_minor as tax, z.discount_minor as discount, z.rounding_minor as rounding, s.float_minor as float, z.cash_minor as cash,
			z.cash_in_minor as cash_in, z.cash_out_minor as cash_out, z.drops_minor as drops, z.drawer_opened as opened,
			z.expected_minor as expected, z.counted_minor as counted, z.difference_minor as difference, z.methods, z.taxes
		from   z_reports z
		join   shifts s on s.tenant_id = @tenant and s.id = z.shift_id
		where  z.tenant_id = @tenant and z.shift_id = @shift
		and    (@stores::uuid[] is null or s.store_id = any(@stores))`
)

// holdClosing locks the shift: no sale enters it until this transaction ends.
func holdClosing(ctx context.Context, tx *db.Tx, id uuid.UUID) (closing, error) {
	shift, found, err := db.Maybe[closing](ctx, tx, holdShift, db.Args{"shift": id})
	if err == nil && !found {
		err = fault.NotFound("sales.shift_unknown").Say("This shift is not there.")
	}
	return shift, err
}

type zSums struct {
	Sales, Refunds                 int
	Total, Tax, Discount, Rounding money.Amount
}

// close sums up after the lock, so that it sees every sale that got in before it.
func (s closing) close(ctx context.Context, tx *db.Tx, in wire.ShiftClosed) (wire.ZReport, error) {
	r := tx.Reads()
	sums := s.sums(r)
	chart := ledger.ReadChart(r)
	if err := r.Run(ctx); err != nil {
		return wire.ZReport{}, err
	}
	z := sums.report(s, in.ClosedAt)
	z.Counted = in.Counted
	z.Difference = z.Counted - z.Expected
	return z, s.write(tx, z, in.ClosedBy, ledger.ChartOf(*chart))
}

func (s closing) write(tx *db.Tx, z wire.ZReport, by uuid.UUID, chart ledger.Chart) error {
	batch := tx.Batch()
	batch.Exec(endShift, db.Args{"shift": s.ID, "closed_by": by, "closed_at": z.ClosedAt, "counted": z.Counted})
	batch.Exec(insertZ, db.Args{
		"shift": s.ID, "register": s.RegisterID, "sales": z.Sales, "refunds": z.Refunds, "total": z.Total, "tax": z.Tax,
		"discount": z.Discount, "rounding": z.Rounding, "cash": z.Cash, "cash_in": z.CashIn, "cash_out": z.CashOut, "drops": z.Drops, "opened": z.Opened, "expected": z.Expected, "counted": z.Counted,
		"difference": z.Difference, "methods": z.Methods, "taxes": z.Taxes, "now": tx.Now(),
	})
	err := ledger.Post(batch, ledger.Entry{
		ID: newID(), Date: s.BusinessDate, SourceType: "shift", SourceID: s.ID, Currency: s.Currency, Memo: "Cash over or short",
		Lines: []ledger.Line{
			{Account: chart[ledger.RoleCash], Amount: z.Difference},
			{Account: chart[ledger.RoleCashOverShort], Amount: -z.Difference},
		},
	})
	if err != nil {
		return err
	}
	return batch.Done()
}

// ShowZ gives the Z report of a closed shift, as it was at closing. It fails
// with sales.no_z while the shift is open.
func ShowZ(ctx context.Context, tx *db.Tx, in ShiftIn) (wire.ZReport, error) {
	z, found, err := db.Maybe[wire.ZReport](ctx, tx, readZ, db.Args{"shift": in.ID})
	if err == nil && !found {
		err = fault.NotFound("sales.no_z").Say("This shift has no Z report yet. Close it first.")
	}
	return z, err
}
