// Package jobs is what people see of background work: the list of jobs, stopping
// one, and the files that jobs read and leave. The work itself is other modules',
// and what runs it is package platform/jobs.
package jobs

import (
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// List is the list of jobs and how far they are.
var List = live.Topic{Name: "jobs.list", Needs: web.SignedIn, Tables: live.Tables("jobs")}

// Module declares background work. Which jobs somebody sees, each job says itself.
var Module = module.Module{
	Key: "jobs", Title: "Background work", Always: true,
	Routes: []web.Route{
		web.Get("/jobs", web.SignedIn, jobs.List),
		web.Get("/jobs/{id}", web.SignedIn, jobs.Show),
		web.Put("/jobs/{id}/cancellation", web.SignedIn, jobs.Cancel),
		web.Put("/files/{id}/parts/{part}", web.SignedIn, files.Upload),
		web.GetFile("/files/{id}", web.SignedIn, files.Download),
	},
	Topics: []live.Topic{List},
}
