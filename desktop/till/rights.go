package till

import "souk/shared/wire"

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
