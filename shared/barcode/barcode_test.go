package barcode_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/barcode"
	"souk/shared/money"
)

// Codes and names of real products in this file: contains information from Open
// Food Facts, openfoodfacts.org, made available under the Open Database License
// (ODbL) 1.0.
var products = map[string]string{
	"0000000018340": "Fire Roasted Hatch Green Chile Almonds",
	"0000020039707": "Wild Blueberry Muffins",
	"0011110885715": "Rosemary Entertainment Crackers",
	"0021140249333": "Quick Grits",
	"0041190052677": "Apple Sauce Grab & Go Pouches",
	"0051179107601": "Rice Flour",
	"00148498":      "Aberdeen angus steak pie",
	"00665124":      "Large british breaded ham",
	"3000026030507": "Lentille Blonde De Saint Flour",
	"3038354251103": "Panzani Pesto Olive &basilico Sauce",
}

func TestRealProductsAreValid(t *testing.T) {
	for code, name := range products {
		require.True(t, barcode.ValidGTIN(code), name)
		for i := range len(code) {
			wrong := []byte(code)
			wrong[i] = '0' + (wrong[i]-'0'+1)%10
			require.False(t, barcode.ValidGTIN(string(wrong)), "%s with digit %d wrong", code, i)
		}
	}
}

func TestCheckDigit(t *testing.T) {
	for body, want := range map[string]byte{
		"629104150021": '3', "9638507": '4', "03600029145": '2', "1001234567890": '2', "0": '0',
	} {
		got, ok := barcode.CheckDigit(body)
		require.True(t, ok)
		require.Equal(t, string(want), string(got), body)
	}
	for _, body := range []string{"", "12a", "١٢", "-1"} {
		_, ok := barcode.CheckDigit(body)
		require.False(t, ok, body)
	}
}

func TestValidGTINNeedsALengthOfTheStandard(t *testing.T) {
	for _, code := range []string{"", "0", "000", "00000000000", "000000000000000", "abcdefgh", "4006381333932"} {
		require.False(t, barcode.ValidGTIN(code), code)
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ code, want, what string }{
		{"4006381333931", "4006381333931", "EAN-13"},
		{"036000291452", "0036000291452", "UPC-A"},
		{"0036000291452", "0036000291452", "the same as EAN-13"},
		{"00036000291452", "0036000291452", "the same as GTIN-14"},
		{"96385074", "0000096385074", "EAN-8"},
		{"00148498", "0000000148498", "EAN-8 with zeros"},
		{"10012345678902", "10012345678902", "a case of something"},
		{"04252614", "0042100005264", "UPC-E ending in 1"},
		{"01234565", "0000001234565", "valid both as EAN-8 and as UPC-E: EAN-8"},
	} {
		got, ok := barcode.Normalize(c.code)
		require.True(t, ok, c.what)
		require.Equal(t, c.want, got, c.what)
	}
	for _, code := range []string{"", "12345", "4006381333932", "HELLO123", "12345678"} {
		_, ok := barcode.Normalize(code)
		require.False(t, ok, code)
	}
}

func TestExpandUPCE(t *testing.T) {
	for code, want := range map[string]string{
		"04252614": "042100005264", "01234531": "012300000451", "01234543": "012340000053", "01234565": "012345000065",
	} {
		got, ok := barcode.ExpandUPCE(code)
		require.True(t, ok, code)
		require.Equal(t, want, got)
	}
	for _, code := range []string{"04252615", "24252614", "0425261", "0425261a"} {
		_, ok := barcode.ExpandUPCE(code)
		require.False(t, ok, code)
	}
}

func rules(t require.TestingT, currency string) []barcode.Rule {
	c, ok := money.Lookup(currency)
	require.True(t, ok)
	return barcode.DefaultRules(c)
}

