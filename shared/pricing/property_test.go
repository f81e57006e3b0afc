package pricing_test

import (
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
	"souk/shared/pricing"
)

// TestMain raises the number of random carts unless the command line asks for
// another: the rare cases are ties between remainders.
func TestMain(m *testing.M) {
	if !slices.ContainsFunc(os.Args, func(arg string) bool { return len(arg) > 14 && arg[:14] == "-rapid.checks=" }) {
		os.Args = append(os.Args, "-rapid.checks="+strconv.Itoa(10_000))
	}
	os.Exit(m.Run())
}

var rates = map[string][]string{
	"A": {"0"}, "B": {"5", "7"}, "C": {"16", "19"}, "D": {"8.875", "13.5"}, "E": {"25"},
}

func discounts(limit money.Amount) *rapid.Generator[*pricing.Discount] {
	return rapid.Custom(func(t *rapid.T) *pricing.Discount {
		switch rapid.IntRange(0, 4).Draw(t, "discount") {
		case 0:
			return off(decimal.MustNew(rapid.Int64Range(0, 10000).Draw(t, "percent"), 2).String())
		case 1:
			return less(money.Amount(rapid.Int64Range(0, int64(limit)).Draw(t, "amount")))
		}
		return nil
	})
}

// carts draws valid carts in 0-, 2- and 3-digit currencies. Small prices make
// ties common, large ones exercise the width.
func carts(returns bool) *rapid.Generator[pricing.Cart] {
	return rapid.Custom(func(t *rapid.T) pricing.Cart {
		cart := pricing.Cart{
			Currency:    rapid.SampledFrom([]string{"JPY", "EUR", "KWD", "CHF", "SEK"}).Draw(t, "currency"),
			TaxIncluded: rapid.Bool().Draw(t, "included"),
		}
		highest := rapid.SampledFrom([]int64{20, 5000, 1e9}).Draw(t, "highest")
		var sum money.Amount
		for n := range rapid.IntRange(0, 12).Draw(t, "lines") {
			code := rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}).Draw(t, "code")
			l := pricing.Line{
				ID:        id(byte(n + 1)),
				Quantity:  decimal.MustNew(rapid.Int64Range(1, 5000).Draw(t, "quantity"), rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "scale")),
				UnitPrice: money.Amount(rapid.Int64Range(0, highest).Draw(t, "price")),
				Tax:       pricing.Tax{Code: code, Rate: decimal.MustParse(rapid.SampledFrom(rates[code]).Draw(t, "rate"))},
			}
			if rapid.IntRange(0, 5).Draw(t, "fixed") == 0 {
				fixed := money.Amount(rapid.Int64Range(0, highest).Draw(t, "total"))
				l.FixedTotal = &fixed
			}
			if returns && rapid.IntRange(0, 2).Draw(t, "return") == 0 {
				l.Quantity = l.Quantity.Neg()
			}
			left := exactGross(t, l).Abs()
			for range rapid.IntRange(0, 2).Draw(t, "deals") {
				if left == 0 {
					break
				}
				deal := pricing.Deal{Promotion: id(100), Name: "3 for 2", Amount: money.Amount(rapid.Int64Range(1, int64(left)).Draw(t, "deal"))}
				l.Deals, left = append(l.Deals, deal), left-deal.Amount
			}
			l.Discount = discounts(left).Draw(t, "line discount")
			cart.Lines = append(cart.Lines, l)
			sum += afterOwnDiscount(t, l)
		}
		cart.Discount = discounts(sum.Abs()).Draw(t, "cart discount")
		return cart
	})
}

func exactGross(t require.TestingT, l pricing.Line) money.Amount {
	gross, err := l.UnitPrice.Times(l.Quantity)
	require.NoError(t, err)
	if l.FixedTotal != nil {
		gross = *l.FixedTotal * money.Amount(l.Quantity.Sign())
	}
	return gross
}

