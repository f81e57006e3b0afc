package auth

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/db"
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
	grants   map[wire.Permission]bool
}

// Acting is a person as who the program itself acts, when it makes a demo shop.
func Acting(tenant, person uuid.UUID, role wire.Role, grants Grants) Actor {
	return Actor{Tenant: tenant, Person: person, Role: role, grants: grants[role]}
}

// Identity is the actor as the database sees it.
func (a Actor) Identity() db.Identity {
	id := db.Identity{Tenant: a.Tenant, Actor: a.Person}
	if a.Person == uuid.Nil {
		id.Actor = a.Device
	}
	return id
}

// Can reports whether the actor's role has a permission.
func (a Actor) Can(permission wire.Permission) bool { return a.grants[permission] }

// Known reports whether anybody is calling at all.
func (a Actor) Known() bool { return a.Person != uuid.Nil || a.Device != uuid.Nil }

// Permissions lists what the actor may do, sorted.
func (a Actor) Permissions() []wire.Permission { return sorted(a.grants) }

type (
	actorKey  struct{}
	grantsKey struct{}
)

// WithGrants puts the roles' rights into the context, for use cases that tell a
// client what some person may do.
func WithGrants(ctx context.Context, grants Grants) context.Context {
	return context.WithValue(ctx, grantsKey{}, grants)
}

// Granted lists what a role may do, sorted.
func Granted(ctx context.Context, role wire.Role) []wire.Permission {
	grants, _ := ctx.Value(grantsKey{}).(Grants)
	return sorted(grants[role])
}

func sorted(grants map[wire.Permission]bool) []wire.Permission {
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
