package barcode

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Element is one datum of a GS1 element string: an application identifier and what
// stands behind it (GS1 General Specifications, section 3).
type Element struct {
	AI    string `json:"ai"`
	Title string `json:"title" doc:"GS1's own short name"`
	Value string `json:"value" doc:"As it stands in the code"`
	// Number is the value of a measure, a price or a count, and Unit what it is in.
	Number *decimal.Decimal `json:"number,omitempty"`
	Unit   string           `json:"unit,omitempty"`
	// Currency is the ISO 4217 number that a price comes with.
	Currency string `json:"currency,omitempty"`
	// Date is a day, YYYY-MM-DD. A day of 00 is the month's last.
	Date string `json:"date,omitempty"`
}

// form says how the value behind an identifier looks.
type form struct {
	title string
	// fixed is the length; 0 if it varies up to most and ends with a separator.
	fixed, most int
	digits      bool // nothing else
	kind        formKind
	unit        string
}

type formKind int

const (
	asText formKind = iota
	asDate
	asMeasure // decimals are the last digit of the identifier
	asPrice   // as a measure, of no fixed length
	asMoney   // as a price, behind three digits of currency
	asCount
)

// forms by identifier. Where the last digit says how many decimals there are, it is
// written as n.
var forms = map[string]form{
	"00": {"SSCC", 18, 0, true, asText, ""}, "01": {"GTIN", 14, 0, true, asText, ""}, "02": {"CONTENT", 14, 0, true, asText, ""},
	"10": {"BATCH/LOT", 0, 20, false, asText, ""},
	"11": {"PROD DATE", 6, 0, true, asDate, ""}, "12": {"DUE DATE", 6, 0, true, asDate, ""}, "13": {"PACK DATE", 6, 0, true, asDate, ""},
	"15": {"BEST BEFORE", 6, 0, true, asDate, ""}, "16": {"SELL BY", 6, 0, true, asDate, ""}, "17": {"USE BY", 6, 0, true, asDate, ""},
	"20": {"VARIANT", 2, 0, true, asText, ""}, "21": {"SERIAL", 0, 20, false, asText, ""}, "22": {"CPV", 0, 20, false, asText, ""},
	"235": {"TPX", 0, 28, false, asText, ""},
	"240": {"ADDITIONAL ID", 0, 30, false, asText, ""}, "241": {"CUST. PART No.", 0, 30, false, asText, ""}, "242": {"MTO VARIANT", 0, 6, true, asText, ""},
	"243": {"PCN", 0, 20, false, asText, ""}, "250": {"SECONDARY SERIAL", 0, 30, false, asText, ""}, "251": {"REF. TO SOURCE", 0, 30, false, asText, ""},
	"253": {"GDTI", 0, 30, false, asText, ""}, "254": {"GLN EXTENSION", 0, 20, false, asText, ""}, "255": {"GCN", 0, 25, true, asText, ""},
	"30": {"VAR. COUNT", 0, 8, true, asCount, ""}, "37": {"COUNT", 0, 8, true, asCount, ""},
	"310n": {"NET WEIGHT", 6, 0, true, asMeasure, "kg"}, "311n": {"LENGTH", 6, 0, true, asMeasure, "m"}, "312n": {"WIDTH", 6, 0, true, asMeasure, "m"},
	"313n": {"HEIGHT", 6, 0, true, asMeasure, "m"}, "314n": {"AREA", 6, 0, true, asMeasure, "m²"}, "315n": {"NET VOLUME", 6, 0, true, asMeasure, "l"},
	"316n": {"NET VOLUME", 6, 0, true, asMeasure, "m³"}, "320n": {"NET WEIGHT", 6, 0, true, asMeasure, "lb"}, "321n": {"LENGTH", 6, 0, true, asMeasure, "in"},
	"322n": {"LENGTH", 6, 0, true, asMeasure, "ft"}, "323n": {"LENGTH", 6, 0, true, asMeasure, "yd"}, "330n": {"GROSS WEIGHT", 6, 0, true, asMeasure, "kg"},
	"331n": {"LENGTH, log", 6, 0, true, asMeasure, "m"}, "335n": {"VOLUME, log", 6, 0, true, asMeasure, "l"}, "337n": {"KG PER m²", 6, 0, true, asMeasure, "kg/m²"},
	"340n": {"GROSS WEIGHT", 6, 0, true, asMeasure, "lb"}, "350n": {"AREA", 6, 0, true, asMeasure, "in²"}, "356n": {"NET WEIGHT", 6, 0, true, asMeasure, "oz t"},
	"357n": {"NET VOLUME", 6, 0, true, asMeasure, "oz"}, "360n": {"NET VOLUME", 6, 0, true, asMeasure, "qt"}, "361n": {"NET VOLUME", 6, 0, true, asMeasure, "gal"},
	"390n": {"AMOUNT", 0, 15, true, asPrice, ""}, "391n": {"AMOUNT", 0, 18, true, asMoney, ""}, "392n": {"PRICE", 0, 15, true, asPrice, ""},
	"393n": {"PRICE", 0, 18, true, asMoney, ""}, "394n": {"PRCNT OFF", 4, 0, true, asMeasure, "%"}, "395n": {"PRICE/UoM", 6, 0, true, asMeasure, ""},
	"400": {"ORDER NUMBER", 0, 30, false, asText, ""}, "401": {"GINC", 0, 30, false, asText, ""}, "402": {"GSIN", 17, 0, true, asText, ""},
	"403": {"ROUTE", 0, 30, false, asText, ""}, "410": {"SHIP TO LOC", 13, 0, true, asText, ""}, "411": {"BILL TO", 13, 0, true, asText, ""},
	"412": {"PURCHASE FROM", 13, 0, true, asText, ""}, "413": {"SHIP FOR LOC", 13, 0, true, asText, ""}, "414": {"LOC No.", 13, 0, true, asText, ""},
	"415": {"PAY TO", 13, 0, true, asText, ""}, "416": {"PROD/SERV LOC", 13, 0, true, asText, ""}, "417": {"PARTY", 13, 0, true, asText, ""},
	"420": {"SHIP TO POST", 0, 20, false, asText, ""}, "421": {"SHIP TO POST", 0, 12, false, asText, ""}, "422": {"ORIGIN", 3, 0, true, asText, ""},
	"7001": {"NSN", 13, 0, true, asText, ""}, "7002": {"MEAT CUT", 0, 30, false, asText, ""}, "7003": {"EXPIRY TIME", 10, 0, true, asText, ""},
	"7006": {"FIRST FREEZE DATE", 6, 0, true, asDate, ""}, "8001": {"DIMENSIONS", 14, 0, true, asText, ""}, "8003": {"GRAI", 0, 30, false, asText, ""},
	"8004": {"GIAI", 0, 30, false, asText, ""}, "8005": {"PRICE PER UNIT", 6, 0, true, asText, ""}, "8006": {"ITIP", 18, 0, true, asText, ""},
	"8007": {"IBAN", 0, 34, false, asText, ""}, "8008": {"PROD TIME", 0, 12, true, asText, ""}, "8018": {"GSRN", 18, 0, true, asText, ""},
	"8020": {"REF No.", 0, 25, false, asText, ""}, "90": {"INTERNAL", 0, 30, false, asText, ""},
}

