package users_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/users"
)

func TestWeakPasswordsAreNamed(t *testing.T) {
	about := []string{"nadia@bakery.example", "Nadia Benali", "Nadia's Bakery", "nadias-bakery"}
	for password, says := range map[string]string{
		"":                  "at least 10",
		"short one":         "at least 10",
		"aaaaaaaaaaaaaaaa":  "repeats",
		"abababababab":      "repeats",
		"my Password is ok": "first a stranger",
		"x1234567890y":      "first a stranger",
		"Nadia Benali 7":    "name a stranger knows",
		"nadias-bakery!":    "name a stranger knows",
	} {
		require.Contains(t, users.WeakPassword(password, about...), says, password)
	}
	for _, good := range []string{"three warm loaves", "ein Brot um sechs", "🍞🥐🥖🧁🍰🎂🍪🍩🥯🧇", "nadia bakes bread at six every day"} {
		require.Empty(t, users.WeakPassword(good, about...), good)
	}
}
