package demo

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/inventory"
	"souk/server/payments"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/sales"
	"souk/server/tills"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// day is one day of a demo shop's trade.
type day struct {
	*builder
	dice     *rand.Rand
	methods  map[string]uuid.UUID
	float    money.Amount
	cash     money.Amount // that should be in the drawer
	shift    uuid.UUID
	selling  context.Context //nolint:containedctx // whoever stands at the counter
	deciding context.Context //nolint:containedctx // the manager
	earlier  *sales.Sale     // that somebody may bring back
}

// trade sells through the counter, day by day, up to now.
func (b *builder) trade(ctx context.Context, zone *time.Location, now time.Time) error {
	methods, err := b.methods(b.as(ctx, b.manager.ID, b.manager.Role))
	if err != nil {
		return err
	}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(b.shop.Company.Slug)) // a hash never fails to write
	d := &day{
		builder: b, dice: rand.New(rand.NewPCG(seed.Sum64(), 1)), methods: methods, float: b.float(),
		selling: b.as(ctx, b.cashier.ID, b.cashier.Role), deciding: b.as(ctx, b.manager.ID, b.manager.Role),
	}
	first := b.clock.now
	for n := range b.days + 1 {
		opening := time.Date(first.Year(), first.Month(), first.Day()+n, b.opens, 0, 0, 0, zone)
		if !opening.Before(now) {
			return nil
		}
		if err := d.run(opening, now, b.busy(opening, b.days-n)); err != nil {
			return fmt.Errorf("%s: %w", opening.Format(time.DateOnly), err)
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

// float is the change that a drawer begins with, in keeping with the prices.
func (b *builder) float() money.Amount {
	if b.shop.Company.Currency == "LKR" {
		return 2_000_000
	}
	return 15_000
}

// run is one day: open, sell, look after the shelves, count and close. Today's
// shift stays open.
func (d *day) run(opening, now time.Time, baskets int) error {
	if baskets == 0 {
		return nil
	}
	if err := d.open(opening); err != nil {
		return err
	}
	for n := range baskets {
		at := d.moment(opening, n, baskets)
		if !at.Before(now) {
			return nil
		}
		d.clock.now = at
		if err := d.serve(); err != nil {
			return err
		}
	}
	closing := opening.Add(time.Duration(len(d.hours)) * time.Hour)
	if closing.Add(time.Hour).After(now) {
		return nil
	}
	d.clock.now = closing.Add(5 * time.Minute)
	if opening.Weekday() == time.Friday {
		if err := d.throwAway(); err != nil {
			return err
		}
	}
	d.clock.now = closing.Add(15 * time.Minute)
	if err := d.toTheSafe(); err != nil {
		return err
	}
	d.clock.now = closing.Add(20 * time.Minute)
	return d.close()
}

func (d *day) open(at time.Time) error {
	d.clock.now, d.shift, d.cash, d.earlier = at.Add(-10*time.Minute), newID(), d.float, nil
	return d.in(d.selling, func(ctx context.Context, tx *db.Tx) error {
		_, err := tills.OpenShift(ctx, tx, tills.NewShift{ID: d.shift, RegisterID: d.counter, Float: d.float})
		return err
	})
}

// toTheSafe brings what is too much for a drawer overnight to the safe, in round
// money.
func (d *day) toTheSafe() error {
	drop := (d.cash - d.float) / d.float * d.float
	if drop <= 0 {
		return nil
	}
	d.cash -= drop
	return d.in(d.deciding, func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.Drop(ctx, tx, sales.CashNoteIn{ID: d.shift, Body: sales.CashNote{ID: newID(), Reason: wire.ReasonSafe, Amount: drop}})
		return err
	})
}

// close counts the drawer. Now and then a coin is missing or too much.
func (d *day) close() error {
	counted := d.cash
	if d.dice.IntN(6) == 0 {
		counted += d.float / 300 * money.Amount(d.dice.IntN(9)-5)
	}
	return d.in(d.deciding, func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.CloseShift(ctx, tx, sales.ClosureIn{ID: d.shift, Body: sales.Closure{Counted: counted}})
		return err
	})
}

// moment spreads the sales over the day, as busy as each hour is.
func (d *day) moment(opening time.Time, n, baskets int) time.Time {
	total := 0
	for _, weight := range d.hours {
		total += weight
	}
	place := n * total * 60 / baskets
	for hour, weight := range d.hours {
		if place < weight*60 {
			return opening.Add(time.Duration(hour)*time.Hour + time.Duration(place/weight)*time.Minute + time.Duration(d.dice.IntN(60))*time.Second)
		}
		place -= weight * 60
	}
	return opening.Add(time.Duration(len(d.hours)) * time.Hour)
}

