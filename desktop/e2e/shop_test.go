//go:build linux && e2e

package e2e_test

import (
	"bufio"
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
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// soon is how long anything may take before a test gives up on it.
const soon = time.Minute

// server is a running Souk with the demo shops on data of its own.
type server struct {
	t       *testing.T
	dir     string
	address string
	demo    bool
	command *exec.Cmd
	log     *bytes.Buffer
}

// startServer starts a server with the demo shops.
func startServer(t *testing.T) *server { return startWith(t, true) }

func startWith(t *testing.T, demo bool) *server {
	t.Helper()
	// Not t.TempDir: as root the database runs as another user, who must get in.
	dir, err := os.MkdirTemp("/var/tmp", "souk-e2e-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{t: t, dir: dir, demo: demo, address: listener.Addr().String(), log: &bytes.Buffer{}}
	require.NoError(t, listener.Close())
	s.start()
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	return s
}

func (s *server) start() {
	s.t.Helper()
	binary := os.Getenv("SOUK_BIN")
	require.NotEmpty(s.t, binary, "SOUK_BIN names the server to test")
	s.command = exec.Command(binary, "serve")
	if s.demo {
		s.command.Args = append(s.command.Args, "--demo")
	}
	s.command.Env = s.environment()
	s.command.Stdout, s.command.Stderr = s.log, s.log
	require.NoError(s.t, s.command.Start())
	require.Eventually(s.t, func() bool {
		answer, err := http.Get("http://" + s.address + "/readyz")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, 2*time.Minute, 100*time.Millisecond, "the server gets ready")
}

func (s *server) environment() []string {
	return append(os.Environ(), "SOUK_DATA="+s.dir, "SOUK_ADDR="+s.address, "SOUK_DEMO_DAYS=2", "SOUK_DATABASE_URL=")
}

func (s *server) stop() {
	s.t.Helper()
	if s.command == nil {
		return
	}
	require.NoError(s.t, s.command.Process.Signal(syscall.SIGTERM))
	require.NoError(s.t, s.command.Wait())
	s.command = nil
}

// kill ends the server as a power cut would, as far as it can see.
func (s *server) kill() {
	s.t.Helper()
	require.NoError(s.t, s.command.Process.Kill())
	_ = s.command.Wait()
	s.command = nil
}

func (s *server) url(shop string) string {
	_, port, _ := net.SplitHostPort(s.address)
	return "http://" + shop + ".localhost:" + port
}

// verify runs "souk verify" over the shop's data.
func (s *server) verify() string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Getenv("SOUK_BIN"), "verify")
	command.Env = s.environment()
	out, err := command.CombinedOutput()
	require.NoError(s.t, err, string(out))
	return string(out)
}

// office is someone signed in at a shop's office.
type office struct {
	s      *server
	shop   string
	client *http.Client
	cookie *http.Cookie
}

func (s *server) office(shop, who string) *office {
	s.t.Helper()
	o := &office{s: s, shop: shop, client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		// *.localhost is for browsers; Go has to be told where that is.
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.address)
		},
	}}}
	request := o.request(http.MethodPost, "/session", map[string]string{"email": who + "@" + shop + ".example", "password": "souk-demo"})
	answer, err := o.client.Do(request)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	require.Equal(s.t, http.StatusOK, answer.StatusCode)
	require.NotEmpty(s.t, answer.Cookies())
	o.cookie = answer.Cookies()[0]
	return o
}

