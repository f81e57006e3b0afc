package transfers

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
)

const (
	markSent db.SQL = `
		update stock_transfers
		set    state = 'sent', sent_by = @person, sent_at = @now, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	valueLines db.SQL = `
		update stock_transfer_lines l
		set    sent_minor = n.sent
		from   unnest(@line_nos::int[], @sents::bigint[]) as n (line_no, sent)
		where  l.tenant_id = @tenant and l.transfer_id = @id and l.line_no = n.line_no`
)

// Dispatch sends a draft off: its goods leave the sender's shelves at their
// average cost and are on their way. More may be sent than the books say is
// there; whoever packed it knows better.
//
// Fails with transfers.not_draft, transfers.changed_meanwhile, transfers.empty,
// transfers.not_tracked if stock of an item is no longer kept, and request.not_found.
func Dispatch(ctx context.Context, tx *db.Tx, in Act) (StockTransfer, error) {
	h, err := hold(ctx, tx, in.ID, false)
	if err != nil {
		return StockTransfer{}, err
	}
	if err := h.in(StateDraft, in.Body.Version); err != nil {
		return StockTransfer{}, err
	}
	f, err := read(ctx, tx, in.ID, h.From)
	if err != nil {
		return StockTransfer{}, err
	}
	moves, err := f.leave(in.ID)
	if err != nil {
		return StockTransfer{}, err
	}

	batch := tx.Batch()
	values, err := inventory.Apply(batch, f.balances, moves)
	if err != nil {
		return StockTransfer{}, err
	}
	sents, numbers, total := make([]money.Amount, len(values)), make([]int, len(values)), money.Amount(0)
	for i, value := range values {
		sents[i], numbers[i] = -value, moves[i].SourceLine
		if total, err = total.Add(-value); err != nil {
			return StockTransfer{}, err
		}
	}
	batch.Exec(valueLines, db.Args{"id": in.ID, "line_nos": numbers, "sents": sents})
	batch.Exec(markSent, db.Args{"id": in.ID, "person": person(tx), "now": tx.Now()})
	err = f.post(batch, in.ID, "transfer_out", h.Number, []ledger.Line{
		{Account: f.chart[ledger.RoleInTransit], Amount: total},
		{Account: f.chart[ledger.RoleInventory], Amount: -total},
	})
	if err != nil {
		return StockTransfer{}, err
	}
	if err := batch.Flush(ctx); err != nil {
		return StockTransfer{}, err
	}
	return show(ctx, tx, in.ID)
}

// facts are what goods that leave or arrive are booked from, the balances held.
type facts struct {
	place    place
	chart    ledger.Chart
	lines    []storedLine
	articles map[uuid.UUID]article
	balances []inventory.Balance
}

// storedLine is a line as the books need it.
type storedLine struct {
	TransferLine
	Cost money.Amount `db:"cost_minor"`
}

// read fetches all that a transfer needs at the place where it leaves or arrives.
func read(ctx context.Context, tx *db.Tx, id, at uuid.UUID) (facts, error) {
	lines, err := db.All[TransferLine](ctx, tx, readLines, db.Args{"id": id})
	if err != nil {
		return facts{}, err
	}
	items := make([]uuid.UUID, len(lines))
	for i, line := range lines {
		items[i] = line.ItemID
	}
	r := tx.Reads()
	places := db.ReadAll[place](r, readPlaces, db.Args{"places": []uuid.UUID{at}})
	articles := db.ReadAll[article](r, readArticles, db.Args{"items": items})
	chart := ledger.ReadChart(r)
	balances := inventory.ReadBalances(r, at, items)
	if err := r.Run(ctx); err != nil {
		return facts{}, err
	}
	if len(*places) == 0 {
		return facts{}, fmt.Errorf("place %s of transfer %s is gone", at, id)
	}
	f := facts{place: (*places)[0], balances: *balances, articles: map[uuid.UUID]article{}}
	for _, a := range *articles {
		f.articles[a.ID] = a
	}
	for _, line := range lines {
		f.lines = append(f.lines, storedLine{line, f.articles[line.ItemID].Cost})
	}
	f.chart, err = ledger.TransitChart(ctx, tx, *chart)
	return f, err
}

// leave are the moves by which the goods leave their shelves.
func (f facts) leave(id uuid.UUID) ([]inventory.Move, error) {
	if len(f.lines) == 0 {
		return nil, fault.Invalid("transfers.empty").Say("Nothing is on this transfer yet. Add what is to be sent.")
	}
	moves := make([]inventory.Move, len(f.lines))
	for i, line := range f.lines {
		if !f.articles[line.ItemID].TrackStock {
			return nil, fault.Invalid("transfers.not_tracked").Messagef("No stock is kept of %s any more. Take it off the transfer.", line.Name)
		}
		moves[i] = inventory.Move{
			ItemID: line.ItemID, LocationID: f.place.ID, Quantity: line.Quantity.Neg(), SourceType: "transfer_out", SourceID: id,
			SourceLine: line.LineNo, FallbackCost: line.Cost,
		}
	}
	return moves, nil
}

func (f facts) post(b *db.Batch, id uuid.UUID, kind string, number int64, lines []ledger.Line) error {
	zone, err := time.LoadLocation(f.place.TimeZone)
	if err != nil {
		return err
	}
	return ledger.Post(b, ledger.Entry{
		ID: uuid.Must(uuid.NewV7()), Date: tenants.BusinessDate(b.Tx().Now(), zone, f.place.DayEndsHour), SourceType: kind, SourceID: id,
		Currency: f.place.Currency, Memo: fmt.Sprintf("Transfer %d", number), Lines: lines,
	})
}
