package catalog

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/platform/search"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	readItems db.SQL = `
		select i.id, i.sku, i.name, i.category_id, coalesce(c.name, '') as category, i.unit, u.decimals, i.sold_by,
		       coalesce(i.plu, '') as plu, t.code as tax_code, coalesce(p.price_minor, 0) as price_minor, i.cost_minor,
		       i.track_stock, trim_scale(i.min_stock) as min_stock, i.description, i.favourite, i.active,
		       coalesce((
		           select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', trim_scale(b.quantity)::text) order by b.code)
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.item_id = i.id), '[]') as barcodes,
		       i.picture_id, i.version, i.created_at, i.updated_at
		from   items i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join categories c on c.tenant_id = @tenant and c.id = i.category_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		where  i.tenant_id = @tenant and i.id = any(@ids::uuid[])
		order  by i.id`

	skuOwners db.SQL = `
		select i.sku as code, i.id, i.name from items i where i.tenant_id = @tenant and i.sku = any(@skus::text[])`

	pluOwners db.SQL = `
		select i.plu as code, i.id, i.name from items i where i.tenant_id = @tenant and i.plu = any(@plus::text[])`

	updateItems db.SQL = `
		update items i
		set    sku = n.sku, name = n.name, category_id = n.category_id, unit = n.unit, sold_by = n.sold_by, plu = nullif(n.plu, ''),
		       tax_code_id = n.tax_code_id, track_stock = n.track_stock, min_stock = n.min_stock, cost_minor = n.cost_minor,
		       description = n.description, favourite = n.favourite, active = n.active, version = i.version + 1, updated_at = @now
		from   unnest(@ids::uuid[], @skus::text[], @names::text[], @categories::uuid[], @units::text[], @sold_by::text[], @plus::text[],
		              @taxes::uuid[], @tracked::boolean[], @min_stocks::numeric[], @costs::bigint[], @descriptions::text[],
		              @favourites::boolean[], @actives::boolean[])
		       as n (id, sku, name, category_id, unit, sold_by, plu, tax_code_id, track_stock, min_stock, cost_minor, description, favourite, active)
		where  i.tenant_id = @tenant and i.id = n.id`

	deactivateItems db.SQL = `
		update items
		set    active = false, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = any(@ids::uuid[]) and active`

	dropItemWords db.SQL = `
		delete from search_words where tenant_id = @tenant and kind = 'item' and entity_id = any(@ids::uuid[])`

	dropItemBarcodes db.SQL = `delete from barcodes where tenant_id = @tenant and item_id = any(@ids::uuid[])`

	dropItemPrices db.SQL = `delete from prices where tenant_id = @tenant and item_id = any(@ids::uuid[])`

	dropItemStorePrices db.SQL = `delete from store_prices where tenant_id = @tenant and item_id = any(@ids::uuid[])`

	dropItems db.SQL = `delete from items where tenant_id = @tenant and id = any(@ids::uuid[])`

	usedItems db.SQL = `select distinct used from used_items(@ids::uuid[]) used`

	dropCategories db.SQL = `
		delete from categories c
		where  c.tenant_id = @tenant and c.id = any(@ids::uuid[])
		and    not exists (select from items i where i.tenant_id = @tenant and i.category_id = c.id)
		and    not exists (select from categories k where k.tenant_id = @tenant and k.parent_id = c.id and k.id <> all(@ids::uuid[]))`

	refreshPlans db.SQL = `select refresh_item_plans()`
)

// Numbers are what items are known by.
type Numbers struct{ SKUs, Barcodes, PLUs []string }

// Owner is the item that has a number.
type Owner struct {
	ID   uuid.UUID
	Name string
}

// Owners are the items that have the numbers asked for.
type Owners struct{ SKU, Barcode, PLU map[string]Owner }

// Owned finds the items that have these numbers. Barcodes are given in the form
// that StoredCode gives.
func Owned(ctx context.Context, tx *db.Tx, in Numbers) (Owners, error) {
	r := tx.Reads()
	skus := db.ReadAll[barcodeOwner](r, skuOwners, db.Args{"skus": in.SKUs})
	codes := db.ReadAll[barcodeOwner](r, barcodeOwners, db.Args{"codes": in.Barcodes})
	plus := db.ReadAll[barcodeOwner](r, pluOwners, db.Args{"plus": in.PLUs})
	if err := r.Run(ctx); err != nil {
		return Owners{}, err
	}
	return Owners{SKU: byCode(*skus), Barcode: byCode(*codes), PLU: byCode(*plus)}, nil
}

func byCode(rows []barcodeOwner) map[string]Owner {
	owners := make(map[string]Owner, len(rows))
	for _, row := range rows {
		owners[row.Code] = Owner{row.ID, row.Name}
	}
	return owners
}

// StoredCode is the form of a barcode under which it is kept and looked up.
func StoredCode(code string) string { return storedCode(code) }

// ShowMany gives these items, in the order of their ids; those that are not there
// are left out.
func ShowMany(ctx context.Context, tx *db.Tx, ids []uuid.UUID) ([]Item, error) {
	return db.All[Item](ctx, tx, readItems, db.Args{"ids": ids})
}

// Becoming is what an item becomes: all of it, whatever it was.
type Becoming struct {
	ID uuid.UUID `json:"id"`
	ItemFacts
	Active   bool               `json:"active"`
	Barcodes []wire.ItemBarcode `json:"barcodes"`
}

// Becoming is the item as it is, to be changed and given to RewriteMany.
func (i Item) Becoming() Becoming {
	return Becoming{
		ID: i.ID, Active: i.Active, Barcodes: i.Barcodes,
		ItemFacts: ItemFacts{
			SKU: i.SKU, Name: i.Name, CategoryID: i.CategoryID, Unit: i.Unit, SoldBy: i.SoldBy, PLU: i.PLU, TaxCode: i.TaxCode, Price: i.Price,
			Cost: i.Cost, TrackStock: i.TrackStock, MinStock: i.MinStock, Description: i.Description, Favourite: i.Favourite,
		},
	}
}

// RewriteMany makes items into what they are told to become, in a few statements.
// It does not ask what they were: whoever calls has read them in this transaction.
//
// Fails with catalog.bad_item for the first one that is wrong (its field paths
// begin with the item's place), and with the faults of numbers that are taken.
func RewriteMany(ctx context.Context, tx *db.Tx, items []Becoming) error {
	if len(items) == 0 {
		return nil
	}
	as := make([]NewItem, len(items))
	actives := make([]bool, len(items))
	ids := make([]uuid.UUID, len(items))
	for i, item := range items {
		as[i] = NewItem{ID: item.ID, ItemFacts: item.ItemFacts, Barcodes: item.Barcodes}
		actives[i], ids[i] = item.Active, item.ID
	}
	rows, err := rowsOf(ctx, tx, as)
	if err != nil {
		return err
	}
	batch := tx.Batch()
	args := columns(rows)
	args["actives"], args["now"] = actives, tx.Now()
	batch.Exec(updateItems, args)
	batch.Exec(dropItemBarcodes, db.Args{"ids": ids})
	batch.Exec(dropItemWords, db.Args{"ids": ids})
	putPrices(batch, rows)
	putBarcodes(batch, rows)
	indexRows(batch, rows)
	return batch.Done()
}

// DeactivateMany takes items out of sale.
func DeactivateMany(tx *db.Tx, ids []uuid.UUID) error {
	batch := tx.Batch()
	batch.Exec(deactivateItems, db.Args{"ids": ids, "now": tx.Now()})
	return batch.Done()
}

// Removed says what RemoveMany left: items that something refers to.
type Removed struct {
	Gone []uuid.UUID
	Kept []uuid.UUID
}

// RemoveMany takes items away as if they had never been, except those that
// anything refers to: a sale, stock. These are taken out of sale, and lose
// nothing else.
func RemoveMany(ctx context.Context, tx *db.Tx, ids []uuid.UUID) (Removed, error) {
	kept, err := db.All[uuid.UUID](ctx, tx, usedItems, db.Args{"ids": ids})
	if err != nil {
		return Removed{}, err
	}
	out := Removed{Kept: kept, Gone: without(ids, kept)}
	batch := tx.Batch()
	batch.Exec(dropItemWords, db.Args{"ids": out.Gone})
	batch.Exec(dropItemBarcodes, db.Args{"ids": out.Gone})
	batch.Exec(dropItemPrices, db.Args{"ids": out.Gone})
	batch.Exec(dropItemStorePrices, db.Args{"ids": out.Gone})
	batch.Exec(dropItems, db.Args{"ids": out.Gone})
	batch.Exec(deactivateItems, db.Args{"ids": kept, "now": tx.Now()})
	return out, batch.Done()
}

// RemoveCategories takes away those of the categories in which nothing stands.
func RemoveCategories(tx *db.Tx, ids []uuid.UUID) error {
	batch := tx.Batch()
	batch.Exec(dropCategories, db.Args{"ids": ids})
	return batch.Done()
}

func without(ids, taken []uuid.UUID) []uuid.UUID {
	out := make(map[uuid.UUID]bool, len(taken))
	for _, id := range taken {
		out[id] = true
	}
	left := make([]uuid.UUID, 0, len(ids))
	for _, id := range ids {
		if !out[id] {
			left = append(left, id)
		}
	}
	return left
}

// rowsOf checks items and brings them to the form in which they are written.
func rowsOf(ctx context.Context, tx *db.Tx, items []NewItem) ([]row, error) {
	taxes, err := db.All[taxCodeID](ctx, tx, taxCodeIDs, db.Args{})
	if err != nil {
		return nil, err
	}
	known := surroundings{taxes: &taxes}
	rows := make([]row, len(items))
	for i, item := range items {
		var wrong problems
		item = item.ready(&wrong)
		rows[i] = row{NewItem: item, tax: known.tax(item.TaxCode)}
		if rows[i].tax == uuid.Nil {
			wrong.add("tax_code", "catalog.unknown_tax_code", "Choose one of the shop's tax codes.")
		}
		for at := range wrong.fields {
			wrong.fields[at].Path = fmt.Sprintf("%d.%s", i, wrong.fields[at].Path)
		}
		if err := wrong.err("catalog.bad_item"); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// columns turns rows into the arrays that a statement takes apart again.
func columns(rows []row) db.Args {
	n := len(rows)
	ids, taxes, categories := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]*uuid.UUID, n)
	skus, names, units, soldBy := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	plus, descriptions := make([]string, n), make([]string, n)
	tracked, favourites := make([]bool, n), make([]bool, n)
	minStocks, costs := make([]decimal.Decimal, n), make([]money.Amount, n)
	for i, r := range rows {
		ids[i], taxes[i], categories[i] = r.ID, r.tax, r.CategoryID
		skus[i], names[i], units[i], soldBy[i] = r.SKU, r.Name, r.Unit, r.SoldBy
		plus[i], descriptions[i] = r.PLU, r.Description
		tracked[i], favourites[i] = r.TrackStock, r.Favourite
		minStocks[i], costs[i] = r.MinStock, r.Cost
	}
	return db.Args{
		"ids": ids, "skus": skus, "names": names, "categories": categories, "units": units, "sold_by": soldBy, "plus": plus,
		"taxes": taxes, "tracked": tracked, "min_stocks": minStocks, "costs": costs, "descriptions": descriptions, "favourites": favourites,
	}
}

func indexRows(b *db.Batch, rows []row) {
	entries := make([]search.Entry, len(rows))
	for i, r := range rows {
		entries[i] = search.Entry{ID: r.ID, Texts: []string{r.Name, r.SKU}}
	}
	search.IndexMany(b, wordsKind, entries)
}
