package till

import (
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

// waitsFor is how long an approval waits for the action that it was given for.
const waitsFor = 2 * time.Minute

// pending is an approval that nothing has used yet.
type pending struct {
	wire.Approval
	until time.Time
}

// Approve keeps somebody's word on what the signed-in person was refused: exactly
// that, once, within two minutes. Somebody else chooses his name and types his PIN;
// wrong ones count as when signing in. It works without the server.
//
// Fails with till.not_signed_in, till.approve_own, till.approve_beyond if that
// person may not either, and with what SignIn fails with.
func (e *Engine) Approve(personID uuid.UUID, pin string, asked wire.Asked, reason string) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.person == nil:
		return e.state(), errSignedOut
	case e.person.ID == personID:
		return e.state(), errApproveOwn
	}
	person, err := e.byPIN(personID, pin)
	if err != nil {
		return e.state(), err
	}
	if !mayApprove(person, asked) {
		return e.state(), errApproveBeyond
	}
	e.give(wire.Approval{
		ID: newID(), Asked: asked, By: personID, At: e.now(), Way: wire.ApprovedByPIN, Reason: strings.TrimSpace(reason),
	})
	return e.state(), nil
}

// Approvers lists who may approve something of the signed-in person's here.
func (e *Engine) Approvers(asked wire.Asked) []wire.Approver {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []wire.Approver{}
	if e.person == nil || e.setup == nil {
		return list
	}
	for _, p := range e.setup.People {
		if p.ID != e.person.ID && mayApprove(p, asked) {
			list = append(list, wire.Approver{ID: p.ID, Name: p.Name, Role: p.Role, HasPIN: p.PINHash != ""})
		}
	}
	return list
}

func (e *Engine) give(approval wire.Approval) {
	e.pending = append(e.pending, pending{approval, e.now().Add(waitsFor)})
}

func mayApprove(p wire.PersonSetup, asked wire.Asked) bool {
	return slices.Contains(p.Permissions, wire.MayApprove) && reachOf(p, asked).Approves(asked)
}

func reachOf(p wire.PersonSetup, asked wire.Asked) limits.Reach {
	return limits.Of(asked, func(permission wire.Permission) bool { return slices.Contains(p.Permissions, permission) }, p.Limits)
}

// waiting are the approvals that can still be used.
func (e *Engine) waiting() []wire.Approval {
	now := e.now()
	e.pending = slices.DeleteFunc(e.pending, func(p pending) bool { return now.After(p.until) })
	list := make([]wire.Approval, len(e.pending))
	for i, p := range e.pending {
		list[i] = p.Approval
	}
	return list
}

// spend takes an approval from those that wait: it is used once.
func (e *Engine) spend(id uuid.UUID) {
	e.pending = slices.DeleteFunc(e.pending, func(p pending) bool { return p.ID == id })
}

// may fails unless the signed-in person has the permission of their own.
func (e *Engine) may(permission wire.Permission) error {
	switch {
	case e.person == nil:
		return errSignedOut
	case !slices.Contains(e.person.Permissions, permission):
		return errNotYours
	}
	return nil
}

// forbidden names the right that is missing.
func forbidden(permission wire.Permission) error {
	return fault.Forbidden("till.forbidden", fault.At("permission", string(permission), "")).
		Say("You may not see this. Ask a manager to give you the right in the office.")
}

// allowed fails unless the signed-in person may do the thing as a whole, or
// somebody has approved exactly that; then it says who. The approval is used up.
func (e *Engine) allowed(asked wire.Asked) (*wire.Approval, error) {
	if e.person == nil {
		return nil, errSignedOut
	}
	need, by := limits.Whole(asked, reachOf(*e.person, asked), e.waiting())
	if need != nil {
		return nil, limits.Refuse(*need)
	}
	if by != nil {
		e.spend(by.ID)
	}
	return by, nil
}

// allowedRight is allowed for a permission alone. That it was lent goes into the
// journal.
func (e *Engine) allowedRight(permission wire.Permission) error {
	by, err := e.allowed(limits.Right(permission))
	if err != nil || by == nil {
		return err
	}
	used := wire.ApprovalUsed{Approval: *by, PersonID: e.person.ID, At: e.now()}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error { return e.record(tx, by.ID, wire.EntryApprovalUsed, used) })
	if err != nil {
		return e.diskFault(err)
	}
	e.poke()
	return e.countWaiting()
}

