package till_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/receipt"
	"souk/shared/wire"
)

func TestReceiptHasTheShopsLogo(t *testing.T) {
	var logo bytes.Buffer
	require.NoError(t, png.Encode(&logo, image.NewGray(image.Rect(0, 0, 64, 32))))
	s := openShop(t)
	s.setup.Store.LogoPNG = logo.Bytes()
	f := unpaired(t, s)
	_, err := f.Pair(s.URL, "GOODCODE", "test till")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	f.signIn(cashier)
	_, err = f.OpenShift(10_000)
	require.NoError(t, err)
	f.scan(milkCode)
	sale := f.pay().LastSale

	raster := receipt.Raster(logo.Bytes(), receipt.Printer{Columns: 42}, "")
	require.NotEmpty(t, raster)
	heads := func(count int) func(wire.RegisterState) bool {
		return func(wire.RegisterState) bool {
			paper, _ := os.ReadFile(f.paper)
			return bytes.Count(paper, raster) == count
		}
	}
	f.await(heads(1))
	_, err = f.Reprint(sale.ID)
	require.NoError(t, err)
	f.await(heads(2))
}
