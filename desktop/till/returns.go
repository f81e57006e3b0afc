package till

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// taken is what a cart takes back of one earlier sale.
type taken struct {
	SaleID     uuid.UUID   `json:"sale_id"`
	ReceiptNo  string      `json:"receipt_no"`
	Reason     string      `json:"reason,omitempty"`
	ApprovedBy *uuid.UUID  `json:"approved_by,omitempty"`
	Unchecked  bool        `json:"unchecked,omitempty"`
	MethodIDs  []uuid.UUID `json:"method_ids"`
	Lines      []takenLine `json:"lines"`
	CustomerID *uuid.UUID  `json:"customer_id,omitempty"`
}

// takenLine is a line that comes back, in negative figures.
type takenLine struct {
	ID   uuid.UUID     `json:"id"`
	Line wire.SaleLine `json:"line"`
}

// FindReceipt finds a sale by the number on its receipt: at the server, which
// knows what every till has taken back, or else in this till's own journal as far
// as the shop's rules for being offline allow. It waits for the server, but no
// longer than a request may take.
//
// Fails with till.receipt_unknown, till.refund_offline, till.receipt_elsewhere
// and till.receipt_voided.
func (e *Engine) FindReceipt(number string) (wire.Returnable, error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	e.mu.Lock()
	err := e.selling()
	online := e.link.Online
	e.mu.Unlock()
	if err != nil {
		return wire.Returnable{}, err
	}
	var found wire.Returnable
	answered := false
	if s, ok := e.paired(); ok && online {
		err := s.get(e.ctx, "/api/sync/receipt?"+url.Values{"number": {number}}.Encode(), &found)
		switch {
		case err == nil:
			answered = true
		case refusedWith(err) == http.StatusNotFound:
			answered, found = true, wire.Returnable{} // it may still be on its way from here
		case isOffline(err):
			found = wire.Returnable{}
		default:
			return found, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return wire.Returnable{}, err
	}
	return e.foundReceipt(number, found, answered)
}

// foundReceipt completes what the server said by what it cannot know yet.
func (e *Engine) foundReceipt(number string, found wire.Returnable, answered bool) (wire.Returnable, error) {
	told := found.Sale.ID != uuid.Nil
	if !told {
		rules := e.setup.Company.Rules
		if !answered && rules.OfflineRefunds == wire.RefundNever {
			return found, errRefundOffline
		}
		own, err := e.ownReceipt(number)
		switch {
		case err != nil:
			return found, err
		case own == nil && answered:
			return found, errReceipt
		case own == nil:
			return found, errReceiptElsewhere
		}
		found = wire.Returnable{Sale: *own, Back: []wire.LineBack{}, Unchecked: !answered}
	}
	switch {
	case found.Sale.Kind != wire.SaleKindSale:
		return found, errReceiptIsReturn
	case found.Voided:
		return found, errReceiptVoided
	}
	if err := e.addOwnReturns(&found, told); err != nil {
		return found, err
	}
	if e.receipts == nil {
		e.receipts = map[uuid.UUID]wire.Returnable{}
	}
	e.receipts[found.Sale.ID] = found
	return found, nil
}

// ownReceipt is a sale of this till, or none.
func (e *Engine) ownReceipt(number string) (*wire.FinishedSale, error) {
	var body string
	err := e.journal.db.QueryRowContext(e.ctx,
		"select j.body from sales s join journal j on j.id = s.id where s.receipt_no = ?", number).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // it is another till's, or nobody's
	}
	if err != nil {
		return nil, err
	}
	var sale wire.FinishedSale
	return &sale, json.Unmarshal([]byte(body), &sale)
}

// addOwnReturns takes off what this till took back itself: all of it, or, if the
// server told what it has, what that has not got yet.
func (e *Engine) addOwnReturns(found *wire.Returnable, told bool) error {
	bodies, err := column(e.ctx, e.journal.db, `
		select j.body from returns r join journal j on j.id = r.id
		where  r.original_id = ?1 and (j.acked_at is null or not ?2) order by j.no`, found.Sale.ID.String(), told)
	if err != nil {
		return err
	}
	for _, body := range bodies {
		var back wire.FinishedSale
		if err := json.Unmarshal([]byte(body), &back); err != nil {
			return err
		}
		for _, l := range back.Lines {
			if l.OriginalLine != nil {
				addBack(found, *l.OriginalLine, l)
			}
		}
	}
	return nil
}

