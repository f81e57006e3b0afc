// Package approvals keeps what people wanted to do beyond their limits and who
// said yes or no to it: by PIN at the register, or from elsewhere while the
// register waits. It knows exactly what was asked and does none of it: the module
// that was asked checks and uses an approval in its own transaction.
package approvals

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// Answer is the right to approve, as far as one's own limits go.
const Answer module.Permission = wire.MayApprove

// Requests is what was asked and answered. Whoever asks waits for it too.
var Requests = live.Topic{Name: "approvals.list", Needs: web.SignedIn, Tables: live.Tables("approvals"), Tills: true}

// Module declares approvals.
var Module = module.Module{
	Key: "approvals", Title: "Approvals", Always: true,
	Permissions: []module.Grant{
		{
			Permission: Answer, Allows: "approve what others may not do by themselves, as far as one's own limits go",
			Roles: module.To(wire.Manager, wire.SalesManager, wire.StockManager),
		},
	},
	Routes: []web.Route{
		web.Get("/approvals", Answer, List),
		web.Get("/approvals/{id}", Answer, Show),
		web.Post("/approvals/{id}/decision", Answer, Decide),
		web.Post("/approvals", web.SignedIn, Ask),
		web.PostOutside("/approvals/pin", web.SignedIn, ApproveByPIN),
		web.PostOutside("/approvals/approvers", web.SignedIn, Approvers),
		web.Get("/approvals/{id}/answer", web.SignedIn, ShowAnswer),
		web.Post("/approvals/{id}/withdrawal", web.SignedIn, Withdraw),
	},
	Topics: []live.Topic{Requests},
	Nav:    []module.Nav{{Section: "Selling", Label: "Approvals", Path: "/approvals", Icon: "scale", Needs: Answer}},
	Faults: map[string]string{
		"approvals_not_own": "approvals.own", "approvals_pkey": "approvals.asked_already",
	},
	Sentences: map[string]string{
		"approvals.own":           "Nobody approves what he asked for himself. Ask someone else.",
		"approvals.asked_already": "This was asked already. Wait for the answer.",
	},
}
