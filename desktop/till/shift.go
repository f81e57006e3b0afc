package till

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// OpenShift begins a shift with so much money in the drawer. Fails with
// till.shift_open and till.amount.
func (e *Engine) OpenShift(float money.Amount) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil && !errors.Is(err, errNoShift) {
		return e.state(), err
	}
	if e.shift != nil {
		return e.state(), errShiftOpen
	}
	if float < 0 {
		return e.state(), errAmount
	}
	number, err := e.nextShift()
	if err != nil {
		return e.state(), err
	}
	opened := wire.ShiftOpened{ID: newID(), Number: number, OpenedBy: e.person.ID, OpenedAt: e.now(), Float: float}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(e.ctx,
			"insert into shifts (id, number, opened_by, opened_at, float_minor) values (?, ?, ?, ?, ?)",
			opened.ID.String(), number, opened.OpenedBy.String(), stamp(opened.OpenedAt), int64(float))
		if err != nil {
			return err
		}
		step("shift.opened")
		return e.record(tx, newID(), wire.EntryShiftOpened, opened)
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	e.shift = &wire.RegisterShift{ID: opened.ID, Number: number, OpenedAt: opened.OpenedAt, Float: float}
	e.poke()
	return e.state(), e.countWaiting()
}

// nextShift continues the register's numbering, whoever counted last: the server
// knows of shifts from before this pairing, the till of those not yet sent.
func (e *Engine) nextShift() (int, error) {
	var here int
	err := e.journal.db.QueryRowContext(e.ctx, "select coalesce(max(number), 0) + 1 from shifts").Scan(&here)
	return max(here, e.setup.Register.NextShift, 1), err
}

// CloseShift ends the shift with what was counted in the drawer and answers what
// should have been there: the cashier counts before he knows. Fails with
// till.no_shift, till.amount, and till.cart_open while there are lines on the
// cart; held carts live on.
func (e *Engine) CloseShift(counted money.Amount) (wire.ZReport, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.person == nil:
		return wire.ZReport{}, errSignedOut
	case e.shift == nil:
		return wire.ZReport{}, errNoShift
	case counted < 0:
		return wire.ZReport{}, errAmount
	case !e.cart.empty():
		return wire.ZReport{}, errCartOpen
	}
	report, err := e.report(counted)
	if err != nil {
		return wire.ZReport{}, err
	}
	kept, err := json.Marshal(report)
	if err != nil {
		return wire.ZReport{}, err
	}
	closed := wire.ShiftClosed{ID: e.shift.ID, ClosedBy: e.person.ID, ClosedAt: report.ClosedAt, Counted: counted}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(e.ctx, "update shifts set closed_at = ?, report = ? where id = ?",
			stamp(closed.ClosedAt), string(kept), closed.ID.String())
		if err != nil {
			return err
		}
		step("shift.closed")
		return e.record(tx, newID(), wire.EntryShiftClosed, closed)
	})
	if err != nil {
		return wire.ZReport{}, e.diskFault(err)
	}
	e.shift, e.last = nil, nil
	e.poke()
	e.announce()
	return report, e.countWaiting()
}

// report adds up the shift from the journal.
func (e *Engine) report(counted money.Amount) (wire.ZReport, error) {
	z := wire.ZReport{
		ShiftID: e.shift.ID, Number: e.shift.Number, OpenedAt: e.shift.OpenedAt, ClosedAt: e.now(),
		Float: e.shift.Float, Counted: counted, Methods: []wire.MethodTotal{}, Taxes: []pricing.TaxTotal{},
	}
	err := e.eachSale(e.shift.ID, func(sale wire.FinishedSale, methods []wire.MethodSetup) {
		addSale(&z, sale, methods)
	})
	if err != nil {
		return z, err
	}
	if err := e.addCash(&z, e.shift.ID); err != nil {
		return z, err
	}
	z.Expected = z.Float + z.Cash + z.CashIn - z.CashOut - z.Drops
	z.Difference = z.Counted - z.Expected
	slices.SortFunc(z.Taxes, func(a, b pricing.TaxTotal) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), a.Rate.Cmp(b.Rate))
	})
	return z, nil
}

// eachSale reads the shift's sales with the ways they were paid, which the shop
// may have renamed or given up since.
func (e *Engine) eachSale(shift uuid.UUID, use func(wire.FinishedSale, []wire.MethodSetup)) error {
	rows, err := e.journal.db.QueryContext(e.ctx,
		"select j.body, s.methods from sales s join journal j on j.id = s.id where s.shift_id = ? order by s.rowid",
		shift.String())
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var body, paid string
		if err := rows.Scan(&body, &paid); err != nil {
			return err
		}
		var sale wire.FinishedSale
		var methods []wire.MethodSetup
		if err := errors.Join(json.Unmarshal([]byte(body), &sale), json.Unmarshal([]byte(paid), &methods)); err != nil {
			return fmt.Errorf("a sale of the shift: %w", err)
		}
		use(sale, methods)
	}
	return rows.Err()
}

func addSale(z *wire.ZReport, sale wire.FinishedSale, methods []wire.MethodSetup) {
	if sale.Kind == wire.SaleKindSale {
		z.Sales++
	} else {
		z.Refunds++
	}
	z.Total += sale.Total
	z.Tax += sale.Tax
	z.Discount += sale.Discount
	z.Rounding += sale.Rounding
	for i, t := range sale.Tenders {
		total := methodTotal(z, methods[i])
		total.Count++
		total.Amount += t.Amount
		if total.Kind == pricing.Cash {
			z.Cash += t.Amount
		}
	}
	for _, l := range sale.Lines {
		tax := taxTotal(z, l.TaxCode, l.TaxRate)
		tax.Net += l.Net
		tax.Tax += l.Tax
	}
}

func methodTotal(z *wire.ZReport, method wire.MethodSetup) *wire.MethodTotal {
	at := slices.IndexFunc(z.Methods, func(m wire.MethodTotal) bool { return m.MethodID == method.ID })
	if at < 0 {
		at = len(z.Methods)
		z.Methods = append(z.Methods, wire.MethodTotal{MethodID: method.ID, Kind: method.Kind, Name: method.Name})
	}
	return &z.Methods[at]
}

func taxTotal(z *wire.ZReport, code string, rate decimal.Decimal) *pricing.TaxTotal {
	for i := range z.Taxes {
		if z.Taxes[i].Code == code && z.Taxes[i].Rate.Equal(rate) {
			return &z.Taxes[i]
		}
	}
	z.Taxes = append(z.Taxes, pricing.TaxTotal{Code: code, Rate: rate})
	return &z.Taxes[len(z.Taxes)-1]
}

func (e *Engine) loadShift() error {
	var id, at string
	var open wire.RegisterShift
	err := e.journal.db.QueryRowContext(e.ctx,
		"select id, number, opened_at, float_minor from shifts where closed_at is null").
		Scan(&id, &open.Number, &at, &open.Float)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs [2]error
	open.ID, errs[0] = uuid.Parse(id)
	open.OpenedAt, errs[1] = parseStamp(at)
	e.shift = &open
	return errors.Join(errs[:]...)
}
