package till

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"souk/desktop/printer"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// XReport reads the open shift out without closing it. Needs sales.x_report: it
// says what should be in the drawer, which whoever counts it must not know.
func (e *Engine) XReport() (wire.ZReport, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.person == nil {
		return wire.ZReport{}, errSignedOut
	}
	if e.shift == nil {
		return wire.ZReport{}, errNoShift
	}
	if err := e.allowedRight(wire.MayReadX); err != nil {
		return wire.ZReport{}, err
	}
	z, err := e.report(0)
	z.Difference = 0
	return z, err
}

// PrintReport prints an X report of the open shift, or the Z report that was kept
// when a shift was closed. Fails with till.printer, till.no_shift and
// till.forbidden as XReport does.
func (e *Engine) PrintReport(shiftID uuid.UUID) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.setup == nil {
		return e.state(), errFetching
	}
	if printer.Kind(e.printer.Kind) == printer.None {
		return e.state(), printerFault(errors.New("no printer is set up"))
	}
	if e.shift != nil && e.shift.ID == shiftID {
		if err := e.allowedRight(wire.MayReadX); err != nil {
			return e.state(), err
		}
		z, err := e.report(0)
		if err != nil {
			return e.state(), err
		}
		e.printPaper(receipt.ReportESCPOS(e.paperOf(z, false), e.paper()))
		return e.state(), nil
	}
	z, err := e.keptReport(shiftID)
	if err != nil {
		return e.state(), err
	}
	e.printPaper(receipt.ReportESCPOS(e.paperOf(z, true), e.paper()))
	return e.state(), nil
}

func (e *Engine) keptReport(shift uuid.UUID) (z wire.ZReport, err error) {
	var kept string
	err = e.journal.db.QueryRowContext(e.ctx, "select report from shifts where id = ? and closed_at is not null", shift.String()).Scan(&kept)
	if errors.Is(err, sql.ErrNoRows) {
		return z, errNoShift
	}
	if err != nil {
		return z, err
	}
	return z, json.Unmarshal([]byte(kept), &z)
}

// language is what the shop's paper is written in.
func (e *Engine) language() string {
	if chosen := e.setup.Store.ReceiptDesign.Languages; len(chosen) > 0 {
		return chosen[0]
	}
	return e.setup.Company.Locale
}

func (e *Engine) newReport(title string) receipt.Report {
	words := receipt.LabelsFor(e.language())
	r := receipt.Report{
		Title: title, ShopName: e.setup.Company.Name, At: e.now().In(e.zone()), Currency: e.setup.Company.Currency,
		Locale: e.setup.Company.Locale, Language: e.language(),
		Facts: []receipt.Fact{{Label: words.Store, Value: e.setup.Store.Name}, {Label: words.Till, Value: e.setup.Register.Name}},
	}
	if e.person != nil {
		r.Facts = append(r.Facts, receipt.Fact{Label: words.Cashier, Value: e.person.Name})
	}
	return r
}

// paperOf is a shift's report as it is printed.
func (e *Engine) paperOf(z wire.ZReport, closed bool) receipt.Report {
	words := receipt.SlipWordsFor(e.language())
	title := words.XReport
	if closed {
		title = words.ZReport
	}
	r := e.newReport(title)
	form := receipt.FormOf(r.Locale, r.Currency)
	r.Facts = append(r.Facts,
		receipt.Fact{Label: words.Shift, Value: fmt.Sprint(z.Number)},
		receipt.Fact{Label: words.From, Value: form.Time(z.OpenedAt.In(e.zone()))},
		receipt.Fact{Label: words.To, Value: form.Time(z.ClosedAt.In(e.zone()))},
	)
	sales := receipt.Section{Title: words.Sales, Rows: []receipt.Row{
		{Label: words.Sales, Text: fmt.Sprint(z.Sales)},
		{Label: words.Refunds, Text: fmt.Sprint(z.Refunds)},
		{Label: words.Discounts, Amount: -z.Discount},
		{Label: words.CashRounding, Amount: z.Rounding},
		{Label: words.Total, Amount: z.Total, Sum: true},
	}}
	methods := receipt.Section{Title: words.Payments}
	for _, m := range z.Methods {
		methods.Rows = append(methods.Rows, receipt.Row{Label: fmt.Sprintf("%s x %d", m.Name, m.Count), Amount: m.Amount})
	}
	taxes := receipt.Section{Title: receipt.LabelsFor(e.language()).Tax}
	for _, t := range z.Taxes {
		taxes.Rows = append(taxes.Rows, receipt.Row{Label: form.Number(t.Rate.Trim(0).String()) + " %", Amount: t.Tax})
	}
	r.Sections = []receipt.Section{sales, methods, taxes, drawerOf(z, closed, words)}
	if closed {
		r.Sign = words.Signature
	}
	return r
}

func drawerOf(z wire.ZReport, closed bool, words receipt.SlipWords) receipt.Section {
	drawer := receipt.Section{Title: words.Drawer, Rows: []receipt.Row{
		{Label: words.Float, Amount: z.Float}, {Label: words.CashTaken, Amount: z.Cash}, {Label: words.CashIn, Amount: z.CashIn},
		{Label: words.CashOut, Amount: -z.CashOut}, {Label: words.SafeDrops, Amount: -z.Drops},
		{Label: words.OpenedWithoutSale, Text: fmt.Sprint(z.Opened)}, {Label: words.Expected, Amount: z.Expected, Sum: true},
	}}
	if closed {
		drawer.Rows = append(drawer.Rows, receipt.Row{Label: words.Counted, Amount: z.Counted}, receipt.Row{Label: words.Difference, Amount: z.Difference, Sum: true})
	}
	return drawer
}
