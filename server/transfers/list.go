package transfers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/inventory"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/platform/web"
	"souk/shared/money"
	"souk/shared/wire"
)

// TransferRow is a transfer in the list.
type TransferRow struct {
	ID         uuid.UUID     `json:"id" db:"id"`
	Number     int64         `json:"number" db:"number"`
	State      string        `json:"state" db:"state" enum:"draft,sent,received,cancelled"`
	FromStore  string        `json:"from_store" db:"from_store"`
	ToStore    string        `json:"to_store" db:"to_store"`
	Lines      int           `json:"line_count" db:"line_count"`
	Value      *money.Amount `json:"value_minor,omitempty" db:"value" doc:"What was sent was worth; left out of drafts, and for those who may not see costs"`
	Differs    bool          `json:"differs" db:"differs" doc:"Not all arrived as it was sent"`
	CreatedBy  string        `json:"created_by" db:"created_by"`
	CreatedAt  time.Time     `json:"created_at" db:"created_at"`
	SentAt     *time.Time    `json:"sent_at,omitempty" db:"sent_at"`
	ReceivedAt *time.Time    `json:"received_at,omitempty" db:"received_at"`
}

// TransferQuery asks for a part of the list.
type TransferQuery struct {
	State string    `query:"state" enum:"draft,sent,received,cancelled,"`
	Store uuid.UUID `query:"store" doc:"Sent from there or to there"`
	After string    `query:"after"`
	Limit int       `query:"limit" minimum:"0" maximum:"200"`
}

// GoodsOnTheirWay is all that is on its way now.
type GoodsOnTheirWay struct {
	Transfers int           `json:"transfers" db:"transfers"`
	Value     *money.Amount `json:"value_minor,omitempty" db:"value"`
}

// TransferID names a transfer in a path.
type TransferID struct {
	ID uuid.UUID `path:"id"`
}

const (
	listTransfers db.SQL = `
		select t.id, t.number, t.state, f.name as from_store, o.name as to_store, l.line_count, l.value, l.differs,
		       coalesce(p.name, '') as created_by, t.created_at, t.sent_at, t.received_at
		from   stock_transfers t
		join   stores f on f.tenant_id = @tenant and f.id = t.from_store_id
		join   stores o on o.tenant_id = @tenant and o.id = t.to_store_id
		left   join people p on p.tenant_id = @tenant and p.id = t.created_by
		cross  join lateral (
			select count(*) as line_count, sum(n.sent_minor)::bigint as value, coalesce(bool_or(n.written_off <> 0), false) as differs
			from   stock_transfer_lines n
			where  n.tenant_id = @tenant and n.transfer_id = t.id) l
		where  t.tenant_id = @tenant and (@state::text = '' or t.state = @state)
		and    (@stores::uuid[] is null or t.from_store_id = any(@stores) or t.to_store_id = any(@stores))
		and    (@store::uuid is null or t.from_store_id = @store or t.to_store_id = @store)
		and    (t.created_at, t.id) < (@after_at::timestamptz, @after_id::uuid)
		order  by t.created_at desc, t.id desc
		limit  @most`

	onTheirWay db.SQL = `
		select count(distinct t.id) as transfers, coalesce(sum(l.sent_minor), 0)::bigint as value
		from   stock_transfers t
		left   join stock_transfer_lines l on l.tenant_id = @tenant and l.transfer_id = t.id
		where  t.tenant_id = @tenant and t.state = 'sent'
		and    (@stores::uuid[] is null or t.from_store_id = any(@stores) or t.to_store_id = any(@stores))`

	readTransfer db.SQL = `
		select t.id, t.number, t.state, t.from_store_id, f.name as from_store, t.from_location_id, fl.name as from_location,
		       t.to_store_id, o.name as to_store, t.to_location_id, ol.name as to_location, t.note, coalesce(c.name, '') as created_by,
		       t.created_at, coalesce(s.name, '') as sent_by, t.sent_at, coalesce(r.name, '') as received_by, t.received_at,
		       coalesce(x.name, '') as cancelled_by, t.cancelled_at, t.version
		from   stock_transfers t
		join   stores f on f.tenant_id = @tenant and f.id = t.from_store_id
		join   locations fl on fl.tenant_id = @tenant and fl.id = t.from_location_id
		join   stores o on o.tenant_id = @tenant and o.id = t.to_store_id
		join   locations ol on ol.tenant_id = @tenant and ol.id = t.to_location_id
		left   join people c on c.tenant_id = @tenant and c.id = t.created_by
		left   join people s on s.tenant_id = @tenant and s.id = t.sent_by
		left   join people r on r.tenant_id = @tenant and r.id = t.received_by
		left   join people x on x.tenant_id = @tenant and x.id = t.cancelled_by
		where  t.tenant_id = @tenant and t.id = @id
		and    (@stores::uuid[] is null or t.from_store_id = any(@stores) or t.to_store_id = any(@stores))`

	readLines db.SQL = `
		select l.line_no, l.item_id, i.sku, i.name, i.unit, u.decimals, trim_scale(coalesce(b.on_hand, 0)) as on_hand,
		       trim_scale(l.quantity) as quantity, l.sent_minor as sent, trim_scale(l.received) as received,
		       trim_scale(l.written_off) as written_off, l.written_off_minor as loss, l.reason
		from   stock_transfer_lines l
		join   stock_transfers t on t.tenant_id = @tenant and t.id = l.transfer_id
		join   items i on i.tenant_id = @tenant and i.id = l.item_id
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		left   join stock_balances b on b.tenant_id = @tenant and b.item_id = l.item_id and b.location_id = t.from_location_id
		       and (@stores::uuid[] is null or t.from_store_id = any(@stores))
		where  l.tenant_id = @tenant and l.transfer_id = @id
		and    (@stores::uuid[] is null or t.from_store_id = any(@stores) or t.to_store_id = any(@stores))
		order  by l.line_no`
)

