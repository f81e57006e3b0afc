package pricing

import (
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// StepKind says what a step of an explanation did.
type StepKind string

// The kinds of step, in the order in which they come.
const (
	StepList         StepKind = "list"          // what the list asks, or the label
	StepPrice        StepKind = "price"         // another price was asked
	StepPromotion    StepKind = "promotion"     // a promotion
	StepDiscount     StepKind = "discount"      // the line's own discount
	StepCartDiscount StepKind = "cart_discount" // its share of the cart's
	StepTax          StepKind = "tax"           // on top, or within
)

// Step is one step from the list price to what is paid. Amount is what it adds or
// takes off. Of a tax that is within the price it is how much that is, and Within is
// set: then it is no part of the sum.
type Step struct {
	Kind   StepKind        `json:"kind" enum:"list,price,promotion,discount,cart_discount,tax"`
	Name   string          `json:"name,omitempty" doc:"The promotion, the reason, or the tax code"`
	Rate   decimal.Decimal `json:"rate,omitzero" doc:"Of a tax, in percent"`
	Amount money.Amount    `json:"amount_minor"`
	Within bool            `json:"within,omitempty"`
}

// Explain tells how a line of the cart came to its price, step by step: the steps
// that are not within add up to its total. List is what one unit costs by the list.
func (p Priced) Explain(cart Cart, i int, list money.Amount) []Step {
	line, priced := cart.Lines[i], p.Lines[i]
	asked := priced.Gross
	if line.FixedTotal == nil {
		if whole, err := list.Times(line.Quantity); err == nil {
			asked = whole
		}
	}
	steps := []Step{{Kind: StepList, Amount: asked}}
	add := func(kind StepKind, name string, amount money.Amount) {
		if amount != 0 {
			steps = append(steps, Step{Kind: kind, Name: name, Amount: amount})
		}
	}
	add(StepPrice, "", priced.Gross-asked)
	left := priced.Discount
	for _, d := range line.Deals {
		off := d.Amount * money.Amount(priced.Gross.Sign())
		add(StepPromotion, d.Name, -off)
		left -= off
	}
	own, problem := line.Discount.of(priced.Gross - line.Promoted())
	if problem != nil {
		own = 0
	}
	if line.Discount != nil {
		add(StepDiscount, line.Discount.Reason, -own)
	}
	if cart.Discount != nil {
		add(StepCartDiscount, cart.Discount.Reason, own-left)
	}
	if priced.Tax != 0 {
		steps = append(steps, Step{Kind: StepTax, Name: line.Tax.Code, Rate: line.Tax.Rate.Trim(0), Amount: priced.Tax, Within: cart.TaxIncluded})
	}
	return steps
}
