package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/platform/db/embedded"
	"souk/server/verify"
)

// Target is where a backup is brought to life.
type Target struct {
	DataDir string // Souk's data folder
	BinDir  string // "" means: look for PostgreSQL
	// Replace moves a database that is there aside, instead of refusing.
	Replace bool
	// Say is told each step in a sentence; may be nil.
	Say func(string)
}

// Restored is what was found after a restore.
type Restored struct {
	Totals   Totals
	Moved    string   // where the former database is now, if there was one
	Differs  []string // from the manifest
	Findings []verify.Finding
}

// Good tells whether all is as the manifest says and every check holds.
func (r Restored) Good() bool { return len(r.Differs) == 0 && len(r.Findings) == 0 }

// Problem says what is not good, in a line.
func (r Restored) Problem() string {
	parts := r.Differs
	for _, finding := range r.Findings {
		parts = append(parts, finding.String())
	}
	if len(parts) > 5 {
		parts = append(parts[:5:5], fmt.Sprintf("and %d more", len(parts)-5))
	}
	return strings.Join(parts, "; ")
}

// Verify reads the whole backup and fails at the first file that is damaged.
func (b Backup) Verify(ctx context.Context) error { return b.read(ctx, place{}) }

// Restore verifies the backup, puts it where the database was, brings it to life
// under a new epoch, so that no client keeps a future which is no more, and
// compares it with the manifest. The database is stopped again when it returns.
//
// Fails with *embedded.RunningError over a running server, with
// embedded.ErrNotEmpty over another database unless told to replace it, and
// before anything is touched if the backup is damaged.
func (b Backup) Restore(ctx context.Context, to Target) (Restored, error) {
	say := to.Say
	if say == nil {
		say = func(string) {}
	}
	if embedded.Running(to.DataDir) {
		return Restored{}, &embedded.RunningError{DataDir: embedded.DataFolder(to.DataDir)}
	}
	say(fmt.Sprintf("Reading all %d files of %s …", len(b.Manifest.Files), b.Name))
	if err := b.Verify(ctx); err != nil {
		return Restored{}, err
	}
	cfg := embedded.Config{DataDir: to.DataDir, BinDir: to.BinDir, Durable: true, Log: slog.Default()}
	moved, err := embedded.Put(cfg, to.Replace, func(dir string) error { return b.read(ctx, place{dir: dir, durable: true}) })
	if err != nil {
		return Restored{}, err
	}
	if moved != "" {
		say("The former database is kept in " + moved)
	}
	if err := b.putKeys(embedded.DataFolder(to.DataDir), to.DataDir, say); err != nil {
		return Restored{Moved: moved}, err
	}
	say("Bringing the database to life and checking it …")
	restored, err := b.revive(ctx, cfg, true)
	restored.Moved = moved
	return restored, err
}

// revive starts what was put into place, looks at all of it and stops it.
func (b Backup) revive(ctx context.Context, cfg embedded.Config, forGood bool) (restored Restored, err error) {
	server, err := embedded.Start(ctx, cfg)
	if err != nil {
		return restored, err
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, server.Stop(stopping))
	}()
	there, err := databaseURL(server.AdminURL(), b.Manifest.Database)
	if err != nil {
		return restored, err
	}
	conn, err := pgx.Connect(ctx, there)
	if err != nil {
		return restored, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if restored.Totals, err = Count(ctx, conn); err != nil {
		return restored, err
	}
	restored.Differs = b.Manifest.Totals.Differ(restored.Totals)
	if err := settle(ctx, conn); err != nil {
		return restored, err
	}
	if forGood {
		if _, err := conn.Exec(ctx, `update platform.epoch set id = gen_random_uuid()`); err != nil {
			return restored, fmt.Errorf("begin a new epoch: %w", err)
		}
	}
	restored.Findings, err = verify.Run(ctx, conn)
	return restored, err
}

// settle numbers the changes that were committed and not yet numbered when the
// copy was made, as a server does when it starts.
func settle(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select distinct tenant_id::text from platform.change_queue`)
	if err != nil {
		return err
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `select set_config('app.tenant_id', $1, true)`, tenant); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `select public.number_changes()`)
			return err
		})
		if err != nil {
			return fmt.Errorf("number the changes: %w", err)
		}
	}
	return nil
}

// Scratch is where a backup may be tried.
type Scratch struct {
	Dir    string // a folder that PostgreSQL's user can reach
	BinDir string
	Now    func() time.Time
}

// Try restores the backup into a scratch database, checks it there, throws that
// away and notes the result beside the backup. It fails only if the result could
// not be noted; a backup that does not come to life is a result.
func (b *Backup) Try(ctx context.Context, in Scratch) (Check, error) {
	check := Check{At: in.Now().UTC(), Good: true}
	if problem := b.tryIn(ctx, in); problem != nil {
		if ctx.Err() != nil {
			return check, ctx.Err()
		}
		check.Good, check.Problem = false, problem.Error()
	}
	b.Check = &check
	return check, b.mark(check)
}

func (b Backup) tryIn(ctx context.Context, in Scratch) (err error) {
	dir, err := os.MkdirTemp(in.Dir, "trying-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg := embedded.Config{
		DataDir: filepath.Join(dir, "souk"), BinDir: in.BinDir, Settings: map[string]string{"shared_buffers": "32MB", "max_connections": "10"},
		Log: slog.New(slog.DiscardHandler),
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // PostgreSQL's user passes through; what is inside is closed
		return err
	}
	if _, err := embedded.Put(cfg, false, func(dir string) error { return b.read(ctx, place{dir: dir}) }); err != nil {
		return err
	}
	restored, err := b.revive(ctx, cfg, false)
	if err == nil && !restored.Good() {
		err = errors.New(restored.Problem())
	}
	return err
}
