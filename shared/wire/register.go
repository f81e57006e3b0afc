package wire

import (
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
)

// RegisterPhase is what a register can do next.
type RegisterPhase string

// The phases, in the order in which a register passes through them.
const (
	PhaseUnpaired RegisterPhase = "unpaired" // enter the shop's address and a pairing code
	PhaseFetching RegisterPhase = "fetching" // the first copy of the catalogue is on its way
	PhaseLocked   RegisterPhase = "locked"   // choose a person, type the PIN
	PhaseNoShift  RegisterPhase = "no_shift" // count the float, open a shift
	PhaseSelling  RegisterPhase = "selling"
)

// RegisterState is all that the register's screen shows. Each command answers
// with the state after it; a page replaces what it had.
type RegisterState struct {
	Phase      RegisterPhase   `json:"phase"`
	Shop       *RegisterShop   `json:"shop,omitempty"`
	Person     *RegisterPerson `json:"person,omitempty"`
	Shift      *RegisterShift  `json:"shift,omitempty"`
	Cart       CartView        `json:"cart"`
	HeldCount  int             `json:"held_count"`
	LastSale   *LastSale       `json:"last_sale,omitempty" doc:"Stays until the next cart begins"`
	Link       LinkState       `json:"link"`
	Printer    PrinterState    `json:"printer"`
	Methods    []MethodSetup   `json:"methods" nullable:"false"`
	TaxCodes   []TaxSetup      `json:"tax_codes" nullable:"false"`
	Categories []CategorySetup `json:"categories" nullable:"false"`
}

// RegisterShop names the shop and the register.
type RegisterShop struct {
	Name           string       `json:"name"`
	Slug           string       `json:"slug"`
	BusinessType   BusinessType `json:"business_type"`
	Currency       string       `json:"currency"`
	Digits         int          `json:"digits"`
	Locale         string       `json:"locale"`
	TimeZone       string       `json:"time_zone"`
	StoreName      string       `json:"store_name"`
	RegisterID     uuid.UUID    `json:"register_id"`
	RegisterNumber int          `json:"register_number"`
	RegisterName   string       `json:"register_name"`
	TaxIncluded    bool         `json:"tax_included"`
	LockAfter      int          `json:"lock_after_minutes"`
	CashStep       money.Amount `json:"cash_step_minor" doc:"The smallest coin: cash is rounded to it"`
}

// RegisterPerson is someone who may sign in at the register, or has.
type RegisterPerson struct {
	ID          uuid.UUID    `json:"id"`
	Name        string       `json:"name"`
	Role        Role         `json:"role"`
	Permissions []Permission `json:"permissions" nullable:"false"`
	HasPIN      bool         `json:"has_pin"`
	// WaitSeconds is how long no PIN is taken from this person after wrong ones.
	WaitSeconds int `json:"wait_seconds,omitempty"`
}

// RegisterShift is the open shift.
type RegisterShift struct {
	ID       uuid.UUID    `json:"id"`
	Number   int          `json:"number"`
	OpenedAt time.Time    `json:"opened_at"`
	Float    money.Amount `json:"float_minor"`
}

// CartView is the cart as it is shown, priced. QuickCash is what cash customers
// are likely to hand over, the exact amount first.
type CartView struct {
	ID           uuid.UUID          `json:"id"`
	Lines        []CartLineView     `json:"lines" nullable:"false"`
	Selected     *uuid.UUID         `json:"selected,omitempty"`
	CustomerID   *uuid.UUID         `json:"customer_id,omitempty"`
	CustomerName string             `json:"customer_name,omitempty"`
	Discount     *pricing.Discount  `json:"discount,omitempty"`
	Coupons      []string           `json:"coupons,omitempty" nullable:"false"`
	Note         string             `json:"note,omitempty"`
	Gross        money.Amount       `json:"gross_minor"`
	Saved        money.Amount       `json:"saved_minor" doc:"All discounts together"`
	Net          money.Amount       `json:"net_minor"`
	Tax          money.Amount       `json:"tax_minor"`
	Total        money.Amount       `json:"total_minor"`
	CashDue      money.Amount       `json:"cash_due_minor" doc:"The total rounded for cash"`
	Taxes        []pricing.TaxTotal `json:"taxes" nullable:"false"`
	QuickCash    []money.Amount     `json:"quick_cash" nullable:"false"`
	CanUndo      bool               `json:"can_undo"`
	Back         *BackView          `json:"back,omitempty" doc:"Where the lines with negative quantities come from"`
}

