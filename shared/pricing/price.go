package pricing

import (
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
// sale is right as a receipt, as an e-invoice and in the tax return; and no
// total changes when a line is split in two or two are merged. The cart's
// discount is spread in the same way, over the tax rates first and then over
// the lines of each, so that it cannot move between rates either.
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

	groups, problem := groupByTax(cart)
	if problem != nil {
		return Priced{}, problem
	}
	if problem := spreadCartDiscount(cart.Discount, lines, groups); problem != nil {
		return Priced{}, problem
	}
	taxes, problem := applyTaxes(cart.TaxIncluded, lines, groups)
	if problem != nil {
		return Priced{}, problem
	}
	return addUp(lines, taxes)
}

// priceLine computes a line's gross, and what its deals and its own discount take
// off it.
func priceLine(line Line) (PricedLine, *Problem) {
	if line.Quantity.IsZero() {
		return PricedLine{}, &Problem{Code: QuantityZero}
	}
	gross, err := line.Gross()
	if err != nil {
		return PricedLine{}, &Problem{Code: AmountTooLarge}
	}
	promoted, problem := promoted(line.Deals, gross)
	if problem != nil {
		return PricedLine{}, problem
	}
	discount, problem := line.Discount.of(gross - promoted)
	if problem != nil {
		return PricedLine{}, problem
	}
	return PricedLine{ID: line.ID, Gross: gross, Discount: promoted + discount}, nil
}

// Gross is what the line comes to before anything is taken off. It fails with
// money.ErrOverflow.
func (l Line) Gross() (money.Amount, error) {
	if l.FixedTotal == nil {
		gross, err := l.UnitPrice.Times(l.Quantity)
		if err == nil && gross < -money.Max {
			err = money.ErrOverflow
		}
		return gross, err
	}
	gross := l.FixedTotal.Abs()
	if gross < 0 {
		return 0, money.ErrOverflow
	}
	if l.Quantity.IsNeg() {
		gross = -gross
	}
	return gross, nil
}

// promoted is what deals take off an amount, with its sign.
func promoted(deals []Deal, gross money.Amount) (money.Amount, *Problem) {
	left := gross.Abs()
	for _, d := range deals {
		if d.Amount < 0 {
			return 0, &Problem{Code: DiscountNegative}
		}
		if left -= min(d.Amount, money.Max); left < 0 {
			return 0, &Problem{Code: DiscountTooBig}
		}
	}
	return (gross.Abs() - left) * money.Amount(gross.Sign()), nil
}

// Promoted is what its deals take off the line.
func (l Line) Promoted() money.Amount {
	var sum money.Amount
	for _, d := range l.Deals {
		sum += d.Amount
	}
	if l.Quantity.IsNeg() {
		return -sum
	}
	return sum
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
