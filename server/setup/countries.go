package setup

import (
	_ "embed"
	"strings"
)

// countriesText has a line for each country: its code, currency and likely
// locale, and its time zones with the likeliest first. The zones are those of the
// tz database's zone.tab, which is in the public domain.
//
//go:embed countries.txt
var countriesText string

// Country is what a country suggests to a new shop there.
type Country struct {
	Code      string   `json:"code"`
	Currency  string   `json:"currency"`
	Locale    string   `json:"locale"`
	TimeZones []string `json:"time_zones"`
	// TaxIncluded is whether prices on the shelf are those that people pay.
	TaxIncluded bool `json:"prices_include_tax"`
}

// Countries lists all by code.
func Countries() []Country {
	var all []Country
	for line := range strings.Lines(countriesText) {
		part := strings.Fields(line)
		all = append(all, Country{
			Code: part[0], Currency: part[1], Locale: part[2], TimeZones: strings.Split(part[3], ","),
			TaxIncluded: part[0] != "US" && part[0] != "CA",
		})
	}
	return all
}

// CountryOf finds a country by its two letters.
func CountryOf(code string) (Country, bool) {
	for _, country := range Countries() {
		if country.Code == code {
			return country, true
		}
	}
	return Country{}, false
}
