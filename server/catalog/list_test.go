package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/money"
)

func names(t *testing.T, ctx context.Context, tx *db.Tx, in catalog.ItemQuery) []string {
	t.Helper()
	got, err := catalog.List(ctx, tx, in)
	require.NoError(t, err)
	list := []string{}
	for _, row := range got.Rows {
		list = append(list, row.Name)
	}
	return list
}

// Contains information from Open Food Facts, openfoodfacts.org, made available
// under the Open Database License (ODbL) 1.0: these names and codes.
var real = []struct{ gtin, name string }{
	{"0000000001199", "Solène céréales poulet"},
	{"0000000274739", "Raviolini au Fromage de chèvre et Pesto"},
	{"0000069008078", "Bunte Früchteauslese"},
	{"0000069161032", "Tarte à la provençale et chèvre"},
	{"0041271025644", "Crème café"},
	{"0051000005243", "Campbell 金寶足料系列：蛤蠣濃湯"},
	{"0054881005906", "Чай черный Английский завтрак"},
	{"0070450021955", "ลูกพรุน"},
	{"0000000018579", "Aunt Maple's Crunchy Granola"},
	{"0011110863041", "Pomegranate Blueberry Chia Granola Clusters"},
	{"0041190045129", "Crunchy Granola Bars"},
	{"0011110847461", "Jalapeno String Cheese"},
}

func shelf(t *testing.T) (context.Context, *db.Tx) {
	t.Helper()
	ctx, tx := opened(t, "DE")
	items := []catalog.NewItem{}
	for i, product := range real {
		items = append(items, newItem(product.name, sku(fmt.Sprintf("OFF-%03d", i)), coded(product.gtin), priced(money.Amount(100+i/2))))
	}
	require.NoError(t, catalog.CreateMany(ctx, tx, items))
	return ctx, tx
}

func TestSearch(t *testing.T) {
	ctx, tx := shelf(t)
	t.Run("by beginnings of words, in any order and without regard to accents", func(t *testing.T) {
		for q, want := range map[string][]string{
			"chevre":        {"Raviolini au Fromage de chèvre et Pesto", "Tarte à la provençale et chèvre"},
			"CHÈVRE tart":   {"Tarte à la provençale et chèvre"},
			"creme cafe":    {"Crème café"},
			"fruchte":       {"Bunte Früchteauslese"},
			"gran crun":     {"Aunt Maple's Crunchy Granola", "Crunchy Granola Bars"},
			"jalapeño":      {"Jalapeno String Cheese"},
			"черн":          {"Чай черный Английский завтрак"},
			"濃湯":            {"Campbell 金寶足料系列：蛤蠣濃湯"},
			"พรุน":          {"ลูกพรุน"},
			"ranola":        {},
			"granola stone": {},
		} {
			require.Equal(t, want, names(t, ctx, tx, catalog.ItemQuery{Q: q}), q)
		}
	})
	t.Run("by the beginning of the SKU, and by its parts", func(t *testing.T) {
		require.Len(t, names(t, ctx, tx, catalog.ItemQuery{Q: "off"}), len(real))
		require.Equal(t, []string{real[2].name}, names(t, ctx, tx, catalog.ItemQuery{Q: "off-002"}))
	})
	t.Run("by a whole barcode in any of its forms, never by a part", func(t *testing.T) {
		require.Equal(t, []string{real[0].name}, names(t, ctx, tx, catalog.ItemQuery{Q: real[0].gtin}))
		require.Equal(t, []string{real[0].name}, names(t, ctx, tx, catalog.ItemQuery{Q: "0" + real[0].gtin}))
		require.Empty(t, names(t, ctx, tx, catalog.ItemQuery{Q: real[0].gtin[:8]}))
	})
	t.Run("finds nothing by what has no words", func(t *testing.T) {
		require.Empty(t, names(t, ctx, tx, catalog.ItemQuery{Q: " -- "}))
	})
}

