package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// Source is a running embedded PostgreSQL.
type Source struct {
	AdminURL   string // superuser, any database
	Database   string // Souk's
	DataFolder string // PostgreSQL's own
	Version    string // Souk's, for the manifest
	// Keys are files without which some of what the database holds is of no use, such as
	// the key of second factors. One that is not there is left out.
	Keys []string
	Now  func() time.Time
	// Progress is told how many bytes of about how many are copied; may be nil.
	Progress func(done, total int64)
}

// Take copies the database into a new folder below folder while others go on
// writing. What is copied is the state at one instant, whose totals the manifest
// states. A backup that is interrupted leaves nothing that List would show.
func Take(ctx context.Context, from Source, folder string) (Backup, error) {
	started := from.Now()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Backup{}, err
	}
	name := "souk-" + started.UTC().Format("20060102T150405Z")
	whole := filepath.Join(folder, name)
	if _, err := os.Lstat(whole); err == nil {
		return Backup{}, fmt.Errorf("%s is there already", whole)
	}
	dir := filepath.Join(folder, half+name)
	if err := os.RemoveAll(dir); err != nil {
		return Backup{}, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return Backup{}, err
	}
	manifest, err := fillBackup(ctx, from, dir)
	if err != nil {
		return Backup{}, errors.Join(fmt.Errorf("back up: %w", err), os.RemoveAll(dir))
	}
	manifest.TakenAt, manifest.Souk, manifest.Seconds = started.UTC(), from.Version, from.Now().Sub(started).Seconds()
	if err := writeJSON(filepath.Join(dir, manifestName), manifest); err != nil {
		return Backup{}, errors.Join(err, os.RemoveAll(dir))
	}
	if err := errors.Join(syncFolder(dir), os.Rename(dir, whole), syncFolder(folder)); err != nil {
		return Backup{}, err
	}
	return Open(whole)
}

func fillBackup(ctx context.Context, from Source, dir string) (Manifest, error) {
	manifest := Manifest{Format: format, Database: from.Database}
	there, err := databaseURL(from.AdminURL, from.Database)
	if err != nil {
		return manifest, err
	}
	conn, err := pgx.Connect(ctx, there)
	if err != nil {
		return manifest, err
	}
	// Closing ends the backup and drops the slot too, should anything fail below.
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := describe(ctx, conn, &manifest); err != nil {
		return manifest, err
	}
	archive, err := newArchive(filepath.Join(dir, archiveName))
	if err != nil {
		return manifest, err
	}
	err = errors.Join(copyCluster(ctx, conn, from, &manifest, archive), archive.addKeys(from.Keys))
	if err := errors.Join(err, archive.close()); err != nil {
		return manifest, err
	}
	manifest.Files = archive.files
	stat, err := os.Stat(filepath.Join(dir, archiveName))
	if err == nil {
		manifest.Archive = stat.Size()
	}
	return manifest, err
}

func describe(ctx context.Context, conn *pgx.Conn, into *Manifest) error {
	return conn.QueryRow(ctx, `
		select current_setting('server_version'), (select id::text from platform.epoch),
		       (select max(version_id) from public.goose_db_version where is_applied)`).
		Scan(&into.PostgreSQL, &into.Epoch, &into.Schema)
}

// copyCluster is PostgreSQL's own procedure for a base backup by file copy. The
// slot keeps the log from being recycled under the copy.
func copyCluster(ctx context.Context, conn *pgx.Conn, from Source, manifest *Manifest, archive *archive) error {
	if _, err := conn.Exec(ctx, `select pg_create_physical_replication_slot('souk_backup_' || pg_backend_pid(), true, true)`); err != nil {
		return fmt.Errorf("keep the log: %w", err)
	}
	var first string
	if err := conn.QueryRow(ctx, `select pg_walfile_name(pg_backup_start('souk', fast => true))`).Scan(&first); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := archive.addCluster(ctx, from.DataFolder, from.Progress); err != nil {
		return err
	}
	var label string
	if err := conn.QueryRow(ctx, `select labelfile from pg_backup_stop(wait_for_archive => false)`).Scan(&label); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	if err := archive.addText("backup_label", label); err != nil {
		return err
	}
	last, totals, err := endAtOneInstant(ctx, conn)
	if err != nil {
		return err
	}
	manifest.Totals = totals
	return archive.addLog(from.DataFolder, first, last)
}

const (
	// Every write that a screen can see passes through the queue of changes, and
	// every request leaves its answer with its last statement.
	quiet = `lock table platform.change_queue, public.operations in share mode`
	// Below deadlock_timeout: where this would wait in a circle, this gives up, never a sale.
	quietWait  = `set local lock_timeout = '400ms'`
	quietTries = 50
)

// endAtOneInstant cuts the log at an instant when no write is under way, and
// counts what is there at that instant. Whoever writes waits for the cut, some
// milliseconds, and not for the counting. The last file of the log that belongs
// to the backup is returned.
func endAtOneInstant(ctx context.Context, conn *pgx.Conn) (last string, totals Totals, err error) {
	reader, err := pgx.ConnectConfig(ctx, conn.Config())
	if err != nil {
		return "", totals, err
	}
	defer func() { _ = reader.Close(context.WithoutCancel(ctx)) }()
	snapshot, err := reader.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return "", totals, err
	}
	for attempt := 1; ; attempt++ {
		last, err = cut(ctx, conn, snapshot)
		if err == nil {
			break
		}
		if attempt == quietTries || ctx.Err() != nil {
			return "", totals, fmt.Errorf("find an instant without a write: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	totals, err = Count(ctx, snapshot)
	return last, totals, errors.Join(err, snapshot.Rollback(ctx))
}

func cut(ctx context.Context, conn *pgx.Conn, snapshot pgx.Tx) (last string, err error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, quietWait); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, quiet); err != nil {
		return "", err
	}
	// The first statement of the other transaction fixes what it sees from now on.
	if _, err := snapshot.Exec(ctx, `select pg_current_snapshot()`); err != nil {
		return "", err
	}
	// The byte before: the end of a full file is the begin of the next, which is no part of it.
	err = tx.QueryRow(ctx, `select pg_walfile_name(pg_switch_wal() - 1)`).Scan(&last)
	return last, err
}

func databaseURL(admin, database string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", errors.New("the administrator's address is not a URL")
	}
	u.Path = "/" + database
	return u.String(), nil
}
