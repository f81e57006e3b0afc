package approvals

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Decision is somebody's word on a request.
type Decision struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Approve bool   `json:"approve"`
		Answer  string `json:"answer,omitempty" maxLength:"200" doc:"Why"`
	}
}

const decide db.SQL = `
	update approvals
	set    state = @state, decided_by = @by, decided_at = @now, answer = @answer, expires_at = @expires
	where  tenant_id = @tenant and id = @id and state = 'open' and expires_at > @now and asked_by <> @by
	and    (@stores::uuid[] is null or store_id = any(@stores))`

// Decide approves a request or refuses it, once. The register that waits hears of
// it at once.
//
// Fails with approvals.unknown, approvals.own, approvals.beyond_you, and with
// approvals.over if it was answered, withdrawn or left too long before.
func Decide(ctx context.Context, tx *db.Tx, in Decision) (Row, error) {
	me := auth.From(ctx)
	row, err := find(ctx, tx, ID{in.ID})
	switch {
	case err != nil:
		return row, err
	case row.AskedBy == me.Person:
		return row, own()
	case !me.Reach(row.Asked).Approves(row.Asked):
		return row, beyond()
	}
	state := wire.ApprovalRefused
	if in.Body.Approve {
		state = wire.ApprovalGiven
	}
	changed, err := tx.Exec(ctx, decide, db.Args{
		"id": in.ID, "state": state, "by": me.Person, "now": tx.Now(), "answer": strings.TrimSpace(in.Body.Answer), "expires": tx.Now().Add(Lasting),
	})
	if err != nil {
		return row, err
	}
	if changed == 0 {
		return row, fault.Conflict("approvals.over").Say("This is settled already, or was withdrawn or left too long. Look at it again.")
	}
	return find(ctx, tx, ID{in.ID})
}
