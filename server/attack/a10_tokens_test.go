package attack_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// TestAttackByForgedTokens: a token is three parts, and none of them may be
// exchanged for another's, even while the right one is remembered.
func TestAttackByForgedTokens(t *testing.T) {
	ring := newRing(t)
	foreign, own := ring.session(t, ring.a, wire.Owner), ring.session(t, ring.b, wire.POSUser)
	ask := request{method: http.MethodGet, target: "/api/session"}
	require.Equal(t, http.StatusOK, ring.call(ring.a, foreign, "", ask).status)
	require.Equal(t, http.StatusOK, ring.call(ring.b, own, "", ask).status)
	require.Equal(t, http.StatusOK, ring.call(ring.a, ring.a.till, "", ask).status)
	w := ring.watch(t)
	part := func(token string, n int) string { return strings.Split(token, ".")[n] }
	tenant := base64.RawURLEncoding.EncodeToString(ring.b.id[:])
	stored := ring.text(t, `select encode(token_hash, 'base64') from sessions where tenant_id = $1 limit 1`, ring.b.id)
	forged := map[string]string{
		"A's secret under B's tenant":        "s." + tenant + "." + part(foreign, 2),
		"A's till's secret under B's tenant": "d." + tenant + "." + part(ring.a.till, 2),
		"A's secret as a device of B":        "d." + tenant + "." + part(foreign, 2),
		"B's secret as a device":             "d." + tenant + "." + part(own, 2),
		"the till's secret as a session":     "s." + tenant + "." + part(ring.b.till, 2),
		"the hash that is stored":            "s." + tenant + "." + strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(stored), "="),
		"no secret":                          "s." + tenant + ".",
		"a secret of zeroes":                 "s." + tenant + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
		"another kind":                       "x." + tenant + "." + part(own, 2),
		"a kind in capitals":                 "S." + tenant + "." + part(own, 2),
		"a fourth part":                      own + ".x",
		"a JWT without a signature":          "eyJhbGciOiJub25lIn0.eyJzdWIiOiJvd25lciIsInRlbmFudCI6ImFscGhhIn0.",
		"a JWT":                              "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.eyJyb2xlIjoib3duZXIifQ.AAAA",
		"the beginning of a secret":          own[:len(own)-6],
		"a secret that begins like B's":      own[:len(own)-4] + "AAAA",
		"padding behind it":                  own + "=",
	}
	cases := count(t, "A10", len(forged)*2)
	for name, token := range forged {
		for _, headers := range []http.Header{{"Authorization": {"Bearer " + token}}, {"Cookie": {web.SessionCookie + "=" + token}}} {
			got := ring.call(ring.b, "", "", request{method: http.MethodGet, target: "/api/session", headers: headers})
			require.Equal(t, http.StatusUnauthorized, got.status, "%s: %s", name, got.body)
			cases.one()
		}
	}
	w.done(t)
}

// TestAttackTheCookie reads the cookie that a sign-in sets, and whether an ended
// session, or one that was there before, is worth anything.
func TestAttackTheCookie(t *testing.T) {
	ring := newRing(t)
	before, _ := auth.Mint(auth.TokenSession, ring.b.id)
	cases := count(t, "A10", 4)
	got := ring.call(ring.b, "", "", request{
		method: http.MethodPost, target: "/api/session", body: []byte(`{"email":"owner@beta.example","password":"a-long-password"}`),
		headers: http.Header{"Cookie": {web.SessionCookie + "=" + before}, "Origin": {"http://beta." + domain}},
	})
	require.Equal(t, http.StatusOK, got.status, got.body)
	cookies := (&http.Response{Header: got.header}).Cookies()
	require.Len(t, cookies, 1)
	cookie := cookies[0]
	require.NotEqual(t, before, cookie.Value, "a session that was planted before signing in stays in use")
	cases.one()
	require.True(t, strings.HasPrefix(cookie.Name, "__Host-"), cookie.Name)
	require.Empty(t, cookie.Domain, "a cookie with a Domain is sent to every shop's address")
	require.True(t, cookie.Secure && cookie.HttpOnly && cookie.Path == "/" && cookie.SameSite != http.SameSiteNoneMode, got.header)
	cases.one()
	require.NotContains(t, got.body, cookie.Value, "a page's scripts can read the session")
	cases.one()
	require.Equal(t, http.StatusOK, ring.call(ring.b, cookie.Value, "", request{method: http.MethodGet, target: "/api/session"}).status)
	require.Less(t, ring.call(ring.b, cookie.Value, "", request{method: http.MethodDelete, target: "/api/session"}).status, 300)
	require.Equal(t, http.StatusUnauthorized, ring.call(ring.b, cookie.Value, "", request{method: http.MethodGet, target: "/api/session"}).status)
	cases.one()
}

