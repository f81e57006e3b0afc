package sales_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// finished is one piece at 11.90, paid in cash, as the till printed it.
func (b *bench) finished(item uuid.UUID) wire.FinishedSale {
	b.number++
	return wire.FinishedSale{
		ID: uuid.New(), Kind: wire.SaleKindSale, Series: "92A", Number: b.number, ReceiptNo: wire.ReceiptNo("92A", b.number),
		RegisterID: b.till, ShiftID: b.tillRun, PersonID: b.person, CompletedAt: time.Now().Add(-time.Minute), Currency: "EUR", TaxIncluded: true,
		Lines: []wire.SaleLine{{
			LineNo: 1, ItemID: &item, Name: "Item", Unit: "each", Quantity: decimal.One, UnitPrice: 1190, ListPrice: 1190, Gross: 1190,
			TaxCode: "T19", TaxRate: decimal.MustParse("19"), Net: 1000, Tax: 190, Total: 1190,
		}},
		Tenders: []wire.SaleTender{{MethodID: b.cash, Amount: 1190, Tendered: 2000, Change: 810}},
		Gross:   1190, Net: 1000, Tax: 190, Total: 1190, Due: 1190,
	}
}

func (b *bench) record(in wire.FinishedSale) (flags []string, err error) {
	err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
		flags, err = sales.Record(ctx, tx, b.till, in)
		return err
	})
	return flags, err
}

func TestRecordFlags(t *testing.T) {
	b := setup(t)
	item, idle := b.item(1190, "100"), b.item(1190, "100")
	dear, scarce := b.item(1290, "10"), b.item(1190, "0")
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: idle})
		return err
	})
	unknown := uuid.New()
	for name, c := range map[string]struct {
		change func(*wire.FinishedSale)
		flags  []string
	}{
		"nothing odd":          {func(*wire.FinishedSale) {}, []string{}},
		"an unknown item":      {func(in *wire.FinishedSale) { in.Lines[0].ItemID = &unknown }, []string{sales.FlagItemUnknown}},
		"an archived item":     {func(in *wire.FinishedSale) { in.Lines[0].ItemID = &idle }, []string{sales.FlagItemInactive}},
		"another price":        {func(in *wire.FinishedSale) { in.Lines[0].ItemID = &dear }, []string{sales.FlagPriceDiffers}},
		"nothing on the shelf": {func(in *wire.FinishedSale) { in.Lines[0].ItemID = &scarce }, []string{sales.FlagStockNegative}},
		"another tax code":     {func(in *wire.FinishedSale) { in.Lines[0].TaxCode = "T7" }, []string{sales.FlagTaxDiffers}},
		"another tax sum": {func(in *wire.FinishedSale) {
			in.Lines[0].Tax, in.Lines[0].Net, in.Tax, in.Net = 189, 1001, 189, 1001
		}, []string{sales.FlagTaxDiffers}},
		"an unknown customer": {func(in *wire.FinishedSale) { in.CustomerID = &unknown }, []string{sales.FlagCustomerUnknown}},
		"an unknown method":   {func(in *wire.FinishedSale) { in.Tenders[0].MethodID = unknown }, []string{sales.FlagMethodUnknown}},
		"an unknown shift":    {func(in *wire.FinishedSale) { in.ShiftID = unknown }, []string{sales.FlagShiftUnknown}},
		"another register":    {func(in *wire.FinishedSale) { in.RegisterID = unknown }, []string{sales.FlagRegisterDiffers}},
		"a clock ahead":       {func(in *wire.FinishedSale) { in.CompletedAt = in.CompletedAt.Add(time.Hour) }, []string{sales.FlagClockSkew}},
		"a clock behind":      {func(in *wire.FinishedSale) { in.CompletedAt = in.CompletedAt.Add(-9 * time.Hour) }, []string{sales.FlagClockSkew}},
		"a strange series":    {func(in *wire.FinishedSale) { in.Series, in.Number = "77Z", 1 }, []string{sales.FlagSeriesUnknown}},
		"another currency":    {func(in *wire.FinishedSale) { in.Currency = "USD" }, []string{sales.FlagCurrencyDiffers}},
	} {
		t.Run(name, func(t *testing.T) {
			in := b.finished(item)
			c.change(&in)
			if in.Series == "77Z" {
				b.number--
			}
			flags, err := b.record(in)
			require.NoError(t, err)
			require.Equal(t, c.flags, flags)
		})
	}
	t.Run("a gap in the numbers", func(t *testing.T) {
		b.number++
		flags, err := b.record(b.finished(item))
		require.NoError(t, err)
		require.Equal(t, []string{sales.FlagNumberGap}, flags)
	})
	t.Run("after the Z report, which stays as it was", func(t *testing.T) {
		closed := wire.ShiftClosed{ID: b.tillRun, ClosedBy: b.person, ClosedAt: time.Now(), Counted: 10_000}
		flags, err := b.recordClosed(closed)
		require.NoError(t, err)
		require.Empty(t, flags)
		before := b.z(b.tillRun)
		flags, err = b.record(b.finished(item))
		require.NoError(t, err)
		require.Equal(t, []string{sales.FlagShiftClosed}, flags)
		require.Equal(t, before, b.z(b.tillRun))

		flags, err = b.recordClosed(closed)
		require.NoError(t, err)
		require.Empty(t, flags, "the same closing again")
		closed.Counted++
		flags, err = b.recordClosed(closed)
		require.NoError(t, err)
		require.Equal(t, []string{sales.FlagShiftClosed}, flags)
	})
	t.Run("no shift at all", func(t *testing.T) {
		in := b.finished(item)
		in.ShiftID, in.CompletedAt = uuid.New(), in.CompletedAt.Add(2*time.Minute)
		flags, err := b.record(in)
		require.NoError(t, err)
		require.Equal(t, []string{sales.FlagShiftUnknown}, flags)
	})
	b.balanced(item, idle, dear, scarce)
}

