package till

import (
	"slices"

	"souk/shared/wire"
)

// What a person needs to be allowed at the till beyond selling.
const (
	mayDiscount wire.Permission = "sales.discount"
	mayPrice    wire.Permission = "sales.price"
)

// allowed fails unless the signed-in person has the permission.
func (e *Engine) allowed(permission wire.Permission) error {
	if e.person == nil {
		return errSignedOut
	}
	if !slices.Contains(e.person.Permissions, permission) {
		return errForbidden
	}
	return nil
}

// selling fails unless goods can be sold now.
func (e *Engine) selling() error {
	switch e.phase() {
	case wire.PhaseUnpaired:
		return errNotPaired
	case wire.PhaseFetching:
		return errFetching
	case wire.PhaseLocked:
		return errSignedOut
	case wire.PhaseNoShift:
		return errNoShift
	case wire.PhaseSelling:
	}
	if e.link.Blocked != "" {
		return errBlocked.Say(e.link.Blocked)
	}
	if e.failing {
		return errDiskFailing
	}
	return nil
}
