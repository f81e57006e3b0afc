package sync

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// ExceptionFilter says which exceptions are wanted, newest first.
type ExceptionFilter struct {
	Resolved bool   `query:"resolved" doc:"Those that were settled, too"`
	After    string `query:"after"`
	Limit    int    `query:"limit" minimum:"0" maximum:"200"`
}

// UploadException is an entry of a till that could not be booked.
type UploadException struct {
	ID             uuid.UUID       `json:"id"`
	DeviceID       uuid.UUID       `json:"device_id"`
	RegisterNumber int             `json:"register_number"`
	RegisterName   string          `json:"register_name"`
	EntryNo        int64           `json:"entry_no"`
	Kind           string          `json:"kind"`
	Code           string          `json:"code"`
	Detail         string          `json:"detail"`
	Amount         money.Amount    `json:"amount_minor" db:"amount_minor"`
	Body           json.RawMessage `json:"body"`
	ReceivedAt     time.Time       `json:"received_at"`
	ResolvedAt     *time.Time      `json:"resolved_at,omitempty"`
	ResolvedByName string          `json:"resolved_by_name,omitempty"`
}

const (
	listExceptions db.SQL = `
		select x.id, x.device_id, r.number as register_number, r.name as register_name, x.entry_no, x.kind, x.code, x.detail,
		       x.amount_minor, x.body, x.received_at, x.resolved_at, coalesce(p.name, '') as resolved_by_name
		from   upload_exceptions x
		join   devices d on d.tenant_id = @tenant and d.id = x.device_id
		join   registers r on r.tenant_id = @tenant and r.id = d.register_id
		left   join people p on p.tenant_id = @tenant and p.id = x.resolved_by
		where  x.tenant_id = @tenant
		and    (@stores::uuid[] is null or r.store_id = any(@stores))
		and    (@resolved or x.resolved_at is null)
		and    (@after_id::uuid is null or (x.received_at, x.id) < (@after_at::timestamptz, @after_id))
		order  by x.received_at desc, x.id desc
		limit  @limit`

	resolveException db.SQL = `
		update upload_exceptions
		set    resolved_at = coalesce(resolved_at, @now), resolved_by = coalesce(resolved_by, @by)
		where  tenant_id = @tenant and id = @id
		and    exists (
			select from devices d
			join   registers r on r.tenant_id = @tenant and r.id = d.register_id
			where  d.tenant_id = @tenant and d.id = upload_exceptions.device_id and (@stores::uuid[] is null or r.store_id = any(@stores)))`
)

// ListExceptions lists what tills sent and could not be booked, newest first.
//
// Fails with request.bad_cursor.
func ListExceptions(ctx context.Context, tx *db.Tx, in ExceptionFilter) (wire.Page[UploadException], error) {
	limit := page.Limit(in.Limit)
	args := db.Args{"resolved": in.Resolved, "after_at": nil, "after_id": nil, "limit": limit + 1}
	if in.After != "" {
		parts, err := page.Decode(in.After, 2)
		if err != nil {
			return wire.Page[UploadException]{}, err
		}
		at, atErr := time.Parse(time.RFC3339Nano, parts[0])
		id, idErr := uuid.Parse(parts[1])
		if atErr != nil || idErr != nil {
			return wire.Page[UploadException]{}, page.BadCursor(atErr)
		}
		args["after_at"], args["after_id"] = at, id
	}
	rows, err := db.All[UploadException](ctx, tx, listExceptions, args)
	return page.Cut(rows, limit, func(x UploadException) []string {
		return []string{x.ReceivedAt.UTC().Format(time.RFC3339Nano), x.ID.String()}
	}), err
}

// Resolution says that somebody has dealt with an exception.
type Resolution struct {
	ID         uuid.UUID `json:"id"`
	ResolvedAt time.Time `json:"resolved_at"`
}

// ExceptionID names an exception.
type ExceptionID struct {
	ID uuid.UUID `path:"id"`
}

// Resolve marks an exception as settled by the caller. The entry stays as it
// came; one that is settled already keeps who settled it.
//
// Fails with sync.exception_unknown.
func Resolve(ctx context.Context, tx *db.Tx, in ExceptionID) (Resolution, error) {
	rows, err := tx.Exec(ctx, resolveException, db.Args{"id": in.ID, "by": tx.ActorID(), "now": tx.Now()})
	if err == nil && rows == 0 {
		err = fault.NotFound("sync.exception_unknown").Say("This exception is not there.")
	}
	return Resolution{ID: in.ID, ResolvedAt: tx.Now()}, err
}
