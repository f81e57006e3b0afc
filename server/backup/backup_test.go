package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/backup"
	"souk/server/platform/db/embedded"
	"souk/server/tenants"
	"souk/shared/wire"
)

// house is an installation with one shop on an embedded PostgreSQL of its own.
type house struct {
	dir    string
	cfg    app.Config
	server *embedded.Server
}

func newHouse(t *testing.T) *house {
	t.Helper()
	// Not t.TempDir: as root the database runs as another user, who must get in.
	dir, err := os.MkdirTemp("/var/tmp", "souk-backup-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	h := &house{dir: dir, cfg: app.Config{Data: filepath.Join(dir, "souk"), Database: "souk", Domain: "souk.test", MaxConns: 4}}
	store, err := app.FindStore(t.Context(), h.cfg, true)
	require.NoError(t, err)
	database, err := store.Open(t.Context(), h.cfg)
	require.NoError(t, err)
	_, err = app.Wire(t.Context(), h.cfg, database)
	require.NoError(t, err)
	_, err = tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{
			Name: "Alpha", Slug: "alpha", BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Main", TimeZone: "Europe/Berlin"},
		OwnerName: "Owner", OwnerEmail: "owner@alpha.example", OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	database.Close()
	require.NoError(t, store.Close(context.Background()))
	return h
}

func (h *house) start(t *testing.T) {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Config{DataDir: h.cfg.Data, Durable: true})
	require.NoError(t, err)
	h.server = server
	t.Cleanup(func() { h.stop(t) })
}

func (h *house) stop(t *testing.T) {
	t.Helper()
	if h.server != nil {
		require.NoError(t, h.server.Stop(context.Background()))
		h.server = nil
	}
}

func (h *house) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(h.server.AdminURL())
	require.NoError(t, err)
	cfg.Database = "souk"
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (h *house) source() backup.Source {
	return backup.Source{AdminURL: h.server.AdminURL(), Database: "souk", DataFolder: h.server.DataFolder(), Version: "test", Now: time.Now}
}

func (h *house) folder() string { return filepath.Join(h.dir, "backups") }

func (h *house) take(t *testing.T) backup.Backup {
	t.Helper()
	one, err := backup.Take(t.Context(), h.source(), h.folder())
	require.NoError(t, err)
	return one
}

func (h *house) scratch() backup.Scratch { return backup.Scratch{Dir: h.dir, Now: time.Now} }

// write adds customers, each with a change to be numbered, until told to stop.
func (h *house) write(t *testing.T, stop <-chan struct{}, written *atomic.Int64) <-chan error {
	t.Helper()
	conn, ended := h.connect(t), make(chan error, 1)
	var tenant string
	require.NoError(t, conn.QueryRow(t.Context(), `select id::text from platform.tenants`).Scan(&tenant))
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			default:
			}
			err := pgx.BeginFunc(context.Background(), conn, func(tx pgx.Tx) error {
				if _, err := tx.Exec(context.Background(), `select set_config('app.tenant_id', $1, true)`, tenant); err != nil {
					return err
				}
				_, err := tx.Exec(context.Background(), `insert into customers (tenant_id, id, name, created_at, updated_at)
					values ($1, gen_random_uuid(), repeat('x', 500), now(), now())`, tenant)
				return err
			})
			if err != nil {
				ended <- err
				return
			}
			written.Add(1)
		}
	}()
	return ended
}

func epoch(t *testing.T, conn *pgx.Conn) (id string) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), `select id::text from platform.epoch`).Scan(&id))
	return id
}

func TestBackUpWhileOthersWriteAndRestoreAfterTheDataIsGone(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	before := epoch(t, h.connect(t))
	stop, written := make(chan struct{}), &atomic.Int64{}
	var writers []<-chan error
	for range 4 {
		writers = append(writers, h.write(t, stop, written))
	}
	require.Eventually(t, func() bool { return written.Load() > 200 }, time.Minute, 10*time.Millisecond)
	one := h.take(t)
	at := written.Load()
	require.Eventually(t, func() bool { return written.Load() > at+50 }, time.Minute, 10*time.Millisecond, "writing goes on")
	close(stop)
	for _, ended := range writers {
		require.NoError(t, <-ended, "the backup has failed a write")
	}
	require.Greater(t, one.Manifest.Totals.Rows["public.customers"], int64(200))
	require.Less(t, one.Manifest.Totals.Rows["public.customers"], written.Load())
	t.Logf("%d rows, %d bytes, %.1f s beside 4 writers", one.Manifest.Totals.RowCount(), one.Manifest.Archive, one.Manifest.Seconds)

	check, err := one.Try(t.Context(), h.scratch())
	require.NoError(t, err)
	require.True(t, check.Good, check.Problem)

	h.stop(t)
	require.NoError(t, os.RemoveAll(h.cfg.Data))
	restored, err := one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data})
	require.NoError(t, err)
	require.True(t, restored.Good(), restored.Problem())
	require.Equal(t, one.Manifest.Totals, restored.Totals)
	require.Empty(t, restored.Moved)

	var said bytes.Buffer
	require.NoError(t, app.Verify(t.Context(), h.cfg, &said), said.String())
	h.start(t)
	require.NotEqual(t, before, epoch(t, h.connect(t)))
}

