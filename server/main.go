// Command souk is the server: it opens shops, keeps them and serves their tills
// and offices.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"souk/server/app"
)

const usage = `souk is the server of Souk, a point of sale and ERP for many shops.

  souk serve [--demo] [--open-till=PATH]   serve the shops (embedded PostgreSQL unless SOUK_DATABASE_URL is set)
  souk migrate                             make roles and schema, or bring them forward
  souk tenant add [--name ...]             make a shop; asks for what is not given (souk tenant add --help)
  souk tenant list                         list the shops
  souk tenant suspend|resume SLUG          let nobody into a shop, or people again; nothing is lost
  souk tenant close|reopen SLUG            end a shop; it is kept for 30 days and can be reopened
  souk tenant delete SLUG                  remove a shop that has been closed for 30 days, for good
  souk tenant export SLUG FILE             write all that a shop has to a new ZIP file, a CSV for each table
  souk demo                                make the demo shops if they are not there
  souk backup [DIR]                        copy the embedded database beside selling, and try to restore the copy
  souk restore [--replace] BACKUP          put a backup in the database's place; --replace moves the present one aside
  souk doctor [--json]                     say what is wrong and what to do; exits 1 with warnings, 2 with errors
  souk attack [--tenant SLUG] [--json] [--pdf FILE] [--language en]
                                           attack the running server and say what came of it; exits 1 if anything got through
  souk operator add EMAIL                  make an account of the platform's console at admin.<domain>, or give it a new password
  souk operator list|remove EMAIL          list the accounts of the console, or take one away
  souk operator add EMAIL SHOP             let an owner of that shop look after this installation, from that shop's office
  souk verify [--audit]                    read the whole database and say what is broken; exits 1 if anything is;
                                           --audit follows every shop's audit trail row by row
  souk audit SLUG FILE                     write the proof of a shop's audit trail, for souk-audit-check
  souk openapi                             print the description of the API
  souk version                             print the version

Settings: SOUK_DATA, SOUK_ADDR (127.0.0.1:8080), SOUK_DOMAIN (localhost), SOUK_SIGN_UP (true lets anybody make a shop), SOUK_TLS (files:cert.pem,key.pem or acme or self), SOUK_HTTP_ADDR, SOUK_DATABASE_URL, SOUK_TRUSTED_PROXIES, SOUK_LOG (text or json), SOUK_LOG_LEVEL,
SOUK_BACKUP_DIR, SOUK_BACKUP_HOUR (3; -1 for never), SOUK_BACKUP_DAYS (7), SOUK_BACKUP_WEEKS (4), SOUK_UPDATE_URL.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if code := new(exitCode); errors.As(err, code) {
		os.Exit(int(*code))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "souk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
	cfg, err := app.ReadConfig()
	if err != nil {
		return err
	}
	if err := app.LogTo(cfg, os.Stderr, args[0] == "serve"); err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		return serve(ctx, cfg, args[1:])
	case "migrate":
		return app.Migrate(ctx, cfg)
	case "tenant":
		return tenant(ctx, cfg, args[1:])
	case "demo":
		return app.MakeDemo(ctx, cfg, os.Stdout)
	case "backup", "restore", "doctor", "operator":
		return keep(ctx, cfg, args[0], args[1:])
	case "attack":
		return attack(ctx, cfg, args[1:])
	case "verify":
		return check(ctx, cfg, args[1:])
	case "audit":
		if len(args) != 3 {
			fmt.Fprint(os.Stderr, usage)
			return flag.ErrHelp
		}
		return app.WriteProof(ctx, cfg, args[1], args[2], os.Stdout)
	case "openapi":
		return app.WriteOpenAPI(os.Stdout)
	case "version":
		app.WriteVersion(os.Stdout)
		return nil
	default:
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
}

func check(ctx context.Context, cfg app.Config, args []string) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	audit := flags.Bool("audit", false, "follow every shop's audit trail row by row instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *audit {
		return app.VerifyAudit(ctx, cfg, os.Stdout)
	}
	return app.Verify(ctx, cfg, os.Stdout)
}

func serve(ctx context.Context, cfg app.Config, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.BoolVar(&cfg.Demo, "demo", cfg.Demo, "make the demo shops and let people in there")
	till := flags.String("open-till", "", "the till program to open, paired with a demo shop, when there is a display")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return app.Run(ctx, cfg, *till, os.Stdout)
}

func tenant(ctx context.Context, cfg app.Config, args []string) error {
	switch {
	case len(args) > 0 && args[0] == "add":
		return app.AddTenant(ctx, cfg, args[1:], os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "list":
		return app.ListTenants(ctx, cfg, os.Stdout)
	case len(args) == 2 && args[0] != "export":
		return app.ChangeTenant(ctx, cfg, args[0], args[1], os.Stdout)
	case len(args) == 3 && args[0] == "export":
		return app.ExportTenant(ctx, cfg, args[1], args[2], os.Stdout)
	default:
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
}

// attack is the self-test from the command line.
func attack(ctx context.Context, cfg app.Config, args []string) error {
	var how app.AttackOrder
	flags := flag.NewFlagSet("attack", flag.ContinueOnError)
	flags.StringVar(&how.Tenant, "tenant", "", "the address of a shop to be shown to be out of reach; it is only read from")
	flags.BoolVar(&how.JSON, "json", false, "write JSON")
	flags.StringVar(&how.PDF, "pdf", "", "write the report into this file too")
	flags.StringVar(&how.Language, "language", "en", "of the PDF: en, es or ar")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a setting; see souk attack --help", flags.Arg(0))
	}
	held, err := app.Attack(ctx, cfg, how, os.Stdout)
	if err == nil && !held {
		err = exitCode(1)
	}
	return err
}

// exitCode ends the program with that code and no further word.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// keep runs what looks after an installation.
func keep(ctx context.Context, cfg app.Config, command string, args []string) error {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	replace, asJSON := false, false
	switch command {
	case "restore":
		flags.BoolVar(&replace, "replace", false, "move the database that is there aside instead of refusing")
	case "doctor":
		flags.BoolVar(&asJSON, "json", false, "write JSON")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	rest := flags.Args()
	switch {
	case command == "backup" && len(rest) == 0:
		return app.Backup(ctx, cfg, cfg.BackupDir, os.Stdout)
	case command == "backup" && len(rest) == 1:
		return app.Backup(ctx, cfg, rest[0], os.Stdout)
	case command == "restore" && len(rest) == 1:
		return app.Restore(ctx, cfg, rest[0], replace, os.Stdout)
	case command == "doctor" && len(rest) == 0:
		code, err := app.Doctor(ctx, cfg, asJSON, os.Stdout)
		if err == nil && code != 0 {
			err = exitCode(code)
		}
		return err
	case command == "operator" && len(rest) == 1 && rest[0] == "list":
		return app.ListOperators(ctx, cfg, os.Stdout)
	case command == "operator" && len(rest) == 2 && rest[0] == "add":
		return app.AddOperator(ctx, cfg, rest[1], os.Stdout)
	case command == "operator" && len(rest) == 2 && rest[0] == "remove":
		return app.RemoveOperator(ctx, cfg, rest[1], os.Stdout)
	case command == "operator" && len(rest) == 3 && rest[0] == "add":
		return app.MakeOperator(ctx, cfg, rest[1], rest[2], os.Stdout)
	}
	fmt.Fprint(os.Stderr, usage)
	return flag.ErrHelp
}
