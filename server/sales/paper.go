package sales

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/pricing"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// ReceiptIn names a sale and says how wide the paper is.
type ReceiptIn struct {
	ID      uuid.UUID `path:"id"`
	Copy    bool      `query:"copy" doc:"Print that it is a copy"`
	Gift    bool      `query:"gift" doc:"Leave the prices out"`
	Columns int       `query:"columns" minimum:"0" maximum:"64" doc:"0 is what the store's paper has"`
}

// SaleReceipt is a receipt as data and as it is laid out.
type SaleReceipt struct {
	Document receipt.Document   `json:"document"`
	Lines    []receipt.TextLine `json:"lines" nullable:"false"`
}

// letterhead is what a receipt says of the shop.
type letterhead struct {
	ShopName  string         `db:"shop_name"`
	LegalName string         `db:"legal_name"`
	Address   string         `db:"address"`
	TimeZone  string         `db:"time_zone"`
	TaxNumber string         `db:"tax_number"`
	Header    string         `db:"receipt_header"`
	Footer    string         `db:"receipt_footer"`
	Locale    string         `db:"locale"`
	Logo      []byte         `db:"logo_png"`
	Design    receipt.Design `db:"receipt_design"`
	// Language is the customer's.
	Language string `db:"language"`
}

const readLetterhead db.SQL = `
	select c.name as shop_name, st.legal_name, st.address, st.time_zone, st.tax_number, st.receipt_header, st.receipt_footer,
	       st.logo_png, st.receipt_design, c.locale, coalesce(cu.language, '') as language
	from   sales s
	join   stores st on st.tenant_id = @tenant and st.id = s.store_id
	join   company c on c.tenant_id = @tenant
	left   join customers cu on cu.tenant_id = @tenant and cu.id = s.customer_id
	where  s.tenant_id = @tenant and s.id = @sale
	and    (@stores::uuid[] is null or s.store_id = any(@stores))`

// Receipt lays the receipt of a booked document out. It fails with sales.not_found.
func Receipt(ctx context.Context, tx *db.Tx, in ReceiptIn) (SaleReceipt, error) {
	doc, _, err := readPaper(ctx, tx, in.ID)
	if err != nil {
		return SaleReceipt{}, err
	}
	doc.Copy, doc.Gift = in.Copy, in.Gift
	columns := in.Columns
	if columns == 0 {
		columns = doc.Design.Columns(0)
	}
	return SaleReceipt{Document: doc, Lines: receipt.Text(doc, columns)}, nil
}

// readPaper reads what a sale's receipt says, and the store's logo.
func readPaper(ctx context.Context, tx *db.Tx, id uuid.UUID) (receipt.Document, []byte, error) {
	of := db.Args{"sale": id}
	r := tx.Reads()
	sale := db.ReadMaybe[SaleDetail](r, readDetail, db.Args{"sale": id, "own": ownOnly(ctx)})
	lines := db.ReadAll[remaining](r, readRemaining, of)
	tenders := db.ReadAll[NamedTender](r, readNamedTenders, of)
	head := db.ReadMaybe[letterhead](r, readLetterhead, of)
	if err := r.Run(ctx); err != nil {
		return receipt.Document{}, nil, err
	}
	if !sale.Found || !head.Found {
		return receipt.Document{}, nil, notFound()
	}
	doc, err := paper(sale.Row, head.Row, *lines)
	for _, t := range *tenders {
		doc.Tenders = append(doc.Tenders, receipt.Tender{Name: t.MethodName, Amount: t.Tendered})
		doc.Change += t.Change
	}
	return doc, head.Row.Logo, err
}

// paper is the document without its payments. The sale keeps one discount a line,
// its share of the cart's included, and that is what is printed.
func paper(sale SaleDetail, head letterhead, lines []remaining) (receipt.Document, error) {
	zone, err := time.LoadLocation(head.TimeZone)
	if err != nil {
		return receipt.Document{}, err
	}
	at := sale.CompletedAt.In(zone)
	zoneName, _ := at.Zone()
	doc := receipt.Document{
		ID: sale.ID, ShortCode: strings.ToUpper(sale.ID.String()[28:]), Number: sale.ReceiptNo, Kind: receiptKind(sale.Kind),
		ShopName: head.ShopName, LegalName: head.LegalName, Address: splitLines(head.Address), TaxNumber: head.TaxNumber,
		Header: head.Header, Footer: head.Footer, StoreName: sale.StoreName, TillName: sale.RegisterName,
		CashierName: sale.PersonName, CustomerName: sale.CustomerName, OriginalReceipt: sale.OriginalReceipt, CompletedAt: at,
		ZoneName: zoneName, Currency: sale.Currency, TaxIncluded: sale.TaxIncluded, Total: sale.Total, Rounding: sale.Rounding,
		Locale: head.Locale, Design: head.Design.In(head.Language),
	}
	if sale.OriginalID == nil {
		doc.Note = sale.Note // of the others it is the reason, which is the shop's own
	}
	taxes := taxesOf(lines)
	for i, t := range taxes {
		doc.Taxes = append(doc.Taxes, receipt.Tax{Mark: string(rune('A' + i%26)), Rate: t.Rate, Net: t.Net, Tax: t.Tax})
	}
	for _, l := range lines {
		printed := receipt.Line{
			Name: l.Name, Code: l.Barcode, Quantity: l.Quantity.Trim(0).String(), Unit: printedUnit(l.Unit), UnitPrice: l.UnitPrice,
			Discount: l.Discount, DiscountReason: l.DiscountReason, Total: l.Gross - l.Discount, TaxMark: taxMark(l.SaleLine, taxes), Note: l.Note,
		}
		printed.SetDeals(l.Deals)
		doc.Lines = append(doc.Lines, printed)
		doc.Subtotal += printed.Total
	}
	return doc, nil
}

func receiptKind(kind wire.SaleKind) receipt.Kind {
	switch kind {
	case wire.SaleKindRefund:
		return receipt.KindRefund
	case wire.SaleKindVoid:
		return receipt.KindVoid
	case wire.SaleKindSale:
	}
	return receipt.KindSale
}

// printedUnit leaves out the unit of things that are simply counted.
func printedUnit(unit string) string {
	if unit == "each" || unit == "pcs" || unit == "pc" || unit == "ea" {
		return ""
	}
	return unit
}

func taxMark(l wire.SaleLine, taxes []pricing.TaxTotal) string {
	for i, t := range taxes {
		if t.Code == l.TaxCode && t.Rate.Equal(l.TaxRate) {
			return string(rune('A' + i%26))
		}
	}
	return ""
}

func splitLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
