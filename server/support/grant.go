package support

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Grant is one time that the shop lets support in.
type Grant struct {
	ID        uuid.UUID  `json:"id"`
	Reason    string     `json:"reason"`
	Role      wire.Role  `json:"role"`
	ViewOnly  bool       `json:"view_only"`
	CreatedAt time.Time  `json:"created_at"`
	EndsAt    time.Time  `json:"ends_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	GrantedBy string     `json:"granted_by"`
	// Open is set while support may come in by it.
	Open  bool     `json:"open"`
	Used  []string `json:"used" nullable:"false" doc:"Who of support came in by it"`
	Looks int      `json:"looks" doc:"What they looked at, counted"`
}

const (
	readGrants db.SQL = `
		select g.id, g.reason, g.role, g.view_only, g.created_at, g.ends_at, g.revoked_at, p.name as granted_by,
		       g.revoked_at is null and g.ends_at > @now as open, u.used, l.looks
		from   support_grants g
		join   people p on p.tenant_id = @tenant and p.id = g.granted_by
		cross  join lateral (
			select coalesce(array_agg(distinct w.name), '{}') as used
			from   sessions s
			join   people w on w.tenant_id = @tenant and w.id = s.person_id
			where  s.tenant_id = @tenant and s.support_grant_id = g.id) u
		cross  join lateral (
			select count(*) as looks from support_looks k where k.tenant_id = @tenant and k.grant_id = g.id) l
		where  g.tenant_id = @tenant
		order  by g.created_at desc, g.id desc
		limit  100`

	addGrant db.SQL = `
		insert into support_grants (tenant_id, id, granted_by, reason, role, view_only, created_at, ends_at)
		values (@tenant, @id, @by, @reason, @role, @view_only, @now, @ends)`

	revokeGrant db.SQL = `
		update support_grants set revoked_at = @now, revoked_by = @by
		where  tenant_id = @tenant and id = @id and revoked_at is null`

	endSessions db.SQL = `
		update sessions set revoked_at = @now where tenant_id = @tenant and support_grant_id = @id and revoked_at is null`

	grantThere db.SQL = `select exists (select from support_grants where tenant_id = @tenant and id = @id)`

	readLooks db.SQL = `
		select k.at, k.address, p.name as who
		from   support_looks k
		join   people p on p.tenant_id = @tenant and p.id = k.person_id
		where  k.tenant_id = @tenant and k.grant_id = @id
		order  by k.at desc, k.id desc
		limit  200`

	addLook db.SQL = `
		insert into support_looks (tenant_id, id, grant_id, person_id, at, address)
		values (@tenant, @id, @grant, @person, @now, @address)`
)

// List gives the grants of the shop, the newest first.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Grant], error) {
	grants, err := db.All[Grant](ctx, tx, readGrants, db.Args{"now": tx.Now()})
	return wire.Page[Grant]{Rows: grants}, err
}

// NewGrant says for how long, how far and why support may come in.
type NewGrant struct {
	ID       uuid.UUID `json:"id"`
	Hours    int       `json:"hours" enum:"1,4,24"`
	Reason   string    `json:"reason" minLength:"1" maxLength:"500"`
	Role     wire.Role `json:"role" doc:"What support sees, and may do unless it may only look"`
	ViewOnly bool      `json:"view_only"`
}

// Give lets the platform's support in for some hours.
//
// Fails with support.role, support.reason and support.in_support.
func Give(ctx context.Context, tx *db.Tx, in NewGrant) (web.None, error) {
	if in.Role.Level() == 0 || in.Role == wire.Owner {
		return web.None{}, fault.Invalid("support.role", fault.At("role", "support.role", "")).
			Say("Support gets one of the built-in roles, and never the owner's.")
	}
	reason := strings.TrimSpace(in.Reason)
	if reason == "" {
		return web.None{}, fault.Invalid("support.reason", fault.At("reason", "support.reason", "")).Say("Say what support is to look at.")
	}
	batch := tx.Batch()
	batch.Exec(addGrant, db.Args{
		"id": in.ID, "by": auth.From(ctx).Person, "reason": reason, "role": in.Role, "view_only": in.ViewOnly,
		"now": tx.Now(), "ends": tx.Now().Add(time.Duration(in.Hours) * time.Hour),
	})
	return web.None{}, batch.Done()
}

// Key names a grant.
type Key struct {
	ID uuid.UUID `path:"id"`
}

// Revoke ends a grant and every session by it at once. One that has ended already
// stays as it is.
//
// Fails with request.not_found.
func Revoke(ctx context.Context, tx *db.Tx, in Key) (web.None, error) {
	if err := known(ctx, tx, in.ID); err != nil {
		return web.None{}, err
	}
	auth.Changed(ctx, tx)
	batch := tx.Batch()
	batch.Exec(revokeGrant, db.Args{"id": in.ID, "by": auth.From(ctx).Person, "now": tx.Now()})
	batch.Exec(endSessions, db.Args{"id": in.ID, "now": tx.Now()})
	return web.None{}, batch.Done()
}

func known(ctx context.Context, tx *db.Tx, id uuid.UUID) error {
	there, err := db.One[bool](ctx, tx, grantThere, db.Args{"id": id})
	if err == nil && !there {
		err = fault.NotFound("request.not_found").Say("There is nothing here by that id.")
	}
	return err
}

// Look is something that support was shown.
type Look struct {
	At      time.Time `json:"at"`
	Address string    `json:"address" doc:"What was asked for"`
	Who     string    `json:"who"`
}

// ListLooks gives what support was shown by a grant, the last 200.
//
// Fails with request.not_found.
func ListLooks(ctx context.Context, tx *db.Tx, in Key) (wire.Page[Look], error) {
	if err := known(ctx, tx, in.ID); err != nil {
		return wire.Page[Look]{}, err
	}
	looks, err := db.All[Look](ctx, tx, readLooks, db.Args{"id": in.ID})
	return wire.Page[Look]{Rows: looks}, err
}

const mostAddress = 500

// Looked writes down what support is about to be shown.
func Looked(ctx context.Context, database *db.DB, actor auth.Actor, address string) error {
	if len(address) > mostAddress {
		address = strings.ToValidUTF8(address[:mostAddress], "")
	}
	return database.Tenant(db.WithAction(ctx, "support looks"), actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addLook, db.Args{
			"id": uuid.Must(uuid.NewV7()), "grant": actor.Support.Grant, "person": actor.Person, "now": tx.Now(), "address": address,
		})
		return err
	})
}
