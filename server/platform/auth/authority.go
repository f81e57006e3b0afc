package auth

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Grants say which role has which permission, as the modules declare it. Under
// WholeCompany, which is nobody's role, stand the permissions that people who are
// limited to some stores do not have, whatever their role.
type Grants map[wire.Role]map[wire.Permission]bool

// WholeCompany is where Grants keep what concerns all stores at once.
const WholeCompany wire.Role = ""

// InSome is what is left of rights for someone who is limited to some stores.
func (g Grants) InSome(rights Rights) Rights {
	left := maps.Clone(rights)
	maps.DeleteFunc(left, func(permission wire.Permission, _ bool) bool { return g[WholeCompany][permission] })
	return left
}

// beyond is what nobody has who is limited, never nil.
func (g Grants) beyond() Rights {
	if whole := g[WholeCompany]; whole != nil {
		return whole
	}
	return Rights{}
}

// Authority resolves tokens to actors. What it finds is believed for five
// seconds at most, and dropped at once when the change stream says that people,
// roles, sessions or devices of a tenant have changed.
type Authority struct {
	// Catalogue is what a shop can give and take, by module. Set it before serving.
	Catalogue []Group
	// Shows are the permissions that let somebody see something: those that reading
	// routes and topics need. It is set at wiring.
	Shows Rights

	database *db.DB
	grants   Grants
	mu       sync.Mutex
	seen     map[uuid.UUID]map[string]remembered
	// forgets counts what was dropped of a tenant: an answer that was read before
	// must not be remembered after.
	forgets map[uuid.UUID]int
}

type remembered struct {
	actor Actor
	until time.Time
}

const believed = 5 * time.Second

// NewAuthority makes one for the whole program.
func NewAuthority(database *db.DB, grants Grants) *Authority {
	return &Authority{database: database, grants: grants, seen: map[uuid.UUID]map[string]remembered{}, forgets: map[uuid.UUID]int{}}
}

// A session at a till is over when its person does not work in that store any more.
const sessionByToken db.SQL = `
	select s.id as session_id, s.person_id, s.device_id, p.name, coalesce(g.role, p.role) as role, p.role_id, d.register_id, coalesce(d.series, '') as series,
	       b.grants as base_grants, b.denials as base_denials, coalesce(o.name, '') as role_name, o.grants as own_grants, o.denials as own_denials,
	       coalesce(b.limits, '{}') as base_limits, coalesce(o.limits, '{}') as own_limits,
	       r.store_id, l.stores, coalesce(s.proven_at, s.created_at) as proven_at,
	       coalesce(c.business_type, '') as business_type, c.modules_on, c.modules_off, coalesce(c.shut, false) as shut,
	       g.id as grant_id, g.ends_at, coalesce(g.view_only, false) as view_only
	from   sessions s
	left   join support_grants g on g.tenant_id = @tenant and g.id = s.support_grant_id and g.revoked_at is null and g.ends_at > @now
	join   people p on p.tenant_id = @tenant and p.id = s.person_id and (p.active or p.support_of is not null and g.id is not null)
	left   join company c on c.tenant_id = @tenant
	left   join roles b on b.tenant_id = @tenant and b.base = coalesce(g.role, p.role) and b.name = ''
	left   join roles o on o.tenant_id = @tenant and o.id = p.role_id
	left   join devices d on d.tenant_id = @tenant and d.id = s.device_id
	left   join registers r on r.tenant_id = @tenant and r.id = d.register_id
	cross  join lateral (
	           select array_agg(k.store_id) as stores
	           from   person_stores k
	           where  k.tenant_id = @tenant and k.person_id = p.id and p.role <> 'owner') l
	where  s.tenant_id = @tenant and s.token_hash = @hash
	and    s.revoked_at is null and s.expires_at > @now
	and    (s.support_grant_id is null) = (g.id is null)
	and    (s.device_id is null or d.revoked_at is null)
	and    (r.store_id is null or l.stores is null or r.store_id = any(l.stores))`

const deviceByToken db.SQL = `
	select d.id as device_id, d.register_id, d.series, d.name, d.revoked_at is not null as revoked, r.store_id,
	       coalesce(c.business_type, '') as business_type, c.modules_on, c.modules_off, coalesce(c.shut, false) as shut
	from   devices d
	left   join company c on c.tenant_id = @tenant
	join   registers r on r.tenant_id = @tenant and r.id = d.register_id
	where  d.tenant_id = @tenant and d.token_hash = @hash`

type sessionRow struct {
	SessionID  uuid.UUID
	PersonID   uuid.UUID
	DeviceID   *uuid.UUID
	Name       string
	Role       wire.Role
	RoleID     *uuid.UUID
	RegisterID *uuid.UUID
	Series     string

	BaseGrants, BaseDenials []wire.Permission // the shop's change of the built-in role
	OwnGrants, OwnDenials   []wire.Permission // the shop's own role's
	BaseLimits, OwnLimits   wire.Limits
	RoleName                string

	ProvenAt time.Time

	StoreID *uuid.UUID  // the register's
	Stores  []uuid.UUID // that the person is limited to
	Shut    bool        // nobody gets into the shop

	GrantID  *uuid.UUID // of who is let in as the platform's support
	EndsAt   *time.Time
	ViewOnly bool

	Shop
}

// rights puts the modules' declarations and the shop's changes together.
func (s sessionRow) rights(declared Grants) Rights {
	rights := declared.With(s.Role, RoleRow{Grants: s.BaseGrants, Denials: s.BaseDenials}, RoleRow{Grants: s.OwnGrants, Denials: s.OwnDenials})
	if s.Stores != nil {
		return declared.InSome(rights)
	}
	return rights
}

