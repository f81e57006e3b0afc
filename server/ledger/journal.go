package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// JournalEntry is one entry as the journal lists it.
type JournalEntry struct {
	ID         uuid.UUID    `json:"id" db:"id"`
	Date       string       `json:"date" db:"date" format:"date"`
	SourceType string       `json:"source_type" db:"source_type"`
	SourceID   uuid.UUID    `json:"source_id" db:"source_id"`
	Currency   string       `json:"currency" db:"currency"`
	Memo       string       `json:"memo" db:"memo"`
	Total      money.Amount `json:"total_minor" db:"total_minor" doc:"The sum of its debits"`
	PersonName string       `json:"person_name" db:"person_name"`
	PostedAt   time.Time    `json:"posted_at" db:"posted_at"`
}

// JournalQuery asks for a part of the journal.
type JournalQuery struct {
	From    string    `query:"from" format:"date" doc:"First day"`
	To      string    `query:"to" format:"date" doc:"Last day"`
	Account uuid.UUID `query:"account" doc:"Only entries that post to this account"`
	After   string    `query:"after"`
	Limit   int       `query:"limit" minimum:"0" maximum:"200"`
}

// JournalLine is one posting of an entry.
type JournalLine struct {
	AccountID uuid.UUID    `json:"account_id" db:"account_id"`
	Code      string       `json:"code" db:"code"`
	Name      string       `json:"name" db:"name"`
	Amount    money.Amount `json:"amount_minor" db:"amount_minor" doc:"Positive debits, negative credits"`
}

// JournalEntryDetail is one entry with its postings.
type JournalEntryDetail struct {
	JournalEntry
	Lines []JournalLine `json:"lines" nullable:"false"`
}

// EntryKey names an entry.
type EntryKey struct {
	ID uuid.UUID `path:"id"`
}

const (
	entryColumns = `
		select e.id, to_char(e.entry_date, 'YYYY-MM-DD') as date, e.source_type, e.source_id, e.currency, e.memo,
		       (select coalesce(sum(d.amount_minor), 0)::bigint from postings d
		        where d.tenant_id = @tenant and d.entry_id = e.id and d.amount_minor > 0) as total_minor,
		       coalesce(p.name, '') as person_name, e.posted_at
		from   journal_entries e
		left   join people p on p.tenant_id = @tenant and p.id = e.person_id
		where  e.tenant_id = @tenant`

	ofAccount = `
		  and  exists (
		           select from postings o
		           where  o.tenant_id = @tenant and o.entry_id = e.id and o.account_id = @account)`

	latestFirst = `
		  and  e.entry_date >= @from::date and e.entry_date <= @to::date
		  and  (e.entry_date, e.id) < (@key::date, @id::uuid)
		order  by e.entry_date desc, e.id desc
		limit  @limit`

	listJournal          db.SQL = entryColumns + latestFirst
	listJournalOfAccount db.SQL = entryColumns + ofAccount + latestFirst
	showEntry            db.SQL = entryColumns + ` and e.id = @id`

	showLines db.SQL = `
		select p.account_id, a.code, a.name, p.amount_minor
		from   postings p
		join   accounts a on a.tenant_id = @tenant and a.id = p.account_id
		where  p.tenant_id = @tenant and p.entry_id = @id
		order  by p.line_no`
)

// The days before and after everything, as PostgreSQL's dates write them.
const (
	firstDay = "-infinity"
	lastDay  = "infinity"
)

// latest is the journal's one order.
const latest = "-date"

var byDay = page.ByDay(func(e JournalEntry) (string, uuid.UUID) { return e.Date, e.ID })

// Journal lists entries, the latest day first.
//
// Fails with request.bad_cursor and ledger.bad_date.
func Journal(ctx context.Context, tx *db.Tx, in JournalQuery) (wire.Page[JournalEntry], error) {
	from, err := dayOr(in.From, firstDay)
	if err != nil {
		return wire.Page[JournalEntry]{}, err
	}
	to, err := dayOr(in.To, lastDay)
	if err != nil {
		return wire.Page[JournalEntry]{}, err
	}
	limit := page.Limit(in.Limit)
	args, err := byDay.Args(latest, in.After, limit)
	if err != nil {
		return wire.Page[JournalEntry]{}, err
	}
	args["from"], args["to"] = from, to
	statement := listJournal
	if in.Account != uuid.Nil {
		statement, args["account"] = listJournalOfAccount, in.Account
	}
	rows, err := db.All[JournalEntry](ctx, tx, statement, args)
	return byDay.Cut(rows, latest, limit), err
}

func dayOr(text, otherwise string) (string, error) {
	if text == "" {
		return otherwise, nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fault.Invalid("ledger.bad_date", fault.Because(err)).Say("Give the day as year-month-day, for example 2026-01-31.")
	}
	return text, nil
}

// ShowEntry gives one entry with its postings.
//
// Fails with request.not_found.
func ShowEntry(ctx context.Context, tx *db.Tx, in EntryKey) (JournalEntryDetail, error) {
	r := tx.Reads()
	entry := db.ReadMaybe[JournalEntry](r, showEntry, db.Args{"id": in.ID})
	lines := db.ReadAll[JournalLine](r, showLines, db.Args{"id": in.ID})
	if err := r.Run(ctx); err != nil {
		return JournalEntryDetail{}, err
	}
	if !entry.Found {
		return JournalEntryDetail{}, fault.NotFound("request.not_found").Say("There is no such journal entry.")
	}
	return JournalEntryDetail{JournalEntry: entry.Row, Lines: *lines}, nil
}
