package sales_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

func TestCheckout(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "10")

	t.Run("takes stock, posts, nets the change and numbers without a gap", func(t *testing.T) {
		in := b.cart(line(item, "2"))
		in.Tenders = []wire.TenderIn{{MethodID: b.card, Amount: 1000}, {MethodID: b.cash, Amount: 2000}}
		sale, err := b.checkout(in)
		require.NoError(t, err)
		require.Equal(t, "91W-000001", sale.ReceiptNo)
		require.Equal(t, money.Amount(2380), sale.Total)
		require.Equal(t, money.Amount(380), sale.Tax)
		require.Equal(t, money.Amount(620), sale.Change)
		require.Equal(t, money.Amount(1380), sale.Tenders[1].Amount)
		require.Empty(t, sale.Flags)
		require.Equal(t, "8", one[decimal.Decimal](b, onHand, db.Args{"item": item}).Trim(0).String())
		require.EqualValues(t, 1380, b.account("cash"))
		require.EqualValues(t, -2000, b.account("sales"))
		require.EqualValues(t, -380, b.account("tax_payable"))
		require.EqualValues(t, 200, b.account("cogs"))
		b.balanced(item)

		again, err := b.checkout(in)
		require.ErrorContains(t, err, `"sales_pkey"`, "%v; the program says sales.already_made of it", again)
		require.Equal(t, "sales.already_made", sales.Module.Faults["sales_pkey"])
		require.Equal(t, "91W-000002", b.sell(line(item, "1")).ReceiptNo, "a refused sale takes no number")
	})
	t.Run("sells below zero with a flag", func(t *testing.T) {
		scarce := b.item(500, "1")
		sale := b.sell(line(scarce, "3"))
		require.Equal(t, []string{sales.FlagStockNegative}, sale.Flags)
		b.balanced(scarce)
	})
	t.Run("sells without an item", func(t *testing.T) {
		price := money.Amount(250)
		sale := b.sell(wire.CartLine{ID: uuid.New(), Name: "Gift wrap", Price: &price, TaxCode: "T7", Quantity: decimal.One})
		require.Equal(t, money.Amount(16), sale.Tax)
	})
}

