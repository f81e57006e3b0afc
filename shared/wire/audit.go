package wire

import (
	"time"

	"souk/shared/audit"
)

// AuditStand is where a shop's audit trail stands, for a till that keeps an earlier
// signed head of it.
type AuditStand struct {
	Head *audit.Head `json:"head,omitempty" doc:"The newest that is signed"`
	// Known is the hash of the row that the till asked about, as it is now.
	Known *audit.Hash `json:"known,omitempty" doc:"The hash of the row that was asked about; absent if there is no such row"`
}

// AuditDoubt is what is wrong with an audit trail.
type AuditDoubt string

// The doubts.
const (
	AuditShorter  AuditDoubt = "shorter"   // the row that was signed for is not there
	AuditChanged  AuditDoubt = "changed"   // another row stands in its place
	AuditOtherKey AuditDoubt = "other_key" // it is signed by another key than before
	AuditUnsigned AuditDoubt = "unsigned"  // the newest signature is not genuine, or of another shop
)

// AuditContradicted is a till's word that a shop's audit trail is not the one whose
// signed head it keeps.
type AuditContradicted struct {
	Kept  *audit.Head `json:"kept,omitempty"`
	Found *audit.Head `json:"found,omitempty"`
	Doubt AuditDoubt  `json:"doubt"`
	At    time.Time   `json:"at"`
}
