package inventory

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// Balance is what stands of an item at a place and what it is worth. UnitCost is
// the moving average, in minor units for one unit; below zero stock it is what
// a unit cost last.
type Balance struct {
	ItemID     uuid.UUID       `db:"item_id"`
	LocationID uuid.UUID       `db:"location_id"`
	OnHand     decimal.Decimal `db:"on_hand"`
	Value      money.Amount    `db:"value"`
	UnitCost   decimal.Decimal `db:"unit_cost"`
}

// Move is one movement: a positive quantity came in, a negative one went out.
type Move struct {
	ItemID, LocationID uuid.UUID
	Quantity           decimal.Decimal
	SourceType         string
	SourceID           uuid.UUID
	SourceLine         int
	Reason             string
	// Value is what the quantity is worth, as an amount without a sign,
	// when that is known: a receipt, a reversal. Nil takes the moving average.
	Value *money.Amount
	// FallbackCost is what a unit costs when stock has never told.
	FallbackCost money.Amount
}

const (
	readBalances db.SQL = `
		select item_id, location_id, on_hand, value_minor as value, unit_cost
		from   stock_balances
		where  tenant_id = @tenant and location_id = @location and item_id = any(@items::uuid[])
		order  by item_id
		for    update`

	insertMoves db.SQL = `
		insert into stock_moves (tenant_id, id, item_id, location_id, quantity, value_minor, source_type, source_id, source_line, reason, person_id, at)
		select @tenant, m.id, m.item_id, m.location_id, m.quantity, m.value, m.source_type, m.source_id, m.source_line, m.reason, @person, @now
		from   unnest(@ids::uuid[], @items::uuid[], @locations::uuid[], @quantities::numeric[], @values::bigint[],
		              @types::text[], @sources::uuid[], @lines::int[], @reasons::text[])
		       as m (id, item_id, location_id, quantity, value, source_type, source_id, source_line, reason)`

	// What was there when it was read is held since then.
	changeBalances db.SQL = `
		update stock_balances b
		set    on_hand = b.on_hand + c.quantity, value_minor = b.value_minor + c.value, unit_cost = c.unit_cost
		from   unnest(@items::uuid[], @locations::uuid[], @quantities::numeric[], @values::bigint[], @costs::numeric[])
		       as c (item_id, location_id, quantity, value, unit_cost)
		where  b.tenant_id = @tenant and b.item_id = c.item_id and b.location_id = c.location_id`

	// Differences, not results: of an item's very first two movements at a place,
	// made at once, neither could lock the other's row when it read. Should the two
	// leave value on an empty shelf, stock_balances_empty refuses the later one.
	addToBalances db.SQL = `
		insert into stock_balances as b (tenant_id, item_id, location_id, on_hand, value_minor, unit_cost)
		select @tenant, c.item_id, c.location_id, c.quantity, c.value, c.unit_cost
		from   unnest(@items::uuid[], @locations::uuid[], @quantities::numeric[], @values::bigint[], @costs::numeric[])
		       as c (item_id, location_id, quantity, value, unit_cost)
		order  by c.item_id, c.location_id
		on     conflict (tenant_id, item_id, location_id) do update
		set    on_hand = b.on_hand + excluded.on_hand, value_minor = b.value_minor + excluded.value_minor, unit_cost = excluded.unit_cost`
)

// ReadBalances adds a read of these items' balances at a place, sorted by item,
// held until the transaction ends. An item that never moved there has no row.
func ReadBalances(r *db.Reads, location uuid.UUID, items []uuid.UUID) *[]Balance {
	return db.ReadAll[Balance](r, readBalances, db.Args{"location": location, "items": items})
}

// Apply writes the moves and the balances that they lead to, and gives what each
// move changed the stock's value by, in the order of the moves: that, and nothing
// else, is what the caller posts to the stock account. Stock may fall below zero.
// balances must be those of ReadBalances in the same transaction. The rule of
// valuation stands at Balance.after.
//
// A movement that is booked already fails at the commit with
// inventory.already_moved. Fails with inventory.too_much when a figure is out of range.
func Apply(b *db.Batch, balances []Balance, moves []Move) ([]money.Amount, error) {
	valued, err := Settle(balances, moves)
	if err != nil {
		return nil, err
	}
	valued.Write(b)
	return valued.Values, b.Done()
}

