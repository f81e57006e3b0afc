package users

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

const (
	addRole db.SQL = `
		insert into roles (tenant_id, id, base, name, grants, denials, created_at, updated_at)
		values (@tenant, @id, @base, @name, @grants, @denials, @now, @now)`

	changeRole db.SQL = `
		update roles
		set    name = @name, grants = @grants, denials = @denials, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`

	dropRole db.SQL = `delete from roles where tenant_id = @tenant and id = @id and version = @version`

	roleHolders db.SQL = `
		select name from people where tenant_id = @tenant and role_id = @id and active order by lower(name), id`

	// Who has left falls back to the built-in role; whoever takes him on again gives him one.
	freeRole db.SQL = `
		update people set role_id = null, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and role_id = @id and not active`
)

// Shape is what a shop makes of a role, over what it stands on.
type Shape struct {
	Grants  []wire.Permission `json:"grants" nullable:"false" maxItems:"500"`
	Denials []wire.Permission `json:"denials" nullable:"false" maxItems:"500"`
}

// NewRole is a role of the shop's own.
type NewRole struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name" minLength:"1" maxLength:"60"`
	Base wire.Role `json:"base" doc:"The built-in role that it stands on and follows"`
	Shape
}

// AddRole makes a role of the shop's own.
//
// Fails with roles.need_name, roles.unknown_base, roles.unknown_right,
// roles.both_ways, roles.name_taken, people.above_you and roles.beyond_you.
func AddRole(ctx context.Context, tx *db.Tx, in NewRole) (Role, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return Role{}, err
	}
	if in.Base.Level() == 0 || in.Base == wire.Owner {
		return Role{}, fault.Invalid("roles.unknown_base", fault.At("base", "roles.unknown_base", "")).Say("Choose one of the built-in roles below the owner.")
	}
	row := auth.RoleRow{ID: in.ID, Base: in.Base, Name: strings.TrimSpace(in.Name), Grants: in.Grants, Denials: in.Denials, Version: 1}
	if row.Name == "" {
		return Role{}, needName()
	}
	if err := check(ctx, auth.RoleRow{}, row); err != nil {
		return Role{}, err
	}
	after := roles.Put(row)
	key := keyOf(in.Base, &in.ID)
	if err := mayGive(ctx, after, key); err != nil {
		return Role{}, err
	}
	tx.Batch().Exec(addRole, db.Args{
		"id": row.ID, "base": row.Base, "name": row.Name, "grants": listed(row.Grants), "denials": listed(row.Denials), "now": tx.Now(),
	})
	return roleOf(ctx, after, key, nil), nil
}

// RoleChange is what an own role becomes.
type RoleChange struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Name    string `json:"name" minLength:"1" maxLength:"60"`
		Version int    `json:"version"`
		Shape
	}
}

// ChangeRole gives one of the shop's own roles another name or other rights. It
// holds on the next request of those who have it, and on their open sockets.
//
// Fails with roles.changed_meanwhile, and with what AddRole fails with.
func ChangeRole(ctx context.Context, tx *db.Tx, in RoleChange) (Role, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return Role{}, err
	}
	before, there := roles.Own(in.ID)
	if !there {
		return Role{}, noRole()
	}
	row := before
	row.Name, row.Grants, row.Denials, row.Version = strings.TrimSpace(in.Body.Name), in.Body.Grants, in.Body.Denials, in.Body.Version
	if row.Name == "" {
		return Role{}, needName()
	}
	return reshape(ctx, tx, roles, before, row)
}

// BuiltInChange is what a shop makes of a built-in role.
type BuiltInChange struct {
	Role string `path:"role"`
	Body struct {
		Version int `json:"version" doc:"0 if the shop has not changed it before"`
		Shape
	}
}

// ChangeBuiltIn grants a built-in role of this shop more than the modules do, or
// denies it some of that. The shop's own roles on it follow.
//
// Fails with roles.owner_fixed, roles.own_role, roles.changed_meanwhile,
// roles.unknown_right, roles.both_ways, people.above_you and roles.beyond_you.
func ChangeBuiltIn(ctx context.Context, tx *db.Tx, in BuiltInChange) (Role, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return Role{}, err
	}
	base := wire.Role(in.Role)
	if base.Level() == 0 {
		return Role{}, noRole()
	}
	before, changed := roles.BuiltIn(base)
	row := auth.RoleRow{ID: before.ID, Base: base, Grants: in.Body.Grants, Denials: in.Body.Denials, Version: in.Body.Version}
	if changed {
		return reshape(ctx, tx, roles, before, row)
	}
	if err := check(ctx, before, row); err != nil {
		return Role{}, err
	}
	key := keyOf(base, nil)
	after := roles.Put(row)
	if err := mayShape(ctx, roles, after, key); err != nil {
		return Role{}, err
	}
	if row.Version != 0 {
		return Role{}, changedMeanwhile()
	}
	row.ID, row.Version = uuid.Must(uuid.NewV7()), 1
	tx.Batch().Exec(addRole, db.Args{
		"id": row.ID, "base": row.Base, "name": "", "grants": listed(row.Grants), "denials": listed(row.Denials), "now": tx.Now(),
	})
	auth.Changed(ctx, tx)
	return roleOf(ctx, roles.Put(row), key, nil), nil
}