// CartLineView is one line of the cart.
type CartLineView struct {
	ID        uuid.UUID         `json:"id"`
	ItemID    *uuid.UUID        `json:"item_id,omitempty"`
	Name      string            `json:"name"`
	Barcode   string            `json:"barcode,omitempty"`
	Unit      string            `json:"unit"`
	Decimals  int               `json:"decimals" doc:"How finely the unit is counted"`
	SoldBy    string            `json:"sold_by"`
	Quantity  decimal.Decimal   `json:"quantity"`
	UnitPrice money.Amount      `json:"unit_price_minor"`
	ListPrice money.Amount      `json:"list_price_minor"`
	Discount  *pricing.Discount `json:"discount,omitempty"`
	Deals     []pricing.Deal    `json:"deals,omitempty" nullable:"false" doc:"What promotions take off; part of what is saved"`
	Steps     []pricing.Step    `json:"steps,omitempty" nullable:"false" doc:"How the line came to its price"`
	Saved     money.Amount      `json:"saved_minor"`
	Total     money.Amount      `json:"total_minor" doc:"Before tax when prices exclude it"`
	TaxCode   string            `json:"tax_code"`
	Note      string            `json:"note,omitempty"`
	// OriginalLine is set on a line that comes back: which line of its sale it is.
	OriginalLine *int             `json:"original_line,omitempty"`
	OnHand       *decimal.Decimal `json:"on_hand,omitempty"`
}

// LastSale is what the screen keeps showing until the next scan.
type LastSale struct {
	ID        uuid.UUID    `json:"id"`
	ReceiptNo string       `json:"receipt_no"`
	Total     money.Amount `json:"total_minor"`
	Paid      money.Amount `json:"paid_minor"`
	Change    money.Amount `json:"change_minor"`
	At        time.Time    `json:"at"`
	Printed   bool         `json:"printed"`
	Problem   string       `json:"problem,omitempty" doc:"Why it was not printed"`
	// The customer's, where there is one with an address.
	Email    string `json:"email,omitempty"`
	Language string `json:"language,omitempty"`
	Gift     bool   `json:"gift,omitempty" doc:"A receipt without prices is offered"`
}

// LinkState says how the register stands with the server, honestly.
type LinkState struct {
	Online     bool       `json:"online"`
	Since      time.Time  `json:"since"`
	Waiting    int        `json:"waiting" doc:"Journal entries not yet taken by the server"`
	OldestAt   *time.Time `json:"oldest_at,omitempty"`
	Syncing    bool       `json:"syncing"`
	LastError  string     `json:"last_error,omitempty"`
	Shut       bool       `json:"shut,omitempty" doc:"The shop is suspended or closed: what is sold waits here"`
	Exceptions int        `json:"exceptions"`
	Items      int        `json:"items" doc:"Items that can be sold here"`
	Progress   int        `json:"progress" doc:"Percent of the first copy, while fetching"`
	// Blocked is set when the device was revoked or its journal refused; selling stops.
	Blocked string `json:"blocked,omitempty"`
}

// PrinterState is where receipts go.
type PrinterState struct {
	Kind    string `json:"kind" enum:"none,file,tcp,queue"`
	Address string `json:"address,omitempty"`
	Columns int    `json:"columns"`
	Problem string `json:"problem,omitempty"`
	Lacking string `json:"lacking,omitempty" doc:"Letters of the last receipt that cannot be printed and are boxes on it"`
}

// ScanOutcome is what a scan led to.
type ScanOutcome string

