//go:build linux && e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// owner is the shop's owner at a browser of her own; see frontend/e2e/first-day.mjs.
type owner struct {
	t       *testing.T
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	trouble *bytes.Buffer
}

func startOwner(t *testing.T, s *server) *owner {
	t.Helper()
	_, port, err := net.SplitHostPort(s.address)
	require.NoError(t, err)
	o := &owner{t: t, command: exec.Command("node", "e2e/first-day.mjs"), trouble: &bytes.Buffer{}}
	o.command.Dir = filepath.Join("..", "..", "frontend")
	// The browser has no window, and finds only trouble on the bus and the screen of the till's.
	o.command.Env = append(os.Environ(), "SOUK_FIRST_DAY_URL=http://localhost:"+port, "DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=disabled:")
	o.command.Stderr = o.trouble
	o.in, err = o.command.StdinPipe()
	require.NoError(t, err)
	out, err := o.command.StdoutPipe()
	require.NoError(t, err)
	o.out = bufio.NewScanner(out)
	require.NoError(t, o.command.Start())
	t.Cleanup(func() { end(o.command, syscall.SIGTERM) })
	return o
}

// hears waits for a line that begins with a word and gives the rest of it.
func (o *owner) hears(word string) string {
	o.t.Helper()
	for o.out.Scan() {
		if rest, found := strings.CutPrefix(o.out.Text(), word); found {
			return strings.TrimSpace(rest)
		}
	}
	_ = o.command.Wait()
	o.t.Fatalf("the owner stopped before %q:\n%s", word, o.trouble)
	return ""
}

// networkPrinter keeps what is sent to it.
type networkPrinter struct {
	net.Listener
	mu    sync.Mutex
	paper bytes.Buffer
}

func startPrinter(t *testing.T) *networkPrinter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &networkPrinter{Listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			content, _ := io.ReadAll(conn)
			p.mu.Lock()
			p.paper.Write(content)
			p.mu.Unlock()
		}
	}()
	return p
}

// printed waits until all of these are on the paper.
func (p *networkPrinter) printed(t *testing.T, what ...string) {
	t.Helper()
	for _, one := range what {
		require.Eventually(t, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return bytes.Contains(p.paper.Bytes(), []byte(one))
		}, soon, 50*time.Millisecond, "%q is on the paper", one)
	}
}

// firstTill is the window of a till that nobody has set up.
type firstTill struct {
	t       *testing.T
	log     io.Writer
	dir     string
	command *exec.Cmd
	taken   int
}

func (f *firstTill) open() {
	f.t.Helper()
	f.command = exec.Command(os.Getenv("SOUK_TILL"), "--data", f.dir)
	f.command.Stdout, f.command.Stderr = f.log, f.log
	require.NoError(f.t, f.command.Start())
	out, err := exec.CommandContext(f.t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--pid", pid(f.command)).CombinedOutput()
	require.NoError(f.t, err, string(out))
	time.Sleep(2 * time.Second)
}

func (f *firstTill) end(how syscall.Signal) {
	end(f.command, how)
}

// does types, lets the screen follow and keeps what it shows.
func (f *firstTill) does(name string, keys ...string) {
	f.t.Helper()
	keyboard(f.t, keys...)
	time.Sleep(600 * time.Millisecond)
	f.taken++
	picture(f.t, fmt.Sprintf("first-day-till-%02d-%s", f.taken, name))
}

// TestAFirstDay goes the way of a new owner: from an empty folder to the first
// sale in her own books, by browser and till window alone.
func TestAFirstDay(t *testing.T) {
	began := time.Now()
	s := startWith(t, false)
	printer := startPrinter(t)
	nadia := startOwner(t, s)
	code, address, found := strings.Cut(nadia.hears("code "), " ")
	require.True(t, found)
	t.Logf("the shop, 20 items and a register after %.0f s", time.Since(began).Seconds())

	till := &firstTill{t: t, log: s.log, dir: filepath.Join(t.TempDir(), "till")}
	till.open()
	t.Cleanup(func() { till.end(syscall.SIGTERM) })
	till.does("language")
	till.does("server", "Return")
	till.does("server-wrong", "type:no-such-computer.invalid", "Return")
	till.does("server-typed", "ctrl+a", "type:"+address)
	till.does("pair", "Return")
	till.does("pair-wrong", "type:k0mp-2wqx", "Return")
	till.does("pair-typed", "ctrl+a", "type:"+strings.ToLower(code))
	till.does("items", "Return")
	till.does("printer", "Return")

	till.end(syscall.SIGKILL) // the plug is pulled; setting up goes on where it was
	till.open()
	till.does("printer-again")
	till.does("printer-chosen", "shift+Tab", "shift+Tab", "Return", "type:"+printer.Addr().String())
	till.does("printer-tested", "Tab", "Tab", "Return")
	printer.printed(t, "Printer test", "\x1bp\x00", "TEST-1", "\x1dV")
	till.does("printer-good", "Tab", "Return")
	till.does("scanner", "Return")
	till.does("scanner-without-end", "type:4006381333931")
	till.does("scanner-scanned", "scan:4006381333931")
	till.does("sound", "Tab", "Tab", "Return")
	till.does("ready", "Return")
	till.does("lock", "Return")

	till.does("pin", "Tab", "Return")
	till.does("float", "type:2468", "Return")
	till.does("empty", "type:10000", "Return")
	till.does("cart", "scan:4006381333931", "scan:5000159407236")
	till.does("pay", "F9")
	till.does("given", "type:2000")
	till.does("paid", "Return")
	printer.printed(t, "Harbour Corner", "Harbour Street 12", "Oat milk 1 l", "9,39")
	t.Logf("the first sale after %.0f s", time.Since(began).Seconds())

	_, err := io.WriteString(nadia.in, "sold 9,39\n")
	require.NoError(t, err)
	nadia.hears("seen")
	require.NoError(t, nadia.command.Wait(), nadia.trouble.String())
	t.Log(s.verify())
	t.Logf("a first day in %.0f s", time.Since(began).Seconds())
}
