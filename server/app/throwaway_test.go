package app_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/tenants"
	"souk/shared/wire"
)

func TestAThrowawayShopGoesWithEverythingThatItHas(t *testing.T) {
	_, access, name := dbtest.Fresh(t)
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 2, Faults: app.Faults()})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	program, err := app.Wire(t.Context(), app.Config{Domain: "souk.test"}, database)
	require.NoError(t, err)
	t.Cleanup(program.Hub.Drain)
	super := dbtest.Superuser(t, name)
	open := func(slug string, throwaway bool) uuid.UUID {
		opened, err := tenants.Open(t.Context(), database, tenants.NewShop{
			Throwaway: throwaway, Company: tenants.Company{Name: slug, Slug: slug, BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
			Store: tenants.Store{Name: "Main", TimeZone: "Europe/Berlin"}, OwnerName: "Ada", OwnerEmail: tenants.ThrowawayEmail(slug), OwnerPassword: "a-long-password",
		})
		require.NoError(t, err)
		require.NoError(t, live.Number(t.Context(), database, opened.Tenant))
		return opened.Tenant
	}
	count := func() (rows map[string]int64) {
		found, err := super.Query(t.Context(), `select c.oid::regclass::text from pg_class c
			where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace) and c.relname <> 'access_log'`)
		require.NoError(t, err)
		names, err := pgx.CollectRows(found, pgx.RowTo[string])
		require.NoError(t, err)
		rows = map[string]int64{}
		for _, name := range names {
			var n int64
			require.NoError(t, super.QueryRow(t.Context(), "select count(*) from "+name).Scan(&n))
			rows[name] = n
		}
		return rows
	}
	own := open("corner", false)
	before := count()
	gone := open(tenants.ThrowawaySlug+"x", true)
	all, err := tenants.All(t.Context(), database)
	require.NoError(t, err)
	require.Len(t, all, 1, "it is in no list")

	rows, err := tenants.RemoveThrowaway(t.Context(), database, gone)
	require.NoError(t, err)
	require.Greater(t, rows, int64(30))
	require.Equal(t, before, count())

	_, err = tenants.RemoveThrowaway(t.Context(), database, own)
	require.ErrorContains(t, err, "throw-away")
	_, err = super.Exec(t.Context(), `update platform.tenants set status = 'throwaway' where id = $1`, own)
	require.ErrorContains(t, err, "made to be thrown away", "nor can it be made one")
	require.Equal(t, before, count())
}
