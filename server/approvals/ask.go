package approvals

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

const (
	// Asking is how long a request waits for its answer.
	Asking = 10 * time.Minute
	// Lasting is how long an approval waits to be used.
	Lasting = 24 * time.Hour
)

// Request is what somebody asks others to approve: what he was refused, unchanged.
type Request struct {
	ID         uuid.UUID  `json:"id" doc:"Made by the caller (UUIDv7)"`
	RegisterID *uuid.UUID `json:"register_id,omitempty"`
	StoreID    *uuid.UUID `json:"store_id,omitempty" doc:"Where no register is"`
	Asked      wire.Asked `json:"asked"`
	Reason     string     `json:"reason,omitempty" maxLength:"200"`
}

const (
	storeThere db.SQL = `
		select id from stores where tenant_id = @tenant and id = @store and (@stores::uuid[] is null or id = any(@stores))`

	insertApproval db.SQL = `
		insert into approvals (tenant_id, id, store_id, register_id, device_id, action, asked, asked_hash, reason, way, state, asked_by,
			asked_at, expires_at, decided_by, decided_at)
		values (@tenant, @id, @store, @register, @device, @action, @asked, @hash, @reason, @way, @state, @by,
			@now, @expires, @decider, @decided)`

	readAnswer db.SQL = `
		select a.id, case when a.state = 'open' and a.expires_at <= @now then 'expired' else a.state end as state,
		       a.decided_by as by, coalesce(p.name, '') as by_name, a.decided_at as at, a.answer, a.expires_at
		from   approvals a
		left   join people p on p.tenant_id = @tenant and p.id = a.decided_by
		where  a.tenant_id = @tenant and a.id = @id and (@all or a.asked_by = @by) and (@stores::uuid[] is null or a.store_id = any(@stores))`

	withdraw db.SQL = `
		update approvals
		set    state = 'withdrawn'
		where  tenant_id = @tenant and id = @id and (asked_by = @by or device_id = @device) and state = 'open' and (@stores::uuid[] is null or store_id = any(@stores))`
)

// place is where something is asked.
type place struct {
	store    uuid.UUID
	register *uuid.UUID
	device   *uuid.UUID
}

func (in Request) place(ctx context.Context, tx *db.Tx) (place, error) {
	p := place{register: in.RegisterID}
	if device := auth.From(ctx).Device; device != uuid.Nil {
		p.device = &device
	}
	statement, args := storeOfRegister, db.Args{"register": in.RegisterID}
	if in.RegisterID == nil {
		statement, args = storeThere, db.Args{"store": in.StoreID}
	}
	store, found, err := db.Maybe[uuid.UUID](ctx, tx, statement, args)
	if err == nil && !found {
		err = noPlace()
	}
	p.store = store
	return p, err
}

// Ask puts what somebody was refused before those who may approve it. They have
// ten minutes. The same request again changes nothing.
//
// Fails with approvals.place_unknown, approvals.not_here and approvals.nothing_asked.
func Ask(ctx context.Context, tx *db.Tx, in Request) (wire.ApprovalAnswer, error) {
	return ask(ctx, tx, in, auth.From(ctx).Person)
}

func ask(ctx context.Context, tx *db.Tx, in Request, asker uuid.UUID) (wire.ApprovalAnswer, error) {
	if err := sound(in.Asked); err != nil {
		return wire.ApprovalAnswer{}, err
	}
	at, err := in.place(ctx, tx)
	if err != nil {
		return wire.ApprovalAnswer{}, err
	}
	r := tx.Reads()
	people := db.ReadAll[staff](r, readStaff, db.Args{"store": at.store})
	reaches := ReadReaches(ctx, r, []uuid.UUID{asker})
	before := db.ReadMaybe[wire.ApprovalAnswer](r, readAnswer, db.Args{"id": in.ID, "by": asker, "all": false, "now": tx.Now()})
	if err := r.Run(ctx); err != nil || before.Found {
		return before.Row, err
	}
	if !slices.ContainsFunc(*people, func(s staff) bool { return s.ID == asker && s.Here }) {
		return wire.ApprovalAnswer{}, fault.Forbidden("approvals.not_here").Say("Whoever asks does not work in this store.")
	}
	// What he was told his limit is may be long past; those who decide see it as it is.
	in.Asked.Limit = reaches.Of(asker, in.Asked).Limit()
	expires := tx.Now().Add(Asking)
	err = insert(tx.Batch(), in, at, written{asker: asker, way: wire.ApprovedByRequest, state: wire.ApprovalOpen, expires: expires})
	return wire.ApprovalAnswer{ID: in.ID, State: wire.ApprovalOpen, ExpiresAt: expires.UTC()}, err
}

// sound fails for what is no request at all.
func sound(asked wire.Asked) error {
	known := asked.Action == wire.ActionRight && asked.Permission != ""
	for _, action := range wire.LimitedActions() {
		known = known || action == asked.Action
	}
	if !known || asked.Amount < 0 {
		return fault.Invalid("approvals.nothing_asked").Say("Say what is to be approved. Try again at the register.")
	}
	return nil
}