func TestCheckoutRefuses(t *testing.T) {
	b := setup(t)
	item, price := b.item(1190, "10"), money.Amount(1)
	idle := b.item(1190, "0")
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: idle})
		return err
	})
	unknown := uuid.New()
	off := &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustParse("10")}
	for name, c := range map[string]struct {
		change func(*wire.Checkout)
		role   wire.Role
		code   string
		path   string
	}{
		"an empty cart":         {func(in *wire.Checkout) { in.Cart.Lines = nil }, wire.Owner, "sales.cart_empty", "cart.lines"},
		"an unknown register":   {func(in *wire.Checkout) { in.RegisterID = unknown }, wire.Owner, "sales.register_unknown", ""},
		"a till's register":     {func(in *wire.Checkout) { in.RegisterID = b.till }, wire.Owner, "sales.register_not_browser", ""},
		"an unknown item":       {func(in *wire.Checkout) { in.Cart.Lines[0].ItemID = &unknown }, wire.Owner, "sales.item_unknown", "cart.lines.0.item_id"},
		"an archived item":      {func(in *wire.Checkout) { in.Cart.Lines[0].ItemID = &idle }, wire.Owner, "sales.item_inactive", "cart.lines.0.item_id"},
		"parts of a whole":      {func(in *wire.Checkout) { in.Cart.Lines[0].Quantity = decimal.MustParse("0.5") }, wire.Owner, "sales.quantity_decimals", "cart.lines.0.quantity"},
		"a quantity of zero":    {func(in *wire.Checkout) { in.Cart.Lines[0].Quantity = decimal.Zero }, wire.Owner, "pricing.quantity_zero", "cart.lines.0"},
		"an unknown customer":   {func(in *wire.Checkout) { in.Cart.CustomerID = &unknown }, wire.Owner, "sales.customer_unknown", "cart.customer_id"},
		"an unknown method":     {func(in *wire.Checkout) { in.Tenders[0].MethodID = unknown }, wire.Owner, "sales.method_unknown", "tenders.0.method_id"},
		"too little":            {func(in *wire.Checkout) { in.Tenders[0].Amount = 1000 }, wire.Owner, "pricing.underpaid", "tenders"},
		"change out of a card":  {func(in *wire.Checkout) { in.Tenders[0].MethodID = b.card }, wire.Owner, "pricing.change_without_cash", "tenders"},
		"a cashier's own price": {func(in *wire.Checkout) { in.Cart.Lines[0].Price = &price }, wire.Cashier, "approvals.needed", "action"},
		"a made-up label":       {func(in *wire.Checkout) { in.Cart.Lines[0].FixedTotal = &price }, wire.Cashier, "sales.price_not_allowed", "cart.lines.0.fixed_total_minor"},
		"a waiter's discount":   {func(in *wire.Checkout) { in.Cart.Lines[0].Discount = off }, wire.Waiter, "approvals.needed", "action"},
		"a waiter's cart off":   {func(in *wire.Checkout) { in.Cart.Discount = off }, wire.Waiter, "approvals.needed", "action"},
		"a cashier's return":    {func(in *wire.Checkout) { in.Cart.Lines[0].Quantity = decimal.MustParse("-1") }, wire.Cashier, "approvals.needed", "action"},
		"an open line, no price": {func(in *wire.Checkout) {
			in.Cart.Lines[0] = wire.CartLine{Name: "X", Quantity: decimal.One, TaxCode: "T7"}
		}, wire.Owner, "sales.price_missing", "cart.lines.0.price_minor"},
		"an open line, no tax": {func(in *wire.Checkout) {
			in.Cart.Lines[0] = wire.CartLine{Name: "X", Quantity: decimal.One, Price: &price}
		}, wire.Owner, "sales.tax_code_unknown", "cart.lines.0.tax_code"},
	} {
		t.Run(name, func(t *testing.T) {
			in := b.cart(line(item, "1"))
			c.change(&in)
			b.role = c.role
			defer func() { b.role = wire.Owner }()
			_, err := b.checkout(in)
			got := fault.Of(err)
			require.NotNil(t, got, "%v", err)
			require.Equal(t, c.code, got.Code)
			if c.path != "" {
				require.Equal(t, c.path, got.Fields[0].Path)
			}
			require.NotEmpty(t, got.Message)
		})
	}
	require.Zero(t, one[int](b, countSales, db.Args{}))
	require.Equal(t, "91W-000001", b.sell(line(item, "1")).ReceiptNo)
}

func TestConcurrentCheckouts(t *testing.T) {
	b := setup(t)
	x, y := b.item(100, "100"), b.item(200, "0")
	second, shift := uuid.New(), uuid.New()
	b.do(func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(putRegister, db.Args{"id": second, "number": 93, "kind": "browser", "now": tx.Now()})
		batch.Exec(putShift, db.Args{"id": shift, "register": second, "number": 1, "person": b.person, "opened_at": tx.Now()})
		return batch.Done()
	})
	var wait sync.WaitGroup
	failed := make([]error, 24)
	for i := range failed {
		wait.Go(func() {
			in := b.cart(line(x, "1"), line(y, "1"))
			if i%2 == 1 {
				in = b.cart(line(y, "1"), line(x, "1"))
				in.RegisterID = second
			}
			_, failed[i] = b.checkout(in)
		})
	}
	wait.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	require.Equal(t, "76", one[decimal.Decimal](b, onHand, db.Args{"item": x}).Trim(0).String())
	require.Equal(t, "-24", one[decimal.Decimal](b, onHand, db.Args{"item": y}).Trim(0).String())
	require.EqualValues(t, 24*300, b.account("cash"))
	b.balanced(x, y)
}