// verdicts is what the cart asks for beyond the person's limits, given these
// approvals; those that it takes are noted in used.
func (e *Engine) verdicts(b *basket, given []wire.Approval) (need *wire.Asked, used []wire.Approval, by map[int]uuid.UUID) {
	by = map[int]uuid.UUID{}
	lines := make([]limits.Line, len(b.Lines))
	for i, l := range b.Lines {
		p := b.priced.Lines[i]
		promoted := b.cart.Lines[i].Promoted()
		lines[i] = limits.Line{
			ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity, UnitPrice: l.UnitPrice, ListPrice: l.ListPrice,
			Gross: p.Gross - promoted, Discount: p.Discount - promoted,
		}
	}
	note := func(a wire.Approval) {
		if !slices.ContainsFunc(used, func(u wire.Approval) bool { return u.ID == a.ID }) {
			used = append(used, a)
		}
	}
	for _, v := range []limits.Verdict{
		limits.Discounts(lines, reachOf(*e.person, wire.Asked{Action: wire.ActionDiscount}), given),
		limits.Prices(lines, reachOf(*e.person, wire.Asked{Action: wire.ActionPrice}), given),
	} {
		if v.Need != nil && need == nil {
			need = v.Need
		}
		for i, a := range v.By {
			note(a)
			by[i] = a.By
		}
	}
	if b.Back == nil {
		return need, used, by
	}
	asked := limits.GivenBack(wire.ActionRefund, b.Back.ReceiptNo, b.Back.saleLines())
	whole, a := limits.Whole(asked, reachOf(*e.person, asked), given)
	if whole != nil && need == nil {
		need = whole
	}
	b.Back.ApprovedBy = nil
	if a != nil {
		note(*a)
		b.Back.ApprovedBy = &a.By
	}
	return need, used, by
}

// within fails if an edit asks for more than the person may and nobody has
// approved it. What it needs of the approvals that wait goes with the cart from
// here on. What the cart asked for before, of whoever held it, is looked at when it
// is paid.
func (e *Engine) within(next *basket) error {
	need, used, _ := e.verdicts(next, append(slices.Clone(next.Approvals), e.waiting()...))
	if need != nil {
		before := e.cart.copy()
		was, _, _ := e.verdicts(&before, before.Approvals)
		if was == nil || limits.Hash(*was) != limits.Hash(*need) {
			return limits.Refuse(*need)
		}
	}
	next.Approvals = used
	return nil
}

// settleApprovals is the last look before a sale is finished: everything on the
// cart is within the person's limits or approved.
func (e *Engine) settleApprovals() error {
	need, used, by := e.verdicts(&e.cart, append(slices.Clone(e.cart.Approvals), e.waiting()...))
	if need != nil {
		return limits.Refuse(*need)
	}
	short, asked := e.belowZero()
	if short {
		need, approval := limits.Whole(asked, reachOf(*e.person, asked), e.waiting())
		if need != nil {
			return limits.Refuse(*need)
		}
		if approval != nil {
			used = append(used, *approval)
		}
	}
	e.cart.Approvals, e.cart.approvers = used, by
	return nil
}

// belowZero says what of the cart is more than stands on the shelf, as far as this
// till knows.
func (e *Engine) belowZero() (bool, wire.Asked) {
	asked := wire.Asked{Action: wire.ActionNegativeStock, Amount: 1, Lines: []wire.AskedLine{}}
	if reachOf(*e.person, asked).Covers(1) {
		return false, asked
	}
	for i, l := range e.cart.Lines {
		if l.ItemID == nil {
			continue
		}
		item, ok := e.items.byID(*l.ItemID)
		if !ok || !item.TrackStock {
			continue
		}
		stands := e.onHand(item).Trim(0)
		if stands.Less(l.Quantity) {
			gross := e.cart.priced.Lines[i].Gross
			asked.Lines = append(asked.Lines, wire.AskedLine{
				ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity.Trim(0), Before: gross, After: gross, OnHand: &stands,
			})
		}
	}
	return len(asked.Lines) > 0, asked
}

// saleLines are the lines that come back.
func (t *taken) saleLines() []wire.SaleLine {
	lines := make([]wire.SaleLine, len(t.Lines))
	for i, l := range t.Lines {
		lines[i] = l.Line
	}
	return lines
}
