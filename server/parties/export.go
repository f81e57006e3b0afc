package parties

import (
	"context"
	"time"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/wire"
)

// CustomerExport is the list of customers under a filter, to be written to a file.
type CustomerExport struct {
	Q      string `json:"q,omitempty" maxLength:"200"`
	Active string `json:"active,omitempty" enum:"true,false,all"`
	Sort   string `json:"sort,omitempty" enum:"name,-name,updated,-updated"`
	Format string `json:"format" enum:"csv,xlsx"`
}

var customerExport = export.List[CustomerExport, Customer]{
	Kind: "parties.export", Needs: Export,
	Header: []string{"Code", "Name", "E-mail", "Phone", "Address", "Tax number", "Language", "Notes", "Active", "Since"},
	Page: func(ctx context.Context, tx *db.Tx, in CustomerExport, after string) (wire.Page[Customer], error) {
		return List(ctx, tx, CustomerQuery{Q: in.Q, Active: in.Active, Sort: in.Sort, After: after, Limit: page.MaxLimit})
	},
	Cells: func(c Customer) []string {
		active := "no"
		if c.Active {
			active = "yes"
		}
		return []string{c.Code, c.Name, c.Email, c.Phone, c.Address, c.TaxNumber, c.Language, c.Notes, active, c.CreatedAt.Format(time.DateOnly)}
	},
}

// ExportCustomers begins to write the customers under a filter to a file, and
// gives the job that does it. It fails with parties.bad_sort.
func ExportCustomers(ctx context.Context, tx *db.Tx, in CustomerExport) (jobs.JobRow, error) {
	return customerExport.Start(ctx, tx, in, "Customers "+tx.Now().Format(time.DateOnly), in.Format == "xlsx")
}
