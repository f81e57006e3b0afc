package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/shared/fault"
)

const (
	countPeople   db.SQL = `select count(*) from people where tenant_id = @tenant`
	countAll      db.SQL = `select count(*) from people`
	renameAll     db.SQL = `update people set name = @name`
	addUnit       db.SQL = `insert into units (tenant_id, code, name, decimals) values (@tenant, @code, @name, 0)`
	addUnitFor    db.SQL = `insert into units (tenant_id, code, name, decimals) values (@other, 'x', 'x', 0)`
	units         db.SQL = `select code from units where tenant_id = @tenant order by code`
	switchTenant  db.SQL = `select set_config('app.tenant_id', @other, true)`
	decimals      db.SQL = `select x from unnest(@values::numeric[]) x`
	lastChange    db.SQL = `select topic from changes where tenant_id = @tenant order by seq desc limit 1`
	changeSeqs    db.SQL = `select seq from changes where tenant_id = @tenant order by seq`
	numberChanges db.SQL = `select number_changes()`
	renamePerson  db.SQL = `update people set name = @name where tenant_id = @tenant and id = @id`
)

func TestTenantTransaction(t *testing.T) {
	database := dbtest.Open(t)
	mine, other := dbtest.NewShop(t, database), dbtest.NewShop(t, database)

	t.Run("sees and touches its own tenant only, even without a predicate", func(t *testing.T) {
		err := database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			n, err := db.One[int](ctx, tx, countAll, db.Args{})
			require.NoError(t, err)
			require.Equal(t, 1, n)
			rows, err := tx.Exec(ctx, renameAll, db.Args{"name": "Renamed"})
			require.EqualValues(t, 1, rows)
			return err
		})
		require.NoError(t, err)
		var name string
		require.NoError(t, dbtest.Superuser(t, "").QueryRow(t.Context(), `select name from people where id = $1`, other.Person).Scan(&name))
		require.Equal(t, "Pat Owner", name)
	})
	t.Run("cannot write a row of another tenant", func(t *testing.T) {
		err := database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, addUnitFor, db.Args{"other": other.ID})
			return err
		})
		require.ErrorContains(t, err, "row-level security")
	})
	t.Run("cannot change its tenant", func(t *testing.T) {
		err := database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.One[string](ctx, tx, switchTenant, db.Args{"other": other.ID.String()})
			return err
		})
		require.ErrorContains(t, err, "permission denied for function set_config")
	})
	t.Run("a failed use case leaves nothing", func(t *testing.T) {
		boom := errors.New("boom")
		err := database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			tx.Batch().Exec(addUnit, db.Args{"code": "gone", "name": "gone"})
			_, err := db.One[int](ctx, tx, countPeople, db.Args{})
			require.NoError(t, err)
			return boom
		})
		require.ErrorIs(t, err, boom)
		require.Empty(t, unitsOf(t, database, mine))
	})
	t.Run("a broken statement in the batch undoes the whole", func(t *testing.T) {
		err := database.Tenant(t.Context(), mine.Identity(), func(_ context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.Exec(addUnit, db.Args{"code": "a", "name": "a"})
			batch.Exec(addUnit, db.Args{"code": "a", "name": "again"})
			return batch.Done()
		})
		require.Equal(t, fault.KindConflict, fault.Of(err).Kind)
		require.Empty(t, unitsOf(t, database, mine))
	})
	t.Run("a savepoint undoes its own part", func(t *testing.T) {
		err := database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			tx.Batch().Exec(addUnit, db.Args{"code": "keep", "name": "keep"})
			err := tx.Savepoint(ctx, func(ctx context.Context) error {
				_, err := tx.Exec(ctx, addUnit, db.Args{"code": "keep", "name": "twice"})
				return err
			})
			require.Error(t, err)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []string{"keep"}, unitsOf(t, database, mine))
	})
	t.Run("a read cannot write", func(t *testing.T) {
		err := database.Read(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, addUnit, db.Args{"code": "r", "name": "r"})
			return err
		})
		require.ErrorContains(t, err, "read-only transaction")
	})
	t.Run("a missing or surplus argument is an error", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		_, err := tx.Exec(ctx, addUnit, db.Args{"code": "x"})
		require.ErrorContains(t, err, "@name is missing")
		_, err = tx.Exec(ctx, addUnit, db.Args{"code": "x", "name": "x", "tenant": uuid.New()})
		require.ErrorContains(t, err, "3 arguments given, 2 used")
	})
	t.Run("decimals travel in arrays", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		got, err := db.All[decimal.Decimal](ctx, tx, decimals, db.Args{"values": []decimal.Decimal{decimal.MustParse("1.245"), decimal.MustParse("-3")}})
		require.NoError(t, err)
		require.Equal(t, "[1.245 -3]", fmtAll(got))
	})
	t.Run("without a tenant there is no transaction", func(t *testing.T) {
		require.Error(t, database.Tenant(t.Context(), db.Identity{}, func(context.Context, *db.Tx) error { return nil }))
	})
}

func TestChanges(t *testing.T) {
	database := dbtest.Open(t)
	shop := dbtest.NewShop(t, database)
	done := make(chan error)
	for i := range 20 {
		go func() {
			done <- database.Tenant(t.Context(), shop.Identity(), func(_ context.Context, tx *db.Tx) error {
				batch := tx.Batch()
				batch.Exec(renamePerson, db.Args{"id": shop.Person, "name": string(rune('a' + i))})
				batch.Exec(renamePerson, db.Args{"id": shop.Person, "name": string(rune('A' + i))})
				return batch.Done()
			})
		}()
	}
	// Numbered while it goes on, by several at once, and once more at the end.
	for range 20 {
		require.NoError(t, <-done)
		go func() { done <- number(t.Context(), database, shop) }()
	}
	for range 20 {
		require.NoError(t, <-done)
	}
	require.NoError(t, number(t.Context(), database, shop))
	require.NoError(t, database.Read(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		seqs, err := db.All[int64](ctx, tx, changeSeqs, db.Args{})
		require.NoError(t, err)
		for i, seq := range seqs {
			require.EqualValues(t, i+1, seq, "numbers run from 1 without a gap")
		}
		require.Len(t, seqs, 3+40, "company, store and person at the start, then two a transaction")
		topic, err := db.One[string](ctx, tx, lastChange, db.Args{})
		require.Equal(t, "people.list", topic)
		return err
	}))
}

func number(ctx context.Context, database *db.DB, shop dbtest.Shop) error {
	return database.Tenant(ctx, shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.One[int64](ctx, tx, numberChanges, db.Args{})
		return err
	})
}

func TestLint(t *testing.T) {
	require.NoError(t, dbtest.Open(t).Check(t.Context()))
}

func unitsOf(t *testing.T, database *db.DB, shop dbtest.Shop) []string {
	t.Helper()
	var codes []string
	require.NoError(t, database.Read(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		codes, err = db.All[string](ctx, tx, units, db.Args{})
		return err
	}))
	return codes
}

func fmtAll(values []decimal.Decimal) string {
	text := "["
	for i, v := range values {
		if i > 0 {
			text += " "
		}
		text += v.String()
	}
	return text + "]"
}
