package catalog

import (
	"context"
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
	Cost       money.Amount `json:"cost_minor,omitempty" db:"cost_minor" doc:"Left out for who may not see it"`
	Barcode    string       `json:"barcode" db:"barcode" doc:"The first of its codes"`
	Favourite  bool         `json:"favourite" db:"favourite"`
	TrackStock bool         `json:"track_stock" db:"track_stock"`
	Active     bool         `json:"active" db:"active"`
	PictureID  *uuid.UUID   `json:"picture_id,omitempty" db:"picture_id"`
	Version    int          `json:"version" db:"version"`
	UpdatedAt  time.Time    `json:"updated_at" db:"updated_at"`
}

// ItemQuery asks for a page of the list.
type ItemQuery struct {
	Q        string `query:"q" maxLength:"200" doc:"Beginnings of words of the name or SKU, or a whole barcode"`
	Category string `query:"category" doc:"A category's id; those below it count too"`
	Active   string `query:"active" enum:"true,false,all" default:"true"`
	Low      bool   `query:"low" doc:"Only those of which no more is left than the least there should be"`
	Sort     string `query:"sort" enum:"name,-name,sku,-sku,price,-price,updated,-updated" default:"name"`
	After    string `query:"after" doc:"The 'next' of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// List gives a page of items. A question finds items of which each word begins a
// word of the name or SKU, and the one that has it as a barcode.
//
// Fails with request.bad_cursor, catalog.bad_sort and catalog.unknown_category.
func List(ctx context.Context, tx *db.Tx, in ItemQuery) (wire.Page[ItemRow], error) {
	found, err := list(ctx, tx, in)
	if !seesCost(ctx) {
		for i := range found.Rows {
			found.Rows[i].Cost = 0
		}
	}
	return found, err
}

// list is List with the costs, whoever asks.
func list(ctx context.Context, tx *db.Tx, in ItemQuery) (wire.Page[ItemRow], error) {
	if in.Sort == "" {
		in.Sort = "name"
	}
	sort, ok := sorts[in.Sort]
	if !ok {
		return wire.Page[ItemRow]{}, fault.Invalid("catalog.bad_sort", fault.At("sort", "catalog.bad_sort", "")).
			Say("Items are sorted by name, sku, price or updated.")
	}
	limit := page.Limit(in.Limit)
	args, err := sort.by.Args(in.Sort, in.After, limit)
	if err != nil {
		return wire.Page[ItemRow]{}, err
	}
	category, err := in.category()
	if err != nil {
		return wire.Page[ItemRow]{}, err
	}

	statement := sort.items
	args["active"], args["low"] = page.Active(in.Active), in.Low
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
	return sort.by.Cut(rows, in.Sort, limit), nil
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
