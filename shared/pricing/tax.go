package pricing

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/govalues/decimal"

	"souk/shared/money"
)

// group is the lines of one tax code and rate. A return brings the rate of the
// day it was sold, so one code may stand in a document with two rates.
type group struct {
	tax   Tax
	lines []int
}

// pick returns the values of the group's lines.
func (g group) pick(values []money.Amount) []money.Amount {
	picked := make([]money.Amount, len(g.lines))
	for n, i := range g.lines {
		picked[n] = values[i]
	}
	return picked
}

// applyTaxes sets net, tax and total of every line and returns the document's
// taxes, by code and rate.
func applyTaxes(included bool, lines []PricedLine, groups []group) ([]TaxTotal, *Problem) {
	taxes := make([]TaxTotal, 0, len(groups))
	for _, g := range groups {
		total, problem := g.apply(included, lines)
		if problem != nil {
			return nil, problem
		}
		taxes = append(taxes, total)
	}
	return taxes, nil
}

// groupByTax sorts the cart's lines into groups, by code and rate, and within
// each by id.
func groupByTax(cart Cart) ([]group, *Problem) {
	var groups []group
	for _, i := range byID(cart.Lines) {
		tax := cart.Lines[i].Tax
		if !validRate(tax.Rate) {
			return nil, &Problem{Line: cart.Lines[i].ID, Code: TaxRateInvalid}
		}
		at := slices.IndexFunc(groups, func(g group) bool {
			return g.tax.Code == tax.Code && g.tax.Rate.Equal(tax.Rate)
		})
		if at < 0 {
			at = len(groups)
			groups = append(groups, group{tax: Tax{Code: tax.Code, Rate: tax.Rate.Trim(0)}})
		}
		groups[at].lines = append(groups[at].lines, i)
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.tax.Code, b.tax.Code), a.tax.Rate.Cmp(b.tax.Rate))
	})
	return groups, nil
}

// byID returns the lines' indexes in the order of their ids.
func byID(lines []Line) []int {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return bytes.Compare(lines[a].ID[:], lines[b].ID[:])
	})
	return order
}

var highestRate = decimal.MustNew(maxRate, 0)

func validRate(rate decimal.Decimal) bool {
	return !rate.IsNeg() && !highestRate.Less(rate) && rate.MinScale() <= maxRateScale
}

// apply taxes the group's lines. Of a price with tax included, rate/(100+rate)
// is tax; on a price without, rate/100.
func (g group) apply(included bool, lines []PricedLine) (TaxTotal, *Problem) {
	values := make([]money.Amount, len(g.lines))
	for at, i := range g.lines {
		values[at] = lines[i].Gross - lines[i].Discount
	}
	num, den := g.tax.Rate.Coef(), 100*tenTo(g.tax.Rate.Scale())
	if included {
		den += num
	}
	parts, err := spread(values, num, den)
	if err != nil {
		return TaxTotal{}, &Problem{Code: AmountTooLarge}
	}

	total := TaxTotal{Code: g.tax.Code, Rate: g.tax.Rate}
	for at, i := range g.lines {
		line := &lines[i]
		line.Tax = parts[at]
		if included {
			line.Total = values[at]
			line.Net = values[at] - parts[at]
		} else {
			line.Net = values[at]
			line.Total, err = line.Net.Add(line.Tax)
		}
		if err != nil {
			return TaxTotal{}, &Problem{Line: line.ID, Code: AmountTooLarge}
		}
		total.Net, err = total.Net.Add(line.Net)
		if err != nil {
			return TaxTotal{}, &Problem{Code: AmountTooLarge}
		}
		total.Tax += line.Tax // the parts add up to a sum that was checked
	}
	return total, nil
}
