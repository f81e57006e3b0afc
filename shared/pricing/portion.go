package pricing

import (
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// Portion is whole × some/all, rounded half away from zero, for quantities of up
// to four decimals of which some is at most all. What is due back once a quantity
// is back is such a portion, less what was given back before: so parts of a line
// that come back one after the other add up to the line.
func Portion(whole money.Amount, some, all decimal.Decimal) money.Amount {
	num, den := some.Rescale(4).Coef(), all.Rescale(4).Coef()
	if num == den {
		return whole
	}
	got, err := money.Ratio(uint64(whole.Abs()), num, den)
	if err != nil { // some ≤ all, so it cannot be larger than whole
		return whole
	}
	return got * money.Amount(whole.Sign())
}
