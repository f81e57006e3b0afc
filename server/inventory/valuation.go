package inventory

import (
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// places are the decimals of a quantity and of a unit cost in the database.
const (
	quantityPlaces = 4
	costPlaces     = 6
)

// after is the balance that a move leads to, by the moving weighted average
// (IAS 2.27: the average is worked out afresh with each receipt):
//
//   - What goes out takes its share of the value, so the average stays; what
//     empties the shelf takes all of it, so that no stock is worth nothing.
//   - What is sold below zero is worth what a unit cost last, else the fallback
//     cost: a debt of the shelf, with a negative value.
//   - What comes in while stock is below zero first pays that debt at the value
//     at which it was made; only what is left over is valued at what it really
//     cost. The difference was sold already, so it is no stock: the value that
//     the move reports is lower or higher than what was paid, and the caller
//     books the rest as cost of sales.
//
// So zero stock is worth zero, stock above zero is never worth less than zero,
// and stock below it never more.
func (b Balance) after(m Move) (Balance, error) {
	next := b
	var err error
	if next.OnHand, err = b.OnHand.Add(m.Quantity); err != nil {
		return b, err
	}
	worth, err := b.worth(m)
	if err != nil {
		return b, err
	}
	if next.Value, err = b.valueAfter(m, next.OnHand, worth); err != nil {
		return b, err
	}
	next.UnitCost, err = b.costAfter(m, next, worth)
	return next, err
}

// worth is what the moved quantity counts for by itself, never negative.
func (b Balance) worth(m Move) (money.Amount, error) {
	switch {
	case m.Value != nil:
		return m.Value.Abs(), nil
	case b.OnHand.IsPos() && m.Quantity.IsNeg() && m.Quantity.CmpAbs(b.OnHand) <= 0:
		return share(b.Value, m.Quantity, b.OnHand)
	}
	return times(b.unitCost(m), m.Quantity)
}

// unitCost is what one unit costs when the move does not say.
func (b Balance) unitCost(m Move) decimal.Decimal {
	if !b.UnitCost.IsPos() {
		return decimal.MustNew(int64(m.FallbackCost), 0)
	}
	return b.UnitCost
}

func (b Balance) valueAfter(m Move, onHand decimal.Decimal, worth money.Amount) (money.Amount, error) {
	in := m.Quantity.IsPos()
	switch {
	case onHand.IsZero():
		return 0, nil
	case onHand.IsPos() && in && b.OnHand.IsNeg():
		return share(worth, onHand, m.Quantity)
	case onHand.IsPos() && in:
		return b.Value.Add(worth)
	case onHand.IsPos():
		left, err := b.Value.Sub(worth)
		return max(left, 0), err
	case in:
		return share(b.Value, onHand, b.OnHand)
	case b.OnHand.IsPos():
		debt, err := share(worth, onHand, m.Quantity)
		return -debt, err
	}
	return b.Value.Sub(worth)
}

// costAfter is the new average; a shelf without stock remembers the last cost.
func (b Balance) costAfter(m Move, next Balance, worth money.Amount) (decimal.Decimal, error) {
	switch {
	case next.OnHand.IsPos():
		return perUnit(next.Value, next.OnHand)
	case m.Quantity.IsPos() && m.Value != nil:
		return perUnit(worth, m.Quantity)
	case b.OnHand.IsPos() && b.UnitCost.IsPos():
		return b.UnitCost, nil
	}
	return b.unitCost(m), nil
}

// share is value × part ÷ whole, with the value's sign; the signs of the
// quantities do not matter.
func share(value money.Amount, part, whole decimal.Decimal) (money.Amount, error) {
	amount, err := money.Ratio(uint64(value.Abs()), part.Rescale(quantityPlaces).Coef(), whole.Rescale(quantityPlaces).Coef())
	if value < 0 {
		return -amount, err
	}
	return amount, err
}

// times is the value of a quantity at a cost, never negative.
func times(cost, quantity decimal.Decimal) (money.Amount, error) {
	exact, err := cost.Abs().Mul(quantity.Abs())
	if err != nil {
		return 0, err
	}
	return money.Amount(1).Times(exact)
}

func perUnit(value money.Amount, quantity decimal.Decimal) (decimal.Decimal, error) {
	amount, err := decimal.New(int64(value), 0)
	if err != nil {
		return decimal.Decimal{}, err
	}
	cost, err := amount.Quo(quantity.Abs())
	return cost.Round(costPlaces), err
}
