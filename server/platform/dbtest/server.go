// Package dbtest gives tests a real PostgreSQL: a throw-away server, and databases
// and tenants on it. It never touches a shop's data and starts nothing in a running
// program.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"souk/server/platform/db/embedded"
)

// DatabaseURL names the environment variable that points the tests at a
// PostgreSQL of one's own: a superuser's URL. Unset, a throw-away server is used.
const DatabaseURL = "SOUK_TEST_DATABASE_URL"

// AdminURL returns a superuser's address of the PostgreSQL for tests, started
// when needed and shared by all test programs of this user. The test fails if
// none can be had.
func AdminURL(tb testing.TB) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	address, err := ServerURL(ctx)
	if err != nil {
		tb.Fatalf("PostgreSQL for tests: %v", err)
	}
	return address
}

// ServerURL is AdminURL for programs that are not tests.
func ServerURL(ctx context.Context) (string, error) {
	if address := os.Getenv(DatabaseURL); address != "" {
		return address, nil
	}
	dir, err := sharedDir()
	if err != nil {
		return "", err
	}
	unlock, err := lockDir(ctx, dir)
	if err != nil {
		return "", err
	}
	defer unlock()

	if server, err := embedded.Attach(config(dir)); err == nil {
		return server.AdminURL(), nil
	}
	// Without fsync a crash may have left anything; tests want a fresh one.
	if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
		return "", err
	}
	server, err := embedded.Start(ctx, config(dir))
	if err != nil {
		return "", err
	}
	return server.AdminURL(), nil
}

// StopServer ends the shared server and removes its data. It is no error if
// there is none.
func StopServer(ctx context.Context) error {
	dir, err := sharedDir()
	if err != nil {
		return err
	}
	unlock, err := lockDir(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock()

	server, err := embedded.Attach(config(dir))
	switch {
	case errors.Is(err, embedded.ErrNotRunning):
	case err != nil:
		return err
	default:
		if err := server.Stop(ctx); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(dir, "data"))
}

// PrivateServer starts a server that nobody else uses and that ends with this
// program at the latest. Stop ends it and removes its data.
func PrivateServer(ctx context.Context) (address string, stop func(context.Context) error, err error) {
	dir, err := os.MkdirTemp("", "souk-test-postgres-")
	if err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", nil, err
	}
	cfg := config(dir)
	cfg.Detached = false
	server, err := embedded.Start(ctx, cfg)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return server.AdminURL(), func(ctx context.Context) error {
		return errors.Join(server.Stop(ctx), os.RemoveAll(dir))
	}, nil
}

func config(dir string) embedded.Config {
	return embedded.Config{
		DataDir:  filepath.Join(dir, "data"),
		BinDir:   os.Getenv("SOUK_PG_BIN"),
		Detached: true,
		Settings: map[string]string{"max_connections": "300"},
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// sharedDir is one folder per user of this machine. A folder of that name that
// belongs to somebody else is refused, not used.
func sharedDir() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("souk-test-postgres-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	stat, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !stat.IsDir() || stat.Mode().Perm()&0o022 != 0 || !ownedByUs(stat) {
		return "", fmt.Errorf("%s is not this user's own folder; remove it", dir)
	}
	return dir, nil
}
