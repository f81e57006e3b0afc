package sales

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/receipt"
)

func TestReceiptLetters(t *testing.T) {
	for _, locale := range []string{"en-GB", "es-MX", "ar", "de-CH"} {
		t.Run(locale, func(t *testing.T) {
			out, err := receiptLetter(sampleReceipt(t, locale, 4))
			require.NoError(t, err)
			goldenText(t, out.Subject+"\n\n"+out.Text, "letter-"+locale+".txt")
			goldenText(t, out.HTML, "letter-"+locale+".html")
		})
	}
	t.Run("what people typed stays text", func(t *testing.T) {
		doc := sampleReceipt(t, "en", 1)
		doc.Lines[0].Name, doc.ShopName = `<img src=x onerror=alert(1)>`, `A & "B"`
		out, err := receiptLetter(doc)
		require.NoError(t, err)
		require.NotContains(t, out.HTML, "<img")
		require.Contains(t, out.Text, "<img src=x", "plain text is no HTML")
	})
	t.Run("a refund says so", func(t *testing.T) {
		doc := sampleReceipt(t, "en", 1)
		doc.Kind = receipt.KindRefund
		out, err := receiptLetter(doc)
		require.NoError(t, err)
		require.Contains(t, out.Text, "Refund 91W-000123")
		require.Contains(t, out.Text, "given back")
	})
}

func TestTheReadersLanguage(t *testing.T) {
	doc := receipt.Document{Locale: "es-MX", Design: receipt.Design{Languages: []string{"en", "ar"}}}
	require.Equal(t, []string{"en"}, inOneLanguage(doc, "").Languages)
	require.Equal(t, []string{"ar"}, inOneLanguage(doc, "ar").Languages)
	require.Equal(t, []string{"en"}, inOneLanguage(doc, "de").Languages, "receipts do not speak it")
	doc.Design.Languages = nil
	require.Equal(t, []string{"es"}, inOneLanguage(doc, "").Languages, "the shop's own")
}

func goldenText(t *testing.T, got, name string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"))
}
