package wire

import (
	"net/mail"

	"github.com/google/uuid"
)

// MayFindCustomers and MayAddCustomers are what a person needs at a till to see
// customers and to add one.
const (
	MayFindCustomers Permission = "parties.read"
	MayAddCustomers  Permission = "parties.edit"
)

// TillCustomer is a customer as a till shows them, and no more of them than that.
// Of one who is not active any more a till learns the id alone, to forget them.
type TillCustomer struct {
	ID        uuid.UUID `json:"id" db:"id"`
	Name      string    `json:"name" db:"name"`
	Phone     string    `json:"phone,omitempty" db:"phone"`
	Email     string    `json:"email,omitempty" db:"email"`
	Code      string    `json:"code,omitempty" db:"code"`
	TaxNumber string    `json:"tax_number,omitempty" db:"tax_number"`
	Language  string    `json:"language,omitempty" db:"language"`
	Active    bool      `json:"active" db:"active"`
}

// NewCustomer is a customer whom a till has met.
type NewCustomer struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Phone string    `json:"phone,omitempty"`
	Email string    `json:"email,omitempty"`
}

// PlainAddress holds for an e-mail address without a display name besides it.
func PlainAddress(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}
