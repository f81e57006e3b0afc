// Package system is the installation itself, for those who look after it: its
// version, its health, its backups. What a backup is and what health means are
// decided elsewhere; here it is told and asked for. A backup holds every shop, so
// only operators see or get anything of it, whatever else they may do in a shop.
package system

import (
	"context"

	"souk/server/platform/db"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/tenants"
)

// Operate allows asking after the installation; only operators get an answer.
const Operate module.Permission = "system.operate"

// Module declares the installation's page.
var Module = module.Module{
	Key: "system", Title: "System", Always: true,
	Permissions: []module.Grant{
		{Permission: Operate, Allows: "look after the installation, if one is its operator", Roles: module.To(), Fixed: true, Whole: true},
	},
	Routes: []web.Route{
		web.Get("/system", Operate, Show),
		web.Post("/system/backups", Operate, WantBackup),
	},
	Nav:    []module.Nav{{Section: "Shop", Label: "System", Path: "/settings/system", Icon: "settings", Needs: Operate}},
	Reacts: []module.Reaction{module.On(appointFirst)},
}

const appoint db.SQL = `select public.appoint_first_operator() is null as done`

// appointFirst makes the owner of the first own shop the operator.
func appointFirst(ctx context.Context, tx *db.Tx, _ tenants.Opened) error {
	_, err := db.One[bool](ctx, tx, appoint, db.Args{})
	return err
}
