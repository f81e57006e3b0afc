package promotion

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
	"souk/shared/pricing"
)

func id(n int) uuid.UUID { return uuid.UUID{0: byte(n >> 8), 1: byte(n)} }

// smallCarts are of up to seven pieces in three categories; item and category of a
// line are drawn apart.
func smallCart(t *rapid.T) (pricing.Cart, []About) {
	cart := pricing.Cart{Currency: "EUR", TaxIncluded: true}
	var about []About
	left := rapid.IntRange(1, 7).Draw(t, "pieces")
	for n := 1; left > 0; n++ {
		quantity := rapid.IntRange(1, left).Draw(t, "quantity")
		left -= quantity
		cart.Lines = append(cart.Lines, pricing.Line{
			ID: id(n), Quantity: decimal.MustNew(int64(quantity), 0),
			UnitPrice: money.Amount(rapid.IntRange(0, 12).Draw(t, "price")) * 25,
			Tax:       pricing.Tax{Code: "A", Rate: decimal.MustNew(19, 0)},
		})
		about = append(about, About{Item: id(1000 + n), Categories: []uuid.UUID{id(2000 + rapid.IntRange(1, 3).Draw(t, "category"))}, Pieces: true})
	}
	return cart, about
}

func someGoods(t *rapid.T) Goods {
	all := []uuid.UUID{id(2001), id(2002), id(2003)}
	return Goods{Categories: all[:rapid.IntRange(0, 3).Draw(t, "goods")]}
}

func someRule(t *rapid.T) Terms {
	r := Terms{
		Kind: rapid.SampledFrom(Kinds()[:6]).Draw(t, "kind"), Goods: someGoods(t),
		Percent: decimal.MustNew(rapid.SampledFrom([]int64{10000, 5000, 3333, 1250, 999}).Draw(t, "percent"), 2),
		Amount:  money.Amount(rapid.IntRange(1, 12).Draw(t, "amount")) * 20,
		Buy:     rapid.IntRange(1, 2).Draw(t, "buy"), Get: rapid.IntRange(1, 2).Draw(t, "get"),
		Count: rapid.IntRange(2, 3).Draw(t, "count"), MaxUses: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "uses"),
		MinQuantity: rapid.SampledFrom([]int{0, 0, 2, 3}).Draw(t, "min"),
	}
	if r.Kind == Bundle {
		r.Parts = []Part{{someGoods(t), rapid.IntRange(1, 2).Draw(t, "first")}, {someGoods(t), 1}}
	}
	if r.Kind == BuyGet && rapid.Bool().Draw(t, "other goods") {
		gets := someGoods(t)
		r.Gets = &gets
	}
	return r
}

// A blind search over every way to group single units says what is best; Apply must
// come to the same with up to three promotions that compete.
func TestTheBestForTheCustomerIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cart, about := smallCart(t)
		var run []Offer
		for n := range rapid.IntRange(1, 3).Draw(t, "promotions") {
			p := Offer{ID: id(n + 1), Name: "p", Terms: someRule(t)}
			require.Empty(t, p.Terms.Check(), "%+v", p.Terms)
			run = append(run, p)
		}
		b := newBench(cart, about, run)
		blind := newBlind(cart, about, run)
		b.compete(layers(run, false)[0])
		var got fine
		for _, lines := range b.off {
			for _, off := range lines {
				got += off
			}
		}
		require.Equal(t, blind.best(blind.all(), blind.limits()), int64(got), "%+v\n%+v", cart.Lines, run)
	})
}

// blind knows units one by one and nothing of slots.
type blind struct {
	prices []int64 // in ten-thousandths of a minor unit
	about  []About
	run    []Offer
	counts []bool // whether there are enough of the goods
}

