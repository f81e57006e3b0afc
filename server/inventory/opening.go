package inventory

import (
	"context"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/money"
)

// OpeningLine is what stood of an item on the first day, and what a unit cost.
type OpeningLine struct {
	ItemID   uuid.UUID       `json:"item_id"`
	Quantity decimal.Decimal `json:"quantity"`
	UnitCost money.Amount    `json:"unit_cost_minor" minimum:"0"`
}

// OpeningStock is what stood at a place on the first day.
type OpeningStock struct {
	ID         uuid.UUID     `json:"id"`
	LocationID uuid.UUID     `json:"location_id"`
	Lines      []OpeningLine `json:"lines" minItems:"1" maxItems:"5000" nullable:"false"`
}

const openedAlready db.SQL = `
	select i.name
	from   stock_moves m
	join   items i on i.tenant_id = @tenant and i.id = m.item_id
	where  m.tenant_id = @tenant and m.item_id = any(@items::uuid[]) and m.location_id = @location and m.source_type = 'opening'
	limit  1`

// OpenStock books opening stock against the owner's opening balance. Sales may
// have come before it: what was sold already is then cost of sales at once.
//
// Fails with inventory.location_unknown, item_unknown, item_twice, not_tracked,
// too_fine, bad_quantity, and opened_already when an item has opening stock there.
func OpenStock(ctx context.Context, tx *db.Tx, in OpeningStock) (web.None, error) {
	c := correction{
		id: in.ID, kind: "opening", location: in.LocationID, against: ledger.RoleOpeningEquity, memo: "Opening stock",
	}
	items := ids(in.Lines, func(l OpeningLine) uuid.UUID { return l.ItemID })
	if err := distinct(items); err != nil {
		return web.None{}, err
	}
	// Holds the balances first, so that the question below has one answer.
	if err := c.read(ctx, tx, items); err != nil {
		return web.None{}, err
	}
	name, found, err := db.Maybe[string](ctx, tx, openedAlready, db.Args{"items": items, "location": in.LocationID})
	if err != nil {
		return web.None{}, err
	}
	if found {
		return web.None{}, fault.Conflict("inventory.opened_already").Messagef("%s has its opening stock already. Count it instead.", name)
	}
	moves, err := c.openings(in.Lines)
	if err != nil {
		return web.None{}, err
	}
	err = c.book(tx, moves)
	return web.None{}, err
}

func (c *correction) openings(lines []OpeningLine) ([]Move, error) {
	moves := make([]Move, len(lines))
	for i, line := range lines {
		if _, err := c.check(line.ItemID, line.Quantity); err != nil {
			return nil, err
		}
		if !line.Quantity.IsPos() || line.UnitCost < 0 {
			return nil, fault.Invalid("inventory.bad_quantity").Say("Opening stock is more than zero, and its cost is not below zero.")
		}
		value, err := line.UnitCost.Times(line.Quantity)
		if err != nil {
			return nil, fault.Invalid("inventory.too_much", fault.Because(err)).Say("This quantity or its value is too large to be booked.")
		}
		moves[i] = Move{
			ItemID: line.ItemID, LocationID: c.location, Quantity: line.Quantity, SourceType: c.kind, SourceID: c.id,
			SourceLine: i + 1, Value: &value, FallbackCost: line.UnitCost,
		}
	}
	return moves, nil
}

// Open books opening stock of many items in one journal entry, for setting up a
// shop. It fails as OpenStock does.
func Open(ctx context.Context, tx *db.Tx, location uuid.UUID, lines []OpeningLine) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := OpenStock(ctx, tx, OpeningStock{ID: uuid.Must(uuid.NewV7()), LocationID: location, Lines: lines})
	return err
}
