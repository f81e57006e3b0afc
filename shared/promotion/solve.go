package promotion

import (
	"slices"
)

// solve chooses the uses of promotions that take groups of units, against what each
// unit gets alone. Promotions that have no goods in common are worked out apart.
func (b *bench) solve(groups []int, alone []single) []use {
	var uses []use
	for _, deals := range b.components(groups) {
		stock := make([]int, len(b.slots))
		for i, s := range b.slots {
			stock[i] = s.n
		}
		uses = append(uses, b.best(deals, alone, stock)...)
	}
	return uses
}

// components parts the promotions into those that share goods on this cart.
func (b *bench) components(groups []int) [][]int {
	var parts [][]int
	for _, p := range groups {
		joined := []int{p}
		var apart [][]int
		for _, part := range parts {
			if slices.ContainsFunc(part, func(q int) bool { return b.meet(p, q) }) {
				joined = append(joined, part...)
			} else {
				apart = append(apart, part)
			}
		}
		slices.Sort(joined)
		apart = append(apart, joined)
		parts = apart
	}
	return parts
}

func (b *bench) meet(p, q int) bool {
	return slices.ContainsFunc(b.slots, func(s slot) bool { return b.may(p, s) && b.may(q, s) })
}

// best chooses for promotions that share goods.
func (b *bench) best(deals []int, alone []single, stock []int) []use {
	if len(deals) == 1 && b.chain(deals[0]) {
		uses, _ := b.along(deals[0], alone, stock)
		return uses
	}
	if uses, ok := b.search(deals, alone, stock); ok {
		return uses
	}
	return b.byOrders(deals, alone, stock)
}

// byOrders lets the promotions take what they like one after the other, in each
// order, and keeps the best.
func (b *bench) byOrders(deals []int, alone []single, stock []int) []use {
	var best []use
	var most fine = -1
	orders(deals, func(order []int) {
		rest := slices.Clone(stock)
		var uses []use
		var sum fine
		for _, p := range order {
			taken, gain := b.one(p, alone, rest)
			uses, sum = append(uses, taken...), sum+gain
			for _, u := range taken {
				for _, m := range u.members {
					rest[m.slot] -= m.n
				}
			}
		}
		if sum > most {
			best, most = uses, sum
		}
	})
	return best
}

// one works out a single promotion on what is left. The gain is over what the same
// units get alone.
func (b *bench) one(p int, alone []single, stock []int) ([]use, fine) {
	if b.chain(p) {
		return b.along(p, alone, stock)
	}
	return b.sets(p, alone, stock)
}

// mostOrders is up to how many promotions all their orders are tried; with more of
// them each comes first once.
const mostOrders = 4

// orders calls do with the orders of a few things, the given one first.
func orders(things []int, do func([]int)) {
	if len(things) > mostOrders {
		for i := range things {
			do(slices.Concat(things[i:], things[:i]))
		}
		return
	}
	permute(slices.Clone(things), 0, do)
}

func permute(things []int, from int, do func([]int)) {
	if from >= len(things)-1 {
		do(slices.Clone(things))
		return
	}
	for i := from; i < len(things); i++ {
		things[from], things[i] = things[i], things[from]
		permute(things, from+1, do)
		things[from], things[i] = things[i], things[from]
	}
}

// shape is how a promotion groups units of one kind of goods: size of them, of
// which the last, cheapest ones are worth it, less a price for all.
type shape struct {
	size  int
	first int // members before this one gain nothing
	price fine
}

// chain reports whether a promotion takes its groups from one kind of goods, so
// that the dearest units may simply be grouped in a row.
func (b *bench) chain(p int) bool {
	terms := b.promotions[p].Terms
	switch terms.Kind { //nolint:exhaustive // a spend is worked out elsewhere
	case BuyGet:
		return terms.Gets == nil
	case Bundle:
		return false
	}
	return true
}

func (r Terms) shape() shape {
	switch r.Kind { //nolint:exhaustive // a bundle has no such shape, a spend neither
	case BuyGet:
		return shape{size: r.Buy + r.Get, first: r.Buy}
	case MultiBuy:
		return shape{size: r.Count, price: fine(r.Amount) * fineness}
	}
	return shape{size: 1}
}

