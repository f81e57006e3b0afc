package auth

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/limits"
	"souk/shared/wire"
)

// Actor is who calls, in one tenant. A person has Person set; a till that acts
// for itself has only Device. A person at a till has both.
type Actor struct {
	Tenant   uuid.UUID
	Session  uuid.UUID
	Person   uuid.UUID
	Device   uuid.UUID
	Register uuid.UUID // the device's
	Series   string    // the device's
	Name     string
	Role     wire.Role
	RoleID   *uuid.UUID // a role of the shop's own, which stands on Role
	RoleName string     // the shop's own role's
	// Stores are those that the actor works in: a till's is its register's, a
	// person's are all or those that the person is limited to.
	Stores db.Stores
	// Proven is when a person has last shown who it is: by password, code or passkey.
	Proven time.Time
	// Support is set where the platform's support is calling, let in by the shop.
	Support Support
	grants  Rights
	limits  wire.Limits
	// beyond is what nobody has who is limited; empty for those who are not.
	beyond Rights
	// closed are the modules that are off for the shop or closed to the actor's role.
	closed closed
}

// Support is how far, and until when, a shop has let the platform's support in. Its
// zero value is everybody else's.
type Support struct {
	Grant    uuid.UUID
	Until    time.Time
	ViewOnly bool
}

// Is reports whether it is support at all.
func (s Support) Is() bool { return s.Grant != uuid.Nil }

// Acting is a person as who the program itself acts, when it makes a demo shop.
func Acting(tenant, person uuid.UUID, role wire.Role, grants Grants) Actor {
	return Actor{Tenant: tenant, Person: person, Role: role, Stores: db.AllStores(), grants: grants.With(role), limits: limitsOf(role)}
}

// Identity is the actor as the database sees it.
func (a Actor) Identity() db.Identity {
	id := db.Identity{Tenant: a.Tenant, Actor: a.Person, Device: a.Device, Stores: a.Stores}
	if a.Person == uuid.Nil {
		id.Actor = a.Device
	}
	return id
}

// Can reports whether the actor's role has a permission.
func (a Actor) Can(permission wire.Permission) bool { return a.grants[permission] }

// Uses reports whether a module is there for the actor at all.
func (a Actor) Uses(module string) bool { return !a.closed[module] }

// Closed lists the modules that are not there for the actor, sorted.
func (a Actor) Closed() []string { return slices.Sorted(maps.Keys(a.closed)) }

// Reach is how far the actor goes by himself in what is asked.
func (a Actor) Reach(asked wire.Asked) limits.Reach { return limits.Of(asked, a.Can, a.limits) }

// Known reports whether anybody is calling at all.
func (a Actor) Known() bool { return a.Person != uuid.Nil || a.Device != uuid.Nil }

// Permissions lists what the actor may do, sorted.
func (a Actor) Permissions() []wire.Permission { return sorted(a.grants) }

// Lacks lists those of some rights that the actor has not himself, sorted. What
// concerns all stores is not among them for someone who is limited: whoever is in
// his reach is limited too and does not have it either.
func (a Actor) Lacks(rights Rights) []wire.Permission {
	return slices.DeleteFunc(sorted(rights), func(permission wire.Permission) bool { return a.grants[permission] || a.beyond[permission] })
}

// Limited reports whether the person is limited to some stores, wherever he is.
func (a Actor) Limited() bool { return a.beyond != nil }

type (
	actorKey     struct{}
	authorityKey struct{}
)

// WithAuthority puts who resolves callers into the context, for use cases that
// tell what some person may do, or change it.
func WithAuthority(ctx context.Context, authority *Authority) context.Context {
	return context.WithValue(ctx, authorityKey{}, authority)
}

// WithGrants is WithAuthority for where nobody calls: the roles' rights, as the
// modules declare them.
func WithGrants(ctx context.Context, grants Grants) context.Context {
	return WithAuthority(ctx, &Authority{grants: grants})
}

// Seen gives those of some rights that let somebody see something, which is all
// that who may only look is shown to have.
func Seen(ctx context.Context, rights Rights) Rights {
	return shown(rights, authorityOf(ctx).Shows)
}

func shown(rights, shows Rights) Rights {
	seen := Rights{}
	for permission := range rights {
		if shows[permission] {
			seen[permission] = true
		}
	}
	return seen
}

func authorityOf(ctx context.Context) *Authority {
	if authority, ok := ctx.Value(authorityKey{}).(*Authority); ok {
		return authority
	}
	return &Authority{}
}

// Catalogue lists the permissions that a shop can give and take, by module.
func Catalogue(ctx context.Context) []Group { return authorityOf(ctx).Catalogue }

// Changed says that who may do what changes with this transaction: what is
// believed of the shop's people is dropped the moment it has committed.
func Changed(ctx context.Context, tx *db.Tx) {
	if authority := authorityOf(ctx); authority.seen != nil {
		tenant := tx.TenantID()
		tx.After(func() { authority.Forget(tenant) })
	}
}

func sorted(grants Rights) []wire.Permission {
	list := slices.AppendSeq(make([]wire.Permission, 0, len(grants)), maps.Keys(grants))
	slices.Sort(list)
	return list
}

// With puts the actor into the context that a use case is given.
func With(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// From is the actor of this call; the zero Actor may do nothing.
func From(ctx context.Context) Actor {
	actor, _ := ctx.Value(actorKey{}).(Actor)
	return actor
}
