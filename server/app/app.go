// Package app puts the program together from its modules: it finds or starts
// PostgreSQL, brings the schema forward, opens the way in and stops all of it in
// order. It decides nothing about business.
package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"souk/frontend"
	"souk/server/access"
	"souk/server/console"
	"souk/server/demo"
	"souk/server/mails"
	"souk/server/platform/audit"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/web"
	"souk/server/selftest"
	"souk/server/setup"
	"souk/server/support"
	"souk/server/system"
)

// App is the running program without its network address.
type App struct {
	Database  *db.DB
	Web       *web.Server
	Hub       *live.Hub
	Jobs      *jobs.Runner
	Mails     *mails.Courier
	Letters   *access.Post
	Audit     *audit.Sealer
	Tester    *selftest.Tester
	Authority *auth.Authority
	Directory *web.Directory
	// Door is where shops are made. It takes no code before Begin.
	Door *setup.Door
	// Desk is the platform's console.
	Desk *console.Desk

	here  atomic.Pointer[string] // where it answers on this machine
	key   []byte                 // SHA-256 of the public key of a certificate of our own
	where atomic.Pointer[web.Site]
}

// Faults is what broken constraints stand for, over all modules.
func Faults() map[string]string { return read(Modules).faults }

// Wire puts the modules onto a database. It fails if isolation is not in force
// there: nothing is served then.
func Wire(ctx context.Context, cfg Config, database *db.DB) (*App, error) {
	if err := database.Check(ctx); err != nil {
		return nil, err
	}
	trusted, err := cfg.trusted()
	if err != nil {
		return nil, err
	}
	program := read(Modules)
	a := &App{
		Database: database, Authority: auth.NewAuthority(database, program.grants), Directory: web.NewDirectory(database, cfg.Demo),
	}
	a.Authority.Catalogue, a.Authority.Shows = program.catalogue(), program.shows()
	a.Hub = live.New(live.Config{Database: database, Authority: a.Authority, Topics: program.topics(), Changed: a.forget, SignedIn: web.SignedIn})
	commit, _ := build()
	a.Tester = &selftest.Tester{
		Database: database, Grants: program.grants, Topics: program.topics(), Domain: cfg.Domain, Version: Version, Commit: commit, Base: a.hereNow, Rest: 1,
	}
	a.Jobs = jobs.NewRunner(database, append(program.jobs(), a.Tester.Kind()))
	a.Mails = mails.NewCourier(database, cfg.SMTP, cfg.Demo)
	a.Letters = access.NewPost(database, a.Mails, a.whereNow)
	a.Audit = audit.NewSealer(database, cfg.AuditKey)
	database.OnEmit(func(ctx context.Context, tx *db.Tx, event any) error {
		a.Jobs.Heard(tx.TenantID(), event)
		a.Mails.Heard(tx.TenantID(), event)
		a.Letters.Heard(tx, event)
		return program.react(ctx, tx, event)
	})
	database.OnCommit(func(tenant uuid.UUID) {
		a.Hub.Wake(tenant)
		a.Jobs.Committed(tenant)
		a.Mails.Committed(tenant)
		a.Audit.Committed(tenant)
	})
	a.Web = web.New(web.Config{
		Domain: cfg.Domain, Version: Version, TrustedProxies: trusted, Hosts: hostNames(), Site: a.whereNow, Metrics: metrics(database), On: program.on, Sentences: program.sentences, Vault: cfg.Vault,
		Looked: func(ctx context.Context, actor auth.Actor, address string) error {
			return support.Looked(ctx, database, actor, address)
		},
	}, database, a.Authority, a.Directory)
	a.Web.Mount(program.routes()...)
	a.Tester.Routes, a.Tester.API = a.Web.Routes(), a.Web.OpenAPI()
	a.Web.Handle(http.MethodGet, "/live", a.serveLive)
	a.Web.Handle(http.MethodGet, "/api/system/backups/:name", system.Download(a.Web, database, cfg.BackupDir))
	a.Door = &setup.Door{Database: database, Grants: program.grants, Domain: cfg.Domain, Demos: demoShops(cfg), SignUp: cfg.SignUp || cfg.Demo}
	a.Door.Mount(a.Web)
	a.Desk = &console.Desk{Database: database, Domain: cfg.Domain, Version: Version, Demo: cfg.Demo, Live: a.live}
	a.Desk.Mount(a.Web)
	dist, err := fs.Sub(frontend.FS, "dist")
	if err != nil {
		return nil, err
	}
	a.Web.Pages(dist)
	return a, nil
}

func (a *App) live() console.Live {
	return console.Live{Sockets: a.Hub.Sockets(), Post: a.Mails.Post()}
}

// whereNow is where the server is reached; nowhere before it listens.
func (a *App) whereNow() web.Site {
	if site := a.where.Load(); site != nil {
		return *site
	}
	return web.Site{}
}

// At says where the server is reached.
func (a *App) At(site web.Site) { a.where.Store(&site) }

// hereNow is where the server answers on this machine; "" before it listens.
func (a *App) hereNow() string {
	if here := a.here.Load(); here != nil {
		return *here
	}
	return ""
}

// Answers says where the server answers on this machine, such as http://127.0.0.1:8080.
func (a *App) Answers(base string) { a.here.Store(&base) }

func demoShops(cfg Config) []setup.DemoShop {
	var shown []setup.DemoShop
	if cfg.Demo {
		for _, shop := range demo.Shops() {
			shown = append(shown, setup.DemoShop{Name: shop.Company.Name, Slug: shop.Company.Slug, BusinessType: shop.Company.BusinessType})
		}
	}
	return shown
}

// forget drops what is believed of a tenant when its people, roles, sessions,
// devices or settings have changed.
func (a *App) forget(tenant uuid.UUID) {
	a.Authority.Forget(tenant)
	a.Directory.Forget(tenant)
}

func (a *App) serveLive(ec echo.Context) error {
	token, err := a.Web.Token(ec.Request().Context())
	if err != nil {
		return err
	}
	a.Hub.Serve(ec.Response(), ec.Request(), web.TenantOf(ec.Request().Context()).ID, token)
	return nil
}

func metrics(database *db.DB) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), database)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// Serve answers until ctx ends, then drains: sockets are told to come back, what
// is in flight finishes.
func (a *App) Serve(ctx context.Context, address string, onReady func(string)) error {
	stop := context.AfterFunc(ctx, a.Hub.Drain)
	defer stop()
	defer a.Tester.Wait()
	var working sync.WaitGroup
	defer working.Wait()
	atWork, rest := context.WithCancel(ctx)
	defer rest()
	if err := a.Tester.Sweep(ctx); err != nil {
		slog.WarnContext(ctx, "throw-away shops of a self-test that broke off are still there", "error", err)
	}
	working.Go(func() { a.Jobs.Run(atWork) })
	working.Go(func() { a.Mails.Run(atWork) })
	working.Go(func() { a.Letters.Run(atWork) })
	working.Go(func() { a.Audit.Run(atWork) })
	working.Go(func() { removeClosed(atWork, a.Database) })
	working.Go(func() { a.Desk.Run(atWork) })
	err := a.Web.Listen(ctx, address, func(at string) {
		a.Answers(a.loopback(at))
		onReady(at)
	})
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	slog.InfoContext(ctx, "stopped serving")
	return err
}
