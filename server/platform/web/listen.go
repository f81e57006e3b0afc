package web

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Secure is how the server speaks TLS; the zero value is that it does not.
type Secure struct {
	TLS *tls.Config
	// Plain is a further address, without TLS, that sends browsers on to the one with
	// it; "" for none.
	Plain string
	// Challenges, if set, answers a certificate authority on the plain address.
	Challenges func(http.Handler) http.Handler
}

// Site is where people and tills reach this server.
type Site struct {
	// Addresses are bases such as https://192.168.1.20:8443, the likeliest first.
	Addresses []string
	// Key is the SHA-256 of the server's public key, where tills are to know it by that.
	Key []byte
	// Scheme and Port are those of every shop's address under the domain.
	Scheme, Port, Domain string // the port with its colon, "" for the scheme's own
	// Post is what becomes of letters here: "smtp", "kept" in a demo, "" for nothing.
	Post string
}

// Secure makes Listen speak TLS.
func (s *Server) Secure(how Secure) { s.secure = how }

// IsSecure tells whether Listen speaks TLS.
func (s *Server) IsSecure() bool { return s.secure.TLS != nil }

// Listen serves until ctx ends, then lets what is in flight finish for up to 20
// seconds. onReady is told the address when it listens.
func (s *Server) Listen(ctx context.Context, address string, onReady func(string)) error {
	listener, err := listen(ctx, address)
	if err != nil {
		return err
	}
	at := listener.Addr().String()
	servers := []*http.Server{bounded(s)}
	failed := make(chan error, 2)
	if s.secure.Plain != "" {
		plain, err := listen(ctx, s.secure.Plain)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		servers = append(servers, bounded(s.onward(at)))
		go func() { failed <- servers[1].Serve(plain) }()
	}
	if s.secure.TLS != nil {
		listener = tls.NewListener(listener, s.secure.TLS)
	}
	go func() { failed <- servers[0].Serve(listener) }()
	onReady(at)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(drain); err != nil && !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func bounded(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
}

// onward sends who comes without TLS to the address with it, under the name that
// he used; to no name that is not ours.
func (s *Server) onward(address string) http.Handler {
	_, port, _ := net.SplitHostPort(address) // a listener's own address
	send := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ours := s.place(r.Host); !ours && !s.isConsole(r.Host) {
			http.NotFound(w, r)
			return
		}
		host := hostName(r.Host)
		if number, err := strconv.Atoi(port); err == nil && number != 443 {
			host = net.JoinHostPort(trimBrackets(host), port)
		}
		to := url.URL{Scheme: "https", Host: host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
	})
	if s.secure.Challenges != nil {
		return s.secure.Challenges(send)
	}
	return send
}
