// Package embedded runs the PostgreSQL that Souk uses when no other database is
// named: it finds the binaries, makes the data folder once, starts the server as
// an unprivileged user on a loopback port, starts it again if it dies, and stops
// it. It makes no roles, databases or tables beyond what initdb makes, and it
// never deletes or overwrites a data folder.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

const superuser = "postgres"

// ErrNotRunning is returned by Attach when no server works on the data folder.
var ErrNotRunning = errors.New("embedded PostgreSQL is not running")

// Config says where the data lives and how safe it has to be.
type Config struct {
	// DataDir is Souk's data folder ($SOUK_DATA); everything of this package is
	// kept in its sub-folder "postgres". Empty means DefaultDataDir.
	DataDir string
	// BinDir is the folder that holds initdb and postgres ($SOUK_PG_BIN). Empty
	// means: look for them.
	BinDir string
	// Durable is true for data that must survive a power cut. False switches
	// fsync off and is for tests only.
	Durable bool
	// Detached leaves the server running when this process ends, and makes Start
	// join a server that already runs. For test servers shared by processes.
	Detached bool
	// Settings overrides server settings by name, such as max_connections.
	Settings map[string]string
	// Log receives the server's own messages. Nil means slog.Default.
	Log *slog.Logger
}

// Server is one running PostgreSQL.
type Server struct {
	cfg      Config
	dirs     dirs
	bin      binaries
	owner    *owner
	password string
	port     int
	lock     *os.File
	log      *slog.Logger

	stopping chan struct{}
	stopOnce sync.Once
	done     chan struct{}
	mu       sync.Mutex
	child    *child
	err      error
}

// dirs are the places below DataDir/postgres.
type dirs struct{ base, data, password, port, lock, log string }

func dirsUnder(dataDir string) dirs {
	base := filepath.Join(dataDir, "postgres")
	return dirs{
		base:     base,
		data:     filepath.Join(base, "data"),
		password: filepath.Join(base, "superuser.password"),
		port:     filepath.Join(base, "port"),
		lock:     filepath.Join(base, "lock"),
		log:      filepath.Join(base, "server.log"),
	}
}

// DefaultDataDir is where Souk keeps its data when $SOUK_DATA is not set:
// /var/lib/souk for root, else the user's own data folder.
func DefaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/souk", nil
	}
	if xdg := os.Getenv("XDG_DATA_HOME"); xdg != "" {
		return filepath.Join(xdg, "souk"), nil
	}
	return userDataDir()
}

// Start brings the server up and returns when it answers. The first start makes
// the data folder with a generated superuser password.
//
// Fails with *RunningError if another process already serves this folder, with
// *NoBinariesError if no fitting PostgreSQL is found, and with the server's own
// last messages if it does not come up. Crash recovery may take a while; ctx
// bounds the wait.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.unlock()
		return nil, err
	}
	if s.cfg.Detached {
		s.unlock()
		return s, nil
	}
	go s.supervise(context.WithoutCancel(ctx))
	return s, nil
}

// Attach returns the server that already runs on cfg.DataDir, for instance to
// stop it. Fails with ErrNotRunning.
func Attach(cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, dirs: dirsUnder(cfg.DataDir), log: cfg.Log, done: make(chan struct{}), stopping: make(chan struct{})}
	s.cfg.Detached = true
	return s, s.join()
}

func (c Config) complete() (Config, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.DataDir == "" {
		dir, err := DefaultDataDir()
		if err != nil {
			return c, err
		}
		c.DataDir = dir
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return c, err
	}
	c.DataDir = dir
	return c, nil
}

// prepare takes the folder's lock and chooses user and binaries.
func prepare(cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, dirs: dirsUnder(cfg.DataDir), log: cfg.Log, done: make(chan struct{}), stopping: make(chan struct{})}
	if s.owner, err = chooseOwner(s.dirs.data); err != nil {
		return nil, err
	}
	if err := makeBase(cfg.DataDir, s.dirs.base, s.owner); err != nil {
		return nil, err
	}
	if s.lock, err = lockFile(s.dirs.lock); err != nil {
		running := &RunningError{DataDir: s.dirs.data}
		if pid, found := readPidFile(s.dirs.data); found {
			running.PID, running.Port = pid.pid, pid.port
		}
		return nil, running
	}
	if s.bin, err = findBinaries(cfg.BinDir, dataMajor(s.dirs.data)); err != nil {
		s.unlock()
		return nil, err
	}
	if s.bin, err = s.bin.reachableBy(s.owner, s.dirs.base); err != nil {
		s.unlock()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if err := s.waitForOrphan(ctx); err != nil {
		running := new(RunningError)
		if s.cfg.Detached && errors.As(err, &running) {
			return s.join()
		}
		return err
	}
	if err := s.makeCluster(ctx); err != nil {
		return err
	}
	return s.launch(ctx)
}

// join fills in port and password of the server that runs already.
func (s *Server) join() error {
	pid, found := readPidFile(s.dirs.data)
	if !found || !pid.serves(s.dirs.data) {
		return ErrNotRunning
	}
	password, err := os.ReadFile(s.dirs.password)
	if err != nil {
		return err
	}
	s.password, s.port = strings.TrimSpace(string(password)), pid.port
	s.child = &child{pid: pid.pid, exited: pid.gone(s.dirs.data)}
	return nil
}

// Stop shuts the server down: open transactions are rolled back, everything
// committed is on disk. When ctx ends first it aborts the server, which then
// recovers at its next start, and returns ctx's error.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() { close(s.stopping) })
	defer s.unlock()
	s.mu.Lock()
	child := s.child
	s.mu.Unlock()
	err := child.shutDown(ctx)
	if !s.cfg.Detached {
		<-s.done
	}
	return err
}

// Done is closed when the server is gone for good: after Stop, or when it could
// not be kept alive. Err then says why.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is nil until Done is closed, and after a Stop.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// PID is the process id of the postmaster.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child.pid
}

// AdminURL is the address of database postgres as superuser. It holds the
// password: never log it.
func (s *Server) AdminURL() string { return s.URL("postgres", superuser, s.password) }

// URL is the address of a database for a given login.
func (s *Server) URL(database, user, password string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(user, password),
		Host:   net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path:   "/" + database,
		// A stranger on this port who asks for the password in clear gets nothing.
		RawQuery: "sslmode=disable&require_auth=scram-sha-256",
	}
	return u.String()
}

func (s *Server) unlock() {
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}

// RunningError says that another server already works on the data folder.
type RunningError struct {
	DataDir   string
	PID, Port int
}

func (e *RunningError) Error() string {
	where := ""
	if e.PID != 0 {
		where = fmt.Sprintf(" (process %d, port %d)", e.PID, e.Port)
	}
	return fmt.Sprintf("a PostgreSQL already serves %s%s: is another souk running? Stop it, or choose another SOUK_DATA", e.DataDir, where)
}
