package live

import "souk/shared/wire"

// Topic is one thing that a screen can watch. Events of it carry ids, never
// data, and reach only those whose role has the permission.
type Topic struct {
	Name   string
	Needs  wire.Permission
	Tables []string
	// Module is whose topic it is: who may not use that may not watch it.
	Module string
	// Tills may watch it as well, whatever their role is granted: they keep a copy of
	// what it is about, and an event says no more than that the copy is old.
	Tills bool
}

// Tables names the tables whose writes are a topic's events.
func Tables(names ...string) []string { return names }
