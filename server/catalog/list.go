package catalog

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/platform/search"
	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// ItemRow is an item in the list.
type ItemRow struct {
	ID         uuid.UUID    `json:"id" db:"id"`
	SKU        string       `json:"sku" db:"sku"`
	Name       string       `json:"name" db:"name"`
	SortName   string       `json:"-" db:"sort_name"`
	CategoryID *uuid.UUID   `json:"category_id,omitempty" db:"category_id"`
	Category   string       `json:"category" db:"category"`
	Unit       string       `json:"unit" db:"unit"`
	SoldBy     string       `json:"sold_by" db:"sold_by" enum:"each,weight,open"`
	PLU        string       `json:"plu" db:"plu"`
	TaxCode    string       `json:"tax_code" db:"tax_code"`
	Price      money.Amount `json:"price_minor" db:"price_minor"`
	Cost       money.Amount `json:"cost_minor" db:"cost_minor"`
	Barcode    string       `json:"barcode" db:"barcode" doc:"The first of its codes"`
	Favourite  bool         `json:"favourite" db:"favourite"`
	TrackStock bool         `json:"track_stock" db:"track_stock"`
	Active     bool         `json:"active" db:"active"`
	Version    int          `json:"version" db:"version"`
	UpdatedAt  time.Time    `json:"updated_at" db:"updated_at"`
}

// ItemQuery asks for a page of the list.
type ItemQuery struct {
	Q        string `query:"q" maxLength:"200" doc:"Beginnings of words of the name or SKU, or a whole barcode"`
	Category string `query:"category" doc:"A category's id; those below it count too"`
	Active   string `query:"active" enum:"true,false,all" default:"true"`
	Sort     string `query:"sort" enum:"name,-name,sku,-sku,price,-price,updated,-updated" default:"name"`
	After    string `query:"after" doc:"The 'next' of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// List gives a page of items. A question finds items of which each word begins a
// word of the name or SKU, and the one that has it as a barcode.
//
// Fails with request.bad_cursor, catalog.bad_sort and catalog.unknown_category.
func List(ctx context.Context, tx *db.Tx, in ItemQuery) (wire.Page[ItemRow], error) {
	if in.Sort == "" {
		in.Sort = "name"
	}
	sort, ok := sorts[in.Sort]
	if !ok {
		return wire.Page[ItemRow]{}, fault.Invalid("catalog.bad_sort", fault.At("sort", "catalog.bad_sort", "")).
			Say("Items are sorted by name, sku, price or updated.")
	}
	limit := page.Limit(in.Limit)
	args, err := in.args(limit)
	if err != nil {
		return wire.Page[ItemRow]{}, err
	}
	category, err := in.category()
	if err != nil {
		return wire.Page[ItemRow]{}, err
	}

	statement := sort.items
	if category != nil {
		statement, args["category"] = sort.category, category
	}
	if in.Q != "" {
		words := search.Query(in.Q)
		statement, args["category"] = sort.matches, category
		args["from"], args["to"], args["codes"] = words.From, words.To, lookups(barcode.Parse(in.Q, nil))
	}
	rows, err := db.All[ItemRow](ctx, tx, statement, args)
	if err != nil {
		return wire.Page[ItemRow]{}, err
	}
	return page.Cut(rows, limit, func(last ItemRow) []string {
		return []string{in.Sort, sort.key(last), last.ID.String()}
	}), nil
}

// args are those of all three lists. A cursor of another order does not fit.
func (in ItemQuery) args(limit int) (db.Args, error) {
	key, id := sorts[in.Sort].start, uuid.Nil
	if in.Sort[0] == '-' {
		id = uuid.Max
	}
	if in.After != "" {
		parts, err := page.Decode(in.After, 3)
		if err != nil {
			return nil, err
		}
		if id, err = uuid.Parse(parts[2]); err != nil || parts[0] != in.Sort {
			return nil, page.BadCursor(err)
		}
		key = parts[1]
	}
	value, err := sorts[in.Sort].parse(key)
	if err != nil {
		return nil, page.BadCursor(err)
	}
	args := db.Args{"key": value, "id": id, "limit": limit + 1, "active": nil}
	switch in.Active {
	case "", "true":
		args["active"] = true
	case "false":
		args["active"] = false
	}
	return args, nil
}

func (in ItemQuery) category() (*uuid.UUID, error) {
	if in.Category == "" {
		return nil, nil
	}
	id, err := uuid.Parse(in.Category)
	if err != nil {
		return nil, fault.Invalid("catalog.unknown_category", fault.At("category", "catalog.unknown_category", ""), fault.Because(err)).
			Say("Choose one of the shop's categories.")
	}
	return &id, nil
}

// Where each order begins and ends. No name has the last code point of Unicode.
const (
	lastText  = "\U0010ffff"
	lastMinor = "9223372036854775807"
	firstTime = "0001-01-01T00:00:00Z"
	lastTime  = "9999-12-31T00:00:00Z"
)

func nameKey(r ItemRow) string    { return r.SortName }
func skuKey(r ItemRow) string     { return r.SKU }
func priceKey(r ItemRow) string   { return minorText(r.Price) }
func updatedKey(r ItemRow) string { return r.UpdatedAt.UTC().Format(time.RFC3339Nano) }

func textKey(s string) (any, error)  { return s, nil }
func minorKey(s string) (any, error) { return strconv.ParseInt(s, 10, 64) }
func timeKey(s string) (any, error)  { return time.Parse(time.RFC3339Nano, s) }
