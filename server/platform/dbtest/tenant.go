package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/migrations"
	"souk/server/platform/db"
)

// The passwords of the roles on a throw-away server. Roles belong to the whole of
// it: whoever gave them others would lock out the tests that run beside.
var secrets = db.Secrets{Maintenance: "test-maintenance", Login: "test-login", Platform: "test-platform"}

// Shop is a tenant made for one test, with the least that every table hangs on.
type Shop struct {
	ID       uuid.UUID
	Slug     string
	Store    uuid.UUID
	Location uuid.UUID
	Person   uuid.UUID
}

// Identity is the shop's one person.
func (s Shop) Identity() db.Identity {
	return db.Identity{Tenant: s.ID, Actor: s.Person, Stores: db.AllStores()}
}

// Open gives the migrated database that tests share. Tests leave rows of their
// own tenants in it and never look at others'.
func Open(t testing.TB) *db.DB {
	t.Helper()
	access := shared(t)
	return connect(t, access)
}

// Fresh gives a migrated database of this test's own, for the few that change the
// schema or count across tenants, and its administrator's address.
func Fresh(t testing.TB) (*db.DB, db.Access, string) {
	t.Helper()
	shared(t)
	name := "souk_fresh_" + strings.ReplaceAll(uuid.NewString(), "-", "")[:16]
	admin := AdminURL(t)
	run(t, admin, `create database `+name+` template `+templateName(t)+` owner souk_owner`)
	t.Cleanup(func() { run(t, admin, `drop database if exists `+name+` with (force)`) })
	access, err := db.Setup(t.Context(), admin, name, secrets)
	require.NoError(t, err)
	return connect(t, access), access, name
}

// Tx gives a transaction in a fresh tenant that is rolled back after the test.
func Tx(t testing.TB) (context.Context, *db.Tx, Shop) {
	t.Helper()
	database := Open(t)
	shop := NewShop(t, database)
	return t.Context(), Begin(t, database, shop.Identity()), shop
}

// Begin gives a transaction that is rolled back after the test.
func Begin(t testing.TB, database *db.DB, id db.Identity) *db.Tx {
	t.Helper()
	tx, rollback, err := database.BeginForTest(t.Context(), id)
	require.NoError(t, err)
	t.Cleanup(rollback)
	return tx
}

const (
	insertTenant db.SQL = `insert into platform.tenants (id, slug) values (@id, @slug)`

	insertGround db.SQL = `
		with c as (
			insert into company (tenant_id, name, business_type, country, currency, locale, prices_include_tax, created_at, updated_at)
			values (@tenant, 'Test shop', 'supermarket', 'DE', 'EUR', 'en', true, @now, @now)),
		s as (
			insert into stores (tenant_id, id, name, time_zone, created_at, updated_at)
			values (@tenant, @store, 'Main', 'Europe/Berlin', @now, @now)),
		l as (
			insert into locations (tenant_id, id, store_id, name, sells) values (@tenant, @location, @store, 'Shop floor', true))
		insert into people (tenant_id, id, name, role, created_at, updated_at)
		values (@tenant, @person, 'Pat Owner', 'owner', @now, @now)`
)

// NewShop commits a tenant with a company, a store, a place to sell from and its
// owner. The ground of the other modules is laid by tenants.Open, which tests
// above the platform use instead when they need it.
func NewShop(t testing.TB, database *db.DB) Shop {
	t.Helper()
	shop := Shop{ID: uuid.New(), Store: uuid.New(), Location: uuid.New(), Person: uuid.New()}
	shop.Slug = "t-" + strings.ReplaceAll(shop.ID.String(), "-", "")[:20]
	err := database.Platform(t.Context(), "make a shop for a test", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, insertTenant, db.Args{"id": shop.ID, "slug": shop.Slug})
		return err
	})
	require.NoError(t, err)
	err = database.Tenant(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, insertGround, db.Args{
			"store": shop.Store, "location": shop.Location, "person": shop.Person, "now": tx.Now(),
		})
		return err
	})
	require.NoError(t, err)
	return shop
}

// KeepSecrets writes the roles' passwords where a program under test looks for them.
func KeepSecrets(t testing.TB, file string) {
	t.Helper()
	raw, err := json.Marshal(secrets)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600))
}

// Superuser gives a connection that row-level security does not bind, to look at
// what is really there.
func Superuser(t testing.TB, database string) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(AdminURL(t))
	require.NoError(t, err)
	if database == "" {
		database = sharedName(t)
	}
	cfg.Database = database
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func connect(t testing.TB, access db.Access) *db.DB {
	t.Helper()
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 8})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	return database
}

var once = struct {
	sync.Mutex
	access *db.Access
}{}

// shared makes the template and the shared database if nobody has yet. Their
// names carry the migrations' hash, so an edited migration gets new ones.
func shared(t testing.TB) db.Access {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.access != nil {
		return *once.access
	}
	slog.SetLogLoggerLevel(slog.LevelWarn) // a failure is not to be looked for among lines of access log
	admin := AdminURL(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `select pg_advisory_lock(5022)`)
	require.NoError(t, err)

	if !exists(t, conn, sharedName(t)) {
		template := templateName(t)
		_, err = conn.Exec(ctx, `drop database if exists `+template+` with (force)`)
		require.NoError(t, err)
		made, err := db.Setup(ctx, admin, template, secrets)
		require.NoError(t, err)
		_, _, err = db.Migrate(ctx, made.MaintenanceURL, migrations.FS)
		require.NoError(t, err)
		_, err = conn.Exec(ctx, `create database `+sharedName(t)+` template `+template+` owner souk_owner`)
		require.NoError(t, err)
	}
	access, err := db.Setup(ctx, admin, sharedName(t), secrets)
	require.NoError(t, err)
	once.access = &access
	return access
}

func exists(t testing.TB, conn *pgx.Conn, name string) bool {
	t.Helper()
	var found bool
	require.NoError(t, conn.QueryRow(t.Context(), `select exists (select from pg_database where datname = $1)`, name).Scan(&found))
	return found
}

func run(t testing.TB, admin, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	require.NoError(t, err)
}

func sharedName(t testing.TB) string   { return "souk_shared_" + migrationsHash(t) }
func templateName(t testing.TB) string { return "souk_template_" + migrationsHash(t) }

func migrationsHash(t testing.TB) string {
	t.Helper()
	sum := sha256.New()
	require.NoError(t, fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(sum, "%s\n%s", path, text)
		return err
	}))
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
