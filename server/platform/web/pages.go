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
	files, small := http.FileServerFS(dist), packed{dist: dist}
	// At the domain itself, which is no shop, the page is told to be the way to one.
	atRoot := bytes.Replace(index, []byte("<html "), []byte(`<html data-place="root" `), 1)
	atConsole := bytes.Replace(index, []byte("<html "), []byte(`<html data-place="console" `), 1)
	serve := func(ec echo.Context, page []byte) error {
		name := strings.TrimPrefix(path.Clean(ec.Request().URL.Path), "/")
		if strings.HasPrefix(name, "api/") || name == "api" {
			return fault.NotFound("request.not_found").Say("There is no such route. See /api/docs.")
		}
		if info, err := fs.Stat(dist, name); err == nil && !info.IsDir() && name != "index.html" {
			if strings.HasPrefix(name, "assets/") {
				ec.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			if !small.serve(ec.Response(), ec.Request(), name) {
				files.ServeHTTP(ec.Response(), ec.Request())
			}
			return nil
		}
		ec.Response().Header().Set("Cache-Control", "no-cache")
		http.ServeContent(ec.Response(), ec.Request(), "index.html", time.Time{}, bytes.NewReader(page))
		return nil
	}
	s.console.GET(pagesRoute, func(ec echo.Context) error { return serve(ec, atConsole) })
	s.echo.GET(pagesRoute, func(ec echo.Context) error {
		if callOf(ec.Request().Context()).tenant.Slug == "" {
			return serve(ec, atRoot)
		}
		return serve(ec, index)
	})
}

// Token gives the token that a request presented, for the socket, which checks it
// again and again while it is open. It fails like a route that anyone signed in
// may use.
func (s *Server) Token(ctx context.Context) (auth.Token, error) {
	c := callOf(ctx)
	return c.token, s.allowed(c, Route{Needs: SignedIn})
}
