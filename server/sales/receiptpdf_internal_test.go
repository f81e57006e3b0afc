package sales

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/pdf"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/receipt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sampleReceipt is a document with everything on it and a number of lines.
func sampleReceipt(t *testing.T, locale string, lines int) receipt.Document {
	t.Helper()
	doc := receipt.Document{
		ID: uuid.MustParse("01938f5e-7b1c-7cc3-98c4-dc0c0c07398f"), ShortCode: "0C07398F", Number: "91W-000123", Kind: receipt.KindSale,
		ShopName: "City Mart", LegalName: "City Mart Handels AG", Address: []string{"Bahnhofstrasse 1", "8001 Zürich"},
		TaxNumber: "CHE-123.456.789 MWST", Header: "Open daily from 8 to 20", Footer: "Thank you.\nGoods may be returned within 14 days with this receipt.",
		StoreName: "Main street", TillName: "Till 1", CashierName: "Aïcha", CustomerName: "محمد علي", ZoneName: "CET",
		CompletedAt: time.Date(2026, 11, 22, 14, 5, 9, 0, time.FixedZone("CET", 3600)), Locale: locale,
	}
	cart := pricing.Cart{Currency: "CHF", TaxIncluded: true}
	names := []string{"Rosemary crackers", "Tomatoes, vine", "Organic Unsweetened Berry Coconut Granola with Roasted Hazelnuts, family pack", "شاي أخضر 250 غ"}
	for i := range lines {
		line := receipt.Line{Name: names[i%len(names)]}
		from := pricing.Line{ID: uuid.UUID{14: byte(i >> 8), 15: byte(i + 1)}, Quantity: decimal.MustParse("1"), UnitPrice: money.Amount(249 + 100*i), Tax: pricing.Tax{Code: "R", Rate: decimal.MustParse("2.6")}}
		if i%4 == 1 {
			line.Unit, from.Quantity = "kg", decimal.MustParse("1.235")
		}
		if i%4 == 2 {
			from.Tax = pricing.Tax{Code: "N", Rate: decimal.MustParse("8.1")}
			from.Discount = &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustParse("15"), Reason: "Box damaged"}
		}
		doc.Lines, cart.Lines = append(doc.Lines, line), append(cart.Lines, from)
	}
	cart.Discount = &pricing.Discount{Kind: pricing.DiscountAmount, Amount: 203, Reason: "Voucher"}
	priced, err := pricing.Price(cart)
	require.NoError(t, err)
	currency, _ := money.Lookup("CHF")
	settled, err := pricing.Settle(currency, priced.Total, []pricing.Tender{{MethodKind: pricing.Cash, Amount: 2000000}})
	require.NoError(t, err)
	doc.Tenders = []receipt.Tender{{Name: "Cash"}}
	require.NoError(t, doc.SetAmounts(cart, priced, settled))
	return doc
}

func logo(t *testing.T) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 120, 60))
	for y := range 60 {
		for x := range 120 {
			picture.Set(x, y, color.NRGBA{R: uint8(2 * x), G: 90, B: uint8(4 * y), A: 255})
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, picture))
	return out.Bytes()
}

// TestGoldenPDF reads the text out of the files. With SOUK_KEEP_PDF they are kept
// there, to be looked at.
func TestGoldenPDF(t *testing.T) {
	refund := sampleReceipt(t, "en", 2)
	refund.Kind, refund.Copy, refund.OriginalReceipt, refund.QR = receipt.KindRefund, true, "91W-000100", "https://city-mart.example/r/0C07398F"
	for name, c := range map[string]struct {
		doc  receipt.Document
		logo []byte
	}{
		"english": {sampleReceipt(t, "en-GB", 4), logo(t)}, "spanish": {sampleReceipt(t, "es-ES", 4), nil}, "arabic": {sampleReceipt(t, "ar-AE", 4), logo(t)},
		"long": {sampleReceipt(t, "en", 60), nil}, "refund": {refund, nil},
	} {
		for form, draw := range map[string]func(receipt.Document, []byte, pdf.Length) *pdf.Document{"80mm": strip, "a4": letter} {
			t.Run(name+"-"+form, func(t *testing.T) {
				file, err := draw(c.doc, c.logo, 0).Bytes()
				require.NoError(t, err)
				kept := t.TempDir()
				if keep := os.Getenv("SOUK_KEEP_PDF"); keep != "" {
					kept = keep
				}
				path := filepath.Join(kept, name+"-"+form+".pdf")
				require.NoError(t, os.WriteFile(path, file, 0o600))
				goldenPDF(t, path, name+"-"+form+".txt")
			})
		}
	}
}

func goldenPDF(t *testing.T, file, name string) {
	t.Helper()
	text, err := exec.CommandContext(context.Background(), "pdftotext", "-layout", file, "-").CombinedOutput()
	require.NoError(t, err, "pdftotext: %s", text)
	got := strings.ReplaceAll(string(text), "\f", "=====\n")
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
