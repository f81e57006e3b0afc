package sales_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// get runs a reading use case as the bench's person, without the right to write.
func get[I, O any](b *bench, use func(context.Context, *db.Tx, I) (O, error), in I) (out O, err error) {
	actor := auth.Acting(b.tenant, b.person, b.role, grants())
	err = b.database.Read(auth.With(b.t.Context(), actor), actor.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = use(ctx, tx, in)
		return err
	})
	return out, err
}

func TestListAndDetail(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "2")
	first, second := b.sell(line(item, "1")), b.sell(line(item, "2"))
	refund, err := b.refund(first.ID, 1, "1")
	require.NoError(t, err)

	t.Run("newest first, page by page", func(t *testing.T) {
		var seen []uuid.UUID
		for after, more := "", true; more; {
			got, err := get(b, sales.List, sales.ListIn{Limit: 1, After: after})
			require.NoError(t, err)
			require.Len(t, got.Rows, 1)
			seen, after, more = append(seen, got.Rows[0].ID), got.Next, got.Next != ""
		}
		require.Equal(t, []uuid.UUID{refund.ID, second.ID, first.ID}, seen)
	})
	t.Run("filters", func(t *testing.T) {
		day := first.BusinessDate
		for name, c := range map[string]struct {
			in   sales.ListIn
			want int
		}{
			"receipt":        {sales.ListIn{Q: "91w-000002"}, 1},
			"prefix":         {sales.ListIn{Q: "91W"}, 3},
			"kind":           {sales.ListIn{Kind: "refund"}, 1},
			"flagged":        {sales.ListIn{Flagged: true}, 1},
			"day":            {sales.ListIn{From: day, To: day}, 3},
			"a past range":   {sales.ListIn{From: "2020-01-01", To: "2020-12-31"}, 0},
			"register":       {sales.ListIn{RegisterID: b.register.String()}, 3},
			"with an item":   {sales.ListIn{ItemID: item.String()}, 3},
			"another item":   {sales.ListIn{ItemID: uuid.NewString()}, 0},
			"another method": {sales.ListIn{MethodID: uuid.NewString()}, 0},
			"at least":       {sales.ListIn{Least: "1191"}, 1},
			"at most":        {sales.ListIn{Most: "-1"}, 1},
			"a flag":         {sales.ListIn{Flag: "no_such_flag"}, 0},
			"another store":  {sales.ListIn{StoreID: uuid.NewString()}, 0},
			"another till":   {sales.ListIn{RegisterID: b.till.String()}, 0},
			"person":         {sales.ListIn{PersonID: b.person.String(), ShiftID: b.shift.String()}, 3},
		} {
			got, err := get(b, sales.List, c.in)
			require.NoError(t, err, name)
			require.Len(t, got.Rows, c.want, name)
		}
		_, err := get(b, sales.List, sales.ListIn{From: "soon"})
		require.ErrorIs(t, err, fault.Invalid("sales.filter_invalid"))
		_, err = get(b, sales.List, sales.ListIn{After: "???"})
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"))
	})
	t.Run("one sale, with its cost for those who may see it", func(t *testing.T) {
		got, err := get(b, sales.Show, sales.SaleIn{ID: first.ID})
		require.NoError(t, err)
		require.Len(t, got.Answers, 1)
		require.Equal(t, "1", got.Lines[0].Returned.Trim(0).String())
		require.Equal(t, money.Amount(100), *got.Cost)
		require.Equal(t, money.Amount(900), *got.Margin)
		require.Equal(t, "Cash", got.Tenders[0].MethodName)
		b.role = wire.Cashier
		defer func() { b.role = wire.Owner }()
		got, err = get(b, sales.Show, sales.SaleIn{ID: first.ID})
		require.NoError(t, err)
		require.Nil(t, got.Cost)
		require.Nil(t, got.Margin)
		require.Nil(t, got.Lines[0].Cost)
	})
	t.Run("the receipt", func(t *testing.T) {
		got, err := get(b, sales.Receipt, sales.ReceiptIn{ID: refund.ID, Copy: true})
		require.NoError(t, err)
		require.Equal(t, "91W-000001", got.Document.OriginalReceipt)
		require.True(t, got.Document.Copy)
		require.Equal(t, money.Amount(-1190), got.Document.Total)
		require.Equal(t, got.Document.Total, got.Document.Subtotal)
		require.NotEmpty(t, got.Lines)
		require.Equal(t, "en", got.Document.Locale)
		_, err = get(b, sales.Receipt, sales.ReceiptIn{ID: uuid.New()})
		require.ErrorIs(t, err, fault.NotFound("sales.not_found"))
		for _, form := range []string{"80mm", "a4"} {
			file, err := get(b, sales.ReceiptPDF, sales.ReceiptPDFIn{ID: refund.ID, Form: form, Copy: true})
			require.NoError(t, err)
			require.Equal(t, "application/pdf", file.ContentType)
			require.Equal(t, refund.ReceiptNo+".pdf", file.Name)
			require.True(t, bytes.HasPrefix(file.Body, []byte("%PDF-")))
		}
		_, err = get(b, sales.ReceiptPDF, sales.ReceiptPDFIn{ID: uuid.New(), Form: "a4"})
		require.ErrorIs(t, err, fault.NotFound("sales.not_found"))
	})
}

