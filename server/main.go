// Command souk is the server: it opens shops, keeps them and serves their tills
// and offices.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
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
  souk demo                                make the demo shops if they are not there
  souk verify                              read the whole database and say what is broken; exits 1 if anything is
  souk openapi                             print the description of the API
  souk version                             print the version

Settings: SOUK_DATA, SOUK_ADDR (127.0.0.1:8080), SOUK_DOMAIN (localhost), SOUK_DATABASE_URL, SOUK_TRUSTED_PROXIES, SOUK_LOG (text or json).
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
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
	logTo(cfg)
	switch args[0] {
	case "serve":
		return serve(ctx, cfg, args[1:])
	case "migrate":
		return app.Migrate(ctx, cfg)
	case "tenant":
		return tenant(ctx, cfg, args[1:])
	case "demo":
		return app.MakeDemo(ctx, cfg, os.Stdout)
	case "verify":
		return app.Verify(ctx, cfg, os.Stdout)
	case "openapi":
		return app.WriteOpenAPI(os.Stdout)
	case "version":
		fmt.Println(app.Version)
		return nil
	default:
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
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
	default:
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
}

func logTo(cfg app.Config) {
	var handler slog.Handler = slog.NewTextHandler(os.Stderr, nil)
	if cfg.Log == "json" {
		handler = slog.NewJSONHandler(os.Stderr, nil)
	}
	slog.SetDefault(slog.New(handler))
}
