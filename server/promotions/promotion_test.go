package promotions_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/promotions"
	"souk/shared/fault"
	"souk/shared/promotion"
)

var tenOff = promotion.Terms{Kind: promotion.Percent, Percent: decimal.MustNew(10, 0)}

func added(t *testing.T, ctx context.Context, tx *db.Tx, name string, terms promotion.Terms) promotions.Promotion {
	t.Helper()
	p, err := promotions.Add(ctx, tx, promotions.NewPromotion{ID: uuid.New(), Draft: promotions.Draft{Name: name, Terms: terms}})
	require.NoError(t, err)
	return p
}

func TestPromotion(t *testing.T) {
	t.Run("is kept as given and does not run yet", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		terms := promotion.Terms{
			Kind: promotion.Bundle, Amount: 999, Parts: []promotion.Part{{Goods: promotion.Goods{Items: []uuid.UUID{uuid.New()}}, Count: 2}},
			Coupon: " SAVE ", From: "2026-11-01", Until: "2026-11-30", Days: []int{5, 6}, FromHour: "17:00", UntilHour: "19:00", Priority: 3, Stacks: true,
		}
		p := added(t, ctx, tx, " November ", terms)
		require.Equal(t, "November", p.Name)
		terms.Coupon = "SAVE"
		require.Equal(t, terms, p.Terms)
		require.False(t, p.Active)
	})
	t.Run("every wrong field is named", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		_, err := promotions.Add(ctx, tx, promotions.NewPromotion{Draft: promotions.Draft{Name: " ", Terms: promotion.Terms{Kind: promotion.Percent, Until: "soon"}}})
		f := fault.Of(err)
		require.Equal(t, "promotions.bad", f.Code)
		var paths []string
		for _, field := range f.Fields {
			paths = append(paths, field.Path)
			require.NotEmpty(t, field.Message)
		}
		require.Equal(t, []string{"name", "terms.percent", "terms.until"}, paths)
	})
	t.Run("a change on an old version is refused", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		p := added(t, ctx, tx, "One", tenOff)
		change := func(version int) error {
			_, err := promotions.Change(ctx, tx, promotions.PromotionChange{ID: p.ID, Body: promotions.Edited{Draft: promotions.Draft{Name: "Two", Terms: tenOff}, Version: version}})
			return err
		}
		require.NoError(t, change(1))
		require.ErrorIs(t, change(1), fault.Conflict("promotions.changed_meanwhile"))
	})
	t.Run("only what runs, or is to, reaches the registers, and only what does not is deleted", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		now := added(t, ctx, tx, "Now", tenOff)
		over := tenOff
		over.Until = tx.Now().AddDate(0, 0, -3).Format(time.DateOnly)
		old, idle := added(t, ctx, tx, "Old", over), added(t, ctx, tx, "Idle", tenOff)
		for _, p := range []promotions.Promotion{now, old} {
			started, err := promotions.Start(ctx, tx, promotions.PromotionID{ID: p.ID})
			require.NoError(t, err)
			require.True(t, started.Active)
		}
		r := tx.Reads()
		found := promotions.ReadRunning(r, tx.Now())
		require.NoError(t, r.Run(ctx))
		require.Len(t, found.Running().All, 1)
		require.Equal(t, now.ID, found.Running().All[0].ID)

		_, err := promotions.Remove(ctx, tx, promotions.PromotionID{ID: now.ID})
		require.ErrorIs(t, err, fault.Conflict("promotions.runs"))
		_, err = promotions.Remove(ctx, tx, promotions.PromotionID{ID: idle.ID})
		require.NoError(t, err)
		list, err := promotions.List(ctx, tx, web.None{})
		require.NoError(t, err)
		require.Len(t, list.Rows, 2)
	})
}

func TestEveryCodeOfTermsHasASentence(t *testing.T) {
	for _, terms := range []promotion.Terms{
		{}, {Kind: promotion.Percent}, {Kind: promotion.Amount}, {Kind: promotion.BuyGet}, {Kind: promotion.Bundle}, {Kind: promotion.Spend},
		{Kind: promotion.Amount, Amount: 1, From: "x", FromHour: "y", Days: []int{9}}, {Kind: promotion.Amount, Amount: 1, FromHour: "17:00"},
		{Kind: promotion.Amount, Amount: 1, From: "2026-02-02", Until: "2026-02-01"},
	} {
		_, err := promotions.Draft{Name: "x", Terms: terms}.Checked()
		for _, field := range fault.Of(err).Fields {
			require.NotEmpty(t, field.Message, field.Code)
		}
	}
}

const readPromotes db.SQL = `select promotes from company where tenant_id = @tenant`

func TestTheCompanyKnowsWhetherAnythingRuns(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	promotes := func() bool {
		now, err := db.One[bool](ctx, tx, readPromotes, db.Args{})
		require.NoError(t, err)
		return now
	}
	one, other := added(t, ctx, tx, "One", tenOff), added(t, ctx, tx, "Other", tenOff)
	require.False(t, promotes())
	for _, p := range []promotions.Promotion{one, other} {
		_, err := promotions.Start(ctx, tx, promotions.PromotionID{ID: p.ID})
		require.NoError(t, err)
		require.True(t, promotes())
	}
	_, err := promotions.Stop(ctx, tx, promotions.PromotionID{ID: one.ID})
	require.NoError(t, err)
	require.True(t, promotes(), "the other one still runs")
	_, err = promotions.Stop(ctx, tx, promotions.PromotionID{ID: other.ID})
	require.NoError(t, err)
	require.False(t, promotes())
}
