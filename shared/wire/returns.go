package wire

import (
	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// OfflineRefunds is what a till may give back while it cannot ask the server what
// other tills have given back already.
type OfflineRefunds string

// The policies. A till knows no receipts but its own while it is offline.
const (
	RefundOwn   OfflineRefunds = "own"   // its own receipts
	RefundLimit OfflineRefunds = "limit" // its own receipts, up to an amount each
	RefundNever OfflineRefunds = "never"
)

// TillRules is what tills may do by themselves. They lock when nobody has touched
// them for LockAfter minutes; 0 is never.
type TillRules struct {
	OfflineRefunds OfflineRefunds `json:"offline_refunds" enum:"own,limit,never"`
	RefundLimit    money.Amount   `json:"offline_refund_limit_minor" minimum:"0"`
	LockAfter      int            `json:"lock_after_minutes" minimum:"0" maximum:"240"`
}

// MayTakeBack is the right to take goods back and give money back.
const MayTakeBack Permission = "sales.refund"

// Returnable is a sale and what of each of its lines has come back so far.
// Unchecked is set by a till that could not ask the server.
type Returnable struct {
	Sale      FinishedSale `json:"sale"`
	Back      []LineBack   `json:"back" nullable:"false"`
	Voided    bool         `json:"voided"`
	Unchecked bool         `json:"unchecked"`
}

// LineBack is what has come back of one line, in positive figures.
type LineBack struct {
	LineNo   int             `json:"line_no"`
	Quantity decimal.Decimal `json:"quantity"`
	Gross    money.Amount    `json:"gross_minor"`
	Discount money.Amount    `json:"discount_minor"`
	Net      money.Amount    `json:"net_minor"`
	Tax      money.Amount    `json:"tax_minor"`
}

// BackAsked is what comes back of a sale, and why.
type BackAsked struct {
	SaleID uuid.UUID  `json:"sale_id"`
	Lines  []BackLine `json:"lines" maxItems:"1000" nullable:"false"`
	Reason string     `json:"reason" maxLength:"200"`
}

// BackLine is how much of a line comes back, and whether it goes on the shelf.
type BackLine struct {
	LineNo   int             `json:"line_no"`
	Quantity decimal.Decimal `json:"quantity"`
	Restock  bool            `json:"restock"`
}

// BackView is where the returned lines of a cart come from. MethodIDs is how that
// sale was paid.
type BackView struct {
	ReceiptNo string      `json:"receipt_no"`
	Reason    string      `json:"reason,omitempty"`
	MethodIDs []uuid.UUID `json:"method_ids" nullable:"false"`
	Unchecked bool        `json:"unchecked"`
}
