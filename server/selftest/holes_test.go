package selftest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/selftest"
)

type middle func(w http.ResponseWriter, r *http.Request, server http.Handler)

// record asks the server and gives the answer back instead of sending it.
func record(r *http.Request, server http.Handler) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	server.ServeHTTP(out, r)
	return out
}

func send(w http.ResponseWriter, from *httptest.ResponseRecorder, body string) {
	for name, values := range from.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(from.Code)
	_, _ = io.WriteString(w, body)
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// Each hole is a mistake that somebody could make, in the database or between the
// network and the shops. The self-test must see it and name its group.
func TestPlantedHolesAreSeen(t *testing.T) {
	b := newBench(t)
	for _, hole := range []struct {
		name, plant, mend string // in the database
		between           func() middle
		group             string
	}{
		{name: "a policy is dropped and row security is off", group: "sql_read",
			plant: `alter table items disable row level security`, mend: `alter table items enable row level security`},
		{name: "a rule of the catalogue is broken", group: "rules",
			plant: `alter table customers no force row level security`, mend: `alter table customers force row level security`},
		{name: "a policy lets all rows be written", group: "sql_write",
			plant: `alter policy tenant on customers using (true) with check (true)`,
			mend: `alter policy tenant on customers using (tenant_id = (select current_setting('app.tenant_id'))::uuid)
				with check (tenant_id = (select current_setting('app.tenant_id'))::uuid)`},
		{name: "the role may change its tenant", group: "sql_context",
			plant: `grant execute on function pg_catalog.set_config(text, text, boolean) to app_user`,
			mend:  `revoke execute on function pg_catalog.set_config(text, text, boolean) from app_user`},
		{name: "the role may truncate", group: "sql_context", plant: `grant truncate on items to app_user`, mend: `revoke truncate on items from app_user`},
		{name: "a foreign key is without the tenant", group: "sql_write",
			plant: `alter table barcodes drop constraint barcodes_tenant_id_item_id_fkey; create unique index items_only_id on items (id);
				alter table barcodes add constraint barcodes_item_plain foreign key (item_id) references items (id)`,
			mend: `alter table barcodes drop constraint barcodes_item_plain; drop index items_only_id;
				alter table barcodes add constraint barcodes_tenant_id_item_id_fkey foreign key (tenant_id, item_id) references items (tenant_id, id)`},
		{name: "dead sessions are believed", group: "anonymous", between: func() middle { return b.asOwner(t, false) }},
		{name: "roles are not looked at", group: "roles", between: func() middle { return b.asOwner(t, true) }},
		{name: "the shop is taken from the session and the address forgotten", group: "sessions", between: func() middle { return b.bySession(t) }},
		{name: "a proxy's header is believed", group: "hosts", between: func() middle {
			return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				if other := r.Header.Get("X-Forwarded-Host"); other != "" {
					r.Host = other
					r.Header.Set("Authorization", "Bearer "+b.ownerOf(t, other))
				}
				server.ServeHTTP(w, r)
			}
		}},
		{name: "a route answers with another shop's row", group: "foreign_ids", between: func() middle { return b.leaking(t, "throwaway-v") }},
		{name: "a route tells what exists elsewhere in the shop that asked", group: "own_shop", between: func() middle { return b.leaking(t, "corner") }},
		{name: "errors of the database are shown", group: "injection", between: func() middle {
			return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				got := record(r, server)
				body := got.Body.String()
				if strings.Contains(r.URL.RawQuery, "%27") {
					body = `ERROR: syntax error at or near "or" (SQLSTATE 42601)`
				}
				send(w, got, body)
			}
		}},
		{name: "sockets open to pages of other sites", group: "live", between: func() middle {
			return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				if r.URL.Path == "/live" && r.Header.Get("Origin") != "" {
					r.Header.Set("Origin", "http://"+r.Host)
				}
				server.ServeHTTP(w, r)
			}
		}},
		{name: "a server that refuses everything", group: "controls", between: func() middle {
			return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				if r.Method == http.MethodGet && r.URL.Path != "/api/session" {
					http.NotFound(w, r)
					return
				}
				server.ServeHTTP(w, r)
			}
		}},
		{name: "an attack changes the other shop", group: "untouched", between: func() middle {
			return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				if strings.HasPrefix(r.Host, "throwaway-a") {
					b.exec(t, `select set_config('app.tenant_id', (select id::text from platform.tenants where slug like 'throwaway-v%'), true);
						update items set name = name || '!' where name like 'CNRYv%' and name not like '%!'`)
				}
				server.ServeHTTP(w, r)
			}
		}},
	} {
		t.Run(hole.name, func(t *testing.T) {
			if hole.plant != "" {
				b.exec(t, hole.plant)
				defer b.exec(t, hole.mend)
			}
			if hole.between != nil {
				b.between = hole.between()
				defer func() { b.between = nil }()
			}
			report := b.run(t, hole.group)
			require.Equal(t, selftest.Failed, report.State, "%s %+v", report.Problem, report.Groups)
			require.Len(t, report.Groups, 1)
			require.Equal(t, selftest.Failed, report.Groups[0].State)
			require.NotEmpty(t, report.Breaches)
			for _, breach := range report.Breaches {
				require.Equal(t, hole.group, breach.Group)
				require.NotContains(t, fmt.Sprint(breach), "CNRY", "a finding shows nothing of a shop")
			}
			require.Zero(t, b.throwaways(t))
		})
	}
	require.Equal(t, selftest.Passed, b.run(t, "rules", "sql_read", "hosts").State, "mended, all is well")
}

