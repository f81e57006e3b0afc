package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

func TestCreate(t *testing.T) {
	t.Run("keeps all that it is given", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		category, err := catalog.AddCategory(ctx, tx, catalog.Category{ID: uuid.New(), Name: "Fruit", Active: true})
		require.NoError(t, err)
		in := newItem(" Bananas ", sku("FR-1"), within(category.ID), coded("96385074", "5449000000996"))
		in.SoldBy, in.Unit, in.PLU, in.Cost, in.Favourite = catalog.SoldByWeight, "kg", "4011", 120, true
		in.MinStock, in.Description = decimal.MustParse("2.5"), "Ripe"
		in.Barcodes[1].Quantity = decimal.MustParse("12")
		item := made(t, ctx, tx, in)

		require.Equal(t, "Bananas", item.Name)
		require.Equal(t, []any{"FR-1", "Fruit", "kg", 3, "weight", "4011", "standard", money.Amount(250), money.Amount(120), true, "2.5", "Ripe", true, true, 1},
			[]any{item.SKU, item.Category, item.Unit, item.Decimals, item.SoldBy, item.PLU, item.TaxCode, item.Price, item.Cost, item.TrackStock,
				item.MinStock.String(), item.Description, item.Favourite, item.Active, item.Version})
		require.Equal(t, []wire.ItemBarcode{
			{Code: "0000096385074", Quantity: decimal.One}, {Code: "5449000000996", Quantity: decimal.MustParse("12")},
		}, item.Barcodes, "kept in the one form of a GTIN")
		again, err := catalog.Show(ctx, tx, catalog.ItemID{ID: in.ID})
		require.NoError(t, err)
		require.Equal(t, item, again)
		require.NoError(t, tx.SettleForTest(ctx))
	})
	t.Run("makes up what may be left out", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		item := made(t, ctx, tx, newItem("Tea"))
		require.Equal(t, "each", item.Unit)
		require.Equal(t, "each", item.SoldBy)
		require.True(t, strings.HasPrefix(item.SKU, "I-"))
		require.NotNil(t, item.Barcodes)
	})
	t.Run("names every wrong field at once", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		unknown := uuid.New()
		in := newItem("  ", priced(-1), within(unknown), coded("", "4011", "4011"))
		in.Cost, in.PLU, in.SoldBy, in.Unit, in.TaxCode, in.MinStock = -5, "12a", "dozen", "furlong", "none", decimal.NegOne
		in.Barcodes = append(in.Barcodes, wire.ItemBarcode{Code: "x", Quantity: decimal.NegOne})
		_, err := catalog.Create(ctx, tx, in)
		require.Equal(t, []string{
			"name", "price_minor", "cost_minor", "min_stock", "plu", "sold_by",
			"barcodes.0.code", "barcodes.2.code", "barcodes.3.quantity", "tax_code", "unit", "category_id",
		}, paths(t, err, "catalog.bad_item"))
		require.Equal(t, fault.KindInvalid, fault.Of(err).Kind)
	})
	t.Run("what is sold by weight needs a unit that is weighed", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		in := newItem("Cheese")
		in.SoldBy = catalog.SoldByWeight
		_, err := catalog.Create(ctx, tx, in)
		require.Equal(t, []string{"unit"}, paths(t, err, "catalog.bad_item"))
	})
	t.Run("a number that is taken names the item that has it", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		first := newItem("Cola", sku("C-1"), coded("5449000000996"))
		first.PLU = "77"
		made(t, ctx, tx, first)
		for code, in := range map[string]catalog.NewItem{
			"catalog.sku_taken":     newItem("Other", sku("C-1")),
			"catalog.plu_taken":     newItem("Other", func(n *catalog.NewItem) { n.PLU = "77" }),
			"catalog.barcode_taken": newItem("Other", coded("05449000000996")),
		} {
			_, err := catalog.Create(ctx, tx, in)
			require.Len(t, paths(t, err, code), 1)
			require.Equal(t, fault.KindConflict, fault.Of(err).Kind)
			require.Contains(t, fault.Of(err).Message, "“Cola”")
		}
	})
}

