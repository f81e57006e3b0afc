package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/approvals"
	"souk/server/ledger"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// CashNote is what a browser register says of money that moved, or of a drawer
// that was opened.
type CashNote struct {
	ID     uuid.UUID       `json:"id" doc:"Made by the caller (UUIDv7)"`
	Reason wire.CashReason `json:"reason" enum:"petty,supplier,bank,safe,owner,change,check,other"`
	Amount money.Amount    `json:"amount_minor" minimum:"0" doc:"Nothing for an opening"`
	Note   string          `json:"note,omitempty" maxLength:"200"`
	// ApprovalID is somebody's word, where it is more than the caller's limit.
	ApprovalID *uuid.UUID `json:"approval_id,omitempty"`
}

// CashNoteIn names the shift.
type CashNoteIn struct {
	ID   uuid.UUID `path:"id"`
	Body CashNote
}

const (
	readMovement db.SQL = `
		select id, shift_id, kind, reason, amount_minor as amount, note, person_id, approved_by, at
		from   cash_movements
		where  tenant_id = @tenant and id = @id`

	insertMovement db.SQL = `
		insert into cash_movements (tenant_id, id, register_id, shift_id, kind, reason, amount_minor, note, person_id, approved_by,
			business_date, at, received_at, flags)
		values (@tenant, @id, @register, @shift, @kind, @reason, @amount, @note, @person, @approved, @date, @at, @now, @flags)`

	zMovements db.SQL = `
		select coalesce(sum(amount_minor) filter (where kind = 'in'), 0)::bigint as cash_in,
			coalesce(sum(amount_minor) filter (where kind = 'out'), 0)::bigint as cash_out,
			coalesce(sum(amount_minor) filter (where kind = 'drop'), 0)::bigint as drops,
			count(*) filter (where kind = 'open') as opened
		from   cash_movements
		where  tenant_id = @tenant and shift_id = @shift`
)

// zMoved is what moved in a shift's drawer beside its sales.
type zMoved struct {
	CashIn, CashOut, Drops money.Amount
	Opened                 int
}

// PutIn books money that was put into a browser register's drawer.
//
// Fails, as TakeOut, Drop and OpenDrawer do, with sales.shift_unknown,
// sales.shift_already_closed, sales.register_not_browser, sales.cash_amount,
// sales.cash_reason and approvals.needed.
func PutIn(ctx context.Context, tx *db.Tx, in CashNoteIn) (wire.CashMoved, error) {
	return moveCash(ctx, tx, wire.CashIn, in)
}

// TakeOut books money that was taken out of a browser register's drawer.
func TakeOut(ctx context.Context, tx *db.Tx, in CashNoteIn) (wire.CashMoved, error) {
	return moveCash(ctx, tx, wire.CashOut, in)
}

// Drop books money that went from a browser register's drawer into the safe.
func Drop(ctx context.Context, tx *db.Tx, in CashNoteIn) (wire.CashMoved, error) {
	return moveCash(ctx, tx, wire.CashDrop, in)
}

// OpenDrawer keeps that a browser register's drawer was opened without a sale.
func OpenDrawer(ctx context.Context, tx *db.Tx, in CashNoteIn) (wire.CashMoved, error) {
	return moveCash(ctx, tx, wire.DrawerOpen, in)
}

func moveCash(ctx context.Context, tx *db.Tx, kind wire.CashKind, in CashNoteIn) (wire.CashMoved, error) {
	shift, err := holdClosing(ctx, tx, in.ID)
	switch {
	case err != nil:
		return wire.CashMoved{}, err
	case shift.ClosedAt != nil:
		return wire.CashMoved{}, fault.Conflict("sales.shift_already_closed").Say("This shift is closed. Open the next one first.")
	case shift.RegisterKind != "browser":
		return wire.CashMoved{}, fault.Conflict("sales.register_not_browser").Say("Do this at the till itself.")
	case !slices.Contains(kind.Reasons(), in.Body.Reason):
		return wire.CashMoved{}, invalid("sales.cash_reason", "reason", "Choose a reason from the list.")
	case (in.Body.Amount > 0) != (kind != wire.DrawerOpen):
		return wire.CashMoved{}, invalid("sales.cash_amount", "amount_minor", "Say how much moves.")
	}
	moved := wire.CashMoved{
		ID: in.Body.ID, ShiftID: in.ID, Kind: kind, Reason: in.Body.Reason, Amount: in.Body.Amount,
		Note: strings.TrimSpace(in.Body.Note), PersonID: tx.ActorID(), At: tx.Now(),
	}
	if moved.ID == uuid.Nil {
		moved.ID = newID()
	}
	by, err := approvals.One(ctx, tx, limits.CashMove(kind, moved.Reason, moved.Amount), in.Body.ApprovalID)
	if err != nil {
		return wire.CashMoved{}, err
	}
	if by != nil {
		moved.ApprovedBy, moved.Approval = &by.By, by
		approvals.Use(tx.Batch(), moved.ID, *by)
	}
	day := movementDay{register: shift.RegisterID, date: shift.BusinessDate, currency: shift.Currency, flags: []string{}}
	return moved, day.book(ctx, tx, moved)
}

