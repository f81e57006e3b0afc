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
	"souk/server/promotions"
	"souk/server/reports"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/promotion"
	"souk/shared/wire"
)

const putSold db.SQL = `
	insert into sale_lines (tenant_id, sale_id, line_no, item_id, name, unit, quantity, unit_price_minor, list_price_minor, gross_minor,
		discount_minor, tax_code, tax_rate, net_minor, tax_minor, total_minor, cost_minor, deals)
	values (@tenant, @sale, 1, @item, 'Tea', 'each', @quantity, 100, 100, @total, 0, 'T0', 0, @total, 0, @total, 30,
		case when @deal::bool then jsonb_build_array(jsonb_build_object('promotion_id', @promotion::uuid, 'name', 'Old', 'amount_minor', 25)) end)`

func TestAPromotionIsTriedOnWhatWasSold(t *testing.T) {
	now := time.Date(2026, 3, 10, 11, 30, 0, 0, time.UTC)
	database := dbtest.Open(t).WithClock(func() time.Time { return now })
	shop := dbtest.NewShop(t, database)
	register, shift, item, old := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	sold := map[string]uuid.UUID{}
	tx := dbtest.Begin(t, database, shop.Identity())
	batch := tx.Batch()
	batch.Exec(putGround, db.Args{
		"register": register, "store": shop.Store, "shift": shift, "person": shop.Person, "tax": uuid.New(), "item": item, "now": now,
	})
	for n, s := range []struct {
		name     string
		ago      time.Duration
		quantity int64
		deal     string
	}{{"three", 2 * time.Hour, 3, "a"}, {"seven", 48 * time.Hour, 7, ""}, {"one", 24 * time.Hour, 1, "a"}, {"long ago", 60 * 24 * time.Hour, 3, "a"}} {
		id := uuid.New()
		sold[s.name] = id
		batch.Exec(putSale, db.Args{
			"id": id, "kind": wire.SaleKindSale, "number": n + 1, "original": (*uuid.UUID)(nil), "store": shop.Store, "location": shop.Location, "register": register,
			"shift": shift, "person": shop.Person, "day": now.Add(-s.ago).Format(time.DateOnly), "at": now.Add(-s.ago), "total": s.quantity * 100, "flags": []string{},
		})
		batch.Exec(putSold, db.Args{"sale": id, "item": item, "quantity": decimal.MustNew(s.quantity, 0), "total": s.quantity * 100, "deal": s.deal != "", "promotion": old})
	}
	require.NoError(t, batch.Flush(t.Context()))
	as := func(role wire.Role) context.Context {
		return auth.With(t.Context(), auth.Acting(shop.ID, shop.Person, role, auth.Grants{wire.Owner: {sales.SeeCost: true}}))
	}
	draft := func(days int, terms promotion.Terms) reports.TrialAsked {
		return reports.TrialAsked{Draft: promotions.Draft{Name: "Try", Terms: terms}, Days: days}
	}
	threeForTwo := promotion.Terms{Kind: promotion.BuyGet, Buy: 2, Get: 1, Percent: decimal.MustNew(100, 0), From: "2027-01-01"}

	t.Run("as if it had run, whenever it is to begin", func(t *testing.T) {
		got, err := reports.Replay(as(wire.Owner), tx, draft(30, threeForTwo))
		require.NoError(t, err)
		require.Equal(t, []int{3, 2}, []int{got.Baskets, got.Touched})
		require.Equal(t, money.Amount(300), got.Given, "one of three, two of seven")
		require.Equal(t, []money.Amount{1000, 700}, []money.Amount{got.Before, got.After})
		require.Equal(t, []money.Amount{940, 640}, []money.Amount{*got.MarginBefore, *got.MarginAfter})
		require.False(t, got.Cut)
		require.Equal(t, sold["seven"], got.Examples[0].SaleID)
	})
	t.Run("further back", func(t *testing.T) {
		got, err := reports.Replay(as(wire.Owner), tx, draft(90, threeForTwo))
		require.NoError(t, err)
		require.Equal(t, []int{4, 3}, []int{got.Baskets, got.Touched})
	})
	t.Run("no margin without the right", func(t *testing.T) {
		got, err := reports.Replay(as(wire.ReportUser), tx, draft(30, threeForTwo))
		require.NoError(t, err)
		require.Nil(t, got.MarginBefore)
	})
	t.Run("only what it gives beyond those that run", func(t *testing.T) {
		_, err := promotions.Add(t.Context(), tx, promotions.NewPromotion{ID: old, Draft: promotions.Draft{Name: "Old", Terms: promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(20, 0)}}})
		require.NoError(t, err)
		_, err = promotions.Start(t.Context(), tx, promotions.PromotionID{ID: old})
		require.NoError(t, err)
		got, err := reports.Replay(as(wire.Owner), tx, draft(30, threeForTwo))
		require.NoError(t, err)
		require.Equal(t, money.Amount(300-60-140+20), got.Given, "three lose 60, seven lose 140 and get 20 on the one left over")
		again := draft(30, promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(30, 0)})
		again.ID = old
		got, err = reports.Replay(as(wire.Owner), tx, again)
		require.NoError(t, err)
		require.Equal(t, money.Amount(330), got.Given, "a change of the old one is held to none, not to itself")
	})
	t.Run("a promotion that makes no sense", func(t *testing.T) {
		_, err := reports.Replay(as(wire.Owner), tx, draft(30, promotion.Terms{Kind: promotion.MultiBuy}))
		require.ErrorIs(t, err, fault.Invalid("promotions.bad"))
	})
	t.Run("what each has given", func(t *testing.T) {
		uses, err := reports.PromotionUses(t.Context(), tx, reports.UsesIn{})
		require.NoError(t, err)
		require.Equal(t, []reports.PromotionUse{{PromotionID: old, Sales: 2, Given: 50}}, uses.Rows)
	})
}
