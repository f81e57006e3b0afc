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
	if err := e.allowed(wire.MayReadX); err != nil {
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
		if err := e.allowed(wire.MayReadX); err != nil {
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

func (e *Engine) newReport(title string) receipt.Report {
	r := receipt.Report{
		Title: title, ShopName: e.setup.Company.Name, At: e.now().In(e.zone()), Currency: e.setup.Company.Currency,
		Facts: []receipt.Fact{{Label: "Store", Value: e.setup.Store.Name}, {Label: "Till", Value: e.setup.Register.Name}},
	}
	if e.person != nil {
		r.Facts = append(r.Facts, receipt.Fact{Label: "Cashier", Value: e.person.Name})
	}
	return r
}

// paperOf is a shift's report as it is printed.
func (e *Engine) paperOf(z wire.ZReport, closed bool) receipt.Report {
	title := "X report"
	if closed {
		title = "Z report"
	}
	r := e.newReport(title)
	r.Facts = append(r.Facts,
		receipt.Fact{Label: "Shift", Value: fmt.Sprint(z.Number)},
		receipt.Fact{Label: "From", Value: z.OpenedAt.In(e.zone()).Format("2006-01-02 15:04")},
		receipt.Fact{Label: "To", Value: z.ClosedAt.In(e.zone()).Format("2006-01-02 15:04")},
	)
	sales := receipt.Section{Title: "Sales", Rows: []receipt.Row{
		{Label: "Sales", Text: fmt.Sprint(z.Sales)},
		{Label: "Refunds", Text: fmt.Sprint(z.Refunds)},
		{Label: "Discounts", Amount: -z.Discount},
		{Label: "Cash rounding", Amount: z.Rounding},
		{Label: "Total", Amount: z.Total, Sum: true},
	}}
	methods := receipt.Section{Title: "Payments"}
	for _, m := range z.Methods {
		methods.Rows = append(methods.Rows, receipt.Row{Label: fmt.Sprintf("%s x %d", m.Name, m.Count), Amount: m.Amount})
	}
	taxes := receipt.Section{Title: "Tax"}
	for _, t := range z.Taxes {
		taxes.Rows = append(taxes.Rows, receipt.Row{Label: t.Rate.Trim(0).String() + " %", Amount: t.Tax})
	}
	drawer := receipt.Section{Title: "Drawer", Rows: []receipt.Row{
		{Label: "Float", Amount: z.Float}, {Label: "Cash taken", Amount: z.Cash}, {Label: "Cash in", Amount: z.CashIn},
		{Label: "Cash out", Amount: -z.CashOut}, {Label: "Safe drops", Amount: -z.Drops},
		{Label: "Opened without a sale", Text: fmt.Sprint(z.Opened)}, {Label: "Expected", Amount: z.Expected, Sum: true},
	}}
	if closed {
		drawer.Rows = append(drawer.Rows, receipt.Row{Label: "Counted", Amount: z.Counted}, receipt.Row{Label: "Difference", Amount: z.Difference, Sum: true})
		r.Sign = "Signature"
	}
	r.Sections = []receipt.Section{sales, methods, taxes, drawer}
	return r
}
