package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
)

var day = time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)

func open(t *testing.T, tx *db.Tx, country string) ledger.Chart {
	t.Helper()
	opened := tenants.Opened{Company: tenants.Company{Country: country}}
	require.NoError(t, ledger.Module.Reacts[0].Run(t.Context(), tx, opened))
	return chart(t, tx)
}

func chart(t *testing.T, tx *db.Tx) ledger.Chart {
	t.Helper()
	r := tx.Reads()
	rows := ledger.ReadChart(r)
	require.NoError(t, r.Run(t.Context()))
	return ledger.ChartOf(*rows)
}

func entry(lines ...ledger.Line) ledger.Entry {
	return ledger.Entry{
		ID: uuid.Must(uuid.NewV7()), Date: day, SourceType: "sale", SourceID: uuid.New(), Currency: "EUR", Memo: "1W-1", Lines: lines,
	}
}

func post(tx *db.Tx, e ledger.Entry) error { return ledger.Post(tx.Batch(), e) }

var roles = []ledger.Role{
	ledger.RoleCash, ledger.RoleCard, ledger.RoleOther, ledger.RoleSales, ledger.RoleTax, ledger.RoleInventory, ledger.RoleCOGS,
	ledger.RoleRounding, ledger.RoleCashOverShort, ledger.RoleOpeningEquity, ledger.RoleStockAdjustment,
}

func TestEveryCountrysChartFillsEveryRole(t *testing.T) {
	for _, country := range []string{"DE", "FR", "US", "XX"} {
		t.Run(country, func(t *testing.T) {
			_, tx, _ := dbtest.Tx(t)
			got := open(t, tx, country)
			for _, role := range roles {
				require.NotEqual(t, uuid.Nil, got[role], role)
			}
			require.NoError(t, tx.SettleForTest(t.Context()))
		})
	}
}

func TestPost(t *testing.T) {
	t.Run("merges an account's lines and drops what comes to nothing", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		to := open(t, tx, "DE")
		e := entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 500}, ledger.Line{Account: to[ledger.RoleCash], Amount: 690},
			ledger.Line{Account: to[ledger.RoleSales], Amount: -1000}, ledger.Line{Account: to[ledger.RoleTax], Amount: -190},
			ledger.Line{Account: to[ledger.RoleRounding]}, ledger.Line{Account: to[ledger.RoleCOGS], Amount: 7}, ledger.Line{Account: to[ledger.RoleCOGS], Amount: -7})
		require.NoError(t, post(tx, e))
		require.NoError(t, tx.SettleForTest(ctx))

		got, err := ledger.ShowEntry(ctx, tx, ledger.EntryKey{ID: e.ID})
		require.NoError(t, err)
		require.Equal(t, money.Amount(1190), got.Total)
		require.Equal(t, "2026-03-31", got.Date)
		require.Equal(t, "Pat Owner", got.PersonName)
		require.Len(t, got.Lines, 3)
		require.Equal(t, ledger.JournalLine{AccountID: to[ledger.RoleCash], Code: "1000", Name: "Kasse", Amount: 1190}, got.Lines[0])
	})
	t.Run("makes nothing of nothing", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		to := open(t, tx, "DE")
		require.NoError(t, post(tx, entry(ledger.Line{Account: to[ledger.RoleCash]})))
		require.NoError(t, tx.SettleForTest(ctx))
		got, err := ledger.Journal(ctx, tx, ledger.JournalQuery{})
		require.NoError(t, err)
		require.Empty(t, got.Rows)
	})
	t.Run("refuses what does not balance or names no account", func(t *testing.T) {
		_, tx, _ := dbtest.Tx(t)
		to := open(t, tx, "DE")
		err := post(tx, entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 500}, ledger.Line{Account: to[ledger.RoleSales], Amount: -499}))
		require.ErrorIs(t, err, fault.Internal("ledger.unbalanced"))
		err = post(tx, entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 500}, ledger.Line{Amount: -500}))
		require.ErrorIs(t, err, fault.Internal("ledger.account_missing"))
		err = post(tx, entry(ledger.Line{Account: to[ledger.RoleCash], Amount: money.Max}, ledger.Line{Account: to[ledger.RoleSales], Amount: 1}))
		require.ErrorIs(t, err, money.ErrOverflow)
	})
	t.Run("posts a source once", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		to := open(t, tx, "DE")
		e := entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 5}, ledger.Line{Account: to[ledger.RoleSales], Amount: -5})
		require.NoError(t, post(tx, e))
		e.ID = uuid.New()
		require.NoError(t, post(tx, e))
		require.ErrorIs(t, tx.SettleForTest(ctx), fault.Conflict("request.already_exists"))
	})
}