func TestChange(t *testing.T) {
	ctx, tx := opened(t, "DE")
	item := made(t, ctx, tx, newItem("Cola", sku("C-1")))
	made(t, ctx, tx, newItem("Fanta", sku("F-1")))
	edit := func(name string, price money.Amount, version int) catalog.ItemChange {
		facts := newItem(name, sku("C-1"), priced(price)).ItemFacts
		return catalog.ItemChange{ID: item.ID, Body: catalog.ItemEdit{ItemFacts: facts, Version: version}}
	}

	after, err := catalog.Change(ctx, tx, edit("Cola Zero", 275, 1))
	require.NoError(t, err)
	require.Equal(t, []any{"Cola Zero", money.Amount(275), 2}, []any{after.Name, after.Price, after.Version})
	require.Equal(t, []string{"Cola Zero"}, names(t, ctx, tx, catalog.ItemQuery{Q: "zero"}), "found by its new name")

	_, err = catalog.Change(ctx, tx, edit("Cola Light", 275, 1))
	require.Equal(t, []string{"version", "name"}, paths(t, err, "catalog.changed_meanwhile"), "only what differs")
	require.Equal(t, "2", fault.Of(err).Fields[0].Message)
	require.Equal(t, "Cola Zero", fault.Of(err).Fields[1].Message)

	taken := edit("Cola", 250, 2)
	taken.Body.SKU = "F-1"
	_, err = catalog.Change(ctx, tx, taken)
	require.Equal(t, []string{"sku"}, paths(t, err, "catalog.sku_taken"))
	_, err = catalog.Change(ctx, tx, edit("", -1, 2))
	require.Equal(t, []string{"name", "price_minor"}, paths(t, err, "catalog.bad_item"))
	lost := edit("Cola", 250, 1)
	lost.ID, lost.Body.SKU = uuid.New(), "C-9"
	_, err = catalog.Change(ctx, tx, lost)
	require.Error(t, err)
	require.Nil(t, fault.Of(err), "the platform makes 'not found' of no rows")
}

func TestArchive(t *testing.T) {
	ctx, tx := opened(t, "DE")
	item := made(t, ctx, tx, newItem("Cola"))
	archived, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: item.ID})
	require.NoError(t, err)
	require.False(t, archived.Active)
	require.Equal(t, 2, archived.Version)
	again, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: item.ID})
	require.NoError(t, err)
	require.Equal(t, 2, again.Version, "twice is once")
	require.Empty(t, names(t, ctx, tx, catalog.ItemQuery{}))
	restored, err := catalog.Restore(ctx, tx, catalog.ItemID{ID: item.ID})
	require.NoError(t, err)
	require.True(t, restored.Active)
}

func TestBarcodes(t *testing.T) {
	ctx, tx := opened(t, "DE")
	cola := made(t, ctx, tx, newItem("Cola"))
	fanta := made(t, ctx, tx, newItem("Fanta", coded("40822426")))
	add := func(id uuid.UUID, code, quantity string) (catalog.Item, error) {
		return catalog.AddBarcode(ctx, tx, catalog.BarcodeAddition{ID: id, Body: wire.ItemBarcode{Code: code, Quantity: decimal.MustParse(quantity)}})
	}
	item, err := add(cola.ID, "5449000000996", "1")
	require.NoError(t, err)
	require.Len(t, item.Barcodes, 1)
	require.Equal(t, 2, item.Version)
	item, err = add(cola.ID, "5449000000996", "6")
	require.NoError(t, err)
	require.Len(t, item.Barcodes, 1)
	require.Equal(t, "6", item.Barcodes[0].Quantity.String(), "the same code again sets its quantity")

	_, err = add(cola.ID, "40822426", "1")
	require.Equal(t, []string{"code"}, paths(t, err, "catalog.barcode_taken"))
	require.Contains(t, fault.Of(err).Message, fanta.Name)
	_, err = add(cola.ID, " ", "1")
	require.Equal(t, []string{"code"}, paths(t, err, "catalog.bad_barcode"))
	_, err = add(uuid.New(), "123456", "1")
	require.ErrorIs(t, err, fault.NotFound("catalog.no_item"))

	item, err = catalog.RemoveBarcode(ctx, tx, catalog.BarcodeRemoval{ID: cola.ID, Code: "5449000000996"})
	require.NoError(t, err)
	require.Empty(t, item.Barcodes)
}

func TestByBarcode(t *testing.T) {
	ctx, tx := opened(t, "DE")
	made(t, ctx, tx, newItem("Cola", coded("5449000000996")))
	made(t, ctx, tx, newItem("Crate", coded("10012345678902"), func(n *catalog.NewItem) { n.Barcodes[0].Quantity = decimal.MustParse("20") }))
	made(t, ctx, tx, newItem("Soup", coded("012345678905")))
	weighed := func(plu string) func(*catalog.NewItem) {
		return func(n *catalog.NewItem) { n.SoldBy, n.Unit, n.PLU = catalog.SoldByWeight, "kg", plu }
	}
	made(t, ctx, tx, newItem("Bananas", weighed("4011")))
	made(t, ctx, tx, newItem("Cheese", weighed("12345")))
	scan := func(code string) catalog.ScannedItem {
		got, err := catalog.ByBarcode(ctx, tx, catalog.ScannedCode{Code: code})
		require.NoError(t, err, code)
		return got
	}
	for code, want := range map[string]string{
		"5449000000996": "Cola 1 gtin", "]E05449000000996": "Cola 1 gtin", "10012345678902": "Crate 20 gtin",
		"012345678905": "Soup 1 gtin", "0012345678905": "Soup 1 gtin", "4011": "Bananas 1 plu", "04011": "Bananas 1 plu",
		"2112345007502": "Cheese 0.750 weight",
	} {
		got := scan(code)
		require.Equal(t, want, got.Item.Name+" "+got.Quantity.String()+" "+string(got.Kind), code)
		require.Nil(t, got.Price)
	}
	priced := scan("2212345004997")
	require.Equal(t, "Cheese", priced.Item.Name)
	require.Equal(t, money.Amount(499), *priced.Price, "in the shop's currency")

	_, err := catalog.ByBarcode(ctx, tx, catalog.ScannedCode{Code: "4006381333931"})
	require.ErrorIs(t, err, fault.NotFound("catalog.unknown_barcode"))
}

