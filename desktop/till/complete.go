package till

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// Complete finishes the sale: it is numbered, journalled and on disk when
// Complete returns, and only then printed. What the drawer and the paper do
// after that does not change it.
//
// Fails with till.cart_empty, till.tenders, till.method_unknown, with
// pricing.underpaid and the other faults of settling, and with till.disk or
// till.disk_failing if the disk did not take it; there is no sale then.
func (e *Engine) Complete(tenders []wire.TenderIn) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	step("complete.begun")
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	if e.cart.empty() {
		return e.state(), errCartEmpty
	}
	f, err := e.finish(tenders)
	if err != nil {
		return e.state(), err
	}
	step("complete.priced")
	if err := e.commit(f); err != nil {
		return e.state(), e.diskFault(err)
	}
	step("complete.committed")

	e.finished(f)
	e.print(f)
	step("complete.spooled")
	e.poke()
	return e.state(), nil
}

// finished is a sale with everything that is written about it.
type finished struct {
	sale    wire.FinishedSale
	receipt receipt.Document
	methods []wire.MethodSetup // how it was paid
	paid    money.Amount
	change  money.Amount
	drawer  bool
}

// byCard says whether a card paid for some of it.
func (f *finished) byCard() bool {
	return slices.ContainsFunc(f.methods, func(m wire.MethodSetup) bool { return m.Kind == "card" })
}

// finish prices and settles the cart. The sale has no number yet.
func (e *Engine) finish(tenders []wire.TenderIn) (*finished, error) {
	if err := e.priceAt(&e.cart, e.offered()); err != nil {
		return nil, pricingFault(err)
	}
	if err := e.settleApprovals(); err != nil {
		return nil, err
	}
	priced := e.cart.priced
	methods, err := e.methodsOf(tenders)
	if err != nil {
		return nil, err
	}
	if len(tenders) == 0 && priced.Total != 0 {
		return nil, errTenders
	}
	handed := make([]pricing.Tender, len(tenders))
	for i, t := range tenders {
		handed[i] = pricing.Tender{MethodKind: methods[i].Kind, Amount: t.Amount}
	}
	settled, err := pricing.Settle(e.currency(), priced.Total, handed)
	if err != nil {
		return nil, pricingFault(err)
	}
	f := &finished{sale: e.newSale(priced, settled), methods: methods, paid: settled.Paid, change: settled.Change}
	for i, m := range methods {
		t := settled.Tenders[i]
		f.drawer = f.drawer || m.OpensDrawer
		f.sale.Tenders = append(f.sale.Tenders, wire.SaleTender{
			MethodID: m.ID, Amount: t.Amount, Tendered: t.Tendered, Change: t.Change,
			Reference: strings.TrimSpace(tenders[i].Reference),
		})
	}
	f.receipt, err = e.receiptOf(f.sale, e.cart.cart, priced, settled, methods)
	return f, err
}

// offerHolds is how long the promotions of a cart that is being paid still count: what
// the customer was told is what he pays, though the happy hour ends meanwhile.
const offerHolds = 15 * time.Minute

// offered is the moment whose promotions count for a cart that is paid now.
func (e *Engine) offered() time.Time {
	now := e.now()
	if since := now.Sub(e.cart.pricedAt); since < 0 || since > offerHolds {
		return now
	}
	return e.cart.pricedAt
}

func (e *Engine) methodsOf(tenders []wire.TenderIn) ([]wire.MethodSetup, error) {
	methods := make([]wire.MethodSetup, len(tenders))
	for i, t := range tenders {
		at := slices.IndexFunc(e.setup.Methods, func(m wire.MethodSetup) bool { return m.ID == t.MethodID })
		if at < 0 {
			return nil, errMethod
		}
		methods[i] = e.setup.Methods[at]
	}
	return methods, nil
}

