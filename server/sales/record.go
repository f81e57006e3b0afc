package sales

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"souk/server/approvals"
	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/payments"
	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Record books a sale that a till has already finished, exactly as the till
// printed it, on the register of the device that sent it. It never refuses one
// for its price, its stock, its shift or anything it names: what is odd comes
// back as flags and is kept with the sale. The same sale sent again is booked
// already and changes nothing.
//
// It fails, for the caller to keep the entry as an exception, only with what
// cannot stand in the books at all: sales.sums_differ if the figures do not add
// up, sales.original_unknown if it takes back a sale that is not there,
// sales.number_taken if another sale has its number, sales.changed if its id is
// booked with other content, sales.register_unknown.
func Record(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.FinishedSale) ([]string, error) {
	if err := addsUp(in); err != nil {
		return nil, err
	}
	hash, err := contentHash(in)
	if err != nil {
		return nil, err
	}
	facts, err := loadUpload(ctx, tx, register, in)
	if err != nil {
		return nil, err
	}
	if booked, flags, err := facts.booked(in, hash); booked || err != nil {
		return flags, err
	}

	sale, err := facts.document(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	sale.hash = hash
	facts.compare(sale, tx.Now())
	facts.judge(sale)
	facts.repair(sale)
	if err := sale.recordApprovals(ctx, tx.Batch()); err != nil {
		return nil, err
	}
	if err := sale.book(tx, facts.ground()); err != nil {
		return nil, err
	}
	if sale.flags == nil {
		sale.flags = []string{}
	}
	return sale.flags, nil
}

func contentHash(in wire.FinishedSale) ([]byte, error) {
	in.CompletedAt = in.CompletedAt.UTC()
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

// uploadFacts is what one uploaded sale is held against.
type uploadFacts struct {
	same     *db.Found[bookedSale]
	taken    *db.Found[uuid.UUID]
	register *db.Found[tills.Register]
	shift    *db.Found[uploadShift]
	customer *db.Found[string]
	series   *db.Found[string]
	previous *db.Found[int64]
	original *db.Found[string] // its receipt's number
	reaches  approvals.Reaches
	sold     *[]remaining
	items    *[]catalog.Sellable
	// promotions are those that took something off a line.
	promotions *[]promotions.Promotion
	methods    *[]payments.Method
	chart      *[]ledger.ChartRow
	balances   *[]inventory.Balance
	day        time.Time
}

type bookedSale struct {
	Hash  []byte   `db:"content_hash"`
	Flags []string `db:"flags"`
}

type uploadShift struct {
	ID       uuid.UUID  `db:"id"`
	Exact    bool       `db:"exact"`
	OpenedAt time.Time  `db:"opened_at"`
	ClosedAt *time.Time `db:"closed_at"`
}

const (
	readBooked db.SQL = `
		select content_hash, flags
		from   sales
		where  tenant_id = @tenant and id = @sale`

	readTaken db.SQL = `
		select id
		from   sales
		where  tenant_id = @tenant and series = @series and number = @number`

	// The shift that the till names, else the one that was open then, else the one
	// that is open now. Held like a checkout's: a closing waits for it.
	readUploadShift db.SQL = `
		select id, id = @shift as exact, opened_at, closed_at
		from   shifts
		where  tenant_id = @tenant and register_id = @register
		and    (@stores::uuid[] is null or store_id = any(@stores))
		and    (id = @shift or closed_at is null or (opened_at <= @at and closed_at >= @at))
		order  by id = @shift desc, (opened_at <= @at and coalesce(closed_at >= @at, true)) desc, closed_at is null desc, opened_at desc
		limit  1
		for    share`

	readSeries db.SQL = `
		select series
		from   devices
		where  tenant_id = @tenant and register_id = @register and series = @series`

	readPrevious db.SQL = `
		select number
		from   sales
		where  tenant_id = @tenant and series = @series and number = @number - 1
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	readNextShift db.SQL = `
		select coalesce(max(number), 0) + 1
		from   shifts
		where  tenant_id = @tenant and register_id = @register
		and    (@stores::uuid[] is null or store_id = any(@stores))`
)

func loadUpload(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.FinishedSale) (uploadFacts, error) {
	ids := itemsOfLines(in.Lines)
	day := dayOf(in.CompletedAt)
	var original, customer uuid.UUID
	if in.OriginalID != nil {
		original = *in.OriginalID
	}
	if in.CustomerID != nil {
		customer = *in.CustomerID
	}
	number := db.Args{"series": in.Series, "number": in.Number}
	r := tx.Reads()
	if in.OriginalID != nil {
		hold(r, tx, original)
	}
	f := uploadFacts{
		same:     db.ReadMaybe[bookedSale](r, readBooked, db.Args{"sale": in.ID}),
		taken:    db.ReadMaybe[uuid.UUID](r, readTaken, number),
		register: tills.ReadRegister(r, register),
		shift:    db.ReadMaybe[uploadShift](r, readUploadShift, db.Args{"register": register, "shift": in.ShiftID, "at": in.CompletedAt}),
		customer: db.ReadMaybe[string](r, readCustomer, db.Args{"customer": customer}),
		series:   db.ReadMaybe[string](r, readSeries, db.Args{"register": register, "series": in.Series}),
		previous: db.ReadMaybe[int64](r, readPrevious, number),
		original: db.ReadMaybe[string](r, readSaleNo, db.Args{"sale": original}),
		reaches:  approvals.ReadReaches(ctx, r, involved(in)),
		sold:     db.ReadAll[remaining](r, readRemaining, db.Args{"sale": original}),
		items:    catalog.ReadSellables(r, ids, catalog.Counter{Register: register, Day: day}),
		methods:  payments.ReadMethods(r),
		chart:    ledger.ReadChart(r),
		balances: readBalances(r, register, ids),

		promotions: promotions.ReadSome(r, promotionsOf(in)),
	}
	if err := r.Run(ctx); err != nil {
		return f, err
	}
	if !f.register.Found {
		return f, fault.NotFound("sales.register_unknown").Say("The register of this till is not there any more.")
	}
	var err error
	if f.day, err = businessDate(f.register.Row, in.CompletedAt); err != nil || f.day.Equal(day) {
		return f, err
	}
	again := tx.Reads()
	f.items = catalog.ReadSellables(again, ids, catalog.Counter{Register: register, Day: f.day})
	return f, again.Run(ctx)
}

// promotionsOf are those that took something off a sale.
func promotionsOf(in wire.FinishedSale) []uuid.UUID {
	var ids []uuid.UUID
	for _, l := range in.Lines {
		for _, deal := range l.Deals {
			ids = union(ids, []uuid.UUID{deal.Promotion})
		}
	}
	return ids
}

func itemsOfLines(lines []wire.SaleLine) []uuid.UUID {
	cart := wire.Cart{}
	for _, line := range lines {
		cart.Lines = append(cart.Lines, wire.CartLine{ItemID: line.ItemID})
	}
	return itemsOf(cart)
}

// booked tells a sale that came again from another one in its place.
func (f uploadFacts) booked(in wire.FinishedSale, hash []byte) (bool, []string, error) {
	switch {
	case f.same.Found && bytes.Equal(f.same.Row.Hash, hash):
		return true, f.same.Row.Flags, nil
	case f.same.Found:
		return false, nil, fault.Conflict("sales.changed").Say("This sale was booked before with other content. Compare the two.")
	case f.taken.Found && f.taken.Row != in.ID:
		return false, nil, fault.Conflict("sales.number_taken").Messagef("Receipt %s belongs to another sale. Two tills number in one series.", in.ReceiptNo)
	case in.OriginalID != nil && !f.original.Found:
		return false, nil, fault.Invalid("sales.original_unknown").Say("The sale that this takes back is not there yet.")
	}
	return false, nil, nil
}

// document is the till's sale on the register's ground.
func (f uploadFacts) document(ctx context.Context, tx *db.Tx, in wire.FinishedSale) (*document, error) {
	register := f.register.Row
	d := &document{FinishedSale: in, storeID: register.StoreID, locationID: register.LocationID, businessDate: f.day}
	if in.RegisterID != register.ID {
		d.RegisterID = register.ID
		d.flag(FlagRegisterDiffers)
	}
	d.CompletedAt = in.CompletedAt.UTC().Truncate(time.Microsecond)
	switch {
	case !f.shift.Found:
		d.flag(FlagShiftUnknown)
		return d, f.rescueShift(ctx, tx, d)
	case !f.shift.Row.Exact:
		d.flag(FlagShiftUnknown)
	}
	d.ShiftID = f.shift.Row.ID
	if f.shift.Row.ClosedAt != nil {
		d.flag(FlagShiftClosed)
	}
	return d, nil
}

// rescueShift makes the shift that the till names, so that the sale has one; if
// the shift's own entry still comes it finds it there.
func (f uploadFacts) rescueShift(ctx context.Context, tx *db.Tx, d *document) error {
	number, err := db.One[int](ctx, tx, readNextShift, db.Args{"register": d.RegisterID})
	if err != nil {
		return err
	}
	if d.ShiftID == uuid.Nil {
		d.ShiftID = newID()
	}
	_, err = tills.RecordShiftOpened(ctx, tx, d.RegisterID, wire.ShiftOpened{
		ID: d.ShiftID, Number: number, OpenedBy: d.PersonID, OpenedAt: d.CompletedAt,
	})
	return err
}

func (f uploadFacts) ground() ground {
	return ground{chart: ledger.ChartOf(*f.chart), methods: *f.methods, items: byID(*f.items), balances: *f.balances}
}
