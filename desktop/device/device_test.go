package device_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/desktop/device"
)

func TestFileKeepsSecretsAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	store, err := device.OpenFile(dir)
	require.NoError(t, err)
	_, err = store.Get("token")
	require.ErrorIs(t, err, device.ErrNotFound)
	require.NoError(t, store.Put("token", "a long secret"))

	again, err := device.OpenFile(dir)
	require.NoError(t, err)
	value, err := again.Get("token")
	require.NoError(t, err)
	require.Equal(t, "a long secret", value)

	require.NoError(t, again.Delete("token"))
	require.ErrorIs(t, again.Delete("token"), device.ErrNotFound)
}

func TestFileIsUnreadableWithoutItsKey(t *testing.T) {
	dir := t.TempDir()
	store, err := device.OpenFile(dir)
	require.NoError(t, err)
	require.NoError(t, store.Put("token", "a long secret"))

	sealed, err := os.ReadFile(filepath.Join(dir, "secrets"))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "a long secret")
	info, err := os.Stat(filepath.Join(dir, "secrets.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets.key"), bytes.Repeat([]byte{7}, 32), 0o600))
	_, err = device.OpenFile(dir)
	require.Error(t, err)
}

func TestFileNoticesTampering(t *testing.T) {
	dir := t.TempDir()
	store, err := device.OpenFile(dir)
	require.NoError(t, err)
	require.NoError(t, store.Put("token", "a long secret"))
	path := filepath.Join(dir, "secrets")
	sealed, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := range sealed {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		require.NoError(t, os.WriteFile(path, changed, 0o600))
		_, err = store.Get("token")
		require.Error(t, err, "byte %d", at)
	}
}
