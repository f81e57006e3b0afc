package till

import (
	"database/sql"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/desktop/printer"
	"souk/shared/limits"
	"souk/shared/money"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// MoveCash puts money into the drawer, takes it out, brings it to the safe, or
// opens the drawer without a sale. It is in the journal before the drawer opens.
//
// Fails with approvals.needed, which another person's approval gets round,
// till.amount, till.reason, and with till.disk or till.disk_failing.
func (e *Engine) MoveCash(in wire.CashAsked) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	switch {
	case !slices.Contains(in.Kind.Reasons(), in.Reason):
		return e.state(), errReason
	case in.Kind == wire.DrawerOpen && in.Amount != 0, in.Kind != wire.DrawerOpen && in.Amount <= 0, in.Amount > money.Max:
		return e.state(), errCashAmount
	}
	approval, err := e.allowed(limits.CashMove(in.Kind, in.Reason, in.Amount))
	if err != nil {
		return e.state(), err
	}
	moved := wire.CashMoved{
		ID: newID(), ShiftID: e.shift.ID, Kind: in.Kind, Reason: in.Reason, Amount: in.Amount, Note: strings.TrimSpace(in.Note),
		PersonID: e.person.ID, Approval: approval, At: e.now(),
	}
	if approval != nil {
		moved.ApprovedBy = &approval.By
	}
	step("cash.begun")
	if err := e.journal.write(e.ctx, func(tx *sql.Tx) error { return e.writeCash(tx, moved) }); err != nil {
		return e.state(), e.diskFault(err)
	}
	step("cash.committed")
	e.printCash(moved)
	e.poke()
	return e.state(), e.countWaiting()
}

func (e *Engine) writeCash(tx *sql.Tx, moved wire.CashMoved) error {
	_, err := tx.ExecContext(e.ctx, "insert into cash_moves (id, shift_id, kind, amount_minor) values (?, ?, ?, ?)",
		moved.ID.String(), moved.ShiftID.String(), string(moved.Kind), int64(moved.Amount))
	if err != nil {
		return err
	}
	step("cash.written")
	return e.record(tx, moved.ID, wire.EntryCashMoved, moved)
}

// addCash adds what moved in a shift beside its sales to its report.
func (e *Engine) addCash(z *wire.ZReport, shift uuid.UUID) error {
	return e.journal.db.QueryRowContext(e.ctx, `
		select coalesce(sum(amount_minor) filter (where kind = 'in'), 0), coalesce(sum(amount_minor) filter (where kind = 'out'), 0),
		       coalesce(sum(amount_minor) filter (where kind = 'drop'), 0), count(*) filter (where kind = 'open')
		from   cash_moves where shift_id = ?`, shift.String()).Scan(&z.CashIn, &z.CashOut, &z.Drops, &z.Opened)
}

func cashTitle(kind wire.CashKind, words receipt.SlipWords) string {
	return map[wire.CashKind]string{
		wire.CashIn: words.CashIn, wire.CashOut: words.CashOut, wire.CashDrop: words.SafeDrop, wire.DrawerOpen: words.DrawerOpened,
	}[kind]
}

func reasonWord(reason wire.CashReason, words receipt.SlipWords) string {
	return map[wire.CashReason]string{
		wire.ReasonPetty: words.Petty, wire.ReasonSupplier: words.Supplier, wire.ReasonBank: words.Bank, wire.ReasonSafe: words.Safe,
		wire.ReasonOwner: words.Owner, wire.ReasonChange: words.Change, wire.ReasonCheck: words.Check, wire.ReasonOther: words.Others,
	}[reason]
}

// printCash opens the drawer and prints the slip that goes in it. The movement
// stands whatever the printer does.
func (e *Engine) printCash(moved wire.CashMoved) {
	if printer.Kind(e.printer.Kind) == printer.None {
		return
	}
	words := receipt.SlipWordsFor(e.language())
	slip := e.newReport(cashTitle(moved.Kind, words))
	slip.At = moved.At.In(e.zone())
	slip.Facts = append(slip.Facts, receipt.Fact{Label: words.Reason, Value: reasonWord(moved.Reason, words)}, receipt.Fact{Label: words.Note, Value: moved.Note})
	if moved.ApprovedBy != nil {
		slip.Facts = append(slip.Facts, receipt.Fact{Label: words.ApprovedBy, Value: e.nameOf(*moved.ApprovedBy)})
	}
	if moved.Kind != wire.DrawerOpen {
		slip.Sections = []receipt.Section{{Rows: []receipt.Row{{Label: words.Amount, Amount: moved.Amount, Sum: true}}}}
		slip.Sign = words.Signature
	}
	e.printPaper(append(receipt.DrawerPulse(2), receipt.ReportESCPOS(slip, e.paper())...))
}

func (e *Engine) nameOf(person uuid.UUID) string {
	at := slices.IndexFunc(e.setup.People, func(p wire.PersonSetup) bool { return p.ID == person })
	if at < 0 {
		return ""
	}
	return e.setup.People[at].Name
}

// printPaper queues paper that is no receipt. Trouble is shown with the printer.
func (e *Engine) printPaper(content []byte) {
	told := func(err error) {
		e.printer.Problem = ""
		if err != nil {
			e.printer.Problem = strings.TrimSuffix(err.Error(), ".") + "."
		}
		e.announce()
	}
	err := e.spool.Add(printer.Job{
		Kind: printer.Kind(e.printer.Kind), Address: e.printer.Address, Content: content,
		Done: func(err error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			told(err)
		},
	})
	if err != nil {
		told(err)
	}
}