const (
	rawEntry db.SQL = `
		insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, posted_at)
		values (@tenant, @id, '2026-03-31', 'test', @id, 'EUR', @now)`
	rawPosting db.SQL = `
		insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor) values (@tenant, @entry, @line, @account, @amount)`
	rawChange db.SQL = `update postings set amount_minor = 1 where tenant_id = @tenant and entry_id = @entry`
	rawDelete db.SQL = `delete from journal_entries where tenant_id = @tenant and id = @entry`
)

// TestTheDatabaseGuardsTheBooks goes round Post: even then nothing untrue is kept.
func TestTheDatabaseGuardsTheBooks(t *testing.T) {
	database := dbtest.Open(t)
	shop := dbtest.NewShop(t, database)
	var to ledger.Chart
	in := func(fn func(ctx context.Context, tx *db.Tx) error) error {
		return database.Tenant(t.Context(), shop.Identity(), fn)
	}
	posted := entry()
	require.NoError(t, in(func(_ context.Context, tx *db.Tx) error {
		to = open(t, tx, "DE")
		posted.Lines = []ledger.Line{{Account: to[ledger.RoleCash], Amount: 500}, {Account: to[ledger.RoleSales], Amount: -500}}
		return post(tx, posted)
	}))
	raw := func(lines ...money.Amount) error {
		return in(func(_ context.Context, tx *db.Tx) error {
			b, id := tx.Batch(), uuid.New()
			b.Exec(rawEntry, db.Args{"id": id, "now": tx.Now()})
			for i, amount := range lines {
				b.Exec(rawPosting, db.Args{"entry": id, "line": i + 1, "account": to[ledger.RoleCash], "amount": amount})
			}
			return b.Done()
		})
	}
	exec := func(sql db.SQL, args db.Args) error {
		return in(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, sql, args)
			return err
		})
	}

	require.NoError(t, raw(500, -500))
	require.ErrorContains(t, raw(500, -499), "does not balance")
	require.ErrorContains(t, raw(500), "does not balance")
	require.ErrorContains(t, raw(), "does not balance")
	later := db.Args{"entry": posted.ID, "line": 9, "account": to[ledger.RoleTax], "amount": 1}
	require.ErrorContains(t, exec(rawPosting, later), "a posted journal entry is closed")
	require.ErrorContains(t, exec(rawChange, db.Args{"entry": posted.ID}), "permission denied")
	require.ErrorContains(t, exec(rawDelete, db.Args{"entry": posted.ID}), "permission denied")
}

func TestTrialBalance(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	to := open(t, tx, "DE")
	for i, amount := range []money.Amount{1000, 250, -300} {
		e := entry(ledger.Line{Account: to[ledger.RoleCash], Amount: amount}, ledger.Line{Account: to[ledger.RoleSales], Amount: -amount})
		e.Date = day.AddDate(0, 0, i)
		require.NoError(t, post(tx, e))
	}
	require.NoError(t, tx.SettleForTest(ctx))
	for on, want := range map[string]money.Amount{"2026-03-30": 0, "2026-03-31": 1000, "2026-04-01": 1250, "2026-04-02": 950, "": 950} {
		got, err := ledger.Balance(ctx, tx, ledger.TrialBalanceQuery{On: on})
		require.NoError(t, err)
		require.Equal(t, "EUR", got.Currency)
		require.Equal(t, want, got.Debit, on)
		require.Equal(t, want, got.Credit, on)
		if want != 0 {
			require.Len(t, got.Rows, 2, on)
			require.Equal(t, "1000", got.Rows[0].Code)
			require.Equal(t, want, got.Rows[0].Debit)
			require.Equal(t, want, got.Rows[1].Credit)
		}
	}
	_, err := ledger.Balance(ctx, tx, ledger.TrialBalanceQuery{On: "yesterday"})
	require.ErrorIs(t, err, fault.Invalid("ledger.bad_date"))
}

