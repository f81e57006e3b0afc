package promotion

import (
	"bytes"
	"cmp"
	"slices"

	"souk/shared/money"
	"souk/shared/pricing"
)

// Apply gives a cart the deals that the promotions make for it and returns it;
// about says of each line what promotions look at. Of the promotions those are
// applied that run for the sale and are sound.
//
// They come in the order of their priority, those that look at what is spent after
// all others. Goods get one promotion, or several that all stack. Promotions of
// one priority compete for the goods, and the choice that takes most off the whole
// cart wins. It is found by a complete search wherever at most one promotion takes
// groups of units of the same goods, and wherever several do and the cart is small
// (some dozens of units of these goods); in a larger cart each order of them is
// tried and the best is taken. Ties go to the promotion with the lower id. Neither
// the order of the lines nor that of the promotions has a say; and where the search
// is complete, and neither priorities nor stacking let one choice follow another,
// a line may be split in two without a change to the total.
//
// What a promotion takes off in all is rounded once, half away from zero, and
// handed to the lines by largest remainder. A group's saving is shared by all its
// units by their value, so that the free one of three comes back at two thirds of
// its price, as the others do.
func Apply(cart pricing.Cart, about []About, sale Sale, promotions []Offer) pricing.Cart {
	run := running(sale, promotions)
	cart.Lines = slices.Clone(cart.Lines)
	for i := range cart.Lines {
		cart.Lines[i].Deals = nil
	}
	if len(run) == 0 {
		return cart
	}
	b := newBench(cart, about, run)
	for _, spends := range []bool{false, true} {
		for _, layer := range layers(run, spends) {
			if spends {
				b.spend(layer)
				continue
			}
			for b.compete(layer) {
			}
		}
	}
	b.write(cart.Lines)
	return cart
}

