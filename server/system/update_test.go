package system_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/system"
)

func TestNewer(t *testing.T) {
	t.Parallel()
	serve := func(t *testing.T, body string) (*http.Client, string) {
		t.Helper()
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/away" {
				http.Redirect(w, r, "http://"+r.Host+"/", http.StatusFound)
				return
			}
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		return server.Client(), server.URL
	}
	notice := `{"version": "1.10.0", "notes": "Faster", "url": "https://example.com/souk"}`

	for name, c := range map[string]struct {
		present string
		told    bool
	}{
		"an older one is told":        {"1.9.9", true},
		"the same is not":             {"1.10.0", false},
		"a newer one is not":          {"v2.0.0", false},
		"a build without a number":    {"dev", false},
		"a number of another fashion": {"1.9", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, address := serve(t, notice)
			update, err := system.Newer(t.Context(), client, address, c.present)
			require.NoError(t, err)
			require.Equal(t, c.told, update != nil)
		})
	}
	t.Run("only https is asked and followed", func(t *testing.T) {
		t.Parallel()
		client, address := serve(t, notice)
		_, err := system.Newer(t.Context(), client, "http://example.com", "1.0.0")
		require.ErrorContains(t, err, "https")
		_, err = system.Newer(t.Context(), client, address+"/away", "1.0.0")
		require.ErrorContains(t, err, "https")
	})
	t.Run("a link that is not https is refused", func(t *testing.T) {
		t.Parallel()
		client, address := serve(t, `{"version": "1.10.0", "url": "javascript:alert(1)"}`)
		_, err := system.Newer(t.Context(), client, address, "1.0.0")
		require.Error(t, err)
	})
	t.Run("a flood is cut off", func(t *testing.T) {
		t.Parallel()
		client, address := serve(t, `{"notes": "`+strings.Repeat("x", 100_000)+`"}`)
		_, err := system.Newer(t.Context(), client, address, "1.0.0")
		require.ErrorContains(t, err, "more than")
	})
}
