package sales_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// offer makes a promotion that runs.
func (b *bench) offer(name string, terms promotion.Terms) uuid.UUID {
	b.t.Helper()
	id := uuid.New()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		if _, err := promotions.Add(ctx, tx, promotions.NewPromotion{ID: id, Draft: promotions.Draft{Name: name, Terms: terms}}); err != nil {
			return err
		}
		_, err := promotions.Start(ctx, tx, promotions.PromotionID{ID: id})
		return err
	})
	return id
}

func threeForTwo(items ...uuid.UUID) promotion.Terms {
	return promotion.Terms{Kind: promotion.BuyGet, Buy: 2, Get: 1, Percent: decimal.MustNew(100, 0), Goods: promotion.Goods{Items: items}}
}

func TestPromotionAtTheBrowserRegister(t *testing.T) {
	b := setup(t)
	tea, mug := b.item(300, "50"), b.item(1000, "50")
	id := b.offer("3 for 2", threeForTwo(tea))

	quote := func(cart wire.Cart) (view wire.CartView, err error) {
		err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
			view, err = sales.PriceCart(ctx, tx, wire.Quote{Cart: cart, RegisterID: b.register})
			return err
		})
		return view, err
	}
	t.Run("is quoted with its steps", func(t *testing.T) {
		view, err := quote(wire.Cart{Lines: []wire.CartLine{line(tea, "3"), line(mug, "1")}})
		require.NoError(t, err)
		require.Equal(t, money.Amount(1600), view.Total)
		require.Equal(t, []pricing.Deal{{Promotion: id, Name: "3 for 2", Amount: 300}}, view.Lines[0].Deals)
		require.Equal(t, pricing.StepPromotion, view.Lines[0].Steps[1].Kind)
		require.Empty(t, view.Lines[1].Deals)
	})
	t.Run("is booked, shown and printed with its name, and comes back by parts", func(t *testing.T) {
		sale := b.sell(line(tea, "3"))
		require.Equal(t, money.Amount(600), sale.Total)
		var shown sales.SaleDetail
		var paper sales.SaleReceipt
		b.do(func(ctx context.Context, tx *db.Tx) (err error) {
			if shown, err = sales.Show(ctx, tx, sales.SaleIn{ID: sale.ID}); err != nil {
				return err
			}
			paper, err = sales.Receipt(ctx, tx, sales.ReceiptIn{ID: sale.ID, Columns: 42})
			return err
		})
		require.Equal(t, []pricing.Deal{{Promotion: id, Name: "3 for 2", Amount: 300}}, shown.Lines[0].Deals)
		require.Equal(t, money.Amount(300), shown.Lines[0].Discount)
		require.Equal(t, "3 for 2", paper.Document.Lines[0].Deals[0].Name)
		require.Zero(t, paper.Document.Lines[0].Discount)
		require.Equal(t, money.Amount(900), paper.Document.Lines[0].Gross())

		var given money.Amount
		for range 3 {
			refund, err := b.refund(sale.ID, 1, "1")
			require.NoError(t, err)
			require.Empty(t, refund.Lines[0].Deals)
			require.Equal(t, "3 for 2", refund.Lines[0].DiscountReason)
			given += refund.Total
		}
		require.Equal(t, money.Amount(-600), given)
		b.balanced(tea)
	})
	t.Run("a price by hand stands alone", func(t *testing.T) {
		by := line(tea, "3")
		by.Price = new(money.Amount)
		*by.Price = 250
		require.Equal(t, money.Amount(750), b.sell(by).Total)
	})
	t.Run("a coupon has to be one that runs", func(t *testing.T) {
		b.offer("Five off", promotion.Terms{Kind: promotion.Spend, Amount: 500, MinSpend: 900, Coupon: "FIVE"})
		in := b.cart(line(mug, "1"))
		in.Cart.Coupons = []string{"SIX"}
		_, err := b.checkout(in)
		require.ErrorIs(t, err, fault.Invalid("sales.coupon_unknown"))
		require.Equal(t, "cart.coupons.0", fault.Of(err).Fields[0].Path)
		in.Cart.Coupons = []string{"five"}
		sale, err := b.checkout(in)
		require.NoError(t, err)
		require.Equal(t, money.Amount(500), sale.Total)
	})
	t.Run("who may give no discount sells what the shop offers", func(t *testing.T) {
		role := b.role
		b.role = wire.POSUser
		defer func() { b.role = role }()
		require.Equal(t, money.Amount(600), b.sell(line(tea, "3")).Total)
	})
	t.Run("what is stopped is gone", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := promotions.Stop(ctx, tx, promotions.PromotionID{ID: id})
			return err
		})
		require.Equal(t, money.Amount(900), b.sell(line(tea, "3")).Total)
	})
}

func TestATillsPromotionIsBookedAndLookedAt(t *testing.T) {
	b := setup(t)
	tea := b.item(1190, "50")
	id := b.offer("Half price", promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(50, 0)})
	over := b.offer("Last year", promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(50, 0), Until: "2020-01-01"})
	for name, c := range map[string]struct {
		promotion uuid.UUID
		flags     []string
	}{
		"one that runs":     {id, []string{}},
		"one that was over": {over, []string{sales.FlagPromotion}},
		"one nobody knows":  {uuid.New(), []string{sales.FlagPromotion}},
	} {
		t.Run(name, func(t *testing.T) {
			in := b.finished(tea)
			l := &in.Lines[0]
			l.Deals = []pricing.Deal{{Promotion: c.promotion, Name: name, Amount: 595}}
			l.Discount, l.Net, l.Tax, l.Total = 595, 500, 95, 595
			in.Discount, in.Net, in.Tax, in.Total, in.Due = 595, 500, 95, 595, 595
			in.Tenders[0].Amount, in.Tenders[0].Change = 595, 1405
			flags, err := b.record(in)
			require.NoError(t, err)
			require.Equal(t, c.flags, flags)
			again, err := b.record(in)
			require.NoError(t, err)
			require.Equal(t, flags, again, "the same sale again")
		})
	}
	b.balanced(tea)
}
