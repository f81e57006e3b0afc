// Package money is amounts in minor units, the currencies they are in, and the
// few operations that keep every unit accounted for: rounding, splitting and
// cash. It knows no prices, no taxes and no exchange rates, and formats for
// machines and receipts only: grouping and symbols belong to the screen.
package money

import (
	"errors"
	"math"
	"math/bits"

	"github.com/govalues/decimal"
)

// Amount is minor units (cents, yen, fils) of the document's currency. In JSON
// it is a number whose field name ends in _minor.
type Amount int64

// Max is the largest amount; its negative is the smallest that arithmetic here
// returns, so that every amount can be negated.
const Max Amount = math.MaxInt64

// ErrOverflow says that a result does not fit an Amount.
var ErrOverflow = errors.New("money: amount too large")

// Add returns a+b, or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	sum := a + b
	if (b > 0 && sum < a) || (b < 0 && sum > a) || sum == math.MinInt64 {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Sub returns a-b, or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b == math.MinInt64 {
		return 0, ErrOverflow
	}
	return a.Add(-b)
}

// Sum adds all amounts, or fails with ErrOverflow.
func Sum(amounts ...Amount) (Amount, error) {
	var sum Amount
	for _, a := range amounts {
		var err error
		if sum, err = sum.Add(a); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// Abs is the amount without its sign.
func (a Amount) Abs() Amount {
	if a < 0 {
		return -a
	}
	return a
}

// Sign is -1, 0 or 1.
func (a Amount) Sign() int {
	switch {
	case a < 0:
		return -1
	case a > 0:
		return 1
	}
	return 0
}

// Times returns a×q rounded to the minor unit, half away from zero, computed
// exactly before it is rounded. It fails with ErrOverflow and never wraps.
func (a Amount) Times(q decimal.Decimal) (Amount, error) {
	part, err := Ratio(a.magnitude(), q.Coef(), pow10(q.Scale()))
	if err != nil {
		return 0, err
	}
	if (a < 0) != q.IsNeg() {
		return -part, nil
	}
	return part, nil
}

// Ratio returns value×num/den rounded half up, with the product held in 128
// bits. It fails with ErrOverflow if the result does not fit; den is not zero.
func Ratio(value, num, den uint64) (Amount, error) {
	hi, lo := bits.Mul64(value, num)
	if hi >= den {
		return 0, ErrOverflow
	}
	quo, rem := bits.Div64(hi, lo, den)
	if rem >= den-rem {
		quo++
		if quo == 0 {
			return 0, ErrOverflow
		}
	}
	if quo > math.MaxInt64 {
		return 0, ErrOverflow
	}
	return Amount(quo), nil
}

// magnitude is the absolute value without the overflow of -MinInt64.
func (a Amount) magnitude() uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// pow10 returns 10^n for the scales a decimal can have (0 to 19).
func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
