package reports_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/reports"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	putGround db.SQL = `
		with r as (
			insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
			values (@tenant, @register, @store, 1, 'One', 'browser', @now, @now)),
		u as (
			insert into units (tenant_id, code, name, decimals) values (@tenant, 'each', 'Each', 0)),
		x as (
			insert into tax_codes (tenant_id, id, code, name) values (@tenant, @tax, 'T0', 'None')),
		i as (
			insert into items (tenant_id, id, sku, name, unit, tax_code_id, created_at, updated_at)
			values (@tenant, @item, 'A', 'Tea', 'each', @tax, @now, @now))
		insert into shifts (tenant_id, id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor)
		values (@tenant, @shift, @register, @store, 1, '2026-03-10', @person, @now, 0)`

	putSale db.SQL = `
		insert into sales (tenant_id, id, kind, series, number, receipt_no, original_id, store_id, location_id, register_id, shift_id,
			person_id, business_date, completed_at, received_at, currency, tax_included, gross_minor, discount_minor, net_minor,
			tax_minor, total_minor, rounding_minor, due_minor, cost_minor, flags)
		values (@tenant, @id, @kind, '1W', @number, '1W', @original, @store, @location, @register, @shift,
			@person, @day::date, @at::timestamptz, @at::timestamptz, 'EUR', true, @total, 0, @total, 0, @total, 0, @total, 30, @flags)`

	putLine db.SQL = `
		insert into sale_lines (tenant_id, sale_id, line_no, item_id, name, unit, quantity, unit_price_minor, list_price_minor, gross_minor,
			discount_minor, tax_code, tax_rate, net_minor, tax_minor, total_minor, cost_minor)
		values (@tenant, @sale, 1, @item, 'Tea', 'each', @quantity, 1, 1, @total, 0, 'T0', 0, @total, 0, @total, 30)`
)

// The shop is in Berlin (UTC+1 in March): 22:30 UTC is 23:30 of the same day,
// 23:30 UTC belongs to the next.
func TestDashboard(t *testing.T) {
	now := time.Date(2026, 3, 10, 11, 30, 0, 0, time.UTC)
	database := dbtest.Open(t).WithClock(func() time.Time { return now })
	shop := dbtest.NewShop(t, database)
	tx := dbtest.Begin(t, database, shop.Identity())
	batch, register, shift, item := tx.Batch(), uuid.New(), uuid.New(), uuid.New()
	batch.Exec(putGround, db.Args{
		"register": register, "store": shop.Store, "shift": shift, "person": shop.Person, "tax": uuid.New(), "item": item, "now": now,
	})
	number := 0
	put := func(kind wire.SaleKind, day string, at time.Time, total money.Amount, flags ...string) uuid.UUID {
		number++
		id := uuid.New()
		var original *uuid.UUID
		if kind != wire.SaleKindSale {
			original = &id // itself will do: only the figures matter here
		}
		quantity := decimal.MustNew(int64(total.Sign()), 0)
		batch.Exec(putSale, db.Args{
			"id": id, "kind": kind, "number": number, "original": original, "store": shop.Store, "location": shop.Location, "register": register,
			"shift": shift, "person": shop.Person, "day": day, "at": at, "total": total, "flags": append([]string{}, flags...),
		})
		batch.Exec(putLine, db.Args{"sale": id, "item": item, "quantity": quantity, "total": total})
		return id
	}
	put(wire.SaleKindSale, "2026-03-10", now.Add(-2*time.Hour), 1000)
	put(wire.SaleKindSale, "2026-03-10", now.Add(-time.Hour), 500, sales.FlagPriceDiffers)
	put(wire.SaleKindRefund, "2026-03-10", now.Add(-time.Hour), -200)
	put(wire.SaleKindSale, "2026-03-03", now.AddDate(0, 0, -7).Add(-time.Hour), 700)
	put(wire.SaleKindSale, "2026-03-03", now.AddDate(0, 0, -7).Add(time.Hour), 900)
	require.NoError(t, batch.Flush(t.Context()))

	as := func(role wire.Role) context.Context {
		grants := auth.Grants{wire.Owner: {sales.SeeCost: true}}
		return auth.With(t.Context(), auth.Acting(shop.ID, shop.Person, role, grants))
	}
	t.Run("the day so far beside the same weekday", func(t *testing.T) {
		got, err := reports.ShowDashboard(as(wire.Owner), tx, reports.DashboardIn{StoreID: shop.Store.String()})
		require.NoError(t, err)
		require.Equal(t, "2026-03-10", got.BusinessDate)
		require.Equal(t, "2026-03-03", got.LastWeekDate)
		require.Equal(t, now, got.AsOf)
		require.Equal(t, money.Amount(1300), got.Today.Total)
		require.Equal(t, 2, got.Today.Baskets)
		require.Equal(t, money.Amount(650), got.Today.Average)
		require.Equal(t, money.Amount(1300-90), *got.Today.Margin)
		require.Equal(t, money.Amount(700), got.LastWeek.Total, "up to the same time")
		require.Equal(t, []reports.HourTotal{{Hour: 10, Total: 1000}, {Hour: 11, Total: 300, LastWeek: 700}, {Hour: 13, LastWeek: 900}}, got.Hours)
		require.Len(t, got.TopItems, 1)
		require.Equal(t, money.Amount(1300), got.TopItems[0].Total)
		require.Len(t, got.Shifts, 1)
		require.Equal(t, 1, got.Flagged)
	})
	t.Run("no margin without the right", func(t *testing.T) {
		got, err := reports.ShowDashboard(as(wire.ReportUser), tx, reports.DashboardIn{})
		require.NoError(t, err)
		require.Nil(t, got.Today.Margin)
		require.Nil(t, got.LastWeek.Margin)
	})
	t.Run("an unknown store", func(t *testing.T) {
		_, err := reports.ShowDashboard(as(wire.Owner), tx, reports.DashboardIn{StoreID: uuid.NewString()})
		require.ErrorIs(t, err, fault.NotFound("reports.store_unknown"))
	})
	t.Run("day by day", func(t *testing.T) {
		got, err := reports.Days(as(wire.Owner), tx, reports.DaysIn{})
		require.NoError(t, err)
		require.Equal(t, "2026-02-09", got.From)
		require.Len(t, got.Rows, 2)
		require.Equal(t, money.Amount(1600), got.Rows[0].Total)
		require.Equal(t, money.Amount(2900), got.Sum.Total)
		require.Equal(t, 1, got.Sum.Refunds)
		_, err = reports.Days(as(wire.Owner), tx, reports.DaysIn{From: "2026-03-10", To: "2026-03-01"})
		require.ErrorIs(t, err, fault.Invalid("reports.range_invalid"))
	})
}
