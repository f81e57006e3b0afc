package promotion

import (
	"bytes"
	"slices"

	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
)

// fine is money in ten-thousandths of a minor unit: a percentage of a cent has to
// be compared before it is rounded.
type fine int64

const fineness = 10_000

// slot is units of one line that have the same left to pay, each value. A chunk is
// one unit that is not a piece: weighed, or with its price on the label.
type slot struct {
	line     int
	n        int
	value    fine
	chunk    bool
	labelled bool // its price is on the label
	quantity decimal.Decimal
	has      []int // the promotions that it has already, by index
	closed   bool  // one of them does not stack
}

// mostWorth bounds a cart that promotions look at, so that sums of fine money
// cannot overflow.
const mostWorth = money.Max / fineness / 4

// slotsOf are the lines that promotions may touch, dearest first: an order in which
// the order of the lines has no say.
func slotsOf(cart pricing.Cart, about []About) []slot {
	var slots []slot
	var worth money.Amount
	for i, line := range cart.Lines {
		if about[i].Apart || !line.Quantity.IsPos() {
			continue
		}
		gross, err := line.Gross()
		if err != nil || gross < 0 || gross > mostWorth-worth {
			return nil
		}
		worth += gross
		s := slot{line: i, n: 1, value: fine(gross) * fineness, chunk: true, labelled: line.FixedTotal != nil, quantity: line.Quantity}
		if whole, rest, ok := line.Quantity.Int64(0); about[i].Pieces && line.FixedTotal == nil && ok && rest == 0 && whole <= 100_000 {
			s = slot{line: i, n: int(whole), value: fine(line.UnitPrice) * fineness}
		}
		slots = append(slots, s)
	}
	slices.SortStableFunc(slots, func(a, b slot) int {
		if a.value != b.value {
			if a.value > b.value {
				return -1
			}
			return 1
		}
		return bytes.Compare(cart.Lines[a.line].ID[:], cart.Lines[b.line].ID[:])
	})
	return slots
}

// share is num/den of a value.
func (f fine) share(num, den uint64) fine {
	part, err := money.Ratio(uint64(max(f, 0)), num, den)
	if err != nil {
		return 0
	}
	return fine(part)
}

// percentOf is a percentage of a value.
func (f fine) percentOf(percent decimal.Decimal) fine {
	p := percent.Rescale(percentScale)
	return f.share(p.Coef(), 10_000)
}

// each is what a promotion of one unit at a time takes off one unit of a slot.
func (r Terms) each(s slot) fine {
	switch r.Kind { //nolint:exhaustive // the others take groups of units, or all
	case Percent:
		return s.value.percentOf(r.Percent)
	case Amount:
		return min(s.value, r.times(s))
	case Price:
		if s.labelled {
			return 0
		}
		return max(s.value-r.times(s), 0)
	}
	return 0
}

// times is the promotion's amount for one unit of a slot: a chunk is so much of a
// unit as it weighs.
func (r Terms) times(s slot) fine {
	if !s.chunk || s.labelled {
		return fine(r.Amount) * fineness
	}
	part, err := (r.Amount * fineness).Times(s.quantity)
	if err != nil {
		return s.value
	}
	return fine(part)
}
