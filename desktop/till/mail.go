package till

import (
	"database/sql"
	"strings"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// MailReceipt asks for a finished sale's receipt by e-mail. It is in the journal
// when this returns, behind the sale, and the server sends it when it has both.
//
// Fails with till.email, till.sale_unknown, till.forbidden, and with till.disk or
// till.disk_failing.
func (e *Engine) MailReceipt(saleID uuid.UUID, to, locale string) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	asked := wire.ReceiptMailed{ID: newID(), SaleID: saleID, To: strings.TrimSpace(to), Locale: locale}
	if asked.To == "" || !wire.PlainAddress(asked.To) {
		return e.state(), errEmail
	}
	if _, err := e.receipt(saleID); err != nil {
		return e.state(), err
	}
	if err := e.allowedRight(wire.MayMailReceipts); err != nil {
		return e.state(), err
	}
	step("mail.begun")
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		err := e.record(tx, asked.ID, wire.EntryReceiptMailed, asked)
		step("mail.journalled")
		return err
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	step("mail.committed")
	e.poke()
	return e.state(), e.countWaiting()
}

// addressOf is the e-mail address and the language of a customer known here.
func (e *Engine) addressOf(customer *uuid.UUID) (email, language string) {
	if customer == nil {
		return "", ""
	}
	known, _ := e.customers.byID(*customer)
	return known.Email, known.Language
}
