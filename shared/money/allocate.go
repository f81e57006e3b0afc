package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Allocate splits total in proportion to the weights by the largest remainder
// method, so that the parts always add up to total exactly. Weights count by
// their magnitude; if all are zero the split is even. The parts have the sign
// of total, and no weights give no parts.
//
// A unit that must go to one of several equal remainders goes to the larger
// weight. Equal weights then have interchangeable parts, and the one that comes
// first gets the unit: which weight gets how much does not depend on the order
// of the weights.
func Allocate(total Amount, weights []Amount) []Amount {
	if len(weights) == 0 {
		return nil
	}
	sizes, sum := magnitudes(weights)

	type share struct {
		index     int
		remainder uint64
	}
	shares := make([]share, len(sizes))
	parts := make([]Amount, len(sizes))
	left := total.magnitude()
	for i, size := range sizes {
		hi, lo := bits.Mul64(total.magnitude(), size)
		quo, rem := bits.Div64(hi, lo, sum) // size ≤ sum, so the quotient is ≤ total
		parts[i], shares[i] = Amount(quo), share{i, rem}
		left -= quo
	}
	slices.SortStableFunc(shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.remainder, a.remainder), cmp.Compare(weights[b.index].magnitude(), weights[a.index].magnitude()))
	})
	for _, s := range shares[:left] {
		parts[s.index]++
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}

// magnitudes returns the weights without sign and their sum, which is never
// zero. Weights whose sum passes 64 bits are halved together until it fits.
func magnitudes(weights []Amount) ([]uint64, uint64) {
	sizes := make([]uint64, len(weights))
	for shift := 0; ; shift++ {
		var sum, carry uint64
		for i, w := range weights {
			var over uint64
			sizes[i] = w.magnitude() >> shift
			sum, over = bits.Add64(sum, sizes[i], 0)
			carry |= over
		}
		switch {
		case carry != 0:
			continue
		case sum > 0:
			return sizes, sum
		}
		for i := range sizes {
			sizes[i] = 1
		}
		return sizes, uint64(len(sizes))
	}
}
