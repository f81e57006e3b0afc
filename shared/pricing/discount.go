package pricing

import (
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// of returns the discount on an amount, with the amount's sign.
func (d *Discount) of(amount money.Amount) (money.Amount, *Problem) {
	if problem := d.check(); d == nil || problem != nil {
		return 0, problem
	}
	if d.Kind == DiscountAmount {
		if d.Amount > amount.Abs() {
			return 0, &Problem{Code: DiscountTooBig}
		}
		return d.Amount * money.Amount(amount.Sign()), nil
	}
	num, den := d.percent()
	off, err := money.Ratio(uint64(amount.Abs()), num, den)
	if err != nil {
		return 0, &Problem{Code: AmountTooLarge}
	}
	return off * money.Amount(amount.Sign()), nil
}

var hundred = decimal.MustNew(100, 0)

func (d *Discount) check() *Problem {
	switch {
	case d == nil:
		return nil
	case d.Kind != DiscountPercent && d.Kind != DiscountAmount:
		return &Problem{Code: DiscountKindUnknown}
	case d.Amount < 0 || d.Percent.IsNeg():
		return &Problem{Code: DiscountNegative}
	case d.Kind == DiscountPercent && hundred.Less(d.Percent):
		return &Problem{Code: DiscountTooBig}
	}
	return nil
}

// percent returns the discount as a fraction. A percentage keeps six decimals,
// which is more than anyone types and lets the fraction fit 64 bits.
func (d *Discount) percent() (num, den uint64) {
	p := d.Percent.Round(maxRateScale)
	return p.Coef(), 100 * tenTo(p.Scale())
}

// spreadCartDiscount adds the lines' shares of the cart's discount to their
// own. A percentage applies to every line. An amount comes off what the
// customer pays, so in an exchange it is spread over the bought lines only (or,
// if more is returned than bought, the returned ones): shares of a small
// balance of large lines would otherwise exceed the lines themselves.
func spreadCartDiscount(d *Discount, lines []PricedLine, groups []group) *Problem {
	if problem := d.check(); d == nil || problem != nil {
		return problem
	}
	values := make([]money.Amount, len(lines))
	for i, line := range lines {
		values[i] = line.Gross - line.Discount
	}
	num, den := d.percent()
	if d.Kind == DiscountAmount {
		sum, err := money.Sum(values...)
		if err != nil {
			return &Problem{Code: AmountTooLarge}
		}
		if d.Amount > sum.Abs() {
			return &Problem{Code: DiscountTooBig}
		}
		base, err := keepSign(values, sum.Sign())
		if err != nil {
			return &Problem{Code: AmountTooLarge}
		}
		num, den = uint64(d.Amount), max(base, 1)
	}
	if err := spreadOverGroups(values, num, den, groups); err != nil {
		return &Problem{Code: AmountTooLarge}
	}
	for i := range lines {
		lines[i].Discount += values[i]
	}
	return nil
}

// spreadOverGroups replaces values by num/den of them, rounded once as a whole,
// then per group, then per line.
func spreadOverGroups(values []money.Amount, num, den uint64, groups []group) error {
	sums := make([]money.Amount, len(groups))
	for at, g := range groups {
		var err error
		if sums[at], err = money.Sum(g.pick(values)...); err != nil {
			return err
		}
	}
	wholes, err := spread(sums, num, den)
	if err != nil {
		return err
	}
	for at, g := range groups {
		parts, err := spreadWhole(g.pick(values), num, den, wholes[at])
		if err != nil {
			return err
		}
		for n, i := range g.lines {
			values[i] = parts[n]
		}
	}
	return nil
}

// keepSign sets values of the other sign to zero and returns the magnitude of
// what is left.
func keepSign(values []money.Amount, sign int) (uint64, error) {
	var sum money.Amount
	for i, v := range values {
		if v.Sign() != sign {
			values[i] = 0
			continue
		}
		var err error
		if sum, err = sum.Add(v); err != nil {
			return 0, err
		}
	}
	return uint64(sum.Abs()), nil
}

// CartDiscount is the part of p.Discount that came off the cart as a whole, for
// receipts that print it in a row of its own; the rest came off single lines.
func (p Priced) CartDiscount(cart Cart) (money.Amount, error) {
	own, err := LineDiscounts(cart)
	if err != nil {
		return 0, err
	}
	lines, err := money.Sum(own...)
	if err != nil {
		return 0, &Problem{Code: AmountTooLarge}
	}
	return p.Discount - lines, nil
}

// LineDiscounts returns what comes off each line by its deals and its own discount,
// without its share of the cart's. It fails like Price.
func LineDiscounts(cart Cart) ([]money.Amount, error) {
	own := make([]money.Amount, len(cart.Lines))
	for i, line := range cart.Lines {
		priced, problem := priceLine(line)
		if problem != nil {
			return nil, problem.at(line.ID)
		}
		own[i] = priced.Discount
	}
	return own, nil
}
