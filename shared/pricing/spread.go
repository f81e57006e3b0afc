package pricing

import (
	"cmp"
	"math/bits"
	"slices"

	"souk/shared/money"
)

// spread takes num/den of every value such that the parts add up to num/den of
// the values' sum, rounded once, half away from zero.
//
// It is the largest remainder method for values of either sign. Each part is
// first rounded to the nearest unit; the few units by which these parts miss
// the rounded sum go to the parts that were rounded furthest the other way. So
// no part is a whole unit off its exact value, a zero value gets nothing, and
// negating all values negates all parts. Equal remainders are served in the
// order of the values.
//
// It fails with money.ErrOverflow if a sum or a part does not fit.
func spread(values []money.Amount, num, den uint64) ([]money.Amount, error) {
	total, err := money.Sum(values...)
	if err != nil {
		return nil, err
	}
	whole, _, err := fraction(total, num, den)
	if err != nil {
		return nil, err
	}
	return spreadWhole(values, num, den, whole)
}

// spreadWhole is spread where the parts must add up to a given whole, which is
// less than a unit from the exact one.
func spreadWhole(values []money.Amount, num, den uint64, whole money.Amount) ([]money.Amount, error) {
	missing := whole
	parts := make([]money.Amount, len(values))
	residues := make([]residue, len(values))
	for i, v := range values {
		part, rest, err := fraction(v, num, den)
		if err != nil {
			return nil, err
		}
		parts[i], residues[i] = part, residue{i, rest}
		missing -= part
	}
	if missing == 0 {
		return parts, nil
	}

	var err error
	unit := money.Amount(missing.Sign())
	slices.SortStableFunc(residues, func(a, b residue) int {
		return cmp.Compare(b.rest, a.rest) * int(unit)
	})
	for _, r := range residues[:missing.Abs()] {
		if parts[r.index], err = parts[r.index].Add(unit); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// residue is what rounding took from a part, in units of 1/den: positive if the
// part was rounded towards minus infinity.
type residue struct {
	index int
	rest  int64
}

// fraction returns value×num/den rounded half away from zero, and exact minus
// rounded in units of 1/den, which lies within half a den and thus in an int64.
func fraction(value money.Amount, num, den uint64) (money.Amount, int64, error) {
	magnitude := uint64(value.Abs())
	part, err := money.Ratio(magnitude, num, den)
	if err != nil {
		return 0, 0, err
	}
	// The true difference is small, so the low words of both products give it.
	_, exact := bits.Mul64(magnitude, num)
	_, rounded := bits.Mul64(uint64(part), den)
	rest := int64(exact - rounded)
	if value < 0 {
		return -part, -rest, nil
	}
	return part, rest, nil
}
