package sync_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/shared/money"
	"souk/shared/wire"
)

// branch is the same shop at another store's till.
func (w *world) branch(name string) *world {
	w.t.Helper()
	other := *w
	w.do(func(ctx context.Context, tx *db.Tx) error {
		store, err := tenants.AddStore(ctx, tx, tenants.Store{Name: name, TimeZone: "Europe/Berlin"})
		if err != nil {
			return err
		}
		made, err := tills.CreateRegister(ctx, tx, tills.NewRegister{ID: uuid.New(), StoreID: store.ID, Name: name, Kind: "till"})
		other.store, other.register = store.ID, made.ID
		return err
	})
	return &other
}

// asks sets what an item costs in a store; nil is the company's price again.
func (w *world) asks(item uuid.UUID, price *money.Amount) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		prices, err := catalog.ShowPrices(ctx, tx, catalog.ItemID{ID: item})
		if err != nil {
			return err
		}
		for _, p := range prices.Stores {
			if p.StoreID == w.store {
				_, err = catalog.SetStorePrice(ctx, tx, catalog.StorePriceChange{ID: item, StoreID: w.store, Body: catalog.StorePriceEdit{Price: price, Version: p.Version}})
			}
		}
		return err
	})
}

func (w *world) companyAsks(item uuid.UUID, price money.Amount) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.SetStates(ctx, tx, catalog.States{Rows: []catalog.StateOf{{ID: item, ItemState: catalog.ItemState{Active: true, Price: price}}}})
		return err
	})
}

// copyOf is a till's replica, brought up to date by following the cursor.
type copyOf struct {
	*device
	at    wire.Cursor
	items map[uuid.UUID]wire.TillItem
}

func (d *device) replica() *copyOf {
	return &copyOf{device: d, at: d.setup().Cursor, items: d.catalogue(3)}
}

// follow gives how many items were told.
func (c *copyOf) follow() int {
	c.t.Helper()
	got := c.since(c.at)
	require.False(c.t, got.Reload)
	c.at = got.Cursor
	for _, item := range got.Items {
		c.items[item.ID] = item
	}
	return len(got.Items)
}

func TestEachTillHasItsStoresPrices(t *testing.T) {
	here := newWorld(t)
	there := here.branch("Harbour")
	milk, bread := here.item(), here.item()
	here.asks(milk, amount(990))
	mine, theirs := here.pair().replica(), there.pair().replica()
	require.EqualValues(t, 990, mine.items[milk].Price)
	require.EqualValues(t, 1190, theirs.items[milk].Price)

	t.Run("a store's price is told to its own till and to no other", func(t *testing.T) {
		there.asks(milk, amount(1500))
		require.Zero(t, mine.follow())
		require.Equal(t, 1, theirs.follow())
		require.EqualValues(t, 1500, theirs.items[milk].Price)
		require.EqualValues(t, 990, mine.items[milk].Price)
	})
	t.Run("the company's price is told to both, and one's own still holds", func(t *testing.T) {
		here.companyAsks(milk, 2000)
		here.companyAsks(bread, 300)
		require.Equal(t, 2, mine.follow())
		require.Equal(t, 2, theirs.follow())
		require.EqualValues(t, 990, mine.items[milk].Price)
		require.EqualValues(t, 1500, theirs.items[milk].Price)
		require.EqualValues(t, 300, mine.items[bread].Price)
		require.EqualValues(t, 300, theirs.items[bread].Price)
	})
	t.Run("a price that is taken back is the company's again", func(t *testing.T) {
		here.asks(milk, nil)
		require.Equal(t, 1, mine.follow())
		require.Zero(t, theirs.follow())
		require.EqualValues(t, 2000, mine.items[milk].Price)
	})
	t.Run("many at once are told one by one, to one store's till", func(t *testing.T) {
		ids := []uuid.UUID{}
		for range 240 {
			ids = append(ids, here.item())
		}
		mine, theirs = mine.replica(), theirs.replica()
		percent := decimal.MustParse("10")
		there.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: there.store, IDs: ids, Percent: &percent})
			return err
		})
		require.Zero(t, mine.follow())
		require.Equal(t, 240, theirs.follow())
		require.EqualValues(t, 1309, theirs.items[ids[100]].Price)
	})
}

// Whatever prices change in whatever order, two tills that follow the changes
// have what a till that begins now is given.
func TestReplicasOfTwoStoresFollowAnyPrices(t *testing.T) {
	here := newWorld(t)
	there := here.branch("Harbour")
	stores := []*world{here, there}
	items := []uuid.UUID{here.item(), here.item(), here.item()}
	copies := []*copyOf{here.pair().replica(), there.pair().replica()}
	company, own := map[uuid.UUID]money.Amount{}, []map[uuid.UUID]*money.Amount{{}, {}}
	for _, item := range items {
		company[item] = 1190
	}
	random := rand.New(rand.NewPCG(7, 11))
	for range 60 {
		item, at := items[random.IntN(len(items))], random.IntN(2)
		price := money.Amount(random.IntN(5000))
		switch random.IntN(4) {
		case 0:
			here.companyAsks(item, price)
			company[item] = price
		case 1:
			stores[at].asks(item, nil)
			own[at][item] = nil
		default:
			stores[at].asks(item, &price)
			own[at][item] = &price
		}
		if random.IntN(3) == 0 {
			copies[at].follow()
		}
	}
	for n, c := range copies {
		c.follow()
		for _, item := range items {
			want := company[item]
			if own[n][item] != nil {
				want = *own[n][item]
			}
			require.Equal(t, want, c.items[item].Price)
		}
		require.Equal(t, c.catalogue(2000), c.items)
	}
}

func amount(minor money.Amount) *money.Amount { return &minor }
