package barcode

import (
	"fmt"
	"strings"
	"unicode"
)

// Reading is all that can be said of a code without a catalogue, for people who
// wonder why a scan does what it does.
type Reading struct {
	Shown     string    `json:"shown" doc:"The code with signs for what cannot be seen"`
	AIM       string    `json:"aim,omitempty" doc:"The symbology identifier that the scanner put in front"`
	Symbology string    `json:"symbology" enum:"ean13,ean8,upca,upce,itf14,gs1,plu,text" doc:"What it is, by its identifier or else by its form"`
	Elements  []Element `json:"elements" nullable:"false"`
	Unread    string    `json:"unread,omitempty" doc:"The end of an element string that could not be read"`
	// Check is the check digit that the code should have, where it is digits of such a length.
	Check   string   `json:"check,omitempty"`
	CheckOK bool     `json:"check_ok"`
	Rules   []Ruling `json:"rules" nullable:"false" doc:"The rules for scales whose prefix fits, in the order in which they are asked"`
	Scan    Scan     `json:"scan"`
}

// Ruling is what came of asking a rule.
type Ruling struct {
	Rule    Rule   `json:"rule"`
	Outcome string `json:"outcome" enum:"applies,later,no_value,wrong_verifier,invalid"`
	Item    string `json:"item" doc:"The digits that are the item"`
	Value   string `json:"value" doc:"The digits that are its weight or price"`
}

// Read says how a code is understood, step by step; Parse does the same and says less.
func Read(code string, rules []Rule, year int) Reading {
	text := trimmed(code)
	out := Reading{Shown: shown(text), Elements: []Element{}, Rules: []Ruling{}, Scan: Parse(code, rules)}
	text, out.AIM = cutAIM(text)
	out.Symbology = symbology(text, out.AIM)
	if isGS1(out.AIM) || strings.HasPrefix(text, "(") || strings.Contains(text, separator) || len(text) >= 16 {
		elements, rest := Elements(text, year)
		if len(elements) > 0 {
			out.Symbology, out.Elements, out.Unread = "gs1", elements, shown(rest)
			return out
		}
	}
	switch len(text) {
	case 8, 12, 13, 14:
		if digit, ok := CheckDigit(text[:len(text)-1]); ok {
			out.Check, out.CheckOK = string(digit), digit == text[len(text)-1] || out.Symbology == "upce"
		}
	}
	if canonical, ok := Normalize(text); ok && len(canonical) == canonicalLength {
		out.Rules = rulings(canonical, rules)
	}
	return out
}

func rulings(code string, rules []Rule) []Ruling {
	out := []Ruling{}
	applied := false
	for _, rule := range rules {
		if !strings.HasPrefix(code, rule.Prefix) {
			continue
		}
		if !rule.Valid() {
			out = append(out, Ruling{Rule: rule, Outcome: "invalid"})
			continue
		}
		ruling := Ruling{Rule: rule, Item: rule.Item.of(code), Value: rule.Value.of(code)}
		switch {
		case rule.applies(code) && !applied:
			ruling.Outcome, applied = "applies", true
		case rule.applies(code):
			ruling.Outcome = "later"
		case strings.Trim(ruling.Value, "0") == "":
			ruling.Outcome = "no_value"
		default:
			ruling.Outcome = "wrong_verifier"
		}
		out = append(out, ruling)
	}
	return out
}

// symbology goes by the identifier (ISO/IEC 15424) if there is one, else by the form.
func symbology(text, aim string) string {
	gtin := ValidGTIN(text)
	_, upce := ExpandUPCE(text)
	switch {
	case isGS1(aim):
		return "gs1"
	case gtin && len(text) == 14:
		return "itf14"
	case gtin && len(text) == 13:
		return "ean13"
	case gtin && len(text) == 12:
		return "upca"
	case gtin && len(text) == 8:
		return "ean8"
	case upce:
		return "upce"
	case (len(text) == 4 || len(text) == 5) && allDigits(text):
		return "plu"
	}
	return "text"
}

// shown replaces what cannot be seen by a sign for it.
func shown(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\x1d':
			out.WriteString("␝")
		case unicode.IsControl(r) && r < 0x20:
			out.WriteRune('␀' + r)
		case unicode.IsControl(r):
			fmt.Fprintf(&out, "\\u%04x", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
