package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/payments"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/sales"
	"souk/server/tills"
	"souk/shared/money"
	"souk/shared/wire"
)

// trade sells through the counter, day by day, up to now.
func (b *builder) trade(ctx context.Context, zone *time.Location, now time.Time) error {
	ctx = b.as(ctx, b.cashier.ID, b.cashier.Role)
	methods, err := b.methods(ctx)
	if err != nil {
		return err
	}
	first := b.clock.now
	for day := range days + 1 {
		open := time.Date(first.Year(), first.Month(), first.Day()+day, 8, 0, 0, 0, zone)
		if !open.Before(now) {
			return nil
		}
		if err := b.tradeDay(ctx, open, now, methods); err != nil {
			return fmt.Errorf("%s: %w", open.Format(time.DateOnly), err)
		}
	}
	return nil
}

// methods finds the ways to pay by their kind.
func (b *builder) methods(ctx context.Context) (map[string]uuid.UUID, error) {
	found := map[string]uuid.UUID{}
	return found, b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		methods, err := payments.List(ctx, tx, web.None{})
		for _, method := range methods.Rows {
			found[method.Kind] = method.ID
		}
		return err
	})
}

func (b *builder) tradeDay(ctx context.Context, open, now time.Time, methods map[string]uuid.UUID) error {
	b.clock.now = open
	shift := newID()
	err := b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tills.OpenShift(ctx, tx, tills.NewShift{ID: shift, RegisterID: b.counter, Float: 15000})
		return err
	})
	if err != nil {
		return err
	}
	cash := money.Amount(15000)
	for n := range b.busy() {
		at := b.moment(open, n)
		if !at.Before(now) {
			return nil // the shift of today stays open
		}
		b.clock.now = at
		took, err := b.sell(ctx, methods, n)
		if err != nil {
			return err
		}
		cash += took
	}
	b.clock.now = open.Add(13 * time.Hour)
	if !b.clock.now.Before(now) {
		return nil
	}
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.CloseShift(ctx, tx, sales.ClosureIn{ID: shift, Body: sales.Closure{Counted: cash}})
		return err
	})
}

// busy is how many baskets a day has.
func (b *builder) busy() int {
	if b.opened.Company.BusinessType == wire.Supermarket {
		return 48
	}
	return 22
}

// moment spreads the baskets over twelve hours, thickest at noon and after work.
func (b *builder) moment(open time.Time, n int) time.Time {
	shape := []int{2, 3, 4, 6, 9, 8, 5, 5, 7, 9, 6, 3}
	total := 0
	for _, weight := range shape {
		total += weight
	}
	place := n * total * 60 / b.busy()
	for hour, weight := range shape {
		if place < weight*60 {
			return open.Add(time.Duration(hour)*time.Hour + time.Duration(place/weight)*time.Minute)
		}
		place -= weight * 60
	}
	return open.Add(12 * time.Hour)
}

// sell checks one basket out and gives the cash it brought.
func (b *builder) sell(ctx context.Context, methods map[string]uuid.UUID, n int) (money.Amount, error) {
	seed := fmt.Sprintf("%s %s %d", b.opened.Company.Slug, b.clock.now.Format(time.DateOnly), n)
	in := wire.Checkout{ID: newID(), RegisterID: b.counter, Cart: b.basket(seed)}
	quote, err := sales.Quote(ctx, b.database, in.Cart)
	if err != nil {
		return 0, err
	}
	method, paid, brought := methods["card"], quote.Total, money.Amount(0)
	if pick(seed+"card", 100) >= 58 {
		method, paid, brought = methods["cash"], quote.QuickCash[len(quote.QuickCash)-1], quote.CashDue
	}
	in.Tenders = []wire.TenderIn{{MethodID: method, Amount: paid}}
	return brought, b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.Checkout(ctx, tx, in)
		return err
	})
}

func (b *builder) basket(seed string) wire.Cart {
	var cart wire.Cart
	for line := range 1 + pick(seed, 9) {
		p := b.products[pick(fmt.Sprint(seed, line), uint32(len(b.products)))]
		if pick(fmt.Sprint(seed, line, "fresh"), 5) == 0 && p.soldBy == "each" {
			p = b.products[len(b.products)-1-int(pick(fmt.Sprint(seed, line), 20))]
		}
		id := b.items[p.code+p.plu]
		quantity := decimal.One
		if p.soldBy == "weight" {
			quantity = decimal.MustNew(250+int64(pick(fmt.Sprint(seed, line, "kg"), 1600)), 3)
		} else if pick(fmt.Sprint(seed, line, "two"), 6) == 0 {
			quantity = decimal.Two
		}
		cart.Lines = append(cart.Lines, wire.CartLine{ID: newID(), ItemID: &id, Quantity: quantity, Barcode: p.code})
	}
	return cart
}