func newBlind(cart pricing.Cart, about []About, run []Offer) blind {
	var b blind
	for i, l := range cart.Lines {
		n, _, _ := l.Quantity.Int64(0)
		for range n {
			b.prices, b.about = append(b.prices, int64(l.UnitPrice)*10_000), append(b.about, about[i])
		}
	}
	b.run = run
	for _, p := range run {
		n := 0
		for _, a := range b.about {
			if p.Terms.Goods.Has(a) {
				n++
			}
		}
		b.counts = append(b.counts, n >= p.Terms.MinQuantity || p.Terms.Kind == BuyGet || p.Terms.Kind == MultiBuy || p.Terms.Kind == Bundle)
	}
	return b
}

func (b blind) all() uint { return 1<<len(b.prices) - 1 }

func (b blind) limits() []int {
	limits := make([]int, len(b.run))
	for i, p := range b.run {
		limits[i] = p.Terms.MaxUses
		if limits[i] == 0 {
			limits[i] = 99
		}
	}
	return limits
}

func (b blind) best(left uint, limits []int) int64 {
	if left == 0 {
		return 0
	}
	most := b.best(left&^(left&-left), limits) // the first unit gets nothing
	for i, p := range b.run {
		if limits[i] == 0 || !b.counts[i] {
			continue
		}
		limits[i]--
		for group := left; group > 0; group = (group - 1) & left {
			if group&(left&-left) == 0 {
				continue
			}
			if gain, ok := b.gain(p.Terms, group); ok {
				most = max(most, gain+b.best(left&^group, limits))
			}
		}
		limits[i]++
	}
	return most
}

func (b blind) gain(r Terms, group uint) (int64, bool) {
	var prices []int64
	var about []About
	for i := range b.prices {
		if group&(1<<i) != 0 {
			prices, about = append(prices, b.prices[i]), append(about, b.about[i])
		}
	}
	part := func(price int64) int64 {
		return price * int64(r.Percent.Rescale(2).Coef()) / 10_000
	}
	fits := func(g Goods) bool {
		return !slices.ContainsFunc(about, func(a About) bool { return !g.Has(a) })
	}
	amount := int64(r.Amount) * 10_000
	var sum int64
	for _, p := range prices {
		sum += p
	}
	switch r.Kind { //nolint:exhaustive // what is spent is no matter of groups
	case Percent, Amount, Price:
		if len(prices) != 1 || !fits(r.Goods) {
			return 0, false
		}
		switch r.Kind { //nolint:exhaustive // one of these three
		case Percent:
			return part(prices[0]), true
		case Amount:
			return min(prices[0], amount), true
		}
		return prices[0] - amount, true
	case MultiBuy:
		return sum - amount, len(prices) == r.Count && fits(r.Goods)
	case BuyGet:
		if len(prices) != r.Buy+r.Get || r.Gets == nil && !fits(r.Goods) {
			return 0, false
		}
		if r.Gets == nil {
			slices.Sort(prices)
			var gain int64
			for _, p := range prices[:r.Get] {
				gain += part(p)
			}
			return gain, true
		}
		return b.assign(about, prices, []Part{{r.Goods, r.Buy}, {*r.Gets, r.Get}}, func(role int, p int64) int64 { return int64(role) * part(p) })
	case Bundle:
		gain, ok := b.assign(about, prices, r.Parts, func(_ int, p int64) int64 { return p })
		return gain - amount, ok
	}
	return 0, false
}

// assign gives each unit of a group a role, in the best way.
func (b blind) assign(about []About, prices []int64, parts []Part, worth func(int, int64) int64) (int64, bool) {
	if len(prices) != parts[0].Count+parts[1].Count {
		return 0, false
	}
	var most int64
	found := false
	for second := uint(0); second < 1<<len(prices); second++ {
		if bits.OnesCount(second) != parts[1].Count {
			continue
		}
		var gain int64
		ok := true
		for i, p := range prices {
			role := int(second >> i & 1)
			ok = ok && parts[role].Has(about[i])
			gain += worth(role, p)
		}
		if ok && (!found || gain > most) {
			most, found = gain, true
		}
	}
	return most, found
}
