package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/tenants"
)

const (
	seedUnits db.SQL = `
		insert into units (tenant_id, code, name, decimals)
		select @tenant, code, name, decimals
		from   unnest(@codes::text[], @names::text[], @decimals::smallint[]) as n (code, name, decimals)`

	seedTaxCodes db.SQL = `
		insert into tax_codes (tenant_id, id, code, name)
		select @tenant, id, code, name
		from   unnest(@ids::uuid[], @codes::text[], @names::text[]) as n (id, code, name)`

	seedRates db.SQL = `
		insert into tax_rates (tenant_id, tax_code_id, valid_from, rate)
		select @tenant, id, valid_from, rate
		from   unnest(@ids::uuid[], @dates::date[], @rates::numeric[]) as n (id, valid_from, rate)`

	seedPriceList db.SQL = `
		insert into price_lists (tenant_id, id, name, currency, is_default)
		values (@tenant, @id, 'Shop prices', @currency, true)`
)

// layGround gives a new shop its units, the taxes of its country and the list
// that its prices stand in.
func layGround(_ context.Context, tx *db.Tx, shop tenants.Opened) error {
	batch := tx.Batch()
	batch.Exec(seedUnits, db.Args{
		"codes":    []string{"each", "kg", "g", "l", "m", "hour"},
		"names":    []string{"Each", "Kilogram", "Gram", "Litre", "Metre", "Hour"},
		"decimals": []int16{0, 3, 0, 3, 2, 2},
	})
	batch.Exec(seedPriceList, db.Args{"id": uuid.Must(uuid.NewV7()), "currency": shop.Company.Currency})

	var codeIDs, rateIDs []uuid.UUID
	var codes, names []string
	var dates []time.Time
	var rates []decimal.Decimal
	for _, tax := range taxesOf(shop.Company.Country) {
		id := uuid.Must(uuid.NewV7())
		codeIDs, codes, names = append(codeIDs, id), append(codes, tax.code), append(names, tax.name)
		for _, rate := range tax.rates {
			rateIDs, dates, rates = append(rateIDs, id), append(dates, rate.from), append(rates, rate.percent)
		}
	}
	batch.Exec(seedTaxCodes, db.Args{"ids": codeIDs, "codes": codes, "names": names})
	batch.Exec(seedRates, db.Args{"ids": rateIDs, "dates": dates, "rates": rates})
	return batch.Done()
}
