package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// What an ack may say besides the codes of the modules that book.
const (
	codeBodyDiffers  = "sync.body_differs"  // the id is taken by an entry with another body
	codeNumberReused = "sync.number_reused" // the device used the number before, for another entry
	codeUnreadable   = "sync.unreadable"
	codeUnknownKind  = "sync.unknown_kind"
	codeNotBooked    = "sync.not_booked"
)

// routeName marks the operations that are a till's entries.
const routeName = "sync"

const (
	// Two requests of one device wait for each other here, whichever was first.
	holdHead db.SQL = `
		select last_no
		from   upload_heads
		where  tenant_id = @tenant and device_id = @device
		for    update`

	readHead db.SQL = `
		select last_no
		from   upload_heads
		where  tenant_id = @tenant and device_id = @device`

	readEntry db.SQL = `
		select route, request_hash as hash, response
		from   operations
		where  tenant_id = @tenant and id = @id`

	keepEntry db.SQL = `
		insert into operations (tenant_id, id, actor, route, request_hash, status, response, at)
		values (@tenant, @id, @device, @route, @hash, 200, @response, @now)`

	moveHead db.SQL = `
		insert into upload_heads as h (tenant_id, device_id, last_no)
		values (@tenant, @device, @no)
		on conflict (tenant_id, device_id) do update set last_no = greatest(h.last_no, excluded.last_no)`
)

// Take takes a run of a till's journal, entry by entry, each in a transaction of
// its own. An entry that was taken before gets the same answer again and changes
// nothing. What cannot be booked goes to the exceptions, with its money, and the
// entries after it go on.
//
// It stops, without a fault, at an entry that does not follow the last one taken,
// and when the database goes away after at least one; the till sends the rest
// again. The answer says how far the device's journal is here; an upload without
// entries only asks that. Fails, if nothing could be taken, with
// server.database_down or server.busy.
func Take(ctx context.Context, database *db.DB, in wire.Upload) (wire.UploadAnswer, error) {
	u := upload{database: database, actor: auth.From(ctx)}
	answer := wire.UploadAnswer{}
	var err error
	if answer.Acks, err = u.takeAll(ctx, in.Entries); err != nil {
		return answer, err
	}
	if err := u.beat(ctx, in.Waiting-len(answer.Acks)); err != nil {
		slog.WarnContext(ctx, "a till's sign of life was not kept", "ref", web.RequestID(ctx), "device", u.actor.Device, "error", err)
	}
	if answer.Last, err = u.head(ctx); err != nil && len(answer.Acks) == 0 {
		return answer, err
	}
	return answer, nil
}

// takeAll takes entries in order, as far as it gets. It fails only if it could not
// take the first one.
func (u upload) takeAll(ctx context.Context, entries []wire.Entry) ([]wire.Ack, error) {
	acks := []wire.Ack{}
	for _, entry := range entries {
		ack, err := u.take(ctx, entry)
		if err != nil && len(acks) == 0 {
			return acks, err
		}
		if err != nil {
			slog.WarnContext(ctx, "an upload was taken in part", "ref", web.RequestID(ctx), "device", u.actor.Device, "error", err)
			break
		}
		if ack == nil {
			break
		}
		acks = append(acks, *ack)
	}
	return acks, nil
}

