package users

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/wire"
)

// RoleLimits is how far a role goes by itself. Said is what the shop has made of
// it; Floor is what holds where it has said nothing; Limits is what they come to.
type RoleLimits struct {
	Key     string            `json:"key"`
	Base    wire.Role         `json:"base"`
	Name    string            `json:"name"`
	Own     bool              `json:"own"`
	Version int               `json:"version"`
	May     map[string]bool   `json:"may" nullable:"false" doc:"Whether the role has the right at all, by action"`
	Floor   map[string]*int64 `json:"floor" nullable:"false"`
	Said    map[string]*int64 `json:"said" nullable:"false"`
	Limits  map[string]*int64 `json:"limits" nullable:"false"`
	// MayChange is the caller's.
	MayChange bool `json:"may_change"`
}

const (
	addLimits db.SQL = `
		insert into roles (tenant_id, id, base, name, limits, created_at, updated_at)
		values (@tenant, @id, @base, '', @limits, @now, @now)`

	changeLimits db.SQL = `
		update roles
		set    limits = @limits, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`
)

// ListLimits gives the limits of every role, the built-in ones from the highest
// level down, then the shop's own.
func ListLimits(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[RoleLimits], error) {
	roles, err := auth.LoadRoles(ctx, tx)
	page := wire.Page[RoleLimits]{Rows: []RoleLimits{}}
	for _, base := range wire.Roles() {
		page.Rows = append(page.Rows, limitsRow(ctx, roles, keyOf(base, nil)))
	}
	for _, row := range roles.Rows {
		if row.Name != "" {
			page.Rows = append(page.Rows, limitsRow(ctx, roles, keyOf(row.Base, &row.ID)))
		}
	}
	return page, err
}

func limitsRow(ctx context.Context, roles auth.Roles, key roleKey) RoleLimits {
	row, _ := roles.BuiltIn(key.base)
	floor := limits.Default(key.base)
	if key.own() != nil {
		row, _ = roles.Own(key.id)
		floor = roles.Limits(key.base, nil)
	}
	rights := rightsOf(roles, key)
	out := RoleLimits{
		Key: key.String(), Base: key.base, Name: row.Name, Own: key.own() != nil, Version: row.Version, May: map[string]bool{},
		Floor: plain(floor), Said: plain(row.Limits), Limits: plain(roles.Limits(key.base, key.own())),
		MayChange: mayShape(ctx, roles, roles, key) == nil,
	}
	for _, action := range wire.LimitedActions() {
		needs := limits.Needs(action)
		out.May[string(action)] = needs == "" || rights[needs]
	}
	return out
}

func plain(said wire.Limits) map[string]*int64 {
	out := map[string]*int64{}
	for action, most := range said {
		out[string(action)] = most
	}
	return out
}

// LimitsChange is what a shop says of a role's limits.
type LimitsChange struct {
	Key  string `path:"key"`
	Body struct {
		Version int         `json:"version" doc:"0 for a built-in role that the shop has not changed before"`
		Said    wire.Limits `json:"said" nullable:"false"`
	}
}

// ChangeLimits says how far a role goes by itself. It holds on the next request of
// those who have it, and at tills with their next exchange.
//
// Fails with roles.owner_fixed, roles.own_role, roles.limit_invalid,
// roles.limit_beyond_you, roles.changed_meanwhile, people.above_you and
// roles.beyond_you.
func ChangeLimits(ctx context.Context, tx *db.Tx, in LimitsChange) (RoleLimits, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return RoleLimits{}, err
	}
	key, there := findRole(roles, in.Key)
	if !there {
		return RoleLimits{}, noRole()
	}
	if err := mayShape(ctx, roles, roles, key); err != nil {
		return RoleLimits{}, err
	}
	row, changed := roles.BuiltIn(key.base)
	if key.own() != nil {
		row, changed = roles.Own(key.id)
	}
	if err := mayLimit(ctx, in.Body.Said, row.Limits); err != nil {
		return RoleLimits{}, err
	}
	row.Base, row.Limits = key.base, in.Body.Said
	text, err := json.Marshal(plain(in.Body.Said))
	if err != nil {
		return RoleLimits{}, err
	}
	switch {
	case changed:
		written, err := tx.Exec(ctx, changeLimits, db.Args{"id": row.ID, "limits": text, "version": in.Body.Version, "now": tx.Now()})
		if err == nil && written == 0 {
			err = changedMeanwhile()
		}
		if err != nil {
			return RoleLimits{}, err
		}
	case in.Body.Version != 0:
		return RoleLimits{}, changedMeanwhile()
	default:
		row.ID = uuid.Must(uuid.NewV7())
		tx.Batch().Exec(addLimits, db.Args{"id": row.ID, "base": key.base, "limits": text, "now": tx.Now()})
	}
	auth.Changed(ctx, tx)
	row.Version = in.Body.Version + 1
	return limitsRow(ctx, roles.Put(row), key), nil
}

// mayLimit fails for what is no limit, and for one beyond the caller's own, unless
// it was so before.
func mayLimit(ctx context.Context, said, before wire.Limits) error {
	known := map[wire.LimitedAction]bool{}
	for _, action := range wire.LimitedActions() {
		known[action] = true
	}
	for action, most := range said {
		if !known[action] || most != nil && (*most < 0 || limits.Percent(action) && *most > 100_00) {
			return fault.Invalid("roles.limit_invalid", fault.At("said."+string(action), "roles.limit_invalid", "")).
				Say("A limit is nothing below zero, and no more than 100 percent. Correct it.")
		}
		was, there := before[action]
		if there && (most == nil && was == nil || most != nil && was != nil && *most == *was) {
			continue
		}
		own := auth.From(ctx).Reach(wire.Asked{Action: action})
		if own.Most != nil && (most == nil || *most > *own.Most) {
			return fault.Forbidden("roles.limit_beyond_you", fault.At("said."+string(action), "roles.limit_beyond_you", "")).
				Say("You cannot let a role go further than you may go yourself. Ask someone who may.")
		}
	}
	return nil
}
