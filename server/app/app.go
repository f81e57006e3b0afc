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
	"souk/server/demo"
	"souk/server/mails"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/web"
	"souk/server/setup"
	"souk/server/system"
)

// App is the running program without its network address.
type App struct {
	Database  *db.DB
	Web       *web.Server
	Hub       *live.Hub
	Jobs      *jobs.Runner
	Mails     *mails.Courier
	Authority *auth.Authority
	Directory *web.Directory
	// Door is where shops are made. It takes no code before Begin.
	Door *setup.Door

	key   []byte // SHA-256 of the public key of a certificate of our own
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
	a.Authority.Catalogue = program.catalogue()
	a.Hub = live.New(live.Config{Database: database, Authority: a.Authority, Topics: program.topics(), Changed: a.forget, SignedIn: web.SignedIn})
	a.Jobs = jobs.NewRunner(database, program.jobs())
	a.Mails = mails.NewCourier(database, cfg.SMTP, cfg.Demo)
	database.OnEmit(func(ctx context.Context, tx *db.Tx, event any) error {
		a.Jobs.Heard(tx.TenantID(), event)
		a.Mails.Heard(tx.TenantID(), event)
		return program.react(ctx, tx, event)
	})
	database.OnCommit(func(tenant uuid.UUID) {
		a.Hub.Wake(tenant)
		a.Jobs.Committed(tenant)
		a.Mails.Committed(tenant)
	})
	a.Web = web.New(web.Config{
		Domain: cfg.Domain, Version: Version, TrustedProxies: trusted, Hosts: hostNames(), Site: a.whereNow, Metrics: metrics(database), On: program.on, Sentences: program.sentences,
	}, database, a.Authority, a.Directory)
	a.Web.Mount(program.routes()...)
	a.Web.Handle(http.MethodGet, "/live", a.serveLive)
	a.Web.Handle(http.MethodGet, "/api/system/backups/:name", system.Download(a.Web, database, cfg.BackupDir))
	a.Door = &setup.Door{Database: database, Grants: program.grants, Domain: cfg.Domain, Demos: demoShops(cfg)}
	a.Door.Mount(a.Web)
	dist, err := fs.Sub(frontend.FS, "dist")
	if err != nil {
		return nil, err
	}
	a.Web.Pages(dist)
	return a, nil
}

// whereNow is where the server is reached; nowhere before it listens.
func (a *App) whereNow() web.Site {
	if site := a.where.Load(); site != nil {
		return *site
	}
	return web.Site{}
}

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
	var working sync.WaitGroup
	defer working.Wait()
	atWork, rest := context.WithCancel(ctx)
	defer rest()
	working.Go(func() { a.Jobs.Run(atWork) })
	working.Go(func() { a.Mails.Run(atWork) })
	err := a.Web.Listen(ctx, address, onReady)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	slog.InfoContext(ctx, "stopped serving")
	return err
}
