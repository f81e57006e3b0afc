package app_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/backup"
	"souk/server/doctor"
	"souk/server/platform/db/embedded"
	"souk/server/system"
)

// kept is an installation on an embedded PostgreSQL with a keeper that hurries.
type kept struct {
	keeper *system.Keeper
	conn   *pgx.Conn
}

func newKept(t *testing.T) *kept {
	t.Helper()
	// Not t.TempDir: as root the database runs as another user, who must get in.
	dir, err := os.MkdirTemp("/var/tmp", "souk-keeper-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	cfg := app.Config{Data: filepath.Join(dir, "souk"), Database: "souk"}
	store, err := app.FindStore(t.Context(), cfg, true)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	own, err := embedded.Attach(embedded.Config{DataDir: cfg.Data})
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), store.Access.PlatformURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &kept{conn: conn, keeper: &system.Keeper{
		PlatformURL: store.Access.PlatformURL, Folder: filepath.Join(dir, "backups"), Hour: -1, Keep: backup.Keep{Days: 1, Weeks: 1},
		Source:  &backup.Source{AdminURL: own.AdminURL(), Database: "souk", DataFolder: own.DataFolder(), Version: "test", Now: time.Now},
		Scratch: backup.Scratch{Dir: dir, Now: time.Now}, Facts: system.Report{Version: "1.2.3"},
		Examine: func(context.Context) []doctor.Finding {
			return []doctor.Finding{{Check: "x", Level: doctor.OK, Says: "Well."}}
		},
		Now: time.Now, Pace: 20 * time.Millisecond,
	}}
}

func (k *kept) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); k.keeper.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	k.until(t, func(r system.Report) bool { return r.Version == "1.2.3" })
}

// until waits for a report and gives it.
func (k *kept) until(t *testing.T, good func(system.Report) bool) (report system.Report) {
	t.Helper()
	require.Eventually(t, func() bool {
		var raw []byte
		report = system.Report{}
		require.NoError(t, k.conn.QueryRow(t.Context(), `select report from platform.installation`).Scan(&raw))
		return json.Unmarshal(raw, &report) == nil && good(report)
	}, time.Minute, 50*time.Millisecond)
	return report
}

func (k *kept) want(t *testing.T) {
	t.Helper()
	_, err := k.conn.Exec(t.Context(), `update platform.installation set backup_wanted_at = clock_timestamp()`)
	require.NoError(t, err)
}

func TestTheKeeperMakesTheBackupThatIsWantedAndTriesIt(t *testing.T) {
	k := newKept(t)
	k.want(t)
	k.run(t)
	require.Empty(t, k.until(t, func(r system.Report) bool { return r.Health != nil }).Backups, "what was wanted before the start is not done late")
	k.want(t)
	report := k.until(t, func(r system.Report) bool { return len(r.Backups) == 1 && r.Running == nil })
	require.Equal(t, "good", report.Backups[0].State, report.Backups[0].Problem)
	require.Empty(t, report.Failed)
	require.True(t, report.Embedded)
	require.NotEmpty(t, report.PostgreSQL)
}

func TestTheKeeperMakesTheDailyBackupByItself(t *testing.T) {
	k := newKept(t)
	k.keeper.Hour = 3
	k.run(t)
	k.until(t, func(r system.Report) bool {
		return len(r.Backups) == 1 && r.Backups[0].State == "good" && r.Running == nil
	})
}

func TestABackupThatFailsIsAnAlarm(t *testing.T) {
	k := newKept(t)
	require.NoError(t, os.WriteFile(k.keeper.Folder, []byte("a file where the folder should be"), 0o600))
	k.run(t)
	k.want(t)
	report := k.until(t, func(r system.Report) bool { return r.Failed != "" && r.Running == nil })
	require.Equal(t, doctor.Error, doctor.Worst(report.Health))
	require.NoError(t, os.Remove(k.keeper.Folder))
	k.want(t)
	report = k.until(t, func(r system.Report) bool { return len(r.Backups) == 1 && r.Running == nil && r.Failed == "" })
	require.Equal(t, doctor.OK, doctor.Worst(report.Health), "the alarm ends with the next good one")
}
