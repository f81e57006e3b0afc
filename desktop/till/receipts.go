package till

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/money"
	"souk/shared/receipt"
	"souk/shared/wire"
)

// foundReceipts is how many receipts a search gives at most.
const foundReceipts = 30

// FindReceipts finds receipts by what is known of them: how the number begins, the
// amount, the last digits that were noted of a card, and the day (YYYY-MM-DD, or
// none), the newest first. The server knows those of all tills; without it this
// till looks through its own, and says so.
//
// Fails with till.not_signed_in.
func (e *Engine) FindReceipts(text, day string) (wire.FoundReceipts, error) {
	text = strings.TrimSpace(text)
	e.mu.Lock()
	person, online := e.person, e.link.Online
	e.mu.Unlock()
	if person == nil {
		return wire.FoundReceipts{Rows: []wire.RecentSale{}}, errSignedOut
	}
	found := wire.FoundReceipts{Rows: []wire.RecentSale{}, OwnOnly: true}
	if s, ok := e.paired(); ok && online {
		var told wire.FoundReceipts
		err := s.get(e.ctx, "/api/sync/receipts?"+url.Values{"q": {text}, "day": {day}}.Encode(), &told)
		switch {
		case err == nil:
			found = told
		case !isOffline(err):
			return found, err
		}
	}
	own, err := e.ownReceipts(text, day, !found.OwnOnly)
	if err != nil {
		return found, err
	}
	for _, sale := range own {
		if !slices.ContainsFunc(found.Rows, func(r wire.RecentSale) bool { return r.ID == sale.ID }) {
			found.Rows = append(found.Rows, sale)
		}
	}
	slices.SortStableFunc(found.Rows, func(a, b wire.RecentSale) int { return b.At.Compare(a.At) })
	found.Rows = found.Rows[:min(len(found.Rows), foundReceipts)]
	return found, nil
}

// ownReceipts looks through this till's own sales: all of them, or those that the
// server has not yet.
func (e *Engine) ownReceipts(text, day string, unsent bool) ([]wire.RecentSale, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.setup == nil {
		return nil, nil
	}
	amount := money.Amount(-1)
	if typed, err := e.currency().Parse(strings.ReplaceAll(text, ",", ".")); err == nil {
		amount = typed
	}
	rows, err := e.journal.db.QueryContext(e.ctx, `
		select s.id, s.kind, s.receipt_no, s.completed_at, json_extract(j.body, '$.due_minor'), j.acked_at is not null,
		       coalesce(json_extract(s.receipt, '$.customer_name'), '')
		from   sales s join journal j on j.id = s.id
		where  (not ?3 or j.acked_at is null)
		and    (?1 = '' or substr(s.receipt_no, 1, length(?1)) = upper(?1) or abs(json_extract(j.body, '$.due_minor')) = ?2
		        or length(?1) >= 4 and exists (
		            select 1 from json_each(j.body, '$.tenders') t
		            where substr(coalesce(json_extract(t.value, '$.reference'), ''), -length(?1)) = ?1))
		order  by s.rowid desc`, text, int64(amount), unsent)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	list := []wire.RecentSale{}
	for rows.Next() && len(list) < foundReceipts {
		s := wire.RecentSale{RegisterName: e.setup.Register.Name}
		var at string
		if err := rows.Scan(&s.ID, &s.Kind, &s.ReceiptNo, &at, &s.Total, &s.Sent, &s.CustomerName); err != nil {
			return nil, err
		}
		if s.At, err = parseStamp(at); err != nil {
			return nil, err
		}
		if day == "" || e.businessDay(s.At) == day {
			list = append(list, s)
		}
	}
	return list, rows.Err()
}

// businessDay is the day in whose figures a sale is: the shop's day may end after
// midnight.
func (e *Engine) businessDay(at time.Time) string {
	return at.In(e.zone()).Add(-time.Duration(e.setup.Company.DayEndsHour) * time.Hour).Format(time.DateOnly)
}

// anyReceipt is a receipt of this till's, or a copy of another's from the server.
func (e *Engine) anyReceipt(saleID uuid.UUID) (receipt.Document, error) {
	e.mu.Lock()
	doc, err := e.receipt(saleID)
	online := e.link.Online
	e.mu.Unlock()
	if !errors.Is(err, errSale) {
		return doc, err
	}
	s, ok := e.paired()
	if !ok || !online {
		return doc, errReceiptAway
	}
	var told Receipt
	err = s.get(e.ctx, "/api/sync/sales/"+saleID.String()+"/receipt?copy=true", &told)
	switch {
	case refusedWith(err) == http.StatusNotFound:
		return doc, errSale
	case isOffline(err):
		return doc, errReceiptAway
	}
	return told.Document, err
}

// Purchases is what a customer has bought so far, at all tills. Fails with
// till.forbidden, and with till.purchases_away if the server cannot be asked.
func (e *Engine) Purchases(customerID uuid.UUID) (wire.Purchases, error) {
	none := wire.Purchases{Last: []wire.RecentSale{}}
	e.mu.Lock()
	err := e.may(wire.MayFindCustomers)
	online := e.link.Online
	e.mu.Unlock()
	if err != nil {
		return none, err
	}
	s, ok := e.paired()
	if !ok || !online {
		return none, errPurchasesAway
	}
	var told wire.Purchases
	err = s.get(e.ctx, "/api/sync/customers/"+customerID.String()+"/purchases", &told)
	if isOffline(err) {
		return none, errPurchasesAway
	}
	return told, err
}
