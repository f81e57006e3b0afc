package ledger

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/money"
)

// TrialBalance is what stands on each account at the end of a day. Its two sums
// are equal, for every entry balances.
type TrialBalance struct {
	On       string            `json:"on,omitempty" format:"date"`
	Currency string            `json:"currency"`
	Rows     []TrialBalanceRow `json:"rows" nullable:"false"`
	Debit    money.Amount      `json:"debit_minor"`
	Credit   money.Amount      `json:"credit_minor"`
}

// TrialBalanceRow is one account: what is left of its debits over its credits, or
// the other way round.
type TrialBalanceRow struct {
	AccountID uuid.UUID    `json:"account_id" db:"account_id"`
	Code      string       `json:"code" db:"code"`
	Name      string       `json:"name" db:"name"`
	Kind      Kind         `json:"kind" db:"kind" enum:"asset,liability,equity,income,expense"`
	Debit     money.Amount `json:"debit_minor" db:"debit_minor"`
	Credit    money.Amount `json:"credit_minor" db:"credit_minor"`
}

// TrialBalanceQuery asks for the end of a day; without one, for all that is posted.
type TrialBalanceQuery struct {
	On string `query:"on" format:"date"`
}

const (
	trialBalance db.SQL = `
		select a.id as account_id, a.code, a.name, a.kind,
		       greatest(sum(p.amount_minor), 0)::bigint as debit_minor, greatest(-sum(p.amount_minor), 0)::bigint as credit_minor
		from   postings p
		join   journal_entries e on e.tenant_id = @tenant and e.id = p.entry_id and e.entry_date <= @on::date
		join   accounts a on a.tenant_id = @tenant and a.id = p.account_id
		where  p.tenant_id = @tenant
		group  by a.id, a.code, a.name, a.kind
		having sum(p.amount_minor) <> 0
		order  by a.code`

	companyCurrency db.SQL = `select currency from company where tenant_id = @tenant`
)

// Balance draws up the trial balance.
//
// Fails with ledger.bad_date.
func Balance(ctx context.Context, tx *db.Tx, in TrialBalanceQuery) (TrialBalance, error) {
	on, err := dayOr(in.On, lastDay)
	if err != nil {
		return TrialBalance{}, err
	}
	r := tx.Reads()
	currency := db.ReadMaybe[string](r, companyCurrency, db.Args{})
	rows := db.ReadAll[TrialBalanceRow](r, trialBalance, db.Args{"on": on})
	if err := r.Run(ctx); err != nil {
		return TrialBalance{}, err
	}
	out := TrialBalance{On: in.On, Currency: currency.Row, Rows: *rows}
	for _, row := range out.Rows {
		if out.Debit, err = out.Debit.Add(row.Debit); err != nil {
			return TrialBalance{}, err
		}
		if out.Credit, err = out.Credit.Add(row.Credit); err != nil {
			return TrialBalance{}, err
		}
	}
	return out, nil
}
