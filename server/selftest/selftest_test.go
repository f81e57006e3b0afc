package selftest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/selftest"
	"souk/server/tenants"
	"souk/shared/wire"
)

const domain = "souk.test"

// bench is a server of the test's own with one shop, which asks for the self-test.
type bench struct {
	program *app.App
	super   *pgx.Conn
	own     uuid.UUID
	// between, if set, stands between the attacker and the server: a mistake in it.
	between func(w http.ResponseWriter, r *http.Request, server http.Handler)
}

func newBench(t *testing.T) *bench {
	t.Helper()
	_, access, name := dbtest.Fresh(t)
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 6, Faults: app.Faults()})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	b := &bench{super: dbtest.Superuser(t, name)}
	b.program, err = app.Wire(t.Context(), app.Config{Domain: domain}, database)
	require.NoError(t, err)
	t.Cleanup(b.program.Hub.Drain)
	b.program.Tester.Rest = 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.between != nil {
			b.between(w, r, b.program.Web)
			return
		}
		b.program.Web.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.program.Answers(server.URL)
	opened, err := tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{Name: "Corner Shop", Slug: "corner", BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store:   tenants.Store{Name: "Main Street", TimeZone: "Europe/Berlin"}, OwnerName: "Ada", OwnerEmail: "ada@corner.example", OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	b.own = opened.Tenant
	require.NoError(t, live.Number(t.Context(), database, b.own))
	return b
}

func (b *bench) run(t *testing.T, only ...string) selftest.Result {
	t.Helper()
	report, err := b.program.Tester.Run(t.Context(), selftest.Order{Own: b.own, Only: only})
	require.NoError(t, err)
	return report
}

// rows counts what is in every table of the database.
func (b *bench) rows(t *testing.T) map[string]int64 {
	t.Helper()
	rows, err := b.super.Query(t.Context(), `select c.oid::regclass::text from pg_class c
		where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace) order by 1`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	out := map[string]int64{}
	for _, name := range names {
		var n int64
		require.NoError(t, b.super.QueryRow(t.Context(), `select count(*) from `+name).Scan(&n))
		out[name] = n
	}
	delete(out, "platform.access_log") // every use of the platform's log-in stays there
	return out
}

func TestASoundServerHoldsAndNothingStays(t *testing.T) {
	b := newBench(t)
	before := b.rows(t)
	report := b.run(t)
	for _, g := range report.Groups {
		t.Logf("%-12s %-8s %5d cases %6d ms", g.Key, g.State, g.Cases, g.Millis)
	}
	require.Empty(t, report.Problem)
	require.Empty(t, report.Breaches)
	require.Equal(t, selftest.Passed, report.State)
	require.Greater(t, report.Cases, 4000)
	require.Equal(t, "corner", report.Shop)
	require.Equal(t, before, b.rows(t))
}
