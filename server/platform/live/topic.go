package live

import "souk/shared/wire"

// Topic is one thing that a screen can watch. Events of it carry ids, never
// data, and reach only those whose role has the permission.
type Topic struct {
	Name   string
	Needs  wire.Permission
	Tables []string
}

// Tables names the tables whose writes are a topic's events.
func Tables(names ...string) []string { return names }