func addBack(found *wire.Returnable, lineNo int, l wire.SaleLine) {
	at := slices.IndexFunc(found.Back, func(b wire.LineBack) bool { return b.LineNo == lineNo })
	if at < 0 {
		at = len(found.Back)
		found.Back = append(found.Back, wire.LineBack{LineNo: lineNo})
	}
	b := &found.Back[at]
	if sum, err := b.Quantity.Sub(l.Quantity); err == nil {
		b.Quantity = sum
	}
	b.Gross, b.Discount, b.Net, b.Tax = b.Gross-l.Gross, b.Discount-l.Discount, b.Net-l.Net, b.Tax-l.Tax
}

// TakeBack puts lines of a receipt that was found on the cart, as returns; goods
// that are added besides make it an exchange. What the cart took back of that
// receipt before is replaced.
//
// Fails with approvals.needed, which another person's approval gets round,
// till.receipt_unknown if it was not found first, till.receipt_other if the cart
// takes back another receipt, till.refund_exceeds, and till.refund_limit.
func (e *Engine) TakeBack(in wire.BackAsked) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		found, ok := e.receipts[in.SaleID]
		switch {
		case !ok:
			return errReceipt
		case b.Back != nil && b.Back.SaleID != in.SaleID:
			return errReceiptOther
		}
		back := &taken{
			SaleID: in.SaleID, ReceiptNo: found.Sale.ReceiptNo, Reason: strings.TrimSpace(in.Reason), Unchecked: found.Unchecked,
			CustomerID: found.Sale.CustomerID, MethodIDs: []uuid.UUID{},
		}
		for _, t := range found.Sale.Tenders {
			back.MethodIDs = append(back.MethodIDs, t.MethodID)
		}
		var total money.Amount
		for _, asked := range in.Lines {
			line, err := returnedLine(found, asked)
			if err != nil {
				return err
			}
			total -= line.Total
			back.Lines = append(back.Lines, takenLine{ID: newID(), Line: line})
		}
		if len(back.Lines) == 0 {
			return errRefundExceeds
		}
		rules := e.setup.Company.Rules
		if found.Unchecked && rules.OfflineRefunds == wire.RefundLimit && total > rules.RefundLimit {
			return errRefundLimit
		}
		b.Back = back
		return nil
	})
}

// returnedLine works out what a quantity of a line comes to: all that is due once
// it is back, less what was given back before.
func returnedLine(found wire.Returnable, asked wire.BackLine) (wire.SaleLine, error) {
	at := slices.IndexFunc(found.Sale.Lines, func(l wire.SaleLine) bool { return l.LineNo == asked.LineNo })
	if at < 0 {
		return wire.SaleLine{}, errLine
	}
	sold := found.Sale.Lines[at]
	before := wire.LineBack{}
	if i := slices.IndexFunc(found.Back, func(b wire.LineBack) bool { return b.LineNo == asked.LineNo }); i >= 0 {
		before = found.Back[i]
	}
	after, err := before.Quantity.Add(asked.Quantity)
	if err != nil || !sold.Quantity.IsPos() || !asked.Quantity.IsPos() || asked.Quantity.Scale() > 4 || sold.Quantity.Less(after) {
		return wire.SaleLine{}, errRefundExceeds
	}
	share := func(whole, given money.Amount) money.Amount {
		return given - pricing.Portion(whole, after, sold.Quantity)
	}
	line := sold
	line.OriginalLine, line.Quantity = &sold.LineNo, asked.Quantity.Neg()
	line.Gross, line.Discount = share(sold.Gross, before.Gross), share(sold.Discount, before.Discount)
	line.Net, line.Tax = share(sold.Net, before.Net), share(sold.Tax, before.Tax)
	line.Total = line.Net + line.Tax
	line.NotRestocked, line.Note = !asked.Restock, ""
	line.DiscountReason, line.Deals = sold.OffReason(), nil // they are in its discount
	return line, nil
}

// price prices the cart: what is sold, and less what comes back.
func (e *Engine) price(b *basket) error { return e.priceAt(b, e.now()) }

// priceAt prices the cart with the promotions of a moment.
func (e *Engine) priceAt(b *basket, at time.Time) error {
	cart := e.pricingCart(b, at)
	priced, err := pricing.Price(cart)
	if err != nil {
		return err
	}
	b.cart, b.sold, b.priced, b.pricedAt = cart, priced, priced, at
	if b.Back == nil {
		return nil
	}
	b.priced.Taxes = slices.Clone(priced.Taxes)
	for _, back := range b.Back.Lines {
		l := back.Line
		b.priced.Gross += l.Gross
		b.priced.Discount += l.Discount
		b.priced.Net += l.Net
		b.priced.Tax += l.Tax
		b.priced.Total += l.Total
		tax := taxOf(&b.priced.Taxes, l.TaxCode, l.TaxRate)
		tax.Net += l.Net
		tax.Tax += l.Tax
	}
	return nil
}

