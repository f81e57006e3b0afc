package page_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/page"
	"souk/shared/fault"
)

func TestCursor(t *testing.T) {
	parts := []string{"name", "Crème brûlée \"2\" \x00 , [x]", ""}
	got, err := page.Decode(page.Encode(parts...), 3)
	require.NoError(t, err)
	require.Equal(t, parts, got)

	bad := fault.Invalid("request.bad_cursor")
	for name, cursor := range map[string]string{
		"empty": "", "not base64": "%%%", "not ours": "aGVsbG8", "other length": page.Encode("a", "b"),
	} {
		_, err := page.Decode(cursor, 3)
		require.ErrorIs(t, err, bad, name)
	}
}

func TestCut(t *testing.T) {
	key := func(s string) []string { return []string{s} }
	require.Empty(t, page.Cut([]string{"a", "b"}, 2, key).Next, "exactly full is the last page")
	cut := page.Cut([]string{"a", "b", "c"}, 2, key)
	require.Equal(t, []string{"a", "b"}, cut.Rows)
	require.Equal(t, page.Encode("b"), cut.Next)
}

func TestLimit(t *testing.T) {
	require.Equal(t, 50, page.Limit(0))
	require.Equal(t, 7, page.Limit(7))
	require.Equal(t, 200, page.Limit(100000))
}
