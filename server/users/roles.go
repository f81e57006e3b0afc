package users

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Role is a built-in role as this shop has it, or one of the shop's own. Rights
// are what it comes to: what Floor says, and Grants and Denials over it. The
// floor of a built-in role is what the modules give it; that of an own role is
// the built-in role it stands on, as the shop has that.
type Role struct {
	Key     string            `json:"key" doc:"A built-in role's name, or an own role's id"`
	Base    wire.Role         `json:"base"`
	Name    string            `json:"name" doc:"Empty for a built-in role: each language has its own word for it"`
	Own     bool              `json:"own"`
	Floor   []wire.Permission `json:"floor" nullable:"false"`
	Grants  []wire.Permission `json:"grants" nullable:"false"`
	Denials []wire.Permission `json:"denials" nullable:"false"`
	Rights  []wire.Permission `json:"rights" nullable:"false"`
	People  int               `json:"people" doc:"How many who work here have it"`
	Version int               `json:"version" doc:"0 for a built-in role that the shop has not changed"`
	// MayChange and MayGive are the caller's.
	MayChange bool `json:"may_change"`
	MayGive   bool `json:"may_give"`
}

// RightsGroup is a module's permissions, for the role editor.
type RightsGroup struct {
	Module string      `json:"module"`
	Title  string      `json:"title"`
	Rights []RightText `json:"rights" nullable:"false"`
}

// RightText is one permission in words, and the built-in roles that have it
// unless the shop says otherwise.
type RightText struct {
	Permission wire.Permission `json:"permission"`
	Allows     string          `json:"allows"`
	Roles      []wire.Role     `json:"roles" nullable:"false"`
}

const countHolders db.SQL = `
	select role, role_id, count(*) as people
	from   people
	where  tenant_id = @tenant and active
	group  by role, role_id`

type holders struct {
	Role   wire.Role
	RoleID *uuid.UUID
	People int
}

// ListPermissions gives what a role can be granted, by module, without the
// modules that are off for this shop.
func ListPermissions(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[RightsGroup], error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return wire.Page[RightsGroup]{}, err
	}
	page := wire.Page[RightsGroup]{Rows: []RightsGroup{}}
	for _, group := range catalogue(ctx) {
		out := RightsGroup{Module: group.Module, Title: group.Title, Rights: make([]RightText, len(group.Rights))}
		for i, right := range group.Rights {
			out.Rights[i] = RightText{Permission: right.Permission, Allows: right.Allows, Roles: []wire.Role{}}
			for _, role := range wire.Roles() {
				if roles.Default(role)[right.Permission] {
					out.Rights[i].Roles = append(out.Rights[i].Roles, role)
				}
			}
		}
		page.Rows = append(page.Rows, out)
	}
	return page, nil
}

// catalogue is what this shop can give and take.
func catalogue(ctx context.Context) []auth.Group {
	shop := web.TenantOf(ctx)
	facts := auth.Shop{BusinessType: shop.Business, ModulesOn: shop.SwitchedOn, ModulesOff: shop.SwitchedOff}
	return slices.DeleteFunc(slices.Clone(auth.Catalogue(ctx)), func(group auth.Group) bool {
		return len(group.Rights) == 0 || !group.OnFor(facts)
	})
}

// ListRoles gives the built-in roles from the highest level down, then the
// shop's own by name.
func ListRoles(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Role], error) {
	r := tx.Reads()
	found := auth.ReadRoles(ctx, r)
	counted := db.ReadAll[holders](r, countHolders, db.Args{})
	if err := r.Run(ctx); err != nil {
		return wire.Page[Role]{}, err
	}
	roles := found.Roles()
	page := wire.Page[Role]{}
	for _, base := range wire.Roles() {
		page.Rows = append(page.Rows, roleOf(ctx, roles, keyOf(base, nil), *counted))
	}
	for _, row := range roles.Rows {
		if row.Name != "" {
			page.Rows = append(page.Rows, roleOf(ctx, roles, keyOf(row.Base, &row.ID), *counted))
		}
	}
	return page, nil
}

// roleKey names a role: a built-in one, or one of the shop's own on it.
type roleKey struct {
	base wire.Role
	id   uuid.UUID // uuid.Nil for a built-in one
}

func keyOf(base wire.Role, id *uuid.UUID) roleKey {
	if id == nil {
		return roleKey{base: base}
	}
	return roleKey{base, *id}
}

