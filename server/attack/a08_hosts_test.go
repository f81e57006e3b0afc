package attack_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// ask sends bytes as they are and gives the status and everything that came back.
func rawAsk(t *testing.T, address, text string) (int, string) {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err, text)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, fmt.Sprint(resp.Header) + string(body)
}

// TestAttackByHost: B's session under every way of naming a host. The tenant comes
// from the session; a host that does not agree gets nothing.
func TestAttackByHost(t *testing.T) {
	ring := newRing(t)
	server := ring.listening(t)
	address := strings.TrimPrefix(server.URL, "http://")
	w := ring.watch(t)
	token := ring.session(t, ring.b, wire.Owner)
	a, b := ring.a.slug+"."+domain, ring.b.slug+"."+domain
	const own, none = "B's own", "nothing"
	hosts := map[string]string{
		b: own, strings.ToUpper(b): own, b + ":443": own, b + ":8443": own, b + ".": own,
		a: none, strings.ToUpper(a): none, a + ":443": none, a + ".": none, domain: none, "www." + domain: none, "admin." + domain: none, "x." + b: none, a + "." + b: none,
		b + ".evil.example": none, "evil" + b: none, "xn--bta-8la." + domain: none, "béta." + domain: none, "127.0.0.1": none, "[::1]": none, "[::ffff:127.0.0.1]": none,
		"localhost": none, "": none, "*": none, "*." + domain: none, b + "\t": own, b + "@" + a: none, a + "#" + b: none, a + "/" + b: none, a + "\\." + b: none, b + "," + a: none,
		a + "," + b: none, b + "%00." + a: none, "." + domain: none, ".." + domain: none, b + "..": none, strings.Repeat("b", 5000) + "." + domain: none, b + ":99999": own, b + ":x": own,
	}
	headers := []string{"X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "Forwarded", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Proto", "X-Original-Url", "X-Rewrite-Url", "X-Forwarded-Prefix", "True-Client-Ip", "Via"}
	cases := count(t, "A8", len(hosts)+4*len(headers)+6)
	judge := func(label, expect string, status int, text string) {
		t.Helper()
		w.see(label, text, nil)
		if expect == own {
			require.Equal(t, http.StatusOK, status, label)
			require.Contains(t, text, `"Beta`, label)
		} else {
			require.Contains(t, []int{400, 404, 421, 301, 308}, status, "%s: %s", label, text)
			require.NotContains(t, text, "Beta", label)
		}
		cases.one()
	}
	get := func(target, lines string) (int, string) {
		return rawAsk(t, address, "GET "+target+" HTTP/1.1\r\n"+lines+"Authorization: Bearer "+token+"\r\nConnection: close\r\n\r\n")
	}
	for host, expect := range hosts {
		status, text := get("/api/session", "Host: "+host+"\r\n")
		judge("Host: "+host, expect, status, text)
	}
	for _, name := range headers {
		for _, value := range []string{a, "host=" + a + ";proto=https", "/api/session?tenant=" + ring.a.slug, "127.0.0.1"} {
			status, text := get("/api/session", "Host: "+b+"\r\n"+name+": "+value+"\r\n")
			judge(name+": "+value, own, status, text)
		}
	}
	both := "Host: " + b + "\r\nHost: " + a + "\r\n"
	status, text := get("/api/session", both)
	judge("two Hosts", none, status, text)
	status, text = get("http://"+a+"/api/session", "Host: "+b+"\r\n")
	judge("a whole address of A's and B's Host", none, status, text)
	status, text = get("http://"+b+"/api/session", "Host: "+a+"\r\n")
	judge("a whole address of B's and A's Host", own, status, text)
	status, text = rawAsk(t, address, "GET /api/session HTTP/1.0\r\nAuthorization: Bearer "+token+"\r\n\r\n")
	judge("no Host at all", none, status, text)
	status, text = get("/api/session", "Host: "+a+"\r\nX-Forwarded-Host: "+b+"\r\n")
	judge("A's Host and B's forwarded", none, status, text)
	status, text = get("//"+a+"/api/session", "Host: "+b+"\r\n")
	w.see("a path with a host", text, nil)
	require.Less(t, status, 500)
	cases.one()
	w.done(t)
}

// TestAttackByForwardedAddress: who the client is, only a listed proxy may say, so
// that nobody gets a fresh number of tries by naming another address.
func TestAttackByForwardedAddress(t *testing.T) {
	ring := newRing(t)
	headers := []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Client-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Cf-Connecting-Ip"}
	cases := count(t, "A8", len(headers))
	for n, name := range headers {
		slowed := false
		for try := range 9 {
			got := ring.callFrom(fmt.Sprintf("192.0.2.%d:5000", n+1), ring.b, request{
				method: http.MethodPost, target: "/api/session", body: []byte(`{"email":"owner@beta.example","password":"wrong-one-again"}`),
				headers: http.Header{name: {fmt.Sprintf("198.51.100.%d", try)}},
			})
			slowed = slowed || got.code() == "auth.slow_down"
		}
		require.True(t, slowed, "%s gives a guesser as many tries as he likes", name)
		cases.one()
	}
}
