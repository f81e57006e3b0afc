package catalog

import (
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/money"
)

// Sellable is an item as a sale needs it.
type Sellable struct {
	ID         uuid.UUID       `db:"id"`
	SKU        string          `db:"sku"`
	Name       string          `db:"name"`
	CategoryID *uuid.UUID      `db:"category_id"`
	Unit       string          `db:"unit"`
	Decimals   int             `db:"decimals"`
	SoldBy     string          `db:"sold_by"`
	TaxCode    string          `db:"tax_code"`
	TaxRate    decimal.Decimal `db:"tax_rate"`
	Price      money.Amount    `db:"price_minor"`
	TrackStock bool            `db:"track_stock"`
	Cost       money.Amount    `db:"cost_minor"`
	Active     bool            `db:"active"`
}

// TaxRate is a tax code with the rate of some day.
type TaxRate struct {
	Code string          `db:"code"`
	Name string          `db:"name"`
	Rate decimal.Decimal `db:"rate"`
}

const (
	readSellables db.SQL = `
		select i.id, i.sku, i.name, i.category_id, i.unit, u.decimals, i.sold_by, t.code as tax_code,
		       coalesce((
		           select trim_scale(r.rate)
		           from   tax_rates r
		           where  r.tenant_id = @tenant and r.tax_code_id = i.tax_code_id and r.valid_from <= @on::date
		           order  by r.valid_from desc
		           limit  1), 0) as tax_rate,
		       coalesce(o.price_minor, p.price_minor, 0) as price_minor, i.track_stock, i.cost_minor, i.active
		from   unnest(@ids::uuid[]) as wanted (id)
		cross  join lateral (
		           select i.id, i.sku, i.name, i.category_id, i.unit, i.sold_by, i.tax_code_id, i.track_stock, i.cost_minor, i.active
		           from   items i
		           where  i.tenant_id = @tenant and i.id = wanted.id
		           limit  1) as i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		join   tax_codes t on t.tenant_id = @tenant and t.id = i.tax_code_id
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id
		       and o.store_id = (
		           select g.store_id
		           from   registers g
		           where  g.tenant_id = @tenant and g.id = @register and (@stores::uuid[] is null or g.store_id = any(@stores)))
		order  by i.id`

	readTaxRates db.SQL = `
		select t.code, t.name,
		       coalesce((
		           select trim_scale(r.rate)
		           from   tax_rates r
		           where  r.tenant_id = @tenant and r.tax_code_id = t.id and r.valid_from <= @on::date
		           order  by r.valid_from desc
		           limit  1), 0) as rate
		from   tax_codes t
		where  t.tenant_id = @tenant
		order  by t.code`
)

// Counter is where and when something is sold: a register, for its store's
// prices, and a day, for its taxes. Without a register the company's prices hold.
type Counter struct {
	Register uuid.UUID
	Day      time.Time
}

// ReadSellables adds a read of these items, sorted by id, inactive ones
// included, with the price that the register's store asks and the tax rate of the
// day. An id that is no item's has no row.
func ReadSellables(r *db.Reads, ids []uuid.UUID, at Counter) *[]Sellable {
	return db.ReadAll[Sellable](r, readSellables, db.Args{"ids": ids, "on": at.Day, "register": at.Register})
}

// ReadTaxRates adds a read of every tax code with its rate of a day; a code that
// has none yet on that day has zero.
func ReadTaxRates(r *db.Reads, on time.Time) *[]TaxRate {
	return db.ReadAll[TaxRate](r, readTaxRates, db.Args{"on": on})
}
