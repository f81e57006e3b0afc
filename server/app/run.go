package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/demo"
	"souk/server/platform/audit"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/vault"
	"souk/server/platform/web"
	"souk/server/verify"
)

// FewerCollections lets the heap grow to three times what is in use before it is
// collected, unless GOGC says otherwise. What a server holds is small; collecting it
// at every doubling took a sixth of its time while it sold.
func FewerCollections() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// Run serves until ctx ends and stops everything it started. tillProgram, if
// set, is opened when there is a display, paired with a demo shop.
func Run(ctx context.Context, cfg Config, tillProgram string, out io.Writer) (err error) {
	FewerCollections()
	store, err := FindStore(ctx, cfg, cfg.Demo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(ctx, store)) }()
	database, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer database.Close()
	if cfg.AuditKey, err = audit.KeptKey(cfg.auditKeyFile()); err != nil {
		return err
	}
	if cfg.Vault, err = vault.Kept(cfg.factorsKeyFile()); err != nil {
		return err
	}
	program, err := Wire(ctx, cfg, database)
	if err != nil {
		return err
	}
	if cfg.Demo {
		if err := demo.Make(db.WithAction(ctx, "souk demo"), database, cfg.demo(program), say(out)); err != nil {
			return fmt.Errorf("make the demo shops: %w", err)
		}
	}
	program.Door.OnCode = func(code string) {
		fmt.Fprintf(out, "  Set-up code, to make a shop at this server's address from another computer, or one more shop: %s\n", code)
	}
	serving, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if err := program.secure(serving, cfg); err != nil {
		return err
	}
	go func() {
		select {
		case <-store.Lost():
			stop(errors.New("the embedded PostgreSQL has ended and did not come back"))
		case <-serving.Done():
		}
	}()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		keeper(cfg, store).Run(serving)
	}()
	defer func() {
		stop(nil)
		<-kept
	}()
	till := &tillWindow{program: tillProgram, cfg: cfg, database: database, key: program.key}
	defer till.close()
	err = program.Serve(serving, cfg.Address, func(address string) {
		site := program.site(cfg, address)
		site.Post = program.Mails.Post()
		program.At(site)
		announce(out, cfg, address)
		sayWhere(out, cfg, site)
		go answerDiscovery(serving, cfg, site, address)
		program.Door.Begin()
		till.open(serving, address, out)
	})
	if cause := context.Cause(serving); ctx.Err() == nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return err
}

// closeStore outlives the signal that ended the program.
func closeStore(ctx context.Context, store *Store) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return store.Close(ctx)
}

func say(out io.Writer) func(string) {
	return func(line string) { fmt.Fprintln(out, line) }
}

func announce(out io.Writer, cfg Config, address string) {
	port := portOf(address, cfg.scheme())
	fmt.Fprintf(out, "\nSouk is ready.\n\n")
	if cfg.Demo {
		for _, shop := range demo.Shops() {
			fmt.Fprintf(out, "  %-16s %-14s http://%s.%s%s\n", shop.Company.Name, shop.Company.BusinessType, shop.Company.Slug, cfg.Domain, port)
		}
		fmt.Fprintf(out, "\n  Sign in as owner@city-mart.example, manager@city-mart.example or cashier@city-mart.example (or of another shop),\n")
		fmt.Fprintf(out, "  password %s. The cashier's PIN at a till is %s, the manager's 4321.\n", demo.Password, demo.PIN)
		email, store := demo.BranchManager()
		fmt.Fprintf(out, "  City Mart has two stores; %s manages %s and sees no other.\n\n", email, store)
	}
	fmt.Fprintf(out, "  Make a shop of your own at %s://%s%s. Each shop is at %[1]s://<shop>.%[2]s%[3]s\n\n", cfg.scheme(), cfg.Domain, port)
	fmt.Fprintf(out, "  A till: in the office open Tills, ask for a pairing code, then run bin/till and type the shop's address and the code.\n")
	fmt.Fprintf(out, "  A register in the browser: the shop's address with /register.   The API: /api/docs\n  Data is in %s. Ctrl-C stops everything.\n\n", cfg.Data)
}

// Migrate makes roles, database and schema, or brings them forward.
func Migrate(ctx context.Context, cfg Config) error {
	store, err := FindStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	return closeStore(ctx, store)
}

// MakeDemo makes the demo shops that are not there yet.
func MakeDemo(ctx context.Context, cfg Config, out io.Writer) (err error) {
	store, err := FindStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(ctx, store)) }()
	database, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer database.Close()
	program, err := Wire(ctx, cfg, database)
	if err != nil {
		return err
	}
	defer program.Hub.Drain()
	return demo.Make(ctx, database, cfg.demo(program), say(out))
}

// Verify reads the whole database and fails if anything in it is broken.
func Verify(ctx context.Context, cfg Config, out io.Writer) (err error) {
	var found []verify.Finding
	err = reading(ctx, cfg, func(conn *pgx.Conn) (err error) {
		found, err = verify.Run(ctx, conn)
		return err
	})
	if err != nil {
		return err
	}
	broken := map[string]int{}
	for _, finding := range found {
		broken[finding.Check]++
	}
	for _, check := range verify.Checks {
		state := "holds"
		if broken[check.ID] > 0 {
			state = fmt.Sprintf("BROKEN %d times", broken[check.ID])
		}
		fmt.Fprintf(out, "%-4s %-7s %s\n", check.ID, state, check.Says)
	}
	for _, finding := range found {
		fmt.Fprintln(out, finding)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d findings", len(found))
	}
	fmt.Fprintf(out, "%d checks hold.\n", len(verify.Checks))
	return nil
}

// WriteOpenAPI writes the API's description as JSON. It needs no database.
func WriteOpenAPI(out io.Writer) error {
	program := read(Modules)
	server := web.New(web.Config{Version: Version}, &db.DB{}, auth.NewAuthority(nil, program.grants), web.NewDirectory(nil, false))
	server.Mount(program.routes()...)
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(server.OpenAPI())
}
