package approvals

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/wire"
)

// Row is a request or an approval as those see it who may answer.
type Row struct {
	ID           uuid.UUID          `json:"id"`
	Asked        wire.Asked         `json:"asked"`
	Reason       string             `json:"reason"`
	Way          wire.ApprovalWay   `json:"way" enum:"pin,request"`
	State        wire.ApprovalState `json:"state" enum:"open,approved,refused,withdrawn,expired"`
	StoreName    string             `json:"store_name"`
	RegisterName string             `json:"register_name"`
	AskedBy      uuid.UUID          `json:"asked_by"`
	AskedByName  string             `json:"asked_by_name"`
	AskedAt      time.Time          `json:"asked_at"`
	ExpiresAt    time.Time          `json:"expires_at"`
	DecidedBy    *uuid.UUID         `json:"decided_by,omitempty"`
	DecidedName  string             `json:"decided_by_name"`
	DecidedAt    *time.Time         `json:"decided_at,omitempty"`
	Answer       string             `json:"answer"`
	UsedFor      *uuid.UUID         `json:"used_for,omitempty"`
	UsedAt       *time.Time         `json:"used_at,omitempty"`
	// MayAnswer is the caller's: open, another's, and within his own limits.
	MayAnswer bool `json:"may_answer" db:"-"`
}

// ListIn filters the list.
type ListIn struct {
	State  string `query:"state" enum:"open,past," doc:"Left out: all"`
	Action string `query:"action" maxLength:"40"`
	Person string `query:"person_id" maxLength:"40" doc:"Asked or answered by"`
	Store  string `query:"store_id" maxLength:"40"`
	After  string `query:"after" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

const rowColumns = `
	select a.id, a.asked, a.reason, a.way, case when a.state = 'open' and a.expires_at <= @now then 'expired' else a.state end as state,
	       s.name as store_name, coalesce(g.name, '') as register_name, a.asked_by, coalesce(p.name, '') as asked_by_name, a.asked_at,
	       a.expires_at, a.decided_by, coalesce(d.name, '') as decided_name, a.decided_at, a.answer, a.used_for, a.used_at
	from   approvals a
	join   stores s on s.tenant_id = @tenant and s.id = a.store_id
	left   join registers g on g.tenant_id = @tenant and g.id = a.register_id
	left   join people p on p.tenant_id = @tenant and p.id = a.asked_by
	left   join people d on d.tenant_id = @tenant and d.id = a.decided_by
	where  a.tenant_id = @tenant and (@stores::uuid[] is null or a.store_id = any(@stores))`

const (
	listApprovals db.SQL = rowColumns + `
		and    (@state = '' or (a.state = 'open' and a.expires_at > @now) = (@state = 'open'))
		and    (@action = '' or a.action = @action)
		and    (@person::uuid is null or a.asked_by = @person or a.decided_by = @person)
		and    (@store::uuid is null or a.store_id = @store)
		and    (a.asked_at, a.id) < (@before::timestamptz, @before_id::uuid)
		order  by a.asked_at desc, a.id desc
		limit  @limit`

	showApproval db.SQL = rowColumns + `
		and    a.id = @id`
)

// List gives requests and approvals, the newest first. Fails with
// request.bad_cursor.
func List(ctx context.Context, tx *db.Tx, in ListIn) (wire.Page[Row], error) {
	limit := max(in.Limit, 1)
	before, beforeID := tx.Now().AddDate(1, 0, 0), uuid.Max
	if in.After != "" {
		parts, err := page.Decode(in.After, 2)
		if err != nil {
			return wire.Page[Row]{}, err
		}
		at, errAt := time.Parse(time.RFC3339Nano, parts[0])
		id, errID := uuid.Parse(parts[1])
		if errAt != nil || errID != nil {
			return wire.Page[Row]{}, page.BadCursor(errAt)
		}
		before, beforeID = at, id
	}
	rows, err := db.All[Row](ctx, tx, listApprovals, db.Args{
		"state": in.State, "action": in.Action, "person": idOrNone(in.Person), "store": idOrNone(in.Store),
		"before": before, "before_id": beforeID, "limit": limit + 1, "now": tx.Now(),
	})
	if err != nil {
		return wire.Page[Row]{}, err
	}
	out := wire.Page[Row]{Rows: rows}
	if len(rows) > limit {
		out.Rows = rows[:limit]
		last := out.Rows[limit-1]
		out.Next = page.Encode(last.AskedAt.Format(time.RFC3339Nano), last.ID.String())
	}
	for i := range out.Rows {
		out.Rows[i] = out.Rows[i].forCaller(ctx)
	}
	return out, nil
}

// idOrNone reads a filter; what is no id matches nobody's.
func idOrNone(text string) *uuid.UUID {
	if text == "" {
		return nil
	}
	id, _ := uuid.Parse(text)
	return &id
}

// Show gives one of them. Fails with approvals.unknown.
func Show(ctx context.Context, tx *db.Tx, in ID) (Row, error) { return find(ctx, tx, in) }

func find(ctx context.Context, tx *db.Tx, in ID) (Row, error) {
	row, found, err := db.Maybe[Row](ctx, tx, showApproval, db.Args{"id": in.ID, "now": tx.Now()})
	if err == nil && !found {
		err = unknown()
	}
	return row.forCaller(ctx), err
}

func (r Row) forCaller(ctx context.Context) Row {
	me := auth.From(ctx)
	r.MayAnswer = r.State == wire.ApprovalOpen && r.AskedBy != me.Person && me.Can(Answer) && me.Reach(r.Asked).Approves(r.Asked)
	if r.Asked.Lines == nil {
		r.Asked.Lines = []wire.AskedLine{}
	}
	return r
}
