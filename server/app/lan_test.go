package app

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/shared/wire"
)

func TestTLSSettingsAreCheckedInWords(t *testing.T) {
	for _, good := range []Config{
		{}, {TLS: "self"}, {TLS: "files:a.pem,b.pem"}, {TLS: "acme", Domain: "pos.example"}, {TLS: "self", PlainAddress: ":80"},
	} {
		require.NoError(t, good.checkTLS(), "%+v", good)
	}
	for says, bad := range map[string]Config{
		"can be files:":      {TLS: "yes"},
		"or acme or self":    {TLS: "files:only.pem"},
		"needs a public":     {TLS: "acme", Domain: "localhost"},
		"take SOUK_TLS=self": {TLS: "acme", Domain: "server"},
		"set SOUK_TLS too":   {PlainAddress: ":80"},
	} {
		require.ErrorContains(t, bad.checkTLS(), says)
	}
}

func TestCertificatesAreAskedForInTheNamesOfShopsOnly(t *testing.T) {
	database := dbtest.Open(t)
	shop := dbtest.NewShop(t, database)
	a := &App{Database: database, Directory: web.NewDirectory(database, false)}
	cfg := Config{Domain: "pos.example"}
	require.NoError(t, a.isOurs(t.Context(), cfg, "pos.example"))
	require.NoError(t, a.isOurs(t.Context(), cfg, shop.Slug+".pos.example"))
	for _, host := range []string{"nobody-here.pos.example", "a." + shop.Slug + ".pos.example", "other.example", shop.Slug + ".other.example", ""} {
		require.Error(t, a.isOurs(t.Context(), cfg, host), host)
	}
}

func TestACertificateForOneWordBearsEachShop(t *testing.T) {
	database := dbtest.Open(t)
	shop := dbtest.NewShop(t, database)
	a := &App{Database: database}
	require.Contains(t, a.bearing(t.Context(), Config{Domain: "localhost", Address: "127.0.0.1:1"})(), shop.Slug+".localhost")
	wide := a.bearing(t.Context(), Config{Domain: "pos.example", Address: "127.0.0.1:1"})()
	require.Contains(t, wide, "*.pos.example")
	require.NotContains(t, strings.Join(wide, " "), shop.Slug)
}

func TestWhereTheServerIsReached(t *testing.T) {
	only := Config{Address: "127.0.0.1:8080", Domain: "localhost"}
	require.True(t, only.onlyHere())
	require.True(t, Config{Address: "[::1]:8080"}.onlyHere())
	require.False(t, Config{Address: ":8080"}.onlyHere())
	require.False(t, Config{Address: "0.0.0.0:8080"}.onlyHere())
	require.Empty(t, (&App{}).site(only, "127.0.0.1:8080").Addresses)
	one := (&App{}).site(Config{Address: "192.168.1.20:443", Domain: "pos.example", TLS: "self"}, "192.168.1.20:443")
	require.Equal(t, []string{"https://192.168.1.20"}, one.Addresses)
	six := (&App{}).site(Config{Address: "[fd00::20]:8443", TLS: "self"}, "[fd00::20]:8443")
	require.Equal(t, []string{"https://[fd00::20]:8443"}, six.Addresses)
	require.True(t, slices.IsSorted((Config{Address: ":1", Domain: "pos.example"}).names()))
}

func TestDiscoveryAnswersNeighboursWithLessThanTheySent(t *testing.T) {
	answer := wire.DiscoveryAnswer{Souk: 1, Name: strings.Repeat("n", 64), Scheme: "https", Port: 8443, Key: strings.Repeat("K", 52), Version: "1.0"}
	ask := func(of wire.Discovery) []byte {
		content, err := json.Marshal(of)
		require.NoError(t, err)
		return content
	}
	pad := strings.Repeat(".", wire.DiscoverySize)
	good := ask(wire.Discovery{Souk: 1, Nonce: "abc", Pad: pad})
	for _, neighbour := range []string{"127.0.0.1", "192.168.1.7", "10.1.2.3", "169.254.9.9", "::ffff:172.16.0.9"} {
		reply := replyTo(good, netip.MustParseAddr(neighbour), answer)
		require.NotNil(t, reply, neighbour)
		require.Less(t, len(reply), len(good))
		var read wire.DiscoveryAnswer
		require.NoError(t, json.Unmarshal(reply, &read))
		require.Equal(t, "abc", read.Nonce)
	}
	require.Nil(t, replyTo(good, netip.MustParseAddr("203.0.113.9"), answer), "a stranger on the internet gets nothing")
	for name, bad := range map[string][]byte{
		"short":         ask(wire.Discovery{Souk: 1, Nonce: "abc"}),
		"no nonce":      ask(wire.Discovery{Souk: 1, Pad: pad}),
		"long nonce":    ask(wire.Discovery{Souk: 1, Nonce: pad}),
		"other kind":    ask(wire.Discovery{Souk: 2, Nonce: "abc", Pad: pad}),
		"not even JSON": []byte(pad + pad),
	} {
		require.Nil(t, replyTo(bad, netip.MustParseAddr("192.168.1.7"), answer), name)
	}
}

func TestDiscoveryEndsWithTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		answerDiscovery(ctx, Config{Address: "127.0.0.1:1"}, web.Site{}, "127.0.0.1:1")
	}()
	<-done
}
