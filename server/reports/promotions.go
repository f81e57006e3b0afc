package reports

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/server/sales"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// PromotionUse is what a promotion has given.
type PromotionUse struct {
	PromotionID uuid.UUID    `json:"promotion_id" db:"promotion_id"`
	Sales       int          `json:"sales_count" db:"sales"`
	Given       money.Amount `json:"given_minor" db:"given"`
}

// UsesIn says how far to look back.
type UsesIn struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"30"`
}

// mostLines bounds what a trial looks at.
const mostLines = 100_000

const (
	readUses db.SQL = `
		select d.promotion_id, count(distinct s.id) as sales, sum(d.amount_minor)::bigint as given
		from   sale_lines l
		join   sales s on s.tenant_id = @tenant and s.id = l.sale_id
		cross  join lateral jsonb_to_recordset(l.deals) as d (promotion_id uuid, amount_minor bigint)
		where  l.tenant_id = @tenant and l.deals is not null and s.completed_at >= @from and (@stores::uuid[] is null or s.store_id = any(@stores))
		group  by d.promotion_id
		order  by given desc`

	// The newest first; a category is the one that the item stands in now.
	readBaskets db.SQL = `
		select s.id, s.receipt_no, s.completed_at, s.store_id, st.time_zone, s.customer_id is not null as customer, s.currency, s.tax_included,
		       l.line_no, coalesce(l.item_id, '00000000-0000-0000-0000-000000000000') as item_id, i.category_id, coalesce(i.sold_by, 'each') as sold_by,
		       l.quantity, l.unit_price_minor, l.list_price_minor, l.gross_minor, l.tax_rate, l.cost_minor
		from   sales s
		join   stores st on st.tenant_id = @tenant and st.id = s.store_id
		join   sale_lines l on l.tenant_id = @tenant and l.sale_id = s.id and l.quantity > 0
		left   join items i on i.tenant_id = @tenant and i.id = l.item_id
		where  s.tenant_id = @tenant and s.kind = 'sale' and s.completed_at >= @from and (@stores::uuid[] is null or s.store_id = any(@stores))
		order  by s.completed_at desc, s.id, l.line_no
		limit  @limit`
)

// PromotionUses tells what each promotion has given lately.
func PromotionUses(ctx context.Context, tx *db.Tx, in UsesIn) (wire.Page[PromotionUse], error) {
	rows, err := db.All[PromotionUse](ctx, tx, readUses, db.Args{"from": tx.Now().AddDate(0, 0, -days(in.Days))})
	return wire.Page[PromotionUse]{Rows: rows}, err
}

func days(asked int) int {
	if asked == 0 {
		return 30
	}
	return asked
}

// TrialAsked is a promotion that is to be tried on what was sold. ID is its own
// where it runs already, so that it does not count twice.
type TrialAsked struct {
	promotions.Draft
	ID   uuid.UUID `json:"id,omitzero"`
	Days int       `json:"days,omitempty" minimum:"0" maximum:"92" doc:"How far back; 0 is 30"`
}

// Trial is what a promotion would have changed, all else and the customers' minds
// being the same. Before and after are what the baskets that it touches come to, with
// the promotions that run today; their margin is there for those who may see what
// goods cost.
type Trial struct {
	Baskets      int           `json:"baskets"`
	Touched      int           `json:"touched"`
	Given        money.Amount  `json:"given_minor" doc:"What it takes off more than the others do"`
	Before       money.Amount  `json:"before_minor"`
	After        money.Amount  `json:"after_minor"`
	MarginBefore *money.Amount `json:"margin_before_minor,omitempty"`
	MarginAfter  *money.Amount `json:"margin_after_minor,omitempty"`
	From         time.Time     `json:"from" doc:"The oldest basket that was looked at"`
	Cut          bool          `json:"cut" doc:"There was more than can be looked at: From is later than asked for"`
	Examples     []TrialBasket `json:"examples" nullable:"false" doc:"The baskets that change most"`
}

// TrialBasket is a sale that would have come to something else.
type TrialBasket struct {
	SaleID      uuid.UUID    `json:"sale_id"`
	ReceiptNo   string       `json:"receipt_no"`
	CompletedAt time.Time    `json:"completed_at"`
	Before      money.Amount `json:"before_minor"`
	After       money.Amount `json:"after_minor"`
}

// basketLine is a line of what was sold.
type basketLine struct {
	ID          uuid.UUID
	ReceiptNo   string
	CompletedAt time.Time
	StoreID     uuid.UUID
	TimeZone    string
	Customer    bool
	Currency    string
	TaxIncluded bool
	LineNo      int
	ItemID      uuid.UUID
	CategoryID  *uuid.UUID
	SoldBy      string
	Quantity    decimal.Decimal
	UnitPrice   money.Amount    `db:"unit_price_minor"`
	ListPrice   money.Amount    `db:"list_price_minor"`
	Gross       money.Amount    `db:"gross_minor"`
	TaxRate     decimal.Decimal `db:"tax_rate"`
	Cost        money.Amount    `db:"cost_minor"`
}

// TryPromotion replays what was sold lately, once with the promotions that run today
// and once with this one besides. Its first and last day are passed over, and so are
// theirs; a coupon counts as given. What cashiers took off by hand is left out.
//
// Fails with promotions.bad.
func TryPromotion(ctx context.Context, database *db.DB, in TrialAsked) (Trial, error) {
	var out Trial
	err := database.Read(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = Replay(ctx, tx, in)
		return err
	})
	return out, err
}

// Replay is TryPromotion inside a transaction that is there already.
func Replay(ctx context.Context, tx *db.Tx, in TrialAsked) (Trial, error) {
	draft, err := in.Checked()
	if err != nil {
		return Trial{}, err
	}
	now := tx.Now()
	r := tx.Reads()
	found := promotions.ReadRunning(r, now)
	rows := db.ReadAll[basketLine](r, readBaskets, db.Args{"from": now.AddDate(0, 0, -days(in.Days)), "limit": mostLines})
	if err := r.Run(ctx); err != nil {
		return Trial{}, err
	}
	lines, running := *rows, found.Running()
	t := trial{running: running, out: Trial{From: now, Examples: []TrialBasket{}}}
	t.rules(draft, in.ID, now)
	if t.out.Cut = len(lines) == mostLines; t.out.Cut {
		last := lines[len(lines)-1].ID // it may have more lines than were read
		lines = slices.DeleteFunc(lines, func(l basketLine) bool { return l.ID == last })
	}
	for len(lines) > 0 {
		n := slices.IndexFunc(lines, func(l basketLine) bool { return l.ID != lines[0].ID })
		if n < 0 {
			n = len(lines)
		}
		t.basket(lines[:n])
		lines = lines[n:]
	}
	return t.done(auth.From(ctx).Can(sales.SeeCost)), nil
}

// trial adds up what changes.
type trial struct {
	running       promotions.Running
	before, after []promotion.Offer
	coupons       []string
	zones         map[string]*time.Location
	out           Trial
}

// rules are the promotions of today without their first and last day, and the draft
// besides.
func (t *trial) rules(draft promotions.Draft, id uuid.UUID, now time.Time) {
	timeless := func(r promotion.Terms) promotion.Terms {
		r.From, r.Until = "", ""
		return r
	}
	for _, p := range t.running.All {
		if p.ID != id && p.Terms.RunsOn(now) {
			t.before = append(t.before, promotion.Offer{ID: p.ID, Name: p.Name, Terms: timeless(p.Terms)})
		}
	}
	if id == uuid.Nil {
		id = uuid.Max
	}
	t.after = append(slices.Clone(t.before), promotion.Offer{ID: id, Name: draft.Name, Terms: timeless(draft.Terms)})
	if draft.Terms.Coupon != "" {
		t.coupons = []string{draft.Terms.Coupon}
	}
	t.zones = map[string]*time.Location{}
}

// basket replays one sale.
func (t *trial) basket(lines []basketLine) {
	head := lines[0]
	t.out.Baskets++
	t.out.From = head.CompletedAt
	cart := pricing.Cart{Currency: head.Currency, TaxIncluded: head.TaxIncluded}
	about := make([]promotion.About, len(lines))
	var cost money.Amount
	for i, l := range lines {
		line := pricing.Line{ID: lineID(l.LineNo), Quantity: l.Quantity, UnitPrice: l.UnitPrice, Tax: pricing.Tax{Rate: l.TaxRate}}
		if whole, err := l.UnitPrice.Times(l.Quantity); err != nil || whole != l.Gross {
			line.FixedTotal = &l.Gross
		}
		cart.Lines = append(cart.Lines, line)
		about[i] = promotion.About{
			Item: l.ItemID, Categories: t.running.Categories(l.CategoryID), Pieces: l.SoldBy != "weight",
			Apart: l.SoldBy != "open" && l.UnitPrice != l.ListPrice,
		}
		cost += l.Cost
	}
	sale := promotion.Sale{At: head.CompletedAt.In(t.zone(head.TimeZone)), Store: head.StoreID, Customer: head.Customer, Coupons: t.coupons}
	before, okBefore := priced(promotion.Apply(cart, about, sale, t.before))
	after, okAfter := priced(promotion.Apply(cart, about, sale, t.after))
	if !okBefore || !okAfter || before.Total == after.Total {
		return
	}
	t.out.Touched++
	t.out.Given += before.Total - after.Total
	t.out.Before, t.out.After = t.out.Before+before.Total, t.out.After+after.Total
	t.margin(before.Net-cost, after.Net-cost)
	t.out.Examples = append(t.out.Examples, TrialBasket{head.ID, head.ReceiptNo, head.CompletedAt, before.Total, after.Total})
}

func (t *trial) margin(before, after money.Amount) {
	if t.out.MarginBefore == nil {
		t.out.MarginBefore, t.out.MarginAfter = new(money.Amount), new(money.Amount)
	}
	*t.out.MarginBefore += before
	*t.out.MarginAfter += after
}

func priced(cart pricing.Cart) (pricing.Priced, bool) {
	out, err := pricing.Price(cart)
	return out, err == nil
}

func lineID(n int) uuid.UUID { return uuid.UUID{14: byte(n >> 8), 15: byte(n)} }

func (t *trial) zone(name string) *time.Location {
	if zone, ok := t.zones[name]; ok {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	t.zones[name] = zone
	return zone
}

// mostExamples is how many baskets are told of one by one.
const mostExamples = 10

func (t *trial) done(seesCost bool) Trial {
	slices.SortFunc(t.out.Examples, func(a, b TrialBasket) int {
		return cmp.Or(cmp.Compare(b.Before-b.After, a.Before-a.After), bytes.Compare(a.SaleID[:], b.SaleID[:]))
	})
	t.out.Examples = t.out.Examples[:min(mostExamples, len(t.out.Examples))]
	if !seesCost {
		t.out.MarginBefore, t.out.MarginAfter = nil, nil
	}
	return t.out
}