func TestParse(t *testing.T) {
	usd := rules(t, "USD")
	for _, c := range []struct {
		name, text string
		kind       barcode.Kind
		code       string
		lookup     []string
	}{
		{"EAN-13", "3038354251103", barcode.KindGTIN, "3038354251103", []string{"3038354251103", "03038354251103"}},
		{"EAN-13 that begins with zero is a UPC-A too", "0041190052677", barcode.KindGTIN, "0041190052677", []string{"0041190052677", "041190052677", "00041190052677"}},
		{"UPC-A finds the EAN-13", "041190052677", barcode.KindGTIN, "0041190052677", []string{"0041190052677", "041190052677", "00041190052677"}},
		{"EAN-8", "96385074", barcode.KindGTIN, "0000096385074", []string{"0000096385074", "96385074", "000096385074", "00000096385074"}},
		{"EAN-8 that could be UPC-E", "00148498", barcode.KindGTIN, "0000000148498", []string{"0000000148498", "00148498", "000000148498", "00000000148498", "0001484000098", "001484000098"}},
		{"EAN-8 by its symbology", "]E400148498", barcode.KindGTIN, "0000000148498", []string{"0000000148498", "00148498", "000000148498", "00000000148498"}},
		{"line end of a scanner", "3038354251103\r\n", barcode.KindGTIN, "3038354251103", []string{"3038354251103", "03038354251103"}},
		{"AIM identifier", "]E03038354251103", barcode.KindGTIN, "3038354251103", []string{"3038354251103", "03038354251103"}},
		{"case code does not sell the piece", "10012345678902", barcode.KindGTIN, "10012345678902", []string{"10012345678902"}},
		{"GS1 element string", "]C10103038354251103", barcode.KindGTIN, "3038354251103", []string{"3038354251103", "03038354251103"}},
		{"element string with lot", "\x1d010303835425110310LOT7", barcode.KindGTIN, "3038354251103", []string{"3038354251103", "03038354251103"}},
		{"PLU", "4011", barcode.KindPLU, "4011", []string{"4011"}},
		{"PLU with a zero", "04011", barcode.KindPLU, "04011", []string{"04011", "4011"}},
		{"organic PLU", "94011", barcode.KindPLU, "94011", []string{"94011"}},
		{"shop's own number", "SKU-77 b", barcode.KindOther, "SKU-77 b", []string{"SKU-77 b"}},
		{"wrong check digit stays as typed", "4006381333932", barcode.KindOther, "4006381333932", []string{"4006381333932"}},
		{"six digits", "123456", barcode.KindOther, "123456", []string{"123456"}},
		{"other script", "مرحبا", barcode.KindOther, "مرحبا", []string{"مرحبا"}},
		{"nothing", " \r", barcode.KindOther, "", []string{}},
		{"in-house number under a price prefix", "0201360635745", barcode.KindGTIN, "0201360635745", []string{"0201360635745", "201360635745", "00201360635745"}},
		{"price field left empty", "0258800000007", barcode.KindGTIN, "0258800000007", []string{"0258800000007", "258800000007", "00258800000007"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := barcode.Parse(c.text, usd)
			require.Equal(t, barcode.Scan{Kind: c.kind, Code: c.code, Lookup: c.lookup}, got)
		})
	}
}

// Labels of real cheese counters, with the verifier digits that their scales
// printed.
func TestPriceLabelsOfRealShops(t *testing.T) {
	usd := rules(t, "USD")
	for _, c := range []struct {
		code, name string
		price      money.Amount
		lookup     string
	}{
		{"0206832806456", "Mild Edam Cheese", 645, "06832"},
		{"0206836304613", "Queso Panela Cheese", 461, "06836"},
		{"0206838404724", "Queso Casero Whole Milk Fresh Cheese", 472, "06838"},
		{"0207005806501", "Swiss Cheese", 650, "07005"},
		{"0217906105603", "Denmark's Finest, Jalapenos Havarti", 560, "17906"},
		{"0218151513410", "Manchego", 1341, "18151"},
		{"0219215608578", "Colby Jack Cheese", 857, "19215"},
	} {
		scan := barcode.Parse(c.code, usd)
		require.Equal(t, barcode.KindPrice, scan.Kind, c.name)
		require.Equal(t, c.price, scan.Price, c.name)
		require.Equal(t, c.code, scan.Code)
		require.Contains(t, scan.Lookup, c.lookup)

		require.Equal(t, scan, barcode.Parse(c.code[1:], usd), "the same label read as UPC-A")
		misread := []byte(c.code[:12])
		misread[9] = '0' + (misread[9]-'0'+1)%10
		check, _ := barcode.CheckDigit(string(misread))
		require.Equal(t, barcode.KindGTIN, barcode.Parse(string(append(misread, check)), usd).Kind, "a price that its verifier denies is no price")
	}
}

func TestWeightLabel(t *testing.T) {
	scan := barcode.Parse("2112345015002", rules(t, "EUR"))
	require.Equal(t, barcode.KindWeight, scan.Kind)
	require.Equal(t, "1.500", scan.Weight.String())
	require.Equal(t, []string{"2112345000008", "2112345", "12345"}, scan.Lookup)
	require.True(t, barcode.ValidGTIN(scan.Lookup[0]))
}

func TestWeightOfAnElementString(t *testing.T) {
	scan := barcode.Parse("]e00190012345678908310300175015", rules(t, "EUR"))
	require.Equal(t, barcode.KindWeight, scan.Kind)
	require.Equal(t, "1.750", scan.Weight.String())
	require.Equal(t, "90012345678908", scan.Lookup[0])
}

func TestFiveDigitPriceWithVerifier(t *testing.T) {
	rule := barcode.Rule{Prefix: "2", Kind: barcode.RulePrice, Item: barcode.Span{From: 1, Length: 5}, Verifier: 6, Value: barcode.Span{From: 7, Length: 5}, Decimals: 2, CurrencyDigits: 2}
	body := "212345" + "6" + "14685"
	check, _ := barcode.CheckDigit(body)
	scan := barcode.Parse(body+string(check), []barcode.Rule{rule})
	require.Equal(t, money.Amount(14685), scan.Price, "146.85 has the verifier 6 in the standard's example")
	require.Contains(t, scan.Lookup, "12345")
}

