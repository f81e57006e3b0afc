package till

import (
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// neighbour answers questions as it is told to.
func neighbour(t *testing.T, answers func(wire.Discovery) []any) int {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		packet := make([]byte, 2048)
		for {
			size, from, err := conn.ReadFromUDPAddrPort(packet)
			if err != nil {
				return
			}
			var asked wire.Discovery
			if json.Unmarshal(packet[:size], &asked) != nil || size < wire.DiscoverySize {
				continue
			}
			for _, answer := range answers(asked) {
				content, _ := json.Marshal(answer)
				_, _ = conn.WriteToUDPAddrPort(content, from)
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

func TestDiscoverListsEachServerOnce(t *testing.T) {
	port := neighbour(t, func(asked wire.Discovery) []any {
		good := wire.DiscoveryAnswer{Souk: 1, Nonce: asked.Nonce, Name: "back\x1b[31moffice", Scheme: "https", Port: 8443, Key: "ABCDEFGHJKLMNPQRSTUV", Version: "1.0"}
		forged := good
		forged.Nonce, forged.Port = "guessed", 9999
		strange := good
		strange.Scheme = "javascript"
		beyond := good
		beyond.Port = 70000
		return []any{forged, strange, beyond, "nonsense", good, good}
	})
	found, err := discover(t.Context(), port, 900*time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, []Found{{Name: "back[31moffice", Address: "https://127.0.0.1:8443", Key: "ABCD-EFGH-JKLM-NPQR", Version: "1.0"}}, found)
}

func TestDiscoverFindsNobodyWhereNobodyIs(t *testing.T) {
	began := time.Now()
	found, err := discover(t.Context(), 9, 300*time.Millisecond)
	require.NoError(t, err)
	require.Empty(t, found)
	require.NotNil(t, found)
	require.Less(t, time.Since(began), 20*time.Second)
}
