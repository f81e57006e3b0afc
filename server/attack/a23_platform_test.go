package attack_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/console"
	"souk/server/platform/auth"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// platform is the console's own address, where no shop is.
var platform = &shop{slug: web.ConsoleSlug}

// operator is a session of the platform's staff, just proven.
func (r *ring) operator(t *testing.T) string {
	t.Helper()
	token := base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("k", 16) + uuid.NewString()[:16]))
	hash := sha256.Sum256([]byte(token))
	_, err := r.superuser.Exec(t.Context(), `with f as (insert into platform.staff (id, email, name, password_hash, confirmed_at, created_at)
			values (gen_random_uuid(), gen_random_uuid() || '@platform.example', 'Dana', '', now(), now()) returning id)
		insert into platform.staff_sessions (token_hash, staff_id, half, created_at, proven_at, seen_at, expires_at)
		select $1, id, false, now(), now(), now(), now() + interval '1 hour' from f`, hash[:])
	require.NoError(t, err)
	return token
}

func asCookie(name, token string) http.Header {
	return http.Header{"Cookie": {name + "=" + token}, "Content-Type": {"application/json"}}
}

// TestAttackTheConsole: the console's routes with a shop's sessions and tokens, and a
// shop's routes with an operator's.
func TestAttackTheConsole(t *testing.T) {
	ring := newRing(t)
	operator, owner := ring.operator(t), ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	presented := map[string]http.Header{
		"nobody":                      {"Content-Type": {"application/json"}},
		"a shop's owner":              asCookie(web.SessionCookie, owner),
		"an owner's token as ours":    asCookie(console.Cookie, owner),
		"an owner's token as bearer":  {"Authorization": {"Bearer " + owner}},
		"a till":                      {"Authorization": {"Bearer " + ring.b.till}},
		"an operator's as bearer":     {"Authorization": {"Bearer " + operator}},
		"an operator's half a secret": asCookie(console.Cookie, operator[:len(operator)-4]),
	}
	own, shops := console.Routes(), ring.program.Web.Routes()
	cases := count(t, "A23", len(own)*(len(presented)+2)+len(shops)*3)
	for _, route := range own {
		target := "/api/console" + strings.ReplaceAll(route.Path, ":id", ring.a.id.String())
		for name, headers := range presented {
			got := ring.call(platform, "", "", request{method: route.Method, target: target, body: []byte(`{}`), headers: headers})
			label := fmt.Sprintf("%s %s by %s: %d %s", route.Method, route.Path, name, got.status, got.body)
			if route.Needs == console.Nobody {
				require.GreaterOrEqual(t, got.status, 400, label)
			} else {
				require.Equal(t, http.StatusUnauthorized, got.status, label)
			}
			w.see(label, got.body, nil)
			cases.one()
		}
		for _, at := range []*shop{ring.a, ring.b} {
			got := ring.call(at, "", "", request{method: route.Method, target: target, body: []byte(`{}`), headers: asCookie(console.Cookie, operator)})
			require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, got.status, "%s %s is at a shop's address: %s", route.Method, route.Path, got.body)
			cases.one()
		}
	}
	for _, route := range shops {
		in := (&filler{api: ring.program.Web.OpenAPI()}).fill(route)
		for _, headers := range []http.Header{asCookie(console.Cookie, operator), asCookie(web.SessionCookie, owner), {"Authorization": {"Bearer " + owner}}} {
			in.headers = headers
			got := ring.call(platform, "", "", in)
			label := fmt.Sprintf("%s at the platform's address: %d %s", route.Name(), got.status, got.body)
			require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, got.status, label)
			w.see(label, got.body, nil)
			cases.one()
		}
	}
	w.done(t)
}

// granted makes a grant of a shop and a session of support by it.
func (r *ring) granted(t *testing.T, of *shop, viewOnly bool, ends string, revoked bool) string {
	t.Helper()
	grant, person := uuid.New(), uuid.New()
	r.write(t, of, `insert into support_grants (tenant_id, id, granted_by, reason, role, view_only, created_at, ends_at, revoked_at)
		values ($1, $2, $3, 'attack', 'manager', $4, now() - interval '5 hours', now() + $5::interval, case when $6 then now() end)`,
		of.id, grant, of.people[wire.Owner], viewOnly, ends, revoked)
	r.write(t, of, `insert into people (tenant_id, id, name, role, active, support_of, created_at, updated_at) values ($1, $2, 'Dana (support)', 'report_user', false, gen_random_uuid(), now(), now())`, of.id, person)
	text, token := auth.Mint(auth.TokenSession, of.id)
	r.write(t, of, `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, support_grant_id, created_at, expires_at)
		values ($1, $2, $3, $4, 'support', $5, now(), now() + interval '9 days')`, of.id, uuid.New(), person, token.Hash, grant)
	return text
}

// TestAttackBySupport: without a grant there is no way in, one that has ended opens
// nothing, one to look changes nothing, and none reaches another shop or the accounts.
func TestAttackBySupport(t *testing.T) {
	ring := newRing(t)
	operator := ring.operator(t)
	dead := map[string]string{
		"an expired grant": ring.granted(t, ring.b, false, "-1 minute", false), "a revoked grant": ring.granted(t, ring.b, false, "1 hour", true),
	}
	looking, working := ring.granted(t, ring.b, true, "1 hour", false), ring.granted(t, ring.b, false, "1 hour", false)
	w := ring.watch(t)
	foreign := ring.text(t, `select id::text from support_grants where tenant_id = $1 limit 1`, ring.b.id)
	shops := ring.program.Web.Routes()
	cases := count(t, "A23", 3+len(shops)*(len(dead)+3))
	for name, grant := range map[string]string{"nobody's grant": uuid.NewString(), "another shop's grant": foreign, "no grant": uuid.Nil.String()} {
		got := ring.call(platform, "", "", request{
			method: http.MethodPost, target: "/api/console/shops/" + ring.a.id.String() + "/support", body: fmt.Appendf(nil, `{"grant_id":%q}`, grant), headers: asCookie(console.Cookie, operator),
		})
		require.Equal(t, "support.no_grant", got.code(), "%s: %s", name, got.body)
		cases.one()
	}
	own := ring.prey(t, ring.b).rows
	for _, route := range shops {
		if endsSession(route) {
			cases.expect(-len(dead) - 3)
			continue
		}
		in := (&filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}).fill(route)
		for name, token := range dead {
			got := ring.call(ring.b, token, "", in)
			if route.Needs != web.Anyone {
				require.Equal(t, http.StatusUnauthorized, got.status, "%s by %s: %s", route.Name(), name, got.body)
			}
			cases.one()
		}
		got := ring.call(ring.b, looking, "", in)
		label := fmt.Sprintf("%s by support that may only look: %d %s", route.Name(), got.status, got.body)
		if route.Method != http.MethodGet {
			require.GreaterOrEqual(t, got.status, 400, label)
		}
		require.Less(t, got.status, 500, label)
		cases.one()
		if route.Fresh {
			got = ring.call(ring.b, working, "", in)
			require.Contains(t, []string{"auth.not_for_support", "auth.not_allowed"}, got.code(), "%s by support: %s", route.Name(), got.body)
		}
		cases.one()
		got = ring.call(ring.a, working, "", in)
		require.Equal(t, http.StatusMisdirectedRequest, got.status, "%s of another shop by support: %s", route.Name(), got.body)
		w.see(label, got.body, nil)
		cases.one()
	}
	w.done(t)
}