// reshape writes a role that has a row.
func reshape(ctx context.Context, tx *db.Tx, roles auth.Roles, before, row auth.RoleRow) (Role, error) {
	if err := check(ctx, before, row); err != nil {
		return Role{}, err
	}
	key := keyOf(row.Base, nil)
	if row.Name != "" {
		key = keyOf(row.Base, &row.ID)
	}
	if err := mayShape(ctx, roles, roles.Put(row), key); err != nil {
		return Role{}, err
	}
	changed, err := tx.Exec(ctx, changeRole, db.Args{
		"id": row.ID, "name": row.Name, "grants": listed(row.Grants), "denials": listed(row.Denials), "version": row.Version, "now": tx.Now(),
	})
	if err != nil {
		return Role{}, err
	}
	if changed == 0 {
		return Role{}, changedMeanwhile()
	}
	auth.Changed(ctx, tx)
	row.Version++
	counted, err := db.All[holders](ctx, tx, countHolders, db.Args{})
	return roleOf(ctx, roles.Put(row), key, counted), err
}

// check looks at what a role is granted and denied: permissions that this shop
// has, each one way. What was written before a module went away may stay.
func check(ctx context.Context, before, row auth.RoleRow) error {
	known := map[wire.Permission]bool{}
	for _, group := range catalogue(ctx) {
		for _, right := range group.Rights {
			known[right.Permission] = true
		}
	}
	for _, permission := range append(slices.Clone(before.Grants), before.Denials...) {
		known[permission] = true
	}
	for _, permission := range append(slices.Clone(row.Grants), row.Denials...) {
		if !known[permission] {
			return fault.Invalid("roles.unknown_right").Messagef("There is no right called %q in this shop.", permission)
		}
	}
	for _, permission := range row.Grants {
		if slices.Contains(row.Denials, permission) {
			return fault.Invalid("roles.both_ways").Say("A right is granted or denied, not both.")
		}
	}
	return nil
}

// RoleDrop names an own role that is to go.
type RoleDrop struct {
	ID      uuid.UUID `path:"id"`
	Version int       `query:"version" required:"true"`
}

// DropRole deletes one of the shop's own roles, if nobody who works here has it.
//
// Fails with roles.in_use, which names who has it, roles.changed_meanwhile,
// people.above_you and roles.beyond_you.
func DropRole(ctx context.Context, tx *db.Tx, in RoleDrop) (web.None, error) {
	r := tx.Reads()
	found := auth.ReadRoles(ctx, r)
	held := db.ReadAll[string](r, roleHolders, db.Args{"id": in.ID})
	if err := r.Run(ctx); err != nil {
		return web.None{}, err
	}
	roles := found.Roles()
	row, there := roles.Own(in.ID)
	if !there {
		return web.None{}, noRole()
	}
	if err := mayShape(ctx, roles, roles, keyOf(row.Base, &row.ID)); err != nil {
		return web.None{}, err
	}
	if len(*held) > 0 {
		return web.None{}, inUse(*held)
	}
	tx.Batch().Exec(freeRole, db.Args{"id": in.ID, "now": tx.Now()})
	dropped, err := tx.Exec(ctx, dropRole, db.Args{"id": in.ID, "version": in.Version})
	if err == nil && dropped == 0 {
		err = changedMeanwhile()
	}
	return web.None{}, err
}

const named = 3 // of those who have a role, in a sentence

func inUse(held []string) error {
	who := strings.Join(held[:min(named, len(held))], ", ")
	if more := len(held) - named; more > 0 {
		who += fmt.Sprintf(" and %d more", more)
	}
	return fault.Conflict("roles.in_use").Messagef("This role is in use: %s. Give them another role first.", who)
}

func needName() error {
	return fault.Invalid("roles.need_name", fault.At("name", "roles.need_name", "")).Say("Give the role a name.")
}

func noRole() error {
	return fault.NotFound("roles.unknown").Say("There is no such role in this shop.")
}

func changedMeanwhile() error {
	return fault.Conflict("roles.changed_meanwhile").Say("Someone else changed this role meanwhile. Look at it again, then save.")
}
