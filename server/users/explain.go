package users

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

// Explained is what a person may do here, and why.
type Explained struct {
	Role     wire.Role  `json:"role"`
	RoleID   *uuid.UUID `json:"role_id,omitempty"`
	RoleName string     `json:"role_name"`
	Rights   []Reason   `json:"rights" nullable:"false" doc:"Of every permission, in the catalogue's order"`
	Limits   []HowFar   `json:"limits" nullable:"false" doc:"How far the person goes alone, of every limited action"`
	Stores   []string   `json:"stores" nullable:"false" doc:"Works in these only, and sees no other; none is all"`
}

// HowFar says how far a person goes by himself in one action, and who says so: the
// program, the shop of the built-in role, or the shop of its own role on it.
type HowFar struct {
	Action wire.LimitedAction `json:"action"`
	May    bool               `json:"may"`
	Most   *int64             `json:"most,omitempty" doc:"Hundredths of a percent or minor units; left out is without limit"`
	SaidBy string             `json:"said_by" enum:"default,built_in,own"`
}

func howFar(roles auth.Roles, person Person, has auth.Rights) []HowFar {
	builtIn, _ := roles.BuiltIn(person.Role)
	own := auth.RoleRow{}
	if person.RoleID != nil {
		own, _ = roles.Own(*person.RoleID)
	}
	out := []HowFar{}
	reach := roles.Limits(person.Role, person.RoleID)
	for _, action := range wire.LimitedActions() {
		how := HowFar{Action: action, Most: reach[action], SaidBy: "default"}
		how.May = limits.Of(wire.Asked{Action: action}, func(p wire.Permission) bool { return has[p] }, reach).May
		if _, said := builtIn.Limits[action]; said && person.Role != wire.Owner {
			how.SaidBy = "built_in"
		}
		if _, said := own.Limits[action]; said {
			how.SaidBy = "own"
		}
		out = append(out, how)
	}
	return out
}

const storeNames db.SQL = `
	select s.name
	from   person_stores o
	join   stores s on s.tenant_id = @tenant and s.id = o.store_id
	where  o.tenant_id = @tenant and o.person_id = @id and (@stores::uuid[] is null or s.id = any(@stores))
	order  by lower(s.name)`

// Said is what a shop has made of a right: nothing, granted or denied.
type Said string

// What a shop may say of a right.
const (
	SaidNothing Said = ""
	SaidGranted Said = "granted"
	SaidDenied  Said = "denied"
)

// Reason says whether a person has a right and how that comes about: what the
// built-in role has by default, then what the shop made of the built-in role,
// then what it made of its own role on it. The last word counts.
type Reason struct {
	Permission wire.Permission `json:"permission"`
	Allowed    bool            `json:"allowed"`
	ByDefault  bool            `json:"by_default"`
	BuiltIn    Said            `json:"built_in" enum:",granted,denied"`
	Own        Said            `json:"own" enum:",granted,denied"`
	Shut       bool            `json:"shut" doc:"Its module is closed to the role, whatever is said of this right"`
}

// PersonOf names a person.
type PersonOf struct {
	ID uuid.UUID `path:"id"`
}

// Explain tells what a person may do and why.
func Explain(ctx context.Context, tx *db.Tx, in PersonOf) (Explained, error) {
	r := tx.Reads()
	found := auth.ReadRoles(ctx, r)
	read := db.ReadMaybe[Person](r, readPerson, db.Args{"id": in.ID})
	stores := db.ReadAll[string](r, storeNames, db.Args{"id": in.ID})
	if err := r.Run(ctx); err != nil {
		return Explained{}, err
	}
	if !read.Found {
		return Explained{}, fault.NotFound("people.unknown").Say("There is no such person in this shop.")
	}
	person, roles := read.Row, found.Roles()
	builtIn, _ := roles.BuiltIn(person.Role)
	own := auth.RoleRow{}
	if person.RoleID != nil {
		own, _ = roles.Own(*person.RoleID)
	}
	has, defaults := roles.Of(person.Role, person.RoleID), roles.Default(person.Role)
	out := Explained{Role: person.Role, RoleID: person.RoleID, RoleName: person.RoleName, Rights: []Reason{}}
	out.Limits, out.Stores = howFar(roles, person, has), *stores
	for _, group := range catalogue(ctx) {
		for _, right := range group.Rights {
			p := right.Permission
			use := auth.Use(group.Module)
			shut := p != use && defaults[use] && !has[use]
			out.Rights = append(out.Rights, Reason{Permission: p, Allowed: has[p], ByDefault: defaults[p], BuiltIn: saidOf(builtIn, p), Own: saidOf(own, p), Shut: shut})
		}
	}
	return out, nil
}

func saidOf(row auth.RoleRow, permission wire.Permission) Said {
	switch {
	case slices.Contains(row.Denials, permission):
		return SaidDenied
	case slices.Contains(row.Grants, permission):
		return SaidGranted
	default:
		return SaidNothing
	}
}