func (b *bench) exec(t *testing.T, sql string) {
	t.Helper()
	_, err := b.super.Exec(t.Context(), sql)
	require.NoError(t, err)
}

func (b *bench) throwaways(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, b.super.QueryRow(t.Context(), `select count(*) from platform.tenants where status = 'throwaway'`).Scan(&n))
	return n
}

// ownerOf signs the owner of whatever shop a host names in.
func (b *bench) ownerOf(t *testing.T, host string) string {
	t.Helper()
	slug, _, _ := strings.Cut(host, ".")
	var text string
	err := pgx.BeginFunc(t.Context(), b.super, func(tx pgx.Tx) error {
		var tenant [16]byte
		if err := tx.QueryRow(t.Context(), `select id from platform.tenants where slug = $1`, slug).Scan(&tenant); err != nil {
			return err
		}
		var token auth.Token
		text, token = auth.Mint(auth.TokenSession, tenant)
		_, err := tx.Exec(t.Context(), `select set_config('app.tenant_id', $1::text, true)`, token.Tenant.String())
		if err == nil {
			_, err = tx.Exec(t.Context(), `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at)
				select tenant_id, gen_random_uuid(), id, $2, 'planted', now(), now() + interval '1 hour' from people where tenant_id = $1 and role = 'owner' and active limit 1`, token.Tenant, token.Hash)
		}
		return err
	})
	if err != nil {
		return ""
	}
	return text
}

// asOwner takes everybody for the shop's owner: those who are nobody, or, with known,
// those who are somebody.
func (b *bench) asOwner(t *testing.T, known bool) middle {
	owners := map[string]string{}
	return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		who := r.Clone(r.Context())
		who.Method, who.URL.Path, who.URL.RawQuery, who.Body = http.MethodGet, "/api/session", "", http.NoBody
		if good := record(who, server).Code == http.StatusOK; good == known && r.Method == http.MethodGet {
			if owners[r.Host] == "" {
				owners[r.Host] = b.ownerOf(t, r.Host)
			}
			r.Header.Set("Authorization", "Bearer "+owners[r.Host])
		}
		server.ServeHTTP(w, r)
	}
}

// bySession moves a request to the address that its session belongs to.
func (b *bench) bySession(t *testing.T) middle {
	return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		if token, ok := auth.Parse(bearer(r)); ok {
			var slug string
			require.NoError(t, b.super.QueryRow(t.Context(), `select slug from platform.tenants where id = $1`, token.Tenant).Scan(&slug))
			r.Host = slug + "." + domain
		}
		server.ServeHTTP(w, r)
	}
}

// leaking answers for an id of a row of another shop with what it is called.
func (b *bench) leaking(t *testing.T, prefix string) middle {
	return func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		var name string
		err := b.super.QueryRow(t.Context(), `select s.name from stores s join platform.tenants t on t.id = s.tenant_id
			where s.id::text = $1 and t.slug like $2 || '%'`, id, prefix).Scan(&name)
		if err == nil && r.Method == http.MethodGet && strings.HasPrefix(r.Host, "throwaway-a") {
			_, _ = io.Copy(w, bytes.NewBufferString(`{"name":"`+name+`"}`))
			return
		}
		server.ServeHTTP(w, r)
	}
}