// TestAttackFilesByOthers: a file is for those with its permission, and goes out as
// nothing that a browser would run; nobody writes on in a file of someone else.
func TestAttackFilesByOthers(t *testing.T) {
	ring := newRing(t)
	callers := ring.callers(ring.b)
	grants := ring.program.Authority.Grants()
	w := ring.watch(t)
	file := ring.text(t, `select id::text from files where tenant_id = $1 and needs = 'catalog.edit' limit 1`, ring.b.id)
	begun := uuid.NewString()
	ring.write(t, ring.b, `insert into files (tenant_id, id, name, content_type, needs, made_by, created_at, expires_at)
		values ($1, $2, 'page.html', 'text/html', 'catalog.edit', $3, now(), now() + interval '1 day')`, ring.b.id, begun, ring.b.people[wire.Owner])
	theirs := w.prey.idOf("files")
	cases := count(t, "A13", 3*len(callers))
	for _, who := range callers {
		token := who.token(t)
		got := ring.call(ring.b, token, "", request{method: http.MethodGet, target: "/api/files/" + file})
		require.Equal(t, who.may(grants, "catalog.edit"), got.status == http.StatusOK, "%s gets a file that needs catalog.edit: %d", who.name, got.status)
		if got.status == http.StatusOK {
			require.True(t, strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment"), "a browser would show an uploaded file as a page of ours")
			require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
			require.Contains(t, got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		}
		cases.one()
		require.NotEqual(t, http.StatusOK, ring.call(ring.b, token, "", request{method: http.MethodGet, target: "/api/files/" + theirs}).status)
		cases.one()
		if who.role != wire.Owner {
			part := fmt.Appendf(nil, `{"bytes":"PGgxPg==","last":true}`)
			got = ring.call(ring.b, token, "", request{method: http.MethodPut, target: "/api/files/" + begun + "/parts/0", body: part})
			require.GreaterOrEqual(t, got.status, 400, "%s wrote into a file that is someone else's", who.name)
		}
		cases.one()
	}
	w.done(t)
}

// TestAttackByLockingOut: whoever guesses at one shop, or from one address, takes
// nobody's way in at another.
func TestAttackByLockingOut(t *testing.T) {
	ring := newRing(t)
	ring.write(t, ring.b, `update company set name = name where tenant_id = $1`, ring.b.id)
	guess := func(of *shop, address, password string) answer {
		return ring.callFrom(address, of, request{method: http.MethodPost, target: "/api/session", body: fmt.Appendf(nil, `{"email":"owner@alpha.example","password":%q}`, password)})
	}
	cases := count(t, "A22", 3)
	slowed := false
	for range 12 {
		slowed = guess(ring.b, "203.0.113.9:1000", "not-this-one-either").code() == "auth.slow_down"
	}
	require.True(t, slowed, "guessing is not slowed down at all")
	cases.one()
	require.Equal(t, http.StatusOK, guess(ring.a, "203.0.113.9:1000", "a-long-password").status, "guesses at one shop lock another's owner out")
	cases.one()
	for range 12 {
		guess(ring.a, "203.0.113.10:1000", "not-this-one-either")
	}
	require.Equal(t, http.StatusOK, guess(ring.a, "203.0.113.11:1000", "a-long-password").status, "guesses from one address lock the owner out everywhere")
	cases.one()
}
