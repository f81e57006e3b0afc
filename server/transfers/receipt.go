package transfers

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// Arrival is what arrived of a line, and why that is not what was sent.
type Arrival struct {
	LineNo   int             `json:"line_no"`
	Received decimal.Decimal `json:"received"`
	Reason   string          `json:"reason,omitempty" enum:"damaged,expired,lost,stolen,found,miscounted,other" doc:"Needed where it is not what was sent"`
}

// Arrivals is what arrived. Lines that are left out arrived as they were sent.
type Arrivals struct {
	Version int       `json:"version"`
	Lines   []Arrival `json:"lines" maxItems:"1000" nullable:"false"`
}

// Arriving is a transfer and what arrived of it.
type Arriving struct {
	ID   uuid.UUID `path:"id"`
	Body Arrivals
}

const (
	markReceived db.SQL = `
		update stock_transfers
		set    state = 'received', received_by = @person, received_at = @now, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	settleLines db.SQL = `
		update stock_transfer_lines l
		set    received = n.received, received_minor = n.received_minor, written_off = n.written_off, written_off_minor = n.written_off_minor,
		       reason = n.reason
		from   unnest(@line_nos::int[], @receiveds::numeric[], @received_minors::bigint[], @written_offs::numeric[], @written_off_minors::bigint[],
		              @reasons::text[]) as n (line_no, received, received_minor, written_off, written_off_minor, reason)
		where  l.tenant_id = @tenant and l.transfer_id = @id and l.line_no = n.line_no`
)

// TakeIn ends a transfer: what arrived stands on the receiver's shelves at what
// it cost, and what is missing (or too much) is written off to stock differences
// for a stated reason. Nothing of it is on its way any more.
//
// Fails with transfers.not_sent, transfers.changed_meanwhile, transfers.line_unknown,
// transfers.bad_quantity, transfers.too_fine, transfers.reason_missing and request.not_found.
func TakeIn(ctx context.Context, tx *db.Tx, in Arriving) (StockTransfer, error) {
	h, err := hold(ctx, tx, in.ID, true)
	if err != nil {
		return StockTransfer{}, err
	}
	if err := h.in(StateSent, in.Body.Version); err != nil {
		return StockTransfer{}, err
	}
	f, err := read(ctx, tx, in.ID, h.To)
	if err != nil {
		return StockTransfer{}, err
	}
	settled, err := f.settle(in.Body.Lines)
	if err != nil {
		return StockTransfer{}, err
	}

	batch := tx.Batch()
	if err := f.arrive(batch, in.ID, h.Number, settled); err != nil {
		return StockTransfer{}, err
	}
	putSettled(batch, in.ID, settled)
	batch.Exec(markReceived, db.Args{"id": in.ID, "person": person(tx), "now": tx.Now()})
	if err := batch.Flush(ctx); err != nil {
		return StockTransfer{}, err
	}
	return show(ctx, tx, in.ID)
}

// settledLine is a line with its end: what of it arrived, and what did not.
type settledLine struct {
	storedLine
	received, off      decimal.Decimal
	arriving, offValue money.Amount
	why                string
}

// settle works out what becomes of each line. Nothing is written.
func (f facts) settle(arrivals []Arrival) ([]settledLine, error) {
	told := make(map[int]Arrival, len(arrivals))
	paths := make(map[int]string, len(arrivals))
	for i, a := range arrivals {
		told[a.LineNo], paths[a.LineNo] = a, fmt.Sprintf("lines.%d.", i)
	}
	out := make([]settledLine, len(f.lines))
	for i, line := range f.lines {
		arrival, there := told[line.LineNo]
		if !there {
			arrival = Arrival{LineNo: line.LineNo, Received: line.Quantity}
		}
		delete(told, line.LineNo)
		var err error
		if out[i], err = line.end(arrival, paths[line.LineNo]); err != nil {
			return nil, err
		}
	}
	if len(told) > 0 {
		return nil, fault.Invalid("transfers.line_unknown").Say("One of the lines is not on this transfer. Look at it again.")
	}
	return out, nil
}

// end is the line with what arrived of it. Its share of what was sent is worth its
// share of the value, to the cent; the rest of the value is written off.
func (l storedLine) end(a Arrival, path string) (settledLine, error) {
	out := settledLine{storedLine: l, received: a.Received, why: a.Reason}
	switch {
	case a.Received.IsNeg():
		return out, fault.Invalid("transfers.bad_quantity", fault.At(path+"received", "transfers.bad_quantity", "")).
			Messagef("Less than nothing of %s cannot arrive.", l.Name)
	case a.Received.Trim(0).Scale() > l.Decimals:
		return out, fault.Invalid("transfers.too_fine", fault.At(path+"received", "transfers.too_fine", "")).
			Messagef("The quantity of %s has too many decimals for its unit.", l.Name)
	}
	off, err := l.Quantity.Sub(a.Received)
	if err != nil {
		return out, tooMuch(err)
	}
	out.off = off
	if off.IsZero() {
		out.why = ""
	} else if a.Reason == "" {
		return out, fault.Invalid("transfers.reason_missing", fault.At(path+"reason", "transfers.reason_missing", "")).
			Messagef("Say why what arrived of %s is not what was sent.", l.Name)
	}
	var sent money.Amount
	if l.Sent != nil {
		sent = *l.Sent
	}
	out.arriving, err = money.Ratio(uint64(max(sent, 0)), a.Received.Rescale(quantityPlaces).Coef(), l.Quantity.Rescale(quantityPlaces).Coef())
	if err != nil {
		return out, tooMuch(err)
	}
	out.offValue, err = sent.Sub(out.arriving)
	return out, err
}

// quantityPlaces are the decimals of a quantity in the database.
const quantityPlaces = 4

func tooMuch(cause error) error {
	return fault.Invalid("transfers.too_much", fault.Because(cause)).Say("This quantity or its value is too large to be booked.")
}

// arrive puts what arrived on its shelves and into the books. Where the receiver's
// stock stood below zero, a part of it was sold already and is cost of sales.
func (f facts) arrive(b *db.Batch, id uuid.UUID, number int64, lines []settledLine) error {
	var moves []inventory.Move
	var sent, arriving, lost money.Amount
	for _, l := range lines {
		var err error
		if arriving, err = arriving.Add(l.arriving); err != nil {
			return err
		}
		if lost, err = lost.Add(l.offValue); err != nil {
			return err
		}
		if l.received.IsZero() {
			continue
		}
		value := l.arriving
		moves = append(moves, inventory.Move{
			ItemID: l.ItemID, LocationID: f.place.ID, Quantity: l.received, SourceType: "transfer_in", SourceID: id, SourceLine: l.LineNo,
			Reason: l.why, Value: &value, FallbackCost: l.Cost,
		})
	}
	values, err := inventory.Apply(b, f.balances, moves)
	if err != nil {
		return err
	}
	stock, err := money.Sum(values...)
	if err != nil {
		return err
	}
	if sent, err = arriving.Add(lost); err != nil {
		return err
	}
	return f.post(b, id, "transfer_in", number, []ledger.Line{
		{Account: f.chart[ledger.RoleInventory], Amount: stock},
		{Account: f.chart[ledger.RoleCOGS], Amount: arriving - stock},
		{Account: f.chart[ledger.RoleStockAdjustment], Amount: lost},
		{Account: f.chart[ledger.RoleInTransit], Amount: -sent},
	})
}

func putSettled(b *db.Batch, id uuid.UUID, lines []settledLine) {
	n := len(lines)
	numbers, reasons := make([]int, n), make([]string, n)
	received, off := make([]decimal.Decimal, n), make([]decimal.Decimal, n)
	arriving, lost := make([]money.Amount, n), make([]money.Amount, n)
	for i, l := range lines {
		numbers[i], reasons[i], received[i], off[i] = l.LineNo, l.why, l.received, l.off
		arriving[i], lost[i] = l.arriving, l.offValue
	}
	b.Exec(settleLines, db.Args{
		"id": id, "line_nos": numbers, "receiveds": received, "received_minors": arriving, "written_offs": off, "written_off_minors": lost,
		"reasons": reasons,
	})
}
