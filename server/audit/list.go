package audit

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Query says which rows are looked at. Dates are days by the clock of the shop's
// first store, both included.
type Query struct {
	From     string `query:"from" doc:"YYYY-MM-DD"`
	To       string `query:"to" doc:"YYYY-MM-DD"`
	PersonID string `query:"person_id" doc:"Whoever did it or approved it"`
	Table    string `query:"table" maxLength:"60"`
	Op       string `query:"op" enum:"insert,update,delete,fact,"`
	Entity   string `query:"entity" maxLength:"120" doc:"The key of one row"`
}

// Filter is Query as the body of a request.
type Filter struct {
	From     string `json:"from,omitempty" doc:"YYYY-MM-DD"`
	To       string `json:"to,omitempty" doc:"YYYY-MM-DD"`
	PersonID string `json:"person_id,omitempty"`
	Table    string `json:"table,omitempty" maxLength:"60"`
	Op       string `json:"op,omitempty" enum:"insert,update,delete,fact,"`
	Entity   string `json:"entity,omitempty" maxLength:"120"`
}

// ListIn asks for a page of the list.
type ListIn struct {
	Query
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// TrailRow is one row of the trail in the list.
type TrailRow struct {
	Seq          int64     `json:"seq" db:"seq"`
	At           time.Time `json:"at" db:"at"`
	PersonName   string    `json:"person_name" db:"person_name" doc:"Empty for the program itself"`
	DeviceName   string    `json:"device_name" db:"device_name" doc:"The till at which it was done"`
	ApproverName string    `json:"approver_name" db:"approver_name"`
	Action       string    `json:"action" db:"action" doc:"The route or the kind of background work"`
	Table        string    `json:"table" db:"tab"`
	Op           string    `json:"op" db:"op" enum:"insert,update,delete,fact"`
	Entity       string    `json:"entity" db:"entity" doc:"The key of the row; empty when there were several"`
	Name         string    `json:"name" db:"name" doc:"What it is called, where the row says so"`
	Count        int       `json:"count" db:"count" doc:"How many rows were written"`
	Fields       []string  `json:"fields" db:"fields" nullable:"false" doc:"What of the first one"`
}

const (
	readRow = `
		select a.seq, a.at, coalesce(p.name, d.name, i.name, '') as person_name, coalesce(t.name, '') as device_name, coalesce(v.name, '') as approver_name,
		       a.action, a.tab, a.op, coalesce(a.entity, '') as entity,
		       coalesce(a.detail -> 'rows' -> 0 -> 'after' ->> 'name', a.detail -> 'rows' -> 0 -> 'before' ->> 'name', a.detail ->> 'receipt_no', '') as name,
		       coalesce((a.detail ->> 'count')::int, jsonb_array_length(a.detail -> 'rows'), 1) as count,
		       coalesce((select array_agg(k order by k) from jsonb_object_keys(coalesce(a.detail -> 'rows' -> 0 -> 'after', a.detail -> 'rows' -> 0 -> 'before', '{}')) k), '{}') as fields`

	// Nobody is signed in yet who signs in: the session says who it is.
	fromRows = `
		from   audit a
		left   join people p on p.tenant_id = @tenant and p.id = a.actor
		left   join devices d on d.tenant_id = @tenant and d.id = a.actor
		left   join devices t on t.tenant_id = @tenant and t.id = a.device
		left   join people i on i.tenant_id = @tenant and a.actor is null and a.tab = 'sessions' and i.id = (a.detail -> 'rows' -> 0 -> 'after' ->> 'person_id')::uuid
		left   join people v on v.tenant_id = @tenant and v.id = a.approver`

	listRows db.SQL = readRow + fromRows + `
		where  a.tenant_id = @tenant and a.seq < @before
		and    (@from::date is null or a.at >= @from::timestamp at time zone (select s.time_zone from stores s where s.tenant_id = @tenant order by s.created_at, s.id limit 1))
		and    (@to::date is null or a.at < (@to::date + 1)::timestamp at time zone (select s.time_zone from stores s where s.tenant_id = @tenant order by s.created_at, s.id limit 1))
		and    (@person::uuid is null or a.actor = @person or a.approver = @person)
		and    (@table::text = '' or a.tab = @table)
		and    (@op::text = '' or a.op = @op)
		and    (@entity::text = '' or a.entity = @entity)
		order  by a.seq desc
		limit  @limit`
)

// List gives what was written, the newest first. It fails with request.bad_cursor and
// audit.filter_invalid.
func List(ctx context.Context, tx *db.Tx, in ListIn) (wire.Page[TrailRow], error) {
	args, err := in.args()
	if err != nil {
		return wire.Page[TrailRow]{}, err
	}
	limit := page.Limit(in.Limit)
	args["before"], args["limit"] = int64(1)<<62, limit+1
	if in.After != "" {
		parts, err := page.Decode(in.After, 1)
		if err != nil {
			return wire.Page[TrailRow]{}, err
		}
		if args["before"], err = strconv.ParseInt(parts[0], 10, 64); err != nil {
			return wire.Page[TrailRow]{}, page.BadCursor(err)
		}
	}
	rows, err := db.All[TrailRow](ctx, tx, listRows, args)
	return page.Cut(rows, limit, func(row TrailRow) []string { return []string{strconv.FormatInt(row.Seq, 10)} }), err
}

func (q Query) args() (db.Args, error) {
	args := db.Args{"table": q.Table, "op": q.Op, "entity": q.Entity, "person": nil, "from": nil, "to": nil}
	for name, text := range map[string]string{"from": q.From, "to": q.To} {
		if text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, badFilter(err)
		}
		args[name] = day
	}
	if q.PersonID != "" {
		person, err := uuid.Parse(q.PersonID)
		if err != nil {
			return nil, badFilter(err)
		}
		args["person"] = person
	}
	return args, nil
}

