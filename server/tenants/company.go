package tenants

import (
	"time"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// Company is the shop's own settings.
type Company struct {
	Name             string            `json:"name" minLength:"1" maxLength:"120"`
	Slug             string            `json:"slug" db:"-" readOnly:"true"`
	BusinessType     wire.BusinessType `json:"business_type" enum:"retail,restaurant,supermarket,auto_service,dealership"`
	Country          string            `json:"country" pattern:"^[A-Z]{2}$"`
	Currency         string            `json:"currency" pattern:"^[A-Z]{3}$"`
	Locale           string            `json:"locale"`
	DayEndsHour      int               `json:"day_ends_hour" minimum:"0" maximum:"23" doc:"The hour at which the business day ends"`
	PricesIncludeTax bool              `json:"prices_include_tax"`
	Version          int               `json:"version"`
}

// Store is a place of business, and what its receipts say.
type Store struct {
	ID            uuid.UUID `json:"id"`
	Name          string    `json:"name" minLength:"1" maxLength:"120"`
	Address       string    `json:"address" maxLength:"500"`
	TimeZone      string    `json:"time_zone" doc:"IANA name"`
	LegalName     string    `json:"legal_name" maxLength:"200"`
	TaxNumber     string    `json:"tax_number" maxLength:"60"`
	LogoPNG       []byte    `json:"logo_png,omitempty" db:"logo_png"`
	ReceiptHeader string    `json:"receipt_header" maxLength:"500"`
	ReceiptFooter string    `json:"receipt_footer" maxLength:"500"`
	Phone         string    `json:"phone,omitempty" maxLength:"60"`
	LocationID    uuid.UUID `json:"location_id" readOnly:"true" doc:"Where it sells from"`
	Active        bool      `json:"active" readOnly:"true" doc:"A closed store sells no more; what it sold stays"`
	Version       int       `json:"version"`
}

// StoreClosing is emitted before a store is closed. Whoever has something open in it
// refuses, or puts it out of use.
type StoreClosing struct{ ID uuid.UUID }

// Opened is emitted while a new shop is made, inside its first transaction.
// Every module that a shop cannot do without lays its ground in reaction.
type Opened struct {
	Tenant  uuid.UUID
	Company Company
	Store   Store
	// Owner is the first person; its membership is made by module users.
	Owner NewOwner
}

// NewOwner is the account that the shop belongs to.
type NewOwner struct {
	PersonID  uuid.UUID
	AccountID uuid.UUID
	Name      string
	Email     string
}

// BusinessDate is the day that an instant belongs to: the store's calendar day,
// save that the hours before the business day ends still count for the day before.
func BusinessDate(at time.Time, zone *time.Location, dayEndsHour int) time.Time {
	local := at.In(zone).Add(-time.Duration(dayEndsHour) * time.Hour)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
}
