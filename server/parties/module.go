// Package parties keeps whom a shop deals with: its customers. What they bought
// and what they owe is other modules'.
package parties

import (
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read module.Permission = "parties.read"
	Edit module.Permission = "parties.edit"
	// Export is apart from Read: whoever sells looks one customer up and does not carry all of them away.
	Export module.Permission = "parties.export"
)

// Customers is who buys here.
var Customers = live.Topic{Name: "parties.customers", Needs: Read, Tables: live.Tables("customers"), Tills: true}

// Module declares the customers.
var Module = module.Module{
	Key: "parties", Title: "Customers",
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see customers", Roles: module.To(
			wire.Manager, wire.AccountsManager, wire.SalesManager, wire.Cashier, wire.Technician, wire.Waiter, wire.DealerSales,
			wire.POSUser, wire.ReportUser,
		)},
		{Permission: Edit, Allows: "add and change customers", Roles: module.To(
			wire.Manager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales,
		)},
		{Permission: Export, Allows: "take the list of customers out as a file", Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager)},
	},
	Routes: []web.Route{
		web.Get("/customers", Read, List),
		web.Post("/customers", Edit, Add),
		web.Post("/customers/exports", Export, ExportCustomers),
		web.Get("/customers/{id}", Read, ShowDetail),
		web.Put("/customers/{id}", Edit, Change),
		web.Put("/customers/{id}/archival", Edit, Archive),
		web.Delete("/customers/{id}/archival", Edit, Restore),
	},
	Topics: []live.Topic{Customers},
	Jobs:   []jobs.Kind{customerExport.Job()},
	Nav:    []module.Nav{{Section: "Selling", Label: "Customers", Path: "/customers", Icon: "contact", Needs: Read}},
	Faults: map[string]string{"customers_code_key": "parties.code_taken"},
	Sentences: map[string]string{
		"parties.code_taken": "Another customer has this code already. Choose another one, or look that customer up.",
	},
}
