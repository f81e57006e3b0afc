package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"souk/server/platform/certs"
	"souk/server/platform/web"
	"souk/server/tenants"
)

// checkTLS fails with a sentence about what is wrong with the TLS settings.
func (c Config) checkTLS() error {
	files, isFiles := strings.CutPrefix(c.TLS, "files:")
	switch {
	case c.TLS == "" && c.PlainAddress != "":
		return errors.New("SOUK_HTTP_ADDR sends browsers on to TLS: set SOUK_TLS too, or leave it out")
	case c.TLS == "" || c.TLS == "self":
		return nil
	case c.TLS == "acme":
		if isHere(c.Domain) || !strings.Contains(c.Domain, ".") {
			return fmt.Errorf("SOUK_TLS=acme needs a public name in SOUK_DOMAIN; %q is none. On a shop's own network take SOUK_TLS=self", c.Domain)
		}
		return nil
	case isFiles && strings.Count(files, ",") == 1:
		return nil
	}
	return fmt.Errorf("SOUK_TLS is %q; it can be files:cert.pem,key.pem or acme or self", c.TLS)
}

// secure makes the server speak TLS as the settings say.
func (a *App) secure(ctx context.Context, cfg Config) error {
	var source certs.Source
	var err error
	report := func(err error) {
		slog.Error("the certificate was not renewed; the former one is served on", "error", err)
	}
	dir := filepath.Join(cfg.Data, "tls")
	switch cfg.TLS {
	case "":
		return nil
	case "self":
		source, err = certs.Self(dir, a.bearing(ctx, cfg), report)
	case "acme":
		source = certs.Public(filepath.Join(dir, "acme"), func(ctx context.Context, host string) error { return a.isOurs(ctx, cfg, host) })
	default:
		cert, key, _ := strings.Cut(strings.TrimPrefix(cfg.TLS, "files:"), ",")
		source, err = certs.Files(strings.TrimSpace(cert), strings.TrimSpace(key), report)
	}
	if err != nil {
		return fmt.Errorf("SOUK_TLS: %w", err)
	}
	how := web.Secure{TLS: source.Config, Plain: cfg.PlainAddress}
	if source.Challenges != nil {
		how.Challenges = source.Challenges.HTTPHandler
	}
	a.Web.Secure(how)
	a.key = source.Key
	return nil
}

// shopsBelieved is how long the names of shops are believed to be all.
const shopsBelieved = time.Minute

// bearing gives what the server's own certificate is made out to. Nothing takes a
// wildcard right below a domain of one word, such as *.localhost, so there each
// shop stands in it by name. It is asked by one handshake at a time.
func (a *App) bearing(ctx context.Context, cfg Config) func() []string {
	var shops []string
	var looked time.Time
	return func() []string {
		now := a.Database.Now()
		if !strings.Contains(cfg.Domain, ".") && now.Sub(looked) > shopsBelieved {
			looked = now
			all, err := tenants.All(ctx, a.Database)
			if err != nil {
				slog.WarnContext(ctx, "new shops are not in the certificate yet", "error", err)
			} else {
				shops = shops[:0]
				for _, shop := range all {
					shops = append(shops, shop.Slug+"."+cfg.Domain)
				}
			}
		}
		return append(append(cfg.names(), web.ConsoleSlug+"."+cfg.Domain), shops...)
	}
}

// isOurs lets certificates be asked for in the names of shops that there are.
func (a *App) isOurs(ctx context.Context, cfg Config, host string) error {
	if host == cfg.Domain || host == web.ConsoleSlug+"."+cfg.Domain {
		return nil
	}
	slug, under := strings.CutSuffix(host, "."+cfg.Domain)
	if under && !strings.Contains(slug, ".") {
		if _, found, err := a.Directory.Find(ctx, slug); err != nil || found {
			return err
		}
	}
	return fmt.Errorf("%q is no shop here", host)
}