func (e *Engine) newSale(priced pricing.Priced, settled pricing.Settlement) wire.FinishedSale {
	sale := wire.FinishedSale{
		ID: newID(), Kind: wire.SaleKindSale, Series: e.pairing.Series, RegisterID: e.pairing.RegisterID,
		ShiftID: e.shift.ID, PersonID: e.person.ID, CustomerID: e.cart.CustomerID, CompletedAt: e.now(),
		Currency: e.setup.Company.Currency, TaxIncluded: e.setup.Company.PricesIncludeTax,
		Tenders: []wire.SaleTender{}, Note: e.cart.Note,
		Gross: priced.Gross, Discount: priced.Discount, Net: priced.Net, Tax: priced.Tax, Total: priced.Total,
		Rounding: settled.Rounding, Due: settled.Due, Approvals: e.cart.Approvals,
	}
	for i, l := range e.cart.Lines {
		p := priced.Lines[i]
		var approver *uuid.UUID
		if by, ok := e.cart.approvers[i]; ok {
			approver = &by
		}
		sale.Lines = append(sale.Lines, wire.SaleLine{
			LineNo: i + 1, ItemID: l.ItemID, Name: l.Name, Barcode: l.Barcode, Unit: l.Unit, Quantity: l.Quantity,
			UnitPrice: l.UnitPrice, ListPrice: l.ListPrice, Gross: p.Gross, Discount: p.Discount,
			DiscountReason: e.reason(l), Deals: e.cart.cart.Lines[i].Deals, TaxCode: l.TaxCode, TaxRate: e.taxRate(l.TaxCode),
			Net: p.Net, Tax: p.Tax, Total: p.Total, Note: l.Note, ApprovedBy: approver,
		})
	}
	e.addReturns(&sale)
	return sale
}

func (e *Engine) reason(l line) string {
	if l.Discount != nil && l.Discount.Reason != "" {
		return l.Discount.Reason
	}
	if e.cart.Discount != nil {
		return e.cart.Discount.Reason
	}
	return ""
}

// commit writes the sale. When the disk is full the reserve is given up for it,
// once.
func (e *Engine) commit(f *finished) error {
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error { return e.writeSale(tx, f) })
	if !diskFull(err) {
		return err
	}
	if freed := e.giveReserve(); freed != nil {
		return errors.Join(err, freed)
	}
	return e.journal.write(e.ctx, func(tx *sql.Tx) error { return e.writeSale(tx, f) })
}

