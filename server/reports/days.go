package reports

import (
	"context"
	"time"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
)

// DaysIn is a range of business days, both included. Without them it is the last
// thirty.
type DaysIn struct {
	StoreID string `query:"store_id"`
	From    string `query:"from" doc:"YYYY-MM-DD"`
	To      string `query:"to" doc:"YYYY-MM-DD"`
}

// DayRow is what one business day came to, refunds and voids taken off.
type DayRow struct {
	BusinessDate string        `json:"business_date" db:"business_date" format:"date"`
	Sales        int           `json:"sales_count" db:"sales_count"`
	Refunds      int           `json:"refunds_count" db:"refunds_count"`
	Gross        money.Amount  `json:"gross_minor" db:"gross_minor"`
	Discount     money.Amount  `json:"discount_minor" db:"discount_minor"`
	Net          money.Amount  `json:"net_minor" db:"net_minor"`
	Tax          money.Amount  `json:"tax_minor" db:"tax_minor"`
	Total        money.Amount  `json:"total_minor" db:"total_minor"`
	Margin       *money.Amount `json:"margin_minor,omitempty" db:"margin_minor"`
}

// DaysReport is the days that had sales, oldest first, and their sum.
type DaysReport struct {
	Currency string   `json:"currency"`
	From     string   `json:"from" format:"date"`
	To       string   `json:"to" format:"date"`
	Rows     []DayRow `json:"rows" nullable:"false"`
	Sum      DayRow   `json:"sum"`
}

const readDays db.SQL = `
	select business_date::text as business_date, count(*) filter (where kind = 'sale') as sales_count,
		count(*) filter (where kind <> 'sale') as refunds_count, sum(gross_minor)::bigint as gross_minor,
		sum(discount_minor)::bigint as discount_minor, sum(net_minor)::bigint as net_minor, sum(tax_minor)::bigint as tax_minor,
		sum(total_minor)::bigint as total_minor, sum(net_minor - cost_minor)::bigint as margin_minor
	from   sales
	where  tenant_id = @tenant and business_date between @from::date and @to::date
	and    (@store::uuid is null or store_id = @store)
	and    (@stores::uuid[] is null or store_id = any(@stores))
	group  by sales.business_date
	order  by sales.business_date`

// longest keeps one report within what a screen can show.
const longest = 400

// Days gives the sales of a range of business days. It fails with
// reports.store_unknown and with reports.range_invalid for what is no range of
// at most 400 days.
func Days(ctx context.Context, tx *db.Tx, in DaysIn) (DaysReport, error) {
	store, err := storeOf(in.StoreID)
	if err != nil {
		return DaysReport{}, err
	}
	r := tx.Reads()
	day := db.ReadMaybe[dayRow](r, readDay, db.Args{"now": tx.Now(), "store": store})
	if err := r.Run(ctx); err != nil {
		return DaysReport{}, err
	}
	if !day.Found {
		return DaysReport{}, storeUnknown()
	}
	from, to, err := in.span(day.Row.BusinessDate)
	if err != nil {
		return DaysReport{}, err
	}
	rows, err := db.All[DayRow](ctx, tx, readDays, db.Args{"from": from, "to": to, "store": store})
	if err != nil {
		return DaysReport{}, err
	}
	out := DaysReport{Currency: day.Row.Currency, From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Rows: rows}
	out.Sum = sum(rows)
	if !auth.From(ctx).Can(sales.SeeCost) {
		out.Sum.Margin = nil
		for i := range out.Rows {
			out.Rows[i].Margin = nil
		}
	}
	return out, nil
}

func (in DaysIn) span(today string) (from, to time.Time, err error) {
	to, err = time.Parse(time.DateOnly, orElse(in.To, today))
	if err != nil {
		return from, to, rangeInvalid()
	}
	from, err = time.Parse(time.DateOnly, orElse(in.From, to.AddDate(0, 0, -29).Format(time.DateOnly)))
	if err != nil || from.After(to) || to.Sub(from) > longest*24*time.Hour {
		return from, to, rangeInvalid()
	}
	return from, to, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func rangeInvalid() error {
	return fault.Invalid("reports.range_invalid", fault.At("from", "reports.range_invalid", "")).Say("Choose two dates, at most 400 days apart.")
}

func sum(rows []DayRow) DayRow {
	var total DayRow
	var margin money.Amount
	for _, row := range rows {
		total.Sales += row.Sales
		total.Refunds += row.Refunds
		total.Gross += row.Gross
		total.Discount += row.Discount
		total.Net += row.Net
		total.Tax += row.Tax
		total.Total += row.Total
		if row.Margin != nil {
			margin += *row.Margin
		}
	}
	total.Margin = &margin
	return total
}
