package barcode_test

import (
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/barcode"
)

func TestElements(t *testing.T) {
	number := func(text string) *decimal.Decimal { d := decimal.MustParse(text); return &d }
	gtin := barcode.Element{AI: "01", Title: "GTIN", Value: "03038354251103"}
	for _, c := range []struct {
		name, text string
		elements   []barcode.Element
		rest       string
	}{
		{"as a scanner sends it", "010303835425110317261231" + "10LOT7\x1d21S-9", []barcode.Element{
			gtin, {AI: "17", Title: "USE BY", Value: "261231", Date: "2026-12-31"}, {AI: "10", Title: "BATCH/LOT", Value: "LOT7"}, {AI: "21", Title: "SERIAL", Value: "S-9"},
		}, ""},
		{"as people write it", "(01)03038354251103(10)LOT7(3103)000750", []barcode.Element{
			gtin, {AI: "10", Title: "BATCH/LOT", Value: "LOT7"}, {AI: "3103", Title: "NET WEIGHT", Value: "000750", Number: number("0.750"), Unit: "kg"},
		}, ""},
		{"a separator behind a fixed length", "0103038354251103\x1d10A", []barcode.Element{gtin, {AI: "10", Title: "BATCH/LOT", Value: "A"}}, ""},
		{"a price with its currency", "010303835425110339329781234", []barcode.Element{gtin, {AI: "3932", Title: "PRICE", Value: "9781234", Number: number("12.34"), Currency: "978"}}, ""},
		{"a day of 00 is the month's last", "17280200", []barcode.Element{{AI: "17", Title: "USE BY", Value: "280200", Date: "2028-02-29"}}, ""},
		{"a century ago", "11990101", []barcode.Element{{AI: "11", Title: "PROD DATE", Value: "990101", Date: "1999-01-01"}}, ""},
		{"fifty years on", "17760101", []barcode.Element{{AI: "17", Title: "USE BY", Value: "760101", Date: "2076-01-01"}}, ""},
		{"pieces", "0103038354251103" + "3012", []barcode.Element{gtin, {AI: "30", Title: "VAR. COUNT", Value: "12", Number: number("12")}}, ""},
		{"there is no such day", "0103038354251103" + "17260231", []barcode.Element{gtin}, "17260231"},
		{"nobody knows the identifier", "0103038354251103" + "0512", []barcode.Element{gtin}, "0512"},
		{"cut off", "0103038354251103" + "310300", []barcode.Element{gtin}, "310300"},
		{"too long", "0103038354251103" + "10" + strings.Repeat("x", 21), []barcode.Element{gtin}, "10" + strings.Repeat("x", 21)},
		{"a GTIN that is none", "0103038354251104", nil, "0103038354251104"},
		{"no element string at all", "(hello", nil, "(hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			elements, rest := barcode.Elements(c.text, 2026)
			require.Equal(t, c.elements, elements)
			require.Equal(t, c.rest, rest)
		})
	}
}

func TestAnElementStringIsReadInAnyOrder(t *testing.T) {
	got := barcode.Parse("]C13103000750"+"0103038354251103", nil)
	require.Equal(t, barcode.KindWeight, got.Kind)
	require.Equal(t, "3038354251103", got.Code)
	require.Equal(t, "0.750", got.Weight.String())
	require.Equal(t, barcode.KindGTIN, barcode.Parse("(01)03038354251103(10)A", nil).Kind)
	require.Equal(t, barcode.KindOther, barcode.Parse("]C1"+"10LOT7", nil).Kind, "it names no article")
}

// Whatever is put into an element string comes out of it, in brackets and without.
func TestElementsAreReadBack(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-z0-9/-]{1,20}`)
	rapid.Check(t, func(t *rapid.T) {
		lot, serial := word.Draw(t, "lot"), word.Draw(t, "serial")
		grams := rapid.IntRange(0, 999_999).Draw(t, "grams")
		weight := strings.Repeat("0", 6-len(decimal.MustNew(int64(grams), 0).String())) + decimal.MustNew(int64(grams), 0).String()
		for _, text := range []string{
			"0103038354251103" + "3103" + weight + "10" + lot + "\x1d21" + serial,
			"(21)" + serial + "(01)03038354251103(10)" + lot + "(3103)" + weight,
		} {
			elements, rest := barcode.Elements(text, 2026)
			require.Empty(t, rest)
			found := map[string]string{}
			for _, e := range elements {
				found[e.AI] = e.Value
			}
			require.Equal(t, map[string]string{"01": "03038354251103", "10": lot, "21": serial, "3103": weight}, found)
		}
	})
}

func TestReadSaysWhatAScanIs(t *testing.T) {
	eur := rules(t, "EUR")
	for _, c := range []struct {
		name, text, symbology, check string
		ok                           bool
		outcomes                     []string
	}{
		{"EAN-13", "3038354251103", "ean13", "3", true, []string{}},
		{"a mistyped one", "3038354251104", "text", "3", false, []string{}},
		{"UPC-A", "041190052677", "upca", "7", true, []string{}},
		{"an in-house number under a scale's prefix", "0201360635745", "ean13", "5", true, []string{"wrong_verifier"}},
		{"EAN-8", "96385074", "ean8", "4", true, []string{}},
		{"a case", "10012345678902", "itf14", "2", true, []string{}},
		{"a scale's weight", "2112345007502", "ean13", "2", true, []string{"applies"}},
		{"a scale's price left empty", "2312345000002", "ean13", "2", true, []string{"no_value"}},
		{"PLU", "4011", "plu", "", false, []string{}},
		{"text", "SKU-77 b", "text", "", false, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := barcode.Read(c.text, eur, 2026)
			outcomes := []string{}
			for _, ruling := range got.Rules {
				outcomes = append(outcomes, ruling.Outcome)
			}
			require.Equal(t, c.symbology, got.Symbology)
			require.Equal(t, c.outcomes, outcomes)
			require.Equal(t, c.check, got.Check)
			require.Equal(t, c.ok, got.CheckOK)
			require.Equal(t, barcode.Parse(c.text, eur), got.Scan, "it says what the till does")
		})
	}
	got := barcode.Read("]C10103038354251103"+"10LOT7\x1d05x", eur, 2026)
	require.Equal(t, "]C1", got.AIM)
	require.Equal(t, "gs1", got.Symbology)
	require.Len(t, got.Elements, 2)
	require.Equal(t, "05x", got.Unread)
	require.Contains(t, got.Shown, "␝", "what cannot be seen is shown")
	twice := barcode.Read("2112345007502", append(eur, eur...), 2026)
	require.Equal(t, "later", twice.Rules[1].Outcome)
}
