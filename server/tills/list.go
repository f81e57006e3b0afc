package tills

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/money"
	"souk/shared/wire"
)

// ShiftFilter says which shifts are wanted, newest first.
type ShiftFilter struct {
	StoreID    uuid.UUID `query:"store_id"`
	RegisterID uuid.UUID `query:"register_id"`
	Open       bool      `query:"open" doc:"Only those that are open"`
	From       string    `query:"from" format:"date" doc:"First business date"`
	To         string    `query:"to" format:"date" doc:"Last business date"`
	After      string    `query:"after"`
	Limit      int       `query:"limit" minimum:"0" maximum:"200"`
}

// ShiftRow is a shift in the list. Expected, counted and difference are those of
// the Z report; an open shift has none.
type ShiftRow struct {
	ID             uuid.UUID     `json:"id"`
	RegisterID     uuid.UUID     `json:"register_id"`
	RegisterNumber int           `json:"register_number"`
	RegisterName   string        `json:"register_name"`
	RegisterKind   string        `json:"register_kind" enum:"till,browser"`
	StoreName      string        `json:"store_name"`
	Number         int           `json:"number"`
	BusinessDate   string        `json:"business_date" format:"date"`
	OpenedBy       uuid.UUID     `json:"opened_by"`
	OpenedByName   string        `json:"opened_by_name"`
	OpenedAt       time.Time     `json:"opened_at"`
	Float          money.Amount  `json:"float_minor" db:"float_minor"`
	ClosedByName   string        `json:"closed_by_name,omitempty"`
	ClosedAt       *time.Time    `json:"closed_at,omitempty"`
	Sales          *int          `json:"sales_count,omitempty"`
	Total          *money.Amount `json:"total_minor,omitempty" db:"total_minor"`
	Expected       *money.Amount `json:"expected_minor,omitempty" db:"expected_minor"`
	Counted        *money.Amount `json:"counted_minor,omitempty" db:"counted_minor"`
	Difference     *money.Amount `json:"difference_minor,omitempty" db:"difference_minor"`
}

const listShifts db.SQL = `
	select h.id, h.register_id, r.number as register_number, r.name as register_name, r.kind as register_kind, s.name as store_name,
	       h.number, h.business_date::text as business_date, h.opened_by, coalesce(o.name, '') as opened_by_name, h.opened_at,
	       h.float_minor, coalesce(c.name, '') as closed_by_name, h.closed_at, z.sales_count as sales, z.total_minor,
	       z.expected_minor, z.counted_minor, z.difference_minor
	from   shifts h
	join   registers r on r.tenant_id = @tenant and r.id = h.register_id
	join   stores s on s.tenant_id = @tenant and s.id = h.store_id
	left   join people o on o.tenant_id = @tenant and o.id = h.opened_by
	left   join people c on c.tenant_id = @tenant and c.id = h.closed_by
	left   join z_reports z on z.tenant_id = @tenant and z.shift_id = h.id
	where  h.tenant_id = @tenant
	and    (@stores::uuid[] is null or h.store_id = any(@stores))
	and    (@store::uuid is null or h.store_id = @store)
	and    (@register::uuid is null or h.register_id = @register)
	and    (not @open or h.closed_at is null)
	and    (@from::date is null or h.business_date >= @from)
	and    (@to::date is null or h.business_date <= @to)
	and    (@after_id::uuid is null or (h.opened_at, h.id) < (@after_at::timestamptz, @after_id))
	order  by h.opened_at desc, h.id desc
	limit  @limit`

// ListShifts lists shifts, newest first.
//
// Fails with request.bad_cursor.
func ListShifts(ctx context.Context, tx *db.Tx, in ShiftFilter) (wire.Page[ShiftRow], error) {
	limit := page.Limit(in.Limit)
	args := db.Args{
		"store": given(in.StoreID), "register": given(in.RegisterID), "open": in.Open, "from": orNull(in.From), "to": orNull(in.To),
		"after_at": nil, "after_id": nil, "limit": limit + 1,
	}
	if in.After != "" {
		parts, err := page.Decode(in.After, 2)
		if err != nil {
			return wire.Page[ShiftRow]{}, err
		}
		at, atErr := time.Parse(time.RFC3339Nano, parts[0])
		id, idErr := uuid.Parse(parts[1])
		if atErr != nil || idErr != nil {
			return wire.Page[ShiftRow]{}, page.BadCursor(atErr)
		}
		args["after_at"], args["after_id"] = at, id
	}
	rows, err := db.All[ShiftRow](ctx, tx, listShifts, args)
	return page.Cut(rows, limit, func(s ShiftRow) []string {
		return []string{s.OpenedAt.UTC().Format(time.RFC3339Nano), s.ID.String()}
	}), err
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func given(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }
