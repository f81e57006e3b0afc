package sales

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// returning is the earlier sale of which a cart takes something back; all of it is
// empty where a cart takes nothing back.
type returning struct {
	sale    *db.Found[originalSale]
	lines   *[]remaining
	tenders *[]wire.SaleTender
}

func readReturning(r *db.Reads, back *wire.BackAsked) returning {
	if back == nil {
		return returning{}
	}
	of := db.Args{"sale": back.SaleID}
	return returning{
		sale:    db.ReadMaybe[originalSale](r, readOriginal, of),
		lines:   db.ReadAll[remaining](r, readRemaining, of),
		tenders: db.ReadAll[wire.SaleTender](r, readTenders, of),
	}
}

// holdReturning makes documents that take back the same sale wait for each other,
// and gives the items that it sold, whose stock will move.
func holdReturning(ctx context.Context, tx *db.Tx, back *wire.BackAsked) ([]uuid.UUID, error) {
	if back == nil {
		return nil, nil
	}
	r := tx.Reads()
	hold(r, tx, back.SaleID)
	ids := db.ReadAll[uuid.UUID](r, readSaleItems, db.Args{"sale": back.SaleID})
	err := r.Run(ctx)
	return *ids, err
}

// answerable fails unless the document is a sale that still stands.
func answerable(sale *db.Found[originalSale]) error {
	switch {
	case !sale.Found:
		return notFound()
	case sale.Row.Kind != wire.SaleKindSale:
		return fault.Conflict("sales.not_a_sale").Say("Only a sale can be taken back, not a refund or a void.")
	case sale.Row.Voided:
		return fault.Conflict("sales.voided").Say("This sale was voided: nothing of it is left to give back.")
	}
	return nil
}

// takeBack adds to a priced basket what the cart takes back of an earlier sale, in
// negative figures: at the prices and taxes of that sale, at most what is left of
// each line. at is where the cart stands in the request body.
func (b *basket) takeBack(asked *wire.BackAsked, from returning, at string) error {
	if asked == nil {
		return nil
	}
	if err := answerable(from.sale); err != nil {
		return err
	}
	if from.sale.Row.Currency != b.cart.Currency {
		return invalid("sales.currency_differs", at+"back", "That sale was made in another currency. Take it back in the office.")
	}
	d := &document{} // gathers the lines as a refund does
	for i, line := range asked.Lines {
		path := fmt.Sprintf("%sback.lines.%d.", at, i)
		k := slices.IndexFunc(*from.lines, func(l remaining) bool { return l.LineNo == line.LineNo })
		if k < 0 {
			return invalid("sales.line_unknown", path+"line_no", "The sale has no such line.")
		}
		part, refused := (*from.lines)[k].take(line.Quantity)
		if refused != nil {
			return refused.at(path + "quantity")
		}
		d.addReturn((*from.lines)[k], part)
		d.Lines[len(d.Lines)-1].NotRestocked = !line.Restock
		(*from.lines)[k] = (*from.lines)[k].less(part)
	}
	if len(d.Lines) == 0 {
		return invalid("sales.refund_exceeds", at+"back.lines", "Choose what comes back.")
	}
	b.join(d)
	b.from, b.reason = from, strings.TrimSpace(asked.Reason)
	return nil
}

// join adds the returned lines and their figures to the basket.
func (b *basket) join(d *document) {
	b.values = map[int]money.Amount{}
	for _, l := range d.Lines {
		value := d.values[l.LineNo]
		l.LineNo = len(b.lines) + len(b.back) + 1
		b.values[l.LineNo] = value
		b.back = append(b.back, l)
		at := slices.IndexFunc(b.priced.Taxes, func(t pricing.TaxTotal) bool { return t.Code == l.TaxCode && t.Rate.Equal(l.TaxRate) })
		if at < 0 {
			at = len(b.priced.Taxes)
			b.priced.Taxes = append(slices.Clone(b.priced.Taxes), pricing.TaxTotal{Code: l.TaxCode, Rate: l.TaxRate.Trim(0)})
		}
		b.priced.Taxes[at].Net += l.Net
		b.priced.Taxes[at].Tax += l.Tax
	}
	b.priced.Gross, b.priced.Discount = b.priced.Gross+d.Gross, b.priced.Discount+d.Discount
	b.priced.Net, b.priced.Tax, b.priced.Total = b.priced.Net+d.Net, b.priced.Tax+d.Tax, b.priced.Total+d.Total
}

// answer makes a document of what the basket takes back besides: an exchange, or a
// refund where nothing is sold.
func (d *document) answer(b basket) {
	if len(b.back) == 0 {
		return
	}
	sale := b.from.sale.Row
	if len(b.lines) == 0 {
		d.Kind = wire.SaleKindRefund
	}
	if d.CustomerID == nil {
		d.CustomerID = sale.CustomerID
	}
	d.OriginalID, d.values = &sale.ID, b.values
	d.Lines = append(d.Lines, b.back...)
	d.Note = strings.TrimSpace(b.reason + "\n" + d.Note)
}

// backView says where a cart's returned lines come from, if it has any.
func (b basket) backView() *wire.BackView {
	if len(b.back) == 0 {
		return nil
	}
	view := &wire.BackView{ReceiptNo: b.from.sale.Row.ReceiptNo, Reason: b.reason, MethodIDs: []uuid.UUID{}}
	for _, t := range *b.from.tenders {
		view.MethodIDs = append(view.MethodIDs, t.MethodID)
	}
	return view
}

// backLines are the returned lines as the register shows them. Their ids are made
// of the line that they take back, so that they stay the same.
func (b basket) backLines() []wire.CartLineView {
	views := []wire.CartLineView{}
	for _, l := range b.back {
		view := wire.CartLineView{
			ID: uuid.NewSHA1(b.from.sale.Row.ID, []byte(fmt.Sprint(*l.OriginalLine))), ItemID: l.ItemID, Name: l.Name, Barcode: l.Barcode,
			Unit: l.Unit, SoldBy: "each", Quantity: l.Quantity.Trim(0), UnitPrice: l.UnitPrice, ListPrice: l.UnitPrice, Saved: l.Discount,
			Total: l.Gross - l.Discount, TaxCode: l.TaxCode, OriginalLine: l.OriginalLine,
		}
		views = append(views, view)
	}
	return views
}
