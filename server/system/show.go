package system

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/doctor"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// System is the installation as its page shows it. Without the right, everything
// but Operator is empty.
type System struct {
	Operator bool    `json:"operator" doc:"Whether the caller looks after this installation"`
	Report   *Report `json:"report,omitempty"`
}

// Report is what the server last found out about the installation.
type Report struct {
	At       time.Time `json:"at"`
	Version  string    `json:"version"`
	Commit   string    `json:"commit"`
	Go       string    `json:"go"`
	Update   *Update   `json:"update,omitempty"`
	Embedded bool      `json:"embedded" doc:"Whether the database is Souk's own, which it backs up"`
	// PostgreSQL is the database's version.
	PostgreSQL string           `json:"postgresql"`
	FreeBytes  int64            `json:"free_bytes"`
	Health     []doctor.Finding `json:"health" nullable:"false"`
	BackupDir  string           `json:"backup_dir"`
	BackupHour int              `json:"backup_hour" doc:"After which hour the daily one is made; -1 for none"`
	Backups    []Backup         `json:"backups" nullable:"false"`
	Running    *Running         `json:"running,omitempty"`
	// Failed is why the last backup was not made, empty if it was.
	Failed string `json:"failed"`
}

// Update is a newer version that is there to be had.
type Update struct {
	Version string `json:"version"`
	Notes   string `json:"notes"`
	URL     string `json:"url"`
}

// Backup is one backup in the list.
type Backup struct {
	Name    string     `json:"name"`
	TakenAt time.Time  `json:"taken_at"`
	Bytes   int64      `json:"bytes"`
	Rows    int64      `json:"rows"`
	State   string     `json:"state" enum:"unchecked,good,bad"`
	Checked *time.Time `json:"checked_at,omitempty"`
	Problem string     `json:"problem"`
}

// Running is a backup that is being made.
type Running struct {
	Step  string `json:"step" enum:"copying,checking"`
	Done  int64  `json:"done_bytes"`
	Total int64  `json:"total_bytes"`
}

const (
	readReport db.SQL = `select public.is_operator() as operator, public.installation_report() as report`
	askBackup  db.SQL = `select public.want_backup()`
	amOperator db.SQL = `select public.is_operator()`
)

// Show tells an operator all about the installation, and anyone else that they
// are none. A PIN does not make an operator: only a password does.
func Show(ctx context.Context, tx *db.Tx, _ web.None) (System, error) {
	if byPIN(ctx) {
		return System{}, nil
	}
	return db.One[System](ctx, tx, readReport, db.Args{})
}

// WantBackup has the server make a backup, as soon as it can.
//
// Fails with system.operators_only, and with system.not_ours if the database is
// not Souk's own.
func WantBackup(ctx context.Context, tx *db.Tx, _ struct{}) (web.None, error) {
	if byPIN(ctx) {
		return web.None{}, operatorsOnly()
	}
	system, err := db.One[System](ctx, tx, readReport, db.Args{})
	if err != nil {
		return web.None{}, err
	}
	if !system.Operator {
		return web.None{}, operatorsOnly()
	}
	if system.Report == nil || !system.Report.Embedded {
		return web.None{}, fault.Conflict("system.not_ours").Say("This database is not Souk's own. Back it up where it runs, with pg_dump or point-in-time recovery.")
	}
	batch := tx.Batch()
	batch.Exec(askBackup, db.Args{})
	return web.None{}, batch.Done()
}

func byPIN(ctx context.Context) bool {
	actor := auth.From(ctx)
	return actor.Device != uuid.Nil || actor.Person == uuid.Nil
}

func operatorsOnly() error {
	return fault.Forbidden("system.operators_only").Say("Only who looks after the installation may do this, signed in by password.")
}
