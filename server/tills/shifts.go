package tills

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// What may be odd about a shift that a till sends.
const (
	FlagShiftOverlaps    = "shift_overlaps"     // an older shift of the register is still open
	FlagShiftNumberTaken = "shift_number_taken" // it got the register's next number instead
	FlagShiftDiffers     = "shift_differs"      // it is there already with other facts
)

// Shift is one person's turn at a register, from the float to the count.
type Shift struct {
	ID           uuid.UUID    `json:"id"`
	RegisterID   uuid.UUID    `json:"register_id"`
	StoreID      uuid.UUID    `json:"store_id"`
	Number       int          `json:"number"`
	BusinessDate time.Time    `json:"business_date"`
	OpenedBy     uuid.UUID    `json:"opened_by"`
	OpenedAt     time.Time    `json:"opened_at"`
	Float        money.Amount `json:"float_minor" db:"float_minor"`
	ClosedAt     *time.Time   `json:"closed_at,omitempty"`
}

const (
	readShift db.SQL = `
		select id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor, closed_at
		from   shifts
		where  tenant_id = @tenant and id = @shift`

	readOpenShift db.SQL = `
		select id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor, closed_at
		from   shifts
		where  tenant_id = @tenant and register_id = @register and closed_at is null
		and    (@stores::uuid[] is null or store_id = any(@stores))
		order  by opened_at desc
		limit  1`

	// Two uploads for one register must not take the same number.
	holdRegister db.SQL = `
		select active
		from   registers
		where  tenant_id = @tenant and id = @register
		and    (@stores::uuid[] is null or store_id = any(@stores))
		for    no key update`

	readNumbers db.SQL = `
		select coalesce(max(number), 0) + 1 as next, coalesce(bool_or(number = @number), false) as taken
		from   shifts
		where  tenant_id = @tenant and register_id = @register
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	addShift db.SQL = `
		insert into shifts (tenant_id, id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor, uploaded)
		values (@tenant, @id, @register, @store, @number, @date, @opened_by, @opened_at, @float, @uploaded)`

	correctShift db.SQL = `
		update shifts
		set    opened_by = @opened_by, opened_at = @opened_at, float_minor = @float
		where  tenant_id = @tenant and id = @id and closed_at is null
		and    (@stores::uuid[] is null or store_id = any(@stores))`
)

// ReadShift reads one shift.
func ReadShift(r *db.Reads, id uuid.UUID) *db.Found[Shift] {
	return db.ReadMaybe[Shift](r, readShift, db.Args{"shift": id})
}

// ReadOpenShift reads the shift that is open at a register, the newest if a
// till's older closing has not arrived.
func ReadOpenShift(r *db.Reads, register uuid.UUID) *db.Found[Shift] {
	return db.ReadMaybe[Shift](r, readOpenShift, db.Args{"register": register})
}

// NewShift begins a shift at a browser register.
type NewShift struct {
	ID         uuid.UUID    `json:"id" doc:"Made by the caller (UUIDv7)"`
	RegisterID uuid.UUID    `json:"register_id"`
	Float      money.Amount `json:"float_minor" minimum:"0" doc:"What is in the drawer at the start"`
}

// numbering is what a shift's number is found from.
type numbering struct {
	Next  int
	Taken bool
}

// shiftGround is what a new shift is held against.
type shiftGround struct {
	active   *db.Found[bool]
	register *db.Found[Register]
	same     *db.Found[Shift]
	open     *db.Found[Shift]
	numbers  *db.Found[numbering]
}

func shiftFacts(ctx context.Context, tx *db.Tx, register, shift uuid.UUID, number int) (shiftGround, error) {
	r := tx.Reads()
	g := shiftGround{
		active:   db.ReadMaybe[bool](r, holdRegister, db.Args{"register": register}),
		register: ReadRegister(r, register),
		same:     ReadShift(r, shift),
		open:     ReadOpenShift(r, register),
		numbers:  db.ReadMaybe[numbering](r, readNumbers, db.Args{"register": register, "number": number}),
	}
	return g, r.Run(ctx)
}

// OpenShift begins a shift at a browser register. A till opens its own.
//
// Fails with tills.register_unknown, tills.not_browser and tills.shift_open.
func OpenShift(ctx context.Context, tx *db.Tx, in NewShift) (Shift, error) {
	g, err := shiftFacts(ctx, tx, in.RegisterID, in.ID, 0)
	switch {
	case err != nil:
		return Shift{}, err
	case !g.active.Row || !g.register.Found:
		return Shift{}, unknownRegister()
	case g.register.Row.Kind != KindBrowser:
		return Shift{}, fault.Conflict("tills.not_browser").Say("Open this shift at its till.")
	case g.open.Found:
		return Shift{}, fault.Conflict("tills.shift_open").Say("A shift is open at this register. Close it first.")
	}
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	shift := Shift{ID: in.ID, Number: g.numbers.Row.Next, OpenedBy: tx.ActorID(), OpenedAt: tx.Now(), Float: in.Float}
	return addTo(tx, g.register.Row, shift, false)
}

// RecordShiftOpened keeps a shift that a till has begun. It never refuses one:
// what is odd comes back as flags. The same shift again changes nothing. One that
// is there with other facts, because a sale came before it and made it, takes
// the till's while it is open.
//
// It fails, for the caller to keep the entry as an exception, with
// tills.register_unknown, tills.float_negative, and tills.shift_elsewhere if
// another register has that shift.
func RecordShiftOpened(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.ShiftOpened) ([]string, error) {
	in.OpenedAt = in.OpenedAt.UTC().Truncate(time.Microsecond)
	g, err := shiftFacts(ctx, tx, register, in.ID, in.Number)
	switch {
	case err != nil:
		return nil, err
	case !g.register.Found:
		return nil, unknownRegister()
	case in.Float < 0:
		return nil, fault.Invalid("tills.float_negative").Say("The drawer of this shift began with less than nothing.")
	case g.same.Found:
		return recordAgain(tx, register, g.same.Row, in)
	}
	flags := []string{}
	if g.open.Found {
		flags = append(flags, FlagShiftOverlaps)
	}
	shift := Shift{ID: in.ID, Number: in.Number, OpenedBy: in.OpenedBy, OpenedAt: in.OpenedAt, Float: in.Float}
	if g.numbers.Row.Taken {
		shift.Number = g.numbers.Row.Next
		flags = append(flags, FlagShiftNumberTaken)
	}
	_, err = addTo(tx, g.register.Row, shift, true)
	return flags, err
}

func recordAgain(tx *db.Tx, register uuid.UUID, there Shift, in wire.ShiftOpened) ([]string, error) {
	if there.RegisterID != register {
		return nil, fault.Conflict("tills.shift_elsewhere").Say("Another register has this shift. Compare the two.")
	}
	if there.OpenedAt.Equal(in.OpenedAt) && there.OpenedBy == in.OpenedBy && there.Float == in.Float {
		return []string{}, nil
	}
	batch := tx.Batch()
	batch.Exec(correctShift, db.Args{"id": in.ID, "opened_by": in.OpenedBy, "opened_at": in.OpenedAt, "float": in.Float})
	return []string{FlagShiftDiffers}, batch.Done()
}

func addTo(tx *db.Tx, register Register, shift Shift, uploaded bool) (Shift, error) {
	zone, err := time.LoadLocation(register.TimeZone)
	if err != nil {
		return Shift{}, fmt.Errorf("time zone of store %s: %w", register.StoreID, err)
	}
	shift.RegisterID, shift.StoreID = register.ID, register.StoreID
	shift.BusinessDate = tenants.BusinessDate(shift.OpenedAt, zone, register.DayEndsHour)
	batch := tx.Batch()
	batch.Exec(addShift, db.Args{
		"id": shift.ID, "register": shift.RegisterID, "store": shift.StoreID, "number": shift.Number, "date": shift.BusinessDate,
		"opened_by": shift.OpenedBy, "opened_at": shift.OpenedAt, "float": shift.Float, "uploaded": uploaded,
	})
	return shift, batch.Done()
}

func unknownRegister() error {
	return fault.NotFound("tills.register_unknown").Say("This register is not there, or is out of use.")
}
