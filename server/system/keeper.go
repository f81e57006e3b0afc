package system

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/backup"
	"souk/server/doctor"
)

// Keeper looks after the installation while the server serves: it makes the daily
// backup and those that an operator asks for, tries each one, and writes down how
// things are.
type Keeper struct {
	// PlatformURL is where the report is written.
	PlatformURL string
	// Source gives the database to back up; nil if it is not ours.
	Source  *backup.Source
	Folder  string
	Hour    int // -1 for no daily backup
	Keep    backup.Keep
	Scratch backup.Scratch
	// Facts are what does not change while the program runs.
	Facts   Report
	Examine func(context.Context) []doctor.Finding
	// Newer asks for a newer version; nil asks nobody.
	Newer func(context.Context) (*Update, error)
	Now   func() time.Time
	// Settling is how long after the start a daily backup waits, Pace how often is looked.
	Settling, Pace time.Duration

	conn     *pgx.Conn
	began    time.Time
	examined time.Time
	asked    time.Time
	served   time.Time // the wish that was last seen to
	failed   time.Time // when a daily backup failed
	report   Report
}

const (
	examineEvery = 5 * time.Minute
	askEvery     = 24 * time.Hour
	againAfter   = time.Hour // after a daily backup that failed
)

// Run keeps on until ctx ends. What fails is told in the log and in the report
// and tried again; it never ends the server.
func (k *Keeper) Run(ctx context.Context) {
	k.began, k.report = k.Now(), k.Facts
	k.report.Embedded, k.report.BackupDir, k.report.BackupHour = k.Source != nil, k.Folder, k.Hour
	if k.Source == nil {
		k.report.BackupDir = ""
	} else if err := backup.Sweep(k.Folder); err != nil {
		slog.WarnContext(ctx, "what an interrupted backup left is not swept away", "error", err)
	}
	defer func() {
		if k.conn != nil {
			_ = k.conn.Close(context.WithoutCancel(ctx))
		}
	}()
	for ctx.Err() == nil {
		k.round(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(k.Pace):
		}
	}
}

func (k *Keeper) round(ctx context.Context) {
	wanted, err := k.wanted(ctx)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "the installation's report is not reached; the next round tries again", "error", err)
		}
		return
	}
	switch {
	case k.Source != nil && wanted.After(k.served):
		k.served = wanted
		k.backUp(ctx)
	case k.Source != nil && k.due():
		k.backUp(ctx)
	case k.Now().Sub(k.examined) >= examineEvery:
		k.look(ctx)
	}
}

// wanted is when an operator last asked for a backup. What was asked before this
// server began is not done late.
func (k *Keeper) wanted(ctx context.Context) (time.Time, error) {
	if k.conn == nil || k.conn.IsClosed() {
		conn, err := pgx.Connect(ctx, k.PlatformURL)
		if err != nil {
			return time.Time{}, err
		}
		k.conn = conn
	}
	var at time.Time
	err := k.conn.QueryRow(ctx, `select coalesce(backup_wanted_at, 'epoch') from platform.installation`).Scan(&at)
	if k.served.IsZero() {
		k.served = k.began
		if at.After(k.began) {
			k.served = at.Add(-time.Microsecond)
		}
	}
	return at, err
}

func (k *Keeper) due() bool {
	now := k.Now()
	if k.Hour < 0 || now.Sub(k.began) < k.Settling || now.Sub(k.failed) < againAfter {
		return false
	}
	list, err := backup.List(k.Folder)
	if err != nil {
		return false
	}
	var newest time.Time
	if len(list) > 0 {
		newest = list[0].Manifest.TakenAt
	}
	return backup.Due(newest, now.Local(), k.Hour)
}

func (k *Keeper) backUp(ctx context.Context) {
	if err := k.makeAndTry(ctx); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "the backup failed", "error", err)
		k.report.Failed, k.failed = err.Error(), k.Now()
	}
	k.report.Running = nil
	k.look(ctx)
}

func (k *Keeper) makeAndTry(ctx context.Context) error {
	k.report.Failed = ""
	k.tell(ctx, &Running{Step: "copying"})
	told := k.Now()
	source := *k.Source
	source.Progress = func(done, total int64) {
		if now := k.Now(); now.Sub(told) > 500*time.Millisecond {
			told = now
			k.tell(ctx, &Running{Step: "copying", Done: done, Total: total})
		}
	}
	made, err := backup.Take(ctx, source, k.Folder)
	if err != nil {
		return err
	}
	k.tell(ctx, &Running{Step: "checking", Done: made.Manifest.Archive, Total: made.Manifest.Archive})
	check, err := made.Try(ctx, k.Scratch)
	if err != nil {
		return err
	}
	if !check.Good {
		slog.ErrorContext(ctx, "a backup cannot be restored", "backup", made.Dir, "problem", check.Problem)
	} else {
		slog.InfoContext(ctx, "backup made, and restoring it works", "backup", made.Dir, "bytes", made.Manifest.Archive)
	}
	removed, err := backup.Prune(k.Folder, k.Keep)
	if len(removed) > 0 {
		slog.InfoContext(ctx, "old backups removed", "backups", removed)
	}
	return err
}

// look examines everything and writes the report.
func (k *Keeper) look(ctx context.Context) {
	k.examined = k.Now()
	k.report.At = k.examined
	k.report.Health = k.Examine(ctx)
	if k.report.Failed != "" {
		k.report.Health = append(k.report.Health, doctor.Finding{
			Check: "backup_failed", Level: doctor.Error, Says: "The last backup was not made: " + k.report.Failed + ".",
			Do: "See that the disk is not full and that the backup folder can be written to, then back up again.",
		})
	}
	if free, err := doctor.FreeBytes(k.Scratch.Dir); err == nil {
		k.report.FreeBytes = free
	}
	if k.conn != nil {
		_ = k.conn.QueryRow(ctx, `select current_setting('server_version')`).Scan(&k.report.PostgreSQL)
	}
	k.askForUpdate(ctx)
	k.tell(ctx, nil)
}

func (k *Keeper) askForUpdate(ctx context.Context) {
	if k.Newer == nil || (!k.asked.IsZero() && k.Now().Sub(k.asked) < askEvery) {
		return
	}
	k.asked = k.Now()
	update, err := k.Newer(ctx)
	if err != nil {
		slog.WarnContext(ctx, "not learned whether there is a newer version", "error", err)
		return
	}
	k.report.Update = update
}

// tell writes the report for operators' screens.
func (k *Keeper) tell(ctx context.Context, running *Running) {
	k.report.Running = running
	k.report.Backups = k.backups(ctx)
	if k.report.Health == nil {
		k.report.Health = []doctor.Finding{}
	}
	if _, err := k.conn.Exec(ctx, `update platform.installation set report = $1`, k.report); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "the installation's report is not written", "error", err)
	}
}

func (k *Keeper) backups(ctx context.Context) []Backup {
	shown := []Backup{}
	if k.Source == nil {
		return shown
	}
	list, err := backup.List(k.Folder)
	if err != nil {
		slog.WarnContext(ctx, "backups not listed", "error", err)
	}
	for _, one := range list {
		entry := Backup{
			Name: one.Name, TakenAt: one.Manifest.TakenAt, Bytes: one.Manifest.Archive, Rows: one.Manifest.Totals.RowCount(), State: "unchecked",
		}
		if check := one.Check; check != nil {
			entry.State, entry.Checked, entry.Problem = "bad", &check.At, check.Problem
			if check.Good {
				entry.State = "good"
			}
		}
		shown = append(shown, entry)
	}
	return shown
}