func TestADamagedBackupIsFoundAndTouchesNothing(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	one := h.take(t)
	archive := filepath.Join(one.Dir, "data.tar.gz")
	raw, err := os.ReadFile(archive)
	require.NoError(t, err)
	raw[len(raw)/2] ^= 0x40
	require.NoError(t, os.WriteFile(archive, raw, 0o600))
	h.stop(t)

	require.ErrorContains(t, one.Verify(t.Context()), "damaged")
	_, err = one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data, Replace: true})
	require.ErrorContains(t, err, "damaged")
	check, err := one.Try(t.Context(), h.scratch())
	require.NoError(t, err)
	require.False(t, check.Good)
	again, err := backup.Open(one.Dir)
	require.NoError(t, err)
	require.False(t, again.Check.Good, "the result stands beside the backup")
	h.start(t)
	require.NotEmpty(t, epoch(t, h.connect(t)), "the database is as it was")

	require.NoError(t, os.Truncate(archive, int64(len(raw)-1)))
	list, err := backup.List(h.folder())
	require.NoError(t, err)
	require.Empty(t, list, "one that is cut short is no backup")
}

func TestWrongTotalsAreFound(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	one := h.take(t)
	one.Manifest.Totals.Rows["public.people"]++
	check, err := one.Try(t.Context(), h.scratch())
	require.NoError(t, err)
	require.False(t, check.Good)
	require.Contains(t, check.Problem, "public.people")
}

func TestAnInterruptedBackupIsNotListed(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	from := h.source()
	from.Progress = func(done, total int64) {
		if done > total/2 {
			cancel()
		}
	}
	_, err := backup.Take(ctx, from, h.folder())
	require.ErrorIs(t, err, context.Canceled)
	entries, err := os.ReadDir(h.folder())
	require.NoError(t, err)
	require.Empty(t, entries)

	// What a power cut leaves is not taken for a backup, and swept away.
	left := filepath.Join(h.folder(), ".half-souk-20260101T030000Z")
	require.NoError(t, os.Mkdir(left, 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(h.folder(), "souk-20260101T030000Z"), 0o700))
	list, err := backup.List(h.folder())
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = backup.Prune(h.folder(), backup.Keep{Days: 1, Weeks: 1})
	require.NoError(t, err)
	require.NoDirExists(t, left)

	var slots int
	require.NoError(t, h.connect(t).QueryRow(t.Context(), `select count(*) from pg_replication_slots`).Scan(&slots))
	require.Zero(t, slots, "nothing keeps the log from being recycled")
}

func TestRestoreRefuses(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	one := h.take(t)
	running := new(embedded.RunningError)
	_, err := one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data, Replace: true})
	require.ErrorAs(t, err, &running, "over a running server")
	h.stop(t)
	_, err = one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data})
	require.ErrorIs(t, err, embedded.ErrNotEmpty)

	restored, err := one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data, Replace: true})
	require.NoError(t, err)
	require.True(t, restored.Good(), restored.Problem())
	require.FileExists(t, filepath.Join(restored.Moved, "PG_VERSION"), "the former database is kept")
}

func TestASingleFileIsABackupToo(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	one := h.take(t)
	h.stop(t)
	var packed bytes.Buffer
	require.NoError(t, one.Single(&packed))
	file := filepath.Join(h.dir, "one.tar")
	require.NoError(t, os.WriteFile(file, packed.Bytes(), 0o600))
	opened, done, err := backup.OpenAny(file)
	require.NoError(t, err)
	require.Equal(t, one.Manifest, opened.Manifest)
	require.NoError(t, opened.Verify(t.Context()))
	require.NoError(t, done())
	require.NoDirExists(t, opened.Dir)
}

