package promotion_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
)

// TestMain raises the number of random carts unless the command line asks for
// another.
func TestMain(m *testing.M) {
	if !slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-rapid.checks=") }) {
		os.Args = append(os.Args, "-rapid.checks=8000")
	}
	os.Exit(m.Run())
}

func id(n int) uuid.UUID { return uuid.UUID{0: byte(n >> 8), 1: byte(n)} }

var friday = time.Date(2026, 11, 20, 17, 30, 0, 0, time.UTC)

func carts(t *rapid.T) (pricing.Cart, []promotion.About) {
	cart := pricing.Cart{Currency: "EUR", TaxIncluded: rapid.Bool().Draw(t, "included")}
	var about []promotion.About
	for n := range rapid.IntRange(0, 12).Draw(t, "lines") {
		a := promotion.About{
			Item: id(1000 + n), Categories: []uuid.UUID{id(2000 + rapid.IntRange(1, 3).Draw(t, "category"))},
			Pieces: rapid.IntRange(0, 5).Draw(t, "pieces") > 0, Apart: rapid.IntRange(0, 8).Draw(t, "apart") == 0,
		}
		l := pricing.Line{
			ID: id(n + 1), Quantity: decimal.MustNew(rapid.Int64Range(1, 9).Draw(t, "quantity"), 0),
			UnitPrice: money.Amount(rapid.Int64Range(0, 999).Draw(t, "price")), Tax: pricing.Tax{Code: "A", Rate: decimal.MustNew(rapid.SampledFrom([]int64{7, 19}).Draw(t, "rate"), 0)},
		}
		if !a.Pieces {
			l.Quantity = decimal.MustNew(rapid.Int64Range(1, 4000).Draw(t, "weight"), 3)
		}
		if rapid.IntRange(0, 8).Draw(t, "back") == 0 {
			l.Quantity = l.Quantity.Neg()
		}
		if rapid.IntRange(0, 8).Draw(t, "labelled") == 0 {
			fixed := money.Amount(rapid.Int64Range(0, 999).Draw(t, "label"))
			l.FixedTotal = &fixed
		}
		cart.Lines, about = append(cart.Lines, l), append(about, a)
	}
	return cart, about
}

func rules(t *rapid.T) []promotion.Offer {
	var list []promotion.Offer
	goods := func(name string) promotion.Goods {
		all := []uuid.UUID{id(2001), id(2002), id(2003)}
		from := rapid.IntRange(0, 2).Draw(t, name)
		return promotion.Goods{Categories: all[from:rapid.IntRange(from, 3).Draw(t, name)]}
	}
	for n := range rapid.IntRange(1, 6).Draw(t, "promotions") {
		gets := goods("gets")
		r := promotion.Terms{
			Kind: rapid.SampledFrom(promotion.Kinds()).Draw(t, "kind"), Goods: goods("goods"),
			Percent: decimal.MustNew(rapid.Int64Range(1, 10000).Draw(t, "percent"), 2), Amount: money.Amount(rapid.Int64Range(1, 999).Draw(t, "amount")),
			Buy: rapid.IntRange(1, 3).Draw(t, "buy"), Get: rapid.IntRange(1, 2).Draw(t, "get"), Count: rapid.IntRange(2, 4).Draw(t, "count"),
			MaxUses: rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "uses"), MinQuantity: rapid.IntRange(0, 4).Draw(t, "min"),
			Priority: rapid.IntRange(0, 2).Draw(t, "priority"), Stacks: rapid.Bool().Draw(t, "stacks"),
		}
		switch r.Kind { //nolint:exhaustive // the others need no more
		case promotion.Bundle:
			r.Parts = []promotion.Part{{Goods: goods("a"), Count: 1}, {Goods: goods("b"), Count: 2}}
		case promotion.Spend:
			r.MinSpend = money.Amount(rapid.Int64Range(0, 3000).Draw(t, "spend"))
			if rapid.Bool().Draw(t, "by amount") {
				r.Percent = decimal.Zero
			} else {
				r.Amount = 0
			}
		case promotion.BuyGet:
			if rapid.Bool().Draw(t, "other goods") {
				r.Gets = &gets
			}
		}
		list = append(list, promotion.Offer{ID: id(n + 1), Name: "P", Terms: r})
	}
	return list
}

