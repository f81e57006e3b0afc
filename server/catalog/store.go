package catalog

import (
	"context"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/search"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	insertItems db.SQL = `
		insert into items (tenant_id, id, sku, name, category_id, unit, sold_by, plu, tax_code_id, track_stock, min_stock,
		                   cost_minor, description, favourite, created_at, updated_at)
		select @tenant, id, sku, name, category_id, unit, sold_by, nullif(plu, ''), tax_code_id, track_stock, min_stock,
		       cost_minor, description, favourite, @now, @now
		from   unnest(@ids::uuid[], @skus::text[], @names::text[], @categories::uuid[], @units::text[], @sold_by::text[], @plus::text[],
		              @taxes::uuid[], @tracked::boolean[], @min_stocks::numeric[], @costs::bigint[], @descriptions::text[], @favourites::boolean[])
		       as n (id, sku, name, category_id, unit, sold_by, plu, tax_code_id, track_stock, min_stock, cost_minor, description, favourite)`

	insertPrices db.SQL = `
		insert into prices (tenant_id, price_list_id, item_id, price_minor)
		select @tenant, l.id, n.id, n.price
		from   unnest(@ids::uuid[], @prices::bigint[]) as n (id, price)
		join   price_lists l on l.tenant_id = @tenant and l.is_default
		on     conflict (tenant_id, price_list_id, item_id) do update set price_minor = excluded.price_minor
		where  prices.price_minor <> excluded.price_minor`

	insertBarcodes db.SQL = `
		insert into barcodes (tenant_id, code, item_id, quantity)
		select @tenant, code, item_id, quantity
		from   unnest(@codes::text[], @items::uuid[], @quantities::numeric[]) as n (code, item_id, quantity)`

	offerBarcode db.SQL = `
		insert into barcodes (tenant_id, code, item_id)
		values (@tenant, @code, @item)
		on     conflict do nothing`

	deleteBarcode db.SQL = `
		delete from barcodes where tenant_id = @tenant and item_id = @item and code = @code`

	dropOtherBarcodes db.SQL = `
		delete from barcodes b
		where  b.tenant_id = @tenant and b.item_id = @item
		and    not exists (
		           select from unnest(@codes::text[], @quantities::numeric[]) as n (code, quantity)
		           where  n.code = b.code and n.quantity = b.quantity)`

	// No "on conflict": a code that another item has taken meanwhile must be refused.
	addMissingBarcodes db.SQL = `
		insert into barcodes (tenant_id, code, item_id, quantity)
		select @tenant, n.code, @item, n.quantity
		from   unnest(@codes::text[], @quantities::numeric[]) as n (code, quantity)
		where  not exists (
		           select from barcodes b where b.tenant_id = @tenant and b.code = n.code and b.item_id = @item)`

	updateItem db.SQL = `
		update items
		set    sku = @sku, name = @name, category_id = @category, unit = @unit, sold_by = @sold_by, plu = nullif(@plu::text, ''),
		       tax_code_id = @tax, track_stock = @tracked, min_stock = @min_stock, cost_minor = case when @sets_cost::boolean then @cost else cost_minor end, description = @description,
		       favourite = @favourite, picture_id = case when @keeps_picture::boolean then picture_id else @picture::uuid end,
		       version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`

	setActive db.SQL = `
		update items
		set    active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and active <> @active`

	touchItem db.SQL = `
		update items set version = version + 1, updated_at = @now where tenant_id = @tenant and id = @id`

	setPicture db.SQL = `
		update items set picture_id = @picture where tenant_id = @tenant and id = @id`

	pictureThere db.SQL = `
		select id from pictures where tenant_id = @tenant and id = @id`

	taxCodeIDs db.SQL = `
		select id, code from tax_codes where tenant_id = @tenant order by code`

	unitDecimals db.SQL = `
		select decimals from units where tenant_id = @tenant and code = @code`

	categoryThere db.SQL = `
		select id from categories where tenant_id = @tenant and id = @id`

	skuOwner db.SQL = `
		select id, name from items where tenant_id = @tenant and sku = @sku and id <> @id`

	pluOwner db.SQL = `
		select id, name from items where tenant_id = @tenant and plu = @plu and id <> @id`

	barcodeOwners db.SQL = `
		select b.code, i.id, i.name
		from   barcodes b
		join   items i on i.tenant_id = @tenant and i.id = b.item_id
		where  b.tenant_id = @tenant and b.code = any(@codes::text[])
		order  by b.code`
)

type owner struct {
	ID   uuid.UUID `db:"id"`
	Name string    `db:"name"`
}

type barcodeOwner struct {
	Code string    `db:"code"`
	ID   uuid.UUID `db:"id"`
	Name string    `db:"name"`
}

type taxCodeID struct {
	ID   uuid.UUID `db:"id"`
	Code string    `db:"code"`
}

// row is an item ready to be written.
type row struct {
	NewItem
	tax uuid.UUID
}

// bulk is from how many items on the tables' growth is worth a look.
const bulk = 100

// insert writes items with their prices, barcodes and words, in four statements
// however many there are.
func insert(b *db.Batch, rows []row) {
	putItems(b, rows)
	if len(rows) >= bulk {
		b.Exec(refreshPlans, db.Args{})
	}
	putPrices(b, rows)
	putBarcodes(b, rows)
	putPictures(b, rows)
	indexRows(b, rows)
}

func putItems(b *db.Batch, rows []row) {
	args := columns(rows)
	args["now"] = b.Tx().Now()
	b.Exec(insertItems, args)
}

func putPrices(b *db.Batch, rows []row) {
	ids, prices := make([]uuid.UUID, len(rows)), make([]money.Amount, len(rows))
	for i, r := range rows {
		ids[i], prices[i] = r.ID, r.Price
	}
	b.Exec(insertPrices, db.Args{"ids": ids, "prices": prices})
}

func putBarcodes(b *db.Batch, rows []row) {
	codes, items, quantities := []string{}, []uuid.UUID{}, []decimal.Decimal{}
	for _, r := range rows {
		for _, code := range r.Barcodes {
			codes, items, quantities = append(codes, code.Code), append(items, r.ID), append(quantities, code.Quantity)
		}
	}
	if len(codes) > 0 {
		b.Exec(insertBarcodes, db.Args{"codes": codes, "items": items, "quantities": quantities})
	}
}

func putPictures(b *db.Batch, rows []row) {
	for _, r := range rows {
		if picture := r.picture(); picture != nil {
			b.Exec(setPicture, db.Args{"id": r.ID, "picture": picture})
		}
	}
}

// replaceBarcodes leaves an item with these barcodes and touches none that stay.
func replaceBarcodes(b *db.Batch, item NewItem) {
	quantities := make([]decimal.Decimal, len(item.Barcodes))
	for i, code := range item.Barcodes {
		quantities[i] = code.Quantity
	}
	args := db.Args{"item": item.ID, "codes": codesOf(item.Barcodes), "quantities": quantities}
	b.Exec(dropOtherBarcodes, args)
	b.Exec(addMissingBarcodes, args)
}

func codesOf(barcodes []wire.ItemBarcode) []string {
	codes := make([]string, len(barcodes))
	for i, b := range barcodes {
		codes[i] = b.Code
	}
	return codes
}

// show reads an item, with what waits to be written.
func show(ctx context.Context, tx *db.Tx, id uuid.UUID) (Item, error) {
	item, err := db.One[Item](ctx, tx, readItems, db.Args{"ids": []uuid.UUID{id}})
	return item.shown(ctx), err
}

// seesCost reports whether the caller may see what items cost, and say it. Where
// nobody calls, the program itself is at work.
func seesCost(ctx context.Context) bool { return auth.From(ctx).Can(Cost) || !auth.From(ctx).Known() }

// shown is the item as the caller may see it.
func (i Item) shown(ctx context.Context) Item {
	if !seesCost(ctx) {
		i.Cost = 0
	}
	return i
}

// index makes an item found by its name and SKU.
func index(b *db.Batch, id uuid.UUID, facts ItemFacts) {
	search.Index(b, wordsKind, id, facts.Name, facts.SKU)
}