// The outcomes of a scan.
const (
	ScanAdded   ScanOutcome = "added"
	ScanUnknown ScanOutcome = "unknown"     // create the item, or sell at an open price
	ScanWeigh   ScanOutcome = "needs_qty"   // a weighed item without its weight
	ScanPrice   ScanOutcome = "needs_price" // an open-price item
	ScanCoupon  ScanOutcome = "coupon"      // it is on the sale now
	ScanBlocked ScanOutcome = "blocked"     // not selling now: locked, or no shift
)

// ScanResult answers a scan. Item is set for needs_qty and needs_price.
type ScanResult struct {
	Outcome ScanOutcome   `json:"outcome"`
	Code    string        `json:"code"`
	Item    *TillItem     `json:"item,omitempty"`
	LineID  *uuid.UUID    `json:"line_id,omitempty"`
	State   RegisterState `json:"state"`
}

// HeldCart is a cart that was put aside.
type HeldCart struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	HeldAt time.Time `json:"held_at"`
	HeldBy string    `json:"held_by"`
	// CustomerName is empty where nobody was chosen.
	CustomerName string       `json:"customer_name,omitempty"`
	Lines        int          `json:"lines"`
	Total        money.Amount `json:"total_minor"`
}

// RecentSale is a line of the register's own list of finished sales.
type RecentSale struct {
	ID        uuid.UUID    `json:"id"`
	Kind      SaleKind     `json:"kind"`
	ReceiptNo string       `json:"receipt_no"`
	At        time.Time    `json:"at"`
	Total     money.Amount `json:"total_minor"`
	Sent      bool         `json:"sent"`
	// RegisterName and CustomerName are there where the server answered.
	RegisterName string `json:"register_name,omitempty"`
	CustomerName string `json:"customer_name,omitempty"`
}

// FoundReceipts are the receipts that a search has found. OwnOnly is set by a till
// that could look through its own alone.
type FoundReceipts struct {
	Rows    []RecentSale `json:"rows" nullable:"false"`
	OwnOnly bool         `json:"own_only"`
}

// Purchases is what a customer has bought so far.
type Purchases struct {
	Count int          `json:"count" doc:"Sales; what came back is taken off the total alone"`
	Total money.Amount `json:"total_minor"`
	Last  []RecentSale `json:"last" nullable:"false"`
}

// MethodTotal is what one way of paying took in a shift.
type MethodTotal struct {
	MethodID uuid.UUID    `json:"method_id"`
	Kind     string       `json:"kind"`
	Name     string       `json:"name"`
	Count    int          `json:"count"`
	Amount   money.Amount `json:"amount_minor"`
}

// ZReport sums up a shift. Expected is float plus cash taken plus what was put in
// less what was taken out and dropped; Difference is counted less expected. An X
// report is the same while the shift goes on: it has no count.
type ZReport struct {
	ShiftID    uuid.UUID          `json:"shift_id"`
	Number     int                `json:"number"`
	OpenedAt   time.Time          `json:"opened_at"`
	ClosedAt   time.Time          `json:"closed_at"`
	Sales      int                `json:"sales_count"`
	Refunds    int                `json:"refunds_count"`
	Total      money.Amount       `json:"total_minor"`
	Tax        money.Amount       `json:"tax_minor"`
	Discount   money.Amount       `json:"discount_minor"`
	Rounding   money.Amount       `json:"rounding_minor"`
	Float      money.Amount       `json:"float_minor"`
	Cash       money.Amount       `json:"cash_minor"`
	CashIn     money.Amount       `json:"cash_in_minor"`
	CashOut    money.Amount       `json:"cash_out_minor"`
	Drops      money.Amount       `json:"drops_minor"`
	Opened     int                `json:"drawer_opened"`
	Expected   money.Amount       `json:"expected_minor"`
	Counted    money.Amount       `json:"counted_minor"`
	Difference money.Amount       `json:"difference_minor"`
	Methods    []MethodTotal      `json:"methods" nullable:"false"`
	Taxes      []pricing.TaxTotal `json:"taxes" nullable:"false"`
}
