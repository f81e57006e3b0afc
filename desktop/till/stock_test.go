package till_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

func TestStockElsewhereIsAskedOfTheServerAndNeverGuessed(t *testing.T) {
	f := selling(t, cashier)
	told, err := f.StockOf(milk)
	require.NoError(t, err)
	require.Equal(t, "Harbour", told.Places[1].Store)
	require.Equal(t, "9", told.Places[1].OnHand.String())
	require.True(t, told.Places[0].Here)

	_, err = f.StockOf(uuid.New())
	isFault(t, err, "inventory.item_unknown")

	f.shop.down()
	_, err = f.StockOf(milk)
	isFault(t, err, "till.offline")
	f.await(func(s wire.RegisterState) bool { return !s.Link.Online })
	_, err = f.StockOf(milk)
	isFault(t, err, "till.offline")
	require.Equal(t, wire.ScanAdded, f.scan(milkCode).Outcome, "selling goes on")
}
