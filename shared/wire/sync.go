package wire

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/promotion"
	"souk/shared/receipt"
)

// PairingIn is what a new till sends: the code that a manager read out to it.
type PairingIn struct {
	Code       string `json:"code" minLength:"8" maxLength:"40"`
	DeviceName string `json:"device_name" minLength:"1" maxLength:"100"`
}

// Pairing makes a device one register's till. Series is new with each pairing
// and belongs to this device alone; its receipts are numbered from 1.
type Pairing struct {
	DeviceID   uuid.UUID `json:"device_id"`
	Token      string    `json:"token" doc:"The device's secret. Shown once"`
	TenantID   uuid.UUID `json:"tenant_id"`
	RegisterID uuid.UUID `json:"register_id"`
	Series     string    `json:"series"`
}

// PinSignIn is a person at a paired till. The device's token goes in the
// Authorization header.
type PinSignIn struct {
	PersonID uuid.UUID `json:"person_id"`
	PIN      string    `json:"pin" minLength:"4" maxLength:"12"`
}

// EntryKind tells what a till's journal entry is about.
type EntryKind string

// The kinds of journal entry, and their bodies.
const (
	EntryShiftOpened  EntryKind = "shift_opened"  // ShiftOpened
	EntryItemCreated  EntryKind = "item_created"  // NewItem
	EntrySaleFinished EntryKind = "sale_finished" // FinishedSale
	EntryShiftClosed  EntryKind = "shift_closed"  // ShiftClosed
	EntryCashMoved    EntryKind = "cash_moved"    // CashMoved
	EntryCustomerMet  EntryKind = "customer_met"  // NewCustomer
	// EntryReceiptMailed asks for a letter; it comes after the sale that it is about.
	EntryReceiptMailed EntryKind = "receipt_mailed" // ReceiptMailed
	EntryApprovalUsed  EntryKind = "approval_used"  // ApprovalUsed
	// EntryAuditContradicted tells that the audit trail is not the one that was signed.
	EntryAuditContradicted EntryKind = "audit_contradicted" // AuditContradicted
)

// Entry is one fact in a till's journal. No counts from 1 under the device and
// has no gap; ID is the idempotency key.
type Entry struct {
	No       int64           `json:"no" minimum:"1"`
	ID       uuid.UUID       `json:"id"`
	Kind     EntryKind       `json:"kind" doc:"shift_opened, item_created, sale_finished, shift_closed, cash_moved, customer_met, receipt_mailed, approval_used, audit_contradicted; another one is kept as an exception"`
	PersonID uuid.UUID       `json:"person_id"`
	At       time.Time       `json:"at"`
	Body     json.RawMessage `json:"body"`
}

// Upload is a run of journal entries in order.
type Upload struct {
	Waiting int     `json:"waiting" minimum:"0" doc:"How many entries the till still has, these included"`
	Entries []Entry `json:"entries" maxItems:"500" nullable:"false"`
}

// AckOutcome is what became of an entry.
type AckOutcome string

// The outcomes. All three mean that the till need not send the entry again.
const (
	AckBooked    AckOutcome = "booked"
	AckFlagged   AckOutcome = "flagged"   // booked, with something for a manager to look at
	AckException AckOutcome = "exception" // kept in the exception inbox, money counted
)

// Ack answers one entry after its commit. Hash is the SHA-256 of the entry's
// body as it arrived, in hex; the till marks the entry as sent only if it agrees.
type Ack struct {
	No      int64      `json:"no"`
	ID      uuid.UUID  `json:"id"`
	Hash    string     `json:"hash"`
	Outcome AckOutcome `json:"outcome"`
	Code    string     `json:"code,omitempty"`
}

// UploadAnswer holds an ack for each entry that was taken. Entries after the
// first one that could not be taken (the database went away) have none.
type UploadAnswer struct {
	Acks []Ack `json:"acks" nullable:"false"`
	// Last is the number of the last entry that the server has of this device. It
	// is behind what was acknowledged when the server was restored from a backup:
	// the till then sends the entries after it again.
	Last *int64 `json:"last,omitempty"`
}

