package pricing

import (
	"bytes"
	"slices"

	"github.com/govalues/decimal"

	"souk/shared/money"
)

// maxRate bounds a tax rate in percent, and maxRateScale its decimals, so that
// tax arithmetic stays within 128 bits.
const (
	maxRate      = 1000
	maxRateScale = 6
)

// Price computes every amount of a cart.
//
// Tax is rounded once per document, tax code and rate, half away from zero, and
// then handed to the lines by largest remainder. EN 16931 (rule BR-CO-17)
// defines an invoice's tax this way, per category and not per line, so the same
// sale is right as a receipt, as an e-invoice and in the tax return; and the
// total does not change when a line is split in two or two are merged. The
// cart's discount is spread over the lines in the same way.
//
// Lines are worked on in the order of their ids, so their order in the cart has
// no say in which line a left-over unit goes to. Everything mirrors: a cart of
// the same lines with negated quantities comes to exactly the negated amounts.
//
// It fails with a *Problem, and only for input that has no price: an unknown
// currency, a zero quantity, a discount that is negative, over 100 % or larger
// than what it is taken from, a tax rate that is negative, over 1000 % or has
// more than six decimals, or amounts that overflow.
func Price(cart Cart) (Priced, error) {
	if _, ok := money.Lookup(cart.Currency); !ok {
		return Priced{}, &Problem{Code: CurrencyUnknown}
	}
	lines := make([]PricedLine, len(cart.Lines))
	for i, line := range cart.Lines {
		priced, problem := priceLine(line)
		if problem != nil {
			return Priced{}, problem.at(line.ID)
		}
		lines[i] = priced
	}

	order := byID(lines)
	if problem := spreadCartDiscount(cart.Discount, lines, order); problem != nil {
		return Priced{}, problem
	}
	taxes, problem := applyTaxes(cart, lines, order)
	if problem != nil {
		return Priced{}, problem
	}
	return addUp(lines, taxes)
}

// priceLine computes a line's gross and its own discount.
func priceLine(line Line) (PricedLine, *Problem) {
	if line.Quantity.IsZero() {
		return PricedLine{}, &Problem{Code: QuantityZero}
	}
	gross, err := line.UnitPrice.Times(line.Quantity)
	if line.FixedTotal != nil {
		gross, err = line.FixedTotal.Abs(), nil
		if line.Quantity.IsNeg() {
			gross = -gross
		}
	}
	if err != nil || gross < -money.Max {
		return PricedLine{}, &Problem{Code: AmountTooLarge}
	}
	discount, problem := line.Discount.of(gross)
	if problem != nil {
		return PricedLine{}, problem
	}
	return PricedLine{ID: line.ID, Gross: gross, Discount: discount}, nil
}

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
func spreadCartDiscount(d *Discount, lines []PricedLine, order []int) *Problem {
	if problem := d.check(); d == nil || problem != nil {
		return problem
	}
	values := make([]money.Amount, len(order))
	var sum money.Amount
	for at, i := range order {
		values[at] = lines[i].Gross - lines[i].Discount
		var err error
		if sum, err = sum.Add(values[at]); err != nil {
			return &Problem{Code: AmountTooLarge}
		}
	}
	num, den := d.percent()
	if d.Kind == DiscountAmount {
		if d.Amount > sum.Abs() {
			return &Problem{Code: DiscountTooBig}
		}
		base, err := keepSign(values, sum.Sign())
		if err != nil {
			return &Problem{Code: AmountTooLarge}
		}
		num, den = uint64(d.Amount), max(base, 1)
	}
	shares, err := spread(values, num, den)
	if err != nil {
		return &Problem{Code: AmountTooLarge}
	}
	for at, i := range order {
		lines[i].Discount += shares[at]
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

// byID returns the lines' indexes in the order of their ids.
func byID(lines []PricedLine) []int {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return bytes.Compare(lines[a].ID[:], lines[b].ID[:])
	})
	return order
}

func addUp(lines []PricedLine, taxes []TaxTotal) (Priced, error) {
	p := Priced{Lines: lines, Taxes: taxes}
	for _, line := range lines {
		for _, pair := range [...]struct {
			sum  *money.Amount
			part money.Amount
		}{
			{&p.Gross, line.Gross},
			{&p.Discount, line.Discount},
			{&p.Net, line.Net},
			{&p.Tax, line.Tax},
			{&p.Total, line.Total},
		} {
			var err error
			if *pair.sum, err = pair.sum.Add(pair.part); err != nil {
				return Priced{}, &Problem{Code: AmountTooLarge}
			}
		}
	}
	return p, nil
}

func tenTo(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
