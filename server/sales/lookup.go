package sales

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/platform/search"
	"souk/server/promotions"
	"souk/server/transfers"
	"souk/shared/barcode"
	"souk/shared/money"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// SearchIn is what a cashier typed.
type SearchIn struct {
	Q          string `query:"q" minLength:"1" maxLength:"100"`
	RegisterID string `query:"register_id" doc:"Whose prices and stock to show"`
	Limit      int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// BrowseIn is a page of the register's grid. Without a category it shows the
// favourites, or all items while the shop has none.
type BrowseIn struct {
	CategoryID string `query:"category_id"`
	RegisterID string `query:"register_id" doc:"Whose prices and stock to show"`
	Offset     int    `query:"offset" minimum:"0"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"60"`
}

// GridPage is a page of the grid.
type GridPage struct {
	Items []wire.TillItem `json:"items" nullable:"false"`
	Total int             `json:"total"`
}

// ScanIn is what a scanner sent.
type ScanIn struct {
	Code       string `query:"code" minLength:"1" maxLength:"200"`
	RegisterID string `query:"register_id" doc:"Whose prices and stock to show"`
}

// Scanned says what a code means: which item, how much of it, and the price if
// the code carries one.
type Scanned struct {
	Outcome    wire.ScanOutcome `json:"outcome" enum:"added,unknown,needs_qty,needs_price,coupon"`
	Code       string           `json:"code"`
	Item       *wire.TillItem   `json:"item,omitempty"`
	Quantity   decimal.Decimal  `json:"quantity"`
	FixedTotal *money.Amount    `json:"fixed_total_minor,omitempty"`
}

// gridRow is an item as the register's lookups read it.
type gridRow struct {
	ID         uuid.UUID          `db:"id"`
	SKU        string             `db:"sku"`
	Name       string             `db:"name"`
	CategoryID *uuid.UUID         `db:"category_id"`
	Unit       string             `db:"unit"`
	SoldBy     string             `db:"sold_by"`
	PLU        string             `db:"plu"`
	TaxCode    string             `db:"tax_code"`
	Price      money.Amount       `db:"price_minor"`
	Barcodes   []wire.ItemBarcode `db:"barcodes"`
	Favourite  bool               `db:"favourite"`
	TrackStock bool               `db:"track_stock"`
	OnHand     decimal.Decimal    `db:"on_hand"`
	Active     bool               `db:"active"`
	PictureID  *uuid.UUID         `db:"picture_id"`
}

func (g gridRow) item() wire.TillItem {
	if g.Barcodes == nil {
		g.Barcodes = []wire.ItemBarcode{}
	}
	return wire.TillItem(g)
}

const (
	// A code comes first, then names that begin so, then those that have the words
	// somewhere.
	findItems db.SQL = `
		select i.id
		from   items i
		where  i.tenant_id = @tenant and i.active
		and    i.id in (
			select w.entity_id
			from   unnest(@from::text[], @to::text[]) as q (lo, hi)
			join   search_words w on w.tenant_id = @tenant and w.kind = 'item' and w.word >= q.lo and w.word < q.hi
			group  by w.entity_id
			having count(distinct q.lo) = cardinality(@from::text[])
			union
			select b.item_id from barcodes b where b.tenant_id = @tenant and b.code = @q::text
			union
			select k.id from items k where k.tenant_id = @tenant and k.plu = @q::text)
		order  by i.plu is not distinct from @q::text desc, lower(i.sku) = @q::text desc, starts_with(i.sort_name, @q::text) desc,
			i.sort_name, i.id
		limit  @limit`

	countFavourites db.SQL = `
		select count(*)
		from   items
		where  tenant_id = @tenant and active and favourite`

	gridItems db.SQL = `
		select id
		from   items
		where  tenant_id = @tenant and active
		and    (@category::uuid is null or category_id = @category)
		and    (favourite or not @favourites::bool)
		order  by sort_name, id
		limit  @limit
		offset @offset`

	gridCount db.SQL = `
		select count(*)
		from   items
		where  tenant_id = @tenant and active
		and    (@category::uuid is null or category_id = @category)
		and    (favourite or not @favourites::bool)`

	readGrid db.SQL = `
		select i.id, i.sku, i.name, i.category_id, i.unit, i.sold_by, coalesce(i.plu, '') as plu, t.code as tax_code,
			coalesce(o.price_minor, p.price_minor, 0) as price_minor, i.favourite, i.track_stock, i.active, i.picture_id,
			coalesce((
				select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', b.quantity::text) order by b.code)
				from   barcodes b
				where  b.tenant_id = @tenant and b.item_id = i.id), '[]') as barcodes,
			coalesce((
				select sum(k.on_hand)
				from   stock_balances k
				join   locations l on l.tenant_id = @tenant and l.id = k.location_id and l.sells
				where  k.tenant_id = @tenant and k.item_id = i.id and (@stores::uuid[] is null or l.store_id = any(@stores))
				and    (@register::uuid is null or l.store_id = (
					select g.store_id from registers g where g.tenant_id = @tenant and g.id = @register))), 0) as on_hand
		from   unnest(@items::uuid[]) with ordinality as asked (id, n)
		join   items i on i.tenant_id = @tenant and i.id = asked.id
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join price_lists d on d.tenant_id = @tenant and d.is_default
		left   join prices p on p.tenant_id = @tenant and p.price_list_id = d.id and p.item_id = i.id
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id
			and o.store_id = (select g.store_id from registers g where g.tenant_id = @tenant and g.id = @register)
		order  by asked.n`

	// One row a lookup that is known, the best lookup first.
	findCode db.SQL = `
		select found.item_id, found.quantity
		from   unnest(@codes::text[]) with ordinality as asked (code, n)
		cross  join lateral (
			select b.item_id, b.quantity, 1 as rank from barcodes b where b.tenant_id = @tenant and b.code = asked.code
			union all
			select i.id, 1, 2 from items i where i.tenant_id = @tenant and i.plu = asked.code
			union all
			select i.id, 1, 3 from items i where i.tenant_id = @tenant and i.sku = asked.code) as found
		order  by asked.n, found.rank
		limit  1`
)

// Search finds items by the beginnings of words of their name or SKU, or by a
// whole code, the likeliest first.
func Search(ctx context.Context, tx *db.Tx, in SearchIn) ([]wire.TillItem, error) {
	limit := in.Limit
	if limit < 1 {
		limit = 20
	}
	q := strings.ToLower(strings.TrimSpace(in.Q))
	words := search.Query(q)
	ids, err := db.All[uuid.UUID](ctx, tx, findItems, db.Args{"q": q, "from": words.From, "to": words.To, "limit": limit})
	if err != nil {
		return nil, err
	}
	return grid(ctx, tx, ids, in.RegisterID)
}

// Browse gives a page of the register's grid.
func Browse(ctx context.Context, tx *db.Tx, in BrowseIn) (GridPage, error) {
	limit := in.Limit
	if limit < 1 {
		limit = 60
	}
	category, err := idOrNone(in.CategoryID, "category_id")
	if err != nil {
		return GridPage{}, err
	}
	favourites := false
	if category == nil {
		n, err := db.One[int](ctx, tx, countFavourites, db.Args{})
		if err != nil {
			return GridPage{}, err
		}
		favourites = n > 0
	}
	r := tx.Reads()
	ids := db.ReadAll[uuid.UUID](r, gridItems, db.Args{"category": category, "favourites": favourites, "limit": limit, "offset": in.Offset})
	total := db.ReadMaybe[int](r, gridCount, db.Args{"category": category, "favourites": favourites})
	if err := r.Run(ctx); err != nil {
		return GridPage{}, err
	}
	items, err := grid(ctx, tx, *ids, in.RegisterID)
	return GridPage{Items: items, Total: total.Row}, err
}

func grid(ctx context.Context, tx *db.Tx, ids []uuid.UUID, register string) ([]wire.TillItem, error) {
	at, err := idOrNone(register, "register_id")
	if err != nil {
		return nil, err
	}
	rows, err := db.All[gridRow](ctx, tx, readGrid, db.Args{"items": ids, "register": at})
	out := make([]wire.TillItem, len(rows))
	for i, row := range rows {
		out[i] = row.item()
	}
	return out, err
}

type codeRow struct {
	ItemID   uuid.UUID       `db:"item_id"`
	Quantity decimal.Decimal `db:"quantity"`
}

// Scan says which item a code means and how much of it. A code that is itself
// kept with an item means one scan of that item, whatever a scale would read in it.
func Scan(ctx context.Context, tx *db.Tx, in ScanIn) (Scanned, error) {
	shop, err := db.One[shop](ctx, tx, readShop, db.Args{})
	if err != nil {
		return Scanned{}, err
	}
	currency, _ := money.Lookup(shop.Currency)
	scan := barcode.Parse(in.Code, barcode.DefaultRules(currency))
	out := Scanned{Outcome: wire.ScanUnknown, Code: scan.Code, Quantity: decimal.One}
	r := tx.Reads()
	exact := db.ReadMaybe[codeRow](r, findCode, db.Args{"codes": []string{scan.Code}})
	other := db.ReadMaybe[codeRow](r, findCode, db.Args{"codes": scan.Lookup})
	if err := r.Run(ctx); err != nil {
		return Scanned{}, err
	}
	if !exact.Found && !other.Found {
		r := tx.Reads()
		offers := promotions.ReadRunning(r, tx.Now())
		err := r.Run(ctx)
		if promotion.KnowsCoupon(offers.Running().All, scan.Code) {
			out.Outcome = wire.ScanCoupon
		}
		return out, err
	}
	row, embedded := exact.Row, false
	if !exact.Found {
		row, embedded = other.Row, true
	}
	items, err := grid(ctx, tx, []uuid.UUID{row.ItemID}, in.RegisterID)
	if err != nil || len(items) == 0 || !items[0].Active {
		return out, err
	}
	out.Item, out.Quantity = &items[0], row.Quantity.Trim(0)
	if embedded && out.embed(scan) {
		out.Outcome = wire.ScanAdded
		return out, nil
	}
	out.Outcome = outcome(items[0])
	return out, nil
}

// StockIn names an item and the register that asks.
type StockIn struct {
	ItemID     uuid.UUID `path:"item_id"`
	RegisterID uuid.UUID `query:"register_id"`
}

// StockOf tells what an item costs at the register and where it stands, in other
// stores too.
//
// Fails with inventory.item_unknown.
func StockOf(ctx context.Context, tx *db.Tx, in StockIn) (wire.ItemStock, error) {
	return transfers.StockOf(ctx, tx, in.ItemID, in.RegisterID)
}

// embed takes over the weight or the price that the code carries, if any.
func (s *Scanned) embed(scan barcode.Scan) bool {
	switch scan.Kind {
	case barcode.KindWeight:
		s.Quantity = scan.Weight
		return true
	case barcode.KindPrice:
		price := scan.Price
		s.FixedTotal, s.Quantity = &price, weightOf(price, *s.Item)
		return true
	default:
		return false
	}
}

// weightOf is how much a price stands for: the weight that it pays, to the gram,
// for what is weighed; one piece of the rest.
func weightOf(price money.Amount, item wire.TillItem) decimal.Decimal {
	if item.SoldBy != "weight" || item.Price <= 0 {
		return decimal.One
	}
	paid, err := decimal.New(int64(price), 0)
	if err != nil {
		return decimal.One
	}
	each, err := decimal.New(int64(item.Price), 0)
	if err != nil {
		return decimal.One
	}
	weight, err := paid.Quo(each)
	if err != nil || weight.Round(3).IsZero() {
		return decimal.One
	}
	return weight.Round(3)
}

func outcome(item wire.TillItem) wire.ScanOutcome {
	switch item.SoldBy {
	case "weight":
		return wire.ScanWeigh
	case "open":
		return wire.ScanPrice
	default:
		return wire.ScanAdded
	}
}
