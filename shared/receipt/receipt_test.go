package receipt_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/receipt"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// show writes lines as the golden files have them: kind, then text.
func show(lines []receipt.TextLine) string {
	var out strings.Builder
	for _, l := range lines {
		out.WriteString(strings.TrimRight(string(l.Kind)+strings.Repeat(" ", 8-len(l.Kind))+"|"+l.Text, " ") + "\n")
	}
	return out.String()
}

func cartLine(n byte, quantity string, price money.Amount, code, rate string) pricing.Line {
	return pricing.Line{
		ID: uuid.UUID{15: n}, Quantity: decimal.MustParse(quantity), UnitPrice: price,
		Tax: pricing.Tax{Code: code, Rate: decimal.MustParse(rate)},
	}
}

// sale is a sale with everything on it, its amounts computed by package pricing.
func sale(t testing.TB) receipt.Document {
	fixed := money.Amount(645)
	cart := pricing.Cart{Currency: "CHF", TaxIncluded: true, Lines: []pricing.Line{
		cartLine(1, "1", 249, "R", "2.6"),
		cartLine(2, "1.235", 299, "R", "2.6"),
		cartLine(3, "2", 1250, "N", "8.1"),
		cartLine(4, "1", 890, "R", "2.6"),
		cartLine(5, "0.718", 898, "R", "2.6"),
	}}
	cart.Lines[2].Discount = &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustParse("15"), Reason: "Box damaged"}
	cart.Lines[4].FixedTotal = &fixed
	cart.Discount = &pricing.Discount{Kind: pricing.DiscountAmount, Amount: 200, Reason: "Voucher"}
	doc := document()
	doc.Lines = []receipt.Line{
		{Name: "Rosemary crackers"},
		{Name: "Tomatoes, vine", Unit: "kg"},
		{Name: "Salatschüssel «Été», Ø 24 cm"},
		{Name: "Organic Unsweetened Berry Coconut Granola with Roasted Hazelnuts, family pack"},
		{Name: "Mild Edam Cheese", Unit: "kg"},
	}
	doc.Tenders = []receipt.Tender{{Name: "Cash"}}
	settle(t, &doc, cart, []pricing.Tender{{MethodKind: pricing.Cash, Amount: 10000}})
	return doc
}

func document() receipt.Document {
	return receipt.Document{
		ID: uuid.MustParse("01938f5e-7b1c-7cc3-98c4-dc0c0c07398f"), ShortCode: "7KQ2-M9XD", Number: "T1-000123", Kind: receipt.KindSale,
		ShopName: "City Mart", LegalName: "City Mart Handels AG", Address: []string{"Bahnhofstrasse 1", "8001 Zürich"},
		TaxNumber: "CHE-123.456.789 MWST", Header: "Open daily from 8 to 20", Footer: "Thank you.\nGoods may be returned within 14 days with this receipt.",
		StoreName: "Main street", TillName: "Till 1", CashierName: "Aïcha", CompletedAt: time.Date(2026, 11, 22, 14, 5, 9, 0, time.FixedZone("CET", 3600)), ZoneName: "CET",
	}
}

func settle(t testing.TB, doc *receipt.Document, cart pricing.Cart, tenders []pricing.Tender) {
	priced, err := pricing.Price(cart)
	require.NoError(t, err)
	currency, ok := money.Lookup(cart.Currency)
	require.True(t, ok)
	settlement, err := pricing.Settle(currency, priced.Total, tenders)
	require.NoError(t, err)
	require.NoError(t, doc.SetAmounts(cart, priced, settlement))
}

// refund is a copy of a refund in a currency without tax in its prices.
func refund(t testing.TB) receipt.Document {
	cart := pricing.Cart{Currency: "USD", Lines: []pricing.Line{cartLine(1, "-2", 999, "NYC", "8.875")}}
	doc := document()
	doc.Kind, doc.Copy, doc.OriginalReceipt, doc.CustomerName = receipt.KindRefund, true, "T1-000098", "M. Keller"
	doc.QR = "https://city-mart.example/r/7KQ2M9XD"
	doc.Lines = []receipt.Line{{Name: "Quick Grits"}}
	doc.Tenders = []receipt.Tender{{Name: "Card"}}
	settle(t, &doc, cart, []pricing.Tender{{MethodKind: "card", Amount: -2175}})
	return doc
}

func TestGoldenReceipts(t *testing.T) {
	void := refund(t)
	void.Kind, void.Copy, void.QR = receipt.KindVoid, false, ""
	german := sale(t)
	labels := receipt.English()
	labels.Receipt, labels.Total, labels.Change, labels.Subtotal, labels.Rounding = "Beleg", "Gesamtbetrag", "Rückgeld", "Zwischensumme", "Rundungsdifferenz"
	german.Labels = &labels
	in := func(locale string) receipt.Document {
		doc := sale(t)
		doc.Locale = locale
		return doc
	}
	for name, c := range map[string]struct {
		doc     receipt.Document
		columns int
	}{
		"spanish-42.txt": {in("es-ES"), 42}, "arabic-42.txt": {in("ar-AE"), 42}, "american-32.txt": {in("en-US"), 32},
		"sale-32.txt": {sale(t), 32}, "sale-42.txt": {sale(t), 42}, "sale-48.txt": {sale(t), 48},
		"refund-copy-42.txt": {refund(t), 42}, "void-32.txt": {void, 32}, "german-32.txt": {german, 32},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, show(receipt.Text(c.doc, c.columns))) })
	}
}

