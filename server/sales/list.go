package sales

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/money"
	"souk/shared/wire"
)

// ListIn filters the list of sales. Dates are business days, both included.
type ListIn struct {
	Q          string `query:"q" maxLength:"40" doc:"How the receipt's number begins"`
	From       string `query:"from" doc:"YYYY-MM-DD"`
	To         string `query:"to" doc:"YYYY-MM-DD"`
	RegisterID string `query:"register_id"`
	PersonID   string `query:"person_id"`
	ShiftID    string `query:"shift_id"`
	CustomerID string `query:"customer_id"`
	Kind       string `query:"kind" enum:"sale,refund,void,"`
	StoreID    string `query:"store_id"`
	MethodID   string `query:"method_id" doc:"Paid at least in part so"`
	ItemID     string `query:"item_id" doc:"With this item in it"`
	Flag       string `query:"flag" maxLength:"40" doc:"Only those with this flag"`
	Least      string `query:"least_minor" pattern:"^(-?[0-9]{1,15})?$" doc:"Totals of at least this; a refund's is negative"`
	Most       string `query:"most_minor" pattern:"^(-?[0-9]{1,15})?$"`
	Hour       string `query:"hour" pattern:"^([01]?[0-9]|2[0-3])?$" doc:"Completed within this hour by the store's clock"`
	Flagged    bool   `query:"flagged"`
	After      string `query:"after"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// SaleRow is one row of the list.
type SaleRow struct {
	ID           uuid.UUID     `json:"id" db:"id"`
	Kind         wire.SaleKind `json:"kind" db:"kind" enum:"sale,refund,void"`
	ReceiptNo    string        `json:"receipt_no" db:"receipt_no"`
	CompletedAt  time.Time     `json:"completed_at" db:"completed_at"`
	BusinessDate string        `json:"business_date" db:"business_date" format:"date"`
	StoreName    string        `json:"store_name" db:"store_name"`
	RegisterID   uuid.UUID     `json:"register_id" db:"register_id"`
	RegisterName string        `json:"register_name" db:"register_name"`
	PersonName   string        `json:"person_name" db:"person_name"`
	CustomerName string        `json:"customer_name" db:"customer_name"`
	Currency     string        `json:"currency" db:"currency"`
	Total        money.Amount  `json:"total_minor" db:"total_minor"`
	Flags        []string      `json:"flags" db:"flags" nullable:"false"`
}

// The bounds on completed_at are always there, so that the newest come from the
// index even for a day long past; a business day lies within two days of its date.
// "Is true" keeps the index by day out: from it all of a shop's sales would be
// read and sorted for a page of fifty.
const (
	saleColumns = `
		select s.id, s.kind, s.receipt_no, s.completed_at, s.business_date::text as business_date, st.name as store_name, s.register_id,
			r.name as register_name, coalesce(p.name, '') as person_name, coalesce(c.name, '') as customer_name, s.currency,
			s.total_minor, s.flags
		from   sales s
		join   stores st on st.tenant_id = @tenant and st.id = s.store_id
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		left   join people p on p.tenant_id = @tenant and p.id = s.person_id
		left   join customers c on c.tenant_id = @tenant and c.id = s.customer_id
		where  s.tenant_id = @tenant`

	// What each sale is looked at for once the index has found it.
	saleFilters = `
		and    (@method::uuid is null or exists (
			select from tenders t where t.tenant_id = @tenant and t.sale_id = s.id and t.method_id = @method))
		and    (@item::uuid is null or exists (
			select from sale_lines l where l.tenant_id = @tenant and l.sale_id = s.id and l.item_id = @item))
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		and    (@store::uuid is null or s.store_id = @store)
		and    (@flag::text = '' or s.flags @> array[@flag])
		and    (@least::bigint is null or s.total_minor >= @least)
		and    (@most::bigint is null or s.total_minor <= @most)
		and    (@hour::int is null or extract(hour from s.completed_at at time zone st.time_zone) = @hour)
		and    (s.completed_at, s.id) < (@before::timestamptz, @before_id::uuid)
		and    s.completed_at >= @since::timestamptz
		and    (s.business_date between @from::date and @to::date) is true
		and    (@kind::text = '' or s.kind = @kind)
		and    (@register::uuid is null or s.register_id = @register)
		and    (@person::uuid is null or s.person_id = @person)
		and    (@shift::uuid is null or s.shift_id = @shift)
		and    (@customer::uuid is null or s.customer_id = @customer)
		and    (not @flagged::bool or s.flags <> '{}')
		order  by s.completed_at desc, s.id desc
		limit  @limit`

	listSales db.SQL = saleColumns + saleFilters

	findSales db.SQL = saleColumns + `
		and    s.receipt_no ~>=~ @q::text and s.receipt_no ~<~ (@q::text || chr(1114111))` + saleFilters
)

// ownOnly is the caller where he sees but his own sales. A till, and work that the
// program does by itself, see what they are about.
func ownOnly(ctx context.Context) *uuid.UUID {
	actor := auth.From(ctx)
	if actor.Person == uuid.Nil || actor.Can(ReadAll) {
		return nil
	}
	return &actor.Person
}

// List gives sales, refunds and voids, the newest first; but his own to who sees no
// others'. It fails with
// request.bad_cursor, or with sales.filter_invalid for what is no date or id.
func List(ctx context.Context, tx *db.Tx, in ListIn) (wire.Page[SaleRow], error) {
	limit := in.Limit
	if limit < 1 {
		limit = 50
	}
	args, err := in.args(limit + 1)
	if err != nil {
		return wire.Page[SaleRow]{}, err
	}
	if own := ownOnly(ctx); own != nil {
		args["person"] = own
	}
	statement := listSales
	if q := strings.ToUpper(strings.TrimSpace(in.Q)); q != "" {
		statement, args["q"] = findSales, q
	}
	rows, err := db.All[SaleRow](ctx, tx, statement, args)
	if err != nil {
		return wire.Page[SaleRow]{}, err
	}
	out := wire.Page[SaleRow]{Rows: rows}
	if len(rows) > limit {
		out.Rows = rows[:limit]
		last := out.Rows[limit-1]
		out.Next = page.Encode(last.CompletedAt.Format(time.RFC3339Nano), last.ID.String())
	}
	return out, nil
}

var (
	firstDay = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(9999, 12, 28, 0, 0, 0, 0, time.UTC)
)

func (in ListIn) args(limit int) (db.Args, error) {
	from, err := dateOr(in.From, "from", firstDay)
	if err != nil {
		return nil, err
	}
	to, err := dateOr(in.To, "to", lastDay)
	if err != nil {
		return nil, err
	}
	before, beforeID := to.AddDate(0, 0, 3), uuid.Max
	if in.After != "" {
		if before, beforeID, err = cursor(in.After); err != nil {
			return nil, err
		}
	}
	args := db.Args{
		"from": from, "to": to, "since": from.AddDate(0, 0, -2), "before": before, "before_id": beforeID,
		"kind": in.Kind, "flagged": in.Flagged, "flag": in.Flag, "limit": limit,
	}
	for name, text := range map[string]string{
		"register": in.RegisterID, "person": in.PersonID, "shift": in.ShiftID, "customer": in.CustomerID,
		"store": in.StoreID, "method": in.MethodID, "item": in.ItemID,
	} {
		if args[name], err = idOrNone(text, name+"_id"); err != nil {
			return nil, err
		}
	}
	for name, text := range map[string]string{"least": in.Least, "most": in.Most, "hour": in.Hour} {
		if args[name], err = numberOrNone(text, name); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func cursor(after string) (time.Time, uuid.UUID, error) {
	parts, err := page.Decode(after, 2)
	if err != nil {
		return time.Time{}, uuid.Nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, parts[0])
	if err != nil {
		return time.Time{}, uuid.Nil, page.BadCursor(err)
	}
	id, err := uuid.Parse(parts[1])
	if err != nil {
		return time.Time{}, uuid.Nil, page.BadCursor(err)
	}
	return at, id, nil
}

func dateOr(text, path string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, invalid("sales.filter_invalid", path, "Write the date as YYYY-MM-DD.")
	}
	return day, nil
}

func numberOrNone(text, path string) (*int64, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no filter is neither a value nor a failure
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, invalid("sales.filter_invalid", path, "Write a whole number.")
	}
	return &number, nil
}

func idOrNone(text, path string) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no filter is neither a value nor a failure
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, invalid("sales.filter_invalid", path, "This is not an id.")
	}
	return &id, nil
}
