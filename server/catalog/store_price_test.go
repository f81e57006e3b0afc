package catalog_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

const (
	addStore db.SQL = `
		insert into stores (tenant_id, id, name, time_zone, created_at, updated_at) values (@tenant, @id, @name, 'UTC', @now, @now)`

	addTill db.SQL = `
		insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
		values (@tenant, @id, @store, @number, 'Till', 'till', @now, @now)`
)

// branch is a further store with a till.
func branch(t *testing.T, ctx context.Context, tx *db.Tx, name string) (store, till uuid.UUID) {
	t.Helper()
	store, till = uuid.New(), uuid.New()
	batch := tx.Batch()
	batch.Exec(addStore, db.Args{"id": store, "name": name, "now": tx.Now()})
	batch.Exec(addTill, db.Args{"id": till, "store": store, "number": 100 + len(name), "now": tx.Now()})
	require.NoError(t, batch.Flush(ctx))
	return store, till
}

func minor(amount money.Amount) *money.Amount { return &amount }

// asks is what the item costs at a register.
func asks(t *testing.T, ctx context.Context, tx *db.Tx, item, register uuid.UUID) money.Amount {
	t.Helper()
	r := tx.Reads()
	got := catalog.ReadSellables(r, []uuid.UUID{item}, catalog.Counter{Register: register, Day: tx.Now()})
	require.NoError(t, r.Run(ctx))
	require.Len(t, *got, 1)
	return (*got)[0].Price
}

func TestStorePrice(t *testing.T) {
	ctx, tx := opened(t, "DE")
	north, northTill := branch(t, ctx, tx, "North")
	_, southTill := branch(t, ctx, tx, "South Town")
	item := made(t, ctx, tx, newItem("Milk", priced(199)))
	set := func(price *money.Amount, version int) (catalog.ItemPrices, error) {
		return catalog.SetStorePrice(ctx, tx, catalog.StorePriceChange{ID: item.ID, StoreID: north, Body: catalog.StorePriceEdit{Price: price, Version: version}})
	}
	at := func(prices catalog.ItemPrices) catalog.StorePrice {
		for _, p := range prices.Stores {
			if p.StoreID == north {
				return p
			}
		}
		require.Fail(t, "the store is not listed")
		return catalog.StorePrice{}
	}

	t.Run("without a price of its own a store asks the company's", func(t *testing.T) {
		prices, err := catalog.ShowPrices(ctx, tx, catalog.ItemID{ID: item.ID})
		require.NoError(t, err)
		require.Equal(t, money.Amount(199), prices.Company)
		require.Equal(t, catalog.StorePrice{StoreID: north, Store: "North", Price: 199}, at(prices))
		require.Equal(t, money.Amount(199), asks(t, ctx, tx, item.ID, northTill))
	})
	t.Run("its own price holds there and nowhere else", func(t *testing.T) {
		prices, err := set(minor(249), 0)
		require.NoError(t, err)
		require.Equal(t, catalog.StorePrice{StoreID: north, Store: "North", Own: minor(249), Price: 249, Version: 1}, at(prices))
		require.Equal(t, money.Amount(249), asks(t, ctx, tx, item.ID, northTill))
		require.Equal(t, money.Amount(199), asks(t, ctx, tx, item.ID, southTill))
		require.Equal(t, money.Amount(199), asks(t, ctx, tx, item.ID, uuid.Nil))
	})
	t.Run("who looked at an older price is told of the present one", func(t *testing.T) {
		_, err := set(minor(300), 0)
		require.Contains(t, paths(t, err, "catalog.price_changed_meanwhile"), "price_minor")
		require.Equal(t, "249", fault.Of(err).Fields[0].Message)
		require.Equal(t, money.Amount(249), asks(t, ctx, tx, item.ID, northTill))
	})
	t.Run("taken back, the company's holds again and the version goes on", func(t *testing.T) {
		prices, err := set(nil, 1)
		require.NoError(t, err)
		require.Equal(t, catalog.StorePrice{StoreID: north, Store: "North", Price: 199, Version: 2}, at(prices))
		require.Equal(t, money.Amount(199), asks(t, ctx, tx, item.ID, northTill))
	})
	t.Run("nothing is a price, less than nothing is not", func(t *testing.T) {
		_, err := set(minor(-1), 2)
		paths(t, err, "catalog.bad_price")
		_, err = set(minor(0), 2)
		require.NoError(t, err)
		require.Equal(t, money.Amount(0), asks(t, ctx, tx, item.ID, northTill))
	})
	t.Run("an item that is not there has no prices", func(t *testing.T) {
		_, err := catalog.ShowPrices(ctx, tx, catalog.ItemID{ID: uuid.New()})
		paths(t, err, "catalog.no_item")
	})
	t.Run("an item that goes takes its store prices with it", func(t *testing.T) {
		removed, err := catalog.RemoveMany(ctx, tx, []uuid.UUID{item.ID})
		require.NoError(t, err)
		require.Equal(t, []uuid.UUID{item.ID}, removed.Gone)
	})
}