func badFilter(cause error) error {
	return fault.Invalid("audit.filter_invalid").Say("A filter of this list is not right. Choose the days and the person from the fields above the list.").Wrap(cause)
}

// RowID is a row by its number.
type RowID struct {
	Seq int64 `path:"seq" minimum:"1"`
}

// TrailChange is one row of a table as it was written.
type TrailChange struct {
	Key    string         `json:"key"`
	Before map[string]any `json:"before,omitempty"`
	After  map[string]any `json:"after,omitempty"`
}

// TrailEntry is a row of the trail with all that it tells.
type TrailEntry struct {
	TrailRow
	Changes  []TrailChange  `json:"changes" nullable:"false" doc:"At most 100"`
	First    []string       `json:"first" nullable:"false" doc:"The keys of the first of many rows, which are not told one by one"`
	Facts    map[string]any `json:"facts,omitempty" doc:"What is told of a fact"`
	Digest   string         `json:"digest,omitempty" doc:"SHA-256 of the fact, or of the many rows"`
	Hash     string         `json:"hash" doc:"The row's own, which seals it and all before it"`
	Currency string         `json:"currency"`
}

type entryRow struct {
	TrailRow
	Detail   json.RawMessage `db:"detail"`
	Hash     string          `db:"hash"`
	Currency string          `db:"currency"`
}

const readEntry db.SQL = readRow + `, a.detail, encode(a.hash, 'hex') as hash, c.currency` + fromRows + `
		join   company c on c.tenant_id = @tenant
		where  a.tenant_id = @tenant and a.seq = @seq`

// Show gives one row with what was before and after. It fails with request.not_found.
func Show(ctx context.Context, tx *db.Tx, in RowID) (TrailEntry, error) {
	row, err := db.One[entryRow](ctx, tx, readEntry, db.Args{"seq": in.Seq})
	if err != nil {
		return TrailEntry{}, err
	}
	out := TrailEntry{TrailRow: row.TrailRow, Changes: []TrailChange{}, First: []string{}, Hash: row.Hash, Currency: row.Currency}
	var told struct {
		Rows   []TrailChange `json:"rows"`
		First  []string      `json:"first"`
		Digest string        `json:"digest"`
	}
	if err := json.Unmarshal(row.Detail, &told); err != nil {
		return TrailEntry{}, err
	}
	out.Digest = told.Digest
	if told.Rows != nil {
		out.Changes = told.Rows
	}
	if told.First != nil {
		out.First = told.First
	}
	if row.Op == "fact" {
		if err := json.Unmarshal(row.Detail, &out.Facts); err != nil {
			return TrailEntry{}, err
		}
		delete(out.Facts, "digest")
	}
	return out, nil
}
