// Package doctor looks at an installation from all sides and says in plain words
// what is wrong and what to do about it. It repairs nothing and changes nothing.
package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/platform/db"
	"souk/server/platform/mail"
)

// Level is how bad it is.
type Level string

// The levels, from good to bad.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Error   Level = "error"
)

// Finding is what was found in one place.
type Finding struct {
	Check string `json:"check" doc:"What was looked at"`
	Level Level  `json:"level" enum:"ok,warning,error"`
	Says  string `json:"says" doc:"What was found, in a sentence"`
	Do    string `json:"do" doc:"What to do about it; empty if nothing"`
}

// Installation is what there is to look at.
type Installation struct {
	DataDir     string
	SecretsFile string
	BackupDir   string
	// Embedded is whether the database is Souk's own, which Souk backs up.
	Embedded bool
	// MachineOnly leaves the database unread.
	MachineOnly bool
	Address     string // to listen at; "" if this program listens there itself
	// Certificates are the TLS files in use, none without TLS.
	Certificates []string
	Access       db.Access
	SMTP         mail.Config
	// Unreachable is why there is no Access.
	Unreachable error
	Migrations  fs.FS
	Now         func() time.Time
}

// check looks at one place. conn is souk_maintenance's.
type check struct {
	name string
	look func(ctx context.Context, in Installation, conn *pgx.Conn) Finding
}

var onMachine = []check{
	{"data_folder", dataFolder}, {"disk_space", diskSpace}, {"secrets", secretsFile}, {"time_zone", timeZone},
	{"port", port}, {"certificate", certificate}, {"mail", mailServer}, {"backup", lastBackup},
}

var inDatabase = []check{
	{"postgresql", version}, {"isolation", isolation}, {"migrations", pendingMigrations}, {"clock", clock},
	{"tills", silentTills}, {"exceptions", openExceptions}, {"changes", unnumbered},
}

// Examine looks at everything, always in the same order. It never fails: what
// cannot be looked at is a finding.
func Examine(ctx context.Context, in Installation) []Finding {
	var lines []Finding
	for _, one := range onMachine {
		lines = append(lines, one.run(ctx, in, nil))
	}
	if in.MachineOnly {
		return lines
	}
	conn, err := connect(ctx, in)
	if err != nil {
		do := "Start the server, or look into the log for why PostgreSQL does not start."
		if !in.Embedded {
			do = "See that SOUK_DATABASE_URL is right and that the PostgreSQL there runs and lets this machine in."
		}
		return append(lines, Finding{"postgresql", Error, fmt.Sprintf("The database does not answer: %v.", err), do})
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, one := range inDatabase {
		lines = append(lines, one.run(ctx, in, conn))
	}
	return lines
}

func (c check) run(ctx context.Context, in Installation, conn *pgx.Conn) Finding {
	line := c.look(ctx, in, conn)
	line.Check = c.name
	return line
}

func connect(ctx context.Context, in Installation) (*pgx.Conn, error) {
	if in.Unreachable != nil {
		return nil, in.Unreachable
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return pgx.Connect(ctx, in.Access.MaintenanceURL)
}

// Worst is the worst level among lines.
func Worst(lines []Finding) Level {
	worst := OK
	for _, line := range lines {
		if line.Level == Error || (line.Level == Warning && worst == OK) {
			worst = line.Level
		}
	}
	return worst
}

// ExitCode is 0 if all is well, 1 with warnings, 2 with errors.
func ExitCode(lines []Finding) int {
	return map[Level]int{OK: 0, Warning: 1, Error: 2}[Worst(lines)]
}

func ok(says string, args ...any) Finding {
	return Finding{Level: OK, Says: fmt.Sprintf(says, args...)}
}

// unread is a look that failed.
func unread(err error) Finding {
	return Finding{Level: Error, Says: fmt.Sprintf("This could not be looked at: %v.", err), Do: "Look into the log, and ask for help with what stands here."}
}
