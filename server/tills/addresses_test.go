package tills

import (
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
)

func TestAddressesForATillOnTheNetwork(t *testing.T) {
	lan := []string{"https://192.168.1.20:8443", "https://[fd00::20]:8443"}
	require.Equal(t, []string{
		"https://192.168.1.20:8443/corner", "https://[fd00::20]:8443/corner", "https://corner.localhost:8443",
	}, addresses(web.Site{Addresses: lan, Scheme: "https", Port: ":8443", Domain: "localhost"}, "corner"))
	require.Equal(t, []string{"https://192.168.1.20:8443/corner"},
		addresses(web.Site{Addresses: lan[:1], Scheme: "https", Port: ":8443", Domain: "pos.example"}, "corner"))
	require.Equal(t, []string{}, addresses(web.Site{}, "corner"))
}
