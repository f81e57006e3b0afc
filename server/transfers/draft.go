package transfers

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/fault"
)

// NewTransfer is a transfer to be drafted. The id is the caller's, so that making
// it twice makes one.
type NewTransfer struct {
	ID uuid.UUID `json:"id"`
	TransferFacts
}

// TransferEdit is what a draft becomes, and the version that was looked at.
type TransferEdit struct {
	TransferFacts
	Version int `json:"version"`
}

// TransferChange is a draft and what it becomes.
type TransferChange struct {
	ID   uuid.UUID `path:"id"`
	Body TransferEdit
}

// TransferStep is the version of a transfer that somebody acts on.
type TransferStep struct {
	Version int `json:"version"`
}

// Act is a transfer and the version of it that somebody acts on.
type Act struct {
	ID   uuid.UUID `path:"id"`
	Body TransferStep
}

const (
	readPlaces db.SQL = `
		select l.id, l.store_id, s.time_zone, c.day_ends_hour, c.currency
		from   locations l
		join   stores s on s.tenant_id = @tenant and s.id = l.store_id
		join   company c on c.tenant_id = @tenant
		where  l.tenant_id = @tenant and l.id = any(@places::uuid[])
		and    (@stores::uuid[] is null or l.store_id = any(@stores))`

	readArticles db.SQL = `
		select i.id, i.name, u.decimals, i.track_stock, i.cost_minor
		from   items i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		where  i.tenant_id = @tenant and i.id = any(@items::uuid[])`

	insertTransfer db.SQL = `
		insert into stock_transfers (tenant_id, id, number, from_store_id, from_location_id, to_store_id, to_location_id, note, created_by, created_at, updated_at)
		values (@tenant, @id, @number, @from_store, @from, @to_store, @to, @note, @person, @now, @now)`

	// Whoever sends works where it leaves, whoever receives where it arrives.
	holdTransfer db.SQL = `
		select number, state, from_location_id, to_location_id, version
		from   stock_transfers
		where  tenant_id = @tenant and id = @id
		and    (@stores::uuid[] is null or case when @arrives::boolean then to_store_id else from_store_id end = any(@stores))
		for    update`

	changeTransfer db.SQL = `
		update stock_transfers
		set    from_store_id = @from_store, from_location_id = @from, to_store_id = @to_store, to_location_id = @to, note = @note,
		       version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	dropLines db.SQL = `delete from stock_transfer_lines where tenant_id = @tenant and transfer_id = @id`

	insertLines db.SQL = `
		insert into stock_transfer_lines (tenant_id, transfer_id, line_no, item_id, quantity)
		select @tenant, @id, n.line_no, n.item, n.quantity
		from   unnest(@items::uuid[], @quantities::numeric[]) with ordinality as n (item, quantity, line_no)`

	cancelTransfer db.SQL = `
		update stock_transfers
		set    state = 'cancelled', cancelled_by = @person, cancelled_at = @now, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id`
)

// Draft prepares a transfer: nothing moves yet. Whoever is limited to some stores
// drafts between these only; a transfer that somebody else has drafted is sent and
// received by those who work where it leaves and arrives.
//
// Fails with transfers.place_unknown, same_place, item_unknown, item_twice,
// not_tracked, bad_quantity and too_fine.
func Draft(ctx context.Context, tx *db.Tx, in NewTransfer) (StockTransfer, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	r := tx.Reads()
	around := in.read(r)
	number := tills.ReadNext(r, "transfers")
	if err := r.Run(ctx); err != nil {
		return StockTransfer{}, err
	}
	from, to, err := around.check(in.TransferFacts)
	if err != nil {
		return StockTransfer{}, err
	}
	batch := tx.Batch()
	batch.Exec(insertTransfer, db.Args{
		"id": in.ID, "number": number.Row, "from_store": from.StoreID, "from": from.ID, "to_store": to.StoreID, "to": to.ID,
		"note": in.Note, "person": person(tx), "now": tx.Now(),
	})
	putLines(batch, in.ID, in.Lines)
	if err := batch.Flush(ctx); err != nil {
		return StockTransfer{}, err
	}
	return show(ctx, tx, in.ID)
}

// Change rewrites a draft, its lines too.
//
// Fails as Draft does, and with transfers.not_draft, transfers.changed_meanwhile
// and request.not_found.
func Change(ctx context.Context, tx *db.Tx, in TransferChange) (StockTransfer, error) {
	h, err := hold(ctx, tx, in.ID, false)
	if err != nil {
		return StockTransfer{}, err
	}
	if err := h.in(StateDraft, in.Body.Version); err != nil {
		return StockTransfer{}, err
	}
	r := tx.Reads()
	around := in.Body.read(r)
	if err := r.Run(ctx); err != nil {
		return StockTransfer{}, err
	}
	from, to, err := around.check(in.Body.TransferFacts)
	if err != nil {
		return StockTransfer{}, err
	}
	batch := tx.Batch()
	batch.Exec(changeTransfer, db.Args{
		"id": in.ID, "from_store": from.StoreID, "from": from.ID, "to_store": to.StoreID, "to": to.ID, "note": in.Body.Note, "now": tx.Now(),
	})
	batch.Exec(dropLines, db.Args{"id": in.ID})
	putLines(batch, in.ID, in.Body.Lines)
	if err := batch.Flush(ctx); err != nil {
		return StockTransfer{}, err
	}
	return show(ctx, tx, in.ID)
}

// Cancel gives a draft up. It stays in the list, and its number is not used again.
//
// Fails with transfers.not_draft, transfers.changed_meanwhile and request.not_found.
func Cancel(ctx context.Context, tx *db.Tx, in Act) (StockTransfer, error) {
	h, err := hold(ctx, tx, in.ID, false)
	if err != nil {
		return StockTransfer{}, err
	}
	if err := h.in(StateDraft, in.Body.Version); err != nil {
		return StockTransfer{}, err
	}
	batch := tx.Batch()
	batch.Exec(cancelTransfer, db.Args{"id": in.ID, "person": person(tx), "now": tx.Now()})
	if err := batch.Flush(ctx); err != nil {
		return StockTransfer{}, err
	}
	return show(ctx, tx, in.ID)
}

// surroundings are what a draft is checked against.
type surroundings struct {
	places   *[]place
	articles *[]article
}

func (f TransferFacts) read(r *db.Reads) surroundings {
	items := make([]uuid.UUID, len(f.Lines))
	for i, line := range f.Lines {
		items[i] = line.ItemID
	}
	return surroundings{
		places:   db.ReadAll[place](r, readPlaces, db.Args{"places": []uuid.UUID{f.FromLocationID, f.ToLocationID}}),
		articles: db.ReadAll[article](r, readArticles, db.Args{"items": items}),
	}
}

func (s surroundings) check(f TransferFacts) (from, to place, err error) {
	from, there := s.place(f.FromLocationID)
	to, here := s.place(f.ToLocationID)
	switch {
	case !there || !here:
		return from, to, fault.NotFound("transfers.place_unknown").Say("There is no such place to keep stock.")
	case from.ID == to.ID:
		return from, to, fault.Invalid("transfers.same_place", fault.At("to_location_id", "transfers.same_place", "")).
			Say("Goods cannot be sent to where they are. Choose another place.")
	}
	return from, to, f.check(*s.articles)
}

func (s surroundings) place(id uuid.UUID) (place, bool) {
	at := slices.IndexFunc(*s.places, func(p place) bool { return p.ID == id })
	if at < 0 {
		return place{}, false
	}
	return (*s.places)[at], true
}

func putLines(b *db.Batch, id uuid.UUID, lines []TransferLineIn) {
	if len(lines) == 0 {
		return
	}
	items, quantities := make([]uuid.UUID, len(lines)), make([]decimal.Decimal, len(lines))
	for i, line := range lines {
		items[i], quantities[i] = line.ItemID, line.Quantity
	}
	b.Exec(insertLines, db.Args{"id": id, "items": items, "quantities": quantities})
}

func hold(ctx context.Context, tx *db.Tx, id uuid.UUID, arrives bool) (head, error) {
	return db.One[head](ctx, tx, holdTransfer, db.Args{"id": id, "arrives": arrives})
}

func person(tx *db.Tx) uuid.NullUUID {
	return uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil}
}