type deviceRow struct {
	DeviceID   uuid.UUID
	RegisterID uuid.UUID
	Series     string
	Name       string
	Revoked    bool
	StoreID    uuid.UUID
	Shut       bool

	Shop
}

// Resolve gives the actor behind a token of the given tenant.
//
// Fails with auth.signed_out if the session is over or was never one, and with
// auth.device_revoked if the device was.
func (a *Authority) Resolve(ctx context.Context, token Token) (Actor, error) {
	key := string(token.Kind) + string(token.Hash) // what is good as a session is not good as a device
	actor, ok, forgets := a.recall(token.Tenant, key)
	if ok {
		return actor, nil
	}
	var err error
	if token.Kind == TokenDevice {
		actor, err = a.device(ctx, token)
	} else {
		actor, err = a.session(ctx, token)
	}
	if err != nil {
		return Actor{}, err
	}
	actor.Tenant = token.Tenant
	a.remember(key, actor, forgets)
	return actor, nil
}

func (a *Authority) session(ctx context.Context, token Token) (Actor, error) {
	var found sessionRow
	var ok bool
	err := a.database.Read(ctx, db.Identity{Tenant: token.Tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
		found, ok, err = db.Maybe[sessionRow](ctx, tx, sessionByToken, db.Args{"hash": token.Hash, "now": tx.Now()})
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if !ok {
		return Actor{}, fault.Unauthenticated("auth.signed_out").Say("Sign in to go on.")
	}
	if found.Shut && found.DeviceID != nil {
		return Actor{}, shopShut()
	}
	if found.Shut {
		return Actor{}, fault.Unauthenticated("auth.signed_out").Say("This shop is suspended or closed. Ask whoever keeps the server.")
	}
	actor := Actor{Session: found.SessionID, Person: found.PersonID, Name: found.Name, Role: found.Role, Series: found.Series, Proven: found.ProvenAt}
	off, rights := closedIn(a.Catalogue, found.Shop), found.rights(a.grants)
	actor.RoleID, actor.RoleName, actor.grants = found.RoleID, found.RoleName, off.without(rights)
	actor.closed = off.and(a.grants, a.Catalogue, rights)
	actor.limits = limitsOf(found.Role, found.BaseLimits, found.OwnLimits)
	actor.Stores = WorksIn(found.Stores)
	if found.GrantID != nil {
		actor.Support = Support{Grant: *found.GrantID, Until: *found.EndsAt, ViewOnly: found.ViewOnly}
		actor.Proven = time.Time{} // support proves itself to the platform, never to the shop
		if found.ViewOnly {
			actor.grants = shown(actor.grants, a.Shows)
		}
	}
	if found.Stores != nil {
		actor.beyond = a.grants.beyond()
	}
	if found.DeviceID != nil && found.RegisterID != nil && found.StoreID != nil {
		actor.Device, actor.Register, actor.Stores = *found.DeviceID, *found.RegisterID, db.OnlyStores(*found.StoreID)
	}
	return actor, nil
}

func (a *Authority) device(ctx context.Context, token Token) (Actor, error) {
	var found deviceRow
	var ok bool
	err := a.database.Read(ctx, db.Identity{Tenant: token.Tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
		found, ok, err = db.Maybe[deviceRow](ctx, tx, deviceByToken, db.Args{"hash": token.Hash})
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if !ok {
		return Actor{}, fault.Unauthenticated("auth.signed_out").Say("Sign in to go on.")
	}
	if found.Revoked {
		return Actor{}, fault.Unauthenticated("auth.device_revoked").
			Say("This till was unpaired in the back office. Pair it again to go on.")
	}
	if found.Shut {
		return Actor{}, shopShut()
	}
	off := closedIn(a.Catalogue, found.Shop)
	return Actor{
		closed: off,
		Device: found.DeviceID, Register: found.RegisterID, Series: found.Series, Name: found.Name, Role: wire.Till,
		Stores: db.OnlyStores(found.StoreID), grants: off.without(a.grants.With(wire.Till)),
	}, nil
}

// shopShut is no refusal of the device: a till keeps its pairing and what it has
// sold, and comes back when people get in again.
func shopShut() error {
	return fault.Unavailable("auth.shop_shut").Say("This shop is suspended or closed. What is sold waits at the till.")
}

// WorksIn is where a person works who has these rows of person_stores: everywhere
// without any.
func WorksIn(limits []uuid.UUID) db.Stores {
	if limits == nil {
		return db.AllStores()
	}
	return db.OnlyStores(limits...)
}

// Forget drops what is believed of a tenant's people, roles, sessions and devices.
func (a *Authority) Forget(tenant uuid.UUID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.seen, tenant)
	a.forgets[tenant]++
}

// Grants are the rights that the modules declare; a shop may have changed them.
func (a *Authority) Grants() Grants { return a.grants }

func (a *Authority) recall(tenant uuid.UUID, key string) (actor Actor, ok bool, forgets int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.seen[tenant][key]
	if !ok || time.Now().After(known.until) {
		return Actor{}, false, a.forgets[tenant]
	}
	return known.actor, true, a.forgets[tenant]
}

func (a *Authority) remember(key string, actor Actor, forgets int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.forgets[actor.Tenant] != forgets {
		return
	}
	of := a.seen[actor.Tenant]
	if of == nil {
		of = map[string]remembered{}
		a.seen[actor.Tenant] = of
	}
	if len(of) > 10_000 {
		clear(of)
	}
	until := time.Now().Add(believed)
	if actor.Support.Is() && actor.Support.Until.Before(until) {
		until = actor.Support.Until
	}
	of[key] = remembered{actor, until}
}
