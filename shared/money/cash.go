package money

import "slices"

// maxQuickCash is how many buttons the tender screen has room for.
const maxQuickCash = 4

// QuickCash suggests what a customer is likely to hand over: the exact amount
// as cash can pay it, then the next amounts that notes make, ascending, without
// repeats, at most four. For nothing due, or for a refund, it is the exact
// amount alone.
func (c Currency) QuickCash(due Amount) []Amount {
	exact := c.RoundCash(due)
	offers := []Amount{exact}
	if exact <= 0 {
		return offers
	}
	for _, note := range c.notes(exact) {
		offer, err := roundUp(exact, note)
		if err == nil {
			offers = append(offers, offer)
		}
	}
	slices.Sort(offers)
	offers = slices.Compact(offers)
	return offers[:min(len(offers), maxQuickCash)]
}

func roundUp(a, step Amount) (Amount, error) {
	rest := a % step
	if rest == 0 {
		return a, nil
	}
	return a.Add(step - rest)
}

// notes returns the currency's notes in minor units, ascending. A currency
// without a table gets a 1-2-5 series that starts near a twentieth of the
// amount, since smaller notes would not be counted out for it.
func (c Currency) notes(due Amount) []Amount {
	unit := Amount(pow10(c.Digits))
	if known, ok := notes[c.Code]; ok {
		list := make([]Amount, len(known))
		for i, n := range known {
			list[i] = n * unit
		}
		return list
	}
	var list []Amount
	for decade := unit; decade <= Max/50 && len(list) < 9; decade *= 10 {
		for _, n := range []Amount{1, 2, 5} {
			if n*decade >= due/20 && n*decade >= c.CashStep {
				list = append(list, n*decade)
			}
		}
	}
	return list
}
