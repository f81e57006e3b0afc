// Package receipt lays out a till receipt, once, for the screen and the printer:
// Text is the layout, ESCPOS is Text in a printer's commands, and Picture is what
// the paper then looks like. It computes no amounts (those come from package
// pricing), opens no printer and draws no pages.
package receipt

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
)

// Kind says what the receipt is for.
type Kind string

// The kinds of receipt.
const (
	KindSale   Kind = "sale"
	KindRefund Kind = "refund"
	KindVoid   Kind = "void"
)

// Document is everything a receipt says. CompletedAt is in the store's time zone
// and ZoneName is how that zone is printed ("CET"). QR is the payload of the QR
// code; without one the receipt's number is printed as a bar code. Header and
// Footer may have several lines.
//
// Subtotal is the sum of the lines as printed; Subtotal - Discount + the taxes
// (unless TaxIncluded) is Total, and Total + Rounding is what was due.
type Document struct {
	ID        uuid.UUID `json:"id"`
	ShortCode string    `json:"short_code"`
	Number    string    `json:"number"`
	QR        string    `json:"qr,omitempty"`
	Kind      Kind      `json:"kind"`
	Copy      bool      `json:"copy"`
	// Gift is a receipt for whoever is given the goods: it says no prices.
	Gift bool `json:"gift,omitempty"`

	ShopName  string   `json:"shop_name"`
	LegalName string   `json:"legal_name,omitempty"`
	Address   []string `json:"address,omitempty"`
	TaxNumber string   `json:"tax_number,omitempty"`
	Header    string   `json:"header,omitempty"`
	Footer    string   `json:"footer,omitempty"`

	StoreName       string    `json:"store_name,omitempty"`
	TillName        string    `json:"till_name,omitempty"`
	CashierName     string    `json:"cashier_name,omitempty"`
	CustomerName    string    `json:"customer_name,omitempty"`
	OriginalReceipt string    `json:"original_receipt,omitempty"`
	CompletedAt     time.Time `json:"completed_at"`
	ZoneName        string    `json:"zone_name,omitempty"`

	Currency    string       `json:"currency"`
	TaxIncluded bool         `json:"tax_included"`
	Lines       []Line       `json:"lines"`
	Subtotal    money.Amount `json:"subtotal_minor"`
	Discount    money.Amount `json:"discount_minor"`
	// DiscountReason is printed beside Discount.
	DiscountReason string       `json:"discount_reason,omitempty"`
	Total          money.Amount `json:"total_minor"`
	Rounding       money.Amount `json:"rounding_minor"`
	Taxes          []Tax        `json:"taxes,omitempty"`
	Tenders        []Tender     `json:"tenders,omitempty"`
	Change         money.Amount `json:"change_minor"`
	// Note is printed below the lines.
	Note string `json:"note,omitempty"`

	// Locale is how the shop writes, "es-MX": it chooses the words and the form of
	// dates and numbers. Labels are other words than the locale's.
	Locale string  `json:"locale,omitempty"`
	Labels *Labels `json:"labels,omitempty"`
	// Design is how the store wants its receipts.
	Design Design `json:"design,omitzero"`
}

// Line is one printed line. Total is after its own discount, with tax if the
// prices have it; TaxMark refers to the table of taxes.
type Line struct {
	Name      string       `json:"name"`
	Code      string       `json:"code,omitempty"`
	Quantity  string       `json:"quantity"`
	Unit      string       `json:"unit,omitempty"`
	UnitPrice money.Amount `json:"unit_price_minor"`
	// Deals are what promotions take off, Discount what else does.
	Deals          []LineDeal   `json:"deals,omitempty"`
	Discount       money.Amount `json:"discount_minor"`
	DiscountReason string       `json:"discount_reason,omitempty"`
	Total          money.Amount `json:"total_minor"`
	TaxMark        string       `json:"tax_mark,omitempty"`
	Note           string       `json:"note,omitempty"`
}

// LineDeal is a promotion and what it takes off a line.
type LineDeal struct {
	Name   string       `json:"name"`
	Amount money.Amount `json:"amount_minor"`
}

