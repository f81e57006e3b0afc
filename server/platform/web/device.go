package web

import (
	"net/http"
	"slices"
	"strings"

	"souk/server/platform/auth"
	"souk/shared/wire"
)

// place is what a host stands for: a shop, or "" for the server itself.
func (s *Server) place(host string) (slug string, ours bool) {
	if slug, ours = slugOf(host, s.cfg.Domain); ours {
		return slug, true
	}
	return "", slices.Contains(s.cfg.Hosts, hostName(host))
}

func trimBrackets(host string) string { return strings.Trim(host, "[]") }

// byDevice finds the shop of a till that came by the server's IP address or
// machine name, where no shop is: it names the shop in a header. That counts for
// a device's token and for pairing, and for nothing else; whatever else comes
// with the header is misdirected (ok is false). Where the host names a shop, the
// header may not name another.
func (s *Server) byDevice(c *call, r *http.Request, slug string) (of string, ok bool) {
	named := r.Header.Values(wire.ShopHeader)
	if len(named) == 0 {
		return slug, true
	}
	if len(named) > 1 || named[0] == "" || Reserved(named[0]) {
		return "", false
	}
	if slug != "" {
		return slug, named[0] == slug
	}
	c.byDevice = true
	if text, byCookie := presented(r); text != "" && !byCookie {
		token, good := auth.Parse(text)
		return named[0], good && token.Kind == auth.TokenDevice
	}
	return named[0], r.Method == http.MethodPost && r.URL.Path == pairingPath && r.Header.Get("Authorization") == ""
}

// pairingPath is the one route that a device without a token may ask.
const pairingPath = "/api/devices"
