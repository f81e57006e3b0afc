package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"souk/server/selftest"
	"souk/shared/wire"
)

// loopback is where this server, listening at an address, answers on this machine.
func (a *App) loopback(at string) string {
	if a.Web.IsSecure() {
		return loopbackOf(at, "https")
	}
	return loopbackOf(at, "http")
}

func loopbackOf(at, scheme string) string {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// AttackOrder is what souk attack was told.
type AttackOrder struct {
	Tenant   string // whose rows are to be out of reach; "" for the throw-away shop's only
	JSON     bool
	PDF      string
	Language string
}

// Attack has the server of this installation attacked, the running one or else one
// that it starts for the time being, and tells whether everything held.
func Attack(ctx context.Context, cfg Config, how AttackOrder, out io.Writer) (held bool, err error) {
	var report selftest.Result
	err = withProgram(ctx, cfg, func(program *App) error {
		order := selftest.Order{}
		if how.Tenant != "" {
			shop, found, err := program.Directory.Find(ctx, how.Tenant)
			if err != nil || !found {
				return errors.Join(err, fmt.Errorf("there is no shop %q; souk tenant list names those there are", how.Tenant))
			}
			order.Own = shop.ID
		}
		stop, err := program.answering(ctx, cfg)
		if err != nil {
			return err
		}
		report, err = program.Tester.Run(ctx, order)
		return errors.Join(err, stop())
	})
	if err != nil {
		return false, err
	}
	if how.PDF != "" {
		paper, err := selftest.Paper(report, how.Language)
		if err == nil {
			err = os.WriteFile(how.PDF, paper, 0o600)
		}
		if err != nil {
			return false, err
		}
	}
	if how.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return report.State == selftest.Passed, encoder.Encode(report)
	}
	selftest.Say(report, out)
	return report.State == selftest.Passed, nil
}

// answering finds the server that runs here, or lets this program answer on a port
// of this machine until stop.
func (a *App) answering(ctx context.Context, cfg Config) (stop func() error, err error) {
	for _, scheme := range []string{cfg.scheme(), "https", "http"} {
		if base := loopbackOf(cfg.Address, scheme); base != "" && answersAt(ctx, base) {
			a.Answers(base)
			return func() error { return nil }, nil
		}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: a.Web, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	a.Answers("http://" + listener.Addr().String())
	return server.Close, nil
}

// answersAt tells whether a Souk answers there.
func answersAt(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return false
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it never leaves this machine
	}}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.Header.Get(wire.ServerHeader) != ""
}
