// Package tills keeps the registers of a shop, the devices that are paired with
// them and the shifts that are worked at them. What is sold in a shift and what
// its drawer should hold is module sales'.
package tills

import (
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Manage module.Permission = "tills.manage"
	Shifts module.Permission = "tills.shifts"
	Read   module.Permission = "tills.read"
)

// Registers is which registers there are and how their devices are; Worked is
// the shifts.
var (
	Registers = live.Topic{Name: "tills.registers", Needs: Read, Tables: live.Tables("registers", "devices")}
	Worked    = live.Topic{Name: "tills.shifts", Needs: Read, Tables: live.Tables("shifts")}
)

// Module declares registers, devices and shifts.
var Module = module.Module{
	Key: "tills", Title: "Tills",
	Permissions: []module.Grant{
		{
			Permission: Read, Allows: "see registers and shifts",
			Roles: module.To(wire.Manager, wire.SystemManager, wire.AccountsManager, wire.SalesManager, wire.Cashier,
				wire.Waiter, wire.DealerSales, wire.POSUser),
		},
		{
			Permission: Shifts, Allows: "open and close a shift at a register",
			Roles: module.To(wire.Manager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales, wire.POSUser),
		},
		{
			Permission: Manage, Allows: "add registers, pair tills with them and unpair them",
			Roles: module.To(wire.Manager, wire.SystemManager),
		},
	},
	Routes: []web.Route{
		web.Get("/registers", Read, List),
		web.Post("/registers", Manage, CreateRegister),
		web.Put("/registers/{id}", Manage, ChangeRegister),
		web.Post("/registers/{id}/pairing-code", Manage, MakeCode),
		web.PostOutside("/devices", web.Anyone, Pair),
		web.Get("/devices", Manage, Devices),
		web.Delete("/devices/{id}", Manage, Revoke),
		web.Get("/till-rules", Read, Rules),
		web.Put("/till-rules", Manage, ChangeRules),
		web.Get("/shifts", Read, ListShifts),
		web.Post("/shifts", Shifts, OpenShift),
	},
	Topics: []live.Topic{Registers, Worked},
	Reacts: []module.Reaction{module.On(retire)},
	Nav: []module.Nav{
		{Section: "Selling", Label: "Shifts", Path: "/shifts", Icon: "clock", Needs: Read},
		{Section: "Shop", Label: "Tills", Path: "/tills", Icon: "monitor", Needs: Manage},
	},
	Faults: map[string]string{
		"registers_number_key": "tills.number_taken",
		"shifts_open":          "tills.shift_open",
		"shifts_number_key":    "tills.shift_number_taken",
	},
	Sentences: map[string]string{
		"tills.number_taken":       "Someone added a register at the same moment. Try again.",
		"tills.shift_open":         "A shift is open at this register already. Close it first, or go on in it.",
		"tills.shift_number_taken": "Someone opened a shift at this register at the same moment. Look again.",
	},
}
