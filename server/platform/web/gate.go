package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"souk/server/platform/auth"
	"souk/shared/fault"
)

// SessionCookie carries a person's session in the browser. The prefix makes the
// browser keep it to this one host.
const SessionCookie = "__Host-souk-session"

// healthRoutes are asked by machines that watch the server, by any host.
var healthRoutes = []string{"/healthz", "/readyz", "/metrics"}

// open begins every request: an id, the shop by the host, the caller by token.
func (s *Server) open(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		r := ec.Request()
		c := &call{id: newRequestID(), client: s.clientAddress(r), agent: r.UserAgent(), known: r.Header.Get("If-None-Match"), sentences: s.cfg.Sentences, site: s.cfg.Site}
		c.local, c.directory = s.isLocal(r, c.client), s.directory
		c.vault, c.host, c.domain = s.cfg.Vault, r.Host, s.cfg.Domain
		ctx := context.WithValue(r.Context(), callKey{}, c)
		ec.Response().Header().Set("X-Request-Id", c.id)
		ec.SetRequest(r.WithContext(ctx))
		if slices.Contains(healthRoutes, r.URL.Path) {
			return next(ec) // these have no tenant
		}
		if s.isConsole(r.Host) {
			s.console.ServeHTTP(ec.Response(), ec.Request())
			return nil
		}
		slug, ours := s.place(r.Host)
		if !ours {
			return s.unknownShop(ec)
		}
		if slug, ours = s.byDevice(c, r, slug); !ours {
			return ec.NoContent(http.StatusMisdirectedRequest)
		}
		if slug != "" {
			tenant, found, err := s.directory.Find(ctx, slug)
			if err != nil {
				return err
			}
			if tenant.Shut {
				return s.shutShop(ec)
			}
			if !found {
				return s.unknownShop(ec)
			}
			c.tenant = tenant
		}
		c.operation, _ = uuid.Parse(r.Header.Get(idempotencyKey))
		if s.identify(ctx, c, r); c.foreign {
			// Another shop's session, even a true one, gets this and nothing else.
			return ec.NoContent(http.StatusMisdirectedRequest)
		}
		ec.SetRequest(r.WithContext(auth.WithAuthority(auth.With(ctx, c.actor), s.authority)))
		return next(ec)
	}
}

// isLocal is careful: a page of another site cannot get here by a name that it
// made resolve to this machine, nor a stranger through a proxy that runs on it.
func (s *Server) isLocal(r *http.Request, client netip.Addr) bool {
	for _, passedOn := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(passedOn) != "" {
			return false
		}
	}
	host := hostName(r.Host)
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return client.IsLoopback() && address.IsLoopback()
	}
	return client.IsLoopback() && (host == "localhost" || strings.HasSuffix(host, ".localhost"))
}

// SameOrigin tells whether a write was sent by this server's own page, or by a
// program that is no browser.
func SameOrigin(r *http.Request) bool { return sameOrigin(r) }

// identify finds the caller. A token that is not taken leaves the caller unknown
// and the reason in c.denied.
func (s *Server) identify(ctx context.Context, c *call, r *http.Request) {
	text, byCookie := presented(r)
	if byCookie && c.byDevice {
		return // a device has no cookies, and where a shop has no address of its own none may count
	}
	if text == "" {
		return
	}
	token, ok := auth.Parse(text)
	if !ok {
		return
	}
	if token.Tenant != c.tenant.ID {
		c.foreign = true
		return
	}
	if byCookie && !sameOrigin(r) {
		c.denied = fault.Forbidden("auth.cross_site").Say("This request came from another site.")
		return
	}
	c.token = token
	c.actor, c.denied = s.authority.Resolve(ctx, token)
}

func presented(r *http.Request) (text string, byCookie bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		text, _ := strings.CutPrefix(header, "Bearer ")
		return text, false
	}
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		return cookie.Value, true
	}
	return "", false
}

// sameOrigin holds for reads, and for writes that the shop's own pages sent. A
// socket counts as a write: browsers open it across sites with cookies.
func sameOrigin(r *http.Request) bool {
	upgrade := strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && !upgrade {
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		site := r.Header.Get("Sec-Fetch-Site")
		return !upgrade && (site == "" || site == "same-origin")
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// gate stands before one route: is there a shop, is the module on for it and open
// to the caller's role, is the caller known, may the caller.
func (s *Server) gate(r Route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		c := callOf(hc.Context())
		err := s.allowed(c, r)
		if err == nil && c.actor.Support.Is() {
			address := hc.URL()
			err = s.support(hc.Context(), c, r, address.RequestURI())
		}
		if err != nil {
			s.write(humaecho.Unwrap(hc), problemOf(hc.Context(), err))
			return
		}
		next(hc)
	}
}

func (s *Server) allowed(c *call, r Route) error {
	if c.tenant.ID == uuid.Nil {
		return fault.NotFound("request.no_shop").Say("Use the address of a shop.")
	}
	if r.Module != "" && (s.cfg.On != nil && !s.cfg.On(r.Module, c.tenant) || !c.actor.Uses(r.Module)) {
		return fault.NotFound("request.not_found").Say("There is nothing here.")
	}
	if r.Needs == Anyone {
		return nil
	}
	if c.denied != nil {
		return c.denied
	}
	if !c.actor.Known() {
		return fault.Unauthenticated("auth.signed_out").Say("Sign in to go on.")
	}
	if r.Needs != SignedIn && !c.actor.Can(r.Needs) {
		return fault.Forbidden("auth.not_allowed").Say("Your role does not allow this. Ask a manager.")
	}
	if r.Fresh && c.actor.Support.Is() {
		return fault.Forbidden("auth.not_for_support").Say("Support cannot do this. It takes somebody of the shop.")
	}
	if r.Fresh && s.database.Now().Sub(c.actor.Proven) > freshFor {
		return fault.Forbidden("auth.prove_again").Say("Show once more that it is you, then this goes on.")
	}
	return nil
}

func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) (err error) {
		defer func() {
			if problem := recover(); problem != nil {
				slog.ErrorContext(ec.Request().Context(), "request panicked", "ref", RequestID(ec.Request().Context()),
					"panic", problem, "stack", string(debug.Stack()))
				err = fault.Internal("server.internal")
			}
		}()
		return next(ec)
	}
}

func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		h := ec.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "+
			"connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		return next(ec)
	}
}

// echoProblem answers what no route answered.
func (s *Server) echoProblem(err error, ec echo.Context) {
	if ec.Response().Committed {
		return
	}
	var plain *echo.HTTPError
	if errors.As(err, &plain) && fault.Of(err) == nil {
		status := plain.Code
		if status == http.StatusMethodNotAllowed && ec.Path() == pagesRoute {
			status = http.StatusNotFound // the router means that the pages cannot be written to
		}
		s.write(ec, plainProblem(status, RequestID(ec.Request().Context())))
		return
	}
	s.write(ec, problemOf(ec.Request().Context(), err))
}

func (s *Server) write(ec echo.Context, p *Problem) {
	maps.Copy(ec.Response().Header(), p.GetHeaders())
	ec.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	if err := ec.JSON(p.Status, p); err != nil {
		slog.WarnContext(ec.Request().Context(), "problem not sent", "ref", p.Ref, "error", err)
	}
}

func trustOptions(proxies []netip.Prefix) []echo.TrustOption {
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return options
}
