package selftest

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryLanguageHasEveryWord(t *testing.T) {
	keys := slices.Sorted(maps.Keys(english))
	for language, words := range inLanguages {
		require.Equal(t, keys, slices.Sorted(maps.Keys(words)), language)
	}
	for _, key := range Groups() {
		require.Contains(t, english, "group_"+key)
	}
	for _, text := range arabic {
		require.NotRegexp(t, regexp.MustCompile(`[\x{064b}-\x{0652}](\P{L}|$)`), text)
	}
}