func TestKeysComeBackWithTheBackup(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	key := filepath.Join(h.cfg.Data, "factors.key")
	require.NoError(t, os.WriteFile(key, []byte("the key of then"), 0o600))
	from := h.source()
	from.Keys = []string{key, filepath.Join(h.cfg.Data, "no-such.key")}
	one, err := backup.Take(t.Context(), from, h.folder())
	require.NoError(t, err)
	check, err := one.Try(t.Context(), h.scratch())
	require.NoError(t, err)
	require.True(t, check.Good, check.Problem)
	h.stop(t)
	restore := func() {
		t.Helper()
		restored, err := one.Restore(t.Context(), backup.Target{DataDir: h.cfg.Data, Replace: true})
		require.NoError(t, err)
		require.True(t, restored.Good(), restored.Problem())
		text, err := os.ReadFile(key)
		require.NoError(t, err)
		require.Equal(t, "the key of then", string(text))
		stat, err := os.Stat(key)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), stat.Mode().Perm())
		left, err := filepath.Glob(filepath.Join(h.cfg.Data, "*", "*", "souk-keys"))
		require.NoError(t, err)
		require.Empty(t, left, "no copy stays in the database's folder")
	}
	t.Run("on a machine that has none", func(t *testing.T) {
		require.NoError(t, os.Remove(key))
		restore()
	})
	t.Run("beside another that is kept", func(t *testing.T) {
		require.NoError(t, os.WriteFile(key, []byte("another"), 0o600))
		restore()
		aside, err := filepath.Glob(key + "-until-*")
		require.NoError(t, err)
		require.Len(t, aside, 1)
	})
}

func TestBackupsArePrivate(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	one := h.take(t)
	for path, mode := range map[string]os.FileMode{
		h.folder(): 0o700, one.Dir: 0o700, filepath.Join(one.Dir, "data.tar.gz"): 0o600, filepath.Join(one.Dir, "manifest.json"): 0o600,
	} {
		stat, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, stat.Mode().Perm(), path)
	}
	_, err := backup.Find(h.folder(), "../"+one.Name)
	require.Error(t, err)
}

func TestPruneKeepsDaysAndWeeks(t *testing.T) {
	folder := t.TempDir()
	plant := func(at time.Time, good bool) string {
		name := "souk-" + at.Format("20060102T150405Z")
		dir := filepath.Join(folder, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "data.tar.gz"), nil, 0o600))
		manifest := fmt.Sprintf(`{"format": 1, "taken_at": %q}`, at.Format(time.RFC3339))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(manifest), 0o600))
		if good {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "check.json"), []byte(`{"good": true}`), 0o600))
		}
		return name
	}
	last := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) // a Sunday
	names := map[int]string{}
	for age := range 60 {
		names[age] = plant(last.AddDate(0, 0, -age), age == 50)
	}
	twice := plant(last.Add(-time.Hour), false)
	removed, err := backup.Prune(folder, backup.Keep{Days: 7, Weeks: 4})
	require.NoError(t, err)
	require.Contains(t, removed, twice, "one a day")
	list, err := backup.List(folder)
	require.NoError(t, err)
	var kept []string
	for _, one := range list {
		kept = append(kept, one.Name)
	}
	// Seven days; the last of each week, of which this week's is among them; the newest good one.
	require.Equal(t, []string{
		names[0], names[1], names[2], names[3], names[4], names[5], names[6], names[7], names[14], names[21], names[50],
	}, kept)
}

func TestDue(t *testing.T) {
	zone := time.FixedZone("shop", 2*3600)
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		require.NoError(t, err)
		return moment
	}
	for name, c := range map[string]struct {
		newest, now string
		due         bool
	}{
		"made tonight":                     {"2026-11-22 03:00", "2026-11-22 20:00", false},
		"before tonight's hour":            {"2026-11-21 03:00", "2026-11-22 02:59", false},
		"at the hour":                      {"2026-11-21 03:00", "2026-11-22 03:00", true},
		"the machine was off at the hour":  {"2026-11-21 03:00", "2026-11-22 09:00", true},
		"made by hand after the last hour": {"2026-11-22 08:00", "2026-11-22 09:00", false},
	} {
		require.Equal(t, c.due, backup.Due(at(c.newest), at(c.now), 3), name)
	}
	require.True(t, backup.Due(time.Time{}, at("2026-11-22 01:00"), 3), "none yet")
}
