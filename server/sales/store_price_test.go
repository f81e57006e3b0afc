package sales_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/money"
	"souk/shared/wire"
)

const storeOf db.SQL = `select store_id from registers where tenant_id = @tenant and id = @register`

func TestAStoresOwnPrice(t *testing.T) {
	b := setup(t)
	item := b.item(1290, "10")
	store, price := one[uuid.UUID](b, storeOf, db.Args{"register": b.register}), money.Amount(1190)
	flags, err := b.record(b.finished(item))
	require.NoError(t, err)
	require.Equal(t, []string{sales.FlagPriceDiffers}, flags, "the company asks 12.90")

	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.SetStorePrice(ctx, tx, catalog.StorePriceChange{ID: item, StoreID: store, Body: catalog.StorePriceEdit{Price: &price}})
		return err
	})
	t.Run("is what the browser register sells at", func(t *testing.T) {
		require.Equal(t, 2*price, b.sell(line(item, "2")).Total)
	})
	t.Run("is what it quotes, and without a register the company's is", func(t *testing.T) {
		cart := wire.Cart{Lines: []wire.CartLine{line(item, "1")}}
		b.do(func(ctx context.Context, _ *db.Tx) error {
			here, err := sales.Quote(ctx, b.database, wire.Quote{Cart: cart, RegisterID: b.register})
			require.NoError(t, err)
			require.Equal(t, price, here.Total)
			company, err := sales.Quote(ctx, b.database, wire.Quote{Cart: cart})
			require.Equal(t, money.Amount(1290), company.Total)
			return err
		})
	})
	t.Run("is what search and scan show there", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *db.Tx) error {
			here, err := sales.Search(ctx, tx, sales.SearchIn{Q: "item", RegisterID: b.register.String()})
			require.NoError(t, err)
			require.Equal(t, price, here[0].Price)
			company, err := sales.Search(ctx, tx, sales.SearchIn{Q: "item"})
			require.Equal(t, money.Amount(1290), company[0].Price)
			return err
		})
	})
	t.Run("is what a till's upload is held against", func(t *testing.T) {
		flags, err := b.record(b.finished(item))
		require.NoError(t, err)
		require.Empty(t, flags)
	})
}