func (k roleKey) own() *uuid.UUID {
	if k.id == uuid.Nil {
		return nil
	}
	return &k.id
}

func (k roleKey) String() string {
	if k.id == uuid.Nil {
		return string(k.base)
	}
	return k.id.String()
}

// findRole reads a key as the page has it.
func findRole(roles auth.Roles, key string) (roleKey, bool) {
	if base := wire.Role(key); base.Level() > 0 {
		return roleKey{base: base}, true
	}
	id, err := uuid.Parse(key)
	if err != nil {
		return roleKey{}, false
	}
	row, own := roles.Own(id)
	return roleKey{row.Base, id}, own
}

func rightsOf(roles auth.Roles, key roleKey) auth.Rights { return roles.Of(key.base, key.own()) }

func roleOf(ctx context.Context, roles auth.Roles, key roleKey, counted []holders) Role {
	row, floor := auth.RoleRow{}, roles.Default(key.base)
	if key.own() != nil {
		row, _ = roles.Own(key.id)
		floor = roles.Floor(key.base)
	} else if key.base != wire.Owner {
		row, _ = roles.BuiltIn(key.base)
	}
	out := Role{
		Key: key.String(), Base: key.base, Name: row.Name, Own: key.own() != nil, Version: row.Version,
		Floor: floor.List(), Grants: listed(row.Grants), Denials: listed(row.Denials), Rights: rightsOf(roles, key).List(),
		MayChange: mayShape(ctx, roles, roles, key) == nil, MayGive: mayGive(ctx, roles, key) == nil,
	}
	for _, group := range counted {
		if keyOf(group.Role, group.RoleID) == key {
			out.People = group.People
		}
	}
	return out
}

func listed(permissions []wire.Permission) []wire.Permission {
	return append([]wire.Permission{}, permissions...)
}

// mayShape decides whether the caller may turn a role from what it was into what
// it becomes. What changes a built-in role changes the shop's own roles on it.
//
// Fails with roles.owner_fixed, roles.own_role, people.above_you and
// roles.beyond_you.
func mayShape(ctx context.Context, before, after auth.Roles, key roleKey) error {
	actor := auth.From(ctx)
	if key.base == wire.Owner {
		return fault.Forbidden("roles.owner_fixed").Say("An owner may do everything. That cannot be changed.")
	}
	if actor.Role == wire.Owner {
		return nil
	}
	if key.base.Level() > actor.Role.Level() {
		return aboveYou()
	}
	for _, one := range touched(after, key) {
		if one == keyOf(actor.Role, actor.RoleID) {
			return fault.Forbidden("roles.own_role").Say("You cannot change your own role, nor the one it stands on. Ask someone who has another.")
		}
		for _, roles := range []auth.Roles{before, after} {
			if err := within(ctx, rightsOf(roles, one)); err != nil {
				return err
			}
		}
	}
	return nil
}

// touched lists a role and those that follow it.
func touched(roles auth.Roles, key roleKey) []roleKey {
	all := []roleKey{key}
	if key.own() != nil {
		return all
	}
	for _, row := range roles.Rows {
		if row.Name != "" && row.Base == key.base {
			all = append(all, keyOf(row.Base, &row.ID))
		}
	}
	return all
}

// mayGive keeps people from raising anyone above themselves: neither to a higher
// level nor to a role that may do what they may not.
func mayGive(ctx context.Context, roles auth.Roles, key roleKey) error {
	actor := auth.From(ctx)
	if actor.Role == wire.Owner {
		return nil
	}
	if key.base.Level() > actor.Role.Level() {
		return aboveYou()
	}
	return within(ctx, rightsOf(roles, key))
}

// within fails with roles.beyond_you if there are rights that the caller has not
// himself, and names them.
func within(ctx context.Context, rights auth.Rights) error {
	lacking := auth.From(ctx).Lacks(rights)
	if len(lacking) == 0 {
		return nil
	}
	var words []string
	for _, group := range auth.Catalogue(ctx) {
		for _, right := range group.Rights {
			if slices.Contains(lacking, right.Permission) {
				words = append(words, right.Allows)
			}
		}
	}
	opts := make([]fault.Option, len(lacking))
	for i, permission := range lacking {
		opts[i] = fault.At("rights", string(permission), "")
	}
	return fault.Forbidden("roles.beyond_you", opts...).
		Messagef("That role may do what you may not yourself: %s. Ask someone who may.", strings.Join(words, "; "))
}