// List lists transfers, the newest first.
//
// Fails with request.bad_cursor.
func List(ctx context.Context, tx *db.Tx, in TransferQuery) (wire.Page[TransferRow], error) {
	at, id, err := after(in.After)
	if err != nil {
		return wire.Page[TransferRow]{}, err
	}
	limit := page.Limit(in.Limit)
	rows, err := db.All[TransferRow](ctx, tx, listTransfers, db.Args{
		"state": in.State, "store": uuid.NullUUID{UUID: in.Store, Valid: in.Store != uuid.Nil}, "after_at": at, "after_id": id, "most": limit + 1,
	})
	if err != nil {
		return wire.Page[TransferRow]{}, err
	}
	if !auth.From(ctx).Can(inventory.Cost) {
		for i := range rows {
			rows[i].Value = nil
		}
	}
	return page.Cut(rows, limit, func(t TransferRow) []string { return []string{t.CreatedAt.Format(time.RFC3339Nano), t.ID.String()} }), nil
}

func after(cursor string) (string, uuid.UUID, error) {
	if cursor == "" {
		return "infinity", uuid.Max, nil
	}
	parts, err := page.Decode(cursor, 2)
	if err != nil {
		return "", uuid.Nil, err
	}
	_, badTime := time.Parse(time.RFC3339Nano, parts[0])
	id, badID := uuid.Parse(parts[1])
	if badTime != nil || badID != nil {
		return "", uuid.Nil, page.BadCursor(badID)
	}
	return parts[0], id, nil
}

// OnTheirWay sums up what is sent and not received yet.
func OnTheirWay(ctx context.Context, tx *db.Tx, _ web.None) (GoodsOnTheirWay, error) {
	away, err := db.One[GoodsOnTheirWay](ctx, tx, onTheirWay, db.Args{})
	if !auth.From(ctx).Can(inventory.Cost) {
		away.Value = nil
	}
	return away, err
}

// Show gives one transfer with its lines.
//
// Fails with request.not_found.
func Show(ctx context.Context, tx *db.Tx, in TransferID) (StockTransfer, error) {
	return show(ctx, tx, in.ID)
}

func show(ctx context.Context, tx *db.Tx, id uuid.UUID) (StockTransfer, error) {
	out, err := db.One[StockTransfer](ctx, tx, readTransfer, db.Args{"id": id})
	if err != nil {
		return StockTransfer{}, err
	}
	works := auth.From(ctx).Stores
	out.Sends, out.Takes = works.Has(out.FromStoreID), works.Has(out.ToStoreID)
	if out.Lines, err = db.All[TransferLine](ctx, tx, readLines, db.Args{"id": id}); err != nil {
		return StockTransfer{}, err
	}
	if !auth.From(ctx).Can(inventory.Cost) {
		for i := range out.Lines {
			out.Lines[i].Sent, out.Lines[i].Loss = nil, nil
		}
	}
	return out, nil
}
