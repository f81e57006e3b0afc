package sync

import (
	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// place is where the change stream stands.
type place struct {
	Epoch uuid.UUID
	Head  int64
}

func (p place) cursor() wire.Cursor { return wire.Cursor{Epoch: p.Epoch, Seq: p.Head} }

const readPlace db.SQL = `
	select database_epoch() as epoch, coalesce(max(seq), 0) as head
	from   changes
	where  tenant_id = @tenant`

// readCursor must be the first of a set of reads: what comes after it is then as
// new as the cursor or newer, and a change in between is told again, not lost.
func readCursor(r *db.Reads) *db.Found[place] {
	return db.ReadMaybe[place](r, readPlace, db.Args{})
}