// written is what is written of an approval beside what was asked.
type written struct {
	asker   uuid.UUID
	way     wire.ApprovalWay
	state   wire.ApprovalState
	expires time.Time
	decider *uuid.UUID
}

func insert(b *db.Batch, in Request, at place, w written) error {
	content, err := json.Marshal(in.Asked)
	if err != nil {
		return err
	}
	now := b.Tx().Now()
	args := db.Args{
		"id": in.ID, "store": at.store, "register": at.register, "device": at.device, "action": in.Asked.Action, "asked": content,
		"hash": limits.Hash(in.Asked), "reason": strings.TrimSpace(in.Reason), "way": w.way, "state": w.state, "by": w.asker,
		"now": now, "expires": w.expires, "decider": w.decider, "decided": nil,
	}
	if w.decider != nil {
		args["decided"] = now
	}
	b.Exec(insertApproval, args)
	return b.Done()
}

// ID names an approval.
type ID struct {
	ID uuid.UUID `path:"id"`
}

// ShowAnswer tells whoever asked how far it has come, and who may answer. A till
// hears it of its store. Fails with approvals.unknown.
func ShowAnswer(ctx context.Context, tx *db.Tx, in ID) (wire.ApprovalAnswer, error) {
	me := auth.From(ctx)
	answer, found, err := db.Maybe[wire.ApprovalAnswer](ctx, tx, readAnswer, db.Args{
		"id": in.ID, "by": me.Person, "all": me.Can(Answer) || me.Role == wire.Till, "now": tx.Now(),
	})
	if err == nil && !found {
		err = unknown()
	}
	return answer, err
}

// Withdraw takes a request of one's own back, or of one's own till's, that nobody
// has answered. One that was answered stays as it is. Fails with approvals.unknown.
func Withdraw(ctx context.Context, tx *db.Tx, in ID) (wire.ApprovalAnswer, error) {
	me := auth.From(ctx)
	device := &me.Device
	if me.Role != wire.Till {
		device = nil
	}
	if _, err := tx.Exec(ctx, withdraw, db.Args{"id": in.ID, "by": me.Person, "device": device}); err != nil {
		return wire.ApprovalAnswer{}, err
	}
	return ShowAnswer(ctx, tx, in)
}

func unknown() error {
	return fault.NotFound("approvals.unknown").Say("This request is not there. Ask again.")
}

// ByPIN is somebody's PIN on what another was refused.
type ByPIN struct {
	Request
	PersonID uuid.UUID `json:"person_id" doc:"Who approves"`
	PIN      string    `json:"pin" minLength:"4" maxLength:"12"`
}

// ApproveByPIN has somebody approve, at the caller's own register, what the caller
// was refused. Wrong PINs count as when signing in by PIN.
//
// Fails with auth.wrong_pin, auth.slow_down, approvals.own, approvals.beyond_you,
// approvals.place_unknown and approvals.nothing_asked.
func ApproveByPIN(ctx context.Context, database *db.DB, in ByPIN) (wire.ApprovalAnswer, error) {
	me := auth.From(ctx)
	if err := sound(in.Asked); err != nil {
		return wire.ApprovalAnswer{}, err
	}
	if in.PersonID == me.Person {
		return wire.ApprovalAnswer{}, own()
	}
	if err := users.CheckPIN(ctx, database, in.PersonID, in.PIN); err != nil {
		return wire.ApprovalAnswer{}, err
	}
	out := wire.ApprovalAnswer{ID: in.ID, State: wire.ApprovalGiven, By: &in.PersonID}
	err := database.Tenant(ctx, me.Identity(), func(ctx context.Context, tx *db.Tx) error {
		at, err := in.place(ctx, tx)
		if err != nil {
			return err
		}
		r := tx.Reads()
		people := db.ReadAll[staff](r, readStaff, db.Args{"store": at.store})
		roles := auth.ReadRoles(ctx, r)
		mine := ReadReaches(ctx, r, []uuid.UUID{me.Person})
		if err := r.Run(ctx); err != nil {
			return err
		}
		if out.ByName, err = who(*people, in.PersonID, roles.Roles(), in.Asked); err != nil {
			return err
		}
		in.Asked.Limit = mine.Of(me.Person, in.Asked).Limit()
		expires, now := tx.Now().Add(Lasting), tx.Now()
		out.ExpiresAt, out.At = expires.UTC(), &now
		return insert(tx.Batch(), in.Request, at, written{
			asker: me.Person, way: wire.ApprovedByPIN, state: wire.ApprovalGiven, expires: expires, decider: &in.PersonID,
		})
	})
	return out, err
}

// who names the approver, if he may approve this.
func who(people []staff, id uuid.UUID, roles auth.Roles, asked wire.Asked) (string, error) {
	for _, s := range people {
		if s.ID == id && mayApprove(s, roles, asked) {
			return s.Name, nil
		}
	}
	return "", beyond()
}

func own() error {
	return fault.Forbidden("approvals.own").Say("Nobody approves what he asked for himself. Ask someone else.")
}

func beyond() error {
	return fault.Forbidden("approvals.beyond_you").Say("This is more than you may approve yourself. Ask someone who may.")
}
