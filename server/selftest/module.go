package selftest

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// Permission allows running self-tests and seeing their reports.
const Permission module.Permission = "selftest.run"

// Runs are the self-tests that were run, and how far one is.
var Runs = live.Topic{Name: "selftest.runs", Needs: Permission, Tables: live.Tables("self_tests")}

// Module declares the self-test's page. The tests are run by a Tester.
var Module = module.Module{
	Key: "selftest", Title: "Isolation",
	Permissions: []module.Grant{
		{Permission: Permission, Allows: "have the server attacked to see that the shop is out of others' reach", Roles: module.To(), Fixed: true, Whole: true},
	},
	Routes: []web.Route{
		web.Get("/self-tests", Permission, Show),
		web.Post("/self-tests", Permission, Begin),
		web.Get("/self-tests/{id}", Permission, ShowRun),
		web.GetFile("/self-tests/{id}/paper", Permission, ShowPaper),
	},
	Topics:    []live.Topic{Runs},
	Nav:       []module.Nav{{Section: "Shop", Label: "Isolation", Path: "/settings/isolation", Icon: "settings", Needs: Permission}},
	Faults:    map[string]string{"self_tests_running": "selftest.under_way"},
	Sentences: map[string]string{"selftest.under_way": "A self-test is running already. Wait until it has ended."},
}