func TestCreateFromTill(t *testing.T) {
	ctx, tx := opened(t, "DE")
	made(t, ctx, tx, newItem("Cola", coded("5449000000996")))
	unknown := uuid.New()
	for name, in := range map[string]wire.NewItem{
		"as it should be":         {Name: "Chewing gum", Barcode: "40822426", TaxCode: "reduced", Price: 99},
		"a barcode that is taken": {Name: "Cola?", Barcode: "5449000000996", TaxCode: "standard", Price: 99},
		"nothing right at all":    {Name: " \x00 ", TaxCode: "?", Price: -1, CategoryID: &unknown},
		"an endless name":         {Name: strings.Repeat("ü", 900), TaxCode: "standard"},
	} {
		in.ID = uuid.Must(uuid.NewV7())
		require.NoError(t, catalog.CreateFromTill(ctx, tx, in), name)
		item, err := catalog.Show(ctx, tx, catalog.ItemID{ID: in.ID})
		require.NoError(t, err, name)
		require.NotEmpty(t, item.Name)
		require.Equal(t, max(in.Price, 0), item.Price)
		require.Equal(t, name == "as it should be", len(item.Barcodes) == 1, name)
		require.NoError(t, catalog.CreateFromTill(ctx, tx, in), "sent again: %s", name)
	}
	got, err := catalog.ByBarcode(ctx, tx, catalog.ScannedCode{Code: "40822426"})
	require.NoError(t, err)
	require.Equal(t, "reduced", got.Item.TaxCode)
	require.NoError(t, tx.SettleForTest(ctx))
}

func TestSellables(t *testing.T) {
	ctx, tx := opened(t, "DE")
	a, b := made(t, ctx, tx, newItem("A", priced(100))), made(t, ctx, tx, newItem("B", priced(200)))
	_, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: b.ID})
	require.NoError(t, err)
	r := tx.Reads()
	got := catalog.ReadSellables(r, []uuid.UUID{b.ID, a.ID, uuid.New()}, catalog.Counter{Day: tx.Now()})
	require.NoError(t, r.Run(ctx))
	require.Len(t, *got, 2)
	require.Equal(t, catalog.Sellable{
		ID: a.ID, SKU: a.SKU, Name: "A", Unit: "each", SoldBy: "each", TaxCode: "standard", TaxRate: decimal.MustParse("19"),
		Price: 100, TrackStock: true, Active: true,
	}, (*got)[0])
	require.False(t, (*got)[1].Active)
}

const countItems db.SQL = `select count(*) from items where tenant_id = @tenant`

func TestCreateMany(t *testing.T) {
	ctx, tx := opened(t, "DE")
	items := make([]catalog.NewItem, 5000)
	for i := range items {
		items[i] = newItem("Thing number "+decimal.MustNew(int64(i), 0).String(), priced(money.Amount(i)), coded("c"+decimal.MustNew(int64(i), 0).String()))
		items[i].SKU = "sku" + decimal.MustNew(int64(i), 0).String() // a made-up one may begin with any digits
	}
	require.NoError(t, catalog.CreateMany(ctx, tx, items))
	n, err := db.One[int](ctx, tx, countItems, db.Args{})
	require.NoError(t, err)
	require.Equal(t, 5000, n)
	got, err := catalog.ByBarcode(ctx, tx, catalog.ScannedCode{Code: "c4999"})
	require.NoError(t, err)
	require.Equal(t, money.Amount(4999), got.Item.Price)
	require.Equal(t, []string{"Thing number 4321"}, names(t, ctx, tx, catalog.ItemQuery{Q: "num 4321"}))

	err = catalog.CreateMany(ctx, tx, []catalog.NewItem{newItem("Fine"), newItem("", priced(-1))})
	require.Equal(t, []string{"1.name", "1.price_minor"}, paths(t, err, "catalog.bad_item"))
}
