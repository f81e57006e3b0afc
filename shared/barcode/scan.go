package barcode

import (
	"slices"
	"strings"
	"unicode"

	"github.com/govalues/decimal"

	"souk/shared/money"
)

// Kind says what a scan turned out to be.
type Kind string

// The kinds of scan.
const (
	KindGTIN   Kind = "gtin"
	KindWeight Kind = "weight"
	KindPrice  Kind = "price"
	KindPLU    Kind = "plu"
	KindOther  Kind = "other"
)

// Scan is a code, understood. Code is the whole code in its stored form; an item
// that is kept under it is meant by it, and its embedded value then means
// nothing. Otherwise Lookup lists the codes to look the item up by, best first;
// for a gtin, plu or other it begins with Code. Weight (in the item's unit,
// normally kg) is set for KindWeight and Price (minor units, of the whole
// package) for KindPrice.
type Scan struct {
	Kind   Kind            `json:"kind"`
	Code   string          `json:"code"`
	Lookup []string        `json:"lookup" nullable:"false"`
	Weight decimal.Decimal `json:"weight"`
	Price  money.Amount    `json:"price_minor"`
}

// Parse understands what a scanner or a cashier entered. It never fails: what it
// does not know comes back as KindOther, with its text untouched but for blanks
// and control characters around it and the AIM identifier that some scanners
// put in front. The first rule that applies wins; without a rule a valid GTIN is
// a GTIN, and four or five digits are a PLU.
func Parse(code string, rules []Rule) Scan {
	text, aim := cutAIM(trimmed(code))
	if scan, ok := parseElements(text, aim); ok {
		return scan
	}
	canonical, ok := Normalize(text)
	if !ok {
		return plain(text)
	}
	if at := slices.IndexFunc(rules, func(r Rule) bool { return r.applies(canonical) }); at >= 0 {
		return rules[at].read(canonical)
	}
	return Scan{Kind: KindGTIN, Code: canonical, Lookup: gtinForms(canonical, text, aim)}
}

// trimmed is the code without blanks and control characters around it.
func trimmed(code string) string {
	return strings.TrimFunc(code, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// cutAIM takes off the symbology identifier (ISO/IEC 15424): "]E0" for EAN-13,
// "]E4" for EAN-8, "]C1" for GS1-128.
func cutAIM(text string) (rest, aim string) {
	if len(text) > 3 && text[0] == ']' && unicode.IsLetter(rune(text[1])) {
		return text[3:], text[:3]
	}
	return text, ""
}

func plain(text string) Scan {
	if (len(text) == 4 || len(text) == 5) && allDigits(text) {
		return Scan{Kind: KindPLU, Code: text, Lookup: unique(text, strings.TrimLeft(text, "0"))}
	}
	return Scan{Kind: KindOther, Code: text, Lookup: unique(text)}
}

// gtinForms lists the spellings of one GTIN that catalogues contain: imports
// keep UPC-A with twelve digits and EAN-8 with eight. Eight digits can be valid
// both as EAN-8 and as UPC-E; only a scanner that names the symbology knows.
func gtinForms(canonical, text, aim string) []string {
	forms := []string{canonical, text}
	if len(canonical) == canonicalLength {
		if canonical[0] == '0' {
			forms = append(forms, canonical[1:])
		}
		if strings.HasPrefix(canonical, "00000") {
			forms = append(forms, canonical[5:])
		}
		forms = append(forms, "0"+canonical)
	}
	if upc, ok := ExpandUPCE(text); ok && aim != "]E4" {
		forms = append(forms, pad(upc, canonicalLength), upc)
	}
	return unique(forms...)
}

// parseElements reads the GS1 element string of a GS1-128, DataBar, DataMatrix or QR
// code: the GTIN in it, and a net weight in kilograms if it has one, wherever they
// stand. Without a symbology identifier, only what begins like a GTIN's is taken for one.
func parseElements(text, aim string) (Scan, bool) {
	if aim == "]E0" || aim == "]E4" {
		return Scan{}, false
	}
	plain := strings.TrimPrefix(unbracketed(text), separator)
	if !isGS1(aim) && (len(plain) < 16 || plain[:2] != "01") {
		return Scan{}, false
	}
	elements, _ := Elements(text, 0) // no date is looked at
	at := slices.IndexFunc(elements, func(e Element) bool { return e.AI == "01" })
	if at < 0 {
		return Scan{}, false
	}
	canonical, _ := Normalize(elements[at].Value)
	scan := Scan{Kind: KindGTIN, Code: canonical, Lookup: gtinForms(canonical, canonical, aim)}
	weighed := slices.IndexFunc(elements, func(e Element) bool { return strings.HasPrefix(e.AI, "310") && e.Number.IsPos() })
	if weighed >= 0 {
		scan.Kind, scan.Weight = KindWeight, *elements[weighed].Number
	}
	return scan, true
}

// unique drops repeats and empty codes and keeps the order.
func unique(codes ...string) []string {
	list := make([]string, 0, len(codes))
	for _, code := range codes {
		if code != "" && !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}
