package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"souk/shared/fault"
)

// ConsoleSlug is where, under the domain, the platform's staff look after it. It is
// reserved: no shop is there.
const ConsoleSlug = "admin"

// Console is the router of the platform's own address. Nothing of a shop's router is
// in it and nothing of it in a shop's: no session, no route and no token of the one
// means anything to the other.
func (s *Server) Console() *echo.Echo { return s.console }

func (s *Server) newConsole() *echo.Echo {
	console := echo.New()
	console.HTTPErrorHandler = s.echoProblem
	console.Use(s.recover, s.headers)
	return console
}

func (s *Server) isConsole(host string) bool { return hostName(host) == ConsoleSlug+"."+s.cfg.Domain }

// support holds the platform's support to what the shop has allowed, and has what it
// sees written down before it is shown.
func (s *Server) support(ctx context.Context, c *call, r Route, address string) error {
	if r.Method != http.MethodGet {
		if c.actor.Support.ViewOnly && r.Name() != "DELETE /session" {
			return fault.Forbidden("auth.support_looks").Say("Support may only look here. The shop's owner can allow more.")
		}
		return nil // what is written is audited by itself
	}
	if s.cfg.Looked == nil || r.Path == "/session" || strings.Contains(r.Path, "/pictures/") {
		return nil
	}
	return s.cfg.Looked(ctx, c.actor, address)
}
