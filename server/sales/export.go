package sales

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/money"
	"souk/shared/wire"
)

// SaleFilter is ListIn as the body of a request.
type SaleFilter struct {
	Q          string `json:"q,omitempty" maxLength:"40"`
	From       string `json:"from,omitempty" doc:"YYYY-MM-DD"`
	To         string `json:"to,omitempty" doc:"YYYY-MM-DD"`
	RegisterID string `json:"register_id,omitempty"`
	PersonID   string `json:"person_id,omitempty"`
	ShiftID    string `json:"shift_id,omitempty"`
	CustomerID string `json:"customer_id,omitempty"`
	Kind       string `json:"kind,omitempty" enum:"sale,refund,void,"`
	StoreID    string `json:"store_id,omitempty"`
	MethodID   string `json:"method_id,omitempty"`
	ItemID     string `json:"item_id,omitempty"`
	Flag       string `json:"flag,omitempty" maxLength:"40"`
	Least      string `json:"least_minor,omitempty" pattern:"^(-?[0-9]{1,15})?$"`
	Most       string `json:"most_minor,omitempty" pattern:"^(-?[0-9]{1,15})?$"`
	Hour       string `json:"hour,omitempty" pattern:"^([01]?[0-9]|2[0-3])?$"`
	Flagged    bool   `json:"flagged,omitempty"`
	After      string `json:"-"`
	Limit      int    `json:"-"`
}

// SaleExport is the list of sales under a filter, to be written to a file: a row
// for each sale, or for each of their lines.
type SaleExport struct {
	SaleFilter
	Lines  bool   `json:"lines,omitempty" doc:"A row for each line of the sales"`
	Format string `json:"format" enum:"csv,xlsx"`
}

const (
	// The time is that of the store's clock, as the receipt has it.
	readExported db.SQL = `
		select s.id, to_char(s.completed_at at time zone st.time_zone, 'YYYY-MM-DD HH24:MI:SS') as at, s.discount_minor, s.net_minor,
		       s.tax_minor, s.rounding_minor, s.due_minor, s.note, coalesce(o.receipt_no, '') as original,
		       coalesce((
		           select string_agg(m.name, ', ' order by t.line_no)
		           from   tenders t
		           join   payment_methods m on m.tenant_id = @tenant and m.id = t.method_id
		           where  t.tenant_id = @tenant and t.sale_id = s.id), '') as paid
		from   sales s
		join   stores st on st.tenant_id = @tenant and st.id = s.store_id
		left   join sales o on o.tenant_id = @tenant and o.id = s.original_id
		where  s.tenant_id = @tenant and s.id = any(@ids::uuid[]) and (@stores::uuid[] is null or s.store_id = any(@stores))`

	readExportedLines db.SQL = `
		select s.id as sale_id, s.receipt_no, s.kind, to_char(s.completed_at at time zone st.time_zone, 'YYYY-MM-DD HH24:MI:SS') as at,
		       s.business_date::text as business_date, st.name as store_name, s.currency, coalesce(i.sku, '') as sku, l.name, l.barcode, l.unit,
		       l.quantity, l.unit_price_minor, l.discount_minor, l.tax_code, l.tax_rate, l.net_minor, l.tax_minor, l.total_minor
		from   sale_lines l
		join   sales s on s.tenant_id = @tenant and s.id = l.sale_id
		join   stores st on st.tenant_id = @tenant and st.id = s.store_id
		left   join items i on i.tenant_id = @tenant and i.id = l.item_id
		where  l.tenant_id = @tenant and l.sale_id = any(@ids::uuid[]) and (@stores::uuid[] is null or s.store_id = any(@stores))
		order  by s.completed_at desc, s.id desc, l.line_no`
)

// saleFacts is what the list of sales does not show.
type saleFacts struct {
	ID       uuid.UUID    `db:"id"`
	At       string       `db:"at"`
	Discount money.Amount `db:"discount_minor"`
	Net      money.Amount `db:"net_minor"`
	Tax      money.Amount `db:"tax_minor"`
	Rounding money.Amount `db:"rounding_minor"`
	Due      money.Amount `db:"due_minor"`
	Note     string       `db:"note"`
	Original string       `db:"original"`
	Paid     string       `db:"paid"`
}

type exportedSale struct {
	SaleRow
	saleFacts
}

type exportedLine struct {
	SaleID       uuid.UUID       `db:"sale_id"`
	ReceiptNo    string          `db:"receipt_no"`
	Kind         string          `db:"kind"`
	At           string          `db:"at"`
	BusinessDate string          `db:"business_date"`
	StoreName    string          `db:"store_name"`
	Currency     string          `db:"currency"`
	SKU          string          `db:"sku"`
	Name         string          `db:"name"`
	Barcode      string          `db:"barcode"`
	Unit         string          `db:"unit"`
	Quantity     decimal.Decimal `db:"quantity"`
	UnitPrice    money.Amount    `db:"unit_price_minor"`
	Discount     money.Amount    `db:"discount_minor"`
	TaxCode      string          `db:"tax_code"`
	TaxRate      decimal.Decimal `db:"tax_rate"`
	Net          money.Amount    `db:"net_minor"`
	Tax          money.Amount    `db:"tax_minor"`
	Total        money.Amount    `db:"total_minor"`
}

