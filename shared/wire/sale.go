package wire

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
)

// SaleKind tells a sale from the documents that take one back.
type SaleKind string

// The kinds of sale document.
const (
	SaleKindSale   SaleKind = "sale"
	SaleKindRefund SaleKind = "refund"
	SaleKindVoid   SaleKind = "void"
)

// CartLine is one line as a register asks for it to be priced.
type CartLine struct {
	ID       uuid.UUID       `json:"id"`
	ItemID   *uuid.UUID      `json:"item_id,omitempty" doc:"None for an open-price line"`
	Name     string          `json:"name,omitempty" maxLength:"200" doc:"For an open-price line"`
	Barcode  string          `json:"barcode,omitempty" maxLength:"100"`
	Quantity decimal.Decimal `json:"quantity"`
	// Price replaces the list price; it needs the right to change prices unless
	// the item is sold at an open price.
	Price      *money.Amount     `json:"price_minor,omitempty"`
	FixedTotal *money.Amount     `json:"fixed_total_minor,omitempty" doc:"The price that the item's barcode carries"`
	TaxCode    string            `json:"tax_code,omitempty" doc:"For an open-price line; the item's own otherwise"`
	Discount   *pricing.Discount `json:"discount,omitempty"`
	Note       string            `json:"note,omitempty" maxLength:"200" doc:"Printed below the line"`
}

// MostCoupons is how many coupons one sale takes.
const MostCoupons = 20

// Cart is what a browser register asks the server to price.
type Cart struct {
	Lines      []CartLine        `json:"lines" maxItems:"1000" nullable:"false"`
	Discount   *pricing.Discount `json:"discount,omitempty"`
	CustomerID *uuid.UUID        `json:"customer_id,omitempty"`
	Coupons    []string          `json:"coupons,omitempty" maxItems:"20" nullable:"false" doc:"Codes of promotions"`
	Back       *BackAsked        `json:"back,omitempty" doc:"What comes back of an earlier sale; with lines besides it is an exchange"`
	Approvals  []uuid.UUID       `json:"approvals,omitempty" maxItems:"50" nullable:"false" doc:"What others have approved of it"`
}

// Quote is a cart that is to be priced and not kept, at a register: prices and the
// day are its store's.
type Quote struct {
	Cart
	RegisterID uuid.UUID `json:"register_id,omitzero" doc:"Left out: the company's prices"`
}

// TenderIn is one payment as the cashier entered it: what was handed over.
type TenderIn struct {
	MethodID  uuid.UUID    `json:"method_id"`
	Amount    money.Amount `json:"amount_minor"`
	Reference string       `json:"reference,omitempty" maxLength:"100"`
}

// Checkout is a sale that a browser register asks for. The server prices it and
// may refuse it.
type Checkout struct {
	ID         uuid.UUID  `json:"id" doc:"The sale's id, made by the caller (UUIDv7)"`
	RegisterID uuid.UUID  `json:"register_id"`
	Cart       Cart       `json:"cart"`
	Tenders    []TenderIn `json:"tenders" maxItems:"20" nullable:"false" doc:"None for an exchange that comes to nothing"`
	Note       string     `json:"note,omitempty" maxLength:"500"`
}

// SaleLine is one line of a finished sale, as it was printed.
type SaleLine struct {
	LineNo         int             `json:"line_no" db:"line_no"`
	ItemID         *uuid.UUID      `json:"item_id,omitempty" db:"item_id"`
	OriginalLine   *int            `json:"original_line,omitempty" db:"original_line"`
	Name           string          `json:"name" db:"name"`
	Barcode        string          `json:"barcode,omitempty" db:"barcode"`
	Unit           string          `json:"unit" db:"unit"`
	Quantity       decimal.Decimal `json:"quantity" db:"quantity"`
	UnitPrice      money.Amount    `json:"unit_price_minor" db:"unit_price_minor"`
	ListPrice      money.Amount    `json:"list_price_minor" db:"list_price_minor"`
	Gross          money.Amount    `json:"gross_minor" db:"gross_minor"`
	Discount       money.Amount    `json:"discount_minor" db:"discount_minor"`
	DiscountReason string          `json:"discount_reason,omitempty" db:"discount_reason"`
	// Deals are what promotions took off; they are part of Discount.
	Deals   []pricing.Deal  `json:"deals,omitempty" nullable:"false" db:"deals"`
	TaxCode string          `json:"tax_code" db:"tax_code"`
	TaxRate decimal.Decimal `json:"tax_rate" db:"tax_rate"`
	Net     money.Amount    `json:"net_minor" db:"net_minor"`
	Tax     money.Amount    `json:"tax_minor" db:"tax_minor"`
	Total   money.Amount    `json:"total_minor" db:"total_minor"`
	// NotRestocked is set on a line that came back and did not go on the shelf.
	NotRestocked bool `json:"not_restocked,omitempty" db:"not_restocked"`
	// Note is what was said of the line: "no onions".
	Note string `json:"note,omitempty" db:"note"`
	// ApprovedBy approved its discount, its price, or that it comes back.
	ApprovedBy *uuid.UUID `json:"approved_by,omitempty" db:"approved_by"`
}

