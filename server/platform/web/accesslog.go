package web

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
)

// accessLog writes one line for each request: which route, by whom, how it ended
// and how long it took. It writes the route's pattern and never the address, its
// query or a body: those can hold what only the caller should know.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		begun := time.Now()
		if err := next(ec); err != nil {
			ec.Error(err) // answered here, so that the line can tell the status
		}
		r := ec.Request()
		status := statusSent(ec)
		level := slog.LevelInfo
		if quiet(ec.Path()) && status < http.StatusBadRequest {
			level = slog.LevelDebug
		}
		c := callOf(r.Context())
		line := []slog.Attr{
			slog.String("method", r.Method), slog.String("route", ec.Path()), slog.Int("status", status),
			slog.Duration("took", time.Since(begun)), slog.Int64("bytes", ec.Response().Size), slog.String("ref", c.id),
		}
		if c.tenant.Slug != "" {
			line = append(line, slog.String("shop", c.tenant.Slug))
		}
		if actor := c.actor.Identity().Actor; actor != uuid.Nil {
			line = append(line, slog.String("actor", actor.String()))
		}
		s.log.LogAttrs(r.Context(), level, "request", line...)
		return nil
	}
}

// quiet holds for what is asked for all the time and changes nothing: whether the
// server lives, and the files of the front end.
func quiet(route string) bool { return slices.Contains(healthRoutes, route) || route == pagesRoute }

// statusSent is what went out. A socket's answer goes past the response.
func statusSent(ec echo.Context) int {
	if !ec.Response().Committed && strings.EqualFold(ec.Request().Header.Get("Upgrade"), "websocket") {
		return http.StatusSwitchingProtocols
	}
	return ec.Response().Status
}
