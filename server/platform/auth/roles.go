package auth

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/db"
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
	Version int
}

// Roles are one shop's roles: the modules' declarations and what the shop has
// made of them.
type Roles struct {
	declared Grants
	Rows     []RoleRow
}

const readRoles db.SQL = `
	select id, base, name, grants, denials, version
	from   roles
	where  tenant_id = @tenant
	order  by lower(name), id`

// Group is a module's permissions, as a shop gives and takes them.
type Group struct {
	Module string
	Title  string
	For    []wire.BusinessType // none means every shop
	Rights []Right
}

// Right is one permission in words.
type Right struct {
	Permission wire.Permission
	Allows     string
}

// With gives what a role may do after these changes, each over the ones before
// it. A grant of what no module declares any more counts for nothing; the owner
// and a till are what they are.
func (g Grants) With(role wire.Role, changes ...RoleRow) Rights {
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
	declared Grants
	rows     *[]RoleRow
}

// ReadRoles adds the shop's roles to what is being read.
func ReadRoles(ctx context.Context, r *db.Reads) RolesFound {
	return RolesFound{declared: authorityOf(ctx).grants, rows: db.ReadAll[RoleRow](r, readRoles, db.Args{})}
}

// Roles are the roles once they have been read.
func (f RolesFound) Roles() Roles { return Roles{declared: f.declared, Rows: *f.rows} }

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
// shop's own if there is an id.
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
	return r.declared.With(base, changes...)
}

// In is Of, for someone who is limited to some stores or is not.
func (r Roles) In(base wire.Role, id *uuid.UUID, limited bool) Rights {
	if !limited {
		return r.Of(base, id)
	}
	return r.declared.InSome(r.Of(base, id))
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
	return Roles{declared: r.declared, Rows: rows}
}
