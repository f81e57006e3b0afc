package sync

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// doubts say what a till found wrong with the audit trail.
var doubts = map[wire.AuditDoubt]string{
	wire.AuditShorter:  "it ends before that row",
	wire.AuditChanged:  "another row stands there",
	wire.AuditOtherKey: "it is signed by another key",
	wire.AuditUnsigned: "its newest signature is not genuine",
}

// hearWitness takes a till's word that the audit trail is not the one it was shown.
// Nothing is booked: it goes to the exceptions with the signed head that proves it.
// It always fails, with sync.audit_contradicted, or with sync.unreadable if it proves
// nothing.
func hearWitness(_ context.Context, tx *db.Tx, _ uuid.UUID, in wire.AuditContradicted) ([]string, error) {
	found, known := doubts[in.Doubt]
	proven := in.Kept == nil && in.Doubt == wire.AuditUnsigned || in.Kept != nil && in.Kept.Tenant == tx.TenantID() && in.Kept.Genuine()
	if !known || !proven {
		return nil, fault.Invalid(codeUnreadable).Say("This entry cannot be read. Enter it by hand.")
	}
	if in.Kept == nil {
		return nil, fault.Conflict("sync.audit_contradicted").
			Say("A till doubts the audit trail: its newest signature is not genuine. Tell whoever runs the server; “souk verify --audit” says more.")
	}
	return nil, fault.Conflict("sync.audit_contradicted").
		Messagef("A till keeps the audit trail's signed head of %s, row %d. It does not fit the trail any more: %s. If the shop was restored from a backup or given a new key since, settle this; if not, somebody has changed the trail: tell whoever runs the server.",
			in.Kept.At.UTC().Format(time.DateOnly), in.Kept.Seq, found)
}
