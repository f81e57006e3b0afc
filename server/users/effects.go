package users

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// EffectsIn is what a role would become.
type EffectsIn struct {
	Key     string `query:"key" required:"true" doc:"A built-in role's name, or an own role's id"`
	Grants  string `query:"grants" maxLength:"20000" doc:"Permissions, with commas between them"`
	Denials string `query:"denials" maxLength:"20000"`
}

// Effects is what a change of a role would mean, and for whom.
type Effects struct {
	Won    []wire.Permission `json:"won" nullable:"false"`
	Lost   []wire.Permission `json:"lost" nullable:"false"`
	People []Effect          `json:"people" nullable:"false" doc:"Those whose rights would change"`
	// Refused is why the caller may not make this change; empty if he may.
	Refused     string `json:"refused"`
	RefusedCode string `json:"refused_code"`
}

// Effect is what changes for one person.
type Effect struct {
	ID       uuid.UUID         `json:"id"`
	Name     string            `json:"name"`
	Role     wire.Role         `json:"role"`
	RoleID   *uuid.UUID        `json:"role_id,omitempty"`
	RoleName string            `json:"role_name"`
	Won      []wire.Permission `json:"won" nullable:"false"`
	Lost     []wire.Permission `json:"lost" nullable:"false"`
}

const peopleOnRole db.SQL = `
	select p.id, p.name, p.role, p.role_id, coalesce(r.name, '') as role_name
	from   people p
	left   join roles r on r.tenant_id = @tenant and r.id = p.role_id
	where  p.tenant_id = @tenant and p.active and p.role = @base
	order  by lower(p.name), p.id`

type onRole struct {
	ID       uuid.UUID
	Name     string
	Role     wire.Role
	RoleID   *uuid.UUID
	RoleName string
}

// ShowEffects tells who would win and lose what if a role were changed. It
// changes nothing.
func ShowEffects(ctx context.Context, tx *db.Tx, in EffectsIn) (Effects, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return Effects{}, err
	}
	key, there := findRole(roles, in.Key)
	if !there {
		return Effects{}, noRole()
	}
	row, _ := roles.BuiltIn(key.base)
	if key.own() != nil {
		row, _ = roles.Own(key.id)
	}
	before := row
	row.Base, row.Grants, row.Denials = key.base, parted(in.Grants), parted(in.Denials)
	if err := check(ctx, before, row); err != nil {
		return Effects{}, err
	}
	after := roles.Put(row)
	out := Effects{People: []Effect{}}
	out.Won, out.Lost = differ(rightsOf(roles, key), rightsOf(after, key))
	if err := mayShape(ctx, roles, after, key); err != nil {
		known := fault.Of(err)
		if known == nil {
			return Effects{}, err
		}
		out.Refused, out.RefusedCode = known.Message, known.Code
	}
	people, err := db.All[onRole](ctx, tx, peopleOnRole, db.Args{"base": key.base})
	for _, p := range people {
		won, lost := differ(roles.Of(p.Role, p.RoleID), after.Of(p.Role, p.RoleID))
		if len(won)+len(lost) > 0 {
			out.People = append(out.People, Effect{ID: p.ID, Name: p.Name, Role: p.Role, RoleID: p.RoleID, RoleName: p.RoleName, Won: won, Lost: lost})
		}
	}
	return out, err
}

func differ(before, after auth.Rights) (won, lost []wire.Permission) {
	without := func(all, known auth.Rights) []wire.Permission {
		return slices.DeleteFunc(all.List(), func(p wire.Permission) bool { return known[p] })
	}
	return without(after, before), without(before, after)
}

func parted(text string) []wire.Permission {
	var all []wire.Permission
	for part := range strings.SplitSeq(text, ",") {
		if part != "" {
			all = append(all, wire.Permission(part))
		}
	}
	return all
}
