// Package promotion works out which of a shop's promotions a cart earns and what
// each takes off each line: best for the customer, and always the same for the
// same cart. Till and server ask it alike. It looks nothing up, and computes no
// total and no tax: that is package pricing's, which takes the deals as they are.
package promotion

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// Kind says what a promotion gives.
type Kind string

// The kinds of promotion.
const (
	Percent  Kind = "percent"   // Percent off each unit
	Amount   Kind = "amount"    // Amount off each unit
	Price    Kind = "price"     // each unit for Amount
	BuyGet   Kind = "buy_get"   // of each Buy + Get units, Percent off Get of them
	MultiBuy Kind = "multi_buy" // any Count units for Amount together
	Bundle   Kind = "bundle"    // one set of Parts for Amount together
	Spend    Kind = "spend"     // from MinSpend on, Percent or Amount off all of it
)

// Kinds lists them all.
func Kinds() []Kind { return []Kind{Percent, Amount, Price, BuyGet, MultiBuy, Bundle, Spend} }

// Goods says which goods are meant: these items and what stands in these
// categories or below them. None of either means everything.
type Goods struct {
	Items      []uuid.UUID `json:"items,omitempty" maxItems:"500" nullable:"false"`
	Categories []uuid.UUID `json:"categories,omitempty" maxItems:"100" nullable:"false"`
}

// Everything holds where no goods are named.
func (g Goods) Everything() bool { return len(g.Items) == 0 && len(g.Categories) == 0 }

// Has reports whether a line's goods are meant.
func (g Goods) Has(a About) bool {
	if g.Everything() {
		return true
	}
	return a.Item != uuid.Nil && slices.Contains(g.Items, a.Item) ||
		slices.ContainsFunc(a.Categories, func(c uuid.UUID) bool { return slices.Contains(g.Categories, c) })
}

// Part is one thing in a bundle: Count units of these goods.
type Part struct {
	Goods
	Count int `json:"count" minimum:"1" maximum:"100"`
}

// Terms is what a promotion gives, for what, and when. Amounts are minor units of
// the shop's currency; of Percent, Amount, Buy and so on only those count that its
// Kind names.
type Terms struct {
	Kind    Kind            `json:"kind" enum:"percent,amount,price,buy_get,multi_buy,bundle,spend"`
	Goods   Goods           `json:"goods"`
	Percent decimal.Decimal `json:"percent"`
	Amount  money.Amount    `json:"amount_minor"`
	Buy     int             `json:"buy,omitempty" minimum:"0" maximum:"100"`
	Get     int             `json:"get,omitempty" minimum:"0" maximum:"100"`
	// Gets are what is reduced where that is other goods than those bought. Without
	// it the cheapest of the goods are.
	Gets  *Goods `json:"gets,omitempty"`
	Count int    `json:"count,omitempty" minimum:"0" maximum:"100"`
	Parts []Part `json:"parts,omitempty" maxItems:"10" nullable:"false"`

	// MinQuantity is from how many units of the goods on a Percent, Amount or Price
	// holds; zero is from the first.
	MinQuantity int          `json:"min_quantity,omitempty" minimum:"0" maximum:"10000"`
	MinSpend    money.Amount `json:"min_spend_minor,omitempty" minimum:"0"`
	// MaxUses is how often one sale gets it: units, or groups of them. Zero is
	// without limit.
	MaxUses int `json:"max_uses,omitempty" minimum:"0" maximum:"10000"`

	// Members holds it back from sales without a customer.
	Members bool `json:"members,omitempty"`
	// Coupon is the code that has to be given; capitals do not matter.
	Coupon string `json:"coupon,omitempty" maxLength:"40"`
	// Stores are where it runs; none is everywhere.
	Stores []uuid.UUID `json:"stores,omitempty" maxItems:"500" nullable:"false"`
	// From and Until are the first and the last day, YYYY-MM-DD.
	From  string `json:"from,omitempty" maxLength:"10"`
	Until string `json:"until,omitempty" maxLength:"10"`
	// Days are the days of the week on which it runs, Sunday 0; none is every day.
	Days []int `json:"days,omitempty" maxItems:"7" nullable:"false"`
	// FromHour and UntilHour are times of the day, HH:MM; it ends as UntilHour
	// strikes. Past midnight it belongs to the day on which it began.
	FromHour  string `json:"from_hour,omitempty" maxLength:"5"`
	UntilHour string `json:"until_hour,omitempty" maxLength:"5"`

	// Priority decides who comes first; those of one priority compete.
	Priority int `json:"priority,omitempty" minimum:"-100" maximum:"100"`
	// Stacks lets it be combined, on the same goods, with others that stack too.
	Stacks bool `json:"stacks,omitempty"`
}

