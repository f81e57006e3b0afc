package auth

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/limits"
	"souk/shared/wire"
)

// Rights are what somebody may do.
type Rights map[wire.Permission]bool

// RoleRow is a role as a shop has changed it, or made it. A built-in role has no
// name here, and none but those that were changed has a row.
type RoleRow struct {
	ID      uuid.UUID
	Base    wire.Role
	Name    string
	Grants  []wire.Permission
	Denials []wire.Permission
	// Limits are how far the role goes by itself, where the shop has said so.
	Limits  wire.Limits
	Version int
}

// Roles are one shop's roles: the modules' declarations and what the shop has
// made of them.
type Roles struct {
	declared Grants
	closed   closed // what is off for the shop
	groups   []Group
	Rows     []RoleRow
}

const readRoles db.SQL = `
	select id, base, name, grants, denials, limits, version
	from   roles
	where  tenant_id = @tenant
	order  by lower(name), id`

// Right is one permission in words.
type Right struct {
	Permission wire.Permission
	Allows     string
}

// With gives what a role may do after these changes, each over the ones before
// it. A grant of what no module declares any more counts for nothing; the owner
// and a till are what they are.
func (g Grants) With(role wire.Role, changes ...RoleRow) Rights {
	return g.opened(g.laid(role, changes...))
}

// laid is With, but for modules being closed to the role.
func (g Grants) laid(role wire.Role, changes ...RoleRow) Rights {
	rights := Rights(maps.Clone(g[role]))
	if rights == nil {
		rights = Rights{}
	}
	if role == wire.Owner || role == wire.Till {
		return rights
	}
	for _, change := range changes {
		for _, permission := range change.Grants {
			if g[wire.Owner][permission] {
				rights[permission] = true
			}
		}
		for _, permission := range change.Denials {
			delete(rights, permission)
		}
	}
	return rights
}

// List gives the rights, sorted.
func (r Rights) List() []wire.Permission { return sorted(r) }

// RolesFound are a shop's roles on their way from the database.
type RolesFound struct {
	declared  Grants
	catalogue []Group
	rows      *[]RoleRow
	shop      *db.Found[Shop]
}

// ReadRoles adds the shop's roles to what is being read.
func ReadRoles(ctx context.Context, r *db.Reads) RolesFound {
	authority := authorityOf(ctx)
	return RolesFound{
		declared: authority.grants, catalogue: authority.Catalogue,
		rows: db.ReadAll[RoleRow](r, readRoles, db.Args{}), shop: db.ReadMaybe[Shop](r, readShop, db.Args{}),
	}
}

// Roles are the roles once they have been read.
func (f RolesFound) Roles() Roles {
	return Roles{declared: f.declared, closed: closedIn(f.catalogue, f.shop.Row), groups: f.catalogue, Rows: *f.rows}
}

// LoadRoles reads the shop's roles by themselves.
func LoadRoles(ctx context.Context, tx *db.Tx) (Roles, error) {
	r := tx.Reads()
	found := ReadRoles(ctx, r)
	err := r.Run(ctx)
	return found.Roles(), err
}

// Default is what the modules give a built-in role.
func (r Roles) Default(base wire.Role) Rights { return r.declared.With(base) }

// Of gives what a person with a role may do: a built-in one, or one of the
// shop's own if there is an id. Modules that are off for the shop give nothing.
func (r Roles) Of(base wire.Role, id *uuid.UUID) Rights {
	changes := make([]RoleRow, 0, 2)
	if row, changed := r.BuiltIn(base); changed {
		changes = append(changes, row)
	}
	if id != nil {
		if row, own := r.Own(*id); own {
			changes = append(changes, row)
		}
	}
	return r.closed.without(r.declared.With(base, changes...))
}

// Limits gives how far a person with a role goes by himself: what the program says
// of the built-in role, then what the shop made of it, then of its own role on it.
func (r Roles) Limits(base wire.Role, id *uuid.UUID) wire.Limits {
	builtIn, _ := r.BuiltIn(base)
	own := RoleRow{}
	if id != nil {
		own, _ = r.Own(*id)
	}
	return limitsOf(base, builtIn.Limits, own.Limits)
}

func limitsOf(base wire.Role, changes ...wire.Limits) wire.Limits {
	if base == wire.Owner || base == wire.Till {
		return wire.Limits{}
	}
	return limits.Over(limits.Default(base), changes...)
}

// Floor gives what a role of the shop's own stands on: the built-in role as the
// shop has it, with what would be open to it if a closed module were.
func (r Roles) Floor(base wire.Role) Rights {
	builtIn, _ := r.BuiltIn(base)
	return r.closed.without(r.declared.laid(base, builtIn))
}

// In is Of, for someone who is limited to some stores or is not.
func (r Roles) In(base wire.Role, id *uuid.UUID, limited bool) Rights {
	if !limited {
		return r.Of(base, id)
	}
	return r.declared.InSome(r.Of(base, id))
}

// Closed lists the modules that are not there for someone with these rights: off
// for the shop, or closed to the role.
func (r Roles) Closed(rights Rights) []string {
	keys := slices.AppendSeq([]string{}, maps.Keys(maps.Clone(r.closed).and(r.declared, r.groups, rights)))
	slices.Sort(keys)
	return keys
}

// BuiltIn gives what the shop has changed of a built-in role, if anything.
func (r Roles) BuiltIn(base wire.Role) (RoleRow, bool) {
	return r.first(func(row RoleRow) bool { return row.Name == "" && row.Base == base })
}

// Own finds one of the shop's own roles.
func (r Roles) Own(id uuid.UUID) (RoleRow, bool) {
	return r.first(func(row RoleRow) bool { return row.Name != "" && row.ID == id })
}

func (r Roles) first(is func(RoleRow) bool) (RoleRow, bool) {
	at := slices.IndexFunc(r.Rows, is)
	if at < 0 {
		return RoleRow{}, false
	}
	return r.Rows[at], true
}

// Put is the roles with one of them changed, or added.
func (r Roles) Put(row RoleRow) Roles {
	rows := slices.Clone(r.Rows)
	at := slices.IndexFunc(rows, func(other RoleRow) bool {
		return other.ID == row.ID || row.Name == "" && other.Name == "" && other.Base == row.Base
	})
	if at < 0 {
		rows = append(rows, row)
	} else {
		rows[at] = row
	}
	return Roles{declared: r.declared, closed: r.closed, groups: r.groups, Rows: rows}
}