// TestEveryLanguageHasEveryWord would otherwise be seen on paper only.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	for _, locale := range []string{"en", "es", "es-MX", "ar"} {
		for _, words := range []reflect.Value{reflect.ValueOf(receipt.LabelsFor(locale)), reflect.ValueOf(receipt.SlipWordsFor(locale))} {
			for i := range words.NumField() {
				require.NotEmpty(t, words.Field(i).String(), "%s has no %s", locale, words.Type().Field(i).Name)
			}
		}
	}
	require.Equal(t, receipt.English(), receipt.LabelsFor("de-CH"))
}

func TestFiguresByLocale(t *testing.T) {
	at := time.Date(2026, 3, 9, 14, 5, 0, 0, time.UTC)
	for locale, want := range map[string][3]string{
		"":      {"-1234567.80", "1234.5", "2026-03-09 14:05"},
		"en":    {"-1,234,567.80", "1,234.5", "2026-03-09 14:05"},
		"en-US": {"-1,234,567.80", "1,234.5", "03/09/2026 2:05 PM"},
		"es-ES": {"-1.234.567,80", "1234,5", "09/03/2026 14:05"},
		"es-MX": {"-1,234,567.80", "1,234.5", "09/03/2026 14:05"},
		"ar-EG": {"-1,234,567.80", "1,234.5", "09/03/2026 14:05"},
		"de-CH": {"-1’234’567.80", "1’234.5", "09.03.2026 14:05"},
		"fr-FR": {"-1\u00a0234\u00a0567,80", "1\u00a0234,5", "09/03/2026 14:05"},
	} {
		doc := receipt.Document{Locale: locale, Currency: "EUR"}
		form := doc.Form()
		require.Equal(t, want, [3]string{form.Money(-123456780), form.Number("1234.5"), form.Time(at)}, locale)
	}
}

// TestWordsOnPaper: Spanish goes through the code page, Arabic is drawn.
func TestWordsOnPaper(t *testing.T) {
	doc := refund(t)
	doc.Locale = "es-ES"
	require.Contains(t, string(receipt.ESCPOS(doc, receipt.Printer{CodePage: "cp858"})), "Devoluci\xa2n")
	doc.Locale = "ar-AE"
	for _, page := range []receipt.CodePage{"cp858", "cp1256"} {
		got, err := decode(receipt.ESCPOS(doc, receipt.Printer{CodePage: page}), charmap.CodePage858)
		require.NoError(t, err)
		require.NotContains(t, show(got.lines), "Refund")
		require.Greater(t, len(got.drawn), 10)
	}
	require.Contains(t, show(receipt.Text(doc, 42)), "مرتجع")
}

func TestGoldenBytes(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"sale-42-cp858.hex":    receipt.ESCPOS(sale(t), receipt.Printer{Columns: 42, CodePage: "cp858"}),
		"refund-copy-32.hex":   receipt.ESCPOS(refund(t), receipt.Printer{Columns: 32, CodePage: "cp437"}),
		"test-page-48-852.hex": receipt.TestPage(receipt.Printer{Columns: 48, CodePage: "cp852"}),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, hex.Dump(bytes)) })
	}
}

func TestSetAmounts(t *testing.T) {
	doc := sale(t)
	var sum money.Amount
	for _, l := range doc.Lines {
		sum += l.Total
	}
	require.Equal(t, doc.Subtotal, sum)
	require.Equal(t, doc.Total, doc.Subtotal-doc.Discount)
	require.Equal(t, money.Amount(200), doc.Discount)
	require.Equal(t, money.Amount(375), doc.Lines[2].Discount)
	require.Equal(t, "B", doc.Lines[0].TaxMark)
	require.Equal(t, "A", doc.Lines[2].TaxMark)

	back := refund(t)
	require.Equal(t, back.Total, back.Subtotal-back.Discount+back.Taxes[0].Tax, "tax is added below when prices are without")

	doc.Lines = doc.Lines[1:]
	require.ErrorIs(t, doc.SetAmounts(pricing.Cart{}, pricing.Priced{}, pricing.Settlement{}), receipt.ErrMismatch)
}

func TestDocumentSurvivesJSON(t *testing.T) {
	doc := sale(t)
	body, err := json.Marshal(doc)
	require.NoError(t, err)
	var back receipt.Document
	require.NoError(t, json.Unmarshal(body, &back))
	require.Equal(t, show(receipt.Text(doc, 42)), show(receipt.Text(back, 42)))
}

func TestDrawerPulse(t *testing.T) {
	require.Equal(t, []byte{0x1b, 'p', 0, 50, 250}, receipt.DrawerPulse(2))
	require.Equal(t, []byte{0x1b, 'p', 1, 50, 250}, receipt.DrawerPulse(5))
	require.Equal(t, receipt.DrawerPulse(2), receipt.DrawerPulse(0))
}
