// Package imports brings items in from files that people have: it reads a table,
// has its columns mapped, tries every row and says all that is wrong, brings the
// rest into the catalogue a part at a time, and takes all of it back if asked. What
// an item is, and what may be wrong with one, the catalogue says.
package imports

import (
	"souk/server/catalog"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// Permission is what importing needs: it is editing items, many at once.
const Permission = catalog.Edit

// Imports is the list of imports and how far each is.
var Imports = live.Topic{Name: "imports.list", Needs: Permission, Tables: live.Tables("imports")}

// The kinds of work.
const (
	readKind  = "imports.read"
	checkKind = "imports.check"
	runKind   = "imports.run"
	undoKind  = "imports.undo"
)

// Module declares the import of items.
var Module = module.Module{
	Key: "imports", Title: "Item import",
	Needs: []string{"catalog", "inventory"},
	Routes: []web.Route{
		web.Post("/imports/files", Permission, BeginUpload),
		web.Get("/imports", Permission, List),
		web.Post("/imports", Permission, Create),
		web.Get("/imports/{id}", Permission, Show),
		web.Get("/imports/{id}/rows", Permission, Rows),
		web.Put("/imports/{id}/plan", Permission, Try),
		web.Post("/imports/{id}/run", Permission, Run),
		web.Post("/imports/{id}/undo", Permission, Undo),
	},
	Topics: []live.Topic{Imports},
	Jobs: []jobs.Kind{
		{Name: readKind, Step: read, Ended: stopsAt(Failed)},
		{Name: checkKind, Step: check, Ended: stopsAt(Mapping)},
		{Name: runKind, Step: run, Ended: stopsAt(Stopped)},
		{Name: undoKind, Step: undo, Ended: stopsAt(Stopped)},
	},
	Faults: map[string]string{"imports_pkey": "imports.exists", "files_pkey": "imports.file_exists"},
	Sentences: map[string]string{
		"imports.exists":      "This import has been begun already. Look for it in the list of imports.",
		"imports.file_exists": "This file has been begun already. Upload it again from the start.",
	},
}
