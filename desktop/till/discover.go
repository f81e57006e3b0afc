package till

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"souk/shared/wire"
)

// Found is a server that answered on the network. Address is a base; the shop is
// put behind it: Address + "/" + slug. Key is what the server claims to be known
// by, in groups for people to compare; the code that the office shows carries the
// same letters, and only that is believed.
type Found struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Key     string `json:"key,omitempty"`
	Version string `json:"version"`
}

const (
	askEvery  = 400 * time.Millisecond
	askFor    = 2 * time.Second
	mostFound = 50
)

// Discover asks on every network that this computer is on which Souk servers are
// there, for two seconds or until ctx ends, and lists them by name. That none
// answers is no failure: some networks keep computers apart, and then the address
// is typed. It fails if no question could be sent at all.
func Discover(ctx context.Context) ([]Found, error) {
	return discover(ctx, wire.DiscoveryPort, askFor)
}

func discover(ctx context.Context, port int, lasting time.Duration) ([]Found, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{})
	if err != nil {
		return nil, errOffline.Wrap(err)
	}
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	nonce := rand.Text()
	question, err := json.Marshal(wire.Discovery{Souk: 1, Nonce: nonce, Pad: strings.Repeat(".", wire.DiscoverySize)})
	if err != nil {
		return nil, err
	}
	if err := ask(conn, question, port); err != nil {
		return nil, errOffline.Wrap(err)
	}
	go func() {
		ticker := time.NewTicker(askEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = ask(conn, question, port) // the first one went out; a lost one is asked again
			}
		}
	}()
	found := gather(conn, nonce)
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	return found, nil
}

// ask sends to this computer and to everyone on each network. It fails if not one
// question went out.
func ask(conn *net.UDPConn, question []byte, port int) error {
	var last error
	sent := false
	for _, to := range everywhere() {
		if _, err := conn.WriteToUDPAddrPort(question, netip.AddrPortFrom(to, uint16(port))); err != nil { //nolint:gosec // ports fit
			last = err
			continue
		}
		sent = true
	}
	if sent {
		return nil
	}
	return last
}

// everywhere is this computer and the broadcast address of each of its networks.
func everywhere() []netip.Addr {
	to := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.AddrFrom4([4]byte{255, 255, 255, 255})}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return to
	}
	for _, each := range all {
		prefix, err := netip.ParsePrefix(each.String())
		if err != nil || !prefix.Addr().Is4() || prefix.Addr().IsLoopback() || prefix.Bits() >= 31 {
			continue
		}
		last := prefix.Masked().Addr().As4()
		for bit := prefix.Bits(); bit < 32; bit++ {
			last[bit/8] |= 1 << (7 - bit%8)
		}
		to = append(to, netip.AddrFrom4(last))
	}
	return to
}

// gather reads until the socket is closed. A server that answers from several
// networks is listed under each of its addresses, save this computer's own where
// there is a better one.
func gather(conn *net.UDPConn, nonce string) []Found {
	found := []Found{}
	known := map[string]bool{}
	packet := make([]byte, 4096)
	for len(found) < mostFound {
		size, from, err := conn.ReadFromUDPAddrPort(packet)
		if err != nil {
			break
		}
		var answer wire.DiscoveryAnswer
		if json.Unmarshal(packet[:size], &answer) != nil || answer.Souk != 1 || answer.Nonce != nonce {
			continue
		}
		one, good := foundAt(answer, from.Addr().Unmap())
		if !good || known[one.Address] {
			continue
		}
		known[one.Address] = true
		found = append(found, one)
	}
	return found
}

// foundAt takes an answer only in the shape that a server gives it: it comes from
// whoever is on the network, and is shown to people.
func foundAt(answer wire.DiscoveryAnswer, from netip.Addr) (Found, bool) {
	secure := answer.Scheme == "https"
	if !secure && answer.Scheme != "http" || answer.Port < 1 || answer.Port > 65535 || len(answer.Name) > 253 || len(answer.Version) > 64 {
		return Found{}, false
	}
	address := fmt.Sprintf("%s://%s", answer.Scheme, netip.AddrPortFrom(from, uint16(answer.Port))) //nolint:gosec // looked at above
	return Found{Name: printable(answer.Name), Address: address, Key: grouped(answer.Key), Version: printable(answer.Version)}, true
}

func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r > 0x7f {
			return -1
		}
		return r
	}, text)
}

// grouped is as much of a key as pairing codes carry, in fours.
func grouped(key string) string {
	if len(key) < wire.KeyLetters {
		return ""
	}
	key = printable(key[:wire.KeyLetters])
	var parts []string
	for part := range slices.Chunk([]byte(key), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, "-")
}
