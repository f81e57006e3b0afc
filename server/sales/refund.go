package sales

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/limits"
	"souk/shared/money"
	"souk/shared/wire"
)

// Refund asks to take back some lines of a sale at a browser register.
type Refund struct {
	ID         uuid.UUID    `json:"id" doc:"The refund's id, made by the caller (UUIDv7)"`
	RegisterID uuid.UUID    `json:"register_id"`
	Lines      []RefundLine `json:"lines" minItems:"1" maxItems:"1000" nullable:"false"`
	MethodID   uuid.UUID    `json:"method_id" doc:"How the money goes back"`
	Reference  string       `json:"reference,omitempty" maxLength:"100"`
	Note       string       `json:"note,omitempty" maxLength:"500"`
	ApprovalID *uuid.UUID   `json:"approval_id,omitempty" doc:"Somebody's word, where it is more than the caller's limit"`
}

// RefundLine is how much of one line of the sale comes back.
type RefundLine struct {
	LineNo   int             `json:"line_no" minimum:"1"`
	Quantity decimal.Decimal `json:"quantity"`
}

// RefundIn names the sale.
type RefundIn struct {
	ID   uuid.UUID `path:"id"`
	Body Refund
}

// GiveBack books a refund: at the prices and taxes of the sale, at most what is
// left of each line, the goods back at what they cost. Two refunds of one sale
// wait for each other. Parts of a line that come back one after the other add up
// to the line exactly.
//
// Fails with sales.not_found, sales.not_a_sale, sales.voided,
// sales.line_unknown, sales.refund_exceeds, sales.method_unknown,
// approvals.needed, and with what Checkout fails with for the register.
func GiveBack(ctx context.Context, tx *db.Tx, in RefundIn) (Sale, error) {
	facts, err := loadReturn(ctx, tx, in.ID, in.Body.RegisterID)
	if err != nil {
		return Sale{}, err
	}
	refund, err := facts.document(tx, in.Body.ID, wire.SaleKindRefund)
	if err != nil {
		return Sale{}, err
	}
	refund.Note = in.Body.Note
	if err := facts.refundLines(refund, in.Body.Lines); err != nil {
		return Sale{}, err
	}
	asked := limits.GivenBack(wire.ActionRefund, facts.sale.Row.ReceiptNo, refund.Lines)
	if err := refund.approved(ctx, tx, asked, in.Body.ApprovalID); err != nil {
		return Sale{}, err
	}
	if err := facts.payBack(refund, in.Body); err != nil {
		return Sale{}, err
	}
	if err := refund.book(tx, facts.ground(byID(*facts.items))); err != nil {
		return Sale{}, err
	}
	return refund.sale(), nil
}

func (f returnFacts) refundLines(d *document, lines []RefundLine) error {
	left := map[int]remaining{}
	for _, l := range *f.lines {
		left[l.LineNo] = l
	}
	for i, asked := range lines {
		path := fmt.Sprintf("lines.%d.", i)
		sold, ok := left[asked.LineNo]
		if !ok {
			return invalid("sales.line_unknown", path+"line_no", "The sale has no such line.")
		}
		back, err := sold.take(asked.Quantity)
		if err != nil {
			return err.at(path + "quantity")
		}
		left[asked.LineNo] = sold.less(back)
		d.addReturn(sold, back)
	}
	return nil
}

// addReturn adds a line that takes back part of a sold one.
func (d *document) addReturn(sold remaining, back part) {
	line := wire.SaleLine{
		LineNo: len(d.Lines) + 1, ItemID: sold.ItemID, OriginalLine: &sold.LineNo, Name: sold.Name, Barcode: sold.Barcode,
		Unit: sold.Unit, Quantity: back.quantity.Neg(), UnitPrice: sold.UnitPrice, ListPrice: sold.ListPrice, Gross: -back.gross,
		Discount: -back.discount, DiscountReason: sold.OffReason(), TaxCode: sold.TaxCode, TaxRate: sold.TaxRate,
		Net: -back.net, Tax: -back.tax, Total: -back.net - back.tax,
	}
	d.Lines = append(d.Lines, line)
	if d.values == nil {
		d.values = map[int]money.Amount{}
	}
	d.values[line.LineNo] = back.cost
	d.Gross += line.Gross
	d.Discount += line.Discount
	d.Net += line.Net
	d.Tax += line.Tax
	d.Total += line.Total
}

// payBack pays the total out by one method, rounded if it is cash.
func (f returnFacts) payBack(d *document, in Refund) error {
	currency, ok := money.Lookup(d.Currency)
	if !ok {
		return fmt.Errorf("the sale's currency %q is unknown", d.Currency)
	}
	due := d.Total
	if method, ok := find(*f.methods, in.MethodID); ok && method.Kind == "cash" {
		due = currency.RoundCash(due)
	}
	tenders, settled, err := settle(shop{Currency: d.Currency}, *f.methods, d.Total, []wire.TenderIn{
		{MethodID: in.MethodID, Amount: due, Reference: in.Reference},
	})
	if err != nil {
		return err
	}
	d.Tenders, d.Rounding, d.Due = tenders, settled.Rounding, settled.Due
	return nil
}

// returnFacts is what a refund or a void needs of the sale and the register.
type returnFacts struct {
	counterFacts
	sale    *db.Found[originalSale]
	lines   *[]remaining
	tenders *[]wire.SaleTender
	items   *[]catalog.Sellable
}

func loadReturn(ctx context.Context, tx *db.Tx, sale, register uuid.UUID) (returnFacts, error) {
	first := tx.Reads()
	hold(first, tx, sale)
	ids := db.ReadAll[uuid.UUID](first, readSaleItems, db.Args{"sale": sale})
	if err := first.Run(ctx); err != nil {
		return returnFacts{}, err
	}
	r := tx.Reads()
	f := returnFacts{
		sale:    db.ReadMaybe[originalSale](r, readOriginal, db.Args{"sale": sale}),
		lines:   db.ReadAll[remaining](r, readRemaining, db.Args{"sale": sale}),
		tenders: db.ReadAll[wire.SaleTender](r, readTenders, db.Args{"sale": sale}),
		items:   catalog.ReadSellables(r, *ids, catalog.Counter{Register: register, Day: dayOf(tx.Now())}),
	}
	f.counterFacts = counter(r, register, *ids)
	if err := r.Run(ctx); err != nil {
		return f, err
	}
	return f, f.returnable()
}

func (f returnFacts) returnable() error {
	if err := answerable(f.sale); err != nil {
		return err
	}
	return f.open()
}

// document is the frame of a document that answers the sale.
func (f returnFacts) document(tx *db.Tx, id uuid.UUID, kind wire.SaleKind) (*document, error) {
	d, err := f.counterFacts.document(tx, id, kind)
	if err != nil {
		return nil, err
	}
	sale := f.sale.Row
	d.OriginalID, d.CustomerID, d.Currency, d.TaxIncluded = &sale.ID, sale.CustomerID, sale.Currency, sale.TaxIncluded
	return d, nil
}

func notFound() error {
	return fault.NotFound("sales.not_found").Say("This sale is not there. Look for it in the list of sales.")
}
