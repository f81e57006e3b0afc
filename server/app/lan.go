package app

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"souk/server/platform/certs"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// isHere tells domains that every computer takes for itself.
func isHere(domain string) bool {
	return domain == "localhost" || strings.HasSuffix(domain, ".localhost")
}

// onlyHere tells whether the server listens to this machine alone.
func (c Config) onlyHere() bool {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil || host == "" {
		return false
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback()
	}
	return isHere(host)
}

// hostNames are the machine's own names, under which tills may come: the bare
// one, and the one that multicast DNS gives it.
func hostNames() []string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return nil
	}
	name = strings.ToLower(name)
	bare, _, _ := strings.Cut(name, ".")
	names := []string{name, bare, bare + ".local"}
	slices.Sort(names)
	return slices.Compact(names)
}

// lanAddresses are the machine's addresses on the networks it is on.
func (c Config) lanAddresses() []netip.Addr {
	if c.onlyHere() {
		return nil
	}
	host, _, _ := net.SplitHostPort(c.Address)
	if one, err := netip.ParseAddr(host); err == nil && !one.IsUnspecified() {
		return []netip.Addr{one}
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, each := range all {
		prefix, err := netip.ParsePrefix(each.String())
		if err != nil {
			continue
		}
		address := prefix.Addr().Unmap()
		if !address.IsLoopback() && !address.IsLinkLocalUnicast() && !address.IsMulticast() {
			found = append(found, address)
		}
	}
	// Addresses of the older kind are shorter to type.
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return found
}

// names are what the server's own certificate is made out to.
func (c Config) names() []string {
	names := []string{c.Domain, "*." + c.Domain, "localhost", "*.localhost", "127.0.0.1", "::1"}
	names = append(names, hostNames()...)
	for _, address := range c.lanAddresses() {
		names = append(names, address.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c Config) scheme() string {
	if c.TLS != "" {
		return "https"
	}
	return "http"
}

// portOf is the port as it stands in an address: nothing where it is the scheme's.
func portOf(address, scheme string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil || port == "80" && scheme == "http" || port == "443" && scheme == "https" {
		return ""
	}
	return ":" + port
}

// site is where the server is reached, listening at an address.
func (a *App) site(cfg Config, address string) web.Site {
	scheme := cfg.scheme()
	site := web.Site{Key: a.key, Scheme: scheme, Port: portOf(address, scheme), Domain: cfg.Domain}
	for _, lan := range cfg.lanAddresses() {
		host := lan.String()
		if lan.Is6() {
			host = "[" + host + "]"
		}
		site.Addresses = append(site.Addresses, scheme+"://"+host+site.Port)
	}
	return site
}

// sayWhere writes where tills on the network reach the server, and what stands in
// the way of browsers there.
func sayWhere(out io.Writer, cfg Config, site web.Site) {
	if cfg.onlyHere() {
		fmt.Fprintf(out, "  Only this computer reaches the server. For tills on your network start it with SOUK_ADDR=:8080 SOUK_TLS=self\n\n")
		return
	}
	fmt.Fprintf(out, "  Tills on your network reach it at (add / and the shop's name, such as /corner-shop):\n")
	for _, address := range site.Addresses {
		fmt.Fprintf(out, "    %s\n", address)
	}
	if site.Key != nil {
		key := wire.KeyText(site.Key)[:wire.KeyLetters]
		fmt.Fprintf(out, "  They know it by its key, which pairing codes carry: %s-%s-%s-%s\n", key[:4], key[4:8], key[8:12], key[12:])
		fmt.Fprintf(out, "  Browsers warn of it until they trust %s/tls/%s\n", cfg.Data, certs.AuthorityFile)
	}
	if cfg.TLS == "" {
		fmt.Fprintf(out, "  There is no TLS: what tills send can be read on the network, and browsers on other computers keep no sign-in. Set SOUK_TLS=self\n")
	}
	fmt.Fprintln(out)
}
