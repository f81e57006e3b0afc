package sales_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// back is a cart that takes back some of the first line of a sale.
func (b *bench) back(of sales.Sale, quantity string, lines ...wire.CartLine) wire.Checkout {
	in := b.cart(lines...)
	in.Cart.Back = &wire.BackAsked{
		SaleID: of.ID, Reason: " broken ", Lines: []wire.BackLine{{LineNo: 1, Quantity: decimal.MustParse(quantity), Restock: true}},
	}
	return in
}

func (b *bench) quote(in wire.Checkout) (view wire.CartView) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		view, err = sales.PriceCart(ctx, tx, wire.Quote{Cart: in.Cart, RegisterID: in.RegisterID})
		return err
	})
	return view
}

// paid settles a cart to the minor unit in cash, as the register does.
func (b *bench) paid(in wire.Checkout) (sales.Sale, error) {
	b.t.Helper()
	in.Tenders = []wire.TenderIn{}
	if total := b.quote(in).Total; total != 0 {
		in.Tenders = append(in.Tenders, wire.TenderIn{MethodID: b.cash, Amount: total})
	}
	return b.checkout(in)
}

func (b *bench) onHand(item uuid.UUID) string {
	b.t.Helper()
	return one[decimal.Decimal](b, onHand, db.Args{"item": item}).Trim(0).String()
}

func TestBrowserReturns(t *testing.T) {
	b := setup(t)
	item, other := b.item(1000, "10"), b.item(333, "10")
	sold := b.sell(line(item, "3"))

	t.Run("the quote says what comes back, and that of which sale", func(t *testing.T) {
		view := b.quote(b.back(sold, "1", line(other, "2")))
		require.Len(t, view.Lines, 2)
		require.Equal(t, 1, *view.Lines[0].OriginalLine)
		require.Equal(t, "-1", view.Lines[0].Quantity.String())
		require.Equal(t, money.Amount(-1000), view.Lines[0].Total)
		require.Equal(t, money.Amount(666-1000), view.Total)
		require.Equal(t, sold.ReceiptNo, view.Back.ReceiptNo)
		require.Equal(t, []uuid.UUID{b.cash}, view.Back.MethodIDs)
		require.Empty(t, view.QuickCash)
		require.Equal(t, view.Lines[0].ID, b.quote(b.back(sold, "2")).Lines[0].ID, "a line keeps its id")
	})
	t.Run("with nothing sold besides it is a refund", func(t *testing.T) {
		refund, err := b.paid(b.back(sold, "1"))
		require.NoError(t, err)
		require.Equal(t, wire.SaleKindRefund, refund.Kind)
		require.Equal(t, sold.ID, *refund.OriginalID)
		require.Equal(t, "broken", refund.Note)
		require.Equal(t, money.Amount(-1000), refund.Total)
		require.Equal(t, "8", b.onHand(item))
		b.balanced(item, other)
	})
	t.Run("with something sold it is an exchange, of which one pays the rest", func(t *testing.T) {
		exchange, err := b.paid(b.back(sold, "1", line(other, "4")))
		require.NoError(t, err)
		require.Equal(t, wire.SaleKindSale, exchange.Kind)
		require.Equal(t, money.Amount(1332-1000), exchange.Total)
		require.Equal(t, "9", b.onHand(item))
		require.Equal(t, "6", b.onHand(other))
		b.balanced(item, other)
		_, err = b.refund(exchange.ID, 2, "1")
		require.Equal(t, "sales.line_not_refundable", fault.Of(err).Code, "what came back does not come back again")
		_, err = b.void(sold.ID)
		require.Equal(t, "sales.already_refunded", fault.Of(err).Code)
	})
	t.Run("no more than was sold, by whatever road", func(t *testing.T) {
		in := b.back(sold, "2")
		in.Tenders[0].Amount = -2000
		_, err := b.checkout(in)
		require.Equal(t, "sales.refund_exceeds", fault.Of(err).Code)
		require.Equal(t, "cart.back.lines.0.quantity", fault.Of(err).Fields[0].Path)
		twice := b.back(sold, "1")
		twice.Cart.Back.Lines = append(twice.Cart.Back.Lines, twice.Cart.Back.Lines[0])
		twice.Tenders[0].Amount = -2000
		_, err = b.checkout(twice)
		require.Equal(t, "sales.refund_exceeds", fault.Of(err).Code)
	})
	t.Run("one for the same comes to nothing and is paid by nothing; what is broken stays off the shelf", func(t *testing.T) {
		before := b.onHand(item)
		in := b.back(sold, "1", line(item, "1"))
		in.Cart.Back.Lines[0].Restock = false
		exchange, err := b.paid(in)
		require.NoError(t, err)
		require.Zero(t, exchange.Total)
		require.Empty(t, exchange.Tenders)
		taken, err := decimal.MustParse(before).Sub(decimal.One)
		require.NoError(t, err)
		require.Equal(t, taken.String(), b.onHand(item))
		b.balanced(item, other)
	})
	t.Run("of two that race for the last one, one wins", func(t *testing.T) {
		sold := b.sell(line(item, "1"))
		errs := make([]error, 6)
		var wait sync.WaitGroup
		for i := range errs {
			in := b.back(sold, "1")
			in.Tenders[0].Amount = -1000
			wait.Go(func() { _, errs[i] = b.checkout(in) })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(t, "sales.refund_exceeds", fault.Of(err).Code)
		}
		require.Equal(t, 1, won)
		b.balanced(item)
	})
	t.Run("the original's customer is the refund's", func(t *testing.T) {
		customer := uuid.New()
		b.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, putCustomer, db.Args{"id": customer, "now": tx.Now()})
			return err
		})
		in := b.cart(line(item, "1"))
		in.Cart.CustomerID = &customer
		sold, err := b.checkout(in)
		require.NoError(t, err)
		refund, err := b.paid(b.back(sold, "1"))
		require.NoError(t, err)
		require.Equal(t, customer, *refund.CustomerID)
	})
}

