package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"

	"souk/server/platform/web"
	"souk/shared/wire"
)

// answerDiscovery tells tills that look for a server on the network where this
// one is, until ctx ends. It answers neighbours only, with less than they sent,
// and names no shop. A port that another server has is no reason not to serve.
func answerDiscovery(ctx context.Context, cfg Config, site web.Site, address string) {
	_, text, _ := net.SplitHostPort(address) // a listener's own address
	port, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	at := &net.UDPAddr{Port: wire.DiscoveryPort}
	if cfg.onlyHere() {
		at.IP = net.IPv4(127, 0, 0, 1)
	}
	conn, err := net.ListenUDP("udp4", at)
	if err != nil {
		slog.WarnContext(ctx, "tills cannot find this server by themselves; type its address there", "error", err)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	name, _ := os.Hostname() // only for people's eyes
	answer := wire.DiscoveryAnswer{
		Souk: 1, Name: name, Scheme: cfg.scheme(), Port: port, Key: wire.KeyText(site.Key), Version: Version,
	}
	question := make([]byte, 2*wire.DiscoverySize)
	for {
		size, from, err := conn.ReadFromUDPAddrPort(question)
		if err != nil {
			return // closed
		}
		if reply := replyTo(question[:size], from.Addr(), answer); reply != nil {
			_, _ = conn.WriteToUDPAddrPort(reply, from) // who asked asks again
		}
	}
}

// replyTo is nil for what deserves no answer.
func replyTo(question []byte, from netip.Addr, answer wire.DiscoveryAnswer) []byte {
	from = from.Unmap()
	if len(question) < wire.DiscoverySize || !from.IsLoopback() && !from.IsPrivate() && !from.IsLinkLocalUnicast() {
		return nil
	}
	var asked wire.Discovery
	if json.Unmarshal(question, &asked) != nil || asked.Souk != 1 || asked.Nonce == "" || len(asked.Nonce) > 64 {
		return nil
	}
	answer.Nonce = asked.Nonce
	reply, err := json.Marshal(answer)
	if err != nil || len(reply) > len(question) {
		return nil
	}
	return reply
}
