package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// child is the postmaster process. exited is closed when it is gone.
type child struct {
	pid    int
	exited <-chan struct{}
	tail   *tail
	pgCtl  string // used where signals do not exist
}

// errSharedMemory is the state after a kill of the postmaster: its sessions
// still hold the shared memory and end by themselves within moments.
var errSharedMemory = errors.New("sessions of the former server are still ending")

// launch starts the postmaster and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		if err := s.choosePort(); err != nil {
			return err
		}
		err := s.launchOnce(ctx)
		if err == nil || !errors.Is(err, errSharedMemory) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (s *Server) launchOnce(ctx context.Context) error {
	if err := removeForeignPidFile(s.dirs.data); err != nil {
		return err
	}
	child, err := s.spawn(ctx)
	if err != nil {
		return err
	}
	if err := s.waitReady(ctx, child); err != nil {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return errors.Join(err, child.shutDown(stopCtx))
	}
	child.tail.serving.Store(true)
	s.mu.Lock()
	s.child = child
	s.mu.Unlock()
	s.log.Info("PostgreSQL is ready", "version", s.bin.version, "port", s.port, "data", s.dirs.data)
	return nil
}

// spawn starts the process from a goroutine that keeps its OS thread until the
// process ends: Linux delivers the parent-death signal when the *thread* dies.
func (s *Server) spawn(ctx context.Context) (*child, error) {
	cmd := s.owner.command(context.WithoutCancel(ctx), s.dirs.base, filepath.Join(s.bin.dir, program("postgres")), s.serverArgs()...)
	detach(cmd.SysProcAttr, s.cfg.Detached)
	tail := &tail{log: s.log}
	if s.cfg.Detached {
		file, err := os.OpenFile(s.dirs.log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		tail.path = s.dirs.log
		cmd.Stdout, cmd.Stderr = file, file
	} else {
		cmd.Stdout, cmd.Stderr = tail, tail
		// Sessions may hold the pipe a little longer than a killed postmaster.
		cmd.WaitDelay = 3 * time.Second
	}
	started, exited := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return &child{pid: cmd.Process.Pid, exited: exited, tail: tail, pgCtl: filepath.Join(s.bin.dir, program("pg_ctl"))}, nil
}

func (s *Server) serverArgs() []string {
	settings := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "",
		"port":                    strconv.Itoa(s.port),
		"max_connections":         "100",
		// A checkout touches some eighty tables and indexes: this many locks a
		// backend are taken without the shared lock table.
		"max_locks_per_transaction": "256",
		"shared_buffers":            "128MB",
		"effective_cache_size":      "1GB",
		"random_page_cost":          "1.1",
		"jit":                       "off",
		"timezone":                  "UTC",
		"log_timezone":              "UTC",
		"password_encryption":       "scram-sha-256",
		"log_checkpoints":           "off",
		"log_line_prefix":           "",
		// Customers' data and SQL stay out of the log; the program reports its own errors.
		"log_error_verbosity":     "terse",
		"log_min_error_statement": "panic",
	}
	if !s.cfg.Durable {
		maps.Copy(settings, map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
	}
	maps.Copy(settings, s.cfg.Settings)
	args := []string{"-D", s.dirs.data}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// choosePort keeps the remembered port while it is free, else takes another and
// remembers that.
func (s *Server) choosePort() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.port == 0 {
		text, _ := os.ReadFile(s.dirs.port)
		s.port, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if s.port != 0 {
		if probe, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))); err == nil {
			return probe.Close()
		}
	}
	probe, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = probe.Addr().(*net.TCPAddr).Port
	if err := probe.Close(); err != nil {
		return err
	}
	return writeDurably(s.dirs.port, strconv.Itoa(s.port)+"\n")
}

func (s *Server) waitReady(ctx context.Context, c *child) error {
	for {
		conn, err := pgx.Connect(ctx, s.AdminURL())
		if err == nil {
			return conn.Close(ctx)
		}
		refused := new(pgconn.PgError)
		if errors.As(err, &refused) && refused.Code == "28P01" {
			return fmt.Errorf("the password in %s is not the superuser's; remove that file to have a new one set", s.dirs.password)
		}
		select {
		case <-c.exited:
			messages := c.lastMessages()
			if strings.Contains(messages, "shared memory block") {
				return errSharedMemory
			}
			return fmt.Errorf("PostgreSQL did not start: %s", messages)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w; its last messages: %s", ctx.Err(), c.lastMessages())
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// shutDown asks for a fast shutdown and waits; when ctx ends it aborts.
func (c *child) shutDown(ctx context.Context) error {
	select {
	case <-c.exited:
		return nil
	default:
	}
	if c.tail != nil {
		c.tail.serving.Store(false)
	}
	if err := c.signalFast(ctx); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.exited:
		return nil
	case <-ctx.Done():
	}
	_ = c.signalAbort()
	select {
	case <-c.exited:
	case <-time.After(10 * time.Second):
	}
	return fmt.Errorf("PostgreSQL did not stop in time and was aborted: %w", ctx.Err())
}

func (c *child) lastMessages() string {
	if c.tail == nil {
		return ""
	}
	return c.tail.String()
}

// tail passes the server's messages to the log, line by line, and remembers the
// last ones for error messages.
type tail struct {
	log  *slog.Logger
	path string // set when the server writes to a file instead

	// serving is false while it starts and stops, when it turns connections away
	// with words that would alarm for nothing.
	serving atomic.Bool

	mu    sync.Mutex
	part  []byte
	lines []string
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.part = append(t.part, p...)
	for {
		line, rest, found := bytes.Cut(t.part, []byte("\n"))
		if !found {
			return len(p), nil
		}
		t.part = rest
		t.line(string(line))
	}
}

func (t *tail) line(line string) {
	t.lines = append(t.lines, line)
	if len(t.lines) > 12 {
		t.lines = t.lines[1:]
	}
	serious := strings.HasPrefix(line, "FATAL:") || strings.HasPrefix(line, "PANIC:") || strings.HasPrefix(line, "WARNING:")
	if serious && t.serving.Load() {
		t.log.Warn(line, "from", "postgres")
		return
	}
	t.log.Debug(line, "from", "postgres")
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.path != "" {
		text, _ := os.ReadFile(t.path)
		return string(text[max(0, len(text)-2000):])
	}
	return strings.Join(t.lines, "\n")
}
