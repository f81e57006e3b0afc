package selftest

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"souk/shared/wire"
)

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// hosts tries to be taken for the victim by what a request says about its host.
func (r *run) hosts(ctx context.Context) error {
	theirs, mine := r.client.host(r.victim.slug), r.client.host(r.attacker.slug)
	token := r.attacker.tokens[wire.Owner]
	for _, path := range []string{"/api/company", "/api/session", "/api/items", "/api/customers"} {
		// Under the own host, a header that names another changes nothing.
		for name, value := range map[string]string{
			"X-Forwarded-Host": theirs, "Forwarded": "host=" + theirs, "X-Original-Host": theirs, "X-Host": theirs, "X-Forwarded-Server": theirs,
			"X-Rewrite-Url": "https://" + theirs + path, "X-Tenant": r.victim.slug, "X-Tenant-Id": r.victim.id.String(), wire.ShopHeader: r.victim.slug,
			"X-Http-Host-Override": theirs, "Origin": "https://" + theirs,
		} {
			in := request{method: http.MethodGet, target: path, header: http.Header{name: {value}}, said: []string{r.victim.id.String(), r.victim.slug}}
			got, err := r.call(ctx, r.attacker.slug, token, in)
			if err != nil {
				return err
			}
			if got.status == http.StatusOK && path == "/api/company" && !strings.Contains(got.body, r.attacker.mark) {
				r.found(Breach{Code: "host_believed", Case: path + " with " + name, Got: got.brief(), How: how(in)})
			}
		}
		// Under the victim's host in any spelling, the attacker's session is no session.
		for _, host := range []string{
			theirs, strings.ToUpper(theirs), theirs + ".", theirs + ":80", theirs + ":443", theirs + ".:8080",
			r.victim.slug + "." + mine, mine + "." + r.client.domain, r.victim.slug, "evil.example",
		} {
			in := request{method: http.MethodGet, target: path, host: host}
			got, err := r.call(ctx, r.attacker.slug, token, in)
			if err != nil {
				return err
			}
			if got.status < 400 {
				r.found(Breach{Code: "host_believed", Case: path + " under another host", Got: got.brief(), How: how(in)})
			}
		}
	}
	return r.rawHosts(ctx, theirs, mine, token)
}

// rawHosts are requests that no well-behaved program sends.
func (r *run) rawHosts(ctx context.Context, theirs, mine, token string) error {
	tail := "Authorization: Bearer " + token + "\r\nConnection: close\r\n\r\n"
	for name, text := range map[string]string{
		"two hosts":                 "GET /api/company HTTP/1.1\r\nHost: " + mine + "\r\nHost: " + theirs + "\r\n" + tail,
		"a folded host":             "GET /api/company HTTP/1.1\r\nHost: " + mine + "\r\n " + theirs + "\r\n" + tail,
		"an absolute address":       "GET http://" + theirs + "/api/company HTTP/1.1\r\nHost: " + mine + "\r\n" + tail,
		"a host with a user":        "GET /api/company HTTP/1.1\r\nHost: " + mine + "@" + theirs + "\r\n" + tail,
		"a host with a list":        "GET /api/company HTTP/1.1\r\nHost: " + mine + ", " + theirs + "\r\n" + tail,
		"no host":                   "GET /api/company HTTP/1.0\r\n" + tail,
		"a path with the other one": "GET //" + theirs + "/api/company HTTP/1.1\r\nHost: " + mine + "\r\n" + tail,
	} {
		got, err := r.client.raw(ctx, text)
		if err != nil {
			return err
		}
		r.one()
		if leak := r.leakIn(got, nil); leak != "" {
			r.found(Breach{Code: "host_believed", Case: name, Got: leak, How: name})
		}
	}
	return nil
}