func TestJournal(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	to := open(t, tx, "DE")
	for i := range 5 {
		e := entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 100}, ledger.Line{Account: to[ledger.RoleSales], Amount: -100})
		e.Date = day.AddDate(0, 0, i/2)
		require.NoError(t, post(tx, e))
	}
	require.NoError(t, tx.SettleForTest(ctx))

	t.Run("pages from the latest day back, each entry once", func(t *testing.T) {
		seen, last, after := map[uuid.UUID]bool{}, "9999-12-31", ""
		for {
			got, err := ledger.Journal(ctx, tx, ledger.JournalQuery{After: after, Limit: 2})
			require.NoError(t, err)
			for _, row := range got.Rows {
				require.False(t, seen[row.ID])
				require.LessOrEqual(t, row.Date, last)
				seen[row.ID], last = true, row.Date
			}
			if after = got.Next; after == "" {
				break
			}
		}
		require.Len(t, seen, 5)
	})
	t.Run("by day and by account", func(t *testing.T) {
		got, err := ledger.Journal(ctx, tx, ledger.JournalQuery{From: "2026-04-01", To: "2026-04-01", Account: to[ledger.RoleSales]})
		require.NoError(t, err)
		require.Len(t, got.Rows, 2)
		got, err = ledger.Journal(ctx, tx, ledger.JournalQuery{Account: to[ledger.RoleTax]})
		require.NoError(t, err)
		require.Empty(t, got.Rows)
	})
	t.Run("refuses a cursor that is none", func(t *testing.T) {
		_, err := ledger.Journal(ctx, tx, ledger.JournalQuery{After: "x"})
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"))
	})
	t.Run("an entry that is not there", func(t *testing.T) {
		_, err := ledger.ShowEntry(ctx, tx, ledger.EntryKey{ID: uuid.New()})
		require.ErrorIs(t, err, fault.NotFound("request.not_found"))
	})
}

func TestAccounts(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	to := open(t, tx, "DE")
	require.NoError(t, post(tx, entry(ledger.Line{Account: to[ledger.RoleCash], Amount: 100}, ledger.Line{Account: to[ledger.RoleSales], Amount: -100})))
	mine, err := ledger.AddAccount(ctx, tx, ledger.NewAccount{ID: uuid.New(), Code: "1001", Name: " Petty cash ", Kind: ledger.KindAsset})
	require.NoError(t, err)

	got, err := ledger.Accounts(ctx, tx, web.None{})
	require.NoError(t, err)
	require.Equal(t, "1000", got.Rows[0].Code)
	require.Equal(t, money.Amount(100), got.Rows[0].Balance)
	require.Equal(t, mine, got.Rows[1])
	var sum money.Amount
	for _, row := range got.Rows {
		sum += row.Balance
	}
	require.Zero(t, sum)

	edit := ledger.AccountEdit{Code: "1002", Name: "Tin", Active: false}
	changed, err := ledger.ChangeAccount(ctx, tx, ledger.AccountChange{ID: mine.ID, Body: edit})
	require.NoError(t, err)
	require.Equal(t, ledger.Account{ID: mine.ID, Code: "1002", Name: "Tin", Kind: ledger.KindAsset}, changed)
	_, err = ledger.ChangeAccount(ctx, tx, ledger.AccountChange{ID: to[ledger.RoleCash], Body: edit})
	require.ErrorIs(t, err, fault.Conflict("ledger.account_in_use"))
}
