package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/setup"
	"souk/server/tenants"
	"souk/shared/wire"
)

// street is an installation with two shops whose owners are two people, one of
// whom owns both.
type street struct {
	t            *testing.T
	cfg          app.Config
	program      *app.App
	super        *pgx.Conn
	corner, dock uuid.UUID
	said         bytes.Buffer
}

func newStreet(t *testing.T) *street {
	t.Helper()
	_, access, name := dbtest.Fresh(t)
	folder := t.TempDir()
	dbtest.KeepSecrets(t, filepath.Join(folder, "database.json"))
	s := &street{t: t, cfg: app.Config{
		Data: folder, Domain: "localhost", DatabaseURL: dbtest.AdminURL(t), Database: name, MaxConns: 4,
	}}
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 2, Faults: app.Faults()})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	s.program, err = app.Wire(t.Context(), s.cfg, database)
	require.NoError(t, err)
	t.Cleanup(s.program.Hub.Drain)
	s.super = dbtest.Superuser(t, s.cfg.Database)
	s.corner, s.dock = s.open("corner", "ada@x.example"), s.open("dock", "bob@x.example")
	return s
}

func (s *street) open(slug, email string) uuid.UUID {
	form := setup.Form{
		Shop:   setup.ShopPart{Name: slug, Slug: slug, BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store:  setup.StorePart{Name: "Main", TimeZone: "Europe/Berlin"},
		Owner:  setup.OwnerPart{Name: "Ada", Email: email, Password: "three warm loaves", PIN: "8642"},
		People: []setup.PersonPart{{Name: "Tom", Role: wire.Cashier, PIN: "1357"}},
	}
	opened, err := setup.Make(s.t.Context(), s.program.Database, s.program.Authority.Grants(), form)
	require.NoError(s.t, err)
	require.NoError(s.t, live.Number(s.t.Context(), s.program.Database, opened.Tenant)) // else a sweep does, between two looks
	return opened.Tenant
}

func (s *street) do(verb, slug string) error {
	return app.ChangeTenant(s.t.Context(), s.cfg, verb, slug, &s.said)
}

// prints are hashes of what a shop has, by table, as the superuser sees it.
func (s *street) prints(tenant uuid.UUID) map[string]string {
	found, err := s.super.Query(s.t.Context(), `select c.oid::regclass::text from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
		where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace)`)
	require.NoError(s.t, err)
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(s.t, err)
	prints := map[string]string{}
	for _, name := range names {
		var rows int
		var print string
		require.NoError(s.t, s.super.QueryRow(s.t.Context(), "select count(*), coalesce(md5(string_agg(x::text, ';' order by x::text)), '') from "+name+
			" x where tenant_id = $1", tenant).Scan(&rows, &print))
		if rows > 0 {
			prints[name] = fmt.Sprint(rows, " ", print)
		}
	}
	return prints
}

func TestAShopIsSuspendedAndResumed(t *testing.T) {
	s := newStreet(t)
	// A session and a device, as the Authority reads them.
	text, token := auth.Mint(auth.TokenSession, s.corner)
	require.NotEmpty(t, text)
	_, err := s.super.Exec(t.Context(), `select set_config('app.tenant_id', $1, false)`, s.corner.String())
	require.NoError(t, err)
	_, err = s.super.Exec(t.Context(), `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at)
		select tenant_id, gen_random_uuid(), id, $2, 'test', now(), now() + interval '1 hour' from people where tenant_id = $1 and role = 'owner'`, s.corner, token.Hash)
	require.NoError(t, err)
	resolve := func() error {
		s.program.Authority.Forget(s.corner)
		_, err := s.program.Authority.Resolve(t.Context(), token)
		return err
	}
	found := func(slug string) bool {
		s.program.Directory.Forget(s.corner)
		_, there, err := s.program.Directory.Find(t.Context(), slug)
		require.NoError(t, err)
		return there
	}
	require.NoError(t, resolve())
	before := s.prints(s.dock)
	require.NoError(t, s.do("suspend", "corner"))
	require.ErrorContains(t, resolve(), "suspended")
	require.False(t, found("corner"))
	require.True(t, found("dock"))
	require.Equal(t, before, s.prints(s.dock))
	shown := func(path, language string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://corner."+s.cfg.Domain+path, nil)
		r.Header.Set("Accept-Language", language)
		answer := httptest.NewRecorder()
		s.program.Web.ServeHTTP(answer, r)
		require.Equal(t, http.StatusServiceUnavailable, answer.Code, answer.Body.String())
		return answer
	}
	require.Contains(t, shown("/items", "de, en;q=0.5").Body.String(), "This shop is closed for now")
	require.Contains(t, shown("/", "es-MX").Body.String(), "Esta tienda está cerrada")
	require.Contains(t, shown("/", "ar").Body.String(), `dir="rtl"`)
	require.Contains(t, shown("/api/items", "").Body.String(), "auth.shop_shut", "a till comes back later")
	require.NoError(t, s.do("resume", "corner"))
	require.NoError(t, resolve(), "the session that was there goes on")
	require.ErrorContains(t, s.do("suspend", "nobody"), "no shop")
	require.ErrorContains(t, s.do("explode", "corner"), "nothing that can be done")
}

func TestAClosedShopIsKeptForItsGraceAndThenGoesWhole(t *testing.T) {
	s := newStreet(t)
	s.open("dock-two", "ada@x.example") // ada works elsewhere too, bob does not
	require.ErrorContains(t, s.do("delete", "corner"), "Close it first")
	for _, slug := range []string{"corner", "dock"} {
		require.NoError(t, s.do("close", slug))
		require.ErrorContains(t, s.do("delete", slug), "can be reopened")
	}
	require.NoError(t, s.do("reopen", "dock"))
	require.NoError(t, s.do("close", "dock"))

	later := s.program.Database.WithClock(func() time.Time { return time.Now().Add(tenants.Grace + time.Hour) })
	over, err := tenants.GraceOver(t.Context(), later)
	require.NoError(t, err)
	require.Equal(t, []string{"corner", "dock"}, over)
	before := s.prints(s.dock)
	rows, err := tenants.Remove(t.Context(), later, "corner")
	require.NoError(t, err)
	require.Greater(t, rows, int64(30))
	require.Empty(t, s.prints(s.corner), "nothing of it is left in any table")
	require.Equal(t, before, s.prints(s.dock), "the neighbour is as it was")
	require.Equal(t, []string{"ada@x.example", "bob@x.example"}, s.accounts())

	_, err = tenants.Remove(t.Context(), later, "dock")
	require.NoError(t, err)
	require.Equal(t, []string{"ada@x.example"}, s.accounts(), "who worked nowhere else is forgotten")
	free, err := tenants.Free(t.Context(), s.program.Database, "corner")
	require.NoError(t, err)
	require.False(t, free, "the address is nobody's again")
	_, err = tenants.Open(t.Context(), s.program.Database, tenants.NewShop{
		Company: tenants.Company{Name: "Thief", Slug: "corner", BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store:   tenants.Store{Name: "Main", TimeZone: "Europe/Berlin"}, OwnerName: "Eve", OwnerEmail: "eve@x.example", OwnerPassword: "a-long-password",
	})
	require.ErrorContains(t, err, "address already")
}

func (s *street) accounts() []string {
	found, err := s.super.Query(s.t.Context(), `select email from platform.accounts order by email`)
	require.NoError(s.t, err)
	emails, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(s.t, err)
	return emails
}

func TestAnExportHasEveryTableOfOneShopAndNoSecret(t *testing.T) {
	s := newStreet(t)
	file := filepath.Join(t.TempDir(), "corner.zip")
	require.NoError(t, app.ExportTenant(t.Context(), s.cfg, "corner", file, &s.said))
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, archive.Close()) })
	rows := map[string][][]string{}
	for _, entry := range archive.File {
		opened, err := entry.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(opened)
		require.NoError(t, err)
		require.NotContains(t, string(content), "$argon2id$", entry.Name)
		require.NotContains(t, string(content), s.dock.String(), entry.Name)
		if !strings.HasSuffix(entry.Name, ".csv") {
			require.NotEmpty(t, content, entry.Name)
			continue
		}
		rows[entry.Name], err = csv.NewReader(bytes.NewReader(content)).ReadAll()
		require.NoError(t, err, entry.Name)
	}
	for table := range s.prints(s.corner) {
		name := strings.ReplaceAll(table, ".", "-") + ".csv"
		require.Greater(t, len(rows[name]), 1, name)
	}
	require.Len(t, rows["people.csv"], 3, "a head, the owner and the cashier")
	require.Error(t, app.ExportTenant(t.Context(), s.cfg, "corner", file, &s.said), "a file that is there is not written over")
	require.ErrorContains(t, app.ExportTenant(t.Context(), s.cfg, "nobody", file+"2", &s.said), "no shop")
}