// Whatever the promotions, the cart still has a price, nothing costs less than
// nothing, nothing is given on what is apart or comes back, and neither the order of
// lines nor that of promotions changes anything.
func TestDealsAreSoundAndTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart, about := carts(t)
		list := rules(t)
		sale := promotion.Sale{At: friday}
		got := promotion.Apply(cart, about, sale, list)

		priced, err := pricing.Price(got)
		require.NoError(t, err)
		for i, l := range got.Lines {
			require.Equal(t, l.Promoted(), priced.Lines[i].Discount)
			require.LessOrEqual(t, priced.Lines[i].Discount.Abs(), priced.Lines[i].Gross.Abs())
			if about[i].Apart || l.Quantity.IsNeg() {
				require.Empty(t, l.Deals)
			}
			for _, d := range l.Deals {
				require.Positive(t, d.Amount)
			}
		}

		order := make([]int, len(cart.Lines))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		shuffled := cart
		shuffled.Lines = nil
		var apart []promotion.About
		for _, i := range order {
			shuffled.Lines, apart = append(shuffled.Lines, cart.Lines[i]), append(apart, about[i])
		}
		again := promotion.Apply(shuffled, apart, sale, rapid.Permutation(list).Draw(t, "promotions' order"))
		for n, i := range order {
			require.Equal(t, got.Lines[i], again.Lines[n])
		}
	})
}

// Three of a thing on one line or on two: the same comes off.
func TestSplittingALineChangesNoTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart, about := carts(t)
		cart.Lines, about = cart.Lines[:min(3, len(about))], about[:min(3, len(about))] // so that the search is complete
		for i := range cart.Lines {
			cart.Lines[i].Quantity = decimal.One
		}
		var list []promotion.Offer
		for _, p := range rules(t) {
			p.Terms.Priority, p.Terms.Stacks = 0, false
			if p.Terms.Kind != promotion.Spend {
				list = append(list, p)
			}
		}
		thing := pricing.Line{ID: id(500), Quantity: decimal.MustNew(3, 0), UnitPrice: money.Amount(rapid.Int64Range(0, 999).Draw(t, "price")), Tax: pricing.Tax{Code: "A", Rate: decimal.MustNew(19, 0)}}
		one, two := thing, thing
		one.Quantity, two.Quantity, two.ID = decimal.MustNew(1, 0), decimal.MustNew(2, 0), id(501)
		what := promotion.About{Item: id(1500), Categories: []uuid.UUID{id(2001)}, Pieces: true}

		sum := func(about []promotion.About, lines ...pricing.Line) (all money.Amount) {
			whole := cart
			whole.Lines = append(append([]pricing.Line{}, cart.Lines...), lines...)
			for _, l := range promotion.Apply(whole, about, promotion.Sale{At: friday}, list).Lines {
				all += l.Promoted()
			}
			return all
		}
		about = about[:len(about):len(about)]
		a, b := sum(append(about, what), thing), sum(append(about, what, what), one, two)
		require.LessOrEqual(t, (a - b).Abs(), money.Amount(len(list)), "%d in one, %d in two: more than each promotion's rounding", a, b)
	})
}

func TestTermsSurviveJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart, about := carts(t)
		list := rules(t)
		body, err := json.Marshal(list)
		require.NoError(t, err)
		var back []promotion.Offer
		require.NoError(t, json.Unmarshal(body, &back))
		require.Equal(t, promotion.Apply(cart, about, promotion.Sale{At: friday}, list), promotion.Apply(cart, about, promotion.Sale{At: friday}, back))
	})
}

func TestWhenAPromotionRuns(t *testing.T) {
	base := promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(10, 0)}
	at := func(text string) promotion.Sale {
		when, err := time.Parse("2006-01-02 15:04", text)
		require.NoError(t, err)
		return promotion.Sale{At: when}
	}
	for _, tc := range []struct {
		name  string
		terms func(*promotion.Terms)
		sale  promotion.Sale
		runs  bool
	}{
		{"always", func(*promotion.Terms) {}, at("2026-11-20 03:00"), true},
		{"on its first day", func(r *promotion.Terms) { r.From = "2026-11-20" }, at("2026-11-20 00:00"), true},
		{"the day before", func(r *promotion.Terms) { r.From = "2026-11-21" }, at("2026-11-20 23:59"), false},
		{"on its last day", func(r *promotion.Terms) { r.Until = "2026-11-20" }, at("2026-11-20 23:59"), true},
		{"the day after", func(r *promotion.Terms) { r.Until = "2026-11-19" }, at("2026-11-20 00:00"), false},
		{"in the happy hour", happy(5, "17:00", "18:00"), at("2026-11-20 17:00"), true},
		{"as it ends", happy(5, "17:00", "18:00"), at("2026-11-20 18:00"), false},
		{"on another day", happy(4, "17:00", "18:00"), at("2026-11-20 17:00"), false},
		{"past midnight it is still Friday", happy(5, "22:00", "02:00"), at("2026-11-21 01:59"), true},
		{"but not on Thursday's night", happy(5, "22:00", "02:00"), at("2026-11-20 01:00"), false},
		{"at noon in a night's", happy(5, "22:00", "02:00"), at("2026-11-20 12:00"), false},
		{"for members, without one", func(r *promotion.Terms) { r.Members = true }, at("2026-11-20 12:00"), false},
		{"for members", func(r *promotion.Terms) { r.Members = true }, promotion.Sale{At: friday, Customer: true}, true},
		{"with its coupon", func(r *promotion.Terms) { r.Coupon = "SAVE5" }, promotion.Sale{At: friday, Coupons: []string{" save5 "}}, true},
		{"without its coupon", func(r *promotion.Terms) { r.Coupon = "SAVE5" }, promotion.Sale{At: friday, Coupons: []string{"SAVE"}}, false},
		{"in its store", func(r *promotion.Terms) { r.Stores = []uuid.UUID{id(1)} }, promotion.Sale{At: friday, Store: id(1)}, true},
		{"in another store", func(r *promotion.Terms) { r.Stores = []uuid.UUID{id(1)} }, promotion.Sale{At: friday, Store: id(2)}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			terms := base
			tc.terms(&terms)
			require.Empty(t, terms.Check())
			require.Equal(t, tc.runs, terms.Runs(tc.sale))
		})
	}
}