// ShiftOpened is a shift that a till has begun.
type ShiftOpened struct {
	ID       uuid.UUID    `json:"id"`
	Number   int          `json:"number"`
	OpenedBy uuid.UUID    `json:"opened_by"`
	OpenedAt time.Time    `json:"opened_at"`
	Float    money.Amount `json:"float_minor"`
}

// ShiftClosed is a shift that a till has ended after a blind count.
type ShiftClosed struct {
	ID       uuid.UUID    `json:"id"`
	ClosedBy uuid.UUID    `json:"closed_by"`
	ClosedAt time.Time    `json:"closed_at"`
	Counted  money.Amount `json:"counted_minor"`
}

// NewItem is an item that a cashier made at the till for an unknown barcode.
type NewItem struct {
	ID         uuid.UUID    `json:"id"`
	Name       string       `json:"name"`
	Barcode    string       `json:"barcode"`
	CategoryID *uuid.UUID   `json:"category_id,omitempty"`
	TaxCode    string       `json:"tax_code"`
	Price      money.Amount `json:"price_minor"`
}

// Cursor is a place in a tenant's change stream.
type Cursor struct {
	Epoch uuid.UUID `json:"epoch"`
	Seq   int64     `json:"seq"`
}

// Setup is all that a till needs besides its items.
type Setup struct {
	Company    CompanySetup    `json:"company"`
	Store      StoreSetup      `json:"store"`
	Register   RegisterSetup   `json:"register"`
	Units      []UnitSetup     `json:"units" nullable:"false"`
	TaxCodes   []TaxSetup      `json:"tax_codes" nullable:"false"`
	Categories []CategorySetup `json:"categories" nullable:"false"`
	Methods    []MethodSetup   `json:"methods" nullable:"false"`
	People     []PersonSetup   `json:"people" nullable:"false"`
	// Promotions are those that run, or are to.
	Promotions []promotion.Offer `json:"promotions" nullable:"false"`
}

// CompanySetup is the tenant as a till sees it.
type CompanySetup struct {
	Name             string       `json:"name"`
	Slug             string       `json:"slug"`
	BusinessType     BusinessType `json:"business_type"`
	Country          string       `json:"country"`
	Currency         string       `json:"currency"`
	Locale           string       `json:"locale"`
	PricesIncludeTax bool         `json:"prices_include_tax"`
	DayEndsHour      int          `json:"day_ends_hour"`
	Rules            TillRules    `json:"rules"`
}

// StoreSetup is what a receipt says of the store.
type StoreSetup struct {
	ID            uuid.UUID `json:"id"`
	Name          string    `json:"name"`
	Address       string    `json:"address"`
	TimeZone      string    `json:"time_zone"`
	LegalName     string    `json:"legal_name"`
	TaxNumber     string    `json:"tax_number"`
	LogoPNG       []byte    `json:"logo_png,omitempty"`
	ReceiptHeader string    `json:"receipt_header"`
	ReceiptFooter string    `json:"receipt_footer"`
	// ReceiptDesign is how the store's receipts look.
	ReceiptDesign receipt.Design `json:"receipt_design"`
}

// RegisterSetup is the register that the device is.
type RegisterSetup struct {
	ID         uuid.UUID `json:"id"`
	Number     int       `json:"number"`
	Name       string    `json:"name"`
	LocationID uuid.UUID `json:"location_id"`
	// NextShift is the number that the next shift takes.
	NextShift int `json:"next_shift"`
}

// UnitSetup is a unit of measure; Decimals says how finely it is counted.
type UnitSetup struct {
	Code     string `json:"code" db:"code"`
	Name     string `json:"name" db:"name"`
	Decimals int    `json:"decimals" db:"decimals"`
}

// TaxSetup is a tax code with all its dated rates, oldest first.
type TaxSetup struct {
	Code  string      `json:"code"`
	Name  string      `json:"name"`
	Rates []DatedRate `json:"rates" nullable:"false"`
}

