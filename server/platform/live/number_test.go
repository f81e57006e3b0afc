package live_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
	"souk/server/platform/live"
)

func TestPrune(t *testing.T) {
	database, _, name := dbtest.Fresh(t)
	shop, other := dbtest.NewShop(t, database), dbtest.NewShop(t, database)
	superuser := dbtest.Superuser(t, name)
	numbers := func(of dbtest.Shop) (seqs []int64) {
		require.NoError(t, superuser.QueryRow(t.Context(), `select array_agg(seq order by seq) from changes where tenant_id = $1`, of.ID).Scan(&seqs))
		return seqs
	}
	age := func(where string) {
		_, err := superuser.Exec(t.Context(), `update changes set at = now() - interval '31 days' where tenant_id = $1 and `+where, shop.ID)
		require.NoError(t, err)
	}
	for _, s := range []dbtest.Shop{shop, other} {
		require.NoError(t, live.Number(t.Context(), database, s.ID))
	}
	require.Equal(t, []int64{1, 2, 3}, numbers(shop), "company, store and person")

	age(`seq = 2`)
	require.NoError(t, live.Prune(t.Context(), database, shop.ID))
	require.Equal(t, []int64{1, 2, 3}, numbers(shop), "an old one behind a young one stays: no gap")

	age(`seq < 3`)
	require.NoError(t, live.Prune(t.Context(), database, shop.ID))
	require.Equal(t, []int64{3}, numbers(shop))

	age(`true`)
	require.NoError(t, live.Prune(t.Context(), database, shop.ID))
	require.Equal(t, []int64{3}, numbers(shop), "the newest says where the stream stands")
	require.Equal(t, []int64{1, 2, 3}, numbers(other))
}
