package sales_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

func TestRefund(t *testing.T) {
	b := setup(t)
	item := b.item(333, "10")
	sale := b.sell(line(item, "3"))

	t.Run("parts add up to the line", func(t *testing.T) {
		var total, tax money.Amount
		for range 3 {
			refund, err := b.refund(sale.ID, 1, "1")
			require.NoError(t, err)
			require.Equal(t, wire.SaleKindRefund, refund.Kind)
			total, tax = total+refund.Total, tax+refund.Tax
		}
		require.Equal(t, -sale.Total, total)
		require.Equal(t, -sale.Tax, tax)
		require.Zero(t, b.account("sales"))
		require.Zero(t, b.account("cogs"))
		b.balanced(item)
	})
	t.Run("no more than was sold", func(t *testing.T) {
		_, err := b.refund(sale.ID, 1, "1")
		require.ErrorIs(t, err, fault.Invalid("sales.refund_exceeds"))
		_, err = b.refund(sale.ID, 2, "1")
		require.ErrorIs(t, err, fault.Invalid("sales.line_unknown"))
		_, err = b.refund(uuid.New(), 1, "1")
		require.ErrorIs(t, err, fault.NotFound("sales.not_found"))
		_, err = b.refund(sale.ID, 1, "-1")
		require.ErrorIs(t, err, fault.Invalid("sales.quantity_invalid"))
	})
	t.Run("of two that race for the last one, one wins", func(t *testing.T) {
		sale := b.sell(line(item, "1"))
		errs := make([]error, 6)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { _, errs[i] = b.refund(sale.ID, 1, "1") })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, fault.Invalid("sales.refund_exceeds"))
		}
		require.Equal(t, 1, won)
		b.balanced(item)
	})
	t.Run("a refund is not refunded", func(t *testing.T) {
		sale := b.sell(line(item, "1"))
		refund, err := b.refund(sale.ID, 1, "1")
		require.NoError(t, err)
		_, err = b.refund(refund.ID, 1, "1")
		require.ErrorIs(t, err, fault.Conflict("sales.not_a_sale"))
	})
}

func TestVoid(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "10")

	t.Run("undoes the whole, once", func(t *testing.T) {
		sale := b.sell(line(item, "2"))
		void, err := b.void(sale.ID)
		require.NoError(t, err)
		require.Equal(t, -sale.Total, void.Total)
		require.Equal(t, "10", one[decimal.Decimal](b, onHand, db.Args{"item": item}).Trim(0).String())
		require.Zero(t, b.account("cash"))
		b.balanced(item)
		_, err = b.void(sale.ID)
		require.ErrorIs(t, err, fault.Conflict("sales.voided"))
		_, err = b.refund(sale.ID, 1, "1")
		require.ErrorIs(t, err, fault.Conflict("sales.voided"))
	})
	t.Run("not after a refund", func(t *testing.T) {
		sale := b.sell(line(item, "2"))
		_, err := b.refund(sale.ID, 1, "1")
		require.NoError(t, err)
		_, err = b.void(sale.ID)
		require.ErrorIs(t, err, fault.Conflict("sales.already_refunded"))
	})
	t.Run("not after its shift", func(t *testing.T) {
		sale := b.sell(line(item, "1"))
		b.close(b.shift, 0)
		_, err := b.void(sale.ID)
		require.ErrorIs(t, err, fault.Conflict("sales.shift_not_open"))
		b.do(func(_ context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.Exec(putShift, db.Args{"id": uuid.New(), "register": b.register, "number": 2, "person": b.person, "opened_at": tx.Now()})
			return batch.Done()
		})
		_, err = b.void(sale.ID)
		require.ErrorIs(t, err, fault.Conflict("sales.shift_over"))
		_, err = b.refund(sale.ID, 1, "1")
		require.NoError(t, err)
		b.balanced(item)
	})
}

func (b *bench) close(shift uuid.UUID, counted money.Amount) (z wire.ZReport) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		z, err = sales.CloseShift(ctx, tx, sales.ClosureIn{ID: shift, Body: sales.Closure{Counted: counted}})
		return err
	})
	return z
}

func TestCloseShift(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "10")
	paid := b.cart(line(item, "2"))
	paid.Tenders = []wire.TenderIn{{MethodID: b.card, Amount: 1000}, {MethodID: b.cash, Amount: 2000}}
	_, err := b.checkout(paid)
	require.NoError(t, err)
	sale := b.sell(line(item, "1"))
	_, err = b.refund(sale.ID, 1, "1")
	require.NoError(t, err)

	z := b.close(b.shift, 11_000)
	require.Equal(t, 2, z.Sales)
	require.Equal(t, 1, z.Refunds)
	require.Equal(t, money.Amount(2380), z.Total)
	require.Equal(t, money.Amount(380), z.Tax)
	require.Equal(t, money.Amount(1380), z.Cash)
	require.Equal(t, money.Amount(11_380), z.Expected)
	require.Equal(t, money.Amount(-380), z.Difference)
	require.Len(t, z.Methods, 2)
	require.Len(t, z.Taxes, 1)
	require.Equal(t, money.Amount(2000), z.Taxes[0].Net)
	require.EqualValues(t, 1000, b.account("cash"), "what was counted less the float")
	require.EqualValues(t, 380, b.account("cash_over_short"))
	b.balanced(item)

	b.do(func(ctx context.Context, tx *db.Tx) error {
		kept, err := sales.ShowZ(ctx, tx, sales.ShiftIn{ID: b.shift})
		require.NoError(t, err)
		require.WithinDuration(t, z.ClosedAt, kept.ClosedAt, 0)
		kept.ClosedAt = z.ClosedAt
		require.Equal(t, z, kept)
		_, err = sales.CloseShift(ctx, tx, sales.ClosureIn{ID: b.shift})
		require.ErrorIs(t, err, fault.Conflict("sales.shift_already_closed"))
		_, err = sales.CloseShift(ctx, tx, sales.ClosureIn{ID: b.tillRun})
		require.ErrorIs(t, err, fault.Conflict("sales.register_not_browser"))
		return nil
	})
	_, err = b.checkout(b.cart(line(item, "1")))
	require.ErrorIs(t, err, fault.Conflict("sales.shift_not_open"))
}
