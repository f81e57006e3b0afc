package desktop

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/shared/fault"
)

func TestFlags(t *testing.T) {
	f, err := readFlags([]string{"--data", "d", "--server", "http://x", "--pair", "C", "--printer", "tcp:10.0.0.9:9100", "--kiosk"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, "tcp", f.printer.Kind)
	require.Equal(t, "10.0.0.9:9100", f.printer.Address)
	require.True(t, f.kiosk)

	f, err = readFlags([]string{"--data", "d"}, io.Discard)
	require.NoError(t, err)
	require.Nil(t, f.printer, "the printer that was set last stays")

	_, err = readFlags([]string{"--nope"}, io.Discard)
	require.ErrorIs(t, err, errUsage)
	_, err = readFlags([]string{"--data", "d", "--pair", "C"}, io.Discard)
	require.ErrorContains(t, err, "--server")
	for _, printer := range []string{"fax:1", "file:", "tcp"} {
		_, err = readFlags([]string{"--data", "d", "--printer", printer}, io.Discard)
		require.ErrorContains(t, err, "file:PATH", printer)
	}
}

func TestHeadsAreWrittenWithoutAWindow(t *testing.T) {
	dir := t.TempDir()
	secrets, err := device.OpenFile(dir)
	require.NoError(t, err)
	engine, err := till.Open(t.Context(), till.Config{Dir: dir, Secrets: secrets})
	require.NoError(t, err)
	defer func() { _ = engine.Close() }()
	var out, errs strings.Builder
	require.Zero(t, Run([]string{"--data", dir, "--audit-heads"}, &out, &errs), errs.String())
	require.Empty(t, out.String(), "none is kept yet")
	require.Equal(t, 1, Run([]string{"--data", t.TempDir(), "--audit-heads"}, &out, &errs))
	require.Contains(t, errs.String(), "no till's journal")
}

func TestProblemSurvivesTheBridge(t *testing.T) {
	var f fault.Error
	text, ok := problem(fault.Conflict("till.x").Say("Do this.")).(string)
	require.True(t, ok)
	require.NoError(t, json.Unmarshal([]byte(text), &f))
	require.Equal(t, "till.x", f.Code)
	require.Equal(t, "Do this.", f.Message)
	text, _ = problem(errors.New("no such table")).(string)
	require.NoError(t, json.Unmarshal([]byte(text), &f))
	require.Equal(t, fault.KindInternal, f.Kind)
}

func TestWithoutAScreenItSaysSo(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	require.ErrorIs(t, haveDisplay(), errNoDisplay)
	t.Setenv("DISPLAY", ":1")
	require.NoError(t, haveDisplay())
}

func TestPages(t *testing.T) {
	dir := t.TempDir()
	secrets, err := device.OpenFile(dir)
	require.NoError(t, err)
	engine, err := till.Open(t.Context(), till.Config{Dir: dir, Secrets: secrets})
	require.NoError(t, err)
	defer func() { _ = engine.Close() }()
	p := &pages{api: engine.Proxy(), pictures: engine.Pictures(), files: fstest.MapFS{
		"index.html":    {Data: []byte("<html><head></head></html>")},
		"assets/app.js": {Data: []byte("code")},
	}}
	for _, c := range []struct {
		method, path string
		status       int
		has          string
	}{
		{"GET", "/", 200, "<head></head>"},
		{"GET", "/register", 200, "/wails/runtime.js"},
		{"GET", "/assets/app.js", 200, "code"},
		{"GET", "/assets/gone.js", 404, "not found"},
		{"GET", "/../../etc/passwd", 200, "<html>"},
		{"POST", "/register", 405, "only be read"},
		{"GET", "/api/items", 503, "till.not_paired"},
		{"POST", "/api/sales", 503, "till.not_paired"},
		{"GET", "/api/pictures/01a208a2-b237-80d4-a8d6-cadb75d18e8d/small", 404, "not here"},
		{"GET", "/api/pictures/01a208a2-b237-80d4-a8d6-cadb75d18e8d/large", 404, "not found"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), c.method, c.path, http.NoBody))
			require.Equal(t, c.status, w.Code)
			require.Contains(t, w.Body.String(), c.has)
		})
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/register", http.NoBody))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "connect-src 'self'")
}

func TestUnsentSalesAreSavedWithoutAWindow(t *testing.T) {
	dir := t.TempDir()
	var out, errs strings.Builder
	path := filepath.Join(t.TempDir(), "sales")
	require.Equal(t, 1, Run([]string{"--data", dir, "--save-unsent", path}, &out, &errs))
	require.Contains(t, errs.String(), "Pair this till first")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Empty(t, left, "no half a file stays behind")
	errs.Reset()
	require.Equal(t, 1, Run([]string{"--data", dir, "--bring-unsent", path}, &out, &errs))
	require.Contains(t, errs.String(), "could not be read")
}
