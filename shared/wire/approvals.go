package wire

import (
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// LimitedAction is something that a role may do up to a limit, and beyond it with
// someone else's approval.
type LimitedAction string

// The actions. ActionRight is no such: it stands for a permission that someone has
// not and that another lends for once; no limit can be set for it.
const (
	ActionDiscount      LimitedAction = "discount"       // off a line, its share of the cart's discount included
	ActionPrice         LimitedAction = "price"          // below the list price
	ActionRefund        LimitedAction = "refund"         // given back for a receipt
	ActionBlindRefund   LimitedAction = "refund_blind"   // given back without one
	ActionVoid          LimitedAction = "void"           // a whole sale undone
	ActionNoSale        LimitedAction = "no_sale"        // a drawer opened without a sale
	ActionNegativeStock LimitedAction = "negative_stock" // more sold than stands on the shelf
	ActionWriteOff      LimitedAction = "write_off"      // stock taken off the books
	ActionCashIn        LimitedAction = "cash_in"
	ActionCashOut       LimitedAction = "cash_out"
	ActionCashDrop      LimitedAction = "cash_drop"
	ActionRight         LimitedAction = "right"
)

// LimitedActions lists those that a limit can be set for.
func LimitedActions() []LimitedAction {
	return []LimitedAction{
		ActionDiscount, ActionPrice, ActionRefund, ActionBlindRefund, ActionVoid, ActionCashOut, ActionCashDrop, ActionCashIn,
		ActionNoSale, ActionNegativeStock, ActionWriteOff,
	}
}

// Limits say how far somebody goes by himself, in the measure of each action:
// hundredths of a percent for discounts and prices, minor units for money, and 1
// for what is done or not. Nil is without limit; an action that is not there is as
// it is by default.
type Limits map[LimitedAction]*int64

// Asked is what somebody wants to do that takes another's approval: exactly this,
// on exactly these lines. Amount is in the action's measure; Limit, how far he goes
// by himself, is what he was told and no part of what is approved.
type Asked struct {
	Action     LimitedAction `json:"action" enum:"discount,price,refund,refund_blind,void,no_sale,negative_stock,write_off,cash_in,cash_out,cash_drop,right"`
	Permission Permission    `json:"permission,omitempty" maxLength:"100" doc:"The right, where the action is one"`
	Amount     int64         `json:"amount"`
	Limit      *int64        `json:"limit,omitempty"`
	// Subject is what it is done to: the sale that is voided, the receipt given back.
	Subject string      `json:"subject,omitempty" maxLength:"100"`
	Lines   []AskedLine `json:"lines" nullable:"false" maxItems:"1000"`
}

// AskedLine is one line that it is done to: what it comes to before and after.
type AskedLine struct {
	ItemID   *uuid.UUID      `json:"item_id,omitempty"`
	Name     string          `json:"name" maxLength:"500"`
	Unit     string          `json:"unit,omitempty" maxLength:"40"`
	Quantity decimal.Decimal `json:"quantity"`
	Before   money.Amount    `json:"before_minor"`
	After    money.Amount    `json:"after_minor"`
	// OnHand is what stood on the shelf when it was asked, where that is the matter.
	// It is no part of what is approved.
	OnHand *decimal.Decimal `json:"on_hand,omitempty"`
}

// ApprovalWay is how an approval was given.
type ApprovalWay string

// The ways.
const (
	ApprovedByPIN     ApprovalWay = "pin"     // at the register itself
	ApprovedByRequest ApprovalWay = "request" // from elsewhere
)

// Approval is somebody's word for one thing that another wanted to do. It is used
// once.
type Approval struct {
	ID     uuid.UUID   `json:"id"`
	Asked  Asked       `json:"asked"`
	By     uuid.UUID   `json:"by"`
	At     time.Time   `json:"at"`
	Way    ApprovalWay `json:"way" enum:"pin,request"`
	Reason string      `json:"reason,omitempty"`
}

// ApprovalUsed is a right that was lent at a till and used there, for what leaves
// no other trace.
type ApprovalUsed struct {
	Approval Approval  `json:"approval"`
	PersonID uuid.UUID `json:"person_id"`
	At       time.Time `json:"at"`
}

// MayApprove is the right to approve what others may not do by themselves.
const MayApprove Permission = "approvals.answer"

// ApprovalState is how far a request has come.
type ApprovalState string

// The states.
const (
	ApprovalOpen      ApprovalState = "open"
	ApprovalGiven     ApprovalState = "approved"
	ApprovalRefused   ApprovalState = "refused"
	ApprovalWithdrawn ApprovalState = "withdrawn"
	ApprovalExpired   ApprovalState = "expired"
)

// ApprovalAnswer is what a register that has asked hears.
type ApprovalAnswer struct {
	ID        uuid.UUID     `json:"id"`
	State     ApprovalState `json:"state" enum:"open,approved,refused,withdrawn,expired"`
	By        *uuid.UUID    `json:"by,omitempty"`
	ByName    string        `json:"by_name,omitempty"`
	At        *time.Time    `json:"at,omitempty"`
	Answer    string        `json:"answer,omitempty" doc:"What the approver says of it"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// ApprovalRequest is what a till sends for its person.
type ApprovalRequest struct {
	ID       uuid.UUID `json:"id"`
	PersonID uuid.UUID `json:"person_id"`
	Asked    Asked     `json:"asked"`
	Reason   string    `json:"reason,omitempty" maxLength:"200"`
}

// Approver is someone who may approve what was asked.
type Approver struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Role   Role      `json:"role"`
	HasPIN bool      `json:"has_pin"`
}