// Offer is terms with a name.
type Offer struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Terms Terms     `json:"terms"`
}

// About is what promotions look at of a cart's line besides its price. Item is
// Nil where no item stands behind it. Categories are the item's own and all above
// it. Pieces holds for what is counted, not weighed. Apart lines get nothing: what
// comes back, and what somebody has priced by hand.
type About struct {
	Item       uuid.UUID
	Categories []uuid.UUID
	Pieces     bool
	Apart      bool
}

// Sale is where, when and to whom a cart is sold. At is in the store's own zone.
type Sale struct {
	At       time.Time
	Store    uuid.UUID
	Customer bool
	Coupons  []string
}

// Runs reports whether the promotion holds for the sale, whatever is in it.
func (r Terms) Runs(sale Sale) bool {
	switch {
	case r.Members && !sale.Customer:
	case len(r.Stores) > 0 && !slices.Contains(r.Stores, sale.Store):
	case r.Coupon != "" && !slices.ContainsFunc(sale.Coupons, r.TakesCoupon):
	default:
		return r.runsAt(sale.At)
	}
	return false
}

// TakesCoupon reports whether the code is the promotion's.
func (r Terms) TakesCoupon(code string) bool {
	return r.Coupon != "" && strings.EqualFold(strings.TrimSpace(code), r.Coupon)
}

// runsAt looks at the calendar and the clock.
func (r Terms) runsAt(at time.Time) bool {
	hour := at.Format("15:04")
	day := at
	if past := r.FromHour > r.UntilHour && r.UntilHour != ""; past && hour < r.UntilHour {
		day = at.AddDate(0, 0, -1) // it began the evening before
	} else if past && hour < r.FromHour {
		return false
	} else if !past && (hour < r.FromHour || r.UntilHour != "" && hour >= r.UntilHour) {
		return false
	}
	date := day.Format(time.DateOnly)
	return (r.From == "" || r.From <= date) && (r.Until == "" || date <= r.Until) &&
		(len(r.Days) == 0 || slices.Contains(r.Days, int(day.Weekday())))
}

// RunsOn reports whether it may have held for a sale that was made about then: a
// clock may be a day off, so only its first and last day are looked at.
func (r Terms) RunsOn(at time.Time) bool {
	before, after := at.AddDate(0, 0, -1).Format(time.DateOnly), at.AddDate(0, 0, 1).Format(time.DateOnly)
	return (r.From == "" || r.From <= after) && (r.Until == "" || before <= r.Until)
}

// mostDeep bounds how deep categories lie in each other.
const mostDeep = 20

// Path is a category and all above it, given who is above whom.
func Path(category *uuid.UUID, parents map[uuid.UUID]uuid.UUID) []uuid.UUID {
	if category == nil {
		return nil
	}
	path := []uuid.UUID{*category}
	for above, ok := parents[*category]; ok && len(path) < mostDeep; above, ok = parents[above] {
		path = append(path, above)
	}
	return path
}

// KnowsCoupon reports whether a code is a coupon of any of the promotions.
func KnowsCoupon(promotions []Offer, code string) bool {
	return slices.ContainsFunc(promotions, func(p Offer) bool { return p.Terms.TakesCoupon(code) })
}
