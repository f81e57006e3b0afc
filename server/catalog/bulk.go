package catalog

import (
	"context"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// ItemState is what many items can be given at once.
type ItemState struct {
	Active     bool         `json:"active"`
	CategoryID *uuid.UUID   `json:"category_id,omitempty"`
	Favourite  bool         `json:"favourite"`
	Price      money.Amount `json:"price_minor"`
}

// BulkChange changes many items in the same way; what is left out stays. With
// Preview nothing is written.
type BulkChange struct {
	IDs        []uuid.UUID      `json:"ids" minItems:"1" maxItems:"500"`
	Active     *bool            `json:"active,omitempty"`
	CategoryID *string          `json:"category_id,omitempty" doc:"Empty for none"`
	Favourite  *bool            `json:"favourite,omitempty"`
	Percent    *decimal.Decimal `json:"price_percent,omitempty" doc:"What is put on each price; negative takes off"`
	Preview    bool             `json:"preview,omitempty"`
}

// BulkRow is one item before and after.
type BulkRow struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Before ItemState `json:"before"`
	After  ItemState `json:"after"`
}

// BulkResult lists the items that change; those that were so already are left out.
type BulkResult struct {
	Rows []BulkRow `json:"rows" nullable:"false"`
}

const (
	lockItems db.SQL = `
		select i.id, i.name, i.active, i.category_id, i.favourite, coalesce(p.price_minor, 0) as price
		from   items i
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		where  i.tenant_id = @tenant and i.id = any(@ids::uuid[])
		order  by i.id
		for    update of i`

	setStates db.SQL = `
		update items i
		set    active = n.active, category_id = n.category, favourite = n.favourite, version = i.version + 1, updated_at = @now
		from   unnest(@ids::uuid[], @actives::boolean[], @categories::uuid[], @favourites::boolean[]) as n (id, active, category, favourite)
		where  i.tenant_id = @tenant and i.id = n.id`

	categoriesThere db.SQL = `
		select count(*) from categories where tenant_id = @tenant and id = any(@ids::uuid[])`
)

type lockedItem struct {
	ID         uuid.UUID
	Name       string
	Active     bool
	CategoryID *uuid.UUID `db:"category_id"`
	Favourite  bool
	Price      money.Amount
}

func (l lockedItem) state() ItemState {
	return ItemState{Active: l.Active, CategoryID: l.CategoryID, Favourite: l.Favourite, Price: l.Price}
}

// ChangeMany changes many items in the same way, or says what that would do. A
// price is rounded to the currency's smallest unit, half away from zero.
//
// Fails with catalog.no_item if one is not there, catalog.unknown_category, and
// with catalog.bad_percent for what would leave no price.
func ChangeMany(ctx context.Context, tx *db.Tx, in BulkChange) (BulkResult, error) {
	category, err := ItemQuery{Category: deref(in.CategoryID)}.category()
	if err != nil {
		return BulkResult{}, err
	}
	if in.Percent != nil && (in.Percent.Cmp(decimal.MustNew(-100, 0)) <= 0 || in.Percent.Cmp(decimal.MustNew(1000, 0)) > 0) {
		return BulkResult{}, badPercent()
	}
	return rewrite(ctx, tx, in.IDs, in.Preview, func(item lockedItem) (ItemState, error) {
		after := item.state()
		if in.Active != nil {
			after.Active = *in.Active
		}
		if in.CategoryID != nil {
			after.CategoryID = category
		}
		if in.Favourite != nil {
			after.Favourite = *in.Favourite
		}
		if in.Percent == nil {
			return after, nil
		}
		after.Price, err = raised(item.Price, *in.Percent)
		return after, err
	})
}

// raised is a price with so many per cent put on it.
func raised(price money.Amount, percent decimal.Decimal) (money.Amount, error) {
	factor, err := percent.Add(decimal.Hundred)
	if err != nil {
		return 0, badPercent()
	}
	if factor, err = factor.Quo(decimal.Hundred); err != nil {
		return 0, badPercent()
	}
	after, err := price.Times(factor)
	if err != nil {
		return 0, badPercent()
	}
	return after, nil
}

