package sync_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/wire"
)

const (
	flagsOf db.SQL = `select array_to_string(flags, ' ') from sales where tenant_id = @tenant and id = @sale`
	onHand  db.SQL = `select coalesce(sum(on_hand), 0) from stock_balances where tenant_id = @tenant and item_id = @item`
)

// refund is one piece of a sale taken back for cash.
func (d *device) refund(of wire.FinishedSale) wire.FinishedSale {
	d.sold++
	line := of.Lines[0]
	line.OriginalLine, line.Quantity = &of.Lines[0].LineNo, decimal.MustParse("-1")
	line.Gross, line.Net, line.Tax, line.Total = -1190, -1000, -190, -1190
	return wire.FinishedSale{
		ID: uuid.New(), Kind: wire.SaleKindRefund, OriginalID: &of.ID, Series: d.Series, Number: d.sold, ReceiptNo: wire.ReceiptNo(d.Series, d.sold),
		RegisterID: d.register, ShiftID: d.shift, PersonID: d.person, Currency: "EUR", TaxIncluded: true, CompletedAt: time.Now(),
		Lines:   []wire.SaleLine{line},
		Tenders: []wire.SaleTender{{MethodID: d.cash, Amount: -1190, Tendered: -1190}},
		Gross:   -1190, Net: -1000, Tax: -190, Total: -1190, Due: -1190, Note: "broken", Unchecked: true,
	}
}

func TestReturnsAtTills(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	flags := func(id uuid.UUID) string { return one[string](w, flagsOf, db.Args{"sale": id}) }
	stock := func() string { return one[decimal.Decimal](w, onHand, db.Args{"item": item}).Trim(0).String() }

	t.Run("two tills that were offline take back the same receipt: both are booked, one is flagged", func(t *testing.T) {
		other := *w
		w.do(func(ctx context.Context, tx *db.Tx) error {
			made, err := tills.CreateRegister(ctx, tx, tills.NewRegister{ID: uuid.New(), StoreID: w.store, Name: "Other", Kind: "till"})
			other.register = made.ID
			return err
		})
		a, b := w.pair(), other.pair()
		a.open()
		b.open()
		sale := a.sale(item)
		a.write(wire.EntrySaleFinished, sale)
		a.send(a.journal...)
		first, second := a.refund(sale), b.refund(sale)
		b.write(wire.EntrySaleFinished, second)
		a.write(wire.EntrySaleFinished, first)
		require.Equal(t, wire.AckFlagged, b.send(b.journal...)[1].Outcome)
		require.Equal(t, wire.AckFlagged, a.send(a.journal[2:]...)[0].Outcome)
		require.NotContains(t, flags(second.ID), "refund_exceeds")
		require.Contains(t, flags(first.ID), "refund_exceeds")
		require.Contains(t, flags(first.ID), "refund_offline")
		require.Contains(t, flags(second.ID), "refund_offline")
	})
	t.Run("an exchange is a sale that takes something back, once, and what is not fit for the shelf stays off it", func(t *testing.T) {
		d := w.pair()
		d.open()
		sale := d.sale(item)
		d.write(wire.EntrySaleFinished, sale)
		d.send(d.journal...)
		before := stock()
		exchange := d.sale(item)
		returned := d.refund(sale).Lines[0]
		d.sold--
		returned.LineNo, returned.NotRestocked = 2, true
		exchange.OriginalID, exchange.Lines = &sale.ID, append(exchange.Lines, returned)
		exchange.Gross, exchange.Net, exchange.Tax, exchange.Total, exchange.Due, exchange.Tenders = 0, 0, 0, 0, 0, []wire.SaleTender{}
		d.write(wire.EntrySaleFinished, exchange)
		acks := d.send(d.journal...)
		require.NotEqual(t, wire.AckException, acks[2].Outcome, acks[2].Code)
		require.NotContains(t, flags(exchange.ID), "tax_differs")
		require.NotContains(t, flags(exchange.ID), "refund_exceeds")
		taken, err := decimal.MustParse(before).Sub(decimal.One)
		require.NoError(t, err)
		require.Equal(t, taken.String(), stock(), "one went out, none came in")

		again := d.refund(sale)
		d.write(wire.EntrySaleFinished, again)
		d.send(d.journal...)
		require.Contains(t, flags(again.ID), "refund_exceeds", "the exchange has taken it back already")

		var found wire.Returnable
		require.Equal(t, 200, d.call(d.Token, "GET", "/sync/receipt?number="+sale.ReceiptNo, nil, &found))
		require.Equal(t, sale.ID, found.Sale.ID)
		require.Equal(t, "2", found.Back[0].Quantity.Trim(0).String())
		require.Equal(t, 200, d.call(d.Token, "GET", "/sync/receipt?number=nope", nil, &found))
		require.Equal(t, uuid.Nil, found.Sale.ID)
	})
}
