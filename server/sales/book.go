package sales

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/payments"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// ground is what booking a document stands on: where it posts, what it sells
// and what stands on the shelf.
type ground struct {
	chart    ledger.Chart
	methods  []payments.Method
	items    map[uuid.UUID]catalog.Sellable
	balances []inventory.Balance
}

// book writes a document: its rows, its stock and its journal entry. The writes
// go out with the commit.
func (d *document) book(tx *db.Tx, g ground) error {
	batch := tx.Batch()
	moves, err := d.moves(g)
	if err != nil {
		return err
	}
	values, err := inventory.Apply(batch, g.balances, moves)
	if err != nil {
		return err
	}
	d.costs = make([]money.Amount, len(d.Lines))
	for i, move := range moves {
		at := slices.IndexFunc(d.Lines, func(l wire.SaleLine) bool { return l.LineNo == move.SourceLine })
		d.costs[at] = -values[i]
	}
	d.insert(batch)
	if err := ledger.Post(batch, d.entry(g)); err != nil {
		return err
	}
	return batch.Emit(Completed{Sale: d.FinishedSale, LocationID: d.locationID, BusinessDate: d.businessDate})
}

// moves are what the document does to stock, and flags what falls below zero.
func (d *document) moves(g ground) ([]inventory.Move, error) {
	var moves []inventory.Move
	left := map[uuid.UUID]decimal.Decimal{}
	for _, balance := range g.balances {
		left[balance.ItemID] = balance.OnHand
	}
	for _, line := range d.Lines {
		item, known := g.item(line.ItemID)
		if !known || !item.TrackStock {
			continue
		}
		move := inventory.Move{
			ItemID: item.ID, LocationID: d.locationID, Quantity: line.Quantity.Neg(),
			SourceType: string(d.Kind), SourceID: d.ID, SourceLine: line.LineNo, FallbackCost: item.Cost,
		}
		if value, ok := d.values[line.LineNo]; ok {
			move.Value = &value
		}
		moves = append(moves, move)
		rest, err := left[item.ID].Sub(line.Quantity)
		if err != nil {
			return nil, fault.Invalid("sales.quantity_too_large").Wrap(err)
		}
		left[item.ID] = rest
		if rest.IsNeg() && line.Quantity.IsPos() {
			d.flag(FlagStockNegative)
		}
	}
	// Balances are upserted in this order: sales of the same new items must not
	// meet head on.
	slices.SortStableFunc(moves, func(a, b inventory.Move) int { return cmp.Compare(a.ItemID.String(), b.ItemID.String()) })
	return moves, nil
}

func (g ground) item(id *uuid.UUID) (catalog.Sellable, bool) {
	if id == nil {
		return catalog.Sellable{}, false
	}
	item, ok := g.items[*id]
	return item, ok
}

// entry debits what was received and the cost of what went out, and credits
// sales, tax, the cash rounding and the stock.
func (d *document) entry(g ground) ledger.Entry {
	lines := make([]ledger.Line, 0, len(d.Tenders)+5)
	for _, t := range d.Tenders {
		if method, ok := find(g.methods, t.MethodID); ok {
			lines = append(lines, ledger.Line{Account: method.AccountID, Amount: t.Amount})
		}
	}
	cost := d.cost()
	lines = append(lines,
		ledger.Line{Account: g.chart[ledger.RoleSales], Amount: -d.Net},
		ledger.Line{Account: g.chart[ledger.RoleTax], Amount: -d.Tax},
		ledger.Line{Account: g.chart[ledger.RoleRounding], Amount: -d.Rounding},
		ledger.Line{Account: g.chart[ledger.RoleCOGS], Amount: cost},
		ledger.Line{Account: g.chart[ledger.RoleInventory], Amount: -cost},
	)
	return ledger.Entry{
		ID: newID(), Date: d.businessDate, SourceType: string(d.Kind), SourceID: d.ID,
		Currency: d.Currency, Memo: d.ReceiptNo, Lines: lines,
	}
}

func find(methods []payments.Method, id uuid.UUID) (payments.Method, bool) {
	at := slices.IndexFunc(methods, func(m payments.Method) bool { return m.ID == id })
	if at < 0 {
		return payments.Method{}, false
	}
	return methods[at], true
}

func byID(items []catalog.Sellable) map[uuid.UUID]catalog.Sellable {
	out := make(map[uuid.UUID]catalog.Sellable, len(items))
	for _, item := range items {
		out[item.ID] = item
	}
	return out
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// dayOf is the UTC day of an instant: the guess at a business date with which
// prices are read before the store's zone is known.
func dayOf(at time.Time) time.Time {
	y, m, d := at.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
