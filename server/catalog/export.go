package catalog

import (
	"context"
	"slices"
	"strconv"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/money"
	"souk/shared/wire"
)

// ItemExport is the list of items under a filter, to be written to a file.
type ItemExport struct {
	Q        string `json:"q,omitempty" maxLength:"200"`
	Category string `json:"category,omitempty"`
	Active   string `json:"active,omitempty" enum:"true,false,all"`
	Low      bool   `json:"low,omitempty"`
	Sort     string `json:"sort,omitempty" enum:"name,-name,sku,-sku,price,-price,updated,-updated"`
	Format   string `json:"format" enum:"csv,xlsx"`
	// Currency is filled in by the server: amounts are written with its decimals.
	Currency string `json:"currency,omitempty" readOnly:"true"`
}

const shopCurrency db.SQL = `select currency from company where tenant_id = @tenant`

// exportRow is an item with the currency that its amounts are in.
type exportRow struct {
	ItemRow
	currency money.Currency
}

// The headings are those that an import understands by itself. A file with costs
// in it is another kind of file, which only those may fetch who may see them.
var (
	itemExport = export.List[ItemExport, exportRow]{
		Kind: "catalog.export", Needs: Read, Numbers: map[int]bool{7: true}, Page: exportPage, Cells: exportCells,
		Header: []string{"SKU", "Name", "Barcode", "Category", "Unit", "Sold by", "PLU", "Price", "Tax code", "Active"},
	}
	costExport = export.List[ItemExport, exportRow]{
		Kind: "catalog.cost_export", Needs: Cost, Numbers: map[int]bool{7: true, 8: true}, Page: exportPage,
		Cells:  func(i exportRow) []string { return slices.Insert(exportCells(i), 8, i.currency.Format(i.Cost)) },
		Header: []string{"SKU", "Name", "Barcode", "Category", "Unit", "Sold by", "PLU", "Price", "Cost", "Tax code", "Active"},
	}
)

func exportPage(ctx context.Context, tx *db.Tx, in ItemExport, after string) (wire.Page[exportRow], error) {
	found, err := list(ctx, tx, ItemQuery{
		Q: in.Q, Category: in.Category, Active: in.Active, Low: in.Low, Sort: in.Sort, After: after, Limit: page.MaxLimit,
	})
	currency, _ := money.Lookup(in.Currency)
	out := wire.Page[exportRow]{Rows: make([]exportRow, len(found.Rows)), Next: found.Next}
	for i, row := range found.Rows {
		out.Rows[i] = exportRow{row, currency}
	}
	return out, err
}

func exportCells(i exportRow) []string {
	return []string{
		i.SKU, i.Name, i.Barcode, i.Category, i.Unit, i.SoldBy, i.PLU, i.currency.Format(i.Price), i.TaxCode,
		map[string]string{"true": "yes", "false": "no"}[strconv.FormatBool(i.Active)],
	}
}

// ExportItems begins to write the items under a filter to a file, and gives the
// job that does it.
func ExportItems(ctx context.Context, tx *db.Tx, in ItemExport) (jobs.JobRow, error) {
	var err error
	if in.Currency, err = db.One[string](ctx, tx, shopCurrency, db.Args{}); err != nil {
		return jobs.JobRow{}, err
	}
	if _, err := in.query(ctx, tx); err != nil {
		return jobs.JobRow{}, err
	}
	kind := itemExport
	if seesCost(ctx) {
		kind = costExport
	}
	return kind.Start(ctx, tx, in, "Items "+tx.Now().Format("2006-01-02"), in.Format == "xlsx")
}

// query refuses a filter at once that the list would refuse in the job.
func (in ItemExport) query(ctx context.Context, tx *db.Tx) (wire.Page[ItemRow], error) {
	return List(ctx, tx, ItemQuery{Q: in.Q, Category: in.Category, Active: in.Active, Low: in.Low, Sort: in.Sort, Limit: 1})
}