func TestBrowserReturnsRefuse(t *testing.T) {
	b := setup(t)
	item := b.item(1000, "10")
	sold := b.sell(line(item, "2"))
	refund, err := b.refund(sold.ID, 1, "1")
	require.NoError(t, err)
	voided := b.sell(line(item, "1"))
	_, err = b.void(voided.ID)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(in *wire.Checkout)
		role   wire.Role
		code   string
	}{
		"a cashier":            {func(*wire.Checkout) {}, wire.Cashier, "approvals.needed"},
		"a sale nobody made":   {func(in *wire.Checkout) { in.Cart.Back.SaleID = uuid.New() }, wire.Owner, "sales.not_found"},
		"a refund":             {func(in *wire.Checkout) { in.Cart.Back.SaleID = refund.ID }, wire.Owner, "sales.not_a_sale"},
		"a voided sale":        {func(in *wire.Checkout) { in.Cart.Back.SaleID = voided.ID }, wire.Owner, "sales.voided"},
		"no lines":             {func(in *wire.Checkout) { in.Cart.Back.Lines = nil }, wire.Owner, "sales.refund_exceeds"},
		"a line it has not":    {func(in *wire.Checkout) { in.Cart.Back.Lines[0].LineNo = 9 }, wire.Owner, "sales.line_unknown"},
		"none of it":           {func(in *wire.Checkout) { in.Cart.Back.Lines[0].Quantity = decimal.Zero }, wire.Owner, "sales.quantity_invalid"},
		"less than none of it": {func(in *wire.Checkout) { in.Cart.Back.Lines[0].Quantity = decimal.MustParse("-1") }, wire.Owner, "sales.quantity_invalid"},
		"nothing paid back":    {func(in *wire.Checkout) { in.Tenders = nil }, wire.Owner, "pricing.underpaid"},
		"paid the wrong way":   {func(in *wire.Checkout) { in.Tenders[0].Amount = 1000 }, wire.Owner, "pricing.tender_sign"},
	} {
		t.Run(name, func(t *testing.T) {
			in := b.back(sold, "1")
			in.Tenders[0].Amount = -1000
			c.change(&in)
			actor := auth.Acting(b.tenant, b.person, c.role, grants())
			err := b.database.Tenant(auth.With(t.Context(), actor), actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
				_, err := sales.Checkout(ctx, tx, in)
				return err
			})
			f := fault.Of(err)
			require.NotNil(t, f, "%v", err)
			require.Equal(t, c.code, f.Code)
			require.NotEmpty(t, f.Message)
		})
	}
	b.balanced(item)
}