func (b *bench) recordClosed(in wire.ShiftClosed) (flags []string, err error) {
	err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
		flags, err = sales.RecordShiftClosed(ctx, tx, b.till, in)
		return err
	})
	return flags, err
}

func (b *bench) z(shift uuid.UUID) (z wire.ZReport) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		z, err = sales.ShowZ(ctx, tx, sales.ShiftIn{ID: shift})
		return err
	})
	return z
}

func TestRecordBooksOnce(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "10")
	in := b.finished(item)
	for range 3 {
		flags, err := b.record(in)
		require.NoError(t, err)
		require.Empty(t, flags)
	}
	require.Equal(t, 1, one[int](b, countSales, db.Args{}))
	require.EqualValues(t, 1190, b.account("cash"))

	changed := in
	changed.Note = "another"
	_, err := b.record(changed)
	require.ErrorIs(t, err, fault.Conflict("sales.changed"))
	clone := in
	clone.ID = uuid.New()
	_, err = b.record(clone)
	require.ErrorIs(t, err, fault.Conflict("sales.number_taken"))
	b.balanced(item)
}

func TestRecordKeepsOutWhatDoesNotAddUp(t *testing.T) {
	b := setup(t)
	item := b.item(1190, "10")
	for name, change := range map[string]func(*wire.FinishedSale){
		"a total":           func(in *wire.FinishedSale) { in.Total++ },
		"a payment":         func(in *wire.FinishedSale) { in.Tenders[0].Amount--; in.Tenders[0].Change++ },
		"a line":            func(in *wire.FinishedSale) { in.Lines[0].Net++; in.Lines[0].Total++ },
		"a quantity of 0":   func(in *wire.FinishedSale) { in.Lines[0].Quantity = decimal.Zero },
		"a line twice":      func(in *wire.FinishedSale) { in.Lines = append(in.Lines, in.Lines[0]) },
		"amounts too large": func(in *wire.FinishedSale) { in.Lines[0].Gross = money.Max; in.Lines = append(in.Lines, in.Lines[0]) },
		"no number":         func(in *wire.FinishedSale) { in.Number = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			in := b.finished(item)
			change(&in)
			_, err := b.record(in)
			require.ErrorIs(t, err, fault.Invalid("sales.sums_differ"))
		})
	}
	t.Run("a refund of nothing", func(t *testing.T) {
		in, original := b.finished(item), uuid.New()
		in.Kind, in.OriginalID = wire.SaleKindRefund, &original
		_, err := b.record(in)
		require.ErrorIs(t, err, fault.Invalid("sales.original_unknown"))
	})
	require.Zero(t, one[int](b, countSales, db.Args{}))
}
