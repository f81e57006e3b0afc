// Package db is the only way to PostgreSQL. A use case gets a transaction that
// is already bound to one actor and one tenant and cannot get another; the
// server's own log-in has no rights on any table, so code that goes round this
// package is refused by the database. It knows no business word.
package db

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// SQL is a statement written as a constant. Statements are never built at run
// time; a test prepares every constant of this type against the real schema.
type SQL string

// Args are a statement's named arguments. A missing or a surplus name is an
// error; @tenant and @stores are bound by the transaction and may not be given.
type Args map[string]any

// Identity is who asks, as far as the database needs to know.
type Identity struct {
	Tenant uuid.UUID
	Actor  uuid.UUID // the person, else the device; recorded with each change
	Device uuid.UUID // where the person is signed in, if it is a till
	// Stores says which stores' rows may be seen and changed. Left out, statements
	// that say @stores fail.
	Stores Stores
}

// Config says how to reach PostgreSQL. The two URLs are two log-ins: the
// tenants' one, which may do nothing until it becomes app_user for one
// transaction, and the platform's, which sees schema platform only.
type Config struct {
	LoginURL    string
	PlatformURL string
	MaxConns    int32             // for tenants; 0 means 16
	Faults      map[string]string // constraint name → fault code
}

// DB holds the two pools. Make it with Open.
type DB struct {
	login    *pgxpool.Pool
	platform *pgxpool.Pool
	faults   map[string]string
	clock    func() time.Time
	hooks    *hooks
}

// hooks are set once while the program is put together.
type hooks struct {
	committed func(tenant uuid.UUID)
	emit      func(ctx context.Context, tx *Tx, event any) error
}

// Open connects both pools and checks nothing about isolation: call Check
// before serving. It fails if a pool cannot be reached.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 16
	}
	login, err := connect(ctx, cfg.LoginURL, cfg.MaxConns)
	if err != nil {
		return nil, fmt.Errorf("connect as the tenants' log-in: %w", err)
	}
	platform, err := connect(ctx, cfg.PlatformURL, 4)
	if err != nil {
		login.Close()
		return nil, fmt.Errorf("connect as the platform's log-in: %w", err)
	}
	return &DB{login: login, platform: platform, faults: cfg.Faults, clock: time.Now, hooks: &hooks{}}, nil
}

func connect(ctx context.Context, url string, conns int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = conns
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		registerDecimal(conn.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// Bare lends a connection of the tenants' log-in as it is: without a tenant, without
// a role, without any right. It is for showing what such a connection cannot do, and
// is closed afterwards, so that nothing done to it outlives the showing.
func (d *DB) Bare(ctx context.Context, use func(*pgx.Conn) error) error {
	lent, err := d.login.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := lent.Hijack()
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return use(conn)
}

// Close returns when every connection is back.
func (d *DB) Close() {
	d.login.Close()
	d.platform.Close()
}

// Ping answers whether both pools reach the database.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.login.Ping(ctx); err != nil {
		return err
	}
	return d.platform.Ping(ctx)
}

// OnCommit names who is told that a tenant's transaction with writes has
// committed. Set it before serving.
func (d *DB) OnCommit(fn func(tenant uuid.UUID)) { d.hooks.committed = fn }

// OnEmit names who carries an event to the modules that react to it, inside
// the transaction that emitted it. Set it before serving.
func (d *DB) OnEmit(fn func(ctx context.Context, tx *Tx, event any) error) { d.hooks.emit = fn }

// WithClock is the same database under another clock, for making history (the
// demo shops) and for tests.
func (d *DB) WithClock(clock func() time.Time) *DB {
	other := *d
	other.clock = clock
	return &other
}

// Now is the instant by this database's clock.
func (d *DB) Now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }
