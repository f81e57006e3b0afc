package catalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// opened gives a shop of a country on which the catalogue's ground is laid.
func opened(t *testing.T, country string) (context.Context, *db.Tx) {
	t.Helper()
	ctx, tx, _ := dbtest.Tx(t)
	event := tenants.Opened{Company: tenants.Company{Country: country, Currency: "EUR"}}
	require.NoError(t, catalog.Module.Reacts[0].Run(ctx, tx, event))
	return ctx, tx
}

// newItem is a counted item at 2.50 with the standard tax, changed as the test says.
func newItem(name string, change ...func(*catalog.NewItem)) catalog.NewItem {
	item := catalog.NewItem{ID: uuid.Must(uuid.NewV7()), ItemFacts: catalog.ItemFacts{
		Name: name, TaxCode: catalog.Standard, Price: 250, TrackStock: true,
	}}
	for _, c := range change {
		c(&item)
	}
	return item
}

func coded(codes ...string) func(*catalog.NewItem) {
	return func(n *catalog.NewItem) {
		for _, code := range codes {
			n.Barcodes = append(n.Barcodes, wire.ItemBarcode{Code: code, Quantity: decimal.One})
		}
	}
}

func sku(sku string) func(*catalog.NewItem)        { return func(n *catalog.NewItem) { n.SKU = sku } }
func priced(p money.Amount) func(*catalog.NewItem) { return func(n *catalog.NewItem) { n.Price = p } }
func within(c uuid.UUID) func(*catalog.NewItem) {
	return func(n *catalog.NewItem) { n.CategoryID = &c }
}

func made(t *testing.T, ctx context.Context, tx *db.Tx, in catalog.NewItem) catalog.Item {
	t.Helper()
	item, err := catalog.Create(ctx, tx, in)
	require.NoError(t, err)
	return item
}

// paths are the fields that a fault names.
func paths(t *testing.T, err error, code string) []string {
	t.Helper()
	f := fault.Of(err)
	require.NotNil(t, f, "%v", err)
	require.Equal(t, code, f.Code)
	require.NotEmpty(t, f.Message, "a fault says what to do")
	var paths []string
	for _, field := range f.Fields {
		paths = append(paths, field.Path)
	}
	return paths
}

func TestGround(t *testing.T) {
	t.Run("a new shop has units, a price list and its country's taxes", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		units, err := catalog.Units(ctx, tx, web.None{})
		require.NoError(t, err)
		require.Len(t, units.Rows, 6)
		codes, err := catalog.TaxCodes(ctx, tx, web.None{})
		require.NoError(t, err)
		require.Equal(t, []string{"reduced", "standard", "zero"}, []string{codes.Rows[0].Code, codes.Rows[1].Code, codes.Rows[2].Code})
		require.Equal(t, "19", codes.Rows[1].Rate.String())
		require.Equal(t, wire.DatedRate{From: "2020-07-01", Rate: decimal.MustParse("16")}, codes.Rows[1].Rates[1])
	})
	t.Run("a rate is the one of the day", func(t *testing.T) {
		ctx, tx := opened(t, "DE")
		for day, rates := range map[string][2]string{"2020-06-30": {"19", "7"}, "2020-07-01": {"16", "5"}, "2020-12-31": {"16", "5"}, "2021-01-01": {"19", "7"}} {
			on, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			r := tx.Reads()
			got := catalog.ReadTaxRates(r, on)
			require.NoError(t, r.Run(ctx))
			require.Equal(t, rates[1], (*got)[0].Rate.String(), day)
			require.Equal(t, rates[0], (*got)[1].Rate.String(), day)
		}
	})
	t.Run("every country of the table can open, and one that is not in it", func(t *testing.T) {
		for country, standard := range map[string]string{
			"FR": "20", "ES": "21", "IT": "22", "NL": "21", "AT": "20", "IE": "23", "GB": "20", "US": "0", "CA": "5", "AU": "10", "NZ": "15",
			"IN": "18", "LK": "18", "AE": "5", "SA": "15", "JP": "10", "CH": "8.1", "SE": "25", "NO": "25", "DK": "25", "PL": "23", "BR": "0",
			"MX": "16", "ZA": "15", "KE": "16", "NG": "7.5", "SG": "9", "MY": "8", "TH": "7", "KR": "10", "AQ": "0",
		} {
			ctx, tx := opened(t, country)
			codes, err := catalog.TaxCodes(ctx, tx, web.None{})
			require.NoError(t, err)
			rates := map[string]string{}
			for _, c := range codes.Rows {
				rates[c.Code] = c.Rate.String()
			}
			require.Equal(t, standard, rates["standard"], country)
			require.Equal(t, "0", rates["zero"], country)
			require.Contains(t, rates, "reduced", country)
		}
	})
}

