// Package module is the shape in which a module says everything about itself,
// once: who may do what, its routes, what it announces, where it stands in the
// menu and what it reacts to. Router, role seeds, change stream, client and
// tests are driven from it. It runs nothing.
package module

import (
	"context"
	"reflect"
	"slices"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Permission names one action that a role may be granted.
type Permission = wire.Permission

// Module describes one module. See the package comment.
type Module struct {
	Key   string
	Title string
	// For lists the business types that start with the module on; none means all.
	For []wire.BusinessType
	// Always is set for what the others stand on: no shop switches it off, and no role
	// is shut out of it.
	Always bool
	// Needs lists the modules without which this one makes no sense. They cannot be
	// switched off while it is on.
	Needs []string

	Permissions []Grant
	Routes      []web.Route
	Topics      []live.Topic
	Nav         []Nav
	Reacts      []Reaction
	// Jobs are the kinds of work that it does in the background.
	Jobs []jobs.Kind
	// Faults says which fault a broken constraint stands for, and Sentences what
	// people are told of it, by its code.
	Faults    map[string]string
	Sentences map[string]string
}

// Grant declares a permission: what it allows, in words for the role editor, and
// which built-in roles have it from the start.
type Grant struct {
	Permission Permission
	Allows     string
	Roles      []wire.Role
	// Fixed stays with its roles: no shop gives it to another or takes it away.
	Fixed bool
	// Whole is set for what concerns all stores at once, such as the books: people
	// who are limited to some stores do not have it, whatever their role.
	Whole bool
}

// To lists the roles of a Grant. The owner may do everything and need not be named.
func To(roles ...wire.Role) []wire.Role {
	if slices.Contains(roles, wire.Owner) {
		return roles
	}
	return append([]wire.Role{wire.Owner}, roles...)
}

// Everyone is every built-in role.
func Everyone() []wire.Role { return wire.Roles() }

// Nav is one entry of the office's menu.
type Nav struct {
	Section string
	Label   string
	Path    string
	Icon    string
	Needs   Permission
}

// Reaction is what a module does, inside the same transaction, when an earlier
// module emits an event. Make it with On.
type Reaction struct {
	Event reflect.Type
	Run   func(ctx context.Context, tx *db.Tx, event any) error
}

// On reacts to events of type E.
func On[E any](fn func(context.Context, *db.Tx, E) error) Reaction {
	return Reaction{
		Event: reflect.TypeFor[E](),
		Run: func(ctx context.Context, tx *db.Tx, event any) error {
			return fn(ctx, tx, event.(E))
		},
	}
}

// All gives every module that a role can be shut out of the permission to use it,
// which every role has unless a shop says otherwise.
func All(modules ...Module) []Module {
	for i, m := range modules {
		if !m.Always {
			grant := Grant{Permission: auth.Use(m.Key), Allows: "use " + m.Title + " at all", Roles: append(Everyone(), wire.Till)}
			modules[i].Permissions = append([]Grant{grant}, m.Permissions...)
		}
	}
	return modules
}
