package sales_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

func (b *bench) receipts(q, day string) []string {
	b.t.Helper()
	numbers := []string{}
	b.do(func(ctx context.Context, tx *db.Tx) error {
		found, err := sales.FindReceipts(ctx, tx, sales.ReceiptsIn{Q: q, Day: day})
		for _, row := range found.Rows {
			require.NotEmpty(b.t, row.RegisterName)
			numbers = append(numbers, row.ReceiptNo)
		}
		return err
	})
	return numbers
}

func TestFindReceipts(t *testing.T) {
	b := setup(t)
	item := b.item(1250, "100")
	first := b.sell(line(item, "1"))
	in := b.cart(line(item, "2"))
	in.Tenders = []wire.TenderIn{{MethodID: b.card, Amount: 2500, Reference: "VISA 4242"}}
	second, err := b.checkout(in)
	require.NoError(t, err)
	refund, err := b.refund(first.ID, 1, "1")
	require.NoError(t, err)

	one, two, back := first.ReceiptNo, second.ReceiptNo, refund.ReceiptNo
	today := first.BusinessDate
	for asked, want := range map[[2]string][]string{
		{"", ""}: {back, two, one}, {one, ""}: {one}, {"91w", ""}: {back, two, one}, {"25", ""}: {two}, {"25,00", ""}: {two}, {"12.5", ""}: {back, one},
		{"4242", ""}: {two}, {"242", ""}: {}, {"%", ""}: {}, {"nothing", ""}: {}, {"", today}: {back, two, one}, {"25", today}: {two}, {"", "2020-02-29"}: {}, {one, "2020-02-29"}: {},
	} {
		require.Equal(t, want, b.receipts(asked[0], asked[1]), asked)
	}
	err = b.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.FindReceipts(ctx, tx, sales.ReceiptsIn{Day: "today"})
		return err
	})
	require.Equal(t, "sales.filter_invalid", fault.Of(err).Code)
	require.WithinDuration(t, time.Now(), first.CompletedAt, time.Hour)
}

func TestPurchases(t *testing.T) {
	b := setup(t)
	item := b.item(1250, "100")
	customer := uuid.New()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, putCustomer, db.Args{"id": customer, "now": tx.Now()})
		return err
	})
	bought := func(id uuid.UUID) (out wire.Purchases) {
		b.do(func(ctx context.Context, tx *db.Tx) (err error) {
			out, err = sales.Purchases(ctx, tx, sales.PurchasesIn{ID: id})
			return err
		})
		return out
	}
	require.Equal(t, wire.Purchases{Last: []wire.RecentSale{}}, bought(customer))
	var last sales.Sale
	for range 6 {
		in := b.cart(line(item, "1"))
		in.Cart.CustomerID = &customer
		var err error
		last, err = b.checkout(in)
		require.NoError(t, err)
	}
	_, err := b.refund(last.ID, 1, "1")
	require.NoError(t, err)
	b.sell(line(item, "1"))
	got := bought(customer)
	require.Equal(t, 6, got.Count)
	require.Equal(t, money.Amount(5*1250), got.Total)
	require.Len(t, got.Last, 5)
	require.Equal(t, wire.SaleKindRefund, got.Last[0].Kind)
	require.Equal(t, last.ReceiptNo, got.Last[1].ReceiptNo)
	require.Empty(t, bought(uuid.New()).Last)
}
