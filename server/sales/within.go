package sales

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/approvals"
	"souk/server/inventory"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/limits"
	"souk/shared/wire"
)

// within fails with approvals.needed unless all that the basket asks for is within
// the actor's limits or approved. It notes which approvals it takes, and who gave
// them on each line.
func (b *basket) within(actor auth.Actor, given []wire.Approval) error {
	lines, at := limits.SaleLines(b.lines)
	for i := range lines {
		if id := lines[i].ItemID; id != nil && b.items[*id].SoldBy == "open" {
			lines[i].ListPrice = lines[i].UnitPrice
		}
	}
	for _, v := range []limits.Verdict{
		limits.Discounts(lines, actor.Reach(wire.Asked{Action: wire.ActionDiscount}), given),
		limits.Prices(lines, actor.Reach(wire.Asked{Action: wire.ActionPrice}), given),
	} {
		if v.Need != nil {
			return limits.Refuse(*v.Need)
		}
		for i, approval := range v.By {
			by := approval.By
			b.lines[at[i]].ApprovedBy = &by
			b.use(approval)
		}
	}
	blind := slices.DeleteFunc(slices.Clone(b.lines), func(l wire.SaleLine) bool { return !l.Quantity.IsNeg() })
	if err := b.whole(actor, limits.GivenBack(wire.ActionBlindRefund, "", blind), given, blind); err != nil {
		return err
	}
	receipt := ""
	if len(b.back) > 0 {
		receipt = b.from.sale.Row.ReceiptNo
	}
	return b.whole(actor, limits.GivenBack(wire.ActionRefund, receipt, b.back), given, b.back)
}

// whole looks at lines that are given back as one thing.
func (b *basket) whole(actor auth.Actor, asked wire.Asked, given []wire.Approval, lines []wire.SaleLine) error {
	if len(lines) == 0 {
		return nil
	}
	need, by := limits.Whole(asked, actor.Reach(asked), given)
	if need != nil {
		return limits.Refuse(*need)
	}
	if by == nil {
		return nil
	}
	b.use(*by)
	for _, all := range [][]wire.SaleLine{b.lines, b.back} {
		for i := range all {
			if all[i].Quantity.IsNeg() {
				all[i].ApprovedBy = &by.By
			}
		}
	}
	return nil
}

func (b *basket) use(approval wire.Approval) {
	if !slices.ContainsFunc(b.used, func(a wire.Approval) bool { return a.ID == approval.ID }) {
		b.used = append(b.used, approval)
	}
}

// stocked fails with approvals.needed if more is sold than stands on the shelf and
// the actor may not by himself.
func (b *basket) stocked(actor auth.Actor, balances []inventory.Balance, given []wire.Approval) error {
	asked := wire.Asked{Action: wire.ActionNegativeStock, Amount: 1, Lines: []wire.AskedLine{}}
	if actor.Reach(asked).Covers(1) {
		return nil
	}
	left := map[uuid.UUID]decimal.Decimal{}
	for _, balance := range balances {
		left[balance.ItemID] = balance.OnHand
	}
	for _, l := range b.lines {
		if l.ItemID == nil || !b.items[*l.ItemID].TrackStock || !l.Quantity.IsPos() {
			continue
		}
		stood := left[*l.ItemID]
		rest, err := stood.Sub(l.Quantity)
		if err != nil {
			continue // booking says so
		}
		left[*l.ItemID] = rest
		if rest.IsNeg() {
			stood = stood.Trim(0)
			asked.Lines = append(asked.Lines, wire.AskedLine{
				ItemID: l.ItemID, Name: l.Name, Unit: l.Unit, Quantity: l.Quantity.Trim(0), Before: l.Gross, After: l.Gross, OnHand: &stood,
			})
		}
	}
	if len(asked.Lines) == 0 {
		return nil
	}
	need, by := limits.Whole(asked, actor.Reach(asked), given)
	if need != nil {
		return limits.Refuse(*need)
	}
	if by != nil {
		b.use(*by)
	}
	return nil
}

// approvedBy keeps who approved what of the document, and uses it up.
func (d *document) approvedBy(batch *db.Batch, used []wire.Approval) {
	for i, a := range used {
		switch a.Asked.Action {
		case wire.ActionRefund, wire.ActionBlindRefund, wire.ActionVoid:
			d.ApprovedBy = &used[i].By
		default:
		}
	}
	d.Approvals = used
	approvals.Use(batch, d.ID, used...)
}

// approved is approvedBy for a document that takes a sale back as a whole, and
// checks that somebody has approved it where the caller may not by himself.
func (d *document) approved(ctx context.Context, tx *db.Tx, asked wire.Asked, id *uuid.UUID) error {
	by, err := approvals.One(ctx, tx, asked, id)
	if err != nil || by == nil {
		return err
	}
	for i := range d.Lines {
		d.Lines[i].ApprovedBy = &by.By
	}
	d.approvedBy(tx.Batch(), []wire.Approval{*by})
	return nil
}

// involved are the people whose limits count for what a till has sold.
func involved(in wire.FinishedSale) []uuid.UUID {
	people := []uuid.UUID{in.PersonID}
	for _, a := range in.Approvals {
		people = append(people, a.By)
	}
	return people
}

// judge flags what a till's person did beyond his limits, as they are now, and
// nobody who may has approved.
func (f uploadFacts) judge(d *document) {
	sound := f.reaches.Sound(d.PersonID, d.Approvals)
	items := byID(*f.items)
	lines, at := limits.SaleLines(d.Lines)
	for i := range lines {
		if id := lines[i].ItemID; id != nil && items[*id].SoldBy == "open" {
			lines[i].ListPrice = lines[i].UnitPrice
		}
	}
	d.Lines = slices.Clone(d.Lines)
	for _, action := range []wire.LimitedAction{wire.ActionDiscount, wire.ActionPrice} {
		look, reach := limits.Discounts, f.reaches.Of(d.PersonID, wire.Asked{Action: action})
		if action == wire.ActionPrice {
			look = limits.Prices
		}
		v := look(lines, reach, sound)
		if v.Need != nil {
			d.flag(FlagUnapproved)
		}
		for i, approval := range v.By {
			d.Lines[at[i]].ApprovedBy = &approval.By
		}
	}
	back := slices.DeleteFunc(slices.Clone(d.Lines), func(l wire.SaleLine) bool { return !l.Quantity.IsNeg() })
	if len(back) == 0 {
		return
	}
	asked := limits.GivenBack(wire.ActionRefund, f.original.Row, back)
	if need, _ := limits.Whole(asked, f.reaches.Of(d.PersonID, asked), sound); need != nil {
		d.flag(FlagUnapproved)
	}
}

// recordApprovals keeps what a till's people approved of it.
func (d *document) recordApprovals(ctx context.Context, batch *db.Batch) error {
	return approvals.Record(batch, approvals.Recorded{
		Store: d.storeID, Register: d.RegisterID, Device: auth.From(ctx).Device, Asker: d.PersonID, For: d.ID, At: d.CompletedAt, Given: d.Approvals,
	})
}
