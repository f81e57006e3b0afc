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
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// document is a sale, refund or void on its way into the books.
type document struct {
	wire.FinishedSale
	storeID      uuid.UUID
	locationID   uuid.UUID
	businessDate time.Time
	costs        []money.Amount // per line, filled while booking
	// values are what returned lines are worth, by line number, where the
	// original says so; the others move at the average cost.
	values map[int]money.Amount
	flags  []string
	hash   []byte // of what a till sent
}

func (d *document) flag(flag string) {
	if !slices.Contains(d.flags, flag) {
		d.flags = append(d.flags, flag)
	}
}

func (d *document) cost() money.Amount {
	var sum money.Amount
	for _, cost := range d.costs {
		sum += cost
	}
	return sum
}

// sale is the document as it is shown.
func (d *document) sale() Sale {
	out := Sale{FinishedSale: d.FinishedSale, BusinessDate: d.businessDate.Format(time.DateOnly), Flags: d.flags}
	for _, t := range d.Tenders {
		out.Paid += t.Tendered
		out.Change += t.Change
	}
	if out.Flags == nil {
		out.Flags = []string{}
	}
	return out
}

// fill puts the priced cart and its payments into the document.
func (d *document) fill(b basket, tenders []wire.SaleTender, s pricing.Settlement) {
	d.Lines, d.Tenders = b.lines, tenders
	d.answer(b)
	d.Gross, d.Discount, d.Net, d.Tax, d.Total = b.priced.Gross, b.priced.Discount, b.priced.Net, b.priced.Tax, b.priced.Total
	d.Rounding, d.Due = s.Rounding, s.Due
}

// ground is what booking a document stands on: where it posts, what it sells
// and what stands on the shelf.
type ground struct {
	chart    ledger.Chart
	methods  []payments.Method
	items    map[uuid.UUID]catalog.Sellable
	balances []inventory.Balance
}

func (g ground) item(id *uuid.UUID) (catalog.Sellable, bool) {
	if id == nil {
		return catalog.Sellable{}, false
	}
	item, ok := g.items[*id]
	return item, ok
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
		if !known || !item.TrackStock || line.NotRestocked {
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
			return nil, fault.Invalid("sales.quantity_too_large").Say("A quantity is too large to be booked. Correct it.").Wrap(err)
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