func TestBrowserRegister(t *testing.T) {
	b := setup(t)
	coded := b.item(1190, "4", func(i *catalog.NewItem) {
		i.Name, i.Barcodes = "Green tea", []wire.ItemBarcode{{Code: "4006381333931", Quantity: decimal.MustParse("6")}}
	})
	weighed := b.item(1000, "4", func(i *catalog.NewItem) {
		i.Name, i.SoldBy, i.Unit, i.PLU = "Cheese", "weight", "kg", "12345"
	})

	t.Run("state", func(t *testing.T) {
		state, err := get(b, sales.State, sales.StateIn{RegisterID: b.register})
		require.NoError(t, err)
		require.Equal(t, wire.PhaseSelling, state.Phase)
		require.Equal(t, b.shift, state.Shift.ID)
		require.Equal(t, 91, state.Shop.RegisterNumber)
		require.NotEmpty(t, state.Methods)
		require.NotEmpty(t, state.TaxCodes)
		_, err = get(b, sales.State, sales.StateIn{RegisterID: b.till})
		require.ErrorIs(t, err, fault.Conflict("sales.register_not_browser"))
	})
	t.Run("a quote is what the checkout charges, and keeps nothing", func(t *testing.T) {
		in := b.cart(line(coded, "3"))
		in.Cart.Discount = &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustParse("10")}
		ctx := auth.With(t.Context(), auth.Acting(b.tenant, b.person, b.role, grants()))
		view, err := sales.Quote(ctx, b.database, wire.Quote{Cart: in.Cart, RegisterID: b.register})
		require.NoError(t, err)
		require.Zero(t, one[int](b, countSales, db.Args{}))
		sale, err := b.checkout(in)
		require.NoError(t, err)
		require.Equal(t, sale.Total, view.Total)
		require.Equal(t, sale.Discount, view.Saved)
		require.Equal(t, view.Total, view.QuickCash[0])
		in.Cart.Lines[0].Quantity = decimal.Zero
		_, err = sales.Quote(ctx, b.database, wire.Quote{Cart: in.Cart, RegisterID: b.register})
		require.Equal(t, "lines.0", fault.Of(err).Fields[0].Path)
	})
	t.Run("search and browse", func(t *testing.T) {
		found, err := get(b, sales.Search, sales.SearchIn{Q: "TEA", RegisterID: b.register.String()})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "1", found[0].OnHand.Trim(0).String())
		require.Len(t, found[0].Barcodes, 1)
		grid, err := get(b, sales.Browse, sales.BrowseIn{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, 2, grid.Total)
		require.Len(t, grid.Items, 1)
	})
	t.Run("scan", func(t *testing.T) {
		got, err := get(b, sales.Scan, sales.ScanIn{Code: "4006381333931"})
		require.NoError(t, err)
		require.Equal(t, wire.ScanAdded, got.Outcome)
		require.Equal(t, coded, got.Item.ID)
		require.Equal(t, "6", got.Quantity.String())
		got, err = get(b, sales.Scan, sales.ScanIn{Code: "12345"})
		require.NoError(t, err)
		require.Equal(t, wire.ScanWeigh, got.Outcome)
		require.Equal(t, weighed, got.Item.ID)
		got, err = get(b, sales.Scan, sales.ScanIn{Code: "0000"})
		require.NoError(t, err)
		require.Equal(t, wire.ScanUnknown, got.Outcome)
		got, err = get(b, sales.Scan, sales.ScanIn{Code: label("22", "12345", "00250")})
		require.NoError(t, err)
		require.Equal(t, wire.ScanAdded, got.Outcome)
		require.Equal(t, money.Amount(250), *got.FixedTotal)
		require.Equal(t, "0.25", got.Quantity.Trim(0).String())
	})
	t.Run("a cashier charges what a label carries", func(t *testing.T) {
		b.role = wire.Cashier
		defer func() { b.role = wire.Owner }()
		price, l := money.Amount(250), line(weighed, "0.25")
		l.FixedTotal, l.Barcode = &price, label("22", "12345", "00250")
		sale, err := b.checkout(b.cart(l))
		require.NoError(t, err)
		require.Equal(t, price, sale.Total)
	})
}

// label is the code that a scale prints.
func label(prefix, item, value string) string {
	check, _ := barcode.CheckDigit(prefix + item + value)
	return prefix + item + value + string(check)
}
