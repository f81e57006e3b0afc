package catalog

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// OwnPrice is an item's price in one store: its own there, if it has one, and
// what the store asks.
type OwnPrice struct {
	Own   *money.Amount `json:"own_price_minor,omitempty" doc:"Left out where the company's price holds"`
	Price money.Amount  `json:"price_minor"`
}

// StorePriceBulk changes what many items cost in one store: by a percentage of
// what each costs there now, or back to the company's price. With Preview nothing
// is written.
type StorePriceBulk struct {
	StoreID uuid.UUID        `json:"store_id"`
	IDs     []uuid.UUID      `json:"ids" minItems:"1" maxItems:"500"`
	Percent *decimal.Decimal `json:"price_percent,omitempty" doc:"What is put on each price; negative takes off"`
	Clear   bool             `json:"clear,omitempty" doc:"Back to the company's price"`
	Preview bool             `json:"preview,omitempty"`
}

// StorePriceRow is one item before and after.
type StorePriceRow struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Before OwnPrice  `json:"before"`
	After  OwnPrice  `json:"after"`
}

// StorePriceResult lists the items whose price in the store changes.
type StorePriceResult struct {
	Rows []StorePriceRow `json:"rows" nullable:"false"`
}

// OwnPriceOf is an item and its own price in the store; without one the company's holds.
type OwnPriceOf struct {
	ID  uuid.UUID     `json:"id"`
	Own *money.Amount `json:"own_price_minor,omitempty"`
}

// StorePriceStates are what items cost in a store, as a bulk change reported it.
type StorePriceStates struct {
	StoreID uuid.UUID    `json:"store_id"`
	Rows    []OwnPriceOf `json:"rows" minItems:"1" maxItems:"500"`
}

const (
	// Held so that two bulk changes of one item come one after the other, yet no
	// sale that refers to the item waits.
	lockStorePrices db.SQL = `
		select i.id, i.name, i.sold_by, o.price_minor as own, coalesce(p.price_minor, 0) as company
		from   items i
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id and o.store_id = @store
		       and (@stores::uuid[] is null or o.store_id = any(@stores))
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		where  i.tenant_id = @tenant and i.id = any(@ids::uuid[])
		order  by i.id
		for    no key update of i`

	putStorePrices db.SQL = `
		insert into store_prices as o (tenant_id, store_id, item_id, id, price_minor, updated_at)
		select @tenant, @store, n.item, n.id, n.price, @now
		from   unnest(@items::uuid[], @ids::uuid[], @prices::bigint[]) as n (item, id, price)
		order  by n.item
		on     conflict (tenant_id, store_id, item_id) do update
		set    price_minor = excluded.price_minor, version = o.version + 1, updated_at = excluded.updated_at
		where  o.price_minor is distinct from excluded.price_minor`

	storeThere db.SQL = `
		select count(*) from stores where tenant_id = @tenant and id = @store and (@stores::uuid[] is null or id = any(@stores))`
)

// told is how many rows of a statement are announced one by one: with more, every
// till of every store would fetch its whole catalogue anew.
const told = 100

type lockedPrice struct {
	ID      uuid.UUID
	Name    string
	SoldBy  string `db:"sold_by"`
	Own     *money.Amount
	Company money.Amount
}

func (l lockedPrice) as(own *money.Amount) OwnPrice {
	if own == nil {
		return OwnPrice{Price: l.Company}
	}
	return OwnPrice{Own: own, Price: *own}
}

// ChangeStorePrices changes what many items cost in one store, or says what that
// would do. Items whose price is typed in at the sale are left out.
//
// Fails with catalog.no_item if one is not there, catalog.no_store, and with
// catalog.bad_percent for what would leave no price.
func ChangeStorePrices(ctx context.Context, tx *db.Tx, in StorePriceBulk) (StorePriceResult, error) {
	if !in.Clear && (in.Percent == nil || in.Percent.Cmp(decimal.MustNew(-100, 0)) <= 0 || in.Percent.Cmp(decimal.MustNew(1000, 0)) > 0) {
		return StorePriceResult{}, badPercent()
	}
	return reprice(ctx, tx, repricing{in.StoreID, in.IDs, in.Preview}, func(item lockedPrice) (*money.Amount, error) {
		if in.Clear {
			return nil, nil
		}
		if item.SoldBy == SoldOpen {
			return item.Own, nil
		}
		price, err := raised(item.as(item.Own).Price, *in.Percent)
		return &price, err
	})
}

// SetStorePrices gives each item a price of its own in a store, or takes it back:
// how a bulk change is undone.
//
// Fails with catalog.no_item, catalog.no_store and catalog.bad_price.
func SetStorePrices(ctx context.Context, tx *db.Tx, in StorePriceStates) (StorePriceResult, error) {
	ids, wanted := make([]uuid.UUID, len(in.Rows)), map[uuid.UUID]*money.Amount{}
	for i, row := range in.Rows {
		if row.Own != nil && *row.Own < 0 {
			return StorePriceResult{}, fault.Invalid("catalog.bad_price").Say("A price is zero or more.")
		}
		ids[i], wanted[row.ID] = row.ID, row.Own
	}
	return reprice(ctx, tx, repricing{in.StoreID, ids, false}, func(item lockedPrice) (*money.Amount, error) { return wanted[item.ID], nil })
}

type repricing struct {
	store   uuid.UUID
	ids     []uuid.UUID
	preview bool
}

func reprice(ctx context.Context, tx *db.Tx, of repricing, become func(lockedPrice) (*money.Amount, error)) (StorePriceResult, error) {
	r := tx.Reads()
	store := db.ReadMaybe[int](r, storeThere, db.Args{"store": of.store})
	items := db.ReadAll[lockedPrice](r, lockStorePrices, db.Args{"store": of.store, "ids": of.ids})
	if err := r.Run(ctx); err != nil {
		return StorePriceResult{}, err
	}
	if store.Row == 0 {
		return StorePriceResult{}, noStore()
	}
	asked := map[uuid.UUID]bool{}
	for _, id := range of.ids {
		asked[id] = true
	}
	if len(*items) != len(asked) {
		return StorePriceResult{}, noItem()
	}
	out := StorePriceResult{Rows: []StorePriceRow{}}
	for _, item := range *items {
		own, err := become(item)
		if err != nil {
			return StorePriceResult{}, err
		}
		if !sameAmount(item.Own, own) {
			out.Rows = append(out.Rows, StorePriceRow{ID: item.ID, Name: item.Name, Before: item.as(item.Own), After: item.as(own)})
		}
	}
	if of.preview {
		return out, nil
	}
	return out, putPricesOf(tx.Batch(), of.store, out.Rows)
}

func sameAmount(a, b *money.Amount) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

func putPricesOf(b *db.Batch, store uuid.UUID, rows []StorePriceRow) error {
	for part := range slices.Chunk(rows, told) {
		items, ids, prices := make([]uuid.UUID, len(part)), make([]uuid.UUID, len(part)), make([]*money.Amount, len(part))
		for i, row := range part {
			items[i], ids[i], prices[i] = row.ID, uuid.Must(uuid.NewV7()), row.After.Own
		}
		b.Exec(putStorePrices, db.Args{"store": store, "items": items, "ids": ids, "prices": prices, "now": b.Tx().Now()})
	}
	return b.Done()
}
