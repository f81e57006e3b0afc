package approvals

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

const (
	readGiven db.SQL = `
		select id, asked, decided_by as by, decided_at as at, way, reason
		from   approvals
		where  tenant_id = @tenant and id = any(@ids::uuid[]) and asked_by = @by and state = 'approved' and used_at is null and expires_at > @now
		and    (@stores::uuid[] is null or store_id = any(@stores))
		order  by id`

	// Held to the commit: of two requests that bring one approval, one uses it.
	holdGiven db.SQL = readGiven + `
		for    update`

	useApproval db.SQL = `
		update approvals
		set    used_at = @now, used_for = @for
		where  tenant_id = @tenant and id = any(@ids::uuid[]) and used_at is null and (@stores::uuid[] is null or store_id = any(@stores))`

	// A request's row is there already; of what was approved by PIN without the
	// server this is the first that it hears.
	recordApproval db.SQL = `
		insert into approvals (tenant_id, id, store_id, register_id, device_id, action, asked, asked_hash, reason, way, state, asked_by,
			asked_at, expires_at, decided_by, decided_at, used_for, used_at)
		values (@tenant, @id, @store, @register, @device, @action, @asked, @hash, @reason, @way, 'approved', @by,
			@at, @at, @decider, @at, @for, @used)
		on conflict (tenant_id, id) do update
		set    used_at = coalesce(approvals.used_at, excluded.used_at), used_for = coalesce(approvals.used_for, excluded.used_for)
		where  approvals.state = 'approved' and approvals.asked_by = excluded.asked_by`
)

// givenRow is an approval that waits to be used.
type givenRow struct {
	ID     uuid.UUID
	Asked  wire.Asked
	By     uuid.UUID
	At     time.Time
	Way    wire.ApprovalWay
	Reason string
}

// Given reads those of the named approvals that the caller may use: his own,
// approved and not used yet. The others are as if they were not named. With hold
// nobody else uses them meanwhile.
func Given(ctx context.Context, tx *db.Tx, ids []uuid.UUID, hold bool) ([]wire.Approval, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	statement := readGiven
	if hold {
		statement = holdGiven
	}
	rows, err := db.All[givenRow](ctx, tx, statement, db.Args{"ids": ids, "by": auth.From(ctx).Person, "now": tx.Now()})
	given := make([]wire.Approval, len(rows))
	for i, r := range rows {
		given[i] = wire.Approval(r)
	}
	return given, err
}

// Use marks approvals as used for a document, and names in the audit who gave them.
// What they are for has to be written after it.
func Use(b *db.Batch, document uuid.UUID, used ...wire.Approval) {
	if len(used) == 0 {
		return
	}
	ids := make([]uuid.UUID, len(used))
	for i, a := range used {
		ids[i] = a.ID
		b.ApprovedBy(a.By)
	}
	b.Exec(useApproval, db.Args{"ids": ids, "for": document, "now": b.Tx().Now()})
}

// Used is an approval that something took, as it is shown with it.
type Used struct {
	ID     uuid.UUID          `json:"id"`
	Action wire.LimitedAction `json:"action"`
	ByName string             `json:"by_name"`
	At     time.Time          `json:"at"`
	Way    wire.ApprovalWay   `json:"way" enum:"pin,request"`
	Reason string             `json:"reason"`
}

const readUsed db.SQL = `
	select a.id, a.action, coalesce(p.name, '') as by_name, a.decided_at as at, a.way, a.reason
	from   approvals a
	left   join people p on p.tenant_id = @tenant and p.id = a.decided_by
	where  a.tenant_id = @tenant and a.used_for = @for and (@stores::uuid[] is null or a.store_id = any(@stores))
	order  by a.decided_at, a.id`

// ReadUsed adds what a document took to what is being read.
func ReadUsed(r *db.Reads, document uuid.UUID) *[]Used {
	return db.ReadAll[Used](r, readUsed, db.Args{"for": document})
}

// One checks a single thing that is done as a whole, and says who approved it, if
// anyone had to. Fails with approvals.needed.
func One(ctx context.Context, tx *db.Tx, asked wire.Asked, id *uuid.UUID) (*wire.Approval, error) {
	actor := auth.From(ctx)
	reach := actor.Reach(asked)
	if reach.Covers(asked.Amount) {
		return nil, nil //nolint:nilnil // nobody had to
	}
	var given []wire.Approval
	if id != nil {
		var err error
		if given, err = Given(ctx, tx, []uuid.UUID{*id}, true); err != nil {
			return nil, err
		}
	}
	need, by := limits.Whole(asked, reach, given)
	if need != nil {
		return nil, limits.Refuse(*need)
	}
	return by, nil
}

// Recorded is what a till has done with approvals.
type Recorded struct {
	Store, Register, Device, Asker, For uuid.UUID
	At                                  time.Time
	Given                               []wire.Approval
}

// Record keeps the approvals that a till's people gave each other. Those of someone
// for himself are none and are left out.
func Record(b *db.Batch, in Recorded) error {
	for _, a := range in.Given {
		if a.By == in.Asker || a.By == uuid.Nil || a.ID == uuid.Nil {
			continue
		}
		content, err := json.Marshal(a.Asked)
		if err != nil {
			return err
		}
		b.ApprovedBy(a.By)
		way := a.Way
		if way != wire.ApprovedByRequest {
			way = wire.ApprovedByPIN
		}
		var device *uuid.UUID
		if in.Device != uuid.Nil {
			device = &in.Device
		}
		b.Exec(recordApproval, db.Args{
			"id": a.ID, "store": in.Store, "register": in.Register, "device": device, "action": a.Asked.Action, "asked": content,
			"hash": limits.Hash(a.Asked), "reason": a.Reason, "way": way, "by": in.Asker, "at": a.At, "decider": a.By, "for": in.For, "used": in.At,
		})
	}
	return b.Done()
}

// FlagUnapproved says that nobody who may has approved it.
const FlagUnapproved = "unapproved"

// RecordUsed keeps that a right was lent at a till and used there. It refuses
// nothing: what nobody could lend comes back as a flag. It fails with
// tills.register_unknown, for the caller to keep the entry as an exception.
func RecordUsed(ctx context.Context, tx *db.Tx, register uuid.UUID, in wire.ApprovalUsed) ([]string, error) {
	r := tx.Reads()
	store := db.ReadMaybe[uuid.UUID](r, storeOfRegister, db.Args{"register": register})
	reaches := ReadReaches(ctx, r, []uuid.UUID{in.PersonID, in.Approval.By})
	if err := r.Run(ctx); err != nil {
		return nil, err
	}
	if !store.Found {
		return nil, fault.NotFound("tills.register_unknown").Say("The register of this till is not there any more.")
	}
	flags := []string{}
	if len(reaches.Sound(in.PersonID, []wire.Approval{in.Approval})) == 0 {
		flags = append(flags, FlagUnapproved)
	}
	return flags, Record(tx.Batch(), Recorded{
		Store: store.Row, Register: register, Device: auth.From(ctx).Device, Asker: in.PersonID, For: in.Approval.ID, At: in.At.UTC(),
		Given: []wire.Approval{in.Approval},
	})
}

// AskFor is Ask by a till, for its person.
func AskFor(ctx context.Context, tx *db.Tx, in wire.ApprovalRequest) (wire.ApprovalAnswer, error) {
	register := auth.From(ctx).Register
	return ask(ctx, tx, Request{ID: in.ID, RegisterID: &register, Asked: in.Asked, Reason: in.Reason}, in.PersonID)
}
