// Command bench measures what Souk exists for, as ratios against yardsticks taken
// in the same run on the same machine: absolute figures mean little between
// machines. "make bench" runs it; it takes about eight minutes.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"souk/migrations"
	"souk/server/app"
	"souk/server/platform/db"
	"souk/server/platform/db/embedded"
)

const (
	clients = 8
	each    = 6 * time.Second // how long one measurement runs
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	profile := flag.String("profile", "", "write a CPU profile of this program (server and clients, not PostgreSQL) to a file")
	only := flag.String("only", "reads,lists,checkouts,sockets,growth", "what to measure")
	flag.Parse()
	app.FewerCollections()
	if *profile != "" {
		file, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := run(ctx, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what all measurements share: one PostgreSQL with fsync on, the whole
// program on it, and a copy of the database without row-level security.
type bench struct {
	server  *embedded.Server
	program *app.App
	plain   *app.App // the same on the copy
	// yardstick is what everything is compared with: plain SQL on the same PostgreSQL.
	yardstick *pgxpool.Pool
	address   string
	secrets   db.Secrets
}

func run(ctx context.Context, only []string) error {
	// Not the user's own temporary folder: as root PostgreSQL runs as somebody else.
	dir, err := os.MkdirTemp("/var/tmp", "souk-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	server, err := embedded.Start(ctx, embedded.Config{DataDir: dir, BinDir: os.Getenv("SOUK_PG_BIN"), Durable: true, Log: slog.Default()})
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop(context.WithoutCancel(ctx)) }()
	b := &bench{server: server, secrets: db.NewSecrets()}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	measures := map[string]func(context.Context) error{
		"reads": b.reads, "lists": b.lists, "checkouts": b.checkouts, "sockets": b.sockets, "growth": b.growth,
	}
	defer b.program.Hub.Drain()
	defer b.plain.Hub.Drain()
	for _, name := range only {
		measure, known := measures[name]
		if !known {
			return fmt.Errorf("-only %s: there are reads, lists, checkouts, sockets and growth", name)
		}
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (b *bench) prepare(ctx context.Context) error {
	access, err := db.Setup(ctx, b.server.AdminURL(), "souk", b.secrets)
	if err != nil {
		return err
	}
	if _, _, err := db.Migrate(ctx, access.MaintenanceURL, migrations.FS); err != nil {
		return err
	}
	if b.program, err = b.wired(ctx, access); err != nil {
		return err
	}
	if err := b.shops(ctx); err != nil {
		return err
	}
	// A database is copied only while nobody is connected to it.
	b.program.Hub.Drain()
	b.program.Database.Close()
	if err := b.copyPlain(ctx); err != nil {
		return err
	}
	if b.program, err = b.wired(ctx, access); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b.address = listener.Addr().String()
	go func() { _ = http.Serve(listener, b.program.Web) }()
	return b.yardsticks(ctx)
}

func (b *bench) wired(ctx context.Context, access db.Access) (*app.App, error) {
	database, err := db.Open(ctx, db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 16, Faults: app.Faults()})
	if err != nil {
		return nil, err
	}
	return app.Wire(ctx, app.Config{Domain: "localhost", Demo: true}, database)
}

// rate is how a measurement came out.
type rate struct {
	perSecond float64
	p50, p99  time.Duration
}

func (r rate) String() string {
	return fmt.Sprintf("%8.0f/s   p50 %6.2f ms   p99 %6.2f ms", r.perSecond, float64(r.p50.Microseconds())/1000, float64(r.p99.Microseconds())/1000)
}

// measured runs work with several clients at once for a while; each client is
// told its number and the count of what it has done.
func measured(ctx context.Context, work func(ctx context.Context, client, n int) error) (rate, error) {
	ctx, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var running sync.WaitGroup
	began := time.Now()
	for client := range clients {
		running.Add(1)
		go func() {
			defer running.Done()
			var mine []time.Duration
			for n := 0; ctx.Err() == nil; n++ {
				start := time.Now()
				if err := work(ctx, client, n); err != nil {
					if ctx.Err() == nil {
						mu.Lock()
						failed = err
						mu.Unlock()
						cancel()
					}
					break
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		}()
	}
	running.Wait()
	took := time.Since(began)
	if failed != nil || len(all) == 0 {
		return rate{}, fmt.Errorf("measure: %w", failed)
	}
	slices.Sort(all)
	return rate{float64(len(all)) / took.Seconds(), all[len(all)/2], all[len(all)*99/100]}, nil
}

// row prints one line of the table.
func row(name string, value fmt.Stringer) { fmt.Printf("%-58s %s\n", name, value) }

// verdict prints a bar, what was reached, and whether that is enough.
func verdict(id, what string, reached, bar float64) {
	word := "met"
	if reached < bar {
		word = "NOT MET"
	}
	fmt.Printf("%-4s %-53s %8.2f   bar %.2f   %s\n", id, what, reached, bar, word)
}
