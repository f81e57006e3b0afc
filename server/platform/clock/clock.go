// Package clock is the machine's clock, for what is outside of any transaction:
// backups and the health of the installation. A use case takes tx.Now instead.
package clock

import "time"

// Now is the present by this machine.
func Now() time.Time { return time.Now() }
