package receipt

import (
	"strings"
	"time"

	"souk/shared/money"
)

// style is how a locale writes dates and numbers. Figures are Western in every
// locale, so that a receipt can be searched for and typed in again. A number is
// grouped from least digits on; Spanish leaves four digits together.
type style struct {
	point, group string
	least        int
	date         string
}

const (
	dayFirst = "02/01/2006 15:04"
	dotted   = "02.01.2006 15:04"
	isoDate  = "2006-01-02 15:04"
)

var (
	// plain is a document without a locale: the form that machines read.
	plain = style{point: ".", date: isoDate}

	pointed = style{".", ",", 4, dayFirst}
	comma   = style{",", ".", 4, dayFirst}
	spaced  = style{",", "\u00a0", 4, dayFirst}
	german  = style{",", ".", 4, dotted}
	nordic  = style{",", "\u00a0", 4, dotted}
)

// styles are by locale or by language alone. English without a country says
// nothing about the order of day and month, so the date is ISO's.
var styles = map[string]style{
	"en": {".", ",", 4, isoDate}, "en-US": {".", ",", 4, "01/02/2006 3:04 PM"}, "en-CA": {".", ",", 4, isoDate},
	"en-GB": pointed, "en-IE": pointed, "en-AU": pointed, "en-NZ": pointed, "en-AE": pointed, "en-SG": pointed,
	"en-IN": pointed, "en-LK": pointed, "en-NG": pointed, "en-KE": pointed, "en-ZA": {".", "\u00a0", 4, "2006/01/02 15:04"},
	"es": {",", ".", 5, dayFirst}, "es-MX": pointed, "es-US": pointed, "es-PE": pointed, "es-GT": pointed, "es-SV": pointed,
	"es-HN": pointed, "es-NI": pointed, "es-PA": pointed, "es-DO": pointed, "es-PR": pointed,
	"ar": pointed, "ar-MA": comma, "ar-DZ": comma, "ar-TN": comma, "ar-LY": comma,
	"de": german, "de-CH": {".", "’", 4, dotted}, "de-AT": {",", "\u00a0", 4, dotted}, "da": german, "tr": german,
	"fr": spaced, "fr-CH": {",", "\u00a0", 4, dotted}, "it": comma, "it-CH": {".", "’", 4, dotted},
	"nl": {",", ".", 4, "02-01-2006 15:04"}, "pt": spaced, "pt-BR": comma, "el": comma, "id": comma, "vi": comma,
	"pl": nordic, "cs": nordic, "sk": nordic, "fi": nordic, "nb": nordic, "no": nordic, "ru": nordic, "uk": nordic,
	"sv": {",", "\u00a0", 4, isoDate}, "ja": {".", ",", 4, "2006/01/02 15:04"}, "zh": {".", ",", 4, "2006/01/02 15:04"},
}

func styleOf(locale string) style {
	if locale == "" {
		return plain
	}
	if s, ok := styles[locale]; ok {
		return s
	}
	if s, ok := styles[language(locale)]; ok {
		return s
	}
	return style{".", ",", 4, isoDate}
}

// number rewrites "-1234.5" in the style.
func (s style) number(text string) string {
	unsigned, negative := strings.CutPrefix(text, "-")
	whole, fraction, pointed := strings.Cut(unsigned, ".")
	if s.group != "" && len(whole) >= s.least {
		for at := len(whole) - 3; at > 0; at -= 3 {
			whole = whole[:at] + s.group + whole[at:]
		}
	}
	if negative {
		whole = "-" + whole
	}
	if pointed {
		whole += s.point + fraction
	}
	return whole
}

// Form writes the figures of a document as its locale does.
type Form struct {
	style    style
	currency money.Currency
}

// Form is how this document's figures are written.
func (d *Document) Form() Form { return FormOf(d.Locale, d.Currency) }

// FormOf is how figures of a currency are written in a locale.
func FormOf(locale, code string) Form {
	currency, known := money.Lookup(code)
	if !known {
		currency = money.Currency{Code: code, Digits: 2}
	}
	return Form{styleOf(locale), currency}
}

// Money writes an amount with all its decimals and without a sign of its currency.
func (f Form) Money(a money.Amount) string { return f.style.number(f.currency.Format(a)) }

// Number rewrites a decimal number, "1234.5".
func (f Form) Number(text string) string { return f.style.number(text) }

// Time writes day and minute, in the zone that the time is in.
func (f Form) Time(t time.Time) string { return t.Format(f.style.date) }
