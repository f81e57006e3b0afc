package catalog

import (
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/money"
)

// The list's statements are put together from these parts by the compiler: where
// the rows come from, and where the page begins in which order. Each order has
// an index, and every statement is a constant of its own so that each is checked
// against the schema.
const (
	rowColumns = `
		select i.id, i.sku, i.name, i.sort_name, i.category_id, coalesce(c.name, '') as category, i.unit, i.sold_by,
		       coalesce(i.plu, '') as plu, t.code as tax_code, coalesce(p.price_minor, 0) as price_minor, i.cost_minor,
		       coalesce((
		           select min(b.code)
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.item_id = i.id), '') as barcode,
		       i.favourite, i.track_stock, i.active, i.picture_id, i.version, i.updated_at
		from   items i
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join categories c on c.tenant_id = @tenant and c.id = i.category_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		where  i.tenant_id = @tenant and (@active::boolean is null or i.active = @active)
		  and  (not @low::boolean or i.track_stock and i.min_stock > 0 and i.min_stock >= (
		           select coalesce(sum(s.on_hand), 0)
		           from   stock_balances s
		           join   locations k on k.tenant_id = @tenant and k.id = s.location_id
		           where  s.tenant_id = @tenant and s.item_id = i.id and (@stores::uuid[] is null or k.store_id = any(@stores))))`

	// A category stands for those below it too.
	inCategory = `
		  and  i.category_id = any(array(
		           with recursive below (id) as (
		               select @category::uuid
		               union
		               select k.id from categories k join below on k.parent_id = below.id where k.tenant_id = @tenant)
		           select id from below))`

	matching = `
		  and  (@category::uuid is null or i.category_id = @category)
		  and  i.id in (
		           select w.entity_id
		           from   unnest(@from::text[], @to::text[]) as q (lo, hi)
		           join   search_words w on w.tenant_id = @tenant and w.kind = 'item' and w.word >= q.lo and w.word < q.hi
		           group  by w.entity_id
		           having count(distinct q.lo) = cardinality(@from::text[])
		           union
		           select b.item_id
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.code = any(@codes::text[]))`

	byName = `
		  and  (i.sort_name, i.id) > (@key::text, @id::uuid)
		order  by i.sort_name, i.id
		limit  @limit`

	byNameDown = `
		  and  (i.sort_name, i.id) < (@key::text, @id::uuid)
		order  by i.sort_name desc, i.id desc
		limit  @limit`

	bySKU = `
		  and  (i.sku, i.id) > (@key::text, @id::uuid)
		order  by i.sku, i.id
		limit  @limit`

	bySKUDown = `
		  and  (i.sku, i.id) < (@key::text, @id::uuid)
		order  by i.sku desc, i.id desc
		limit  @limit`

	byPrice = `
		  and  (p.price_minor, p.item_id) > (@key::bigint, @id::uuid)
		order  by p.price_minor, p.item_id
		limit  @limit`

	byPriceDown = `
		  and  (p.price_minor, p.item_id) < (@key::bigint, @id::uuid)
		order  by p.price_minor desc, p.item_id desc
		limit  @limit`

	byUpdated = `
		  and  (i.updated_at, i.id) > (@key::timestamptz, @id::uuid)
		order  by i.updated_at, i.id
		limit  @limit`

	byUpdatedDown = `
		  and  (i.updated_at, i.id) < (@key::timestamptz, @id::uuid)
		order  by i.updated_at desc, i.id desc
		limit  @limit`
)

const (
	itemsByName           db.SQL = rowColumns + byName
	categoryByName        db.SQL = rowColumns + inCategory + byName
	matchesByName         db.SQL = rowColumns + matching + byName
	itemsByNameDown       db.SQL = rowColumns + byNameDown
	categoryByNameDown    db.SQL = rowColumns + inCategory + byNameDown
	matchesByNameDown     db.SQL = rowColumns + matching + byNameDown
	itemsBySKU            db.SQL = rowColumns + bySKU
	categoryBySKU         db.SQL = rowColumns + inCategory + bySKU
	matchesBySKU          db.SQL = rowColumns + matching + bySKU
	itemsBySKUDown        db.SQL = rowColumns + bySKUDown
	categoryBySKUDown     db.SQL = rowColumns + inCategory + bySKUDown
	matchesBySKUDown      db.SQL = rowColumns + matching + bySKUDown
	itemsByPrice          db.SQL = rowColumns + byPrice
	categoryByPrice       db.SQL = rowColumns + inCategory + byPrice
	matchesByPrice        db.SQL = rowColumns + matching + byPrice
	itemsByPriceDown      db.SQL = rowColumns + byPriceDown
	categoryByPriceDown   db.SQL = rowColumns + inCategory + byPriceDown
	matchesByPriceDown    db.SQL = rowColumns + matching + byPriceDown
	itemsByUpdated        db.SQL = rowColumns + byUpdated
	categoryByUpdated     db.SQL = rowColumns + inCategory + byUpdated
	matchesByUpdated      db.SQL = rowColumns + matching + byUpdated
	itemsByUpdatedDown    db.SQL = rowColumns + byUpdatedDown
	categoryByUpdatedDown db.SQL = rowColumns + inCategory + byUpdatedDown
	matchesByUpdatedDown  db.SQL = rowColumns + matching + byUpdatedDown
)

// statements are one order's three lists.
type statements struct{ items, category, matches db.SQL }

var (
	nameOrder    = page.ByText(func(r ItemRow) (string, uuid.UUID) { return r.SortName, r.ID })
	skuOrder     = page.ByText(func(r ItemRow) (string, uuid.UUID) { return r.SKU, r.ID })
	priceOrder   = page.ByAmount(func(r ItemRow) (money.Amount, uuid.UUID) { return r.Price, r.ID })
	updatedOrder = page.ByTime(func(r ItemRow) (time.Time, uuid.UUID) { return r.UpdatedAt, r.ID })
)

var sorts = map[string]struct {
	statements
	by page.Order[ItemRow]
}{
	"name":     {statements{itemsByName, categoryByName, matchesByName}, nameOrder},
	"-name":    {statements{itemsByNameDown, categoryByNameDown, matchesByNameDown}, nameOrder},
	"sku":      {statements{itemsBySKU, categoryBySKU, matchesBySKU}, skuOrder},
	"-sku":     {statements{itemsBySKUDown, categoryBySKUDown, matchesBySKUDown}, skuOrder},
	"price":    {statements{itemsByPrice, categoryByPrice, matchesByPrice}, priceOrder},
	"-price":   {statements{itemsByPriceDown, categoryByPriceDown, matchesByPriceDown}, priceOrder},
	"updated":  {statements{itemsByUpdated, categoryByUpdated, matchesByUpdated}, updatedOrder},
	"-updated": {statements{itemsByUpdatedDown, categoryByUpdatedDown, matchesByUpdatedDown}, updatedOrder},
}
