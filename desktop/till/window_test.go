//go:build linux && e2e

package till_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/wire"
)

// window is a real till window, steered through WebKitWebDriver. It needs a
// display, and SOUK_TILL to name a till built with the tag e2e.
type window struct {
	t       *testing.T
	session string
}

// dataDir is a till's folder. The till may still be closing its journal when its
// window is gone.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "till")
	require.NoError(t, err)
	t.Cleanup(func() {
		require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, soon, 50*time.Millisecond)
	})
	return dir
}

func openWindow(t *testing.T, args ...string) *window {
	binary := os.Getenv("SOUK_TILL")
	require.NotEmpty(t, binary, "SOUK_TILL names the till to test")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // it is TCP
	require.NoError(t, listener.Close())
	driver := exec.CommandContext(t.Context(), "WebKitWebDriver", fmt.Sprintf("--port=%d", port))
	driver.Cancel = func() error { return driver.Process.Signal(os.Interrupt) }
	require.NoError(t, driver.Start())
	t.Cleanup(func() { _ = driver.Wait() })

	w := &window{t: t, session: fmt.Sprintf("http://127.0.0.1:%d/session", port)}
	var made struct {
		SessionID string `json:"sessionId"`
	}
	options := map[string]any{"binary": binary, "args": args}
	body := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"webkitgtk:browserOptions": options}}}
	require.Eventually(t, func() bool { return w.call(http.MethodPost, "", body, &made) == nil }, time.Minute, 200*time.Millisecond)
	w.session += "/" + made.SessionID
	t.Cleanup(func() { _ = w.call(http.MethodDelete, "", nil, nil) }) // closes the till
	require.Eventually(t, func() bool {
		var ready bool
		return w.js(`return !!(window.go && window.go.desktop && window.runtime)`, &ready) == nil && ready
	}, time.Minute, 100*time.Millisecond, "the page has its bindings")
	return w
}

func (w *window) call(method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, w.session+path, body)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, content)
	}
	answer := struct {
		Value any `json:"value"`
	}{out}
	return json.Unmarshal(content, &answer)
}

func (w *window) js(script string, out any, args ...any) error {
	return w.call(http.MethodPost, "/execute/sync", map[string]any{"script": script, "args": append([]any{}, args...)}, out)
}

// result is what became of a promise in the page.
type result struct {
	Value json.RawMessage `json:"value"`
	Error json.RawMessage `json:"error"`
}

// later waits for a promise.
func (w *window) later(promise string, args ...any) result {
	w.t.Helper()
	var r result
	script := `const done = arguments[arguments.length - 1];
		(async () => { ` + promise + ` })().then((v) => done({value: v}), (e) => done({error: e.message}));`
	require.NoError(w.t, w.call(http.MethodPost, "/execute/async", map[string]any{"script": script, "args": append([]any{}, args...)}, &r))
	return r
}

// do calls a binding and reads its answer.
func (w *window) do(out any, name string, args ...any) {
	w.t.Helper()
	r := w.later(`return window.go.desktop.Till.`+name+`(...arguments[0])`, append([]any{}, args...))
	require.Contains(w.t, []string{"", "null"}, string(r.Error), name)
	require.NoError(w.t, json.Unmarshal(r.Value, out))
}