func afterOwnDiscount(t require.TestingT, l pricing.Line) money.Amount {
	gross := exactGross(t, l) - l.Promoted()
	switch {
	case l.Discount == nil:
		return gross
	case l.Discount.Kind == pricing.DiscountAmount:
		return gross - l.Discount.Amount*money.Amount(gross.Sign())
	}
	part, err := gross.Times(hundredth(t, l.Discount.Percent))
	require.NoError(t, err)
	return gross - part
}

func hundredth(t require.TestingT, d decimal.Decimal) decimal.Decimal {
	part, err := decimal.New(int64(d.Coef()), d.Scale()+2)
	require.NoError(t, err)
	return part
}

func price(t require.TestingT, cart pricing.Cart) pricing.Priced {
	priced, err := pricing.Price(cart)
	require.NoError(t, err)
	return priced
}

func TestEveryTotalIsTheSumOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		p := price(t, cart)
		var sum pricing.PricedLine
		for i, l := range p.Lines {
			require.Equal(t, cart.Lines[i].ID, l.ID)
			require.Equal(t, l.Net+l.Tax, l.Total)
			if cart.TaxIncluded {
				require.Equal(t, l.Gross-l.Discount, l.Total)
			} else {
				require.Equal(t, l.Gross-l.Discount, l.Net)
			}
			require.Equal(t, exactGross(t, cart.Lines[i]), l.Gross)
			require.LessOrEqual(t, l.Discount.Abs(), l.Gross.Abs())
			require.GreaterOrEqual(t, l.Discount.Sign()*l.Gross.Sign(), 0, "a discount never raises a price")
			sum.Gross, sum.Discount = sum.Gross+l.Gross, sum.Discount+l.Discount
			sum.Net, sum.Tax, sum.Total = sum.Net+l.Net, sum.Tax+l.Tax, sum.Total+l.Total
		}
		require.Equal(t, sum, pricing.PricedLine{Gross: p.Gross, Discount: p.Discount, Net: p.Net, Tax: p.Tax, Total: p.Total})

		var net, tax money.Amount
		for _, total := range p.Taxes {
			net, tax = net+total.Net, tax+total.Tax
		}
		require.Equal(t, p.Net, net)
		require.Equal(t, p.Tax, tax)
	})
}

// The steps from the list price to what is paid add up to it.
func TestExplanationsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		p := price(t, cart)
		for i, l := range cart.Lines {
			list := money.Amount(rapid.Int64Range(0, 9999).Draw(t, "list"))
			var sum money.Amount
			for _, step := range p.Explain(cart, i, list) {
				if !step.Within {
					sum += step.Amount
				}
				require.NotZero(t, step.Kind)
			}
			require.Equal(t, p.Lines[i].Total, sum, "%+v", l)
		}
	})
}

// Each tax total is the exactly computed tax of its lines, rounded once; each
// line's tax is less than one unit from its own exact tax.
func TestTaxIsRoundedOncePerCodeAndRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		p := price(t, cart)
		for _, total := range p.Taxes {
			share := taxShare(total.Rate, cart.TaxIncluded)
			base := new(big.Rat)
			for i, l := range p.Lines {
				tax := cart.Lines[i].Tax
				if tax.Code != total.Code || !tax.Rate.Equal(total.Rate) {
					continue
				}
				value := rat(l.Gross - l.Discount)
				exact := new(big.Rat).Mul(value, share)
				require.Negative(t, new(big.Rat).Abs(exact.Sub(exact, rat(l.Tax))).Cmp(big.NewRat(1, 1)))
				base.Add(base, value)
			}
			require.Equal(t, halfAway(base.Mul(base, share)), total.Tax)
		}
	})
}

func rat(a money.Amount) *big.Rat { return big.NewRat(int64(a), 1) }

