package tenants_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/tenants"
	"souk/shared/wire"
)

const manyCategories db.SQL = `
	insert into categories (tenant_id, id, name, position)
	select @tenant, gen_random_uuid(), 'Category ' || n, n from generate_series(1, @count::int) n`

// taken is an export, by the names of its files.
type taken map[string][][]string

func exportOf(t *testing.T, database *db.DB, shop dbtest.Shop) (out taken, words string) {
	t.Helper()
	owner := auth.Acting(shop.ID, shop.Person, wire.Owner, auth.Grants{wire.Owner: {tenants.ExportEverything: true}})
	in := func(do func(context.Context, *db.Tx) error) {
		require.NoError(t, database.Tenant(auth.With(t.Context(), owner), shop.Identity(), do))
	}
	var job jobs.JobRow
	in(func(ctx context.Context, tx *db.Tx) (err error) {
		job, err = tenants.ExportAll(ctx, tx, struct{}{})
		return err
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	runner := jobs.NewRunner(database, tenants.Module.Jobs)
	go func() { runner.Run(ctx); close(ended) }()
	require.Eventually(t, func() bool {
		in(func(ctx context.Context, tx *db.Tx) (err error) {
			job, err = jobs.Show(ctx, tx, jobs.JobID{ID: job.ID})
			return err
		})
		return job.FinishedAt != nil
	}, time.Minute, 10*time.Millisecond)
	stop()
	<-ended
	require.Equal(t, jobs.Done, job.State, job.Problem)
	var body []byte
	in(func(ctx context.Context, tx *db.Tx) (err error) {
		_, body, err = files.Read(ctx, tx, *job.FileID)
		return err
	})
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	out = taken{}
	for _, entry := range archive.File {
		opened, err := entry.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(opened)
		require.NoError(t, err)
		if !strings.HasSuffix(entry.Name, ".csv") {
			words = string(text)
			continue
		}
		out[entry.Name], err = csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, err, entry.Name)
	}
	return out, words
}

func TestAnOwnerTakesEverythingAway(t *testing.T) {
	database, _, _ := dbtest.Fresh(t)
	mine, other := dbtest.NewShop(t, database), dbtest.NewShop(t, database)
	const many = 45_000 // goes over three files
	require.NoError(t, database.Tenant(t.Context(), mine.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, manyCategories, db.Args{"count": many})
		return err
	}))
	lists, words := exportOf(t, database, mine)
	require.Contains(t, words, "This is what your shop has in Souk")
	names := map[string]bool{}
	for _, file := range []string{"categories.csv", "categories 2.csv", "categories 3.csv"} {
		require.Contains(t, lists, file)
		for _, row := range lists[file][1:] {
			names[strings.Join(row, "|")] = true
		}
	}
	require.Len(t, names, many, "each row once")
	require.NotContains(t, lists, "categories 4.csv")
	require.Len(t, lists["stores.csv"], 2, "a head and the store")
	require.Contains(t, lists["people.csv"][0], "name")
	for file, rows := range lists {
		for _, column := range rows[0] {
			require.NotRegexp(t, "hash|secret|token|password", column, file)
		}
		for _, row := range rows[1:] {
			require.NotContains(t, strings.Join(row, "|"), other.Store.String(), file)
			require.NotContains(t, strings.Join(row, "|"), other.Person.String(), file)
		}
	}
	for _, left := range []string{"operations.csv", "sessions.csv", "pairing codes.csv"} {
		require.NotContains(t, lists, left)
	}
}

func TestEveryTableOfTheShopIsInTheExportOrLeftOutByName(t *testing.T) {
	database, _, name := dbtest.Fresh(t)
	shop := dbtest.NewShop(t, database)
	lists, _ := exportOf(t, database, shop)
	rows, err := dbtest.Superuser(t, name).Query(t.Context(), `
		select c.relname::text from pg_class c
		join   pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
		where  c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
	require.NoError(t, err)
	defer rows.Close()
	left := map[string]bool{}
	for rows.Next() {
		var table string
		require.NoError(t, rows.Scan(&table))
		if _, there := lists[strings.ReplaceAll(table, "_", " ")+".csv"]; !there {
			left[table] = true
			require.Contains(t, tenants.NotExported, table, "a new table is in the export, or on the list notExported with those of which a copy is of no use")
		}
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(lists), 35)
	require.Len(t, left, len(tenants.NotExported), "a table that is not there is on the list notExported")
}
