package imports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/imports"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/files"
	"souk/server/tenants"
	"souk/shared/wire"
)

const domain = "souk.test"

// program is the whole server on a database of its own.
type program struct {
	t        *testing.T
	access   db.Access
	database *db.DB
	app      *app.App
	super    *pgx.Conn
}

func start(t *testing.T) *program {
	t.Helper()
	_, access, name := dbtest.Fresh(t)
	p := &program{t: t, access: access, super: dbtest.Superuser(t, name)}
	p.wire()
	return p
}

// wire puts a program onto the database, as a server that starts does.
func (p *program) wire() {
	p.t.Helper()
	database, err := db.Open(p.t.Context(), db.Config{LoginURL: p.access.LoginURL, PlatformURL: p.access.PlatformURL, MaxConns: 8, Faults: app.Faults()})
	require.NoError(p.t, err)
	p.t.Cleanup(database.Close)
	p.database = database
	p.app, err = app.Wire(p.t.Context(), app.Config{Domain: domain}, database)
	require.NoError(p.t, err)
	p.t.Cleanup(p.app.Hub.Drain)
}

// work runs jobs until the test ends, or what it gives is called.
func (p *program) work() (stop func()) {
	ctx, cancel := context.WithCancel(p.t.Context())
	ended := make(chan struct{})
	go func() { p.app.Jobs.Run(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	p.t.Cleanup(stop)
	return stop
}

// shop is one tenant and its owner's way in.
type shop struct {
	*program
	id     uuid.UUID
	slug   string
	token  string
	opened tenants.Opened
}

func (p *program) shop(slug string) *shop {
	p.t.Helper()
	opened, err := tenants.Open(p.t.Context(), p.database, tenants.NewShop{
		Company: tenants.Company{
			Name: slug, Slug: slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Street", TimeZone: "Europe/Berlin", LegalName: slug},
		OwnerName: "Owner", OwnerEmail: "owner@" + slug + ".example", OwnerPassword: "a-long-password",
	})
	require.NoError(p.t, err)
	s := &shop{program: p, slug: slug, opened: opened}
	require.NoError(p.t, p.super.QueryRow(p.t.Context(), `select id from platform.tenants where slug = $1`, slug).Scan(&s.id))
	s.token = s.signIn(wire.Owner)
	return s
}

// signIn makes a person of a role and gives the token of a session.
func (s *shop) signIn(role wire.Role) string {
	s.t.Helper()
	text, token := auth.Mint(auth.TokenSession, s.id)
	person := uuid.New()
	tx, err := s.super.Begin(s.t.Context())
	require.NoError(s.t, err)
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{`select set_config('app.tenant_id', $1, true)`, []any{s.id.String()}},
		{`insert into people (tenant_id, id, name, role, created_at, updated_at) values ($1, $2, 'Pat', $3, now(), now())`, []any{s.id, person, role}},
		{`insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at) values ($1, $2, $3, $4, 'test', now(), now() + interval '1 hour')`,
			[]any{s.id, uuid.New(), person, token.Hash}},
	} {
		_, err := tx.Exec(s.t.Context(), statement.sql, statement.args...)
		require.NoError(s.t, err)
	}
	require.NoError(s.t, tx.Commit(s.t.Context()))
	return text
}

type object = map[string]any

// ask calls a route and gives status and body.
func (s *shop) ask(method, path string, body any) (int, []byte) {
	s.t.Helper()
	var text []byte
	if body != nil {
		var err error
		text, err = json.Marshal(body)
		require.NoError(s.t, err)
	}
	req := httptest.NewRequest(method, "http://"+s.slug+"."+domain+"/api"+path, bytes.NewReader(text))
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	rec := httptest.NewRecorder()
	s.app.Web.ServeHTTP(rec, req)
	return rec.Code, rec.Body.Bytes()
}

func must[T any](s *shop, method, path string, body any) T {
	s.t.Helper()
	status, text := s.ask(method, path, body)
	require.Equal(s.t, http.StatusOK, status, "%s %s: %s", method, path, text)
	var out T
	require.NoError(s.t, json.Unmarshal(text, &out))
	return out
}

// upload sends a file part by part.
func (s *shop) upload(name string, body []byte) uuid.UUID {
	s.t.Helper()
	file := must[files.StoredFile](s, "POST", "/imports/files", object{"id": uuid.New(), "name": name})
	for part := 0; len(body) > 0; part++ {
		size := min(len(body), files.PartSize)
		must[files.StoredFile](s, "PUT", fmt.Sprintf("/files/%s/parts/%d", file.ID, part), object{"bytes": body[:size], "last": size == len(body)})
		body = body[size:]
	}
	return file.ID
}

// read uploads a file and waits until it is there to be mapped.
func (s *shop) read(name string, body []byte) imports.Import {
	s.t.Helper()
	made := must[imports.Import](s, "POST", "/imports", object{"id": uuid.New(), "file_id": s.upload(name, body)})
	return s.wait(made.ID, imports.Mapping)
}

// wait is for an import to come to a state.
func (s *shop) wait(id uuid.UUID, state string) imports.Import {
	s.t.Helper()
	var now imports.Import
	for began := time.Now(); time.Since(began) < 3*time.Minute; time.Sleep(20 * time.Millisecond) {
		if now = must[imports.Import](s, "GET", "/imports/"+id.String(), nil); now.State == state {
			return now
		}
		require.NotEqual(s.t, imports.Failed, now.State, now.Problem)
	}
	s.t.Fatalf("the import is %s (%s), not %s", now.State, now.Problem, state)
	return now
}

func (s *shop) try(at imports.Import, change func(*imports.Plan)) imports.Import {
	s.t.Helper()
	plan := at.Plan
	plan.TaxCode = "standard"
	if change != nil {
		change(&plan)
	}
	must[imports.Import](s, "PUT", "/imports/"+at.ID.String()+"/plan", plan)
	return s.wait(at.ID, imports.Checked)
}

func (s *shop) run(at imports.Import) imports.Import {
	s.t.Helper()
	must[imports.Import](s, "POST", "/imports/"+at.ID.String()+"/run", nil)
	return s.wait(at.ID, imports.Done)
}

func (s *shop) undo(at imports.Import) imports.Import {
	s.t.Helper()
	must[imports.Import](s, "POST", "/imports/"+at.ID.String()+"/undo", nil)
	return s.wait(at.ID, imports.Undone)
}

// fingerprint is a hash over every row of the shop but what says that work was
// done: jobs, files, the imports themselves, answers and the change stream. Of
// items, the version and the time of the last change only ever go up.
func (s *shop) fingerprint() map[string]string {
	s.t.Helper()
	rows, err := s.super.Query(s.t.Context(), `
		select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
		and c.relname not in ('jobs', 'files', 'file_parts', 'imports', 'import_rows', 'import_keys', 'import_plans', 'operations', 'changes', 'sessions', 'people')`)
	require.NoError(s.t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(s.t, err)
	prints := map[string]string{}
	for _, table := range tables {
		var print string
		require.NoError(s.t, s.super.QueryRow(s.t.Context(), fmt.Sprintf(`
			select count(*) || ' ' || coalesce(md5(string_agg(r, e'\n' order by r)), '')
			from (select (to_jsonb(t) - 'version' - 'updated_at')::text as r from %s t where tenant_id = $1) x`, table), s.id).Scan(&print))
		prints[table] = print
	}
	return prints
}

func (s *shop) count(sql string) (n int) {
	s.t.Helper()
	require.NoError(s.t, s.super.QueryRow(s.t.Context(), sql, s.id).Scan(&n))
	return n
}

const (
	patience = time.Minute
	tick     = 20 * time.Millisecond
)
