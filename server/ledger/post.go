package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
)

// Role is what the program itself posts to. Every chart has one account for each.
type Role string

// The roles.
const (
	RoleCash            Role = "cash"
	RoleCard            Role = "card_clearing"
	RoleOther           Role = "other_clearing"
	RoleSales           Role = "sales"
	RoleTax             Role = "tax_payable"
	RoleInventory       Role = "inventory"
	RoleInTransit       Role = "stock_in_transit"
	RoleCOGS            Role = "cogs"
	RoleRounding        Role = "rounding"
	RoleCashOverShort   Role = "cash_over_short"
	RoleOpeningEquity   Role = "opening_equity"
	RoleStockAdjustment Role = "stock_adjustment"
	RoleSafe            Role = "safe"
	RoleBank            Role = "bank"
	RoleOwner           Role = "owner"
	RoleRunningCosts    Role = "running_costs"
)

// Chart finds the account that plays a role.
type Chart map[Role]uuid.UUID

// ChartRow is one account with a role.
type ChartRow struct {
	Role Role
	ID   uuid.UUID
}

const readChart db.SQL = `select role, id from accounts where tenant_id = @tenant and role is not null`

// ReadChart adds a read of the accounts with a role.
func ReadChart(r *db.Reads) *[]ChartRow { return db.ReadAll[ChartRow](r, readChart, db.Args{}) }

// ChartOf makes the chart of what ReadChart found.
func ChartOf(rows []ChartRow) Chart {
	chart := make(Chart, len(rows))
	for _, row := range rows {
		chart[row.Role] = row.ID
	}
	return chart
}

// Line is one side of an entry: a debit is positive, a credit negative.
type Line struct {
	Account uuid.UUID
	Amount  money.Amount
}

// Entry is what happened, in accounts. A source (a sale, a count) has one entry.
type Entry struct {
	ID         uuid.UUID
	Date       time.Time
	SourceType string
	SourceID   uuid.UUID
	Currency   string
	Memo       string
	Lines      []Line
}

const (
	insertEntry db.SQL = `
		insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, memo, person_id, posted_at)
		values (@tenant, @id, @date::date, @source_type, @source_id, @currency, @memo, @person, @now)`

	insertPostings db.SQL = `
		insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor)
		select @tenant, @entry, n.line_no, n.account_id, n.amount_minor
		from   unnest(@lines::int[], @accounts::uuid[], @amounts::bigint[]) as n (line_no, account_id, amount_minor)`
)

// Post writes an entry with the transaction's other writes. Lines of one account
// are merged, debits come first, and an entry that comes to nothing is not
// written. An entry that does not balance is a defect of the caller: nothing of
// the transaction is kept.
func Post(b *db.Batch, e Entry) error {
	lines, err := merged(e.Lines)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return nil
	}
	numbers, accounts, amounts := make([]int32, len(lines)), make([]uuid.UUID, len(lines)), make([]int64, len(lines))
	for i, line := range lines {
		numbers[i], accounts[i], amounts[i] = int32(i+1), line.Account, int64(line.Amount)
	}
	b.Exec(insertEntry, db.Args{
		"id": e.ID, "date": e.Date, "source_type": e.SourceType, "source_id": e.SourceID, "currency": e.Currency,
		"memo": e.Memo, "person": uuid.NullUUID{UUID: b.Tx().ActorID(), Valid: b.Tx().ActorID() != uuid.Nil}, "now": b.Tx().Now(),
	})
	b.Exec(insertPostings, db.Args{"entry": e.ID, "lines": numbers, "accounts": accounts, "amounts": amounts})
	return b.Done()
}

func merged(lines []Line) ([]Line, error) {
	sums := map[uuid.UUID]money.Amount{}
	var total money.Amount
	for _, line := range lines {
		if line.Account == uuid.Nil {
			return nil, fault.Internal("ledger.account_missing").Say("The chart of accounts lacks an account that this posts to.")
		}
		var err error
		if sums[line.Account], err = sums[line.Account].Add(line.Amount); err != nil {
			return nil, err
		}
		if total, err = total.Add(line.Amount); err != nil {
			return nil, err
		}
	}
	if total != 0 {
		return nil, fault.Internal("ledger.unbalanced").Messagef("A journal entry is off by %d.", total)
	}
	out := make([]Line, 0, len(sums))
	for account, amount := range sums {
		if amount != 0 {
			out = append(out, Line{account, amount})
		}
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Amount.Sign(), a.Amount.Sign()), cmp.Compare(a.Account.String(), b.Account.String()))
	})
	return out, nil
}