func (e *Engine) writeSale(tx *sql.Tx, f *finished) error {
	step("complete.tx_begun")
	sale := &f.sale
	err := tx.QueryRowContext(e.ctx, `
		insert into counters (series, next) values (?, 2)
		on conflict (series) do update set next = next + 1
		returning next - 1`, sale.Series).Scan(&sale.Number)
	if err != nil {
		return err
	}
	sale.ReceiptNo = wire.ReceiptNo(sale.Series, sale.Number)
	f.receipt.Number = sale.ReceiptNo
	step("complete.numbered")

	paper, err := json.Marshal(f.receipt)
	if err != nil {
		return err
	}
	methods, err := json.Marshal(f.methods)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(e.ctx, `
		insert into sales (id, shift_id, kind, receipt_no, completed_at, total_minor, receipt, methods)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		sale.ID.String(), sale.ShiftID.String(), string(sale.Kind), sale.ReceiptNo, stamp(sale.CompletedAt),
		int64(sale.Total), string(paper), string(methods))
	if err != nil {
		return err
	}
	if sale.OriginalID != nil {
		_, err := tx.ExecContext(e.ctx, "insert into returns (id, original_id) values (?, ?)", sale.ID.String(), sale.OriginalID.String())
		if err != nil {
			return err
		}
		step("complete.return_written")
	}
	step("complete.sale_written")
	if err := e.record(tx, sale.ID, wire.EntrySaleFinished, sale); err != nil {
		return err
	}
	step("complete.journalled")
	if err := e.dropCart(tx, e.person.ID); err != nil {
		return err
	}
	step("complete.cart_dropped")
	return nil
}

// finished brings what is in memory up to what is on disk.
func (e *Engine) finished(f *finished) {
	for _, approval := range f.sale.Approvals {
		e.spend(approval.ID)
	}
	e.cart, e.steps = basket{}, 0
	e.last = &wire.LastSale{
		ID: f.sale.ID, ReceiptNo: f.sale.ReceiptNo, Total: f.sale.Due, Paid: f.paid, Change: f.change,
		At: f.sale.CompletedAt, Gift: f.receipt.Design.Gift,
	}
	e.last.Email, e.last.Language = e.addressOf(f.sale.CustomerID)
	for _, l := range f.sale.Lines {
		if l.ItemID != nil && !l.NotRestocked {
			e.unsent.add(*l.ItemID, l.Quantity)
		}
	}
	e.link.Waiting++
	if e.link.OldestAt == nil {
		at := f.sale.CompletedAt
		e.link.OldestAt = &at
	}
}

func (e *Engine) receiptOf(sale wire.FinishedSale, cart pricing.Cart, priced pricing.Priced, settled pricing.Settlement,
	methods []wire.MethodSetup,
) (receipt.Document, error) {
	store := e.setup.Store
	at := sale.CompletedAt.In(e.zone())
	zone, _ := at.Zone()
	doc := receipt.Document{
		ID: sale.ID, ShortCode: shortCode(sale.ID.String()), Kind: receipt.KindSale,
		ShopName: e.setup.Company.Name, LegalName: store.LegalName, Address: addressLines(store.Address),
		TaxNumber: store.TaxNumber, Header: store.ReceiptHeader, Footer: store.ReceiptFooter,
		StoreName: store.Name, TillName: e.setup.Register.Name, CashierName: e.person.Name,
		CustomerName: e.cart.CustomerName, Design: store.ReceiptDesign.In(e.languageOn(e.cart.CustomerID)), CompletedAt: at, ZoneName: zone, Locale: e.setup.Company.Locale,
		Lines: make([]receipt.Line, len(e.cart.Lines)), Tenders: make([]receipt.Tender, len(methods)),
	}
	for i := range doc.Lines {
		doc.Lines[i] = receipt.Line{Name: sale.Lines[i].Name, Code: sale.Lines[i].Barcode, Unit: printedUnit(sale.Lines[i]), Note: sale.Lines[i].Note}
	}
	for i, m := range methods {
		doc.Tenders[i].Name = m.Name
	}
	if sale.OriginalID == nil {
		doc.Note = sale.Note // of the others it is the reason, which is the shop's own
	}
	err := doc.SetAmounts(cart, priced, settled)
	e.printReturns(&doc)
	return doc, err
}

// printedUnit leaves out the unit of what is counted: "3 x" says it.
func printedUnit(l wire.SaleLine) string {
	if l.Quantity.IsInt() {
		return ""
	}
	return l.Unit
}

func shortCode(id string) string { return strings.ToUpper(id[len(id)-8:]) }

func addressLines(address string) []string {
	return strings.FieldsFunc(address, func(r rune) bool { return r == '\n' || r == '\r' })
}

// Recent lists the last sales of this till, newest first.
func (e *Engine) Recent(limit int) ([]wire.RecentSale, error) {
	list := []wire.RecentSale{}
	rows, err := e.journal.db.QueryContext(e.ctx, `
		select s.id, s.kind, s.receipt_no, s.completed_at, s.total_minor, j.acked_at is not null
		from   sales s join journal j on j.id = s.id
		order  by s.rowid desc limit ?`, limit)
	if err != nil {
		return list, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s wire.RecentSale
		var at string
		if err := rows.Scan(&s.ID, &s.Kind, &s.ReceiptNo, &at, &s.Total, &s.Sent); err != nil {
			return list, err
		}
		if s.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return list, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
