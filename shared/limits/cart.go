package limits

import (
	"math/bits"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/wire"
)

// Line is a priced line as far as limits look at it. Gross is before discounts, with
// what promotions take off gone already: those are the shop's own will. Discount is
// all else that comes off, the share of the cart's included.
type Line struct {
	ItemID    *uuid.UUID
	Name      string
	Unit      string
	Quantity  decimal.Decimal
	UnitPrice money.Amount
	ListPrice money.Amount
	Gross     money.Amount
	Discount  money.Amount
}

// Verdict is what of a cart is beyond somebody's reach and approved by nobody yet;
// nil where nothing is. By says who approved what of each line.
type Verdict struct {
	Need *wire.Asked
	By   map[int]wire.Approval
}

// Discounts looks at what comes off each line.
func Discounts(lines []Line, reach Reach, given []wire.Approval) Verdict {
	return judge(wire.ActionDiscount, lines, reach, given, func(l Line) (before, after money.Amount, changed bool) {
		return l.Gross, l.Gross - l.Discount, l.Discount != 0
	})
}

// Prices looks at lines that are sold at another price than the list's. One that
// is raised is within everyone's reach who may change prices at all.
func Prices(lines []Line, reach Reach, given []wire.Approval) Verdict {
	return judge(wire.ActionPrice, lines, reach, given, func(l Line) (before, after money.Amount, changed bool) {
		before, errBefore := l.ListPrice.Times(l.Quantity)
		after, errAfter := l.UnitPrice.Times(l.Quantity)
		if errBefore != nil || errAfter != nil {
			before, after = l.ListPrice, l.UnitPrice
		}
		return before, after, l.ListPrice != l.UnitPrice
	})
}

func judge(action wire.LimitedAction, lines []Line, reach Reach, given []wire.Approval, of func(Line) (money.Amount, money.Amount, bool)) Verdict {
	v := Verdict{By: map[int]wire.Approval{}}
	pool := newPool(action, given)
	asked := wire.Asked{Action: action, Lines: []wire.AskedLine{}}
	for i, l := range lines {
		before, after, changed := of(l)
		if !changed || l.Quantity.IsNeg() || reach.May && (reach.Most == nil || within(before, after, *reach.Most)) {
			continue
		}
		line := wire.AskedLine{ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity.Trim(0), Before: before, After: after}
		if approval, ok := pool.take(line); ok {
			v.By[i] = approval
			continue
		}
		asked.Amount = max(asked.Amount, off(before, after))
		asked.Lines = append(asked.Lines, line)
	}
	if len(asked.Lines) > 0 {
		asked.Limit = reach.Limit()
		v.Need = &asked
	}
	return v
}

// off is how much lower after is, in hundredths of a percent. Where that is no
// whole number of them it is the least percentage that comes to it, to the coin:
// 2.55 off 5.09 is 50 percent.
func off(before, after money.Amount) int64 {
	if before <= 0 || after >= before {
		return 0
	}
	return share(before-after, before)
}

const whole = 100_00 // hundredths of a percent

func share(part, of money.Amount) int64 {
	if high, low := bits.Mul64(uint64(part), whole); high < uint64(of) {
		if exact, rest := bits.Div64(high, low, uint64(of)); rest == 0 {
			return min(int64(exact), whole)
		}
	}
	high, low := bits.Mul64(2*uint64(part)-1, whole)
	if high >= 2*uint64(of) {
		return whole // more than all of it: a line below zero
	}
	quotient, rest := bits.Div64(high, low, 2*uint64(of))
	if rest > 0 {
		quotient++
	}
	return min(int64(quotient), whole)
}

// within compares in money, to the coin: a tenth off 0.99 is 0.10, which is more
// than ten percent and yet what ten percent come to. A line's own discount and its
// share of the cart's are rounded apart, so one coin more is no more either.
func within(before, after money.Amount, most int64) bool {
	if after >= before || before <= 0 {
		return true
	}
	high, low := bits.Mul64(uint64(before), uint64(max(most, 0)))
	if high >= whole {
		return true
	}
	allowed, rest := bits.Div64(high, low, whole)
	if rest > 0 {
		allowed++
	}
	if most > 0 {
		allowed++
	}
	return uint64(before-after) <= allowed
}

// pool hands out approved lines, each once, whoever brings an approval twice.
type pool struct {
	approvals []wire.Approval
	lines     [][]wire.AskedLine
}

func newPool(action wire.LimitedAction, given []wire.Approval) pool {
	var p pool
	for i, approval := range given {
		twice := slices.ContainsFunc(given[:i], func(a wire.Approval) bool { return a.ID == approval.ID })
		if approval.Asked.Action == action && !twice {
			p.approvals = append(p.approvals, approval)
			p.lines = append(p.lines, slices.Clone(approval.Asked.Lines))
		}
	}
	return p
}

// take finds the approval of exactly this line, coming to no less than was approved.
func (p pool) take(line wire.AskedLine) (wire.Approval, bool) {
	for i := range p.lines {
		at := slices.IndexFunc(p.lines[i], func(l wire.AskedLine) bool {
			return sameItem(l.ItemID, line.ItemID) && l.Name == line.Name && l.Quantity.Equal(line.Quantity) && l.Before == line.Before && l.After <= line.After
		})
		if at >= 0 {
			p.lines[i] = slices.Delete(p.lines[i], at, at+1)
			return p.approvals[i], true
		}
	}
	return wire.Approval{}, false
}

func sameItem(a, b *uuid.UUID) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// SaleLines are the lines of a finished sale, those that give something back left
// out.
func SaleLines(lines []wire.SaleLine) ([]Line, []int) {
	var out []Line
	var at []int
	for i, l := range lines {
		if l.OriginalLine != nil || l.Quantity.IsNeg() {
			continue
		}
		out = append(out, LineOf(l))
		at = append(at, i)
	}
	return out, at
}

// LineOf is one line of a sale.
func LineOf(l wire.SaleLine) Line {
	return Line{
		ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity, UnitPrice: l.UnitPrice, ListPrice: l.ListPrice,
		Gross: l.Gross - l.Promoted(), Discount: l.Discount - l.Promoted(),
	}
}

// GivenBack is what lines that come back ask for: all of them as one thing.
func GivenBack(action wire.LimitedAction, subject string, lines []wire.SaleLine) wire.Asked {
	asked := wire.Asked{Action: action, Subject: subject, Lines: []wire.AskedLine{}}
	for _, l := range lines {
		asked.Amount -= int64(l.Total)
		asked.Lines = append(asked.Lines, wire.AskedLine{
			ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity.Trim(0), Before: -l.Total, After: 0,
		})
	}
	return asked
}

// CashMove is what a movement of cash asks for. Name is the reason.
func CashMove(kind wire.CashKind, reason wire.CashReason, amount money.Amount) wire.Asked {
	asked := wire.Asked{Action: Cash(kind), Amount: int64(amount), Lines: []wire.AskedLine{{Name: string(reason), Quantity: decimal.One, Before: amount, After: 0}}}
	if kind == wire.DrawerOpen {
		asked.Amount = 1
	}
	return asked
}

// Right asks for a permission that someone has not, for once.
func Right(permission wire.Permission) wire.Asked {
	return wire.Asked{Action: wire.ActionRight, Permission: permission, Amount: 1, Lines: []wire.AskedLine{}}
}
