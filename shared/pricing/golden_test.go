package pricing_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/pricing"
)

// Each file is a cart worked out by hand, with the working in its comment.
func TestGoldenCarts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 20)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			var golden struct {
				Comment    string              `json:"comment"`
				Cart       pricing.Cart        `json:"cart"`
				Priced     pricing.Priced      `json:"priced"`
				Tenders    []pricing.Tender    `json:"tenders"`
				Settlement *pricing.Settlement `json:"settlement"`
			}
			strict := json.NewDecoder(bytes.NewReader(body))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(&golden))
			require.NotEmpty(t, golden.Comment)

			priced, err := pricing.Price(golden.Cart)
			require.NoError(t, err)
			require.Equal(t, golden.Priced, priced, golden.Comment)

			if golden.Settlement == nil {
				return
			}
			currency, ok := money.Lookup(golden.Cart.Currency)
			require.True(t, ok)
			settled, err := pricing.Settle(currency, priced.Total, golden.Tenders)
			require.NoError(t, err)
			require.Equal(t, *golden.Settlement, settled, golden.Comment)
		})
	}
}