func TestAddRate(t *testing.T) {
	ctx, tx := opened(t, "DE")
	codes, err := catalog.TaxCodes(ctx, tx, web.None{})
	require.NoError(t, err)
	standard := codes.Rows[1]
	add := func(id uuid.UUID, from, rate string) (catalog.TaxCode, error) {
		return catalog.AddRate(ctx, tx, catalog.RateAddition{ID: id, Body: wire.DatedRate{From: from, Rate: decimal.MustParse(rate)}})
	}
	later := tx.Now().AddDate(0, 2, 0).Format(time.DateOnly)

	after, err := add(standard.ID, later, "20.5")
	require.NoError(t, err)
	require.Equal(t, "19", after.Rate.String(), "not before its day")
	require.Len(t, after.Rates, 4)
	r := tx.Reads()
	then := catalog.ReadTaxRates(r, tx.Now().AddDate(0, 2, 1))
	require.NoError(t, r.Run(ctx))
	require.Equal(t, "20.5", (*then)[1].Rate.String())

	_, err = add(standard.ID, later, "21")
	require.Equal(t, []string{"from"}, paths(t, err, "catalog.rate_exists"))
	_, err = add(standard.ID, tx.Now().AddDate(0, 0, -1).Format(time.DateOnly), "21")
	require.Equal(t, []string{"from"}, paths(t, err, "catalog.rate_in_past"))
	_, err = add(standard.ID, "31.1.2030", "-1")
	require.Equal(t, []string{"from", "rate"}, paths(t, err, "catalog.bad_rate"))
	_, err = add(uuid.New(), later, "21")
	require.ErrorIs(t, err, fault.NotFound("catalog.no_tax_code"))
}

func TestCategories(t *testing.T) {
	ctx, tx := opened(t, "DE")
	add := func(name string, parent *uuid.UUID) (catalog.Category, error) {
		return catalog.AddCategory(ctx, tx, catalog.Category{ID: uuid.New(), Name: name, ParentID: parent, Active: true})
	}
	food, err := add(" Food ", nil)
	require.NoError(t, err)
	require.Equal(t, "Food", food.Name)
	dairy, err := add("Dairy", &food.ID)
	require.NoError(t, err)

	_, err = add("Food", nil)
	require.Equal(t, []string{"name"}, paths(t, err, "catalog.category_name_taken"))
	_, err = add("Food", &food.ID)
	require.NoError(t, err, "the same name elsewhere")
	unknown := uuid.New()
	_, err = add(" ", &unknown)
	require.Equal(t, []string{"name", "parent_id"}, paths(t, err, "catalog.bad_category"))

	food.ParentID = &dairy.ID
	_, err = catalog.ChangeCategory(ctx, tx, catalog.CategoryChange{ID: food.ID, Body: food})
	require.Equal(t, []string{"parent_id"}, paths(t, err, "catalog.category_loop"))
	_, err = catalog.ChangeCategory(ctx, tx, catalog.CategoryChange{ID: unknown, Body: catalog.Category{Name: "Lost"}})
	require.ErrorIs(t, err, fault.NotFound("catalog.no_category"))

	dairy.Name, dairy.Position, dairy.Active = "Milk and cheese", 3, false
	_, err = catalog.ChangeCategory(ctx, tx, catalog.CategoryChange{ID: dairy.ID, Body: dairy})
	require.NoError(t, err)
	all, err := catalog.Categories(ctx, tx, web.None{})
	require.NoError(t, err)
	require.Len(t, all.Rows, 3)
	require.Equal(t, dairy, all.Rows[2])
}
