// Package pricing computes what a cart costs and how it is settled. It is the
// only place that does, for the till and the server alike. It looks nothing up
// (prices and tax rates come in with the lines), stores nothing, and knows no
// promotions: package promotion works out what they take off, and they arrive as
// deals.
package pricing

import (
	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// DiscountKind says how a discount is expressed.
type DiscountKind string

// The kinds of discount.
const (
	DiscountPercent DiscountKind = "percent"
	DiscountAmount  DiscountKind = "amount"
)

// Discount lowers a line or a whole cart. Percent (0 to 100) counts for
// DiscountPercent, Amount (minor units, never negative) for DiscountAmount; on
// returned lines either gives back less. Reason is for the receipt and the audit.
type Discount struct {
	Kind    DiscountKind    `json:"kind"`
	Percent decimal.Decimal `json:"percent"`
	Amount  money.Amount    `json:"amount_minor"`
	Reason  string          `json:"reason"`
}

// Deal is what a promotion takes off a line: minor units, above zero.
type Deal struct {
	Promotion uuid.UUID    `json:"promotion_id"`
	Name      string       `json:"name"`
	Amount    money.Amount `json:"amount_minor"`
}

// Tax is a tax code with the rate that applied when the line was made, in
// percent.
type Tax struct {
	Code string          `json:"code"`
	Rate decimal.Decimal `json:"rate"`
}

// Line is one line of a cart. A negative quantity is a return. FixedTotal, if
// set, is the line's gross, in place of quantity × price: the price that a scale
// printed into the barcode. Its sign follows the quantity. Deals come off the gross,
// and Discount off what is left.
type Line struct {
	ID         uuid.UUID       `json:"id"`
	Quantity   decimal.Decimal `json:"quantity"`
	UnitPrice  money.Amount    `json:"unit_price_minor"`
	FixedTotal *money.Amount   `json:"fixed_total_minor,omitempty"`
	Deals      []Deal          `json:"deals,omitempty"`
	Discount   *Discount       `json:"discount,omitempty"`
	Tax        Tax             `json:"tax"`
}

// Cart is everything that decides a price. TaxIncluded says whether its prices
// contain tax.
type Cart struct {
	Currency    string    `json:"currency"`
	TaxIncluded bool      `json:"tax_included"`
	Lines       []Line    `json:"lines"`
	Discount    *Discount `json:"discount,omitempty"`
}

// PricedLine is what a line comes to. Gross is before discounts; Discount is
// its deals, its own discount and its share of the cart's; Total = Net + Tax is what the
// customer pays for it. Gross - Discount is Total when tax is included in
// prices, and Net when it is not.
type PricedLine struct {
	ID       uuid.UUID    `json:"id"`
	Gross    money.Amount `json:"gross_minor"`
	Discount money.Amount `json:"discount_minor"`
	Net      money.Amount `json:"net_minor"`
	Tax      money.Amount `json:"tax_minor"`
	Total    money.Amount `json:"total_minor"`
}

// TaxTotal is the document's tax at one code and rate.
type TaxTotal struct {
	Code string          `json:"code"`
	Rate decimal.Decimal `json:"rate"`
	Net  money.Amount    `json:"net_minor"`
	Tax  money.Amount    `json:"tax_minor"`
}

// Priced is a priced cart. Lines are in the cart's order, Taxes by code and
// rate; every total is the exact sum of its lines.
type Priced struct {
	Lines    []PricedLine `json:"lines"`
	Taxes    []TaxTotal   `json:"taxes"`
	Gross    money.Amount `json:"gross_minor"`
	Discount money.Amount `json:"discount_minor"`
	Net      money.Amount `json:"net_minor"`
	Tax      money.Amount `json:"tax_minor"`
	Total    money.Amount `json:"total_minor"`
}

// Tender is money handed over: how, and how much before change.
type Tender struct {
	MethodKind string       `json:"method_kind"`
	Amount     money.Amount `json:"amount_minor"`
}

// SettledTender is a tender after change: Amount stays with the shop, Tendered
// was handed over, Change went back. Tendered = Amount + Change.
type SettledTender struct {
	MethodKind string       `json:"method_kind"`
	Amount     money.Amount `json:"amount_minor"`
	Tendered   money.Amount `json:"tendered_minor"`
	Change     money.Amount `json:"change_minor"`
}

// Settlement is how a total was paid. Due = Total + Rounding = Paid - Change,
// and the kept amounts of Tenders add up to Due.
type Settlement struct {
	Total    money.Amount    `json:"total_minor"`
	Rounding money.Amount    `json:"rounding_minor"`
	Due      money.Amount    `json:"due_minor"`
	Paid     money.Amount    `json:"paid_minor"`
	Change   money.Amount    `json:"change_minor"`
	Tenders  []SettledTender `json:"tenders"`
}