// Valued are moves that are worked out and not yet written.
type Valued struct {
	Values  []money.Amount // what each move changes the stock's value by
	moves   []Move
	shelves []*shelf
}

// Settle is the first half of Apply, for a caller who has something to write before
// the moves: what they come from.
func Settle(balances []Balance, moves []Move) (Valued, error) {
	moves = slices.Clone(moves)
	shelves, values, err := settle(balances, moves)
	return Valued{values, moves, shelves}, err
}

// Write is the other half.
func (v Valued) Write(b *db.Batch) {
	if len(v.moves) > 0 {
		writeBalances(b, v.shelves)
		writeMoves(b, v.moves, v.Values)
	}
}

// shelf is a balance on its way from what was read to what will be.
type shelf struct {
	Balance
	held     bool            // it was there when it was read
	quantity decimal.Decimal // moved in all
	value    money.Amount
}

// settle values the moves one after the other. Nothing is written.
func settle(balances []Balance, moves []Move) ([]*shelf, []money.Amount, error) {
	type key struct{ item, location uuid.UUID }
	byKey := make(map[key]*shelf, len(balances))
	for _, balance := range balances {
		byKey[key{balance.ItemID, balance.LocationID}] = &shelf{Balance: balance, held: true}
	}
	var touched []*shelf
	seen := map[*shelf]bool{}
	values := make([]money.Amount, len(moves))
	for i := range moves {
		// As the table keeps it, so that balance and moves round alike.
		moves[i].Quantity = moves[i].Quantity.Round(quantityPlaces)
		move := moves[i]
		at := key{move.ItemID, move.LocationID}
		s := byKey[at]
		if s == nil {
			s = &shelf{Balance: Balance{ItemID: move.ItemID, LocationID: move.LocationID}}
			byKey[at] = s
		}
		if !seen[s] {
			seen[s], touched = true, append(touched, s)
		}
		value, err := s.move(move)
		if err != nil {
			return nil, nil, fault.Invalid("inventory.too_much", fault.Because(err)).Say("This quantity or its value is too large to be booked.")
		}
		values[i] = value
	}
	slices.SortFunc(touched, func(a, b *shelf) int {
		return cmp.Or(slices.Compare(a.ItemID[:], b.ItemID[:]), slices.Compare(a.LocationID[:], b.LocationID[:]))
	})
	return touched, values, nil
}

func (s *shelf) move(m Move) (money.Amount, error) {
	next, err := s.after(m)
	if err != nil {
		return 0, err
	}
	value, err := next.Value.Sub(s.Value)
	if err != nil {
		return 0, err
	}
	if s.quantity, err = s.quantity.Add(m.Quantity); err != nil {
		return 0, err
	}
	if s.value, err = s.value.Add(value); err != nil {
		return 0, err
	}
	s.Balance = next
	return value, nil
}

func writeMoves(b *db.Batch, moves []Move, values []money.Amount) {
	n := len(moves)
	ids, items, locations, sources := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
	quantities, lines := make([]decimal.Decimal, n), make([]int, n)
	types, reasons := make([]string, n), make([]string, n)
	for i, m := range moves {
		ids[i], items[i], locations[i], sources[i] = uuid.Must(uuid.NewV7()), m.ItemID, m.LocationID, m.SourceID
		quantities[i], lines[i], types[i], reasons[i] = m.Quantity, m.SourceLine, m.SourceType, m.Reason
	}
	tx := b.Tx()
	b.Exec(insertMoves, db.Args{
		"ids": ids, "items": items, "locations": locations, "quantities": quantities, "values": values, "types": types,
		"sources": sources, "lines": lines, "reasons": reasons, "now": tx.Now(),
		"person": uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil},
	})
}

func writeBalances(b *db.Batch, shelves []*shelf) {
	for _, way := range []struct {
		held bool
		sql  db.SQL
	}{{true, changeBalances}, {false, addToBalances}} {
		var items, locations []uuid.UUID
		var quantities, costs []decimal.Decimal
		var values []money.Amount
		for _, s := range shelves {
			if s.held == way.held {
				items, locations = append(items, s.ItemID), append(locations, s.LocationID)
				quantities, costs, values = append(quantities, s.quantity), append(costs, s.UnitCost), append(values, s.value)
			}
		}
		if len(items) > 0 {
			b.Exec(way.sql, db.Args{"items": items, "locations": locations, "quantities": quantities, "values": values, "costs": costs})
		}
	}
}