// StateOf is an item and what it is given.
type StateOf struct {
	ID uuid.UUID `json:"id"`
	ItemState
}

// States are items and what each of them is given, as a bulk change reported it.
type States struct {
	Rows []StateOf `json:"rows" minItems:"1" maxItems:"500"`
}

// SetStates gives each item a state of its own: how a bulk change is undone.
//
// Fails with catalog.no_item, catalog.unknown_category and catalog.bad_price.
func SetStates(ctx context.Context, tx *db.Tx, in States) (BulkResult, error) {
	ids, wanted := make([]uuid.UUID, len(in.Rows)), map[uuid.UUID]ItemState{}
	for i, row := range in.Rows {
		if row.Price < 0 {
			return BulkResult{}, fault.Invalid("catalog.bad_price").Say("A price is zero or more.")
		}
		ids[i], wanted[row.ID] = row.ID, row.ItemState
	}
	return rewrite(ctx, tx, ids, false, func(item lockedItem) (ItemState, error) { return wanted[item.ID], nil })
}

// rewrite locks items in the order of their ids and writes what becomes of each.
func rewrite(ctx context.Context, tx *db.Tx, ids []uuid.UUID, preview bool, become func(lockedItem) (ItemState, error)) (BulkResult, error) {
	items, err := db.All[lockedItem](ctx, tx, lockItems, db.Args{"ids": ids})
	if err != nil {
		return BulkResult{}, err
	}
	asked := map[uuid.UUID]bool{}
	for _, id := range ids {
		asked[id] = true
	}
	if len(items) != len(asked) {
		return BulkResult{}, noItem()
	}
	out := BulkResult{Rows: []BulkRow{}}
	for _, item := range items {
		after, err := become(item)
		if err != nil {
			return BulkResult{}, err
		}
		if !same(item.state(), after) {
			out.Rows = append(out.Rows, BulkRow{ID: item.ID, Name: item.Name, Before: item.state(), After: after})
		}
	}
	if err := categoriesKnown(ctx, tx, out.Rows); err != nil || preview {
		return out, err
	}
	batch := tx.Batch()
	putStates(batch, out.Rows)
	return out, batch.Done()
}

func same(a, b ItemState) bool {
	return a.Active == b.Active && a.Favourite == b.Favourite && a.Price == b.Price && idText(a.CategoryID) == idText(b.CategoryID)
}

func categoriesKnown(ctx context.Context, tx *db.Tx, rows []BulkRow) error {
	named := map[uuid.UUID]bool{}
	ids := []uuid.UUID{}
	for _, row := range rows {
		if id := row.After.CategoryID; id != nil && !named[*id] {
			named[*id], ids = true, append(ids, *id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	there, err := db.One[int](ctx, tx, categoriesThere, db.Args{"ids": ids})
	if err != nil || there == len(ids) {
		return err
	}
	return fault.Invalid("catalog.unknown_category", fault.At("category_id", "catalog.unknown_category", "")).
		Say("Choose one of the shop's categories.")
}

func putStates(b *db.Batch, rows []BulkRow) {
	n := len(rows)
	if n == 0 {
		return
	}
	ids, actives, favourites := make([]uuid.UUID, n), make([]bool, n), make([]bool, n)
	categories, prices := make([]*uuid.UUID, n), []row{}
	for i, r := range rows {
		ids[i], actives[i], favourites[i], categories[i] = r.ID, r.After.Active, r.After.Favourite, r.After.CategoryID
		if r.Before.Price != r.After.Price {
			prices = append(prices, row{NewItem: NewItem{ID: r.ID, ItemFacts: ItemFacts{Price: r.After.Price}}})
		}
	}
	b.Exec(setStates, db.Args{"ids": ids, "actives": actives, "categories": categories, "favourites": favourites, "now": b.Tx().Now()})
	if len(prices) > 0 {
		putPrices(b, prices)
	}
}

func badPercent() error {
	return fault.Invalid("catalog.bad_percent", fault.At("price_percent", "catalog.bad_percent", "")).
		Say("A price can be lowered by less than 100 % and raised by at most 1,000 %.")
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