func TestListOrder(t *testing.T) {
	ctx, tx := opened(t, "DE")
	for i, name := range []string{"zebra", "Éclair", "apple", "Zoo", "eclair", "Öl"} {
		made(t, ctx, tx, newItem(name, sku(fmt.Sprintf("S-%d", 9-i)), priced(money.Amount(100*(i%3)))))
	}
	require.Equal(t, []string{"apple", "Éclair", "eclair", "Öl", "zebra", "Zoo"}, names(t, ctx, tx, catalog.ItemQuery{}), "as people sort")
	require.Equal(t, []string{"Öl", "eclair", "Zoo", "apple", "Éclair", "zebra"}, names(t, ctx, tx, catalog.ItemQuery{Sort: "sku"}))
	require.Equal(t, []string{"zebra", "Zoo", "Éclair", "eclair", "apple", "Öl"}, names(t, ctx, tx, catalog.ItemQuery{Sort: "price"}))

	for _, sort := range []string{"name", "sku", "price", "updated"} {
		up, down := names(t, ctx, tx, catalog.ItemQuery{Sort: sort}), names(t, ctx, tx, catalog.ItemQuery{Sort: "-" + sort})
		slices.Reverse(down)
		require.Equal(t, up, down, sort)
	}
}

func TestListPages(t *testing.T) {
	ctx, tx := shelf(t)
	category, err := catalog.AddCategory(ctx, tx, catalog.Category{ID: uuid.New(), Name: "All", Active: true})
	require.NoError(t, err)
	for i := range 7 {
		made(t, ctx, tx, newItem("Same name", sku(fmt.Sprintf("OFF-S%d", i)), within(category.ID)))
	}
	for _, sort := range []string{"name", "-name", "sku", "-sku", "price", "-price", "updated", "-updated"} {
		for _, source := range []catalog.ItemQuery{{}, {Q: "off"}, {Category: category.ID.String()}} {
			source.Sort = sort
			whole, err := catalog.List(ctx, tx, source)
			require.NoError(t, err)
			require.Empty(t, whole.Next)
			for _, limit := range []int{1, 2, 3, len(whole.Rows) - 1, len(whole.Rows), len(whole.Rows) + 1} {
				source.Limit, source.After = limit, ""
				var rows []catalog.ItemRow
				for {
					got, err := catalog.List(ctx, tx, source)
					require.NoError(t, err)
					require.LessOrEqual(t, len(got.Rows), limit)
					rows = append(rows, got.Rows...)
					if source.After = got.Next; got.Next == "" {
						break
					}
				}
				require.Equal(t, whole.Rows, rows, "%s by %d", sort, limit)
			}
		}
	}
}

func TestListFilters(t *testing.T) {
	ctx, tx := opened(t, "DE")
	add := func(name string, parent *uuid.UUID) uuid.UUID {
		c, err := catalog.AddCategory(ctx, tx, catalog.Category{ID: uuid.New(), Name: name, ParentID: parent, Active: true})
		require.NoError(t, err)
		return c.ID
	}
	food := add("Food", nil)
	dairy := add("Dairy", &food)
	tools := add("Tools", nil)
	made(t, ctx, tx, newItem("Bread", within(food)))
	made(t, ctx, tx, newItem("Butter", within(dairy)))
	made(t, ctx, tx, newItem("Brush", within(tools)))
	old := made(t, ctx, tx, newItem("Biscuit", within(food)))
	_, err := catalog.Archive(ctx, tx, catalog.ItemID{ID: old.ID})
	require.NoError(t, err)

	for want, in := range map[string]catalog.ItemQuery{
		"[Bread Brush Butter]":         {},
		"[Biscuit]":                    {Active: "false"},
		"[Biscuit Bread Brush Butter]": {Active: "all"},
		"[Bread Butter]":               {Category: food.String()},
		"[Butter]":                     {Category: dairy.String()},
		"[Biscuit Bread Butter]":       {Category: food.String(), Active: "all"},
		"[Bread Brush]":                {Q: "br"},
		"[Brush]":                      {Q: "br", Category: tools.String()},
		"[]":                           {Category: uuid.NewString()},
	} {
		require.Equal(t, want, fmt.Sprint(names(t, ctx, tx, in)), "%+v", in)
	}
}

func TestListRefuses(t *testing.T) {
	ctx, tx := opened(t, "DE")
	_, err := catalog.List(ctx, tx, catalog.ItemQuery{Sort: "colour"})
	require.Equal(t, []string{"sort"}, paths(t, err, "catalog.bad_sort"))
	_, err = catalog.List(ctx, tx, catalog.ItemQuery{Category: "food"})
	require.Equal(t, []string{"category"}, paths(t, err, "catalog.unknown_category"))
	for name, after := range map[string]string{
		"not a cursor": "x", "of another order": page.Encode("-name", "a", uuid.NewString()),
		"without an id": page.Encode("price", "1", "x"), "without a price": page.Encode("price", "cheap", uuid.NewString()),
	} {
		_, err := catalog.List(ctx, tx, catalog.ItemQuery{Sort: "price", After: after})
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"), name)
	}
}
