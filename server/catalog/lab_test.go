package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/catalog"
)

func TestTheLabSaysWhatARegisterDoesWithACode(t *testing.T) {
	ctx, tx := opened(t, "DE")
	const label = "2112345007502" // of a scale: 750 g of 12345
	made(t, ctx, tx, newItem("Gouda", func(n *catalog.NewItem) { n.SoldBy, n.Unit, n.PLU = catalog.SoldByWeight, "kg", "12345" }))
	got, err := catalog.ReadCode(ctx, tx, catalog.LabCode{Code: label})
	require.NoError(t, err)
	require.Equal(t, "applies", got.Rules[0].Outcome)
	require.Equal(t, "12345", got.Rules[0].Item)
	require.Equal(t, "Gouda", got.Found.Item.Name)
	require.Equal(t, "0.750", got.Found.Quantity.String())

	scanned, err := catalog.ByBarcode(ctx, tx, catalog.ScannedCode{Code: label})
	require.NoError(t, err)
	require.Equal(t, scanned, *got.Found, "the lab and the register agree")

	unknown, err := catalog.ReadCode(ctx, tx, catalog.LabCode{Code: "(01)04006381333931(17)261231(10)LOT7"})
	require.NoError(t, err)
	require.Nil(t, unknown.Found)
	require.Equal(t, "gs1", unknown.Symbology)
	require.Equal(t, "2026-12-31", unknown.Elements[1].Date)
}
