package web_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
)

// freeAddress is one that nothing listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, probe.Close())
	return probe.Addr().String()
}

func TestListeningWithTLSAndSendingOthersThere(t *testing.T) {
	d := open(t)
	model := httptest.NewTLSServer(http.NotFoundHandler())
	defer model.Close()
	roots := x509.NewCertPool()
	roots.AddCert(model.Certificate())
	plain := freeAddress(t)
	d.server.Secure(web.Secure{TLS: &tls.Config{Certificates: model.TLS.Certificates}, Plain: plain}) //nolint:gosec // the default's least version
	ctx, stop := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- d.server.Listen(ctx, "127.0.0.1:0", func(address string) { at <- address }) }()
	address := <-at
	defer func() {
		stop()
		require.NoError(t, <-ended)
	}()

	client := &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}, //nolint:gosec // as above
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	get := func(url, host string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		r.Host = host
		answer, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer
	}
	require.Equal(t, http.StatusOK, get("https://"+address+"/healthz", "anything").StatusCode)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	sent := get("http://"+plain+"/items?q=a%20b", d.shop.Slug+".test:80")
	require.Equal(t, http.StatusPermanentRedirect, sent.StatusCode)
	require.Equal(t, "https://"+d.shop.Slug+".test:"+port+"/items?q=a%20b", sent.Header.Get("Location"))
	require.Equal(t, "https://[fd00::1]:"+port+"/", get("http://"+plain+"/", "[fd00::1]:80").Header.Get("Location"))
	away := get("http://"+plain+"/", "evil.example")
	require.Equal(t, http.StatusNotFound, away.StatusCode)
	require.Empty(t, away.Header.Get("Location"))
}
