package till

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"

	"souk/shared/fault"
	"souk/shared/wire"
)

// Proxy forwards what the window's page asks of the server, as this device: the
// page itself never sees the device's token. Without a pairing or a network it
// answers 503 with till.not_paired or till.offline.
func (e *Engine) Proxy() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:   e.redirect,
		Transport: carrier{e},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			if _, paired := e.paired(); !paired {
				unavailable(w, errNotPaired)
				return
			}
			unavailable(w, errOffline)
		},
	}
}

// redirect addresses a request to the server. What the page's engine adds of
// itself (its cookies, its odd origin) stays here: the server refuses foreign
// origins.
func (e *Engine) redirect(r *httputil.ProxyRequest) {
	for _, name := range []string{"Cookie", "Origin", "Referer", "Authorization", wire.ShopHeader} {
		r.Out.Header.Del(name)
	}
	s, paired := e.paired()
	if !paired {
		r.Out.URL = &url.URL{} // fails without leaving the machine
		return
	}
	target, err := url.Parse(s.base)
	if err != nil {
		r.Out.URL = &url.URL{}
		return
	}
	r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, target.Host
	s.identify(r.Out.Header)
}

// carrier sends by the client of the pairing that there is now.
type carrier struct{ e *Engine }

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	if s, paired := c.e.paired(); paired && s.http.Transport != nil {
		return s.http.Transport.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func unavailable(w http.ResponseWriter, f *fault.Error) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": "Service Unavailable", "status": http.StatusServiceUnavailable,
		"code": f.Code, "detail": f.Message,
	})
}
