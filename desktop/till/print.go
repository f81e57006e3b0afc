package till

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/google/uuid"

	"souk/desktop/printer"
	"souk/shared/fault"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// Receipt is a sale's receipt, and how it looks on this till's paper.
type Receipt struct {
	Document receipt.Document   `json:"document"`
	Lines    []receipt.TextLine `json:"lines"`
}

// The states of a sale's paper.
const (
	notPrinted = 0
	printed    = 1
	noPaper    = 2 // it was not printed, for the reason beside it
)

// logo is the shop's logo as it was last made ready for paper.
type logo struct {
	png     []byte
	columns int
	size    receipt.LogoSize
	raster  []byte
}

// paper is what the printer prints on, as the shop wants it.
func (e *Engine) paper() receipt.Printer {
	p := receipt.Printer{Columns: e.columns()}
	if e.setup == nil || len(e.setup.Store.LogoPNG) == 0 {
		return p
	}
	// Reading a picture takes longer than a whole receipt: once for each logo.
	png, size := e.setup.Store.LogoPNG, e.setup.Store.ReceiptDesign.LogoSize
	if e.logo.columns != p.Columns || e.logo.size != size || !bytes.Equal(e.logo.png, png) {
		e.logo = logo{png, p.Columns, size, receipt.Raster(png, p, size)}
	}
	p.Logo = e.logo.raster
	return p
}

func (e *Engine) columns() int {
	if e.setup == nil {
		return receipt.Design{}.Columns(e.printer.Columns)
	}
	return e.setup.Store.ReceiptDesign.Columns(e.printer.Columns)
}

// note keeps which letters of a receipt no printer can print. They are boxes on the paper.
func (e *Engine) note(doc receipt.Document) {
	e.printer.Lacking = receipt.Lacking(doc, e.paper())
}

// print queues a finished sale's receipt as often as the shop wants it, and the
// drawer's pulse before it: the cashier wants the drawer first. It returns at once.
func (e *Engine) print(f *finished) {
	kind := printer.Kind(e.printer.Kind)
	if kind == printer.None {
		return
	}
	copies := f.receipt.Design.CopiesOf(f.byCard())
	var content []byte
	if f.drawer {
		content = append(content, receipt.DrawerPulse(2)...)
	}
	if copies == 0 {
		e.unprinted(content)
		return
	}
	e.note(f.receipt)
	content = append(content, bytes.Repeat(receipt.ESCPOS(f.receipt, e.paper()), copies)...)
	id := f.sale.ID
	step("print.rendered")
	err := e.spool.Add(printer.Job{
		Kind: kind, Address: e.printer.Address, Content: content,
		Done: func(err error) {
			step("print.done")
			e.mu.Lock()
			defer e.mu.Unlock()
			e.onPaper(id, err)
			step("print.kept")
		},
	})
	if err != nil {
		e.onPaper(id, err)
	}
}

// unprinted opens the drawer for a sale whose receipt is printed on request only.
func (e *Engine) unprinted(pulse []byte) {
	if len(pulse) > 0 {
		e.printPaper(pulse)
	}
}

// onPaper keeps how printing a sale ended. The sale stands either way.
func (e *Engine) onPaper(id uuid.UUID, err error) {
	state, problem := printed, ""
	if err != nil {
		state, problem = noPaper, printProblem(err)
	}
	e.printer.Problem = problem
	if e.last != nil && e.last.ID == id {
		last := *e.last
		last.Printed, last.Problem = err == nil, problem
		e.last = &last
	}
	if _, err := e.journal.db.ExecContext(e.ctx,
		"update sales set printed = ?, problem = ? where id = ?", state, problem, id.String()); err != nil && e.ctx.Err() == nil {
		e.printer.Problem = "The till could not note that the receipt was printed."
	}
	e.announce()
}

func printProblem(err error) string {
	text := err.Error()
	return "The receipt was not printed: " + strings.TrimSuffix(text, ".") + ". Reprint it from the recent sales."
}

// loadLastSale shows the sale that was made just before the till stopped, if its
// paper may be missing.
func (e *Engine) loadLastSale() error {
	var id, no, at, body string
	var state int
	err := e.journal.db.QueryRowContext(e.ctx,
		"select id, receipt_no, completed_at, printed, receipt from sales order by rowid desc limit 1").
		Scan(&id, &no, &at, &state, &body)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && (state != notPrinted || e.printer.Kind == string(printer.None))) {
		return nil
	}
	if err != nil {
		return err
	}
	var doc receipt.Document
	if err := json.Unmarshal([]byte(body), &doc); err != nil || doc.Design.CopiesOf(false) == 0 {
		return err // or nobody asked for paper
	}
	last := wire.LastSale{
		ID: doc.ID, ReceiptNo: no, Total: doc.Total + doc.Rounding, Change: doc.Change,
		Paid:    doc.Total + doc.Rounding + doc.Change,
		Problem: "The till stopped while this receipt was printed. The sale is kept; reprint it if the paper is missing.",
	}
	last.At, err = parseStamp(at)
	e.last = &last
	return err
}

