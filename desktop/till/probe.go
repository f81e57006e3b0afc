package till

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"souk/shared/fault"
	"souk/shared/wire"
)

// Probed is a server that answers at an address, as Pair takes it: Key is in
// groups for people to compare, and empty where the system's roots vouch for it.
type Probed struct {
	Address string `json:"address"`
	Shop    string `json:"shop,omitempty"`
	Key     string `json:"key,omitempty"`
}

const probeLimit = 4 * time.Second

// Probe looks who answers at an address before a code is sent there. Where the
// scheme or the port is left out it tries those that servers have. It believes
// nothing: what the server's key is, the pairing code says.
//
// Fails with till.address, till.name_unknown if no computer has the name,
// till.offline if none answers, till.not_souk if another program does, and
// till.no_shop if the address names no shop that the server has.
func (e *Engine) Probe(address string) (Probed, error) {
	base, shop, err := cleanAddress(address)
	if err != nil {
		return Probed{}, err
	}
	ctx, cancel := context.WithTimeout(e.ctx, probeLimit)
	defer cancel()
	bases := candidates(base, strings.Contains(address, "://"))
	answers := make([]chan error, len(bases))
	keys := make([]string, len(bases))
	for i, one := range bases {
		answers[i] = make(chan error, 1)
		go func() {
			var err error
			keys[i], err = e.probe(ctx, one, shop)
			answers[i] <- err
		}()
	}
	var worst error
	for i, one := range bases {
		err := <-answers[i]
		if err == nil {
			return Probed{Address: one + suffix(shop), Shop: shop, Key: keys[i]}, nil
		}
		if telling(err) > telling(worst) {
			worst = err
		}
	}
	return Probed{}, worst
}

func suffix(shop string) string {
	if shop == "" {
		return ""
	}
	return "/" + shop
}

// candidates are where a server may be that people name without scheme or port.
func candidates(base string, hasScheme bool) []string {
	u, err := url.Parse(base)
	if err != nil {
		return []string{base}
	}
	schemes, ports := []string{"https", "http"}, []string{"", ":8080"}
	if hasScheme {
		schemes = []string{u.Scheme}
	}
	if u.Port() != "" {
		ports = []string{""}
	}
	var all []string
	for _, port := range ports {
		for _, scheme := range schemes {
			all = append(all, scheme+"://"+u.Host+port)
		}
	}
	return all
}

// telling orders faults by how much they say: of several tries, the one that got
// furthest is reported.
func telling(err error) int {
	f := fault.Of(err)
	switch {
	case err == nil:
		return 0
	case f == nil:
		return 1
	}
	return map[string]int{"till.offline": 2, "till.name_unknown": 3, "till.not_souk": 4, "till.no_shop": 5}[f.Code] + 1
}

// probe asks one address whether it is a Souk server and has the shop.
func (e *Engine) probe(ctx context.Context, base, shop string) (key string, err error) {
	client := looking(e.cfg.HTTP, &key)
	defer client.CloseIdleConnections()
	health, err := peek(ctx, client, base+"/healthz", "")
	if err != nil {
		return "", unanswered(err)
	}
	if health.Header.Get(wire.ServerHeader) == "" {
		return "", errNotSouk
	}
	session, err := peek(ctx, client, base+"/api/session", shop)
	if err != nil {
		return "", unanswered(err)
	}
	if session.StatusCode == http.StatusNotFound {
		return "", errNoShop
	}
	return key, nil
}

func peek(ctx context.Context, client *http.Client, address, shop string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	server{shop: shop}.identify(request.Header)
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	return answer, answer.Body.Close()
}

func unanswered(err error) error {
	if name, unknown := errors.AsType[*net.DNSError](err); unknown && name.IsNotFound {
		return errNameUnknown.Wrap(err)
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return errNotSouk.Wrap(err) // it answers, but not in TLS
	}
	return errOffline.Wrap(err)
}

// looking gives a client that talks to whoever answers, and notes the key of a
// server that only its key can tell.
func looking(plain *http.Client, key *string) *http.Client {
	client := *plain
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	transport, ok := plain.Transport.(*http.Transport)
	if !ok {
		return &client
	}
	open := transport.Clone()
	open.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // nothing is sent or believed; Pair looks at the key
		VerifyConnection: func(state tls.ConnectionState) error {
			if !vouched(state) {
				sum := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
				*key = grouped(wire.KeyText(sum[:]))
			}
			return nil
		},
	}
	client.Transport = open
	return &client
}

func vouched(state tls.ConnectionState) bool {
	between := x509.NewCertPool()
	for _, one := range state.PeerCertificates[1:] {
		between.AddCert(one)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: state.ServerName, Intermediates: between})
	return err == nil
}

var (
	errNameUnknown = fault.Unavailable("till.name_unknown").Say("No computer is known by this name here. Check how it is written, or type the server's IP address.")
	errNotSouk     = fault.Conflict("till.not_souk").Say("Something answers at this address, but it is not a Souk server. Check the address and the port.")
	errNoShop      = fault.NotFound("till.no_shop").Say("The Souk server answers, but the address names no shop that it has. Put the shop's short name behind it, like 192.168.1.20/corner-shop.")
)
