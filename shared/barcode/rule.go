package barcode

import (
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"souk/shared/money"
)

// RuleKind says what a rule finds in a code.
type RuleKind string

// The kinds of rule.
const (
	RuleWeight RuleKind = "weight"
	RulePrice  RuleKind = "price"
)

// Span is a stretch of digits: From counts from 0 at the left.
type Span struct {
	From   int `json:"from"`
	Length int `json:"length"`
}

// Rule reads a thirteen-digit code that a scale or a packing line printed. Item
// is where the item's number stands and Value where the weight or price does,
// with Decimals decimals. Verifier is the place of the value's own check digit,
// and 0 if there is none. CurrencyDigits are the decimals of the shop's
// currency, so that a price printed with fewer comes out in minor units.
type Rule struct {
	Prefix         string   `json:"prefix"`
	Kind           RuleKind `json:"kind"`
	Item           Span     `json:"item"`
	Value          Span     `json:"value"`
	Verifier       int      `json:"verifier,omitempty"`
	Decimals       int      `json:"decimals"`
	CurrencyDigits int      `json:"currency_digits"`
}

// DefaultRules is where a shop starts from; its scales decide.
//
// 02 is the UPC for random-weight goods in North America (five digits of item,
// a verifier, four of price), and 20 and 28 have the same shape in the United
// Kingdom (GS1 UK, "How to barcode variable measure items"); the verifier tells
// them from in-house numbers. GS1 leaves the other prefixes to each country and
// shop: of these, 22 to 24 are read as a five-digit price and 21, 25, 26, 27
// and 29 as grams, after five digits of item, which is how point-of-sale
// programs and scales are commonly set up for 21 and 23.
func DefaultRules(currency money.Currency) []Rule {
	var rules []Rule
	for _, prefix := range []string{"02", "20", "28"} {
		rules = append(rules, Rule{
			Prefix: prefix, Kind: RulePrice, Item: Span{2, 5}, Verifier: 7, Value: Span{8, 4},
			Decimals: currency.Digits, CurrencyDigits: currency.Digits,
		})
	}
	for _, prefix := range []string{"22", "23", "24"} {
		rules = append(rules, Rule{
			Prefix: prefix, Kind: RulePrice, Item: Span{2, 5}, Value: Span{7, 5},
			Decimals: currency.Digits, CurrencyDigits: currency.Digits,
		})
	}
	for _, prefix := range []string{"21", "25", "26", "27", "29"} {
		rules = append(rules, Rule{Prefix: prefix, Kind: RuleWeight, Item: Span{2, 5}, Value: Span{7, 5}, Decimals: 3})
	}
	return rules
}

// Valid says whether the rule can be applied to thirteen digits at all.
func (r Rule) Valid() bool {
	inside := func(s Span) bool { return s.From >= 0 && s.Length > 0 && s.From+s.Length <= canonicalLength-1 }
	return allDigits(r.Prefix) && inside(r.Item) && inside(r.Value) &&
		(r.Kind == RuleWeight || r.Kind == RulePrice) &&
		r.Verifier >= 0 && r.Verifier < canonicalLength-1 &&
		r.Decimals >= 0 && r.Decimals <= 6 && r.CurrencyDigits >= 0 && r.CurrencyDigits <= 6
}

// applies says whether the rule reads this canonical code. A value of zero is a
// code that nothing was printed into, such as the one an item is kept under.
func (r Rule) applies(code string) bool {
	if len(code) != canonicalLength || !strings.HasPrefix(code, r.Prefix) || !r.Valid() {
		return false
	}
	value := r.Value.of(code)
	if strings.Trim(value, "0") == "" {
		return false
	}
	return r.Verifier == 0 || verified(value, code[r.Verifier])
}

func (s Span) of(code string) string { return code[s.From : s.From+s.Length] }

// read returns the scan of a code that the rule applies to.
func (r Rule) read(code string) Scan {
	value, _ := strconv.ParseInt(r.Value.of(code), 10, 64) // at most twelve digits
	scan := Scan{Code: code, Lookup: r.lookup(code)}
	if r.Kind == RuleWeight {
		scan.Kind = KindWeight
		scan.Weight = decimal.MustNew(value, r.Decimals)
		return scan
	}
	scan.Kind = KindPrice
	for range r.CurrencyDigits - r.Decimals {
		value *= 10
	}
	for range r.Decimals - r.CurrencyDigits {
		value /= 10 // a smaller unit than the currency has cannot be charged
	}
	scan.Price = money.Amount(value)
	return scan
}

// lookup lists the forms under which shops keep such an item: the code with an
// empty value, and the item number with and without its prefix and zeros.
func (r Rule) lookup(code string) []string {
	blank := []byte(code)
	for i := r.Value.From; i < r.Value.From+r.Value.Length; i++ {
		blank[i] = '0'
	}
	if r.Verifier > 0 {
		blank[r.Verifier] = '0'
	}
	check, _ := CheckDigit(string(blank[:canonicalLength-1]))
	blank[canonicalLength-1] = check
	item := r.Item.of(code)
	return unique(string(blank), r.Prefix+item, item, strings.TrimLeft(item, "0"))
}

// Weighting factors of the value's check digit (GS1 General Specifications 7.9.2
// to 7.9.4), as tables: what each digit counts under 2-, 3, 5+ and 5-.
const (
	twoMinus  = "0246891357"
	three     = "0369258147"
	fivePlus  = "0516273849"
	fiveMinus = "0594837261"
)

// verified checks a value of four or five digits against its own check digit.
// Values of another length have no such digit in the standard.
func verified(value string, check byte) bool {
	sum := 0
	weigh := func(tables ...string) {
		for i, table := range tables {
			sum += int(table[value[i]-'0'] - '0')
		}
	}
	switch len(value) {
	case 4:
		weigh(twoMinus, twoMinus, three, fiveMinus)
		return byte('0'+sum*3%10) == check
	case 5:
		weigh(fivePlus, twoMinus, fiveMinus, fivePlus, twoMinus)
		return int(fiveMinus[check-'0']-'0') == (10-sum%10)%10
	}
	return false
}
