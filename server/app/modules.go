package app

import (
	"souk/server/access"
	"souk/server/approvals"
	"souk/server/audit"
	"souk/server/catalog"
	"souk/server/factors"
	"souk/server/imports"
	"souk/server/inventory"
	"souk/server/jobs"
	"souk/server/ledger"
	"souk/server/mails"
	"souk/server/parties"
	"souk/server/payments"
	"souk/server/platform/module"
	"souk/server/promotions"
	"souk/server/reports"
	"souk/server/sales"
	"souk/server/selftest"
	"souk/server/setup"
	"souk/server/support"
	"souk/server/sync"
	"souk/server/system"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/transfers"
	"souk/server/users"
)

// Modules is the program. The order is the layering: a module may import only
// those above it.
var Modules = module.All(
	tenants.Module,
	users.Module,
	approvals.Module,
	factors.Module,
	jobs.Module,
	catalog.Module,
	parties.Module,
	ledger.Module,
	inventory.Module,
	imports.Module,
	payments.Module,
	mails.Module,
	access.Module,
	tills.Module,
	transfers.Module,
	promotions.Module,
	sales.Module,
	reports.Module,
	sync.Module,
	audit.Module,
	setup.Module,
	system.Module,
	selftest.Module,
	support.Module,
)
