// Package catalog keeps what a shop sells: items with their barcodes, prices and
// units, the categories they stand in and the taxes they bear. How many there
// are, and what they sold for, is other modules'.
package catalog

import (
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// The permissions of this module.
const (
	Read module.Permission = "catalog.read"
	Edit module.Permission = "catalog.edit"
	// Cost shows what items cost, and lets who edits them say it.
	Cost module.Permission = "catalog.cost"
)

// Items is what is sold; Setup is what items are described by, and what a till
// must know besides.
var (
	Items = live.Topic{Name: "catalog.items", Needs: Read, Tables: live.Tables("items", "barcodes", "prices"), Tills: true}
	// StorePrices are what items cost where that is not the company's price.
	StorePrices = live.Topic{Name: "catalog.store_prices", Needs: Read, Tables: live.Tables("store_prices"), Tills: true}
	Setup       = live.Topic{
		Name: "catalog.setup", Needs: Read,
		Tables: live.Tables("categories", "tax_codes", "tax_rates", "price_lists"), Tills: true,
	}
)

// Module declares the catalogue.
var Module = module.Module{
	Key: "catalog", Title: "Items",
	Permissions: []module.Grant{
		{Permission: Read, Allows: "see items, prices and taxes", Roles: module.Everyone()},
		{Permission: Edit, Allows: "add and change items, categories and taxes", Roles: module.To(wire.Manager, wire.StockManager)},
		{Permission: Cost, Allows: "see and set what items cost", Roles: module.To(wire.Manager, wire.AccountsManager,
			wire.SalesManager, wire.PurchaseManager, wire.StockManager)},
	},
	Routes: []web.Route{
		web.Get("/items", Read, List),
		web.Post("/items", Edit, Create),
		web.Post("/items/exports", Read, ExportItems),
		web.Get("/items/by-barcode/{code}", Read, ByBarcode),
		web.Get("/barcode-readings", Read, ReadCode),
		web.Post("/items/changes", Edit, ChangeMany),
		web.Put("/items/states", Edit, SetStates),
		web.Post("/items/store-prices", Edit, ChangeStorePrices),
		web.Put("/items/store-prices", Edit, SetStorePrices),
		web.Get("/items/{id}", Read, Show),
		web.Get("/items/{id}/prices", Read, ShowPrices),
		web.Put("/items/{id}/prices/{store_id}", Edit, SetStorePrice),
		web.Put("/items/{id}", Edit, Change),
		web.Put("/items/{id}/archival", Edit, Archive),
		web.Delete("/items/{id}/archival", Edit, Restore),
		web.Post("/items/{id}/barcodes", Edit, AddBarcode),
		web.Delete("/items/{id}/barcodes/{code}", Edit, RemoveBarcode),
		web.Post("/pictures/files", Edit, BeginPicture),
		web.PostOutside("/pictures", Edit, AddPicture),
		web.GetPicture("/pictures/{id}/{size}", Read, ShowPicture),
		web.Get("/categories", Read, Categories),
		web.Post("/categories", Edit, AddCategory),
		web.Put("/categories/{id}", Edit, ChangeCategory),
		web.Get("/units", Read, Units),
		web.Get("/tax-codes", Read, TaxCodes),
		web.Post("/tax-codes/{id}/rates", Edit, AddRate),
	},
	Topics: []live.Topic{Items, StorePrices, Setup},
	Nav: []module.Nav{
		{Section: "Stock", Label: "Items", Path: "/items", Icon: "package", Needs: Read},
		{Section: "Stock", Label: "Barcode lab", Path: "/barcodes", Icon: "scan-barcode", Needs: Read},
		{Section: "Shop", Label: "Taxes", Path: "/settings/taxes", Icon: "percent", Needs: Edit},
	},
	Reacts: []module.Reaction{module.On(layGround)},
	Jobs:   []jobs.Kind{itemExport.Job(), costExport.Job()},
	Faults: map[string]string{
		"items_sku_key":       "catalog.sku_taken",
		"items_plu_key":       "catalog.plu_taken",
		"barcodes_pkey":       "catalog.barcode_taken",
		"categories_name_key": "catalog.category_name_taken",
		"tax_rates_pkey":      "catalog.rate_exists",
	},
	Sentences: map[string]string{
		"catalog.sku_taken":           "Another item already has this SKU. Choose another one.",
		"catalog.plu_taken":           "Another item already has this PLU. Choose another one.",
		"catalog.barcode_taken":       "Another item already has this barcode. Take it off there first, or check the code.",
		"catalog.category_name_taken": "There is a category of this name already. Choose another name.",
		"catalog.rate_exists":         "A rate already begins on that day. Choose another day.",
	},
}