func taxShare(rate decimal.Decimal, included bool) *big.Rat {
	r, ok := new(big.Rat).SetString(rate.String())
	if !ok {
		panic("rate " + rate.String())
	}
	whole := big.NewRat(100, 1)
	if included {
		whole.Add(whole, r)
	}
	return r.Quo(r, whole)
}

func halfAway(r *big.Rat) money.Amount {
	num := new(big.Int).Mul(r.Num(), big.NewInt(2))
	num.Add(num, new(big.Int).Mul(r.Denom(), big.NewInt(int64(r.Sign()))))
	return money.Amount(num.Quo(num, new(big.Int).Mul(r.Denom(), big.NewInt(2))).Int64())
}

func TestCartDiscountIsSpreadWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		p := price(t, cart)
		var before, own money.Amount
		for _, l := range cart.Lines {
			before += afterOwnDiscount(t, l)
			own += exactGross(t, l) - afterOwnDiscount(t, l)
		}
		want := money.Amount(0)
		switch d := cart.Discount; {
		case d == nil:
		case d.Kind == pricing.DiscountAmount:
			want = d.Amount * money.Amount(before.Sign())
		default:
			part, err := before.Times(hundredth(t, d.Percent))
			require.NoError(t, err)
			want = part
		}
		require.Equal(t, want, p.Discount-own)
		got, err := p.CartDiscount(cart)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestOrderOfLinesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		shuffled := cart
		shuffled.Lines = rapid.Permutation(cart.Lines).Draw(t, "shuffled")

		a, b := price(t, cart), price(t, shuffled)
		byID := map[uuid.UUID]pricing.PricedLine{}
		for _, l := range b.Lines {
			byID[l.ID] = l
		}
		for _, l := range a.Lines {
			require.Equal(t, l, byID[l.ID])
		}
		a.Lines, b.Lines = nil, nil
		require.Equal(t, a, b)
	})
}

func TestReturnsMirrorSales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		back := cart
		back.Lines = slices.Clone(cart.Lines)
		for i := range back.Lines {
			back.Lines[i].Quantity = back.Lines[i].Quantity.Neg()
		}
		require.Equal(t, negate(price(t, cart)), price(t, back))
	})
}

func negate(p pricing.Priced) pricing.Priced {
	n := pricing.Priced{
		Lines: []pricing.PricedLine{}, Taxes: []pricing.TaxTotal{},
		Gross: -p.Gross, Discount: -p.Discount, Net: -p.Net, Tax: -p.Tax, Total: -p.Total,
	}
	for _, l := range p.Lines {
		n.Lines = append(n.Lines, pricing.PricedLine{ID: l.ID, Gross: -l.Gross, Discount: -l.Discount, Net: -l.Net, Tax: -l.Tax, Total: -l.Total})
	}
	for _, x := range p.Taxes {
		n.Taxes = append(n.Taxes, pricing.TaxTotal{Code: x.Code, Rate: x.Rate, Net: -x.Net, Tax: -x.Tax})
	}
	return n
}

// Selling three of a thing on one line or on two comes to the same.
func TestSplittingALineChangesNoTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(false).Draw(t, "cart")
		cart.Discount = nil
		whole := pricing.Line{ID: id(200), Quantity: decimal.MustNew(3, 0), UnitPrice: money.Amount(rapid.Int64Range(0, 9999).Draw(t, "extra")), Tax: pricing.Tax{Code: "C", Rate: decimal.MustParse("19")}}
		one, two := whole, whole
		one.Quantity, two.Quantity, two.ID = decimal.MustNew(1, 0), decimal.MustNew(2, 0), id(201)

		merged, split := cart, cart
		merged.Lines = append(slices.Clone(cart.Lines), whole)
		split.Lines = append(slices.Clone(cart.Lines), one, two)
		if rapid.Bool().Draw(t, "with discount") {
			merged.Discount = rapid.SampledFrom([]*pricing.Discount{off("12.5"), off("33.333"), less(min(7, beforeDiscount(t, merged)))}).Draw(t, "discount")
			split.Discount = merged.Discount
		}
		a, b := price(t, merged), price(t, split)
		require.Equal(t, a.Gross, b.Gross)
		require.Equal(t, a.Discount, b.Discount)
		require.Equal(t, a.Taxes, b.Taxes)
		require.Equal(t, a.Total, b.Total)
	})
}