// Receipt shows a sale's receipt as it was printed; one of another till, which the
// server keeps, is marked as a copy. It waits for the server then.
//
// Fails with till.sale_unknown, and with till.receipt_away if the server cannot be
// asked.
func (e *Engine) Receipt(saleID uuid.UUID) (Receipt, error) {
	doc, err := e.anyReceipt(saleID)
	if err != nil {
		return Receipt{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return Receipt{Document: doc, Lines: receipt.Text(doc, doc.Design.Columns(e.printer.Columns))}, nil
}

func (e *Engine) receipt(saleID uuid.UUID) (receipt.Document, error) {
	var doc receipt.Document
	var body string
	err := e.journal.db.QueryRowContext(e.ctx, "select receipt from sales where id = ?", saleID.String()).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return doc, errSale
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &doc)
	}
	return doc, err
}

// Reprint prints a receipt again, marked as a copy unless it is the first time. It
// has no second number and leaves the drawer shut. Fails with till.sale_unknown
// and till.printer.
func (e *Engine) Reprint(saleID uuid.UUID) (wire.RegisterState, error) {
	return e.printAgain(saleID, func(doc *receipt.Document) error {
		var state int
		err := e.journal.db.QueryRowContext(e.ctx, "select printed from sales where id = ?", saleID.String()).Scan(&state)
		doc.Copy = state != notPrinted || doc.Design.CopiesOf(false) > 0
		if errors.Is(err, sql.ErrNoRows) {
			doc.Copy = true // another till's sale
			return nil
		}
		return err
	})
}

// PrintGift prints a receipt without prices. Fails as Reprint does.
func (e *Engine) PrintGift(saleID uuid.UUID) (wire.RegisterState, error) {
	return e.printAgain(saleID, func(doc *receipt.Document) error {
		doc.Gift = true
		return nil
	})
}

func (e *Engine) printAgain(saleID uuid.UUID, as func(*receipt.Document) error) (wire.RegisterState, error) {
	doc, err := e.anyReceipt(saleID)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		err = as(&doc)
	}
	if err != nil {
		return e.state(), err
	}
	e.note(doc)
	err = e.spool.Add(printer.Job{
		Kind: printer.Kind(e.printer.Kind), Address: e.printer.Address, Content: receipt.ESCPOS(doc, e.paper()),
		Done: func(err error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.onPaper(saleID, err)
		},
	})
	if err != nil {
		return e.state(), printerFault(err)
	}
	return e.state(), nil
}

// TestPrint prints a page that shows whether the printer is set up right, opens
// the drawer if there is one, and waits for it. Fails as printing does.
func (e *Engine) TestPrint() (wire.RegisterState, error) {
	e.mu.Lock()
	target, paper := e.printer, e.paper()
	e.mu.Unlock()
	err := printer.Print(e.ctx, printer.Kind(target.Kind), target.Address, append(receipt.DrawerPulse(2), receipt.TestPage(paper)...))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.printer.Problem = ""
	if err != nil {
		failed := printerFault(err)
		e.printer.Problem = sentence(failed)
		return e.state(), failed
	}
	return e.state(), nil
}

// SetPrinter says where receipts go from now on. Fails with till.printer if that
// is no printer.
func (e *Engine) SetPrinter(p wire.PrinterState) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := cleanPrinter(p)
	if err != nil {
		return e.state(), err
	}
	if err := putMeta(e.ctx, e.journal.db, "printer", p); err != nil {
		return e.state(), e.diskFault(err)
	}
	e.printer = p
	return e.state(), nil
}

func cleanPrinter(p wire.PrinterState) (wire.PrinterState, error) {
	p.Address, p.Problem, p.Lacking = strings.TrimSpace(p.Address), "", ""
	if p.Columns == 0 {
		p.Columns = 42
	}
	switch printer.Kind(p.Kind) {
	case printer.None:
		p.Address = ""
		return p, nil
	case printer.File, printer.TCP, printer.Queue:
		if p.Address == "" {
			return p, printerFault(errors.New("enter the printer's address"))
		}
		return p, nil
	}
	return p, printerFault(errors.New("choose a kind of printer"))
}

// printerFault says what to look at, as far as the failure tells.
func printerFault(err error) error {
	_, network := errors.AsType[*net.OpError](err)
	_, nameless := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, printer.ErrFull):
		return errPrinterFull.Wrap(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return errPrinterStuck.Wrap(err)
	case errors.Is(err, fs.ErrNotExist):
		return errPrinterMissing.Wrap(err)
	case errors.Is(err, fs.ErrPermission):
		return errPrinterRights.Wrap(err)
	case network, nameless:
		return errPrinterSilent.Wrap(err)
	}
	return fault.Unavailable("till.printer").Messagef("The printer did not print: %s.", strings.TrimSuffix(err.Error(), ".")).Wrap(err)
}

func (e *Engine) loadPrinter() error {
	e.printer = wire.PrinterState{Kind: string(printer.None), Columns: 42}
	if _, err := getMeta(e.ctx, e.journal.db, "printer", &e.printer); err != nil {
		return err
	}
	if e.cfg.Printer == nil {
		return nil
	}
	given, err := cleanPrinter(*e.cfg.Printer)
	if err != nil {
		return err
	}
	e.printer = given
	return putMeta(e.ctx, e.journal.db, "printer", given)
}
