package till

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// file is one SQLite database with one connection.
type file struct {
	db *sql.DB
}

// durability is what a commit waits for.
type durability string

const (
	full   durability = "FULL"   // survives a power cut
	normal durability = "NORMAL" // survives the process; enough for a copy
)

// journalDurability is the journal's; the power-cut test's control weakens it.
var journalDurability = full

// openFile opens or makes a database and checks that its pages are sound.
func openFile(ctx context.Context, path string, level durability, schema string) (*file, error) {
	dsn := "file:" + filepath.ToSlash(path) +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(" + string(level) + ")" +
		"&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &file{db: db}
	if err := f.prepare(ctx, schema); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	return f, nil
}

var errDamaged = errors.New("the file is damaged")

func (f *file) prepare(ctx context.Context, schema string) error {
	var verdict string
	if err := f.db.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&verdict); err != nil {
		return errors.Join(errDamaged, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, verdict)
	}
	_, err := f.db.ExecContext(ctx, schema)
	return err
}

// write runs fn in one transaction: all of it is on disk when write returns
// without error, and none of it otherwise.
func (f *file) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func (f *file) close() error { return f.db.Close() }

// querier is a transaction or the database itself.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// getMeta reads a kept value into to and reports whether there was one.
func getMeta(ctx context.Context, q querier, key string, to any) (bool, error) {
	var text string
	err := q.QueryRowContext(ctx, "select value from meta where key = ?", key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	return true, nil
}

func putMeta(ctx context.Context, q querier, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	_, err = q.ExecContext(ctx,
		"insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
		key, string(text))
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// column reads one text column of all rows.
func column(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// takeFolder makes the till's folder and locks it against a second process.
func takeFolder(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(lock); err != nil {
		_ = lock.Close()
		return nil, errTaken.Wrap(err)
	}
	return lock, nil
}
