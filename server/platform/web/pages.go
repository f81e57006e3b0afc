package web

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"souk/server/platform/auth"
	"souk/shared/fault"
)

// pagesRoute takes what no other route does.
const pagesRoute = "/*"

// Pages serves the front end: its files under their own names, which carry a
// hash and so may be kept for ever, and the one page for every other address.
func (s *Server) Pages(dist fs.FS) {
	index, err := fs.ReadFile(dist, "index.html")
	if err != nil {
		index = []byte("<!doctype html><title>Souk</title><p>The front end has not been built: run make build.")
	}
	files := http.FileServerFS(dist)
	s.echo.GET(pagesRoute, func(ec echo.Context) error {
		name := strings.TrimPrefix(path.Clean(ec.Request().URL.Path), "/")
		if strings.HasPrefix(name, "api/") || name == "api" {
			return fault.NotFound("request.not_found").Say("There is no such route. See /api/docs.")
		}
		if info, err := fs.Stat(dist, name); err == nil && !info.IsDir() && name != "index.html" {
			if strings.HasPrefix(name, "assets/") {
				ec.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			files.ServeHTTP(ec.Response(), ec.Request())
			return nil
		}
		if callOf(ec.Request().Context()).tenant.Slug == "" {
			return s.rootPage(ec)
		}
		ec.Response().Header().Set("Cache-Control", "no-cache")
		http.ServeContent(ec.Response(), ec.Request(), "index.html", time.Time{}, bytes.NewReader(index))
		return nil
	})
}

// rootPage stands at the domain itself, which is no shop.
func (s *Server) rootPage(ec echo.Context) error {
	return ec.HTML(http.StatusOK, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Souk</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem">
<h1>Souk</h1><p>Each shop has an address of its own: its name before this one, such as <code>your-shop.`+s.cfg.Domain+`</code>.</p>
<p><a href="/api/docs">For programs: the API</a></p></body></html>`)
}

// Token gives the token that a request presented, for the socket, which checks it
// again and again while it is open. It fails like a route that anyone signed in
// may use.
func (s *Server) Token(ctx context.Context) (auth.Token, error) {
	c := callOf(ctx)
	return c.token, s.allowed(c, Route{Needs: SignedIn})
}
