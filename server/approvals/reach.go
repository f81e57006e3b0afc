package approvals

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

// staff is someone who works here, as far as approvals look at him.
type staff struct {
	ID      uuid.UUID
	Name    string
	Role    wire.Role
	RoleID  *uuid.UUID
	HasPIN  bool `db:"has_pin"`
	Limited bool
	Here    bool
}

const (
	readStaff db.SQL = `
		select p.id, p.name, p.role, p.role_id, p.pin_hash <> '' as has_pin, l.stores is not null as limited,
		       (l.stores is null or @store::uuid is null or @store = any(l.stores)) as here
		from   people p
		cross  join lateral (
			select array_agg(o.store_id) as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id and p.role <> 'owner') l
		where  p.tenant_id = @tenant and p.active and (@stores::uuid[] is null or l.stores is null or l.stores && @stores)
		order  by lower(p.name), p.id`

	readSome db.SQL = `
		select p.id, p.name, p.role, p.role_id, p.pin_hash <> '' as has_pin, l.stores is not null as limited, true as here
		from   people p
		cross  join lateral (
			select array_agg(o.store_id) as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id and p.role <> 'owner') l
		where  p.tenant_id = @tenant and p.id = any(@people::uuid[])`
)

// Reaches are how far some people go by themselves, on their way.
type Reaches struct {
	people *[]staff
	roles  auth.RolesFound
}

// ReadReaches adds what says so of these people to what is being read.
func ReadReaches(ctx context.Context, r *db.Reads, people []uuid.UUID) Reaches {
	return Reaches{people: db.ReadAll[staff](r, readSome, db.Args{"people": people}), roles: auth.ReadRoles(ctx, r)}
}

// Of is how far a person goes in what is asked; not at all where he is not known.
func (x Reaches) Of(person uuid.UUID, asked wire.Asked) limits.Reach {
	at := slices.IndexFunc(*x.people, func(s staff) bool { return s.ID == person })
	if at < 0 {
		return limits.Reach{}
	}
	return reach((*x.people)[at], x.roles.Roles(), asked)
}

func reach(s staff, roles auth.Roles, asked wire.Asked) limits.Reach {
	rights := roles.In(s.Role, s.RoleID, s.Limited)
	return limits.Of(asked, func(p wire.Permission) bool { return rights[p] }, roles.Limits(s.Role, s.RoleID))
}

// mayApprove says whether a person may approve what another asked.
func mayApprove(s staff, roles auth.Roles, asked wire.Asked) bool {
	return s.Here && roles.In(s.Role, s.RoleID, s.Limited)[Answer] && reach(s, roles, asked).Approves(asked)
}

// Sound keeps those approvals that count: of someone else than the asker, who may
// approve and goes so far himself.
func (x Reaches) Sound(asker uuid.UUID, given []wire.Approval) []wire.Approval {
	roles := x.roles.Roles()
	return slices.DeleteFunc(slices.Clone(given), func(a wire.Approval) bool {
		at := slices.IndexFunc(*x.people, func(s staff) bool { return s.ID == a.By })
		return a.By == asker || at < 0 || !mayApprove((*x.people)[at], roles, a.Asked)
	})
}

// ApproversIn asks who may approve something at a place.
type ApproversIn struct {
	Asked      wire.Asked `json:"asked"`
	RegisterID *uuid.UUID `json:"register_id,omitempty"`
}

// Approvers gives those who may approve something of the caller's: others than
// himself who have the right and go so far themselves.
func Approvers(ctx context.Context, database *db.DB, in ApproversIn) (wire.Page[wire.Approver], error) {
	page, me := wire.Page[wire.Approver]{Rows: []wire.Approver{}}, auth.From(ctx)
	err := database.Read(ctx, me.Identity(), func(ctx context.Context, tx *db.Tx) error {
		place, err := placeOf(ctx, tx, in.RegisterID)
		if err != nil {
			return err
		}
		r := tx.Reads()
		people := db.ReadAll[staff](r, readStaff, db.Args{"store": place})
		found := auth.ReadRoles(ctx, r)
		if err := r.Run(ctx); err != nil {
			return err
		}
		roles := found.Roles()
		for _, s := range *people {
			if s.ID != me.Person && mayApprove(s, roles, in.Asked) {
				page.Rows = append(page.Rows, wire.Approver{ID: s.ID, Name: s.Name, Role: s.Role, HasPIN: s.HasPIN})
			}
		}
		return nil
	})
	return page, err
}

const storeOfRegister db.SQL = `
	select store_id
	from   registers
	where  tenant_id = @tenant and id = @register and (@stores::uuid[] is null or store_id = any(@stores))`

// placeOf is a register's store, none where no register is named.
func placeOf(ctx context.Context, tx *db.Tx, register *uuid.UUID) (*uuid.UUID, error) {
	if register == nil {
		return nil, nil //nolint:nilnil // it is about no register
	}
	store, found, err := db.Maybe[uuid.UUID](ctx, tx, storeOfRegister, db.Args{"register": register})
	if err == nil && !found {
		err = noPlace()
	}
	return &store, err
}

func noPlace() error {
	return fault.NotFound("approvals.place_unknown").Say("This place is not there. Choose another register.")
}