func TestChangeStorePrices(t *testing.T) {
	ctx, tx := opened(t, "DE")
	north, till := branch(t, ctx, tx, "North")
	apple, pear := made(t, ctx, tx, newItem("Apple", priced(199))), made(t, ctx, tx, newItem("Pear", priced(250)))
	open := made(t, ctx, tx, newItem("Gift", func(n *catalog.NewItem) { n.SoldBy = catalog.SoldOpen }))
	ids := []uuid.UUID{apple.ID, pear.ID, open.ID}
	percent := func(text string) *decimal.Decimal { d := decimal.MustParse(text); return &d }
	both := func() []money.Amount {
		return []money.Amount{asks(t, ctx, tx, apple.ID, till), asks(t, ctx, tx, pear.ID, till)}
	}

	t.Run("a preview writes nothing", func(t *testing.T) {
		got, err := catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: north, IDs: ids, Percent: percent("10"), Preview: true})
		require.NoError(t, err)
		require.Len(t, got.Rows, 2, "the price of a gift is typed in")
		require.Equal(t, []money.Amount{199, 250}, both())
	})
	var first catalog.StorePriceResult
	t.Run("a percentage is of what the store asks", func(t *testing.T) {
		var err error
		first, err = catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: north, IDs: ids, Percent: percent("10")})
		require.NoError(t, err)
		require.Equal(t, []money.Amount{219, 275}, both())
		_, err = catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: north, IDs: ids[:1], Percent: percent("10")})
		require.NoError(t, err)
		require.Equal(t, []money.Amount{241, 275}, both())
	})
	t.Run("and is undone from its answer", func(t *testing.T) {
		back := catalog.StorePriceStates{StoreID: north}
		for _, row := range first.Rows {
			back.Rows = append(back.Rows, catalog.OwnPriceOf{ID: row.ID, Own: row.Before.Own})
		}
		_, err := catalog.SetStorePrices(ctx, tx, back)
		require.NoError(t, err)
		require.Equal(t, []money.Amount{199, 250}, both())
		got, err := catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: north, IDs: ids, Clear: true})
		require.NoError(t, err)
		require.Empty(t, got.Rows, "all are the company's already")
	})
	t.Run("what cannot be is refused", func(t *testing.T) {
		for code, in := range map[string]catalog.StorePriceBulk{
			"catalog.bad_percent": {StoreID: north, IDs: ids, Percent: percent("-100")},
			"catalog.no_store":    {StoreID: uuid.New(), IDs: ids, Clear: true},
			"catalog.no_item":     {StoreID: north, IDs: []uuid.UUID{uuid.New()}, Clear: true},
		} {
			_, err := catalog.ChangeStorePrices(ctx, tx, in)
			paths(t, err, code)
		}
		_, err := catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: north, IDs: ids})
		paths(t, err, "catalog.bad_percent")
		_, err = catalog.SetStorePrices(ctx, tx, catalog.StorePriceStates{StoreID: north, Rows: []catalog.OwnPriceOf{{ID: apple.ID, Own: minor(-5)}}})
		paths(t, err, "catalog.bad_price")
	})
}
