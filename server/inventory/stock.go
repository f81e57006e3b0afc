package inventory

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/platform/search"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// StockRow is one item's stock. Value and cost are there only for those who may
// see them.
type StockRow struct {
	ItemID   uuid.UUID        `json:"item_id" db:"item_id"`
	SKU      string           `json:"sku" db:"sku"`
	Name     string           `json:"name" db:"name"`
	Category string           `json:"category" db:"category"`
	Unit     string           `json:"unit" db:"unit"`
	Decimals int              `json:"decimals" db:"decimals"`
	OnHand   decimal.Decimal  `json:"on_hand" db:"on_hand"`
	MinStock decimal.Decimal  `json:"min_stock" db:"min_stock"`
	Value    *money.Amount    `json:"value_minor,omitempty" db:"value"`
	UnitCost *decimal.Decimal `json:"unit_cost,omitempty" db:"unit_cost" doc:"Minor units for one unit"`
	SortName string           `json:"-" db:"sort_name"`
}

// StockQuery asks for a part of the stock list.
type StockQuery struct {
	Q        string    `query:"q" doc:"Beginnings of words of names and codes"`
	State    string    `query:"state" enum:"all,low,negative" doc:"low: at or below the least that should be there"`
	Location uuid.UUID `query:"location" doc:"Only here; else all places together"`
	Store    uuid.UUID `query:"store_id" doc:"Only the places of this store"`
	After    string    `query:"after"`
	Limit    int       `query:"limit" minimum:"0" maximum:"200"`
}

// LowQuery asks for what runs out.
type LowQuery struct {
	Location uuid.UUID `query:"location"`
	Store    uuid.UUID `query:"store_id"`
	After    string    `query:"after"`
	Limit    int       `query:"limit" minimum:"0" maximum:"200"`
}

const (
	listStock db.SQL = `
		select i.id as item_id, i.sku, i.name, coalesce(c.name, '') as category, i.unit, u.decimals, b.on_hand, i.min_stock,
		       b.value, b.unit_cost, i.sort_name
		from   items i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		left   join categories c on c.tenant_id = @tenant and c.id = i.category_id
		cross  join lateral (
			select coalesce(sum(s.on_hand), 0) as on_hand, coalesce(sum(s.value_minor), 0)::bigint as value,
			       coalesce(max(s.unit_cost), 0) as unit_cost
			from   stock_balances s
			join   locations l on l.tenant_id = @tenant and l.id = s.location_id
			where  s.tenant_id = @tenant and s.item_id = i.id and (@location::uuid is null or s.location_id = @location)
			and    (@stores::uuid[] is null or l.store_id = any(@stores)) and (@store::uuid is null or l.store_id = @store)) b
		where  i.tenant_id = @tenant and i.track_stock and (i.active or b.on_hand <> 0)
		and    (i.sort_name, i.id) > (@after_name, @after_id::uuid)
		and    not exists (
			select from unnest(@words_from::text[], @words_to::text[]) as p (lo, hi)
			where  not exists (
				select from search_words w
				where  w.tenant_id = @tenant and w.kind = 'item' and w.entity_id = i.id and w.word >= p.lo and w.word < p.hi))
		order  by i.sort_name, i.id
		limit  @most`

	// Each item is looked up by its key: joined as a whole, the balances were gone through for every item.
	listShort db.SQL = `
		select i.id as item_id, i.sku, i.name, coalesce(c.name, '') as category, i.unit, u.decimals,
		       coalesce(b.on_hand, 0) as on_hand, i.min_stock, coalesce(b.value, 0) as value, coalesce(b.unit_cost, 0) as unit_cost, i.sort_name
		from   items i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		left   join categories c on c.tenant_id = @tenant and c.id = i.category_id
		cross  join lateral (
			select sum(s.on_hand) as on_hand, sum(s.value_minor)::bigint as value, max(s.unit_cost) as unit_cost
			from   stock_balances s
			where  s.tenant_id = @tenant and s.item_id = i.id and (@location::uuid is null or s.location_id = @location)
			and    s.location_id = any(array(
				select l.id
				from   locations l
				where  l.tenant_id = @tenant and (@stores::uuid[] is null or l.store_id = any(@stores)) and (@store::uuid is null or l.store_id = @store)))) b
		where  i.tenant_id = @tenant and i.track_stock
		and    case when @negative then b.on_hand < 0
		       else i.active and i.min_stock > 0 and coalesce(b.on_hand, 0) <= i.min_stock end
		and    (i.sort_name, i.id) > (@after_name, @after_id::uuid)
		and    not exists (
			select from unnest(@words_from::text[], @words_to::text[]) as p (lo, hi)
			where  not exists (
				select from search_words w
				where  w.tenant_id = @tenant and w.kind = 'item' and w.entity_id = i.id and w.word >= p.lo and w.word < p.hi))
		order  by i.sort_name, i.id
		limit  @most`
)

// List lists stock by name: every item of which stock is kept, archived ones only
// while some is left.
//
// Fails with request.bad_cursor.
func List(ctx context.Context, tx *db.Tx, in StockQuery) (wire.Page[StockRow], error) {
	name, id, err := afterItem(in.After)
	if err != nil {
		return wire.Page[StockRow]{}, err
	}
	limit, words := page.Limit(in.Limit), search.Query(in.Q)
	if in.Q != "" && words.Empty() {
		return wire.Page[StockRow]{Rows: []StockRow{}}, nil
	}
	from, to := words.From, words.To
	if words.Empty() {
		from, to = []string{}, []string{}
	}
	args := db.Args{
		"location": orAny(in.Location), "store": orAny(in.Store), "after_name": name, "after_id": id,
		"words_from": from, "words_to": to, "most": limit + 1,
	}
	statement := listStock
	if in.State == "low" || in.State == "negative" {
		statement, args["negative"] = listShort, in.State == "negative"
	}
	rows, err := db.All[StockRow](ctx, tx, statement, args)
	if err != nil {
		return wire.Page[StockRow]{}, err
	}
	tidy(rows, auth.From(ctx).Can(Cost))
	return page.Cut(rows, limit, func(r StockRow) []string { return []string{r.SortName, r.ItemID.String()} }), nil
}