// DatedRate holds from its day (a date, YYYY-MM-DD) on.
type DatedRate struct {
	From string          `json:"from"`
	Rate decimal.Decimal `json:"rate"`
}

// CategorySetup is a group of items on the register's grid.
type CategorySetup struct {
	ID       uuid.UUID  `json:"id" db:"id"`
	ParentID *uuid.UUID `json:"parent_id,omitempty" db:"parent_id"`
	Name     string     `json:"name" db:"name"`
	Position int        `json:"position" db:"position"`
}

// MethodSetup is a way to pay.
type MethodSetup struct {
	ID          uuid.UUID `json:"id" db:"id"`
	Kind        string    `json:"kind" db:"kind" enum:"cash,card,other"`
	Name        string    `json:"name" db:"name"`
	OpensDrawer bool      `json:"opens_drawer" db:"opens_drawer"`
	Position    int       `json:"position" db:"position"`
}

// MayEditPeople is what someone needs to end another's wait after wrong PINs.
const MayEditPeople Permission = "people.edit"

// PersonSetup lets a till sign a person in without the server. PINHash is
// argon2id in its usual text form; empty means no PIN, so no sign-in here.
type PersonSetup struct {
	ID          uuid.UUID    `json:"id"`
	Name        string       `json:"name"`
	Role        Role         `json:"role"`
	PINHash     string       `json:"pin_hash"`
	Permissions []Permission `json:"permissions" nullable:"false"`
	// Limits are how far he goes by himself.
	Limits Limits `json:"limits" nullable:"false"`
}

// TillItem is an item as a till sells it.
type TillItem struct {
	ID         uuid.UUID       `json:"id"`
	SKU        string          `json:"sku"`
	Name       string          `json:"name"`
	CategoryID *uuid.UUID      `json:"category_id,omitempty"`
	Unit       string          `json:"unit"`
	SoldBy     string          `json:"sold_by" enum:"each,weight,open"`
	PLU        string          `json:"plu,omitempty"`
	TaxCode    string          `json:"tax_code"`
	Price      money.Amount    `json:"price_minor"`
	Barcodes   []ItemBarcode   `json:"barcodes" nullable:"false"`
	Favourite  bool            `json:"favourite"`
	TrackStock bool            `json:"track_stock"`
	OnHand     decimal.Decimal `json:"on_hand"`
	Active     bool            `json:"active"`
	PictureID  *uuid.UUID      `json:"picture_id,omitempty"`
}

// TillPicture is what an item looks like, small. The id is made of the content.
type TillPicture struct {
	ID          uuid.UUID `json:"id" db:"id"`
	ContentType string    `json:"content_type" db:"content_type"`
	Bytes       []byte    `json:"bytes" db:"bytes"`
}

// ItemBarcode is one code of an item; Quantity is how many units a scan adds.
type ItemBarcode struct {
	Code     string          `json:"code" db:"code"`
	Quantity decimal.Decimal `json:"quantity" db:"quantity"`
}

// SetupAnswer is the setup as it was at a place in the change stream.
type SetupAnswer struct {
	Cursor Cursor `json:"cursor"`
	Setup  Setup  `json:"setup"`
}

// Changes is what a till's copy lacks since a cursor. Reload means that the
// copy is too old, or from another life of the database: fetch all again.
type Changes struct {
	Cursor Cursor     `json:"cursor"`
	Reload bool       `json:"reload"`
	More   bool       `json:"more" doc:"There is more: ask again from cursor"`
	Setup  *Setup     `json:"setup,omitempty"`
	Items  []TillItem `json:"items" nullable:"false"`
	// Customers are those who changed.
	Customers []TillCustomer `json:"customers" nullable:"false"`
}

// MayMailReceipts is what a person needs to send receipts by e-mail.
const MayMailReceipts Permission = "sales.mail"

// ReceiptMailed asks for a finished sale's receipt by e-mail.
type ReceiptMailed struct {
	ID     uuid.UUID `json:"id"`
	SaleID uuid.UUID `json:"sale_id"`
	To     string    `json:"to"`
	Locale string    `json:"locale"` // the reader's; empty for the shop's own
}