// head is the last entry taken of the device; 0 before the first.
func (u upload) head(ctx context.Context) (*int64, error) {
	var last int64
	err := u.database.Read(ctx, u.actor.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		last, _, err = db.Maybe[int64](ctx, tx, readHead, db.Args{"device": u.actor.Device})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &last, nil
}

// upload is one request of one device.
type upload struct {
	database *db.DB
	actor    auth.Actor
	// distrusted entries are kept for somebody to look at, and not booked.
	distrusted bool
}

// taking is one entry on its way through one transaction.
type taking struct {
	wire.Entry
	device uuid.UUID
	hash   []byte
	last   int64
	before *db.Found[kept]
}

// kept is an entry, or another operation, that was there before under the id.
type kept struct {
	Route    string
	Hash     []byte
	Response []byte
}

// take gives the entry's ack, or none if an entry before it is missing.
func (u upload) take(ctx context.Context, entry wire.Entry) (*wire.Ack, error) {
	if len(entry.Body) == 0 {
		entry.Body = json.RawMessage("null")
	}
	deal := book
	if u.distrusted {
		deal = func(ctx context.Context, tx *db.Tx, t taking) (wire.Ack, error) {
			return t.except(ctx, tx, t.ID, distrust)
		}
	}
	ack, err := u.attempt(ctx, entry, deal)
	if raced(err) {
		ack, err = u.attempt(ctx, entry, deal) // the same entry by another road: it is there now
	}
	if err == nil || passing(err) {
		return ack, err
	}
	slog.WarnContext(ctx, "a till's entry could not be booked", "ref", web.RequestID(ctx),
		"device", u.actor.Device, "entry", entry.ID, "kind", entry.Kind, "error", err)
	trouble := troubleOf(err)
	return u.attempt(ctx, entry, func(ctx context.Context, tx *db.Tx, t taking) (wire.Ack, error) {
		return t.except(ctx, tx, t.ID, trouble)
	})
}

// raced holds if someone else kept the entry between our look and our write.
func raced(err error) bool { return db.IsUnique(err, "operations_pkey") }

// attempt runs one way of dealing with a new entry in one transaction. An error
// undoes all of it.
func (u upload) attempt(ctx context.Context, entry wire.Entry, deal func(context.Context, *db.Tx, taking) (wire.Ack, error)) (ack *wire.Ack, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			ack, err = nil, fmt.Errorf("panic while booking: %v", problem)
		}
	}()
	sum := sha256.Sum256(entry.Body)
	t := taking{Entry: entry, device: u.actor.Device, hash: sum[:]}
	err = u.database.Tenant(ctx, u.actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
		ack = nil
		r := tx.Reads()
		head := db.ReadMaybe[int64](r, holdHead, db.Args{"device": t.device})
		t.before = db.ReadMaybe[kept](r, readEntry, db.Args{"id": t.ID})
		if err := r.Run(ctx); err != nil {
			return err
		}
		t.last = head.Row
		made, err := t.answer(ctx, tx, deal)
		ack = made
		return err
	})
	return ack, err
}

func (t taking) answer(ctx context.Context, tx *db.Tx, deal func(context.Context, *db.Tx, taking) (wire.Ack, error)) (*wire.Ack, error) {
	switch {
	case t.before.Found && (t.before.Row.Route != routeName || !bytes.Equal(t.before.Row.Hash, t.hash)):
		// The other one keeps the id; this one gets a name made of both, so that it too is kept once.
		ack, err := t.except(ctx, tx, uuid.NewSHA1(t.ID, t.hash), trouble{
			code: codeBodyDiffers, detail: "An entry with this id was taken before with another content. Compare the two.",
		})
		if err == nil {
			err = t.advance(tx)
		}
		return &ack, err
	case t.before.Found:
		ack, err := t.again()
		if err == nil {
			err = t.advance(tx)
		}
		return ack, err
	case t.No > t.last+1:
		return nil, nil
	}
	ack, err := deal(ctx, tx, t)
	if err != nil {
		return nil, err
	}
	if t.No <= t.last && ack.Outcome != wire.AckException {
		ack.Outcome, ack.Code = wire.AckFlagged, codeNumberReused
	}
	return &ack, t.keep(tx, ack)
}

// again gives the stored ack under the number that the entry has now: it has
// another one if the computer was paired anew.
func (t taking) again() (*wire.Ack, error) {
	var ack wire.Ack
	if err := json.Unmarshal(t.before.Row.Response, &ack); err != nil {
		return nil, fmt.Errorf("read the answer to entry %s: %w", t.ID, err)
	}
	ack.No = t.No
	return &ack, nil
}

func (t taking) ack(outcome wire.AckOutcome, code string) wire.Ack {
	return wire.Ack{No: t.No, ID: t.ID, Hash: hex.EncodeToString(t.hash), Outcome: outcome, Code: code}
}

func (t taking) keep(tx *db.Tx, ack wire.Ack) error {
	response, err := json.Marshal(ack)
	if err != nil {
		return err
	}
	batch := tx.Batch()
	batch.Exec(keepEntry, db.Args{
		"id": t.ID, "device": t.device, "route": routeName, "hash": t.hash, "response": response, "now": tx.Now(),
	})
	if err := batch.Done(); err != nil {
		return err
	}
	return t.advance(tx)
}

// advance counts the entry as taken if it is the next one.
func (t taking) advance(tx *db.Tx) error {
	if t.No != t.last+1 {
		return nil
	}
	batch := tx.Batch()
	batch.Exec(moveHead, db.Args{"device": t.device, "no": t.No})
	return batch.Done()
}

// book hands the entry to the module that it belongs to.
func book(ctx context.Context, tx *db.Tx, t taking) (wire.Ack, error) {
	into, known := books[t.Kind]
	if !known {
		return wire.Ack{}, fault.Invalid(codeUnknownKind).Messagef("This server does not know entries of kind %q. Update it, then enter this by hand.", t.Kind)
	}
	flags, err := into(ctx, tx, auth.From(ctx).Register, t.Body)
	if err != nil {
		return wire.Ack{}, err
	}
	if len(flags) > 0 {
		return t.ack(wire.AckFlagged, flags[0]), nil
	}
	return t.ack(wire.AckBooked, ""), nil
}
