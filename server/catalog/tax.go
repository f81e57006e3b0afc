package catalog

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// TaxCode is a kind of tax that an item can bear, with all its rates.
type TaxCode struct {
	ID    uuid.UUID        `json:"id"`
	Code  string           `json:"code"`
	Name  string           `json:"name"`
	Rate  decimal.Decimal  `json:"rate" doc:"Today's, in per cent"`
	Rates []wire.DatedRate `json:"rates" nullable:"false" doc:"Oldest first; each holds until the next"`
}

const (
	readTaxCodes db.SQL = `
		select t.id, t.code, t.name,
		       coalesce((
		           select trim_scale(r.rate)
		           from   tax_rates r
		           where  r.tenant_id = @tenant and r.tax_code_id = t.id and r.valid_from <= @on::date
		           order  by r.valid_from desc
		           limit  1), 0) as rate,
		       coalesce((
		           select jsonb_agg(jsonb_build_object('from', r.valid_from, 'rate', trim_scale(r.rate)::text) order by r.valid_from)
		           from   tax_rates r
		           where  r.tenant_id = @tenant and r.tax_code_id = t.id), '[]') as rates
		from   tax_codes t
		where  t.tenant_id = @tenant
		order  by t.code`

	insertRate db.SQL = `
		insert into tax_rates (tenant_id, tax_code_id, valid_from, rate)
		values (@tenant, @code, @from::date, @rate)
		on     conflict do nothing`

	readUnits db.SQL = `
		select code, name, decimals from units where tenant_id = @tenant order by name`
)

// Units lists the units of measure.
func Units(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[wire.UnitSetup], error) {
	units, err := db.All[wire.UnitSetup](ctx, tx, readUnits, db.Args{})
	return wire.Page[wire.UnitSetup]{Rows: units}, err
}

// TaxCodes lists the tax codes with their rates.
func TaxCodes(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[TaxCode], error) {
	codes, err := db.All[TaxCode](ctx, tx, readTaxCodes, db.Args{"on": tx.Now()})
	return wire.Page[TaxCode]{Rows: codes}, err
}

// RateAddition is a rate that a tax code has from some day on.
type RateAddition struct {
	ID   uuid.UUID `path:"id"`
	Body wire.DatedRate
}

// AddRate gives a tax code a new rate from a day on, which may be in the future.
// Rates that have been charged are never changed.
//
// Fails with catalog.bad_rate, catalog.rate_in_past and catalog.rate_exists.
func AddRate(ctx context.Context, tx *db.Tx, in RateAddition) (TaxCode, error) {
	from, err := time.Parse(time.DateOnly, in.Body.From)
	var wrong problems
	if err != nil {
		wrong.add("from", "catalog.bad_date", "Give the day as year-month-day, for example 2030-01-31.")
	}
	if in.Body.Rate.IsNeg() || in.Body.Rate.Cmp(decimal.Thousand) >= 0 || in.Body.Rate.Scale() > quantityScale {
		wrong.add("rate", "catalog.bad_rate", "A rate is per cent, zero or more, with at most four decimals.")
	}
	if err := wrong.err("catalog.bad_rate"); err != nil {
		return TaxCode{}, err
	}
	if from.Before(tx.Now().Truncate(24 * time.Hour)) {
		return TaxCode{}, fault.Conflict("catalog.rate_in_past", fault.At("from", "catalog.rate_in_past", "")).
			Say("That day is over and its sales are taxed. Choose today or a later day.")
	}
	if _, err := find(ctx, tx, in.ID); err != nil {
		return TaxCode{}, err
	}
	rows, err := tx.Exec(ctx, insertRate, db.Args{"code": in.ID, "from": from, "rate": in.Body.Rate})
	if err != nil {
		return TaxCode{}, err
	}
	if rows == 0 {
		return TaxCode{}, fault.Conflict("catalog.rate_exists", fault.At("from", "catalog.rate_exists", "")).
			Say("A rate already begins on that day. Choose another day.")
	}
	return find(ctx, tx, in.ID)
}

func find(ctx context.Context, tx *db.Tx, id uuid.UUID) (TaxCode, error) {
	codes, err := db.All[TaxCode](ctx, tx, readTaxCodes, db.Args{"on": tx.Now()})
	if err != nil {
		return TaxCode{}, err
	}
	for _, code := range codes {
		if code.ID == id {
			return code, nil
		}
	}
	return TaxCode{}, fault.NotFound("catalog.no_tax_code").Say("There is no such tax code.")
}