func TestTheWindowSells(t *testing.T) {
	s := openShop(t)
	paper := filepath.Join(t.TempDir(), "paper.bin")
	w := openWindow(t, "--data", dataDir(t), "--server", s.URL, "--pair", "GOODCODE", "--printer", "file:"+paper)

	var state wire.RegisterState
	require.Eventually(t, func() bool {
		w.do(&state, "State")
		return state.Phase == wire.PhaseLocked
	}, soon, 50*time.Millisecond)
	require.NoError(t, w.js(`window.heard = 0; window.runtime.EventsOn("till.state", () => { window.heard++ }); return null`, nil))
	w.do(&state, "SignIn", cashier, "1234")
	w.do(&state, "OpenShift", 10_000)
	require.Equal(t, wire.PhaseSelling, state.Phase)

	var scanned wire.ScanResult
	w.do(&scanned, "Scan", "2*"+milkCode)
	require.Equal(t, wire.ScanAdded, scanned.Outcome)
	w.do(&scanned, "AddItem", bananas, "1.250", nil)
	require.Equal(t, money.Amount(2*129+249), scanned.State.Cart.Total)
	w.do(&state, "Complete", []wire.TenderIn{{MethodID: cash, Amount: 1000}})
	require.Equal(t, money.Amount(1000-507), state.LastSale.Change)

	require.Eventually(t, func() bool { return len(s.sales()) == 1 }, soon, 20*time.Millisecond)
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(paper)
		return err == nil && bytes.Contains(content, []byte(state.LastSale.ReceiptNo))
	}, soon, 20*time.Millisecond)
	var heard int
	require.Eventually(t, func() bool { return w.js(`return window.heard`, &heard) == nil && heard > 0 }, soon, 50*time.Millisecond)
}

func TestTheWindowSaysWhatIsWrong(t *testing.T) {
	w := openWindow(t, "--data", dataDir(t))
	r := w.later(`return window.go.desktop.Till.OpenShift(100)`)
	var text string
	require.NoError(t, json.Unmarshal(r.Error, &text))
	var refused struct{ Kind, Code, Message string }
	require.NoError(t, json.Unmarshal([]byte(text), &refused))
	require.Equal(t, "till.not_paired", refused.Code)
	require.NotEmpty(t, refused.Message)

	r = w.later(`const r = await fetch("/api/items"); return {status: r.status, body: await r.json()}`)
	var answer struct {
		Status int
		Body   struct{ Code string }
	}
	require.NoError(t, json.Unmarshal(r.Value, &answer))
	require.Equal(t, http.StatusServiceUnavailable, answer.Status)
	require.Equal(t, "till.not_paired", answer.Body.Code)
}

func TestTheWindowForwardsAsTheDevice(t *testing.T) {
	s := openShop(t)
	w := openWindow(t, "--data", dataDir(t), "--server", s.URL, "--pair", "GOODCODE")
	r := w.later(`const r = await fetch("/api/sync/setup"); return (await r.json()).setup.company.slug`)
	require.Equal(t, `"city-mart"`, string(r.Value))
	r = w.later(`const r = await fetch("/api/sync/entries", {method: "POST", headers: {"Idempotency-Key": "k", "Content-Type": "application/json"},
		body: JSON.stringify({waiting: 0, entries: []})}); return r.status`)
	require.Equal(t, `200`, string(r.Value), "a body gets through")
}

func TestX18AForeignPageCanCallNothing(t *testing.T) {
	s := openShop(t)
	w := openWindow(t, "--data", dataDir(t))
	r := w.later(`return (await fetch("` + s.URL + `/api/sync/setup")).status`)
	require.NotEmpty(t, r.Error, "the page talks to nobody but its program")

	require.Contains(t, w.askDirectly(), "phase", "the till's own page is answered")
	require.NoError(t, w.call(http.MethodPost, "/url", map[string]any{"url": s.URL + "/elsewhere"}, nil))
	var page string
	require.NoError(t, w.js(`return location.origin`, &page))
	require.Equal(t, s.URL, page)
	require.Equal(t, "silence", w.askDirectly())
}

// askDirectly calls a binding without the bridge's scripts, as a foreign page
// would have to.
func (w *window) askDirectly() string {
	w.t.Helper()
	script := `const done = arguments[arguments.length - 1];
		const timer = setTimeout(() => done("silence"), 3000);
		// The page's own calls may still be on their way; only ours is waited for.
		window.wails = {Callback: (m) => { if (JSON.parse(m).callbackid === "x") { clearTimeout(timer); done(m) } }, EventsNotify: () => {}};
		window.webkit.messageHandlers.external.postMessage("C" + JSON.stringify({name: "desktop.Till.State", args: [], callbackID: "x"}));`
	var said string
	require.NoError(w.t, w.call(http.MethodPost, "/execute/async", map[string]any{"script": script, "args": []any{}}, &said))
	return said
}
