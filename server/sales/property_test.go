package sales_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/server/catalog"
	"souk/server/sales"
	"souk/shared/money"
	"souk/shared/pricing"
)

// Whatever is sold, taken back and voided, in whatever order, the books balance
// and the shelves hold what the moves say.
func TestBooksStayBalanced(t *testing.T) {
	b := setup(t)
	items := []uuid.UUID{
		b.item(333, "5"), b.item(1999, "0"),
		b.item(789, "2.5", func(i *catalog.NewItem) { i.SoldBy, i.Unit, i.TaxCode = "weight", "kg", "T7" }),
	}
	rapid.Check(t, func(r *rapid.T) {
		var made []sales.Sale
		for range rapid.IntRange(1, 4).Draw(r, "steps") {
			which := rapid.IntRange(0, 3).Draw(r, "what")
			if which < 2 || len(made) == 0 {
				made = append(made, b.sellRandom(r, items))
				continue
			}
			sale := made[rapid.IntRange(0, len(made)-1).Draw(r, "which")]
			if which == 2 {
				_, _ = b.void(sale.ID) // may be refused; the books hold either way
				continue
			}
			_, _ = b.refund(sale.ID, 1, decimal.MustNew(rapid.Int64Range(1, 2000).Draw(r, "back"), 3).String())
		}
		b.balanced(items...)
	})
}

func (b *bench) sellRandom(r *rapid.T, items []uuid.UUID) sales.Sale {
	in := b.cart()
	for range rapid.IntRange(1, 3).Draw(r, "lines") {
		at := rapid.IntRange(0, 2).Draw(r, "item")
		quantity := rapid.Int64Range(1, 3).Draw(r, "quantity") * 1000
		if at == 2 {
			quantity = rapid.Int64Range(1, 4000).Draw(r, "grams")
		}
		l := line(items[at], decimal.MustNew(quantity, 3).String())
		if rapid.Bool().Draw(r, "off") {
			l.Discount = &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustNew(rapid.Int64Range(0, 100).Draw(r, "percent"), 0)}
		}
		in.Cart.Lines = append(in.Cart.Lines, l)
	}
	in.Tenders[0].Amount = money.Amount(1_000_000)
	sale, err := b.checkout(in)
	require.NoError(r, err)
	return sale
}
