package catalog

import (
	"context"
	"slices"

	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
)

const (
	readScanned db.SQL = `
		with hit as (
		    select b.item_id, b.code, b.quantity, array_position(@codes::text[], b.code) as place
		    from   barcodes b
		    where  b.tenant_id = @tenant and b.code = any(@codes)
		    union  all
		    select p.id, p.plu, 1, cardinality(@codes) + 1
		    from   items p
		    where  p.tenant_id = @tenant and p.plu = any(@codes)
		    order  by 4
		    limit  1)
		select h.code as scan_code, trim_scale(h.quantity) as scan_quantity,
		       i.id, i.sku, i.name, i.category_id, coalesce(c.name, '') as category, i.unit, u.decimals, i.sold_by,
		       coalesce(i.plu, '') as plu, t.code as tax_code, coalesce(p.price_minor, 0) as price_minor, i.cost_minor,
		       i.track_stock, trim_scale(i.min_stock) as min_stock, i.description, i.favourite, i.active,
		       coalesce((
		           select jsonb_agg(jsonb_build_object('code', b.code, 'quantity', trim_scale(b.quantity)::text) order by b.code)
		           from   barcodes b
		           where  b.tenant_id = @tenant and b.item_id = i.id), '[]') as barcodes,
		       i.picture_id, i.version, i.created_at, i.updated_at,
		       (select currency from company where tenant_id = @tenant) as currency
		from   hit h
		join   items i on i.tenant_id = @tenant and i.id = h.item_id
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join categories c on c.tenant_id = @tenant and c.id = i.category_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)`
)

// ScannedCode is what a scanner sent, or a PLU that was typed.
type ScannedCode struct {
	Code string `path:"code" maxLength:"200"`
}

// ScannedItem is the item that a scan means, and how much of it. Price is set
// when the package carries its own.
type ScannedItem struct {
	Item     Item            `json:"item"`
	Kind     barcode.Kind    `json:"kind" enum:"gtin,weight,price,plu,other"`
	Quantity decimal.Decimal `json:"quantity" doc:"How many units this scan adds"`
	Price    *money.Amount   `json:"price_minor,omitempty" doc:"Of the whole package, printed in the code"`
}

type scannedRow struct {
	Item
	ScanCode     string          `db:"scan_code"`
	ScanQuantity decimal.Decimal `db:"scan_quantity"`
	Currency     string          `db:"currency"`
}

// ByBarcode gives the item that a scan means, in one round trip. The code of a
// scale is read by the usual rules; an item kept under the whole code comes
// first.
//
// Fails with catalog.unknown_barcode.
func ByBarcode(ctx context.Context, tx *db.Tx, in ScannedCode) (ScannedItem, error) {
	// Which codes to look up does not depend on the currency; the price in the code does.
	codes := lookups(barcode.Parse(in.Code, barcode.DefaultRules(money.Currency{})))
	row, found, err := db.Maybe[scannedRow](ctx, tx, readScanned, db.Args{"codes": codes})
	if err != nil {
		return ScannedItem{}, err
	}
	if !found {
		return ScannedItem{}, fault.NotFound("catalog.unknown_barcode").
			Say("No item has this code. Add it to an item, or make a new one.")
	}
	row.Item = row.shown(ctx)
	currency, _ := money.Lookup(row.Currency)
	return meant(row, barcode.Parse(in.Code, barcode.DefaultRules(currency))), nil
}

// lookups lists the codes under which an item may be kept, best first.
func lookups(scan barcode.Scan) []string {
	codes := []string{scan.Code}
	for _, code := range scan.Lookup {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// meant tells what a scan says of the item it found. A code under which the item
// itself is kept says nothing more; the value that a scale printed counts
// otherwise. The weight of a GS1 element string stands beside the code, not in it.
func meant(found scannedRow, scan barcode.Scan) ScannedItem {
	out := ScannedItem{Item: found.Item, Kind: scan.Kind, Quantity: found.ScanQuantity}
	inside := !slices.Contains(scan.Lookup, scan.Code)
	switch {
	case inside && found.ScanCode == scan.Code:
		out.Kind = barcode.KindGTIN
	case scan.Kind == barcode.KindWeight:
		out.Quantity = scan.Weight
	case scan.Kind == barcode.KindPrice:
		out.Price = &scan.Price
	}
	return out
}