func happy(day int, from, until string) func(*promotion.Terms) {
	return func(r *promotion.Terms) { r.Days, r.FromHour, r.UntilHour = []int{day}, from, until }
}

func TestWhatIsWrongWithTerms(t *testing.T) {
	for name, tc := range map[string]struct {
		terms promotion.Terms
		code  string
	}{
		"no kind":               {promotion.Terms{}, promotion.KindUnknown},
		"over 100 percent":      {promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(101, 0)}, promotion.PercentRange},
		"three decimals":        {promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustParse("1.125")}, promotion.PercentRange},
		"nothing off":           {promotion.Terms{Kind: promotion.Amount}, promotion.AmountRange},
		"nothing to buy":        {promotion.Terms{Kind: promotion.BuyGet, Get: 1, Percent: decimal.MustNew(50, 0)}, promotion.CountRange},
		"one of one":            {promotion.Terms{Kind: promotion.MultiBuy, Count: 1, Amount: 5}, promotion.CountRange},
		"a bundle of one":       {promotion.Terms{Kind: promotion.Bundle, Parts: []promotion.Part{{Count: 1}}, Amount: 5}, promotion.BundleParts},
		"both off":              {promotion.Terms{Kind: promotion.Spend, Percent: decimal.MustNew(5, 0), Amount: 5}, promotion.SpendOff},
		"ends before it begins": {promotion.Terms{Kind: promotion.Amount, Amount: 1, From: "2026-02-01", Until: "2026-01-31"}, promotion.DatesReversed},
		"no such day":           {promotion.Terms{Kind: promotion.Amount, Amount: 1, From: "2026-02-30"}, promotion.DateUnreadable},
		"half a happy hour":     {promotion.Terms{Kind: promotion.Amount, Amount: 1, FromHour: "17:00"}, promotion.HoursIncomplete},
		"no such hour":          {promotion.Terms{Kind: promotion.Amount, Amount: 1, FromHour: "7:00", UntilHour: "9:00"}, promotion.HourUnreadable},
		"an eighth day":         {promotion.Terms{Kind: promotion.Amount, Amount: 1, Days: []int{7}}, promotion.DayUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := tc.terms.Check()
			require.NotEmpty(t, wrong)
			require.Equal(t, tc.code, wrong[0].Code)
		})
	}
}

// The figures of a full trolley: 200 promotions over 120 lines.
func BenchmarkApplyFullTrolley(b *testing.B) {
	cart := pricing.Cart{Currency: "EUR", TaxIncluded: true}
	var about []promotion.About
	for n := range 120 {
		cart.Lines = append(cart.Lines, pricing.Line{ID: id(n + 1), Quantity: decimal.MustNew(int64(n%4+1), 0), UnitPrice: money.Amount(99 + 7*n), Tax: pricing.Tax{Code: "A", Rate: decimal.MustNew(19, 0)}})
		about = append(about, promotion.About{Item: id(1000 + n), Categories: []uuid.UUID{id(2000 + n%30)}, Pieces: true})
	}
	var list []promotion.Offer
	for n := range 200 {
		r := promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(10, 0), Goods: promotion.Goods{Categories: []uuid.UUID{id(2000 + n%60)}}}
		switch n % 4 {
		case 1:
			r.Kind, r.Count, r.Amount = promotion.MultiBuy, 3, 500
		case 2:
			r.Kind, r.Buy, r.Get, r.Percent = promotion.BuyGet, 2, 1, decimal.MustNew(100, 0)
		case 3:
			r.Kind, r.Amount = promotion.Amount, 20
		}
		list = append(list, promotion.Offer{ID: id(n + 1), Name: "P", Terms: r})
	}
	b.ReportAllocs()
	for b.Loop() {
		promotion.Apply(cart, about, promotion.Sale{At: friday}, list)
	}
}
