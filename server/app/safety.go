package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"souk/migrations"
	"souk/server/backup"
	"souk/server/console"
	"souk/server/doctor"
	"souk/server/platform/clock"
	"souk/server/platform/db"
	"souk/server/platform/db/embedded"
	"souk/server/platform/web"
	"souk/server/system"
)

// errNotOurs says what to do instead, for a database that Souk did not start.
var errNotOurs = errors.New(`this database is not Souk's own: back it up where it runs, for instance with
  pg_dump --format=custom --file=souk.dump "$ADMINISTRATORS_ADDRESS"      (and pg_restore to put it back)
or with your provider's point-in-time recovery. After putting one back, run
  update platform.epoch set id = gen_random_uuid()
in it before souk serves, so that no till or screen keeps what is no more, and then souk verify`)

// Backup copies the embedded database into a new folder below dir, beside a
// running server or without one, and tries the copy by restoring it.
func Backup(ctx context.Context, cfg Config, dir string, out io.Writer) (err error) {
	if cfg.DatabaseURL != "" {
		return errNotOurs
	}
	own, stop, err := reach(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	made, err := backup.Take(ctx, source(cfg, own), dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Copied %d rows of %d shops into %s (%.1f MB). Trying to restore it …\n",
		made.Manifest.Totals.RowCount(), len(made.Manifest.Totals.Shops), made.Dir, float64(made.Manifest.Archive)/1e6)
	check, err := made.Try(ctx, backup.Scratch{Dir: cfg.Data, BinDir: own.BinDir(), Now: clock.Now})
	if err != nil {
		return err
	}
	if !check.Good {
		return fmt.Errorf("%s cannot be restored: %s", made.Dir, check.Problem)
	}
	fmt.Fprintln(out, "It comes to life, every check holds, and its totals are those of the database.")
	return nil
}

// reach gives the running embedded PostgreSQL, or starts it for the time being.
func reach(ctx context.Context, cfg Config) (*embedded.Server, func() error, error) {
	settings := embedded.Config{DataDir: cfg.Data, BinDir: cfg.Postgres, Durable: true, Log: slog.Default()}
	running, err := embedded.Attach(settings)
	if err == nil {
		return running, func() error { return nil }, nil
	}
	started, err := embedded.Start(ctx, settings)
	if err != nil {
		return nil, nil, err
	}
	return started, func() error { return closeStore(ctx, &Store{own: started}) }, nil
}

func source(cfg Config, own *embedded.Server) backup.Source {
	return backup.Source{AdminURL: own.AdminURL(), Database: cfg.Database, DataFolder: own.DataFolder(), Version: Version, Now: clock.Now, Keys: []string{cfg.factorsKeyFile(), cfg.auditKeyFile()}}
}

// Restore puts a backup in the place of the embedded database. With replace, a
// database that is there is moved aside; without, that is refused.
func Restore(ctx context.Context, cfg Config, path string, replace bool, out io.Writer) (err error) {
	if cfg.DatabaseURL != "" {
		return errNotOurs
	}
	one, done, err := backup.OpenAny(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	restored, err := one.Restore(ctx, backup.Target{DataDir: cfg.Data, BinDir: cfg.Postgres, Replace: replace, Say: say(out)})
	if errors.Is(err, embedded.ErrNotEmpty) {
		return fmt.Errorf("%w: with --replace it is moved aside, not deleted", err)
	}
	if err != nil {
		return err
	}
	for _, shop := range restored.Totals.Shops {
		fmt.Fprintf(out, "  %-24s %d sales, due %d, tendered %d, debits %d, stock %d (in the currency's smallest unit)\n",
			shop.Shop, shop.Sales, shop.Due, shop.Tendered, shop.Debits, shop.Stock)
	}
	if !restored.Good() {
		return fmt.Errorf("the database is back but not as it was: %s", restored.Problem())
	}
	fmt.Fprintf(out, "The database of %s is back: %d rows, totals as the backup says, and every check holds.\n"+
		"Tills and screens learn by themselves that the database began a new life. Start the server: souk serve\n",
		one.Manifest.TakenAt.Local().Format("2 January 2006, 15:04"), restored.Totals.RowCount())
	return nil
}

// Doctor says what is wrong and what to do, and gives the exit code: 0 if all is
// well, 1 with warnings, 2 with errors. It starts nothing and changes nothing.
func Doctor(ctx context.Context, cfg Config, asJSON bool, out io.Writer) (int, error) {
	lines := doctor.Examine(ctx, installation(cfg))
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return doctor.ExitCode(lines), encoder.Encode(lines)
	}
	for _, line := range lines {
		fmt.Fprintf(out, "%-8s %-12s %s\n", line.Level, line.Check, line.Says)
		if line.Do != "" {
			fmt.Fprintf(out, "%-8s %-12s → %s\n", "", "", line.Do)
		}
	}
	return doctor.ExitCode(lines), nil
}

func installation(cfg Config) doctor.Installation {
	in := doctor.Installation{
		DataDir: cfg.Data, SecretsFile: cfg.secretsFile(), BackupDir: cfg.BackupDir, Embedded: cfg.DatabaseURL == "",
		Address: cfg.Address, SMTP: cfg.SMTP, Certificates: certificates(os.Getenv("SOUK_TLS")), Migrations: migrations.FS, Now: clock.Now,
	}
	address := cfg.DatabaseURL
	if in.Embedded {
		running, err := embedded.Attach(embedded.Config{DataDir: cfg.Data, BinDir: cfg.Postgres})
		if err != nil {
			in.Unreachable = err
			return in
		}
		address = running.AdminURL()
	}
	// Reading must not make the file that is looked for.
	raw, err := os.ReadFile(cfg.secretsFile())
	var secrets db.Secrets
	if err == nil {
		err = json.Unmarshal(raw, &secrets)
	}
	if err == nil {
		in.Access, err = db.AccessTo(address, cfg.Database, secrets)
	}
	in.Unreachable = err
	return in
}

// certificates are the certificate files of a SOUK_TLS that names files:
// files:certificate,key.
func certificates(setting string) []string {
	names, byFiles := strings.CutPrefix(setting, "files:")
	if !byFiles {
		return nil
	}
	file, _, _ := strings.Cut(names, ",")
	return []string{strings.TrimSpace(file)}
}

// MakeOperator lets an account look after the installation from one shop's office.
func MakeOperator(ctx context.Context, cfg Config, email, shop string, out io.Writer) error {
	return withProgram(ctx, cfg, func(program *App) error {
		if err := system.AddOperator(ctx, program.Database, email, shop); err != nil {
			return inWords(err)
		}
		fmt.Fprintf(out, "%s looks after this installation, in the office of %s under Settings, System.\n", email, shop)
		return nil
	})
}

// AddOperator makes an account of the platform's console, or gives it a new password.
func AddOperator(ctx context.Context, cfg Config, email string, out io.Writer) error {
	return withProgram(ctx, cfg, func(program *App) error {
		password, err := console.AddOperator(ctx, program.Database, email, "")
		if err != nil {
			return inWords(err)
		}
		fmt.Fprintf(out, "%s signs in at %s://%s.%s with the password\n\n  %s\n\n", email, cfg.scheme(), web.ConsoleSlug, cfg.Domain, password)
		fmt.Fprintf(out, "It is shown this once. At the first sign-in an app for codes is set up; until then whoever has the password could do so.\n")
		return nil
	})
}

// RemoveOperator lets an account into the platform's console no more.
func RemoveOperator(ctx context.Context, cfg Config, email string, out io.Writer) error {
	return withProgram(ctx, cfg, func(program *App) error {
		if err := console.RemoveOperator(ctx, program.Database, email); err != nil {
			return inWords(err)
		}
		fmt.Fprintf(out, "%s gets into the console no more.\n", email)
		return nil
	})
}

// ListOperators writes a line for each account of the platform's console.
func ListOperators(ctx context.Context, cfg Config, out io.Writer) error {
	return withProgram(ctx, cfg, func(program *App) error {
		all, err := console.Operators(ctx, program.Database)
		for _, one := range all {
			state := "signs in by code"
			switch {
			case one.Disabled:
				state = "taken away"
			case !one.SetUp:
				state = "has not signed in yet"
			}
			fmt.Fprintf(out, "%-40s %s\n", one.Email, state)
		}
		if err == nil && len(all) == 0 {
			fmt.Fprintln(out, "The console has no operator yet. Make one with: souk operator add EMAIL")
		}
		return err
	})
}

// WriteVersion says what this program is.
func WriteVersion(out io.Writer) {
	commit, made := build()
	fmt.Fprintf(out, "souk %s\ncommit %s\nmade   %s\n%s %s/%s\n", Version, commit, made, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Commit is what the source is, set by make; else the compiler may know.
var Commit string

// Committed is when that was made.
var Committed string

// build is the commit, and when that was made, as far as anybody said.
func build() (commit, made string) {
	if Commit != "" {
		return Commit, Committed
	}
	commit, made = "unknown", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return commit, made
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			commit = setting.Value
		case setting.Key == "vcs.time":
			made = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			commit += ", changed since"
		}
	}
	return commit, made
}

// keeper looks after the installation that this program serves.
func keeper(cfg Config, store *Store) *system.Keeper {
	commit, _ := build()
	k := &system.Keeper{
		PlatformURL: store.Access.PlatformURL, Folder: cfg.BackupDir, Hour: cfg.BackupHour,
		Keep:    backup.Keep{Days: cfg.BackupDays, Weeks: cfg.BackupWeeks},
		Scratch: backup.Scratch{Dir: cfg.Data, Now: clock.Now},
		Facts:   system.Report{Version: Version, Commit: commit, Go: runtime.Version()},
		Now:     clock.Now, Settling: 10 * time.Minute, Pace: 2 * time.Second,
	}
	k.Examine = func(ctx context.Context) []doctor.Finding {
		in := installation(cfg)
		// Somebody else's PostgreSQL is served without the right to read all of it;
		// "souk doctor" looks into that one.
		in.Address, in.MachineOnly = "", !in.Embedded
		return doctor.Examine(ctx, in)
	}
	if cfg.UpdateURL != "" {
		k.Newer = func(ctx context.Context) (*system.Update, error) {
			return system.Newer(ctx, http.DefaultClient, cfg.UpdateURL, Version)
		}
	}
	if store.own != nil {
		from := source(cfg, store.own)
		k.Source, k.Scratch.BinDir = &from, store.own.BinDir()
	}
	return k
}