// serve is one customer: nearly always a sale, seldom one that is voided at once,
// or goods that come back.
func (d *day) serve() error {
	if d.earlier != nil && d.dice.IntN(60) == 0 {
		return d.takeBack()
	}
	sale, cash, err := d.sell()
	if err != nil {
		return err
	}
	if d.dice.IntN(110) == 0 {
		d.clock.now = d.clock.now.Add(20 * time.Second)
		return d.in(d.deciding, func(ctx context.Context, tx *db.Tx) error {
			_, err := sales.Undo(ctx, tx, sales.VoidIn{ID: sale.ID, Body: sales.Void{ID: newID(), RegisterID: d.counter, Note: "Rung up twice"}})
			return err
		})
	}
	d.cash += cash
	if cash == 0 || d.earlier == nil {
		d.earlier = &sale
	}
	return nil
}

// sell checks one basket out and gives the cash that it left in the drawer.
func (d *day) sell() (sale sales.Sale, cash money.Amount, err error) {
	in := wire.Checkout{ID: newID(), RegisterID: d.counter, Cart: d.basket()}
	quote, err := sales.Quote(d.selling, d.database, wire.Quote{Cart: in.Cart, RegisterID: in.RegisterID})
	if err != nil {
		return sale, 0, err
	}
	method, paid := d.methods["card"], quote.Total
	if d.dice.IntN(100) >= d.card {
		method, paid, cash = d.methods["cash"], quote.QuickCash[len(quote.QuickCash)-1], quote.CashDue
	}
	in.Tenders = []wire.TenderIn{{MethodID: method, Amount: paid}}
	return sale, cash, d.in(d.selling, func(ctx context.Context, tx *db.Tx) error {
		sale, err = sales.Checkout(ctx, tx, in)
		return err
	})
}

func (d *day) basket() wire.Cart {
	var cart wire.Cart
	for range 1 + d.dice.IntN(d.lines) {
		// The lowest of three throws: what comes first sells best.
		place := min(d.dice.IntN(len(d.products)), d.dice.IntN(len(d.products)), d.dice.IntN(len(d.products)))
		p := d.products[place]
		quantity := decimal.One
		switch {
		case p.soldBy == "weight":
			quantity = decimal.MustNew(250+int64(d.dice.IntN(1600)), 3)
		case p.unit == "hour":
			quantity = decimal.MustNew(int64(5*(1+d.dice.IntN(6))), 1)
		case d.dice.IntN(6) == 0:
			quantity = decimal.Two
		}
		cart.Lines = append(cart.Lines, wire.CartLine{ID: newID(), ItemID: &d.items[place], Quantity: quantity, Barcode: p.code})
	}
	if d.dice.IntN(100) < d.named {
		cart.CustomerID = &d.known[d.dice.IntN(len(d.known))]
		if d.dice.IntN(8) == 0 {
			cart.Discount = &pricing.Discount{Kind: pricing.DiscountPercent, Percent: decimal.MustNew(5, 0), Reason: "Regular customer"}
		}
	}
	return cart
}

// takeBack gives one line of an earlier sale back, by the card it was paid with.
func (d *day) takeBack() error {
	sale := d.earlier
	d.earlier = nil
	line := sale.Lines[0]
	method := sale.Tenders[0].MethodID
	return d.in(d.deciding, func(ctx context.Context, tx *db.Tx) error {
		refund, err := sales.GiveBack(ctx, tx, sales.RefundIn{ID: sale.ID, Body: sales.Refund{
			ID: newID(), RegisterID: d.counter, MethodID: method, Note: "Not what was wanted",
			Lines: []sales.RefundLine{{LineNo: line.LineNo, Quantity: line.Quantity}},
		}})
		if method == d.methods["cash"] {
			d.cash += refund.Due
		}
		return err
	})
}

// throwAway takes what is past its date or broken out of stock.
func (d *day) throwAway() error {
	gone := inventory.Adjustment{ID: newID(), LocationID: d.opened.Store.LocationID, Note: "Friday's round"}
	seen := map[int]bool{}
	for range 3 {
		place := d.dice.IntN(len(d.products))
		if seen[place] || !d.products[place].tracked() || d.products[place].soldBy == "weight" {
			continue
		}
		seen[place] = true
		gone.Lines = append(gone.Lines, inventory.AdjustmentLine{ItemID: d.items[place], Quantity: decimal.One.Neg(), Reason: "damaged"})
	}
	if len(gone.Lines) == 0 {
		return nil
	}
	return d.in(d.deciding, func(ctx context.Context, tx *db.Tx) error {
		_, err := inventory.AdjustStock(ctx, tx, gone)
		return err
	})
}
