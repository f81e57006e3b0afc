package sales_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/sales"
)

func TestNotes(t *testing.T) {
	b := setup(t)
	item := b.item(1000, "5")
	noted, plain := line(item, "1"), line(item, "2")
	noted.Note = " no onions "
	in := b.cart(noted, plain)
	in.Note = "for table 4"
	sale, err := b.checkout(in)
	require.NoError(t, err)
	refund, err := b.refund(sale.ID, 1, "1")
	require.NoError(t, err)

	texts := func(id uuid.UUID) string {
		var paper sales.SaleReceipt
		b.do(func(ctx context.Context, tx *db.Tx) (err error) {
			paper, err = sales.Receipt(ctx, tx, sales.ReceiptIn{ID: id})
			return err
		})
		var all []string
		for _, l := range paper.Lines {
			all = append(all, l.Text)
		}
		return strings.Join(all, "\n")
	}
	var detail sales.SaleDetail
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		detail, err = sales.Show(ctx, tx, sales.SaleIn{ID: sale.ID})
		return err
	})
	require.Equal(t, "no onions", detail.Lines[0].Note)
	require.Empty(t, detail.Lines[1].Note)
	require.Equal(t, "for table 4", detail.Note)
	require.Contains(t, texts(sale.ID), "\n  no onions\n")
	require.Contains(t, texts(sale.ID), "\n  for table 4\n")
	require.NotContains(t, texts(refund.ID), "no onions")
	require.NotContains(t, texts(refund.ID), "broken", "why it came back is the shop's own")

	var found bool
	b.do(func(ctx context.Context, tx *db.Tx) error {
		got, err := sales.FindReceipt(ctx, tx, sales.ReceiptNumber{Number: sale.ReceiptNo})
		found = err == nil && got.Sale.Lines[0].Note == "no onions"
		return err
	})
	require.True(t, found)
}
