package promotion

import (
	"cmp"
	"slices"
)

// role is a place in a group: so many units of some goods, and whether they gain.
type role struct {
	goods Goods
	count int
	gains bool
}

// roles are the places of a promotion that takes several kinds of goods.
func (r Terms) roles() []role {
	if r.Kind == BuyGet {
		return []role{{r.Goods, r.Buy, false}, {*r.Gets, r.Get, true}}
	}
	roles := make([]role, len(r.Parts))
	for i, part := range r.Parts {
		roles[i] = role{part.Goods, part.Count, true}
	}
	return roles
}

func (b *bench) fits(p int, r role, s slot) bool {
	return s.n > 0 && !s.chunk && b.free(p, s) && r.goods.Has(b.about[s.line])
}

// worth is what a role gives for one unit.
func (r Terms) worth(of role, s slot) fine {
	switch {
	case !of.gains:
		return 0
	case r.Kind == BuyGet:
		return s.value.percentOf(r.Percent)
	}
	return s.value
}

// apart reports whether no unit fits two roles of the promotion.
func (b *bench) apart(p int) bool {
	roles := b.promotions[p].Terms.roles()
	return !slices.ContainsFunc(b.slots, func(s slot) bool {
		fits := 0
		for _, r := range roles {
			if b.fits(p, r, s) {
				fits++
			}
		}
		return fits > 1
	})
}

// sets works out how many sets of a promotion of several kinds of goods are best:
// each role takes the units that gain most by it. Exact where the roles are apart.
func (b *bench) sets(p int, alone []single, stock []int) ([]use, fine) {
	terms := b.promotions[p].Terms
	roles := terms.roles()
	queues := make([][]unit, len(roles))
	most := mostUnits
	if terms.MaxUses > 0 {
		most = terms.MaxUses
	}
	for i, r := range roles {
		queues[i] = b.units(p, stock, func(s slot) bool { return b.fits(p, r, s) })
		slices.SortStableFunc(queues[i], func(x, y unit) int {
			gain := func(u unit) fine { return terms.worth(r, b.slots[u.slot]) - alone[u.slot].gain }
			value := func(u unit) fine { return b.slots[u.slot].value }
			return cmp.Or(cmp.Compare(gain(y), gain(x)), cmp.Compare(value(x), value(y))) // the dear ones may serve others
		})
		most = min(most, len(queues[i])/r.count)
	}
	var best use
	var gained fine
	for n := 1; n <= most; n++ {
		if u, net, ok := b.setsOf(p, n, queues, alone, stock); ok && net > gained {
			best, gained = u, net
		}
	}
	if gained <= 0 || best.gain <= 0 {
		return nil, 0
	}
	return []use{best}, gained
}

// setsOf takes the units of n sets. The gain is what they save; net is that less
// what the same units get alone.
func (b *bench) setsOf(p, n int, queues [][]unit, alone []single, stock []int) (u use, net fine, ok bool) {
	terms := b.promotions[p].Terms
	rest := slices.Clone(stock)
	u = use{promotion: p}
	if terms.Kind == Bundle {
		u.gain = -fine(terms.Amount) * fineness * fine(n)
	}
	net = u.gain
	roles := terms.roles()
	for i := len(roles) - 1; i >= 0; i-- { // of a buy_get the units that gain choose first
		r := roles[i]
		wanted := n * r.count
		for _, unit := range queues[i] {
			if wanted == 0 {
				break
			}
			if rest[unit.slot] == 0 {
				continue
			}
			rest[unit.slot]--
			wanted--
			worth := terms.worth(r, b.slots[unit.slot])
			u.gain += worth
			net += worth - alone[unit.slot].gain
			u.add(unit.slot)
		}
		if wanted > 0 {
			return use{}, 0, false
		}
	}
	return u, net, true
}

// The bounds of a complete search: how many states of the stock there may be, and
// how many groups are looked at, before it is given up for byOrders. They count
// work and not time, so that every machine comes to the same.
const (
	mostStates = 20_000
	mostLooks  = 100_000
)

// searcher looks through all ways to group the units of a few slots.
type searcher struct {
	b     *bench
	deals []int
	alone []single
	order []int // the slots, dearest first
	stock []int
	uses  []int // how often each deal may still be used; -1 is without limit
	known map[string]found
	looks int
}

// found is the best that can be made of a state of the stock, and its first step:
// a use, or to leave one unit of the first slot alone.
type found struct {
	gain fine
	step *use
}

