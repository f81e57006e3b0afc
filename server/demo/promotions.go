package demo

import (
	"context"

	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/shared/promotion"
)

// offers are what a demo shop has thought of: a coupon that runs, and two that wait
// to be tried and started, so that prices are those of the shelf until somebody does.
func offers() []promotions.Draft {
	return []promotions.Draft{
		{Name: "Welcome coupon", Terms: promotion.Terms{Kind: promotion.Spend, Percent: decimal.MustNew(10, 0), Coupon: "WELCOME"}},
		{Name: "3 for 2", Terms: promotion.Terms{Kind: promotion.BuyGet, Buy: 2, Get: 1, Percent: decimal.MustNew(100, 0)}},
		{Name: "Happy hour", Terms: promotion.Terms{
			Kind: promotion.Percent, Percent: decimal.MustNew(15, 0), Days: []int{5, 6}, FromHour: "17:00", UntilHour: "19:00", Stacks: true,
		}},
	}
}

func (b *builder) offer(ctx context.Context) error {
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, draft := range offers() {
			made, err := promotions.Add(ctx, tx, promotions.NewPromotion{Draft: draft})
			if err != nil {
				return err
			}
			if i > 0 {
				continue
			}
			if _, err := promotions.Start(ctx, tx, promotions.PromotionID{ID: made.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