func (o *office) request(method, path string, in any) *http.Request {
	o.s.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		require.NoError(o.s.t, err)
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(o.s.t.Context(), method, o.s.url(o.shop)+"/api"+path, body)
	require.NoError(o.s.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", uuid.NewString())
	if o.cookie != nil {
		request.AddCookie(o.cookie)
	}
	return request
}

func (o *office) do(method, path string, in, out any) {
	o.s.t.Helper()
	answer, err := o.client.Do(o.request(method, path, in))
	require.NoError(o.s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(o.s.t, err)
	require.Less(o.s.t, answer.StatusCode, 300, string(text))
	if out != nil {
		require.NoError(o.s.t, json.Unmarshal(text, out))
	}
}

func (o *office) get(path string, out any) { o.s.t.Helper(); o.do(http.MethodGet, path, nil, out) }

// pairingCode asks for a code for the register of that name.
func (o *office) pairingCode(register string) string {
	o.s.t.Helper()
	var registers []struct{ ID, Name string }
	o.get("/registers", &registers)
	for _, r := range registers {
		if r.Name == register {
			var made struct{ Code string }
			o.do(http.MethodPost, "/registers/"+r.ID+"/pairing-code", map[string]any{}, &made)
			require.NotEmpty(o.s.t, made.Code)
			return made.Code
		}
	}
	o.s.t.Fatalf("there is no register %q", register)
	return ""
}

// headless is a till without a window, the same engine.
type headless struct {
	t       *testing.T
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	id      int
}

func openHeadless(t *testing.T, s *server, dir string) *headless {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "headless")
	build, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "souk/desktop/till/cmd/headless").CombinedOutput()
	require.NoError(t, err, string(build))
	h := &headless{t: t, command: exec.Command(binary, "--data", dir)}
	h.in, err = h.command.StdinPipe()
	require.NoError(t, err)
	out, err := h.command.StdoutPipe()
	require.NoError(t, err)
	h.command.Stderr = s.log
	h.out = bufio.NewScanner(out)
	h.out.Buffer(nil, 64<<20)
	require.NoError(t, h.command.Start())
	t.Cleanup(func() { _ = h.in.Close(); _ = h.command.Wait() })
	return h
}

func (h *headless) do(out any, name string, args ...any) {
	h.t.Helper()
	require.Empty(h.t, h.ask(out, name, args...), name)
}

// ask has the till do something, and gives what it says if it refuses.
func (h *headless) ask(out any, name string, args ...any) string {
	h.t.Helper()
	h.id++
	text, err := json.Marshal(map[string]any{"id": h.id, "do": name, "args": append([]any{}, args...)})
	require.NoError(h.t, err)
	_, err = fmt.Fprintln(h.in, string(text))
	require.NoError(h.t, err)
	for h.out.Scan() {
		var answer struct {
			ID    int
			Value json.RawMessage
			Error json.RawMessage
		}
		if json.Unmarshal(h.out.Bytes(), &answer) != nil || answer.ID != h.id {
			continue
		}
		if said := string(answer.Error); said != "" && said != "null" {
			return said
		}
		if out != nil {
			require.NoError(h.t, json.Unmarshal(answer.Value, out))
		}
		return ""
	}
	h.t.Fatalf("the till ended while it did %s: %v", name, h.out.Err())
	return ""
}

// keyboard types into whatever window has the focus: keys by name, text behind
// "type:", and a code with the scanner's Enter behind "scan:".
func keyboard(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		arguments := []string{"key", "--delay", "30", key}
		if text, typed := strings.CutPrefix(key, "type:"); typed {
			arguments = []string{"type", "--delay", "5", text}
		}
		if code, scanned := strings.CutPrefix(key, "scan:"); scanned {
			arguments = []string{"type", "--delay", "5", "--args", "1", code, "key", "Return"}
		}
		out, err := exec.CommandContext(t.Context(), "xdotool", arguments...).CombinedOutput()
		require.NoError(t, err, string(out))
		time.Sleep(250 * time.Millisecond) // a person's pace between two intentions
	}
}

// picture keeps what the screen shows.
func picture(t *testing.T, name string) {
	t.Helper()
	dir := filepath.Join("..", "..", "test", "out")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	out, err := exec.CommandContext(t.Context(), "import", "-window", "root", filepath.Join(dir, name+".png")).CombinedOutput()
	require.NoError(t, err, string(out))
}
