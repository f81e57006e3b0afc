package web

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/vault"
)

// call is what the router knows of one request before any route sees it.
type call struct {
	id        string // request id; the reference that a person is shown
	tenant    Tenant
	actor     auth.Actor
	token     auth.Token
	denied    error // why a presented token was not taken
	foreign   bool  // a good-looking token of another tenant
	operation uuid.UUID
	client    netip.Addr
	byDevice  bool // the shop was named by a device and not by the host
	site      func() Site
	vault     *vault.Vault
	directory *Directory
	domain    string
	host      string
	local     bool // from this machine, by a name of this machine
	agent     string
	known     string // If-None-Match: which answer the caller has already
	cookies   []*http.Cookie
	sentences map[string]string // Config.Sentences
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// TenantOf is the shop whose address was called.
func TenantOf(ctx context.Context) Tenant { return callOf(ctx).tenant }

// RequestID is the reference under which this request stands in the log.
func RequestID(ctx context.Context) string { return callOf(ctx).id }

// Caller is the address and the program that a request came from.
func Caller(ctx context.Context) (address, agent string) {
	c := callOf(ctx)
	return c.client.String(), c.agent
}

// VaultOf is what the installation's secrets are encrypted with.
func VaultOf(ctx context.Context) *vault.Vault { return callOf(ctx).vault }

// HostOf is the name and port under which the call came, and the domain
// that the shops' names end on.
func HostOf(ctx context.Context) (host, domain string) {
	c := callOf(ctx)
	return c.host, c.domain
}

// SiteOf is where the server is reached that took this call.
func SiteOf(ctx context.Context) Site {
	if site := callOf(ctx).site; site != nil {
		return site()
	}
	return Site{}
}

// Local tells a request that came from this very machine and was addressed to it
// as such. One that a proxy on this machine passed on is not local.
func Local(ctx context.Context) bool { return callOf(ctx).local }

// identityOf is the caller for the database, also where nobody is signed in.
func identityOf(ctx context.Context) db.Identity {
	id := auth.From(ctx).Identity()
	id.Tenant = callOf(ctx).tenant.ID
	return id
}

// SetCookie sends a cookie with the answer to this request.
func SetCookie(ctx context.Context, cookie *http.Cookie) {
	c := callOf(ctx)
	c.cookies = append(c.cookies, cookie)
}
