// Package migrations holds the database's history as numbered SQL files, run
// forward only. Roles are not made here (they belong to the whole server and
// need an administrator): see server/platform/db.
package migrations

import "embed"

// FS holds the migrations in order of their numbers.
//
//go:embed *.sql
var FS embed.FS

// Demo holds the data of the demo shops, under the licence that stands beside it.
//
//go:embed demo
var Demo embed.FS
