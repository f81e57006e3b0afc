package catalog_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

func TestChangeMany(t *testing.T) {
	ctx, tx := opened(t, "DE")
	category, err := catalog.AddCategory(ctx, tx, catalog.Category{ID: uuid.New(), Name: "Fruit", Active: true})
	require.NoError(t, err)
	one, two := made(t, ctx, tx, newItem("Apple", priced(199))), made(t, ctx, tx, newItem("Pear", priced(250)))
	ids := []uuid.UUID{one.ID, two.ID}
	percent := func(text string) *decimal.Decimal { d := decimal.MustParse(text); return &d }
	prices := func() []money.Amount {
		a, err := catalog.Show(ctx, tx, catalog.ItemID{ID: one.ID})
		require.NoError(t, err)
		b, err := catalog.Show(ctx, tx, catalog.ItemID{ID: two.ID})
		require.NoError(t, err)
		return []money.Amount{a.Price, b.Price}
	}

	t.Run("a preview writes nothing", func(t *testing.T) {
		got, err := catalog.ChangeMany(ctx, tx, catalog.BulkChange{IDs: ids, Percent: percent("2.5"), Preview: true})
		require.NoError(t, err)
		require.Len(t, got.Rows, 2)
		require.Equal(t, []money.Amount{199, 204}, []money.Amount{got.Rows[0].Before.Price, got.Rows[0].After.Price})
		require.Equal(t, []money.Amount{199, 250}, prices())
	})
	t.Run("and what it did is undone from its answer", func(t *testing.T) {
		none, off := "", false
		name := category.ID.String()
		_, err := catalog.ChangeMany(ctx, tx, catalog.BulkChange{IDs: ids, CategoryID: &name})
		require.NoError(t, err)
		got, err := catalog.ChangeMany(ctx, tx, catalog.BulkChange{IDs: ids, CategoryID: &none, Active: &off, Percent: percent("-10")})
		require.NoError(t, err)
		require.Equal(t, []money.Amount{179, 225}, prices(), "1.791 and 2.25")
		item, err := catalog.Show(ctx, tx, catalog.ItemID{ID: one.ID})
		require.NoError(t, err)
		require.False(t, item.Active)
		require.Nil(t, item.CategoryID)
		require.Equal(t, 3, item.Version, "whoever has its form open is told")

		back := catalog.States{}
		for _, row := range got.Rows {
			back.Rows = append(back.Rows, catalog.StateOf{ID: row.ID, ItemState: row.Before})
		}
		_, err = catalog.SetStates(ctx, tx, back)
		require.NoError(t, err)
		require.Equal(t, []money.Amount{199, 250}, prices())
		item, err = catalog.Show(ctx, tx, catalog.ItemID{ID: one.ID})
		require.NoError(t, err)
		require.True(t, item.Active)
		require.Equal(t, category.ID, *item.CategoryID)
	})
	t.Run("items that are so already are not touched", func(t *testing.T) {
		on := true
		got, err := catalog.ChangeMany(ctx, tx, catalog.BulkChange{IDs: ids, Active: &on})
		require.NoError(t, err)
		require.Empty(t, got.Rows)
	})
	t.Run("all of it or nothing", func(t *testing.T) {
		strange := uuid.NewString()
		for code, in := range map[string]catalog.BulkChange{
			"catalog.no_item":          {IDs: []uuid.UUID{one.ID, uuid.New()}, Percent: percent("5")},
			"catalog.unknown_category": {IDs: ids, CategoryID: &strange},
			"catalog.bad_percent":      {IDs: ids, Percent: percent("-100")},
		} {
			_, err := catalog.ChangeMany(ctx, tx, in)
			require.Equal(t, code, fault.Of(err).Code)
			require.NotEmpty(t, fault.Of(err).Message)
		}
		_, err := catalog.SetStates(ctx, tx, catalog.States{Rows: []catalog.StateOf{{ID: one.ID, ItemState: catalog.ItemState{Price: -1}}}})
		require.Equal(t, "catalog.bad_price", fault.Of(err).Code)
		require.Equal(t, []money.Amount{199, 250}, prices())
	})
}

func TestChangeWithBarcodes(t *testing.T) {
	ctx, tx := opened(t, "DE")
	item := made(t, ctx, tx, newItem("Cola", coded("5449000000996", "96385074")))
	made(t, ctx, tx, newItem("Fanta", coded("5449000011527")))
	save := func(name string, version int, codes ...string) (catalog.Item, error) {
		in := newItem(name, coded(codes...))
		return catalog.Change(ctx, tx, catalog.ItemChange{ID: item.ID, Body: catalog.ItemEdit{ItemFacts: in.ItemFacts, Barcodes: in.Barcodes, Version: version}})
	}
	t.Run("facts and codes are saved together", func(t *testing.T) {
		after, err := save("Cola Zero", 1, "96385074", "4006381333931")
		require.NoError(t, err)
		require.Equal(t, []wire.ItemBarcode{{Code: "0000096385074", Quantity: decimal.One}, {Code: "4006381333931", Quantity: decimal.One}}, after.Barcodes)
		require.Equal(t, 2, after.Version)
	})
	t.Run("a refused code leaves the facts as they were", func(t *testing.T) {
		_, err := save("Cola Light", 2, "96385074", "5449000011527")
		require.Equal(t, []string{"barcodes.1.code"}, paths(t, err, "catalog.barcode_taken"))
		_, err = save("Cola Light", 2, "", "x")
		require.Equal(t, []string{"barcodes.0.code"}, paths(t, err, "catalog.bad_item"))
		now, err := catalog.Show(ctx, tx, catalog.ItemID{ID: item.ID})
		require.NoError(t, err)
		require.Equal(t, []any{"Cola Zero", 2, 2}, []any{now.Name, now.Version, len(now.Barcodes)})
	})
	t.Run("codes that are not sent stay, none at all takes them away", func(t *testing.T) {
		after, err := save("Cola", 2)
		require.NoError(t, err)
		require.Len(t, after.Barcodes, 2)
		after, err = catalog.Change(ctx, tx, catalog.ItemChange{ID: item.ID, Body: catalog.ItemEdit{
			ItemFacts: newItem("Cola").ItemFacts, Barcodes: []wire.ItemBarcode{}, Version: 3,
		}})
		require.NoError(t, err)
		require.Empty(t, after.Barcodes)
	})
}

func TestListLow(t *testing.T) {
	ctx, tx := opened(t, "DE")
	least := func(text string) func(*catalog.NewItem) {
		return func(n *catalog.NewItem) { n.MinStock = decimal.MustParse(text) }
	}
	made(t, ctx, tx, newItem("Plenty", least("0")))
	made(t, ctx, tx, newItem("Short", least("5")))
	made(t, ctx, tx, newItem("Uncounted", least("5"), func(n *catalog.NewItem) { n.TrackStock = false }))
	require.Equal(t, []string{"Short"}, names(t, ctx, tx, catalog.ItemQuery{Low: true}))
	require.Equal(t, []string{"Short"}, names(t, ctx, tx, catalog.ItemQuery{Low: true, Q: "sh"}))
}
