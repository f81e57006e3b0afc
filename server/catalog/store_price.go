package catalog

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// StorePrice is what an item costs in one store: its own price there, or else the
// company's.
type StorePrice struct {
	StoreID uuid.UUID     `json:"store_id" db:"store_id"`
	Store   string        `json:"store" db:"store" doc:"The store's name"`
	Own     *money.Amount `json:"own_price_minor,omitempty" db:"own" doc:"Left out where the company's price holds"`
	Price   money.Amount  `json:"price_minor" db:"price" doc:"What the store asks"`
	Version int           `json:"version" db:"version" doc:"Zero where the store never had a price of its own"`
}

// ItemPrices are an item's prices: the company's, and each store's by name.
type ItemPrices struct {
	Company money.Amount `json:"company_price_minor"`
	Stores  []StorePrice `json:"stores" nullable:"false"`
}

const (
	readItemPrices db.SQL = `
		select s.id as store_id, s.name as store, o.price_minor as own, coalesce(o.price_minor, p.price_minor, 0) as price,
		       coalesce(o.version, 0) as version, coalesce(p.price_minor, 0) as company
		from   items i
		join   stores s on s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores))
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id and o.store_id = s.id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		where  i.tenant_id = @tenant and i.id = @item
		order  by s.name, s.id`

	// A row that is there and not at that version is left alone.
	putStorePrice db.SQL = `
		insert into store_prices as o (tenant_id, store_id, item_id, id, price_minor, updated_at)
		select @tenant, s.id, i.id, @id, @price::bigint, @now
		from   stores s
		join   items i on i.tenant_id = @tenant and i.id = @item
		where  s.tenant_id = @tenant and s.id = @store and (@stores::uuid[] is null or s.id = any(@stores))
		on     conflict (tenant_id, store_id, item_id) do update
		set    price_minor = excluded.price_minor, version = o.version + 1, updated_at = excluded.updated_at
		where  o.version = @version`
)

type itemPriceRow struct {
	StorePrice
	Company money.Amount
}

// ShowPrices gives what an item costs in each store.
//
// Fails with catalog.no_item.
func ShowPrices(ctx context.Context, tx *db.Tx, in ItemID) (ItemPrices, error) {
	rows, err := db.All[itemPriceRow](ctx, tx, readItemPrices, db.Args{"item": in.ID})
	if err != nil {
		return ItemPrices{}, err
	}
	if len(rows) == 0 {
		return ItemPrices{}, noItem()
	}
	out := ItemPrices{Company: rows[0].Company, Stores: make([]StorePrice, len(rows))}
	for i, row := range rows {
		out.Stores[i] = row.StorePrice
	}
	return out, nil
}

// StorePriceEdit is the price that a store is to ask, and the version that was
// looked at. Without a price the company's holds again.
type StorePriceEdit struct {
	Price   *money.Amount `json:"price_minor,omitempty" doc:"Left out: the company's price"`
	Version int           `json:"version" minimum:"0" doc:"Zero if the store never had a price of its own"`
}

// StorePriceChange is an item, a store and what it is to cost there.
type StorePriceChange struct {
	ID      uuid.UUID `path:"id"`
	StoreID uuid.UUID `path:"store_id"`
	Body    StorePriceEdit
}

// SetStorePrice gives an item a price of its own in a store, or takes that back.
//
// Fails with catalog.bad_price, catalog.no_item, catalog.no_store, and with
// catalog.price_changed_meanwhile, whose field holds the price that the store asks
// now.
func SetStorePrice(ctx context.Context, tx *db.Tx, in StorePriceChange) (ItemPrices, error) {
	if in.Body.Price != nil && *in.Body.Price < 0 {
		return ItemPrices{}, fault.Invalid("catalog.bad_price", fault.At("price_minor", "catalog.bad_price", "")).Say("A price is zero or more.")
	}
	rows, err := tx.Exec(ctx, putStorePrice, db.Args{
		"store": in.StoreID, "item": in.ID, "id": uuid.Must(uuid.NewV7()), "price": in.Body.Price, "version": in.Body.Version, "now": tx.Now(),
	})
	if err != nil {
		return ItemPrices{}, err
	}
	prices, err := ShowPrices(ctx, tx, ItemID{in.ID})
	if err != nil || rows > 0 {
		return prices, err
	}
	return ItemPrices{}, priceChanged(prices, in.StoreID)
}

func priceChanged(prices ItemPrices, store uuid.UUID) error {
	changed := fault.Conflict("catalog.price_changed_meanwhile").
		Say("Someone else changed this store's price meanwhile. Compare the two, then save again.")
	for _, p := range prices.Stores {
		if p.StoreID == store {
			return changed.With(
				fault.Field{Path: "price_minor", Code: "catalog.price_changed_meanwhile", Message: minorText(p.Price)},
				fault.Field{Path: "version", Code: "catalog.price_changed_meanwhile", Message: strconv.Itoa(p.Version)})
		}
	}
	return noStore()
}

func noStore() error {
	return fault.NotFound("catalog.no_store").Say("There is no such store.")
}