func taxOf(taxes *[]pricing.TaxTotal, code string, rate decimal.Decimal) *pricing.TaxTotal {
	at := slices.IndexFunc(*taxes, func(t pricing.TaxTotal) bool { return t.Code == code && t.Rate.Equal(rate) })
	if at < 0 {
		at = len(*taxes)
		*taxes = append(*taxes, pricing.TaxTotal{Code: code, Rate: rate.Trim(0)})
	}
	return &(*taxes)[at]
}

// empty holds for a cart on which nothing is sold and nothing comes back.
func (b *basket) empty() bool { return len(b.Lines) == 0 && b.Back == nil }

// dropBack takes a returned line off the cart. It is false if it is none.
func (b *basket) dropBack(id uuid.UUID) bool {
	if b.Back == nil {
		return false
	}
	at := slices.IndexFunc(b.Back.Lines, func(l takenLine) bool { return l.ID == id })
	if at < 0 {
		return false
	}
	left := *b.Back
	left.Lines = slices.Delete(slices.Clone(left.Lines), at, at+1)
	b.Back, b.Selected = &left, nil
	if len(left.Lines) == 0 {
		b.Back = nil
	}
	return true
}

// addReturns puts what comes back into the finished sale. Without goods that are
// sold it is a refund, otherwise an exchange.
func (e *Engine) addReturns(sale *wire.FinishedSale) {
	back := e.cart.Back
	if back == nil {
		return
	}
	if len(sale.Lines) == 0 {
		sale.Kind = wire.SaleKindRefund
	}
	if sale.CustomerID == nil {
		sale.CustomerID = back.CustomerID
	}
	sale.OriginalID, sale.ApprovedBy, sale.Unchecked = &back.SaleID, back.ApprovedBy, back.Unchecked
	sale.Note = strings.TrimSpace(back.Reason + "\n" + sale.Note)
	for _, l := range back.Lines {
		line := l.Line
		line.LineNo, line.ApprovedBy = len(sale.Lines)+1, back.ApprovedBy
		sale.Lines = append(sale.Lines, line)
	}
}

// printReturns puts what comes back on the receipt, which has its other lines and
// all amounts already.
func (e *Engine) printReturns(doc *receipt.Document) {
	back := e.cart.Back
	if back == nil {
		return
	}
	if len(doc.Lines) == 0 {
		doc.Kind = receipt.KindRefund
	}
	doc.OriginalReceipt = back.ReceiptNo
	for _, l := range back.Lines {
		line := receipt.Line{
			Name: l.Line.Name, Code: l.Line.Barcode, Quantity: l.Line.Quantity.Trim(0).String(), Unit: printedUnit(l.Line), UnitPrice: l.Line.UnitPrice,
			Total: l.Line.Gross - l.Line.Discount, Discount: l.Line.Discount, DiscountReason: l.Line.DiscountReason,
		}
		for _, t := range doc.Taxes {
			if t.Rate.Equal(l.Line.TaxRate) {
				line.TaxMark = t.Mark
				break
			}
		}
		doc.Lines = append(doc.Lines, line)
		doc.Subtotal += line.Total
		doc.Discount -= l.Line.Discount
	}
}

// backView is what the screen says of the returned lines.
func (b *basket) backView() *wire.BackView {
	if b.Back == nil {
		return nil
	}
	return &wire.BackView{ReceiptNo: b.Back.ReceiptNo, Reason: b.Back.Reason, MethodIDs: b.Back.MethodIDs, Unchecked: b.Back.Unchecked}
}

// backLines are the returned lines as the screen shows them.
func (b *basket) backLines() []wire.CartLineView {
	views := []wire.CartLineView{}
	if b.Back == nil {
		return views
	}
	for _, l := range b.Back.Lines {
		views = append(views, wire.CartLineView{
			ID: l.ID, ItemID: l.Line.ItemID, Name: l.Line.Name, Barcode: l.Line.Barcode, Unit: l.Line.Unit, SoldBy: byEach,
			Quantity: l.Line.Quantity.Trim(0), UnitPrice: l.Line.UnitPrice, ListPrice: l.Line.UnitPrice,
			Saved: l.Line.Discount, Total: l.Line.Gross - l.Line.Discount, TaxCode: l.Line.TaxCode,
		})
	}
	return views
}