// beforeDiscount is what a cart comes to before its discount, tax aside.
func beforeDiscount(t require.TestingT, cart pricing.Cart) money.Amount {
	p := price(t, cart)
	return p.Gross - p.Discount
}

// With arbitrary numbers Price either works out or names a problem.
func TestNothingPanicsOrWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := pricing.Cart{Currency: "EUR", TaxIncluded: rapid.Bool().Draw(t, "included")}
		for n := range rapid.IntRange(0, 6).Draw(t, "lines") {
			l := pricing.Line{
				ID:        id(byte(n)),
				Quantity:  decimal.MustNew(rapid.Int64().Draw(t, "quantity"), rapid.IntRange(0, 19).Draw(t, "scale")),
				UnitPrice: money.Amount(rapid.Int64().Draw(t, "price")),
				Tax:       pricing.Tax{Rate: decimal.MustNew(rapid.Int64().Draw(t, "rate"), rapid.IntRange(0, 19).Draw(t, "rate scale"))},
				Discount:  wild().Draw(t, "discount"),
			}
			if rapid.Bool().Draw(t, "fixed") {
				fixed := money.Amount(rapid.Int64().Draw(t, "total"))
				l.FixedTotal = &fixed
			}
			if rapid.Bool().Draw(t, "plausible") {
				l.Quantity, l.Tax.Rate, l.Discount = decimal.One, decimal.MustParse("999.999999"), nil
			}
			cart.Lines = append(cart.Lines, l)
		}
		cart.Discount = wild().Draw(t, "cart discount")
		p, err := pricing.Price(cart)
		if err != nil {
			var problem *pricing.Problem
			require.ErrorAs(t, err, &problem)
			return
		}
		sum := new(big.Int)
		for _, l := range p.Lines {
			sum.Add(sum, big.NewInt(int64(l.Total)))
			require.Zero(t, new(big.Int).Add(big.NewInt(int64(l.Net)), big.NewInt(int64(l.Tax))).Cmp(big.NewInt(int64(l.Total))))
		}
		require.Zero(t, sum.Cmp(big.NewInt(int64(p.Total))))
	})
}

func wild() *rapid.Generator[*pricing.Discount] {
	return rapid.Custom(func(t *rapid.T) *pricing.Discount {
		return rapid.SampledFrom([]*pricing.Discount{
			nil, nil, nil, {Kind: "?"},
			{Kind: pricing.DiscountPercent, Percent: decimal.MustNew(rapid.Int64().Draw(t, "percent"), rapid.IntRange(0, 19).Draw(t, "scale"))},
			{Kind: pricing.DiscountAmount, Amount: money.Amount(rapid.Int64().Draw(t, "amount"))},
		}).Draw(t, "discount")
	})
}

func TestCartSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart := carts(true).Draw(t, "cart")
		body, err := json.Marshal(cart)
		require.NoError(t, err)
		var back pricing.Cart
		require.NoError(t, json.Unmarshal(body, &back))
		require.Equal(t, price(t, cart), price(t, back))
	})
}

func BenchmarkPrice50Lines(b *testing.B) {
	cart := pricing.Cart{Currency: "EUR", TaxIncluded: true, Discount: off("5")}
	for n := range 50 {
		l := line(byte(n), "1.250", money.Amount(199+37*n), []string{"7", "19"}[n%2])
		if n%5 == 0 {
			l.Discount = less(50)
		}
		cart.Lines = append(cart.Lines, l)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pricing.Price(cart); err != nil {
			b.Fatal(err)
		}
	}
}