// SetDeals says what promotions take off the line, which is part of its discount so
// far. The sign of the amounts follows the discount's.
func (l *Line) SetDeals(deals []pricing.Deal) {
	l.Deals = nil
	for _, d := range deals {
		amount := d.Amount
		if l.Total+l.Discount < 0 {
			amount = -amount
		}
		l.Deals = append(l.Deals, LineDeal{Name: d.Name, Amount: amount})
		l.Discount -= amount
	}
}

// Gross is the line before anything came off.
func (l *Line) Gross() money.Amount {
	gross := l.Total + l.Discount
	for _, d := range l.Deals {
		gross += d.Amount
	}
	return gross
}

// Tax is one row of the table of taxes; Rate is in percent.
type Tax struct {
	Mark string          `json:"mark"`
	Rate decimal.Decimal `json:"rate"`
	Net  money.Amount    `json:"net_minor"`
	Tax  money.Amount    `json:"tax_minor"`
}

// Tender is money handed over, before change, and what its method is called.
type Tender struct {
	Name   string       `json:"name"`
	Amount money.Amount `json:"amount_minor"`
}

// Saved is what all discounts of the document come to.
func (d *Document) Saved() money.Amount {
	saved := d.Discount
	for _, l := range d.Lines {
		saved += l.Gross() - l.Total
	}
	return saved
}

// ItemsSold counts the pieces; what is sold by weight or measure is one. What
// comes back is not counted.
func (d *Document) ItemsSold() string {
	sum := decimal.Zero
	for _, l := range d.Lines {
		quantity, err := decimal.Parse(l.Quantity)
		if err != nil || quantity.IsNeg() {
			continue
		}
		if l.Unit != "" || !quantity.IsInt() {
			quantity = decimal.One
		}
		if next, err := sum.Add(quantity); err == nil {
			sum = next
		}
	}
	return sum.Trim(0).String()
}

// ErrMismatch says that a document's lines or tenders are not those of the cart
// and settlement it is to be filled from.
var ErrMismatch = errors.New("receipt: lines or tenders do not match the sale")

// SetAmounts fills every amount of the document from a priced and settled cart.
// The caller has set the names first: one entry in Lines for each line of the
// cart, one in Tenders for each of the settlement, in the same order. It fails
// with ErrMismatch if there are more or fewer, or with the cart's *Problem.
func (d *Document) SetAmounts(cart pricing.Cart, priced pricing.Priced, s pricing.Settlement) error {
	if len(d.Lines) != len(cart.Lines) || len(d.Lines) != len(priced.Lines) || len(d.Tenders) != len(s.Tenders) {
		return ErrMismatch
	}
	own, err := pricing.LineDiscounts(cart)
	if err != nil {
		return err
	}
	d.Currency, d.TaxIncluded = cart.Currency, cart.TaxIncluded
	d.Total, d.Rounding, d.Change = priced.Total, s.Rounding, s.Change
	d.Subtotal, d.Discount = 0, priced.Discount
	for i := range d.Lines {
		line, from := &d.Lines[i], cart.Lines[i]
		line.Quantity, line.UnitPrice = from.Quantity.Trim(0).String(), from.UnitPrice
		line.Discount, line.DiscountReason = own[i], ""
		if from.Discount != nil {
			line.DiscountReason = from.Discount.Reason
		}
		line.Total = priced.Lines[i].Gross - own[i]
		line.SetDeals(from.Deals)
		line.TaxMark = mark(from.Tax, priced.Taxes)
		d.Subtotal += line.Total
		d.Discount -= own[i]
	}
	d.DiscountReason = ""
	if cart.Discount != nil {
		d.DiscountReason = cart.Discount.Reason
	}
	d.Taxes = make([]Tax, len(priced.Taxes))
	for i, t := range priced.Taxes {
		d.Taxes[i] = Tax{Mark: letter(i), Rate: t.Rate, Net: t.Net, Tax: t.Tax}
	}
	for i := range d.Tenders {
		d.Tenders[i].Amount = s.Tenders[i].Tendered
	}
	return nil
}

func mark(tax pricing.Tax, totals []pricing.TaxTotal) string {
	for i, t := range totals {
		if t.Code == tax.Code && t.Rate.Equal(tax.Rate) {
			return letter(i)
		}
	}
	return ""
}

// letter names the rows of the table of taxes: A to Z, then AA, AB and so on.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letter(i/26-1) + letter(i%26)
}
