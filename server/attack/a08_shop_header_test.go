package attack_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
	"souk/shared/wire"
)

// callAt sends a request to an address that is not a shop's own.
func (r *ring) callAt(host string, in request, headers http.Header) answer {
	req := httptest.NewRequest(in.method, "http://"+host+in.target, bytes.NewReader(in.body))
	req.Header = headers.Clone()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	r.calls++
	req.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:40000", r.calls>>16&255, r.calls>>8&255, r.calls&255)
	rec := httptest.NewRecorder()
	r.program.Web.ServeHTTP(rec, req)
	return answer{status: rec.Code, body: rec.Body.String(), header: rec.Header(), said: in.said}
}

func naming(shops ...string) http.Header {
	headers := http.Header{}
	for _, slug := range shops {
		headers.Add(wire.ShopHeader, slug)
	}
	return headers
}

func with(headers http.Header, name, value string) http.Header {
	headers = headers.Clone()
	headers.Set(name, value)
	return headers
}

// ownHosts are the ways to the server itself: by address, by name, by domain.
func ownHosts(t *testing.T) []string {
	t.Helper()
	name, err := os.Hostname()
	require.NoError(t, err)
	bare, _, _ := strings.Cut(strings.ToLower(name), ".")
	return []string{"192.168.1.20:8443", "[fd00::20]:8443", "127.0.0.1:8080", domain, bare + ":8443", bare + ".local"}
}

func TestADeviceReachesItsShopByTheServersAddress(t *testing.T) {
	ring := newRing(t)
	for _, host := range ownHosts(t) {
		got := ring.callAt(host, request{method: http.MethodGet, target: "/api/session"}, with(naming("beta"), "Authorization", "Bearer "+ring.b.till))
		require.Equal(t, http.StatusOK, got.status, "%s: %s", host, got.body)
		require.Contains(t, got.body, `"beta"`)
		code := ring.must(t, ring.b, ring.session(t, ring.b, wire.Owner), "POST", "/registers/"+ring.b.spare+"/pairing-code", nil)["code"]
		paired := ring.callAt(host, request{method: http.MethodPost, target: "/api/devices", body: fmt.Appendf(nil, `{"code":%q,"device_name":"counter"}`, code)}, naming("beta"))
		require.Equal(t, http.StatusOK, paired.status, "%s: %s", host, paired.body)
	}
	revoked := ring.callAt("192.168.1.20", request{method: http.MethodGet, target: "/api/session"}, with(naming("beta"), "Authorization", "Bearer "+ring.b.spareTill))
	require.Equal(t, http.StatusUnauthorized, revoked.status)
	require.Equal(t, "auth.device_revoked", revoked.code(), "a till is told why it is out")
}

func TestAttackByTheShopHeader(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.a, wire.Owner)
	atAlpha := naming("alpha")
	attempts := map[string]http.Header{
		"another shop's device":           with(atAlpha, "Authorization", "Bearer "+ring.b.till),
		"a person's session":              with(atAlpha, "Authorization", "Bearer "+owner),
		"a session dressed as a device":   with(atAlpha, "Authorization", "Bearer x"+owner[1:]),
		"no token":                        atAlpha,
		"a person's cookie":               with(atAlpha, "Cookie", web.SessionCookie+"="+owner),
		"a device's token as a cookie":    with(atAlpha, "Cookie", web.SessionCookie+"="+ring.a.till),
		"two shops at once":               with(naming("beta", "alpha"), "Authorization", "Bearer "+ring.b.till),
		"no shop's name":                  with(naming(""), "Authorization", "Bearer "+ring.b.till),
		"the platform's own name":         with(naming("admin"), "Authorization", "Bearer "+ring.b.till),
		"an Authorization that is no use": with(atAlpha, "Authorization", "Bearer"),
	}
	before := map[*shop]map[string]string{ring.a: ring.fingerprint(t, ring.a.id), ring.b: ring.fingerprint(t, ring.b.id)}
	paths := []string{"/", "/live", "/api/openapi.json", "/api/setup", "/sales"}
	cases := count(t, "A8", len(attempts)*(len(ring.program.Web.Routes())+len(paths)))
	for name, headers := range attempts {
		for _, route := range ring.program.Web.Routes() {
			pairing := route.Method == http.MethodPost && route.Path == "/devices" && headers.Get("Authorization") == "" && len(headers[wire.ShopHeader]) == 1
			got := ring.callAt("192.168.1.20:8443", (&filler{api: ring.program.Web.OpenAPI()}).fill(route), headers)
			cases.one()
			if pairing {
				require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", name, got.body)
				continue
			}
			require.Equal(t, http.StatusMisdirectedRequest, got.status, "%s with %s: %s", route.Name(), name, got.body)
			require.Empty(t, got.body)
		}
		for _, path := range paths {
			got := ring.callAt("192.168.1.20:8443", request{method: http.MethodGet, target: path}, headers)
			cases.one()
			require.Equal(t, http.StatusMisdirectedRequest, got.status, "%s with %s", path, name)
		}
	}
	for of, print := range before {
		require.Equal(t, print, ring.fingerprint(t, of.id))
	}
}

func TestTheShopHeaderCannotTurnAShopsOwnAddress(t *testing.T) {
	ring := newRing(t)
	ask := request{method: http.MethodGet, target: "/api/session"}
	device := func(headers http.Header) http.Header { return with(headers, "Authorization", "Bearer "+ring.b.till) }
	require.Equal(t, http.StatusMisdirectedRequest, ring.callAt("alpha."+domain, ask, device(naming("beta"))).status)
	require.Equal(t, http.StatusMisdirectedRequest, ring.callAt("beta."+domain, ask, device(naming("alpha"))).status)
	require.Equal(t, http.StatusOK, ring.callAt("beta."+domain, ask, device(naming("beta"))).status)
	for _, host := range []string{"rebound.example", "beta.rebound.example", "beta." + domain + ".example"} {
		require.Equal(t, http.StatusNotFound, ring.callAt(host, ask, device(naming("beta"))).status, host)
	}
	require.Equal(t, http.StatusNotFound, ring.callAt("192.168.1.20", ask, device(naming("nobody-here"))).status)
	without := ring.callAt("192.168.1.20", ask, device(http.Header{}))
	require.Equal(t, http.StatusMisdirectedRequest, without.status, "without the header an address is no shop")
}
