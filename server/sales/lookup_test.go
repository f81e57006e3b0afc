package sales_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/wire"
)

func TestTheRegisterFindsItemsByWordsAndCodes(t *testing.T) {
	b := setup(t)
	named := func(name, plu string) {
		b.item(500, "1", func(item *catalog.NewItem) { item.Name, item.PLU = name, plu })
	}
	named("Crème brûlée", "")
	named("Milk chocolate 70 %", "")
	named("Oat milk", "")
	named("Milk", "4011")
	find := func(q string) []string {
		names := []string{}
		b.do(func(ctx context.Context, tx *db.Tx) error {
			found, err := sales.Search(ctx, tx, sales.SearchIn{Q: q})
			for _, item := range found {
				names = append(names, item.Name)
			}
			return err
		})
		return names
	}

	require.Equal(t, []string{"Milk", "Milk chocolate 70 %", "Oat milk"}, find("milk"), "names that begin so come first")
	require.Equal(t, []string{"Milk chocolate 70 %"}, find("choc mil"), "each word begins one of the name's, in any order")
	require.Equal(t, []string{"Crème brûlée"}, find("BRULEE"), "accents and capitals are no matter")
	require.Equal(t, []string{"Milk"}, find("4011"), "a PLU is a code")
	require.Equal(t, []wire.TillItem{}, must(b, func(ctx context.Context, tx *db.Tx) ([]wire.TillItem, error) {
		return sales.Search(ctx, tx, sales.SearchIn{Q: "%"})
	}))
}

func must[T any](b *bench, fn func(ctx context.Context, tx *db.Tx) (T, error)) (out T) {
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	return out
}
