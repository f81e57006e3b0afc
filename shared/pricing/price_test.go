package pricing_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/pricing"
)

// id makes ids that sort by n.
func id(n byte) uuid.UUID { return uuid.UUID{0: 0x01, 15: n} }

func line(n byte, quantity string, price money.Amount, rate string) pricing.Line {
	return pricing.Line{
		ID: id(n), Quantity: decimal.MustParse(quantity), UnitPrice: price,
		Tax: pricing.Tax{Code: "VAT" + rate, Rate: decimal.MustParse(rate)},
	}
}

func off(percent string) *pricing.Discount {
	return &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustParse(percent)}
}

func less(amount money.Amount) *pricing.Discount {
	return &pricing.Discount{Kind: pricing.DiscountAmount, Amount: amount}
}

func requireProblem(t *testing.T, err error, code string, line uuid.UUID) {
	t.Helper()
	var problem *pricing.Problem
	require.ErrorAs(t, err, &problem)
	require.Equal(t, code, problem.Code)
	require.Equal(t, line, problem.Line)
}

func TestThreeLinesShareOneRounding(t *testing.T) {
	cart := pricing.Cart{Currency: "EUR", TaxIncluded: false, Lines: []pricing.Line{
		line(1, "1", 33, "10"), line(2, "1", 33, "10"), line(3, "1", 34, "10"),
	}}
	priced, err := pricing.Price(cart)
	require.NoError(t, err)
	require.Equal(t, money.Amount(10), priced.Tax, "1.00 at 10 %% is 0.10, where 3 × round(0.033) would be 0.09")
	require.Equal(t, []money.Amount{3, 3, 4}, []money.Amount{priced.Lines[0].Tax, priced.Lines[1].Tax, priced.Lines[2].Tax})
}

func TestProblems(t *testing.T) {
	huge := line(1, "9999999", money.Max, "0")
	for name, c := range map[string]struct {
		cart pricing.Cart
		code string
		line uuid.UUID
	}{
		"unknown currency":          {pricing.Cart{Currency: "XXX"}, pricing.CurrencyUnknown, uuid.Nil},
		"zero quantity":             {cartOf(line(1, "0", 100, "0")), pricing.QuantityZero, id(1)},
		"overflow of a line":        {cartOf(huge), pricing.AmountTooLarge, id(1)},
		"overflow of the cart":      {cartOf(line(1, "1", money.Max, "0"), line(2, "1", money.Max, "0")), pricing.AmountTooLarge, uuid.Nil},
		"overflow by tax":           {cartOf(line(1, "1", money.Max, "50")), pricing.AmountTooLarge, id(1)},
		"negative percent":          {cartOf(with(line(1, "1", 100, "0"), off("-1"))), pricing.DiscountNegative, id(1)},
		"more than all of it":       {cartOf(with(line(1, "1", 100, "0"), off("100.01"))), pricing.DiscountTooBig, id(1)},
		"negative amount":           {cartOf(with(line(1, "1", 100, "0"), less(-1))), pricing.DiscountNegative, id(1)},
		"amount larger than line":   {cartOf(with(line(1, "1", 100, "0"), less(101))), pricing.DiscountTooBig, id(1)},
		"unknown kind":              {cartOf(with(line(1, "1", 100, "0"), &pricing.Discount{Kind: "gift"})), pricing.DiscountKindUnknown, id(1)},
		"negative rate":             {cartOf(line(1, "1", 100, "-5")), pricing.TaxRateInvalid, id(1)},
		"absurd rate":               {cartOf(line(1, "1", 100, "1000.5")), pricing.TaxRateInvalid, id(1)},
		"rate with seven decimals":  {cartOf(line(1, "1", 100, "7.0000001")), pricing.TaxRateInvalid, id(1)},
		"cart discount above total": {cartDiscount(less(201), line(1, "2", 100, "0")), pricing.DiscountTooBig, uuid.Nil},
		"cart discount on nothing":  {cartDiscount(less(1)), pricing.DiscountTooBig, uuid.Nil},
		"cart percent above all":    {cartDiscount(off("101"), line(1, "2", 100, "0")), pricing.DiscountTooBig, uuid.Nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pricing.Price(c.cart)
			requireProblem(t, err, c.code, c.line)
		})
	}
}

func cartOf(lines ...pricing.Line) pricing.Cart {
	return pricing.Cart{Currency: "EUR", Lines: lines}
}

func cartDiscount(d *pricing.Discount, lines ...pricing.Line) pricing.Cart {
	return pricing.Cart{Currency: "EUR", Lines: lines, Discount: d}
}

func with(l pricing.Line, d *pricing.Discount) pricing.Line {
	l.Discount = d
	return l
}

func TestEmptyCartCostsNothing(t *testing.T) {
	priced, err := pricing.Price(pricing.Cart{Currency: "EUR"})
	require.NoError(t, err)
	require.Zero(t, priced.Total)
	require.Empty(t, priced.Lines)
}

func TestProblemSaysWhere(t *testing.T) {
	_, err := pricing.Price(cartOf(line(7, "0", 100, "0")))
	require.EqualError(t, err, "pricing.quantity_zero: line "+id(7).String())
	_, err = pricing.Price(pricing.Cart{})
	require.EqualError(t, err, "pricing.currency_unknown")
}
