package catalog

import (
	"time"

	"github.com/govalues/decimal"
)

// SuggestedTax is a tax that a new shop of a country starts with, at the rate of
// one day.
type SuggestedTax struct {
	Code    string          `json:"code"`
	Name    string          `json:"name"`
	Percent decimal.Decimal `json:"percent"`
}

// Suggested gives the taxes that a new shop of a country would have on a day.
func Suggested(country string, on time.Time) []SuggestedTax {
	taxes := taxesOf(country)
	out := make([]SuggestedTax, 0, len(taxes))
	for _, tax := range taxes {
		suggested := SuggestedTax{Code: tax.code, Name: tax.name}
		for _, rate := range tax.rates {
			if !rate.from.After(on) {
				suggested.Percent = rate.percent
			}
		}
		out = append(out, suggested)
	}
	return out
}