// Low lists active items of which no more is left than the least that should be.
//
// Fails with request.bad_cursor.
func Low(ctx context.Context, tx *db.Tx, in LowQuery) (wire.Page[StockRow], error) {
	return List(ctx, tx, StockQuery{State: "low", Location: in.Location, After: in.After, Limit: in.Limit})
}

// tidy drops the noughts that the table's scale adds, and what is not to be seen.
func tidy(rows []StockRow, mayCost bool) {
	for i := range rows {
		rows[i].OnHand, rows[i].MinStock = rows[i].OnHand.Trim(0), rows[i].MinStock.Trim(0)
		if !mayCost {
			rows[i].Value, rows[i].UnitCost = nil, nil
			continue
		}
		cost := rows[i].UnitCost.Trim(0)
		rows[i].UnitCost = &cost
	}
}

func afterItem(after string) (string, uuid.UUID, error) {
	if after == "" {
		return "", uuid.Nil, nil
	}
	parts, err := page.Decode(after, 2)
	if err != nil {
		return "", uuid.Nil, err
	}
	id, err := uuid.Parse(parts[1])
	if err != nil {
		return "", uuid.Nil, page.BadCursor(err)
	}
	return parts[0], id, nil
}

// StockMove is one movement of an item.
type StockMove struct {
	ID         uuid.UUID       `json:"id" db:"id"`
	At         time.Time       `json:"at" db:"at"`
	LocationID uuid.UUID       `json:"location_id" db:"location_id"`
	Location   string          `json:"location" db:"location"`
	Quantity   decimal.Decimal `json:"quantity" db:"quantity"`
	Value      *money.Amount   `json:"value_minor,omitempty" db:"value"`
	SourceType string          `json:"source_type" db:"source_type"`
	SourceID   uuid.UUID       `json:"source_id" db:"source_id"`
	Reason     string          `json:"reason" db:"reason"`
	PersonName string          `json:"person_name" db:"person_name"`
}

// MovesQuery asks for the movements of an item.
type MovesQuery struct {
	ItemID   uuid.UUID `path:"item_id"`
	Location uuid.UUID `query:"location"`
	Store    uuid.UUID `query:"store_id"`
	After    string    `query:"after"`
	Limit    int       `query:"limit" minimum:"0" maximum:"200"`
}

const (
	itemThere db.SQL = `select count(*) from items where tenant_id = @tenant and id = @item`

	listMoves db.SQL = `
		select m.id, m.at, m.location_id, l.name as location, m.quantity, m.value_minor as value, m.source_type, m.source_id,
		       m.reason, coalesce(p.name, '') as person_name
		from   stock_moves m
		join   locations l on l.tenant_id = @tenant and l.id = m.location_id
		left   join people p on p.tenant_id = @tenant and p.id = m.person_id
		where  m.tenant_id = @tenant and m.item_id = @item and (@location::uuid is null or m.location_id = @location)
		and    (@stores::uuid[] is null or l.store_id = any(@stores)) and (@store::uuid is null or l.store_id = @store)
		and    (m.at, m.id) < (@after_at::timestamptz, @after_id::uuid)
		order  by m.at desc, m.id desc
		limit  @most`
)

// Moves lists what moved an item's stock, the latest first.
//
// Fails with inventory.item_unknown and request.bad_cursor.
func Moves(ctx context.Context, tx *db.Tx, in MovesQuery) (wire.Page[StockMove], error) {
	at, id, err := afterMove(in.After)
	if err != nil {
		return wire.Page[StockMove]{}, err
	}
	limit := page.Limit(in.Limit)
	r := tx.Reads()
	there := db.ReadMaybe[int](r, itemThere, db.Args{"item": in.ItemID})
	rows := db.ReadAll[StockMove](r, listMoves, db.Args{
		"item": in.ItemID, "location": orAny(in.Location), "store": orAny(in.Store),
		"after_at": at, "after_id": id, "most": limit + 1,
	})
	if err := r.Run(ctx); err != nil {
		return wire.Page[StockMove]{}, err
	}
	if there.Row == 0 {
		return wire.Page[StockMove]{}, fault.NotFound("inventory.item_unknown").Say("There is no such item.")
	}
	mayCost := auth.From(ctx).Can(Cost)
	for i := range *rows {
		row := &(*rows)[i]
		row.Quantity = row.Quantity.Trim(0)
		if !mayCost {
			row.Value = nil
		}
	}
	return page.Cut(*rows, limit, func(m StockMove) []string { return []string{m.At.Format(time.RFC3339Nano), m.ID.String()} }), nil
}

// orAny is a filter by an id; the zero id is none.
func orAny(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

func afterMove(after string) (string, uuid.UUID, error) {
	if after == "" {
		return "infinity", uuid.Max, nil
	}
	parts, err := page.Decode(after, 2)
	if err != nil {
		return "", uuid.Nil, err
	}
	_, badTime := time.Parse(time.RFC3339Nano, parts[0])
	id, badID := uuid.Parse(parts[1])
	if badTime != nil || badID != nil {
		return "", uuid.Nil, page.BadCursor(badID)
	}
	return parts[0], id, nil
}