func TestPriceComesInMinorUnits(t *testing.T) {
	for _, c := range []struct {
		decimals, currency int
		want               money.Amount
	}{{2, 2, 1234}, {0, 2, 123400}, {1, 3, 123400}, {2, 0, 12}} {
		rule := barcode.Rule{Prefix: "22", Kind: barcode.RulePrice, Item: barcode.Span{From: 2, Length: 5}, Value: barcode.Span{From: 7, Length: 5}, Decimals: c.decimals, CurrencyDigits: c.currency}
		check, _ := barcode.CheckDigit("229999901234")
		require.Equal(t, c.want, barcode.Parse("229999901234"+string(check), []barcode.Rule{rule}).Price)
	}
}

func TestFirstRuleWinsAndBrokenRulesAreSkipped(t *testing.T) {
	good := barcode.Rule{Prefix: "21", Kind: barcode.RuleWeight, Item: barcode.Span{From: 2, Length: 5}, Value: barcode.Span{From: 7, Length: 5}, Decimals: 2}
	broken := []barcode.Rule{
		{},
		{Prefix: "21", Kind: barcode.RuleWeight, Item: barcode.Span{From: 2, Length: 5}, Value: barcode.Span{From: 9, Length: 5}},
		{Prefix: "21", Kind: barcode.RuleWeight, Item: barcode.Span{From: -1, Length: 5}, Value: barcode.Span{From: 7, Length: 5}},
		{Prefix: "21", Kind: "volume", Item: barcode.Span{From: 2, Length: 5}, Value: barcode.Span{From: 7, Length: 5}},
		{Prefix: "21", Kind: barcode.RuleWeight, Item: barcode.Span{From: 2, Length: 5}, Value: barcode.Span{From: 7, Length: 5}, Verifier: 13},
	}
	for _, rule := range broken {
		require.False(t, rule.Valid())
	}
	scan := barcode.Parse("2112345015002", append(broken, good))
	require.Equal(t, "15.00", scan.Weight.String())
	require.Equal(t, "15.00", barcode.Parse("2112345015002", append([]barcode.Rule{good}, rules(t, "EUR")...)).Weight.String())
}

func TestDefaultRulesCoverAllInStorePrefixes(t *testing.T) {
	covered := map[string]bool{}
	for _, rule := range rules(t, "JPY") {
		require.True(t, rule.Valid(), rule.Prefix)
		covered[rule.Prefix] = true
	}
	for _, prefix := range strings.Fields("02 20 21 22 23 24 25 26 27 28 29") {
		require.True(t, covered[prefix], prefix)
	}
}

func TestAnyTextIsUnderstoodOrKept(t *testing.T) {
	eur := rules(t, "EUR")
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`\]?[A-Za-z]?[0-9]{0,30}`), rapid.StringMatching(`(0|2|01)[0-9]{7,13}`))
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "text")
		scan := barcode.Parse(in, eur)
		require.NotContains(t, scan.Lookup, "")
		if scan.Kind == barcode.KindOther || scan.Kind == barcode.KindPLU {
			require.Contains(t, in, scan.Code)
		}
		if scan.Kind == barcode.KindGTIN {
			require.True(t, barcode.ValidGTIN(scan.Code))
			require.Equal(t, scan.Code, scan.Lookup[0])
		}
	})
}

// Whatever weight a scale prints is read back, under the same item.
func TestPrintedWeightsAreReadBack(t *testing.T) {
	eur := rules(t, "EUR")
	rapid.Check(t, func(t *rapid.T) {
		item := rapid.StringMatching(`[0-9]{5}`).Draw(t, "item")
		grams := rapid.Int64Range(1, 99999).Draw(t, "grams")
		weight := decimal.MustNew(grams, 3)
		body := "29" + item + strings.Repeat("0", 5-len(decimal.MustNew(grams, 0).String())) + decimal.MustNew(grams, 0).String()
		check, ok := barcode.CheckDigit(body)
		require.True(t, ok)
		scan := barcode.Parse(body+string(check), eur)
		require.Equal(t, weight, scan.Weight)
		require.Contains(t, scan.Lookup, item)
	})
}

func TestScanAndRuleSurviveJSON(t *testing.T) {
	for _, rule := range rules(t, "EUR") {
		body, err := json.Marshal(rule)
		require.NoError(t, err)
		var back barcode.Rule
		require.NoError(t, json.Unmarshal(body, &back))
		require.Equal(t, rule, back)
	}
	body, err := json.Marshal(barcode.Parse("4011", nil))
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"plu","code":"4011","lookup":["4011"],"weight":"0","price_minor":0}`, string(body))
}