// Promoted is what promotions took off the line, as part of its discount.
func (l SaleLine) Promoted() money.Amount {
	return pricing.Line{Quantity: l.Quantity, Deals: l.Deals}.Promoted()
}

// OffReason says why the line is cheaper: the discount's reason, or the promotions.
func (l SaleLine) OffReason() string {
	if l.DiscountReason != "" || len(l.Deals) == 0 {
		return l.DiscountReason
	}
	names := make([]string, len(l.Deals))
	for i, d := range l.Deals {
		names[i] = d.Name
	}
	return strings.Join(names, ", ")
}

// How long notes may be, in characters.
const (
	LongestLineNote = 200
	LongestSaleNote = 500
)

// SaleTender is one payment of a finished sale. Amount is what the shop keeps.
type SaleTender struct {
	MethodID  uuid.UUID    `json:"method_id" db:"method_id"`
	Amount    money.Amount `json:"amount_minor" db:"amount_minor"`
	Tendered  money.Amount `json:"tendered_minor" db:"tendered_minor"`
	Change    money.Amount `json:"change_minor" db:"change_minor"`
	Reference string       `json:"reference,omitempty" db:"reference"`
}

// FinishedSale is a sale that has happened. A till writes it to disk before it
// says "paid"; nothing may refuse or change it later.
type FinishedSale struct {
	ID          uuid.UUID    `json:"id"`
	Kind        SaleKind     `json:"kind" enum:"sale,refund,void"`
	Series      string       `json:"series"`
	Number      int64        `json:"number"`
	ReceiptNo   string       `json:"receipt_no"`
	OriginalID  *uuid.UUID   `json:"original_id,omitempty" doc:"The sale that it takes back, or in an exchange takes lines back of"`
	RegisterID  uuid.UUID    `json:"register_id"`
	ShiftID     uuid.UUID    `json:"shift_id"`
	PersonID    uuid.UUID    `json:"person_id"`
	CustomerID  *uuid.UUID   `json:"customer_id,omitempty"`
	CompletedAt time.Time    `json:"completed_at"`
	Currency    string       `json:"currency"`
	TaxIncluded bool         `json:"tax_included"`
	Lines       []SaleLine   `json:"lines" nullable:"false"`
	Tenders     []SaleTender `json:"tenders" nullable:"false"`
	Gross       money.Amount `json:"gross_minor"`
	Discount    money.Amount `json:"discount_minor"`
	Net         money.Amount `json:"net_minor"`
	Tax         money.Amount `json:"tax_minor"`
	Total       money.Amount `json:"total_minor"`
	Rounding    money.Amount `json:"rounding_minor" doc:"Cash rounding; due = total + rounding"`
	Due         money.Amount `json:"due_minor"`
	Note        string       `json:"note,omitempty"`
	// ApprovedBy approved what comes back, where the person could not by himself.
	ApprovedBy *uuid.UUID `json:"approved_by,omitempty"`
	// Approvals are all that were used for it.
	Approvals []Approval `json:"approvals,omitempty" nullable:"false"`
	// Unchecked is set if the till could not ask what had come back already.
	Unchecked bool `json:"unchecked,omitempty"`
}

// ReceiptNo is how a number of a series is printed.
func ReceiptNo(series string, number int64) string { return series + "-" + padded(number, 6) }

func padded(n int64, width int) string {
	digits := make([]byte, 0, 20)
	for ; n > 0 || len(digits) < width; n /= 10 {
		digits = append(digits, byte('0'+n%10))
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}
