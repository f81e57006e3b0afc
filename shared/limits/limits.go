// Package limits knows how far a role goes by itself: what of a cart, a refund or
// a movement of cash is beyond that, and whether an approval covers it. The till
// and the server ask the same questions of it. It keeps nothing and checks no PIN.
package limits

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"souk/shared/wire"
)

// Reach is how far somebody goes by himself in one action: not at all without the
// right, else up to Most, or as far as he likes if that is nil.
type Reach struct {
	May  bool
	Most *int64
}

// Covers reports whether so much is within reach.
func (r Reach) Covers(amount int64) bool { return r.May && (r.Most == nil || amount <= *r.Most) }

// Approves reports whether somebody with this reach goes so far himself: line by
// line for what is measured in percent, to the coin.
func (r Reach) Approves(asked wire.Asked) bool {
	if !Percent(asked.Action) || !r.May || r.Most == nil {
		return r.Covers(asked.Amount)
	}
	for _, l := range asked.Lines {
		if !within(l.Before, l.After, *r.Most) {
			return false
		}
	}
	return len(asked.Lines) > 0
}

// Limit is what the person is told: nothing at all without the right.
func (r Reach) Limit() *int64 {
	if !r.May {
		return new(int64)
	}
	return r.Most
}

// Needs is the permission that an action takes; none for what every seller does
// until a limit says otherwise.
func Needs(action wire.LimitedAction) wire.Permission {
	switch action {
	case wire.ActionDiscount:
		return "sales.discount"
	case wire.ActionPrice:
		return "sales.price"
	case wire.ActionRefund, wire.ActionBlindRefund:
		return wire.MayTakeBack
	case wire.ActionVoid:
		return "sales.void"
	case wire.ActionNoSale:
		return wire.MayOpen
	case wire.ActionWriteOff:
		return "inventory.adjust"
	case wire.ActionCashIn:
		return wire.MayCashIn
	case wire.ActionCashOut:
		return wire.MayCashOut
	case wire.ActionCashDrop:
		return wire.MayDrop
	case wire.ActionNegativeStock, wire.ActionRight:
	}
	return ""
}

// Of is the reach of someone with these rights and limits in what is asked.
func Of(asked wire.Asked, can func(wire.Permission) bool, most wire.Limits) Reach {
	needs := Needs(asked.Action)
	if asked.Action == wire.ActionRight {
		needs = asked.Permission
	}
	return Reach{May: needs == "" || can(needs), Most: most[asked.Action]}
}

// Cash is the action behind a movement of cash.
func Cash(kind wire.CashKind) wire.LimitedAction {
	return map[wire.CashKind]wire.LimitedAction{
		wire.CashIn: wire.ActionCashIn, wire.CashOut: wire.ActionCashOut, wire.CashDrop: wire.ActionCashDrop, wire.DrawerOpen: wire.ActionNoSale,
	}[kind]
}

// Percent reports whether the action is measured in hundredths of a percent.
func Percent(action wire.LimitedAction) bool {
	return action == wire.ActionDiscount || action == wire.ActionPrice
}

// Default is how far a built-in role goes while its shop has said nothing: who
// leads as far as he likes, others within reason.
func Default(role wire.Role) wire.Limits {
	percent := int64(20_00)
	switch {
	case role.Level() >= wire.Manager.Level():
		return wire.Limits{}
	case role == wire.SalesManager:
		percent = 50_00
	}
	return wire.Limits{wire.ActionDiscount: &percent, wire.ActionPrice: &percent}
}

// Over is limits with changes over them.
func Over(under wire.Limits, changes ...wire.Limits) wire.Limits {
	out := wire.Limits{}
	for _, layer := range append([]wire.Limits{under}, changes...) {
		for action, most := range layer {
			out[action] = most
		}
	}
	return out
}

// Hash names what is asked by its content: the action and its lines, with what they
// come to. Limit is no part of it.
func Hash(asked wire.Asked) string {
	asked.Limit = nil
	asked.Lines = slices.Clone(asked.Lines)
	for i := range asked.Lines {
		asked.Lines[i].Quantity, asked.Lines[i].OnHand = asked.Lines[i].Quantity.Trim(0), nil
	}
	if asked.Lines == nil {
		asked.Lines = []wire.AskedLine{}
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return "" // it is text and numbers alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Whole is what is asked as one thing, or nil where it is within reach or approved
// exactly so.
func Whole(asked wire.Asked, reach Reach, given []wire.Approval) (need *wire.Asked, by *wire.Approval) {
	if reach.Covers(asked.Amount) {
		return nil, nil
	}
	hash := Hash(asked)
	for i := range given {
		if Hash(given[i].Asked) == hash {
			return nil, &given[i]
		}
	}
	asked.Limit = reach.Limit()
	return &asked, nil
}
