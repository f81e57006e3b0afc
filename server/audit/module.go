// Package audit shows who wrote what in a shop, and gives the proof of it away: a
// file that the stand-alone checker reads. Tills keep signed heads of it. The rows themselves are made in the
// database and sealed by the platform; nothing here writes one.
package audit

import (
	"souk/server/platform/jobs"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/sync"
	"souk/shared/wire"
)

// Read is the right to see the audit trail.
const Read module.Permission = "audit.read"

// Module declares the audit trail.
var Module = module.Module{
	Key: "audit", Title: "Audit", Always: true,
	Permissions: []module.Grant{
		{Whole: true, Permission: Read, Allows: "see who changed what, and take the proof of it away", Roles: module.To(wire.AccountsManager, wire.SystemManager)},
	},
	Routes: []web.Route{
		web.Get("/audit", Read, List),
		web.Get("/audit/{seq}", Read, Show),
		web.Get("/audit-trail", Read, ShowTrail),
		web.Get("/sync/audit-head", sync.Till, ShowHead),
		web.Post("/audit/exports", Read, Export),
		web.Post("/audit/proofs", Read, TakeProof),
	},
	Jobs: []jobs.Kind{trailExport.Job(), proofs},
	Nav:  []module.Nav{{Section: "Shop", Label: "Audit", Path: "/settings/audit", Icon: "history", Needs: Read}},
}
