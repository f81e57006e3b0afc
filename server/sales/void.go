package sales

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

// Void asks to undo a whole sale.
type Void struct {
	ID         uuid.UUID `json:"id" doc:"The void's id, made by the caller (UUIDv7)"`
	RegisterID uuid.UUID `json:"register_id"`
	Note       string    `json:"note,omitempty" maxLength:"500"`
	// ApprovalID is somebody's word, where it is more than the caller's limit.
	ApprovalID *uuid.UUID `json:"approval_id,omitempty"`
}

// VoidIn names the sale.
type VoidIn struct {
	ID   uuid.UUID `path:"id"`
	Body Void
}

// Undo voids a sale as a whole, once, while the shift that made it is still open
// at this register: the goods go back at what they cost and the money back the
// way it came. Later, or in part, it is a refund.
//
// Fails with sales.not_found, sales.not_a_sale, sales.voided,
// sales.already_refunded, sales.shift_over, approvals.needed, and with what Checkout fails with
// for the register.
func Undo(ctx context.Context, tx *db.Tx, in VoidIn) (Sale, error) {
	facts, err := loadReturn(ctx, tx, in.ID, in.Body.RegisterID)
	if err != nil {
		return Sale{}, err
	}
	switch {
	case facts.sale.Row.Refunded:
		return Sale{}, fault.Conflict("sales.already_refunded").Say("Part of this sale was given back. Refund the rest instead.")
	case facts.sale.Row.ShiftID != facts.shift.Row.ID:
		return Sale{}, fault.Conflict("sales.shift_over").Say("The shift of this sale is over. Refund it instead.")
	}
	void, err := facts.document(tx, in.Body.ID, wire.SaleKindVoid)
	if err != nil {
		return Sale{}, err
	}
	void.Note = in.Body.Note
	for _, line := range *facts.lines {
		void.addReturn(line, line.whole())
	}
	asked := limits.GivenBack(wire.ActionVoid, facts.sale.Row.ReceiptNo, void.Lines)
	if err := void.approved(ctx, tx, asked, in.Body.ApprovalID); err != nil {
		return Sale{}, err
	}
	for _, t := range *facts.tenders {
		t.Amount, t.Tendered, t.Change = -t.Amount, -t.Tendered, -t.Change
		void.Tenders = append(void.Tenders, t)
	}
	void.Rounding, void.Due = -facts.sale.Row.Rounding, -facts.sale.Row.Due
	if err := void.book(tx, facts.ground(byID(*facts.items))); err != nil {
		return Sale{}, err
	}
	return void.sale(), nil
}

// whole is all of a line, returns included.
func (r remaining) whole() part {
	return part{quantity: r.Quantity, gross: r.Gross, discount: r.Discount, net: r.Net, tax: r.Tax, cost: r.Cost}
}
