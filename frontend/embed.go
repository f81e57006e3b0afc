// Package frontend carries the built pages inside the Go programs. It holds
// files only: serving them, caching headers and the fallback to index.html are
// the business of whoever embeds it.
package frontend

import "embed"

// FS holds the folder dist as `npm run build` wrote it. In a clone where the
// front end has not been built it holds only dist/.gitkeep.
//
//go:embed all:dist
var FS embed.FS