// RecordCash books money that a till's drawer gave or took, or that it was
// opened, exactly as it happened. It never refuses it: what is odd comes back as
// flags. The same movement sent again changes nothing. One that arrives after
// its shift's Z report is kept out of that report, with a flag.
//
// It fails, for the caller to keep the entry as an exception, with
// sales.cash_unsound if the kind is unknown or the amount cannot be, with
// sales.changed if its id is booked with other content, and with
// sales.register_unknown.
func RecordCash(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.CashMoved) ([]string, error) {
	in.At = in.At.UTC().Truncate(time.Microsecond)
	if !soundCash(in) {
		return nil, fault.Invalid("sales.cash_unsound").Say("This movement of cash cannot be booked as it is. Count the drawer and book it by hand.")
	}
	r := tx.Reads()
	same := db.ReadMaybe[wire.CashMoved](r, readMovement, db.Args{"id": in.ID})
	at := tills.ReadRegister(r, register)
	open := db.ReadMaybe[uploadShift](r, readUploadShift, db.Args{"register": register, "shift": in.ShiftID, "at": in.At})
	company := db.ReadMaybe[shop](r, readShop, db.Args{})
	people := []uuid.UUID{in.PersonID}
	if in.Approval != nil {
		people = append(people, in.Approval.By)
	}
	reaches := approvals.ReadReaches(ctx, r, people)
	if err := r.Run(ctx); err != nil {
		return nil, err
	}
	switch {
	case same.Found && sameCash(same.Row, in):
		return []string{}, nil
	case same.Found:
		return nil, fault.Conflict("sales.changed").Say("This movement was booked before with other content. Compare the two.")
	case !at.Found:
		return nil, fault.NotFound("sales.register_unknown").Say("The register of this till is not there any more.")
	}
	day := movementDay{register: register, currency: company.Row.Currency, flags: []string{}}
	var err error
	if day.date, err = businessDate(at.Row, in.At); err != nil {
		return nil, err
	}
	if err := day.inShift(ctx, tx, open, &in); err != nil {
		return nil, err
	}
	if !approvedCash(reaches, in) {
		day.flags = append(day.flags, FlagUnapproved)
	}
	if !slices.Contains(in.Kind.Reasons(), in.Reason) {
		in.Reason = wire.ReasonOther
		day.flags = append(day.flags, FlagReasonUnknown)
	}
	if in.At.After(tx.Now().Add(skew)) {
		day.flags = append(day.flags, FlagClockSkew)
	}
	if in.Approval != nil {
		err := approvals.Record(tx.Batch(), approvals.Recorded{
			Store: at.Row.StoreID, Register: register, Device: auth.From(ctx).Device, Asker: in.PersonID, For: in.ID, At: in.At,
			Given: []wire.Approval{*in.Approval},
		})
		if err != nil {
			return nil, err
		}
	}
	return day.flags, day.book(ctx, tx, in)
}

// approvedCash holds for what was within the person's limits, or approved by
// someone who may.
func approvedCash(reaches approvals.Reaches, in wire.CashMoved) bool {
	var given []wire.Approval
	if in.Approval != nil {
		given = reaches.Sound(in.PersonID, []wire.Approval{*in.Approval})
	}
	asked := limits.CashMove(in.Kind, in.Reason, in.Amount)
	need, _ := limits.Whole(asked, reaches.Of(in.PersonID, asked), given)
	return need == nil
}

func soundCash(in wire.CashMoved) bool {
	moves := in.Kind != wire.DrawerOpen
	return in.Kind.Reasons() != nil && in.Amount <= money.Max && (moves && in.Amount > 0 || !moves && in.Amount == 0)
}

func sameCash(a, b wire.CashMoved) bool {
	return a.Kind == b.Kind && a.Amount == b.Amount && a.PersonID == b.PersonID && a.At.Equal(b.At)
}

// movementDay is where and when a movement is booked.
type movementDay struct {
	register uuid.UUID
	date     time.Time
	currency string
	flags    []string
}

// inShift finds the shift that the movement belongs to, as a sale's is found.
func (m *movementDay) inShift(ctx context.Context, tx *db.Tx, open *db.Found[uploadShift], in *wire.CashMoved) error {
	if !open.Found || !open.Row.Exact {
		m.flags = append(m.flags, FlagShiftUnknown)
	}
	if open.Found {
		in.ShiftID = open.Row.ID
		if open.Row.ClosedAt != nil {
			m.flags = append(m.flags, FlagShiftClosed)
		}
		return nil
	}
	number, err := db.One[int](ctx, tx, readNextShift, db.Args{"register": m.register})
	if err != nil {
		return err
	}
	if in.ShiftID == uuid.Nil {
		in.ShiftID = newID()
	}
	_, err = tills.RecordShiftOpened(ctx, tx, m.register, wire.ShiftOpened{
		ID: in.ShiftID, Number: number, OpenedBy: in.PersonID, OpenedAt: in.At,
	})
	return err
}

