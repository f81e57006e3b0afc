package inventory

import (
	"context"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/approvals"
	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// AdjustmentLine adds to the stock of an item or takes from it.
type AdjustmentLine struct {
	ItemID   uuid.UUID       `json:"item_id"`
	Quantity decimal.Decimal `json:"quantity" doc:"Signed: found is positive, lost is negative"`
	Reason   string          `json:"reason" enum:"damaged,expired,lost,stolen,found,own_use,other"`
}

// Adjustment changes stock at a place for stated reasons.
type Adjustment struct {
	ID         uuid.UUID        `json:"id"`
	LocationID uuid.UUID        `json:"location_id"`
	Note       string           `json:"note,omitempty" maxLength:"200"`
	ApprovalID *uuid.UUID       `json:"approval_id,omitempty" doc:"Somebody's word, where it is more than the caller's limit"`
	Lines      []AdjustmentLine `json:"lines" minItems:"1" maxItems:"1000" nullable:"false"`
}

// StockCountLine is what was counted of an item.
type StockCountLine struct {
	ItemID  uuid.UUID       `json:"item_id"`
	Counted decimal.Decimal `json:"counted"`
}

// StockCount is what was counted at a place.
type StockCount struct {
	ID         uuid.UUID        `json:"id"`
	LocationID uuid.UUID        `json:"location_id"`
	Note       string           `json:"note,omitempty" maxLength:"200"`
	ApprovalID *uuid.UUID       `json:"approval_id,omitempty" doc:"Somebody's word, where it is more than the caller's limit"`
	Lines      []StockCountLine `json:"lines" minItems:"1" maxItems:"1000" nullable:"false"`
}

// StockCorrected says what an adjustment or a count changed.
type StockCorrected struct {
	ID    uuid.UUID            `json:"id"`
	Lines []StockCorrectedLine `json:"lines" nullable:"false"`
}

// StockCorrectedLine is one item's change. Nothing is listed of an item whose
// count was right.
type StockCorrectedLine struct {
	ItemID   uuid.UUID       `json:"item_id"`
	Quantity decimal.Decimal `json:"quantity"`
	OnHand   decimal.Decimal `json:"on_hand"`
}

// AdjustStock adds and takes stock, at the average cost, against stock differences.
//
// Fails with inventory.location_unknown, item_unknown, item_twice, not_tracked,
// too_fine, bad_quantity and approvals.needed.
func AdjustStock(ctx context.Context, tx *db.Tx, in Adjustment) (StockCorrected, error) {
	c := correction{
		id: in.ID, kind: "adjustment", location: in.LocationID, against: ledger.RoleStockAdjustment, memo: memoOr(in.Note, "Stock adjustment"),
	}
	items := ids(in.Lines, func(l AdjustmentLine) uuid.UUID { return l.ItemID })
	if err := distinct(items); err != nil {
		return StockCorrected{}, err
	}
	if err := c.read(ctx, tx, items); err != nil {
		return StockCorrected{}, err
	}
	changes := make([]change, len(in.Lines))
	for i, line := range in.Lines {
		if line.Quantity.IsZero() {
			return StockCorrected{}, fault.Invalid("inventory.bad_quantity").Say("Say how much was found or lost: not zero.")
		}
		if line.Reason != "other" && line.Quantity.IsNeg() == (line.Reason == "found") {
			return StockCorrected{}, fault.Invalid("inventory.bad_quantity").Say("What was found adds to stock, what is gone takes from it. Choose the reason that fits.")
		}
		changes[i] = change{line.ItemID, line.Quantity, line.Reason}
	}
	if err := c.approved(ctx, tx, changes, in.ApprovalID); err != nil {
		return StockCorrected{}, err
	}
	return c.correct(tx, changes)
}

// CountStock sets stock to what was counted, at the average cost, against stock
// differences. An item whose count is right is left alone.
//
// Fails with inventory.location_unknown, item_unknown, item_twice, not_tracked,
// too_fine, bad_quantity and approvals.needed.
func CountStock(ctx context.Context, tx *db.Tx, in StockCount) (StockCorrected, error) {
	c := correction{
		id: in.ID, kind: "count", location: in.LocationID, against: ledger.RoleStockAdjustment, memo: memoOr(in.Note, "Stock count"),
	}
	items := ids(in.Lines, func(l StockCountLine) uuid.UUID { return l.ItemID })
	if err := distinct(items); err != nil {
		return StockCorrected{}, err
	}
	if err := c.read(ctx, tx, items); err != nil {
		return StockCorrected{}, err
	}
	var changes []change
	for _, line := range in.Lines {
		if line.Counted.IsNeg() {
			return StockCorrected{}, fault.Invalid("inventory.bad_quantity").Say("Nobody can count less than nothing.")
		}
		if _, err := c.check(line.ItemID, line.Counted); err != nil {
			return StockCorrected{}, err
		}
		off, err := line.Counted.Sub(c.onHand(line.ItemID))
		if err != nil {
			return StockCorrected{}, err
		}
		if !off.IsZero() {
			changes = append(changes, change{line.ItemID, off, "count"})
		}
	}
	if err := c.approved(ctx, tx, changes, in.ApprovalID); err != nil {
		return StockCorrected{}, err
	}
	return c.correct(tx, changes)
}

// approved fails with approvals.needed if more is written off than the caller may
// by himself and nobody has approved it. It is measured at selling prices, which
// everyone who counts may know.
func (c *correction) approved(ctx context.Context, tx *db.Tx, changes []change, id *uuid.UUID) error {
	asked := wire.Asked{Action: wire.ActionWriteOff, Lines: []wire.AskedLine{}}
	for _, ch := range changes {
		if !ch.quantity.IsNeg() {
			continue
		}
		a := c.articles[ch.item]
		worth, err := a.Price.Times(ch.quantity.Neg())
		if err != nil {
			return fault.Invalid("inventory.bad_quantity").Say("This quantity is too large. Check it.").Wrap(err)
		}
		item := ch.item
		asked.Amount += int64(worth)
		asked.Lines = append(asked.Lines, wire.AskedLine{ItemID: &item, Name: a.Name, Quantity: ch.quantity.Trim(0), Before: worth, After: 0})
	}
	if len(asked.Lines) == 0 {
		return nil
	}
	by, err := approvals.One(ctx, tx, asked, id)
	if err == nil && by != nil {
		approvals.Use(tx.Batch(), c.id, *by)
	}
	return err
}

type change struct {
	item     uuid.UUID
	quantity decimal.Decimal
	reason   string
}

func (c *correction) correct(tx *db.Tx, changes []change) (StockCorrected, error) {
	out := StockCorrected{ID: c.id, Lines: []StockCorrectedLine{}}
	moves := make([]Move, len(changes))
	for i, ch := range changes {
		var cost money.Amount
		// A count may correct a fraction that a till left, however fine.
		if ch.reason == "count" {
			cost = c.articles[ch.item].Cost
		} else {
			a, err := c.check(ch.item, ch.quantity)
			if err != nil {
				return out, err
			}
			cost = a.Cost
		}
		onHand, err := c.onHand(ch.item).Add(ch.quantity)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, StockCorrectedLine{ItemID: ch.item, Quantity: ch.quantity.Trim(0), OnHand: onHand.Trim(0)})
		moves[i] = Move{
			ItemID: ch.item, LocationID: c.location, Quantity: ch.quantity, SourceType: c.kind, SourceID: c.id,
			SourceLine: i + 1, Reason: ch.reason, FallbackCost: cost,
		}
	}
	err := c.book(tx, moves)
	return out, err
}

func memoOr(note, otherwise string) string {
	if note == "" {
		return otherwise
	}
	return note
}