func init() {
	for n := 91; n <= 99; n++ {
		forms[strconv.Itoa(n)] = form{title: "INTERNAL", most: 90}
	}
}

// separator ends a value whose length varies, unless it is the last.
const separator = "\x1d"

// Elements reads a GS1 element string as a scanner sends it, or in brackets as people
// write it: "(01)04006381333931(17)261231". Year is the present one, from which the
// century of a date follows (GS1 General Specifications 7.12). Rest is what could not
// be read, from the first identifier on that nobody knows or that does not fit; "" if
// all of it was.
func Elements(text string, year int) (elements []Element, rest string) {
	text = strings.TrimPrefix(unbracketed(text), separator)
	for text != "" {
		element, left, ok := firstElement(text, year)
		if !ok {
			return elements, text
		}
		elements, text = append(elements, element), left
	}
	return elements, ""
}

// unbracketed gives the form that a scanner would send.
func unbracketed(text string) string {
	if !strings.HasPrefix(text, "(") {
		return text
	}
	var out strings.Builder
	for part := range strings.SplitSeq(text[1:], "(") {
		ai, value, closed := strings.Cut(part, ")")
		if !closed || !allDigits(ai) {
			return text
		}
		out.WriteString(ai + value)
		if _, f, known := formOf(ai); known && f.fixed == 0 {
			out.WriteString(separator)
		}
	}
	return strings.TrimSuffix(out.String(), separator)
}

// formOf finds the identifier at the beginning of a text.
func formOf(text string) (ai string, f form, known bool) {
	for length := 2; length <= min(4, len(text)); length++ {
		ai = text[:length]
		if f, known = forms[ai]; known {
			return ai, f, true
		}
		if f, known = forms[ai[:length-1]+"n"]; known && length == 4 && ai[3] >= '0' && ai[3] <= '9' {
			return ai, f, true
		}
	}
	return "", form{}, false
}

func firstElement(text string, year int) (element Element, rest string, ok bool) {
	ai, f, known := formOf(text)
	if !known {
		return element, text, false
	}
	value := text[len(ai):]
	if f.fixed > 0 {
		if len(value) < f.fixed {
			return element, text, false
		}
		value, rest = value[:f.fixed], strings.TrimPrefix(value[f.fixed:], separator)
	} else {
		value, rest, _ = strings.Cut(value, separator)
		if value == "" || len(value) > f.most {
			return element, text, false
		}
	}
	if f.digits && !allDigits(value) {
		return element, text, false
	}
	element = Element{AI: ai, Title: f.title, Value: value, Unit: f.unit}
	return element, rest, f.read(&element, year)
}

// read fills in what the value means. It is false if it can mean nothing.
func (f form) read(e *Element, year int) bool {
	decimals, figure := 0, e.Value
	switch f.kind {
	case asText:
		return (e.AI != "01" && e.AI != "02") || ValidGTIN(e.Value)
	case asDate:
		e.Date = dateOf(e.Value, year)
		return e.Date != ""
	case asMoney:
		if len(e.Value) < 4 {
			return false
		}
		e.Currency, figure = e.Value[:3], e.Value[3:]
		decimals = int(e.AI[3] - '0')
	case asMeasure, asPrice:
		decimals = int(e.AI[3] - '0')
	case asCount:
	}
	whole, err := strconv.ParseInt(figure, 10, 64)
	if err != nil {
		return false
	}
	number, err := decimal.New(whole, decimals)
	e.Number = &number
	return err == nil
}

// dateOf reads YYMMDD; "" if there is no such day.
func dateOf(text string, year int) string {
	part := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	full := year - year%100 + part(0)
	switch ahead := part(0) - year%100; {
	case ahead >= 51:
		full -= 100
	case ahead <= -50:
		full += 100
	}
	month, day := part(2), part(4)
	if month < 1 || month > 12 {
		return ""
	}
	if day == 0 {
		return time.Date(full, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	date := time.Date(full, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day {
		return ""
	}
	return date.Format(time.DateOnly)
}

// isGS1 says whether a symbology identifier promises an element string.
func isGS1(aim string) bool {
	return slices.Contains([]string{"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"}, aim)
}
