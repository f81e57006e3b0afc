package sales

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/money"
	"souk/shared/wire"
)

// ReceiptNumber is what stands on a receipt, as it was typed or scanned.
type ReceiptNumber struct {
	Number string `query:"number" minLength:"1" maxLength:"60"`
}

const (
	findReceipt db.SQL = `
		select id
		from   sales
		where  tenant_id = @tenant and receipt_no = @number
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	readReturnable db.SQL = `
		select s.id, s.kind, s.series, s.number, s.receipt_no, s.original_id, s.register_id, s.shift_id, s.person_id, s.customer_id,
			s.completed_at, s.currency, s.tax_included, s.gross_minor, s.discount_minor, s.net_minor, s.tax_minor, s.total_minor,
			s.rounding_minor, s.due_minor, s.note,
			exists (select from sales v where v.tenant_id = @tenant and v.original_id = s.id and v.kind = 'void') as voided
		from   sales s
		where  s.tenant_id = @tenant and s.id = @sale
		and    (@stores::uuid[] is null or s.store_id = any(@stores))`
)

// saleRow is a sale's own row.
type saleRow struct {
	ID          uuid.UUID
	Kind        wire.SaleKind
	Series      string
	Number      int64
	ReceiptNo   string
	OriginalID  *uuid.UUID
	RegisterID  uuid.UUID
	ShiftID     uuid.UUID
	PersonID    uuid.UUID
	CustomerID  *uuid.UUID
	CompletedAt time.Time
	Currency    string
	TaxIncluded bool
	Gross       money.Amount `db:"gross_minor"`
	Discount    money.Amount `db:"discount_minor"`
	Net         money.Amount `db:"net_minor"`
	Tax         money.Amount `db:"tax_minor"`
	Total       money.Amount `db:"total_minor"`
	Rounding    money.Amount `db:"rounding_minor"`
	Due         money.Amount `db:"due_minor"`
	Note        string
	Voided      bool
}

func (s saleRow) finished() wire.FinishedSale {
	return wire.FinishedSale{
		ID: s.ID, Kind: s.Kind, Series: s.Series, Number: s.Number, ReceiptNo: s.ReceiptNo, OriginalID: s.OriginalID,
		RegisterID: s.RegisterID, ShiftID: s.ShiftID, PersonID: s.PersonID, CustomerID: s.CustomerID, CompletedAt: s.CompletedAt,
		Currency: s.Currency, TaxIncluded: s.TaxIncluded, Gross: s.Gross, Discount: s.Discount, Net: s.Net, Tax: s.Tax, Total: s.Total,
		Rounding: s.Rounding, Due: s.Due, Note: s.Note,
	}
}

// FindReceipt finds a sale by the number on its receipt, and what of it can still
// come back. The sale has no id if there is none of that number: it may still be on
// its way from a till.
func FindReceipt(ctx context.Context, tx *db.Tx, in ReceiptNumber) (wire.Returnable, error) {
	number := strings.ToUpper(strings.TrimSpace(in.Number))
	id, found, err := db.Maybe[uuid.UUID](ctx, tx, findReceipt, db.Args{"number": number})
	if err != nil {
		return wire.Returnable{}, err
	}
	if !found {
		return wire.Returnable{Sale: wire.FinishedSale{Lines: []wire.SaleLine{}, Tenders: []wire.SaleTender{}}, Back: []wire.LineBack{}}, nil
	}
	of := db.Args{"sale": id}
	r := tx.Reads()
	sale := db.ReadMaybe[saleRow](r, readReturnable, of)
	lines := db.ReadAll[remaining](r, readRemaining, of)
	tenders := db.ReadAll[wire.SaleTender](r, readTenders, of)
	if err := r.Run(ctx); err != nil {
		return wire.Returnable{}, err
	}
	out := wire.Returnable{Sale: sale.Row.finished(), Voided: sale.Row.Voided, Back: []wire.LineBack{}}
	out.Sale.Lines, out.Sale.Tenders = make([]wire.SaleLine, len(*lines)), *tenders
	for i, l := range *lines {
		l.Quantity, l.BackQuantity = l.Quantity.Trim(0), l.BackQuantity.Trim(0)
		l.TaxRate = l.TaxRate.Trim(0)
		out.Sale.Lines[i] = l.SaleLine
		if l.BackQuantity.Cmp(decimal.Zero) != 0 {
			out.Back = append(out.Back, wire.LineBack{
				LineNo: l.LineNo, Quantity: l.BackQuantity, Gross: l.BackGross, Discount: l.BackDiscount, Net: l.BackNet, Tax: l.BackTax,
			})
		}
	}
	return out, nil
}
