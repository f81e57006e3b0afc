package money_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
)

func currency(t require.TestingT, code string) money.Currency {
	c, ok := money.Lookup(code)
	require.True(t, ok, code)
	return c
}

func TestLookup(t *testing.T) {
	for code, want := range map[string]money.Currency{
		"EUR": {Code: "EUR", Digits: 2, CashStep: 1},
		"CHF": {Code: "CHF", Digits: 2, CashStep: 5},
		"SEK": {Code: "SEK", Digits: 2, CashStep: 100},
		"DKK": {Code: "DKK", Digits: 2, CashStep: 50},
		"NZD": {Code: "NZD", Digits: 2, CashStep: 10},
		"HUF": {Code: "HUF", Digits: 2, CashStep: 500},
		"JPY": {Code: "JPY", Digits: 0, CashStep: 1},
		"KWD": {Code: "KWD", Digits: 3, CashStep: 1},
		"IQD": {Code: "IQD", Digits: 3, CashStep: 1000},
	} {
		require.Equal(t, want, currency(t, code))
	}
	for _, code := range []string{"", "eur", "XAU", "HRK", "EURO"} {
		_, ok := money.Lookup(code)
		require.False(t, ok, code)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		code   string
		amount money.Amount
		want   string
	}{
		{"EUR", 123450, "1234.50"}, {"EUR", 5, "0.05"}, {"EUR", 0, "0.00"}, {"EUR", -5, "-0.05"}, {"EUR", -100, "-1.00"},
		{"JPY", 1234, "1234"}, {"JPY", 0, "0"}, {"JPY", -7, "-7"},
		{"KWD", 1, "0.001"}, {"KWD", 12345, "12.345"}, {"KWD", -999, "-0.999"},
		{"EUR", math.MaxInt64, "92233720368547758.07"}, {"EUR", math.MinInt64, "-92233720368547758.08"},
	} {
		require.Equal(t, c.want, currency(t, c.code).Format(c.amount))
	}
}

func TestParse(t *testing.T) {
	eur, jpy := currency(t, "EUR"), currency(t, "JPY")
	for text, want := range map[string]money.Amount{"12": 1200, "12.5": 1250, "12.50": 1250, "-0.05": -5, "007.00": 700, "-0": 0} {
		got, err := eur.Parse(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "-", ".", "1.", ".5", "+1", "--1", "1,50", "1 000", "1e3", "١٢", "0x10", "1.2.3", " 1"} {
		_, err := eur.Parse(text)
		require.ErrorContains(t, err, "is not an amount like 1234.00", text)
	}
	_, err := eur.Parse("1.234")
	require.EqualError(t, err, `money: "1.234" has 3 decimals, EUR has 2`)
	_, err = jpy.Parse("1.5")
	require.EqualError(t, err, `money: "1.5" has 1 decimals, JPY has 0`)
	for _, text := range []string{"92233720368547758.08", "-92233720368547758.08", "999999999999999999999"} {
		_, err = eur.Parse(text)
		require.ErrorIs(t, err, money.ErrOverflow, text)
	}
}

// amounts draws amounts of every size, the limits included.
func amounts() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		if rapid.IntRange(0, 9).Draw(t, "limit") == 0 {
			return rapid.SampledFrom([]money.Amount{0, 1, -1, money.Max, -money.Max, money.Max - 1}).Draw(t, "edge")
		}
		size := rapid.Int64Range(1, math.MaxInt64).Draw(t, "size")
		return money.Amount(rapid.Int64Range(-size, size).Draw(t, "amount"))
	})
}

func currencies() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CHF", "SEK", "DKK", "NZD", "HUF", "IQD"})
}

func TestFormatAndParseAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := currency(t, currencies().Draw(t, "currency"))
		a := amounts().Draw(t, "amount")
		back, err := cur.Parse(cur.Format(a))
		require.NoError(t, err)
		require.Equal(t, a, back)
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"0.00", "-1.5", "92233720368547758.07", "1..2", "٣", "1_000", "-0.00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, code := range []string{"JPY", "EUR", "KWD"} {
			cur := currency(t, code)
			a, err := cur.Parse(text)
			if err != nil {
				continue
			}
			again, err := cur.Parse(cur.Format(a))
			require.NoError(t, err)
			require.Equal(t, a, again, "%q in %s", text, code)
		}
	})
}