var saleExport = export.List[SaleFilter, exportedSale]{
	Kind: "sales.export", Needs: Read,
	Header: []string{
		"Receipt", "Kind", "Takes back", "Time", "Business day", "Store", "Register", "Cashier", "Customer", "Discount", "Net", "Tax", "Total",
		"Rounding", "Paid", "Currency", "Paid by", "Note", "Flags",
	},
	Numbers: map[int]bool{9: true, 10: true, 11: true, 12: true, 13: true, 14: true},
	Page:    exportedSales,
	Cells: func(s exportedSale) []string {
		c, _ := money.Lookup(s.Currency)
		return []string{
			s.ReceiptNo, string(s.Kind), s.Original, s.At, s.BusinessDate, s.StoreName, s.RegisterName, s.PersonName, s.CustomerName,
			c.Format(s.Discount), c.Format(s.Net), c.Format(s.Tax), c.Format(s.Total), c.Format(s.Rounding), c.Format(s.Due), s.Currency,
			s.Paid, s.Note, strings.Join(s.Flags, ", "),
		}
	},
}

var lineExport = export.List[SaleFilter, exportedLine]{
	Kind: "sales.lines_export", Needs: Read,
	Header: []string{
		"Receipt", "Kind", "Time", "Business day", "Store", "SKU", "Item", "Barcode", "Quantity", "Unit", "Unit price", "Discount", "Tax code",
		"Tax rate %", "Net", "Tax", "Total", "Currency",
	},
	Numbers: map[int]bool{8: true, 10: true, 11: true, 13: true, 14: true, 15: true, 16: true},
	Page: func(ctx context.Context, tx *db.Tx, in SaleFilter, after string) (wire.Page[exportedLine], error) {
		found, ids, err := salesAfter(ctx, tx, in, after)
		if err != nil {
			return wire.Page[exportedLine]{}, err
		}
		lines, err := db.All[exportedLine](ctx, tx, readExportedLines, db.Args{"ids": ids})
		return wire.Page[exportedLine]{Rows: lines, Next: found.Next}, err
	},
	Cells: func(l exportedLine) []string {
		c, _ := money.Lookup(l.Currency)
		return []string{
			l.ReceiptNo, l.Kind, l.At, l.BusinessDate, l.StoreName, l.SKU, l.Name, l.Barcode, l.Quantity.Trim(0).String(), l.Unit,
			c.Format(l.UnitPrice), c.Format(l.Discount), l.TaxCode, l.TaxRate.Trim(0).String(), c.Format(l.Net), c.Format(l.Tax), c.Format(l.Total),
			l.Currency,
		}
	},
}

// ExportSales begins to write the sales under a filter to a file, and gives the
// job that does it. It fails with sales.filter_invalid.
func ExportSales(ctx context.Context, tx *db.Tx, in SaleExport) (jobs.JobRow, error) {
	// A filter that the list would refuse is refused at once and not in the job.
	if _, err := ListIn(in.SaleFilter).args(1); err != nil {
		return jobs.JobRow{}, err
	}
	if own := ownOnly(ctx); own != nil {
		in.PersonID = own.String()
	}
	day := tx.Now().Format("2006-01-02")
	if in.Lines {
		return lineExport.Start(ctx, tx, in.SaleFilter, "Lines of sales "+day, in.Format == "xlsx")
	}
	return saleExport.Start(ctx, tx, in.SaleFilter, "Sales "+day, in.Format == "xlsx")
}

func exportedSales(ctx context.Context, tx *db.Tx, in SaleFilter, after string) (wire.Page[exportedSale], error) {
	found, ids, err := salesAfter(ctx, tx, in, after)
	if err != nil {
		return wire.Page[exportedSale]{}, err
	}
	facts, err := db.All[saleFacts](ctx, tx, readExported, db.Args{"ids": ids})
	of := make(map[uuid.UUID]saleFacts, len(facts))
	for _, f := range facts {
		of[f.ID] = f
	}
	out := wire.Page[exportedSale]{Rows: make([]exportedSale, len(found.Rows)), Next: found.Next}
	for i, row := range found.Rows {
		out.Rows[i] = exportedSale{row, of[row.ID]}
	}
	return out, err
}

// salesAfter is a page of the list with the ids of its sales.
func salesAfter(ctx context.Context, tx *db.Tx, in SaleFilter, after string) (wire.Page[SaleRow], []uuid.UUID, error) {
	in.After, in.Limit = after, page.MaxLimit
	found, err := List(ctx, tx, ListIn(in))
	ids := make([]uuid.UUID, len(found.Rows))
	for i, row := range found.Rows {
		ids[i] = row.ID
	}
	return found, ids, err
}
