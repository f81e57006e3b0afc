package wire

import (
	"time"

	"github.com/google/uuid"

	"souk/shared/money"
)

// CashKind is what happened at a drawer beside sales.
type CashKind string

// The kinds. Only the first three move money.
const (
	CashIn     CashKind = "in"   // put into the drawer
	CashOut    CashKind = "out"  // taken out of it
	CashDrop   CashKind = "drop" // taken out of it, into the safe
	DrawerOpen CashKind = "open" // opened, with nothing sold
)

// CashReason is why; it says to which account the money goes, or whence it came.
type CashReason string

// The reasons.
const (
	ReasonPetty    CashReason = "petty"    // small expenses
	ReasonSupplier CashReason = "supplier" // a delivery paid at the door
	ReasonBank     CashReason = "bank"
	ReasonSafe     CashReason = "safe"
	ReasonOwner    CashReason = "owner"
	ReasonChange   CashReason = "change" // coins for change; for an opening: to change a note
	ReasonCheck    CashReason = "check"  // to look or to count
	ReasonOther    CashReason = "other"
)

// Reasons are those that a kind can have, the likeliest first.
func (k CashKind) Reasons() []CashReason {
	switch k {
	case CashIn:
		return []CashReason{ReasonChange, ReasonBank, ReasonOwner, ReasonOther}
	case CashOut:
		return []CashReason{ReasonPetty, ReasonSupplier, ReasonBank, ReasonOwner, ReasonOther}
	case CashDrop:
		return []CashReason{ReasonSafe}
	case DrawerOpen:
		return []CashReason{ReasonChange, ReasonCheck, ReasonOther}
	}
	return nil
}

// Effect is what an amount of this kind does to the drawer.
func (k CashKind) Effect(amount money.Amount) money.Amount {
	switch k {
	case CashIn:
		return amount
	case CashOut, CashDrop:
		return -amount
	case DrawerOpen:
	}
	return 0
}

// CashMoved is money that went into or out of a drawer, or a drawer that was
// opened. It has happened: nothing may refuse it later.
type CashMoved struct {
	ID         uuid.UUID    `json:"id"`
	ShiftID    uuid.UUID    `json:"shift_id"`
	Kind       CashKind     `json:"kind"`
	Reason     CashReason   `json:"reason"`
	Amount     money.Amount `json:"amount_minor" doc:"Never negative"`
	Note       string       `json:"note,omitempty"`
	PersonID   uuid.UUID    `json:"person_id"`
	ApprovedBy *uuid.UUID   `json:"approved_by,omitempty"`
	Approval   *Approval    `json:"approval,omitempty" db:"-"`
	At         time.Time    `json:"at"`
}

// CashAsked is what a person at a register asks for.
type CashAsked struct {
	Kind   CashKind     `json:"kind" enum:"in,out,drop,open"`
	Reason CashReason   `json:"reason" enum:"petty,supplier,bank,safe,owner,change,check,other"`
	Amount money.Amount `json:"amount_minor" minimum:"0"`
	Note   string       `json:"note" maxLength:"200"`
}

// What a person needs to be allowed at a drawer.
const (
	MayCashIn  Permission = "sales.cash_in"
	MayCashOut Permission = "sales.cash_out"
	MayDrop    Permission = "sales.safe_drop"
	MayOpen    Permission = "sales.drawer"
	MayReadX   Permission = "sales.x_report"
)

// Needs is the permission that a kind takes.
func (k CashKind) Needs() Permission {
	return map[CashKind]Permission{CashIn: MayCashIn, CashOut: MayCashOut, CashDrop: MayDrop, DrawerOpen: MayOpen}[k]
}
