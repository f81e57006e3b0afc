package sync

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/transfers"
	"souk/shared/wire"
)

const (
	// The price is that of the register's store, and the stock what stands where it sells from.
	readItems db.SQL = `
		select i.id, i.sku, i.name, i.category_id, i.unit, i.sold_by, coalesce(i.plu, '') as plu, t.code as tax_code,
		       coalesce(o.price_minor, p.price_minor, 0) as price,
		       coalesce((
		           select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', trim_scale(b.quantity)::text) order by b.code)
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.item_id = i.id), '[]') as barcodes,
		       i.favourite, i.track_stock, trim_scale(coalesce(s.on_hand, 0)) as on_hand, i.active, i.picture_id
		from   items i
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select d.id from price_lists d where d.tenant_id = @tenant and d.is_default)
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id
		       and o.store_id = (select g.store_id from registers g where g.tenant_id = @tenant and g.id = @register)
		left   join stock_balances s on s.tenant_id = @tenant and s.item_id = i.id
		       and s.location_id = (
		           select l.id
		           from   locations l
		           join   registers r on r.tenant_id = @tenant and r.store_id = l.store_id
		           where  l.tenant_id = @tenant and l.sells and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores)))
		where  i.tenant_id = @tenant and i.active and (@after::uuid is null or i.id > @after)
		order  by i.id
		limit  @limit`

	// As readItems, of the items named, archived ones too: the till must take them away.
	readItemsByID db.SQL = `
		select i.id, i.sku, i.name, i.category_id, i.unit, i.sold_by, coalesce(i.plu, '') as plu, t.code as tax_code,
		       coalesce(o.price_minor, p.price_minor, 0) as price,
		       coalesce((
		           select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', trim_scale(b.quantity)::text) order by b.code)
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.item_id = i.id), '[]') as barcodes,
		       i.favourite, i.track_stock, trim_scale(coalesce(s.on_hand, 0)) as on_hand, i.active, i.picture_id
		from   items i
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select d.id from price_lists d where d.tenant_id = @tenant and d.is_default)
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id
		       and o.store_id = (select g.store_id from registers g where g.tenant_id = @tenant and g.id = @register)
		left   join stock_balances s on s.tenant_id = @tenant and s.item_id = i.id
		       and s.location_id = (
		           select l.id
		           from   locations l
		           join   registers r on r.tenant_id = @tenant and r.store_id = l.store_id
		           where  l.tenant_id = @tenant and l.sells and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores)))
		where  i.tenant_id = @tenant and i.id = any(@ids::uuid[])
		order  by i.id`
)

// StockOf tells what an item costs at the till's register and where it stands now,
// in other stores too: of these a till's own copy holds nothing.
//
// Fails with inventory.item_unknown.
func StockOf(ctx context.Context, tx *db.Tx, in transfers.ItemPlaces) (wire.ItemStock, error) {
	return transfers.StockOf(ctx, tx, in.ItemID, auth.From(ctx).Register)
}

const pageOfItems = 2000

// ItemsFrom says which page of the whole catalogue is wanted.
type ItemsFrom struct {
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"0" maximum:"2000" doc:"0 means 2,000"`
}

// Items gives the items on sale in the order of their ids, page by page. Pages
// are of different moments; the changes since the setup's cursor make them one.
//
// Fails with request.bad_cursor.
func Items(ctx context.Context, tx *db.Tx, in ItemsFrom) (wire.Page[wire.TillItem], error) {
	limit := pageOfItems
	if in.Limit > 0 {
		limit = min(limit, in.Limit)
	}
	args := db.Args{"register": auth.From(ctx).Register, "after": nil, "limit": limit + 1}
	if in.After != "" {
		parts, err := page.Decode(in.After, 1)
		if err != nil {
			return wire.Page[wire.TillItem]{}, err
		}
		after, err := uuid.Parse(parts[0])
		if err != nil {
			return wire.Page[wire.TillItem]{}, page.BadCursor(err)
		}
		args["after"] = after
	}
	rows, err := db.All[wire.TillItem](ctx, tx, readItems, args)
	return page.Cut(rows, limit, func(i wire.TillItem) []string { return []string{i.ID.String()} }), err
}
