package transfers

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/fault"
	"souk/shared/money"
)

// The states of a transfer, in their order.
const (
	StateDraft     = "draft"
	StateSent      = "sent"
	StateReceived  = "received"
	StateCancelled = "cancelled"
)

// StockTransfer is one document with all that is known of it. Values are there only
// for those who may see what stock costs.
type StockTransfer struct {
	ID             uuid.UUID      `json:"id" db:"id"`
	Number         int64          `json:"number" db:"number"`
	State          string         `json:"state" db:"state" enum:"draft,sent,received,cancelled"`
	FromStoreID    uuid.UUID      `json:"from_store_id" db:"from_store_id"`
	FromStore      string         `json:"from_store" db:"from_store"`
	FromLocationID uuid.UUID      `json:"from_location_id" db:"from_location_id"`
	FromLocation   string         `json:"from_location" db:"from_location"`
	ToStoreID      uuid.UUID      `json:"to_store_id" db:"to_store_id"`
	ToStore        string         `json:"to_store" db:"to_store"`
	ToLocationID   uuid.UUID      `json:"to_location_id" db:"to_location_id"`
	ToLocation     string         `json:"to_location" db:"to_location"`
	Note           string         `json:"note" db:"note"`
	CreatedBy      string         `json:"created_by" db:"created_by" doc:"A person's name"`
	CreatedAt      time.Time      `json:"created_at" db:"created_at"`
	SentBy         string         `json:"sent_by" db:"sent_by"`
	SentAt         *time.Time     `json:"sent_at,omitempty" db:"sent_at"`
	ReceivedBy     string         `json:"received_by" db:"received_by"`
	ReceivedAt     *time.Time     `json:"received_at,omitempty" db:"received_at"`
	CancelledBy    string         `json:"cancelled_by" db:"cancelled_by"`
	CancelledAt    *time.Time     `json:"cancelled_at,omitempty" db:"cancelled_at"`
	Version        int            `json:"version" db:"version"`
	Sends          bool           `json:"sends" db:"-" doc:"The caller works where it is sent from"`
	Takes          bool           `json:"takes" db:"-" doc:"The caller works where it arrives"`
	Lines          []TransferLine `json:"lines" db:"-" nullable:"false"`
}

// TransferLine is one item of a transfer. What is on its way of it is Quantity less
// Received less WrittenOff; WrittenOff is below zero where more arrived than was sent.
type TransferLine struct {
	LineNo     int              `json:"line_no" db:"line_no"`
	ItemID     uuid.UUID        `json:"item_id" db:"item_id"`
	SKU        string           `json:"sku" db:"sku"`
	Name       string           `json:"name" db:"name"`
	Unit       string           `json:"unit" db:"unit"`
	Decimals   int              `json:"decimals" db:"decimals"`
	OnHand     decimal.Decimal  `json:"on_hand" db:"on_hand" doc:"What stands at the sender now"`
	Quantity   decimal.Decimal  `json:"quantity" db:"quantity"`
	Sent       *money.Amount    `json:"sent_minor,omitempty" db:"sent" doc:"What it was worth when it left"`
	Received   *decimal.Decimal `json:"received,omitempty" db:"received"`
	WrittenOff *decimal.Decimal `json:"written_off,omitempty" db:"written_off"`
	Loss       *money.Amount    `json:"written_off_minor,omitempty" db:"loss"`
	Reason     string           `json:"reason" db:"reason"`
}

// TransferLineIn is an item and how much of it is to be sent.
type TransferLineIn struct {
	ItemID   uuid.UUID       `json:"item_id"`
	Quantity decimal.Decimal `json:"quantity"`
}

// TransferFacts are what a person says of a transfer before it is sent.
type TransferFacts struct {
	FromLocationID uuid.UUID        `json:"from_location_id"`
	ToLocationID   uuid.UUID        `json:"to_location_id"`
	Note           string           `json:"note,omitempty" maxLength:"400"`
	Lines          []TransferLineIn `json:"lines" maxItems:"1000" nullable:"false"`
}

// place is where goods are sent from or to, and what its books need.
type place struct {
	ID          uuid.UUID `db:"id"`
	StoreID     uuid.UUID `db:"store_id"`
	TimeZone    string    `db:"time_zone"`
	DayEndsHour int       `db:"day_ends_hour"`
	Currency    string    `db:"currency"`
}

// article is an item as far as moving it goes.
type article struct {
	ID         uuid.UUID    `db:"id"`
	Name       string       `db:"name"`
	Decimals   int          `db:"decimals"`
	TrackStock bool         `db:"track_stock"`
	Cost       money.Amount `db:"cost_minor"`
}

// check finds what is wrong with the lines, with the items that are known.
func (f TransferFacts) check(known []article) error {
	articles := make(map[uuid.UUID]article, len(known))
	for _, a := range known {
		articles[a.ID] = a
	}
	seen := map[uuid.UUID]bool{}
	for i, line := range f.Lines {
		path := fmt.Sprintf("lines.%d.quantity", i)
		a, found := articles[line.ItemID]
		switch {
		case !found:
			return fault.NotFound("transfers.item_unknown").Say("One of the items does not exist.")
		case seen[line.ItemID]:
			return fault.Invalid("transfers.item_twice").Messagef("%s is in the list twice. Put its quantities into one line.", a.Name)
		case !a.TrackStock:
			return fault.Invalid("transfers.not_tracked").Messagef("No stock is kept of %s, so none can be sent.", a.Name)
		case !line.Quantity.IsPos():
			return fault.Invalid("transfers.bad_quantity", fault.At(path, "transfers.bad_quantity", "")).Messagef("Say how much of %s is sent: more than nothing.", a.Name)
		case line.Quantity.Trim(0).Scale() > a.Decimals:
			return fault.Invalid("transfers.too_fine", fault.At(path, "transfers.too_fine", "")).Messagef("The quantity of %s has too many decimals for its unit.", a.Name)
		}
		seen[line.ItemID] = true
	}
	return nil
}

// head is a transfer's row, held to the end of the transaction.
type head struct {
	Number  int64     `db:"number"`
	State   string    `db:"state"`
	From    uuid.UUID `db:"from_location_id"`
	To      uuid.UUID `db:"to_location_id"`
	Version int       `db:"version"`
}

// in checks that the transfer is as whoever acts has seen it, and in the state
// that the act needs.
func (h head) in(state string, version int) error {
	switch {
	case h.Version != version:
		return fault.Conflict("transfers.changed_meanwhile").Say("Someone else changed this transfer meanwhile. Look at it again, then go on.")
	case h.State != state && state == StateDraft:
		return fault.Conflict("transfers.not_draft").Say("This transfer is no draft any more. Nothing of it can be changed.")
	case h.State != state:
		return fault.Conflict("transfers.not_sent").Say("This transfer is not on its way, so nothing of it can arrive.")
	}
	return nil
}