func (m movementDay) book(ctx context.Context, tx *db.Tx, in wire.CashMoved) error {
	rows, err := db.All[ledger.ChartRow](ctx, tx, readChartRows, db.Args{})
	if err != nil {
		return err
	}
	chart, err := ledger.TillChart(ctx, tx, rows)
	if err != nil {
		return err
	}
	batch := tx.Batch()
	batch.Exec(insertMovement, db.Args{
		"id": in.ID, "register": m.register, "shift": in.ShiftID, "kind": in.Kind, "reason": in.Reason, "amount": in.Amount, "note": in.Note,
		"person": in.PersonID, "approved": in.ApprovedBy, "date": m.date, "at": in.At, "now": tx.Now(), "flags": m.flags,
	})
	effect := in.Kind.Effect(in.Amount)
	err = ledger.Post(batch, ledger.Entry{
		ID: newID(), Date: m.date, SourceType: "cash", SourceID: in.ID, Currency: m.currency, Memo: cashMemo(in),
		Lines: []ledger.Line{
			{Account: chart[ledger.RoleCash], Amount: effect},
			{Account: chart[cashRole(in)], Amount: -effect},
		},
	})
	if err != nil {
		return err
	}
	return batch.Done()
}

const readChartRows db.SQL = `select role, id from accounts where tenant_id = @tenant and role is not null`

// cashRole is where the money went, or whence it came.
func cashRole(in wire.CashMoved) ledger.Role {
	switch in.Reason {
	case wire.ReasonSafe, wire.ReasonChange:
		return ledger.RoleSafe
	case wire.ReasonBank:
		return ledger.RoleBank
	case wire.ReasonOwner:
		return ledger.RoleOwner
	case wire.ReasonPetty, wire.ReasonSupplier:
		return ledger.RoleRunningCosts
	case wire.ReasonCheck, wire.ReasonOther:
	}
	switch in.Kind {
	case wire.CashDrop:
		return ledger.RoleSafe
	case wire.CashOut:
		return ledger.RoleRunningCosts
	case wire.CashIn, wire.DrawerOpen:
	}
	return ledger.RoleCashOverShort
}

func cashMemo(in wire.CashMoved) string {
	memo := map[wire.CashKind]string{wire.CashIn: "Cash in", wire.CashOut: "Cash out", wire.CashDrop: "Safe drop"}[in.Kind]
	if in.Note != "" {
		memo += ": " + in.Note
	}
	return memo
}

// ShowX reads out a shift that goes on. It changes nothing, and is the Z report
// once the shift is closed. Fails with sales.shift_unknown.
func ShowX(ctx context.Context, tx *db.Tx, in ShiftIn) (wire.ZReport, error) {
	shift, found, err := db.Maybe[closing](ctx, tx, lookAtShift, db.Args{"shift": in.ID})
	switch {
	case err != nil:
		return wire.ZReport{}, err
	case !found:
		return wire.ZReport{}, fault.NotFound("sales.shift_unknown").Say("This shift is not there.")
	case shift.ClosedAt != nil:
		return ShowZ(ctx, tx, in)
	}
	r := tx.Reads()
	sums := shift.sums(r)
	if err := r.Run(ctx); err != nil {
		return wire.ZReport{}, err
	}
	z := sums.report(shift, tx.Now())
	z.Counted, z.Difference = 0, 0
	return z, nil
}

// shiftSums is what a report is made of, on its way.
type shiftSums struct {
	totals  *db.Found[zSums]
	methods *[]wire.MethodTotal
	taxes   *[]pricing.TaxTotal
	moved   *db.Found[zMoved]
}

func (s closing) sums(r *db.Reads) shiftSums {
	of := db.Args{"shift": s.ID}
	return shiftSums{
		totals:  db.ReadMaybe[zSums](r, zTotals, of),
		methods: db.ReadAll[wire.MethodTotal](r, zMethods, of),
		taxes:   db.ReadAll[pricing.TaxTotal](r, zTaxes, of),
		moved:   db.ReadMaybe[zMoved](r, zMovements, of),
	}
}

// report is the shift as it stands, nothing counted yet.
func (s shiftSums) report(shift closing, at time.Time) wire.ZReport {
	sums, moved := s.totals.Row, s.moved.Row
	z := wire.ZReport{
		ShiftID: shift.ID, Number: shift.Number, OpenedAt: shift.OpenedAt, ClosedAt: at.UTC().Truncate(time.Microsecond), Sales: sums.Sales,
		Refunds: sums.Refunds, Total: sums.Total, Tax: sums.Tax, Discount: sums.Discount, Rounding: sums.Rounding, Float: shift.Float,
		CashIn: moved.CashIn, CashOut: moved.CashOut, Drops: moved.Drops, Opened: moved.Opened, Methods: *s.methods, Taxes: *s.taxes,
	}
	for _, m := range z.Methods {
		if m.Kind == pricing.Cash {
			z.Cash += m.Amount
		}
	}
	z.Expected = z.Float + z.Cash + z.CashIn - z.CashOut - z.Drops
	return z
}