// running are the promotions that can be applied, first those of the highest
// priority.
func running(sale Sale, promotions []Offer) []Offer {
	var run []Offer
	for _, p := range promotions {
		if p.Terms.Runs(sale) && len(p.Terms.Check()) == 0 {
			run = append(run, p)
		}
	}
	slices.SortFunc(run, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(b.Terms.Priority, a.Terms.Priority), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return run
}

// layers are the indexes of promotions of one priority, layer by layer.
func layers(run []Offer, spends bool) [][]int {
	var all [][]int
	for i, p := range run {
		if (p.Terms.Kind == Spend) != spends {
			continue
		}
		last := len(all) - 1
		if last < 0 || run[all[last][0]].Terms.Priority != p.Terms.Priority {
			all = append(all, []int{i})
			continue
		}
		all[last] = append(all[last], i)
	}
	return all
}

// bench is a cart while promotions are applied to it.
type bench struct {
	about      []About
	promotions []Offer
	slots      []slot
	off        []map[int]fine // by promotion, then by line
	matches    [][]bool       // by promotion, then by line: whether it takes these goods
}

func newBench(cart pricing.Cart, about []About, run []Offer) *bench {
	b := &bench{about: about, promotions: run, slots: slotsOf(cart, about), off: make([]map[int]fine, len(run)), matches: make([][]bool, len(run))}
	for p := range run {
		b.matches[p] = make([]bool, len(about))
		for line, a := range about {
			terms := run[p].Terms
			b.matches[p][line] = terms.Kind != Bundle && terms.Goods.Has(a) || terms.takesBesides(a)
		}
	}
	return b
}

// may reports whether a promotion may touch a slot.
func (b *bench) may(p int, s slot) bool {
	return s.n > 0 && b.matches[p][s.line] && b.free(p, s)
}

// free reports whether what a slot has already lets another promotion in.
func (b *bench) free(p int, s slot) bool {
	return len(s.has) == 0 || b.promotions[p].Terms.Stacks && !s.closed && !slices.Contains(s.has, p)
}

// takesBesides holds for goods that a group takes besides the terms' own; a bundle
// has none of its own.
func (r Terms) takesBesides(a About) bool {
	switch r.Kind { //nolint:exhaustive // the others take their own goods only
	case BuyGet:
		return r.Gets != nil && r.Gets.Has(a)
	case Bundle:
		return slices.ContainsFunc(r.Parts, func(p Part) bool { return p.Has(a) })
	}
	return false
}

// grouped holds for promotions whose use on one unit depends on others.
func (r Terms) grouped() bool {
	return r.Kind == BuyGet || r.Kind == MultiBuy || r.Kind == Bundle || r.MaxUses > 0
}

// compete lets the promotions of a layer compete for what they may touch, once. It
// is false when nothing came of it.
func (b *bench) compete(layer []int) bool {
	alone := make([]single, len(b.slots))
	var groups []int
	for _, p := range layer {
		if b.promotions[p].Terms.grouped() {
			groups = append(groups, p)
			continue
		}
		b.offer(p, alone)
	}
	uses := b.solve(groups, alone)
	for _, u := range uses {
		b.take(u)
	}
	gave := len(uses) > 0
	for i := range alone {
		if s := b.slots[i]; alone[i].gain > 0 && s.n > 0 {
			b.take(use{promotion: alone[i].promotion, gain: fine(s.n) * alone[i].gain, members: []member{{slot: i, n: s.n}}})
			gave = true
		}
	}
	b.slots = slices.DeleteFunc(b.slots, func(s slot) bool { return s.n == 0 })
	return gave
}

// single is what one unit of a slot gets from the best promotion that takes one
// unit at a time.
type single struct {
	promotion int
	gain      fine
}

// offer notes where a promotion of single units is the best so far.
func (b *bench) offer(p int, alone []single) {
	terms := b.promotions[p].Terms
	if !b.enough(p, terms) {
		return
	}
	for i, s := range b.slots {
		if !b.may(p, s) {
			continue
		}
		if gain := terms.each(s); gain > alone[i].gain {
			alone[i] = single{p, gain}
		}
	}
}

// enough reports whether there are as many of the goods as the promotion asks for.
func (b *bench) enough(p int, terms Terms) bool {
	if terms.MinQuantity <= 1 || terms.Kind != Percent && terms.Kind != Amount && terms.Kind != Price {
		return true
	}
	count := 0
	for _, s := range b.slots {
		if b.may(p, s) {
			count += s.n
		}
	}
	return count >= terms.MinQuantity
}

// use is a promotion applied once: to which units, and what it takes off them.
type use struct {
	promotion int
	gain      fine
	members   []member
}

// member is units of a slot.
type member struct{ slot, n int }

// take applies a use: its units leave their slots and come back as slots of their
// own, worth less.
func (b *bench) take(u use) {
	values := make([]money.Amount, len(u.members))
	for i, m := range u.members {
		values[i] = money.Amount(b.slots[m.slot].value) * money.Amount(m.n)
	}
	shares := money.Allocate(money.Amount(u.gain), values)
	stacks := b.promotions[u.promotion].Terms.Stacks
	for i, m := range u.members {
		from := &b.slots[m.slot]
		taken := *from
		from.n -= m.n
		taken.n, taken.has, taken.closed = m.n, append(slices.Clone(from.has), u.promotion), !stacks
		taken.value -= fine(shares[i]) / fine(m.n)
		if b.off[u.promotion] == nil {
			b.off[u.promotion] = map[int]fine{}
		}
		b.off[u.promotion][taken.line] += fine(shares[i])
		b.slots = append(b.slots, taken)
	}
}

// spend applies promotions that look at what is spent. Of those that compete, the
// order that takes most off is taken.
func (b *bench) spend(layer []int) {
	var best *bench
	var most fine = -1
	orders(layer, func(order []int) {
		trial := b.copy()
		var sum fine
		for _, p := range order {
			sum += trial.spendOne(p)
		}
		if sum > most {
			best, most = trial, sum
		}
	})
	*b = *best
}

func (b *bench) copy() *bench {
	c := *b
	c.slots, c.off = slices.Clone(b.slots), slices.Clone(b.off)
	for i, lines := range c.off {
		if lines != nil {
			c.off[i] = make(map[int]fine, len(lines))
			for line, off := range lines {
				c.off[i][line] = off
			}
		}
	}
	return &c
}

func (b *bench) spendOne(p int) fine {
	terms := b.promotions[p].Terms
	var members []member
	var spent fine
	for i, s := range b.slots {
		if s.value > 0 && b.may(p, s) {
			members = append(members, member{i, s.n})
			spent += s.value * fine(s.n)
		}
	}
	if len(members) == 0 || spent < fine(terms.MinSpend)*fineness {
		return 0
	}
	gain := min(spent, fine(min(terms.Amount, mostWorth))*fineness)
	if terms.Amount == 0 {
		gain = spent.percentOf(terms.Percent)
	}
	b.take(use{p, gain, members})
	b.slots = slices.DeleteFunc(b.slots, func(s slot) bool { return s.n == 0 })
	return gain
}

// write rounds what each promotion takes off and puts it on the lines.
func (b *bench) write(lines []pricing.Line) {
	for p, promotion := range b.promotions {
		var order []int
		for line := range b.off[p] {
			order = append(order, line)
		}
		slices.SortFunc(order, func(x, y int) int { return bytes.Compare(lines[x].ID[:], lines[y].ID[:]) })
		weights := make([]money.Amount, len(order))
		var sum fine
		for i, line := range order {
			weights[i] = money.Amount(b.off[p][line])
			sum += b.off[p][line]
		}
		whole, err := money.Ratio(uint64(sum), 1, fineness)
		if err != nil || whole == 0 {
			continue
		}
		for i, part := range money.Allocate(whole, weights) {
			line := &lines[order[i]]
			part = min(part, left(*line)) // two that stack may both be rounded up
			if part > 0 {
				line.Deals = append(line.Deals, pricing.Deal{Promotion: promotion.ID, Name: promotion.Name, Amount: part})
			}
		}
	}
}

// left is what a line still comes to after its deals.
func left(line pricing.Line) money.Amount {
	gross, err := line.Gross()
	if err != nil {
		return 0
	}
	for _, d := range line.Deals {
		gross -= d.Amount
	}
	return gross
}
