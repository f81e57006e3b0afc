//go:build soak

package attack_test

import (
	"math/rand/v2"
	"testing"
)

const everyPayload = true

// TestSoakSharedConnections goes on for as long as it takes to meet what is rare.
func TestSoakSharedConnections(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	breakConnections(t, 20_000, seed)
}
