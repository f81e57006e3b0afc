// Package sales books what was sold: it prices and finishes the browser
// register's carts, books what tills have finished by themselves, takes sales
// back, ends shifts and shows all of it. Each document moves stock and posts to
// the ledger in one transaction. It opens no shift and keeps no catalogue.
package sales

import (
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/shared/wire"
)

// Sales is every finished sale, refund and void.
var Sales = live.Topic{Name: "sales.list", Needs: Read, Tables: live.Tables("sales")}

// Cash is what moved in drawers beside sales.
var Cash = live.Topic{Name: "sales.cash", Needs: SeeCash, Tables: live.Tables("cash_movements")}

// Module declares selling.
var Module = module.Module{
	Key: "sales", Title: "Sales",
	Needs: []string{"catalog", "inventory", "ledger", "parties", "tills"},
	Permissions: []module.Grant{
		{Permission: Sell, Allows: "sell at a register", Roles: module.To(wire.Manager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales, wire.POSUser)},
		{Permission: Read, Allows: "see sales and receipts", Roles: module.To(
			wire.Manager, wire.AccountsManager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales, wire.POSUser, wire.ReportUser)},
		{Permission: ReadAll, Allows: "see the sales of others, not their own alone", Roles: module.To(
			wire.Manager, wire.AccountsManager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales, wire.POSUser, wire.ReportUser)},
		{Permission: GiveDiscount, Allows: "give discounts", Roles: module.To(wire.Manager, wire.SalesManager, wire.Cashier, wire.DealerSales)},
		{Permission: ChangePrice, Allows: "sell at another price than the list's", Roles: module.To(wire.Manager, wire.SalesManager)},
		{Permission: TakeBack, Allows: "take goods back and give money back", Roles: module.To(wire.Manager, wire.SalesManager)},
		{Permission: Cancel, Allows: "void a sale of the open shift", Roles: module.To(wire.Manager, wire.SalesManager)},
		{Permission: CashIn, Allows: "put money into a drawer", Roles: module.To(wire.Manager, wire.SalesManager, wire.Cashier)},
		{Permission: CashOut, Allows: "take money out of a drawer", Roles: module.To(wire.Manager, wire.SalesManager)},
		{Permission: SafeDrop, Allows: "bring money from a drawer to the safe", Roles: module.To(wire.Manager, wire.SalesManager, wire.Cashier)},
		{Permission: Drawer, Allows: "open a drawer without a sale", Roles: module.To(wire.Manager, wire.SalesManager)},
		{Permission: ReadX, Allows: "read out a shift before it is closed", Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager)},
		{Permission: Mail, Allows: "send receipts by e-mail", Roles: module.To(
			wire.Manager, wire.AccountsManager, wire.SalesManager, wire.Cashier, wire.Waiter, wire.DealerSales, wire.POSUser)},
		{Permission: SeeCash, Allows: "see what cash moved in drawers beside sales", Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager, wire.ReportUser)},
		{Permission: SeeCost, Allows: "see what goods cost and the margin", Roles: module.To(wire.Manager, wire.AccountsManager, wire.SalesManager)},
	},
	Routes: []web.Route{
		web.Post("/sales", Sell, Checkout),
		web.Get("/sales", Read, List),
		web.Post("/sales/exports", Read, ExportSales),
		web.Get("/sales/{id}", Read, Show),
		web.Get("/sales/{id}/receipt", Read, Receipt),
		web.GetFile("/sales/{id}/receipt.pdf", Read, ReceiptPDF),
		web.Get("/sales/{id}/mails", Mail, MailsOf),
		web.Post("/sales/{id}/mails", Mail, MailReceipt),
		web.PostOutside("/stores/{id}/receipt-preview", tenants.EditStores, PreviewReceipt),
		web.Post("/sales/{id}/void", Sell, Undo),
		web.Post("/sales/{id}/refund", Sell, GiveBack),
		web.Post("/shifts/{id}/closure", tills.Shifts, CloseShift),
		web.Get("/shifts/{id}/z", tills.Shifts, ShowZ),
		web.Get("/shifts/{id}/x", ReadX, ShowX),
		web.Post("/shifts/{id}/cash-in", Sell, PutIn),
		web.Post("/shifts/{id}/cash-out", Sell, TakeOut),
		web.Post("/shifts/{id}/safe-drop", Sell, Drop),
		web.Post("/shifts/{id}/drawer-opening", Sell, OpenDrawer),
		web.Get("/cash-movements", SeeCash, Movements),
		web.Get("/cash-movement-sums", SeeCash, SumMovements),
		web.Post("/cash-movements/exports", SeeCash, ExportMovements),
		web.PostOutside("/register/quote", Sell, Quote),
		web.Get("/register/state", Sell, State),
		web.Get("/register/search", Sell, Search),
		web.Get("/register/browse", Sell, Browse),
		web.Get("/register/scan", Sell, Scan),
		web.Get("/register/receipt", Read, FindReceipt),
		web.Get("/register/receipts", Read, FindReceipts),
		web.Get("/register/customers/{id}/purchases", Read, Purchases),
		web.Get("/register/items/{item_id}/stock", Sell, StockOf),
	},
	Topics: []live.Topic{Sales, Cash},
	Jobs:   []jobs.Kind{saleExport.Job(), lineExport.Job(), movementExport.Job()},
	Nav: []module.Nav{
		{Section: "Selling", Label: "Sales", Path: "/sales", Icon: "receipt", Needs: Read},
		{Section: "Selling", Label: "Cash movements", Path: "/cash-movements", Icon: "banknote", Needs: SeeCash},
	},
	Faults: map[string]string{
		"sales_pkey":                "sales.already_made",
		"cash_movements_pkey":       "sales.cash_already_booked",
		"sales_number_key":          "sales.number_taken",
		"sales_void_once":           "sales.voided",
		"sales_adds_up":             "sales.sums_differ",
		"sales_parts_add_up":        "sales.sums_differ",
		"z_reports_pkey":            "sales.shift_already_closed",
		"sales_original":            "sales.original_unknown",
		"sale_lines_quantity_check": "sales.quantity_invalid",
	},
	Sentences: map[string]string{
		"sales.cash_already_booked":  "This movement of cash is booked already.",
		"sales.already_made":         "This sale is in the books already. Look it up in the list of sales.",
		"sales.number_taken":         "Another sale has this receipt number already. Try again.",
		"sales.voided":               "This sale has been voided already.",
		"sales.sums_differ":          "The sums of this sale do not add up, so it was not booked. Call support.",
		"sales.shift_already_closed": "This shift has been closed already. Look at its Z report.",
		"sales.original_unknown":     "The sale that is to be taken back is not known here. Look it up in the list of sales.",
		"sales.quantity_invalid":     "A quantity must not be zero. Correct it, or take the line away.",
	},
}