// search finds the best uses of promotions that share goods. It is not ok if there
// is too much to look through.
func (b *bench) search(deals []int, alone []single, stock []int) ([]use, bool) {
	if len(deals) == 1 && b.apart(deals[0]) {
		uses, _ := b.sets(deals[0], alone, stock)
		return uses, true
	}
	s := searcher{b: b, deals: deals, alone: alone, stock: slices.Clone(stock), known: map[string]found{}}
	states := 1
	for _, i := range b.byValue() {
		if !slices.ContainsFunc(deals, func(p int) bool { return b.may(p, b.slots[i]) }) {
			continue
		}
		s.order = append(s.order, i)
		if states *= stock[i] + 1; states > mostStates || stock[i] > 250 {
			return nil, false
		}
	}
	for _, p := range deals {
		limit := b.promotions[p].Terms.MaxUses
		if limit == 0 || limit > 250 {
			limit = -1
		}
		if !b.enough(p, b.promotions[p].Terms) {
			limit = 0
		}
		s.uses = append(s.uses, limit)
	}
	s.from()
	if s.looks > mostLooks {
		return nil, false
	}
	return s.walk(), true
}

func (s *searcher) key() string {
	key := make([]byte, 0, len(s.order)+len(s.uses))
	for _, i := range s.order {
		key = append(key, byte(s.stock[i]))
	}
	for _, n := range s.uses {
		key = append(key, byte(n))
	}
	return string(key)
}

// first is the dearest slot that still has a unit, by its place in the order.
func (s *searcher) first() int {
	return slices.IndexFunc(s.order, func(i int) bool { return s.stock[i] > 0 })
}

// from is the best that can be made of what is left.
func (s *searcher) from() found {
	at := s.first()
	if at < 0 || s.looks > mostLooks {
		return found{}
	}
	key := s.key()
	if known, ok := s.known[key]; ok {
		return known
	}
	slot := s.order[at]
	s.stock[slot]--
	best := found{gain: s.alone[slot].gain + s.from().gain}
	s.stock[slot]++
	for d, p := range s.deals {
		if s.uses[d] == 0 {
			continue
		}
		s.groups(p, at, func(u use) {
			if s.looks++; s.looks > mostLooks {
				return
			}
			limit := s.uses[d]
			s.uses[d] = max(limit-1, min(limit, -1))
			if gain := u.gain + s.from().gain; gain > best.gain {
				best = found{gain, &u}
			}
			s.uses[d] = limit
		})
	}
	s.known[key] = best
	return best
}

// walk follows the best steps from the start.
func (s *searcher) walk() []use {
	var uses []use
	for {
		at := s.first()
		if at < 0 {
			return uses
		}
		step := s.known[s.key()].step
		if step == nil {
			s.stock[s.order[at]]--
			continue
		}
		uses = append(uses, *step)
		for _, m := range step.members {
			s.stock[m.slot] -= m.n
		}
		if d := slices.Index(s.deals, step.promotion); s.uses[d] > 0 {
			s.uses[d]--
		}
	}
}

// groups calls do with every group of a promotion that has a unit of the slot at
// that place of the order, and else units of slots from there on. Meanwhile the
// group's units are out of the stock.
func (s *searcher) groups(p, at int, do func(use)) {
	terms := s.b.promotions[p].Terms
	if s.b.chain(p) {
		form := terms.shape()
		pieces := func(i int) bool { return s.b.may(p, s.b.slots[i]) && (!s.b.slots[i].chunk || form.size == 1) }
		if pieces(s.order[at]) {
			choice{s, form.size, pieces, func(units []unit) { do(s.b.group(p, units)) }}.pick(nil, at, at)
		}
		return
	}
	s.fill(p, at, nil, func(picked [][]unit) {
		u := use{promotion: p}
		if terms.Kind == Bundle {
			u.gain = -fine(terms.Amount) * fineness
		}
		for i, r := range terms.roles() {
			for _, unit := range picked[i] {
				u.gain += terms.worth(r, s.b.slots[unit.slot])
				u.add(unit.slot)
			}
		}
		if slices.ContainsFunc(u.members, func(m member) bool { return m.slot == s.order[at] }) {
			do(u)
		}
	})
}

// choice is of so many units that may be taken.
type choice struct {
	*searcher
	count int
	may   func(slot int) bool
	do    func([]unit)
}

// pick calls do with every choice that adds to those chosen units of slots of the
// order, from a place on; if must is a place, its slot gives the next of them.
func (c choice) pick(chosen []unit, from, must int) {
	if len(chosen) == c.count {
		c.do(slices.Clone(chosen))
		return
	}
	for at := from; at < len(c.order) && c.looks <= mostLooks; at++ {
		slot := c.order[at]
		if c.stock[slot] > 0 && c.may(slot) {
			c.stock[slot]--
			c.pick(append(chosen, unit{slot}), at, -1)
			c.stock[slot]++
		}
		if must >= 0 {
			return
		}
	}
}

// fill chooses units for each role of a promotion that has none yet.
func (s *searcher) fill(p, at int, picked [][]unit, do func([][]unit)) {
	roles := s.b.promotions[p].Terms.roles()
	n := len(picked)
	if n == len(roles) {
		s.looks++
		do(picked)
		return
	}
	may := func(i int) bool { return s.b.fits(p, roles[n], s.b.slots[i]) }
	choice{s, roles[n].count, may, func(units []unit) {
		s.fill(p, at, append(slices.Clone(picked), units), do)
	}}.pick(nil, at, -1)
}
