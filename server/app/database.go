package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"souk/migrations"
	"souk/server/platform/db"
	"souk/server/platform/db/embedded"
)

// Store is the PostgreSQL that this program uses, its own or one it was given.
type Store struct {
	Access db.Access
	own    *embedded.Server
}

// FindStore starts the embedded PostgreSQL, or takes the one at
// SOUK_DATABASE_URL, and makes the log-ins known. With setUp it also makes roles
// and database and brings the schema forward, which needs an administrator's URL
// the first time; without, that must have been done by "souk migrate".
func FindStore(ctx context.Context, cfg Config, setUp bool) (*Store, error) {
	if cfg.DatabaseURL == "" {
		return ownStore(ctx, cfg)
	}
	_, err := os.Stat(cfg.secretsFile())
	firstTime := errors.Is(err, os.ErrNotExist)
	secrets, err := db.KeptSecrets(cfg.secretsFile())
	if err != nil {
		return nil, err
	}
	if !setUp && !firstTime {
		access, err := db.AccessTo(cfg.DatabaseURL, cfg.Database, secrets)
		return &Store{Access: access}, err
	}
	access, err := setUpDatabase(ctx, cfg.DatabaseURL, cfg, secrets)
	if err != nil && firstTime {
		// Passwords that never reached the server must not be believed next time.
		err = errors.Join(err, os.Remove(cfg.secretsFile()))
	}
	return &Store{Access: access}, err
}

func ownStore(ctx context.Context, cfg Config) (*Store, error) {
	server, err := embedded.Start(ctx, embedded.Config{DataDir: cfg.Data, BinDir: cfg.Postgres, Durable: true, Log: slog.Default()})
	if err != nil {
		return nil, err
	}
	store := &Store{own: server}
	secrets, err := db.KeptSecrets(cfg.secretsFile())
	if err == nil {
		store.Access, err = setUpDatabase(ctx, server.AdminURL(), cfg, secrets)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close(ctx))
	}
	return store, nil
}

func setUpDatabase(ctx context.Context, adminURL string, cfg Config, secrets db.Secrets) (db.Access, error) {
	access, err := db.Setup(ctx, adminURL, cfg.Database, secrets)
	if err != nil {
		return access, fmt.Errorf("set up the database (an administrator's address is needed for this): %w", err)
	}
	version, steps, err := db.Migrate(ctx, access.MaintenanceURL, migrations.FS)
	if err != nil {
		return access, err
	}
	slog.InfoContext(ctx, "database is ready", "schema", version, "migrations_run", steps)
	return access, nil
}

// Open connects with the two log-ins that serving needs.
func (s *Store) Open(ctx context.Context, cfg Config) (*db.DB, error) {
	return db.Open(ctx, db.Config{
		LoginURL: s.Access.LoginURL, PlatformURL: s.Access.PlatformURL, MaxConns: cfg.MaxConns, Faults: Faults(),
	})
}

// Lost is closed when the embedded PostgreSQL is gone for good; nil for one that
// is not ours.
func (s *Store) Lost() <-chan struct{} {
	if s.own == nil {
		return nil
	}
	return s.own.Done()
}

// Close stops the embedded PostgreSQL cleanly.
func (s *Store) Close(ctx context.Context) error {
	if s.own == nil {
		return nil
	}
	return s.own.Stop(ctx)
}

// findToRead reaches the database for reading as souk_maintenance, beside a
// running server or without one.
func findToRead(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.DatabaseURL != "" {
		return FindStore(ctx, cfg, false)
	}
	running, err := embedded.Attach(embedded.Config{DataDir: cfg.Data, BinDir: cfg.Postgres})
	if err != nil {
		return ownStore(ctx, cfg)
	}
	secrets, err := db.KeptSecrets(cfg.secretsFile())
	if err != nil {
		return nil, err
	}
	access, err := db.AccessTo(running.AdminURL(), cfg.Database, secrets)
	return &Store{Access: access}, err
}
