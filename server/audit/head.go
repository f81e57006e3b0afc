package audit

import (
	"context"

	"souk/server/platform/db"
	"souk/shared/audit"
	"souk/shared/wire"
)

// KnownHead is the row that a till keeps a signed head for.
type KnownHead struct {
	Seq int64 `query:"seq" minimum:"0" doc:"0 if it keeps none"`
}

const readHash db.SQL = `select hash from audit where tenant_id = @tenant and seq = @seq`

// ShowHead gives a till the newest signed head of the shop's trail, and what the row
// that it knows looks like here, so that whoever writes the trail anew has to do so on
// every till as well.
func ShowHead(ctx context.Context, tx *db.Tx, in KnownHead) (wire.AuditStand, error) {
	r := tx.Reads()
	head := db.ReadMaybe[headRow](r, readLastHead, db.Args{})
	known := db.ReadMaybe[[]byte](r, readHash, db.Args{"seq": in.Seq})
	if err := r.Run(ctx); err != nil {
		return wire.AuditStand{}, err
	}
	var out wire.AuditStand
	if head.Found {
		newest := head.Row.head(tx.TenantID())
		out.Head = &newest
	}
	if known.Found {
		out.Known = new(audit.Hash)
		copy(out.Known[:], known.Row)
	}
	return out, nil
}