// gains is what the unit at a place of a group is worth to the customer.
func (r Terms) gains(place int, s slot) fine {
	switch r.Kind { //nolint:exhaustive // as above
	case BuyGet:
		if place < r.Buy {
			return 0
		}
		return s.value.percentOf(r.Percent)
	case MultiBuy, Bundle:
		return s.value
	}
	return r.each(s)
}

// unit is one unit of a slot.
type unit struct{ slot int }

// mostUnits bounds what along looks at: the dearest units decide.
const mostUnits = 2_000

// units are what a promotion may group, dearest first.
func (b *bench) units(p int, stock []int, groupable func(slot) bool) []unit {
	var units []unit
	terms := b.promotions[p].Terms
	if !b.enough(p, terms) {
		return nil
	}
	for _, i := range b.byValue() {
		s := b.slots[i]
		if !b.may(p, s) || !groupable(s) {
			continue
		}
		for range min(stock[i], mostUnits-len(units)) {
			units = append(units, unit{i})
		}
	}
	return units
}

// byValue are the slots in the order of their value; those that were taken before
// stand at the end of the list and out of order.
func (b *bench) byValue() []int {
	order := make([]int, len(b.slots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case b.slots[x].value > b.slots[y].value:
			return -1
		case b.slots[x].value < b.slots[y].value:
			return 1
		}
		return 0
	})
	return order
}

// along groups the units of one promotion. Going down from the dearest, each unit
// either stays out, for what it gets alone, or joins the group that is being
// filled: a best grouping of any set of units fills groups in that order, since
// each group's cheapest then are as dear as they can be. So the best over all sets
// is found by what is best with so many groups done and so many places filled.
func (b *bench) along(p int, alone []single, stock []int) ([]use, fine) {
	terms := b.promotions[p].Terms
	form := terms.shape()
	pieces := func(s slot) bool { return !s.chunk || form.size == 1 }
	units := b.units(p, stock, pieces)
	most := len(units) / form.size
	if terms.MaxUses > 0 {
		most = min(most, terms.MaxUses)
	}
	if most == 0 {
		return nil, 0
	}
	counted := 1 // how many states of groups done are kept apart
	if terms.MaxUses > 0 && most < len(units)/form.size {
		counted = most + 1
	}
	places := form.size * counted
	// gain[s] is over all units so far, in state s = groups done × size + places filled.
	gain := make([]fine, places)
	for s := range gain {
		gain[s] = -1 << 62
	}
	gain[0] = 0
	joined := make([][]bool, len(units))
	for n, u := range units {
		joined[n] = make([]bool, places)
		next := make([]fine, places)
		for s := range next {
			next[s] = gain[s]
		}
		lost := alone[u.slot].gain
		for s, before := range gain {
			if before == -1<<62 {
				continue
			}
			place := s % form.size
			to, value := s+1, before+terms.gains(place, b.slots[u.slot])-lost
			if place == form.size-1 {
				value -= form.price
				to = s + 1
				if counted == 1 {
					to = 0
				}
			}
			if to < places && value > next[to] {
				next[to], joined[n][to] = value, true
			}
		}
		gain = next
	}
	return b.trace(p, units, joined, gain, form)
}

// trace reads the groups off the table that along made.
func (b *bench) trace(p int, units []unit, joined [][]bool, gain []fine, form shape) ([]use, fine) {
	end := 0
	for s := 0; s < len(gain); s += form.size {
		if gain[s] > gain[end] {
			end = s
		}
	}
	if gain[end] <= 0 {
		return nil, 0
	}
	var picked []unit
	for n, s := len(units)-1, end; n >= 0; n-- {
		if !joined[n][s] {
			continue
		}
		picked = append(picked, units[n])
		if s--; s < 0 {
			s = len(gain) - 1
		}
	}
	slices.Reverse(picked)
	var uses []use
	for at := 0; at+form.size <= len(picked); at += form.size {
		uses = append(uses, b.group(p, picked[at:at+form.size]))
	}
	return uses, gain[end]
}

// group is one use of a promotion on these units, dearest first.
func (b *bench) group(p int, units []unit) use {
	terms := b.promotions[p].Terms
	u := use{promotion: p, gain: -terms.shape().price}
	for place, unit := range units {
		u.gain += terms.gains(place, b.slots[unit.slot])
		u.add(unit.slot)
	}
	return u
}

func (u *use) add(slot int) {
	for i := range u.members {
		if u.members[i].slot == slot {
			u.members[i].n++
			return
		}
	}
	u.members = append(u.members, member{slot, 1})
}
