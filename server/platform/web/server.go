// Package web is the way in: it finds the shop by the host and the caller by
// cookie or token, makes sure that the two agree and that the caller may, checks
// the input, runs the use case in its tenant transaction exactly once, and turns
// faults into problems. It knows no business word.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/vault"
	"souk/shared/wire"
)

// Config is what a deployment decides.
type Config struct {
	Domain  string // shops are at <slug>.<Domain>
	Version string
	MaxBody int64 // bytes of a request; 0 means 4 MiB
	// TrustedProxies may say who the client is; nobody else may.
	TrustedProxies []netip.Prefix
	Metrics        http.Handler
	// Log receives one line for each request. Nil means slog.Default.
	Log *slog.Logger
	// Sentences are what people are told of faults that come without one: those
	// of broken constraints. By code.
	Sentences map[string]string
	// Hosts are further names of this machine, under which no shop is but tills may
	// come to theirs.
	Hosts []string
	// Site says where the server is reached. Nil means nowhere but under its domain.
	Site func() Site
	// Vault encrypts what has to be read back. Nil means one that is lost with the process.
	Vault *vault.Vault
	// On says whether a module is on for a shop.
	On func(module string, tenant Tenant) bool
	// Looked is told what the platform's support is about to be shown; what it fails
	// with is answered instead.
	Looked func(ctx context.Context, actor auth.Actor, address string) error
}

// Server is the HTTP side of the program.
type Server struct {
	cfg       Config
	database  *db.DB
	authority *auth.Authority
	directory *Directory
	echo      *echo.Echo
	api       huma.API
	routes    []Route
	ready     func(context.Context) error
	log       *slog.Logger
	secure    Secure
	console   *echo.Echo // at the platform's own address
}

// New puts the router together. Routes are added by Mount, pages by Pages.
func New(cfg Config, database *db.DB, authority *auth.Authority, directory *Directory) *Server {
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 4 << 20
	}
	if cfg.Vault == nil {
		cfg.Vault = vault.Passing()
	}
	s := &Server{cfg: cfg, database: database, authority: authority, directory: directory, ready: database.Ping, log: cfg.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	// Echo believes X-Forwarded-For from anyone unless it is told how to find the address.
	s.echo.IPExtractor = func(r *http.Request) string { return s.clientAddress(r).String() }
	s.echo.HTTPErrorHandler = s.echoProblem
	s.echo.Use(s.accessLog, s.open, s.recover, s.headers)

	huma.NewErrorWithContext = humaProblem
	// Huma looks at this one to learn what kind of thing a problem is.
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError { return plainProblem(status, "") }
	api := huma.DefaultConfig("Souk", cfg.Version)
	api.OpenAPIPath, api.DocsPath, api.SchemasPath = "", "", ""
	api.CreateHooks = nil // the schema-link transformer would add to every body
	api.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	api.Info.Description = "Everything a shop's own programs can ask of Souk. Each shop has its own address; a call sees that shop only."
	api.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "A person signed in by browser"},
		"token":   {Type: "http", Scheme: "bearer", Description: "A paired device, or a person at one"},
	}
	s.api = humaecho.New(s.echo, api)
	s.api.OpenAPI().Components.Schemas.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidText]())
	s.fixedRoutes()
	s.console = s.newConsole()
	return s
}

// Mount adds routes. It panics on a route without a permission.
func (s *Server) Mount(routes ...Route) {
	for _, r := range routes {
		s.routes = append(s.routes, r)
		r.register(s, r)
	}
}

// Routes lists what is mounted, for the generator and the tests.
func (s *Server) Routes() []Route { return s.routes }

// OpenAPI is the description of all routes.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Handle adds a plain handler (the socket, the pages) behind the same doors.
func (s *Server) Handle(method, path string, handler echo.HandlerFunc) {
	s.echo.Add(method, path, handler)
}

// Actor resolves who calls and whether they may, for handlers that are not
// routes. It fails with the same faults as a route's gate.
func (s *Server) Actor(ctx context.Context, needs wire.Permission) (auth.Actor, error) {
	c := callOf(ctx)
	return c.actor, s.allowed(c, Route{Needs: needs})
}

func (s *Server) clientAddress(r *http.Request) netip.Addr {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := remote.Addr().Unmap()
	if !slices.ContainsFunc(s.cfg.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(address) }) {
		return address
	}
	extract := echo.ExtractIPFromXFFHeader(trustOptions(s.cfg.TrustedProxies)...)
	if claimed, err := netip.ParseAddr(extract(r)); err == nil {
		return claimed
	}
	return address
}
