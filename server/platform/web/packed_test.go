package web_test

import (
	"compress/gzip"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesTravelPacked(t *testing.T) {
	d := open(t)
	t.Run("for who takes it", func(t *testing.T) {
		for range 2 {
			got := d.send("GET", "/assets/app.js", "", "Accept-Encoding", "br, gzip;q=0.8")
			require.Equal(t, 200, got.Code)
			require.Equal(t, "gzip", got.Header().Get("Content-Encoding"))
			require.Equal(t, "Accept-Encoding", got.Header().Get("Vary"))
			require.Contains(t, got.Header().Get("Content-Type"), "javascript")
			require.Contains(t, got.Header().Get("Cache-Control"), "immutable")
			plain, err := gzip.NewReader(got.Body)
			require.NoError(t, err)
			text, err := io.ReadAll(plain)
			require.NoError(t, err)
			require.Equal(t, "let x = 1", string(text))
		}
	})
	t.Run("plain for everybody else", func(t *testing.T) {
		for _, takes := range []string{"", "br", "gzip;q=0"} {
			got := d.send("GET", "/assets/app.js", "", "Accept-Encoding", takes)
			require.Empty(t, got.Header().Get("Content-Encoding"), takes)
			require.Equal(t, "let x = 1", got.Body.String())
		}
	})
	t.Run("never what is somebody's own", func(t *testing.T) {
		got := d.send("GET", "/api/things", "", "Accept-Encoding", "gzip")
		require.Empty(t, got.Header().Get("Content-Encoding"))
	})
}
