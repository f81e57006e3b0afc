package catalog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/tenants"
	"souk/shared/wire"
)

// ground opens a shop with units, taxes and a price list on a database of its own.
func ground(t *testing.T) (*db.DB, db.Identity, string) {
	t.Helper()
	database, _, name := dbtest.Fresh(t)
	database.OnEmit(func(ctx context.Context, tx *db.Tx, event any) error {
		opened, ok := event.(tenants.Opened)
		if !ok {
			return nil
		}
		for _, reaction := range catalog.Module.Reacts {
			if err := reaction.Run(ctx, tx, opened); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{
			Name: "Shop", Slug: "corner", BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Street", TimeZone: "Europe/Berlin", LegalName: "Shop Ltd"},
		OwnerName: "Owner", OwnerEmail: "owner@shop.example", OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	var tenant uuid.UUID
	require.NoError(t, dbtest.Superuser(t, name).QueryRow(t.Context(), "select id from platform.tenants").Scan(&tenant))
	return database, db.Identity{Tenant: tenant}, name
}

func someItems(batch, count int) []catalog.NewItem {
	items := make([]catalog.NewItem, count)
	for i := range items {
		items[i] = catalog.NewItem{
			ID:        uuid.Must(uuid.NewV7()),
			ItemFacts: catalog.ItemFacts{Name: fmt.Sprintf("Dark chocolate %d of %d", i, batch), TaxCode: "standard", Price: 199, TrackStock: true},
			Barcodes:  []wire.ItemBarcode{{Code: fmt.Sprintf("C%d-%d", batch, i), Quantity: decimal.One}},
		}
	}
	return items
}

// A session that has planned its foreign key checks while the tables had one page
// would read all of a table for each row: the tenth thousand took ten times as
// long as the first.
func TestManyItemsTakeAsLongEachAsAFew(t *testing.T) {
	database, shop, name := ground(t)
	create := func(batch, count int) time.Duration {
		began := time.Now()
		require.NoError(t, database.Tenant(t.Context(), shop, func(ctx context.Context, tx *db.Tx) error {
			return catalog.CreateMany(ctx, tx, someItems(batch, count))
		}))
		return time.Since(began)
	}
	create(0, 8)
	_, err := dbtest.Superuser(t, name).Exec(t.Context(), "vacuum analyze")
	require.NoError(t, err)
	for batch := range 4 {
		create(1+batch, 8) // plans are kept for a table of one page
	}
	require.NoError(t, database.Tenant(t.Context(), shop, func(ctx context.Context, tx *db.Tx) error {
		var first, last time.Duration
		for batch := range 5 {
			began := time.Now()
			require.NoError(t, catalog.CreateMany(ctx, tx, someItems(10+batch, 1500)))
			require.NoError(t, tx.Batch().Flush(ctx))
			if last = time.Since(began); batch == 0 {
				first = last
			}
		}
		require.Less(t, last, 4*first, "creation slows down as the catalogue grows")
		return nil
	}))
}

func TestRewriteManyChangesAllThatAnItemIs(t *testing.T) {
	database, shop, _ := ground(t)
	items := someItems(1, 3)
	ids := []uuid.UUID{items[0].ID, items[1].ID, items[2].ID}
	require.NoError(t, database.Tenant(t.Context(), shop, func(ctx context.Context, tx *db.Tx) error {
		return catalog.CreateMany(ctx, tx, items)
	}))
	require.NoError(t, database.Tenant(t.Context(), shop, func(ctx context.Context, tx *db.Tx) error {
		found, err := catalog.ShowMany(ctx, tx, ids)
		require.NoError(t, err)
		require.Len(t, found, 3)
		first, second := found[0].Becoming(), found[1].Becoming()
		first.Name, first.Price, first.Active = "Milk", 250, false
		first.Barcodes = append(first.Barcodes, wire.ItemBarcode{Code: "NEW", Quantity: decimal.One})
		second.Barcodes = nil
		require.NoError(t, catalog.RewriteMany(ctx, tx, []catalog.Becoming{first, second}))
		after, err := catalog.ShowMany(ctx, tx, ids)
		require.NoError(t, err)
		require.Equal(t, []any{"Milk", false, 2, found[0].Version + 1}, []any{after[0].Name, after[0].Active, len(after[0].Barcodes), after[0].Version})
		require.EqualValues(t, 250, after[0].Price)
		require.Empty(t, after[1].Barcodes)
		require.Equal(t, found[2], after[2])
		owned, err := catalog.Owned(ctx, tx, catalog.Numbers{SKUs: []string{after[1].SKU}, Barcodes: []string{"NEW", "C1-1"}, PLUs: []string{}})
		require.NoError(t, err)
		require.Equal(t, catalog.Owner{ID: ids[0], Name: "Milk"}, owned.Barcode["NEW"])
		require.Equal(t, ids[1], owned.SKU[after[1].SKU].ID)
		require.NotContains(t, owned.Barcode, "C1-1")
		return nil
	}))
	require.NoError(t, database.Tenant(t.Context(), shop, func(ctx context.Context, tx *db.Tx) error {
		removed, err := catalog.RemoveMany(ctx, tx, ids)
		require.NoError(t, err)
		require.Len(t, removed.Gone, 3)
		left, err := catalog.ShowMany(ctx, tx, ids)
		require.Empty(t, left)
		return err
	}))
}
