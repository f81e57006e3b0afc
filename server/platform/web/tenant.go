package web

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// Tenant is one shop as the router knows it.
type Tenant struct {
	ID         uuid.UUID
	Slug       string
	Business   wire.BusinessType
	SwitchedOn []string
	// SwitchedOff are the modules that the owner does without.
	SwitchedOff []string
	// Words are the kind of business whose words the shop uses.
	Words    wire.BusinessType
	Currency string
	// Shut says that nobody gets in: the shop is suspended or closed.
	Shut bool
}

// ReservedSlugs may not be a shop's name in an address: they are, or may become,
// addresses of the platform itself. Sign-up and router share this one list.
var ReservedSlugs = []string{
	"admin", "api", "app", "assets", "auth", "billing", "blog", "cdn", "console", "dashboard", "demo", "dev", "docs",
	"download", "files", "ftp", "health", "help", "id", "imap", "internal", "live", "localhost", "login", "mail", "media",
	"metrics", "ns1", "ns2", "oauth", "platform", "pop", "root", "shop", "signup", "smtp", "souk", "sso", "staging",
	"static", "status", "store", "support", "system", "test", "webmail", "www",
}

// Reserved reports whether a slug is the platform's own.
func Reserved(slug string) bool { return slices.Contains(ReservedSlugs, slug) }

// slugOf takes the shop's part from a host, "" for the domain itself. ok is
// false for a host that is not under the domain at all.
func slugOf(host, domain string) (slug string, ok bool) {
	host = hostName(host)
	if host == domain || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return "", true
	}
	slug, found := strings.CutSuffix(host, "."+domain)
	if !found || strings.Contains(slug, ".") || Reserved(slug) {
		return "", false
	}
	return slug, true
}

// hostName is a Host header without its port, in small letters.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// Directory finds the tenant behind a slug. A shop is believed for a minute, and
// dropped at once when the change stream says that its settings changed; that
// there is none is believed for five seconds.
type Directory struct {
	database *db.DB
	demo     bool
	mu       sync.Mutex
	known    map[string]knownTenant
}

type knownTenant struct {
	tenant Tenant
	found  bool
	until  time.Time
}

// NewDirectory makes one for the whole program. Demo shops are found in demo mode
// only: their passwords are printed in the README.
func NewDirectory(database *db.DB, demo bool) *Directory {
	return &Directory{database: database, demo: demo, known: map[string]knownTenant{}}
}

const tenantBySlug db.SQL = `
	select id, slug, status = 'suspended' as shut
	from   platform.tenants
	where  slug = @slug and status in ('active', 'throwaway', 'suspended') and (not demo or @demo)`

const companyFacts db.SQL = `
	select business_type, modules_on, modules_off, coalesce(nullif(words, ''), business_type) as words, currency
	from   company
	where  tenant_id = @tenant and not shut`

type directoryRow struct {
	ID   uuid.UUID
	Slug string
	Shut bool
}

type companyRow struct {
	BusinessType wire.BusinessType
	ModulesOn    []string
	ModulesOff   []string
	Words        wire.BusinessType
	Currency     string
}

// Find gives the active tenant of a slug. A shop that is still being made is not
// found; nor is one that is shut, of which that is said.
func (d *Directory) Find(ctx context.Context, slug string) (Tenant, bool, error) {
	d.mu.Lock()
	known, ok := d.known[slug]
	d.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.tenant, known.found, nil
	}
	tenant, found, err := d.look(ctx, slug)
	if err != nil {
		return Tenant{}, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) > 10_000 {
		clear(d.known)
	}
	keep := 5 * time.Second
	if found {
		keep = time.Minute
	}
	d.known[slug] = knownTenant{tenant, found, time.Now().Add(keep)}
	return tenant, found, nil
}

func (d *Directory) look(ctx context.Context, slug string) (tenant Tenant, found bool, err error) {
	err = d.database.Platform(ctx, "find the shop behind an address", func(ctx context.Context, tx *db.Tx) error {
		var row directoryRow
		row, found, err = db.Maybe[directoryRow](ctx, tx, tenantBySlug, db.Args{"slug": slug, "demo": d.demo})
		tenant = Tenant{ID: row.ID, Slug: row.Slug, Shut: row.Shut}
		return err
	})
	if err != nil || !found || tenant.Shut {
		return tenant, false, err
	}
	err = d.database.Read(ctx, db.Identity{Tenant: tenant.ID}, func(ctx context.Context, tx *db.Tx) error {
		row, there, err := db.Maybe[companyRow](ctx, tx, companyFacts, db.Args{})
		tenant.Business, tenant.SwitchedOn, tenant.Currency = row.BusinessType, row.ModulesOn, row.Currency
		tenant.SwitchedOff, tenant.Words = row.ModulesOff, row.Words
		found = there
		return err
	})
	tenant.Shut = !found && err == nil // shut while we looked
	return tenant, found, err
}

// Forget drops what is known of a tenant.
func (d *Directory) Forget(tenant uuid.UUID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for slug, known := range d.known {
		if known.tenant.ID == tenant {
			delete(d.known, slug)
		}
	}
}

// ShopChanged says that a shop's settings change with this transaction: what the
// router believes of it is dropped the moment it has committed.
func ShopChanged(ctx context.Context, tx *db.Tx) {
	if directory := callOf(ctx).directory; directory != nil {
		tenant := tx.TenantID()
		tx.After(func() { directory.Forget(tenant) })
	}
}

// ShopShut says that nobody gets into the shop that was called from now on: what the
// router believes of it is dropped.
func ShopShut(ctx context.Context) {
	c := callOf(ctx)
	if c.directory != nil {
		c.directory.Forget(c.tenant.ID)
	}
}
