package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long anything may take before a test gives up on it.
const patience = time.Minute

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "souk-faults-")
	if err == nil {
		binary = filepath.Join(dir, "souk")
		var out []byte
		if out, err = exec.Command("go", "build", "-o", binary, "souk/server").CombinedOutput(); err != nil {
			err = fmt.Errorf("build the server: %w: %s", err, out)
		}
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// output collects what every run of the server has said.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// server is a Souk on data of its own that a test may kill.
type server struct {
	t       *testing.T
	dir     string
	address string
	command *exec.Cmd
	log     *output
}

func startServer(t *testing.T) *server {
	t.Helper()
	// Not t.TempDir: as root the database runs as another user, who must get in.
	dir, err := os.MkdirTemp("/var/tmp", "souk-faults-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	s := &server{t: t, dir: dir, address: freeAddress(t), log: &output{}}
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	s.start()
	return s
}

// freeAddress keeps out of the range from which outgoing connections take their
// ports: while the server is down, one of the clients' could sit on its address.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(10000))))
		if err == nil {
			require.NoError(t, listener.Close())
			return listener.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (s *server) start() {
	s.t.Helper()
	s.command = exec.Command(binary, "serve", "--demo")
	s.command.Env = s.environment()
	s.command.Stdout, s.command.Stderr = s.log, s.log
	// PostgreSQL inherits nothing from it, but may hold the pipes a moment longer.
	s.command.WaitDelay = 10 * time.Second
	require.NoError(s.t, s.command.Start())
	s.waitReady()
}

func (s *server) environment() []string {
	return append(os.Environ(), "SOUK_DATA="+s.dir, "SOUK_ADDR="+s.address, "SOUK_DOMAIN=localhost", "SOUK_DEMO_DAYS=2", "SOUK_DATABASE_URL=")
}

func (s *server) waitReady() {
	s.t.Helper()
	client := &http.Client{Timeout: 5 * time.Second}
	require.Eventually(s.t, func() bool {
		answer, err := client.Get("http://" + s.address + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, patience, 50*time.Millisecond, "the server gets ready")
}

func (s *server) stop() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait()
	s.command = nil
}

// kill takes the program away, waits for the end of its PostgreSQL and starts it
// again.
func (s *server) kill() {
	s.t.Helper()
	postmaster := s.postmaster()
	require.NoError(s.t, s.command.Process.Kill())
	_ = s.command.Wait()
	s.command = nil
	require.Eventually(s.t, func() bool { return parentOf(postmaster) == 0 }, patience, 20*time.Millisecond,
		"PostgreSQL ends with the program")
	s.start()
}

// killPostgres takes the postmaster and all its sessions away and waits until the
// program has started another.
func (s *server) killPostgres() {
	s.t.Helper()
	postmaster := s.postmaster()
	require.Equal(s.t, s.command.Process.Pid, parentOf(postmaster), "the PostgreSQL to kill is this test's own")
	children := childrenOf(s.t, postmaster)
	require.NotEmpty(s.t, children)
	require.NoError(s.t, syscall.Kill(postmaster, syscall.SIGKILL))
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL) // some end with the postmaster
	}
	require.Eventually(s.t, func() bool {
		now, err := s.readPostmaster()
		return err == nil && now != postmaster && parentOf(now) == s.command.Process.Pid
	}, patience, 20*time.Millisecond, "PostgreSQL is started again")
	s.waitReady()
}

func (s *server) postmaster() int {
	s.t.Helper()
	pid, err := s.readPostmaster()
	require.NoError(s.t, err)
	return pid
}

func (s *server) readPostmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// parentOf is 0 for a process that is gone or waits to be collected.
func parentOf(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// "pid (name) state parent …", and a name may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 || fields[0] == "Z" {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

func childrenOf(t *testing.T, parent int) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	require.NoError(t, err)
	var children []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && parentOf(pid) == parent {
			children = append(children, pid)
		}
	}
	return children
}

// verify runs "souk verify" over the data.
func (s *server) verify() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, binary, "verify")
	command.Env = s.environment()
	out, err := command.CombinedOutput()
	require.NoError(s.t, err, string(out))
	require.Contains(s.t, string(out), "checks hold.")
}