// rounded is the reference for rounding: num/den half away from zero, with big
// integers.
func rounded(num, den *big.Int) *big.Int {
	twice := new(big.Int).Mul(num, big.NewInt(2))
	half := new(big.Int).Mul(den, big.NewInt(int64(num.Sign())))
	return new(big.Int).Quo(twice.Add(twice, half), new(big.Int).Mul(den, big.NewInt(2)))
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		a    money.Amount
		q    string
		want money.Amount
	}{
		{199, "3", 597}, {199, "0.5", 100}, {-199, "0.5", -100}, {199, "-0.5", -100}, {1, "0.499999", 0},
		{1299, "0.735", 955}, {0, "99", 0}, {money.Max, "1", money.Max}, {-money.Max, "1.0000", -money.Max},
	} {
		got, err := c.a.Times(decimal.MustParse(c.q))
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%d × %s", c.a, c.q)
	}
	for _, q := range []string{"1.000000000000000001", "2", "9999999999999999999"} {
		_, err := money.Max.Times(decimal.MustParse(q))
		require.ErrorIs(t, err, money.ErrOverflow, q)
	}
}

func TestTimesIsExactOrSaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "amount")
		scale := rapid.IntRange(0, 19).Draw(t, "scale")
		q := decimal.MustNew(rapid.Int64().Draw(t, "coefficient"), scale)

		coef := new(big.Int).SetUint64(q.Coef())
		if q.IsNeg() {
			coef.Neg(coef)
		}
		want := rounded(coef.Mul(coef, big.NewInt(int64(a))), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		got, err := a.Times(q)
		if want.CmpAbs(big.NewInt(math.MaxInt64)) > 0 {
			require.ErrorIs(t, err, money.ErrOverflow)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want.Int64(), int64(got))
	})
}

func TestAddIsExactOrSaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		for _, c := range []struct {
			got  func(money.Amount) (money.Amount, error)
			want *big.Int
		}{
			{a.Add, new(big.Int).Add(big.NewInt(int64(a)), big.NewInt(int64(b)))},
			{a.Sub, new(big.Int).Sub(big.NewInt(int64(a)), big.NewInt(int64(b)))},
		} {
			got, err := c.got(b)
			if c.want.CmpAbs(big.NewInt(math.MaxInt64)) > 0 {
				require.ErrorIs(t, err, money.ErrOverflow)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, c.want.Int64(), int64(got))
		}
	})
	_, err := money.Amount(0).Sub(math.MinInt64)
	require.ErrorIs(t, err, money.ErrOverflow)
	_, err = money.Sum(money.Max, 1, -5)
	require.ErrorIs(t, err, money.ErrOverflow)
}

func TestAllocate(t *testing.T) {
	for _, c := range []struct {
		name    string
		total   money.Amount
		weights []money.Amount
		want    []money.Amount
	}{
		{"a third each", 100, []money.Amount{1, 1, 1}, []money.Amount{34, 33, 33}},
		{"largest remainder wins", 10, []money.Amount{33, 33, 34}, []money.Amount{3, 3, 4}},
		{"equal remainder goes to the larger weight", 1, []money.Amount{1, 3, 2}, []money.Amount{0, 1, 0}},
		{"negative total", -100, []money.Amount{1, 1, 1}, []money.Amount{-34, -33, -33}},
		{"zero weight gets nothing", 7, []money.Amount{0, 5, 0}, []money.Amount{0, 7, 0}},
		{"all weights zero", 5, []money.Amount{0, 0}, []money.Amount{3, 2}},
		{"weights past 64 bits together", money.Max, []money.Amount{money.Max, money.Max, money.Max}, nil},
		{"no weights", 5, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := money.Allocate(c.total, c.weights)
			if c.want != nil || c.weights == nil {
				require.Equal(t, c.want, got)
				return
			}
			sum, err := money.Sum(got...)
			require.NoError(t, err)
			require.Equal(t, c.total, sum)
		})
	}
}

func TestAllocatedPartsAddUpInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := amounts().Draw(t, "total")
		weights := rapid.SliceOfN(amounts(), 1, 20).Draw(t, "weights")
		parts := money.Allocate(total, weights)

		sum := new(big.Int)
		for _, p := range parts {
			require.True(t, p == 0 || p.Sign() == total.Sign())
			sum.Add(sum, big.NewInt(int64(p)))
		}
		require.Equal(t, int64(total), sum.Int64())

		order := rapid.Permutation(indexes(len(weights))).Draw(t, "order")
		shuffled := make([]money.Amount, len(weights))
		for to, from := range order {
			shuffled[to] = weights[from]
		}
		require.Equal(t, pairs(weights, parts), pairs(shuffled, money.Allocate(total, shuffled)))
		for i, p := range money.Allocate(-total, weights) {
			require.Equal(t, -parts[i], p)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// pairs lists which size of weight got how much, in an order of its own.
func pairs(weights, parts []money.Amount) []string {
	list := make([]string, len(weights))
	for i := range weights {
		list[i] = fmt.Sprint(weights[i].Abs(), parts[i])
	}
	slices.Sort(list)
	return list
}

func TestRoundCash(t *testing.T) {
	for _, c := range []struct {
		code       string
		from, want money.Amount
	}{
		{"CHF", 102, 100}, {"CHF", 103, 105}, {"CHF", 1897, 1895}, {"CHF", 1898, 1900}, {"CHF", -103, -105}, {"CHF", -102, -100},
		{"SEK", 149, 100}, {"SEK", 150, 200}, {"SEK", -150, -200}, {"SEK", 49, 0},
		{"DKK", 24, 0}, {"DKK", 25, 50}, {"DKK", 74, 50}, {"DKK", 75, 100},
		{"NZD", 5, 10}, {"NZD", 4, 0}, {"HUF", 12250, 12500}, {"HUF", 12249, 12000}, {"EUR", 3, 3}, {"JPY", 7, 7},
		{"SEK", money.Max, 9223372036854775800},
	} {
		require.Equal(t, c.want, currency(t, c.code).RoundCash(c.from), "%s %d", c.code, c.from)
	}
	require.Equal(t, money.Amount(7), money.Currency{}.RoundCash(7), "a currency without a step rounds nothing")
}

func TestRoundCashIsNearestAndMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := currency(t, currencies().Draw(t, "currency"))
		a := money.Amount(rapid.Int64Range(-1<<60, 1<<60).Draw(t, "amount"))
		got := cur.RoundCash(a)
		require.Zero(t, got%cur.CashStep)
		require.LessOrEqual(t, 2*(got-a).Abs(), cur.CashStep)
		require.Equal(t, -got, cur.RoundCash(-a))
	})
}

func TestQuickCash(t *testing.T) {
	for _, c := range []struct {
		code string
		due  money.Amount
		want []money.Amount
	}{
		{"EUR", 1234, []money.Amount{1234, 1500, 2000, 5000}},
		{"EUR", 2000, []money.Amount{2000, 5000, 10000, 20000}},
		{"EUR", 123456, []money.Amount{123456, 123500, 124000, 125000}},
		{"USD", 1999, []money.Amount{1999, 2000, 5000, 10000}},
		{"CHF", 1898, []money.Amount{1900, 2000, 5000, 10000}},
		{"SEK", 8751, []money.Amount{8800, 10000, 20000, 50000}},
		{"JPY", 1230, []money.Amount{1230, 2000, 5000, 10000}},
		{"KWD", 12345, []money.Amount{12345, 13000, 15000, 20000}},
		{"ISK", 153400, []money.Amount{153400, 160000, 200000, 500000}},
		{"EUR", 0, []money.Amount{0}},
		{"EUR", -500, []money.Amount{-500}},
		{"EUR", money.Max, []money.Amount{money.Max}},
	} {
		require.Equal(t, c.want, currency(t, c.code).QuickCash(c.due), "%s %d", c.code, c.due)
	}
}

func TestQuickCashPaysAndAscends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := currency(t, rapid.SampledFrom([]string{"EUR", "CHF", "JPY", "KWD", "LKR", "ISK", "BHD", "IQD", "XOF"}).Draw(t, "currency"))
		due := money.Amount(rapid.Int64Range(1, 1<<40).Draw(t, "due"))
		offers := cur.QuickCash(due)
		require.LessOrEqual(t, len(offers), 4)
		require.Equal(t, cur.RoundCash(due), offers[0])
		for i := 1; i < len(offers); i++ {
			require.Greater(t, offers[i], offers[i-1])
			require.Equal(t, offers[i], cur.RoundCash(offers[i]), "can be paid in cash")
		}
	})
}
