package vault_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/vault"
)

func TestWhatIsSealedOpensUnderTheKeptKeyForItsPlaceOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "factors.key")
	first, err := vault.Kept(file)
	require.NoError(t, err)
	again, err := vault.Kept(file)
	require.NoError(t, err)
	sealed := first.Seal([]byte("secret"), []byte("here"))
	require.NotContains(t, string(sealed), "secret")
	opened, err := again.Open(sealed, []byte("here"))
	require.NoError(t, err)
	require.Equal(t, "secret", string(opened))
	require.Equal(t, first.Hash("a", []byte("x")), again.Hash("a", []byte("x")))

	_, err = again.Open(sealed, []byte("there"))
	require.Error(t, err)
	_, err = vault.Passing().Open(sealed, []byte("here"))
	require.Error(t, err)
	_, err = again.Open(sealed[:5], []byte("here"))
	require.Error(t, err)
	stat, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), stat.Mode().Perm())
}

func TestAFileThatHoldsNoKeyIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "factors.key")
	require.NoError(t, os.WriteFile(file, []byte("what is this\n"), 0o600))
	_, err := vault.Kept(file)
	require.ErrorContains(t, err, "is not the key")
}
