package logfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/logfile"
)

func TestWriter(t *testing.T) {
	t.Parallel()
	files := func(t *testing.T, dir string) []string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		return found
	}
	write := func(t *testing.T, w *logfile.Writer, text string) {
		t.Helper()
		n, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}

	t.Run("puts a full file aside, loses no line and keeps so many", func(t *testing.T) {
		t.Parallel()
		dir, now := t.TempDir(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		clock := func() time.Time { now = now.Add(time.Second); return now }
		w, err := logfile.Open(logfile.Config{Dir: dir, Name: "souk.log", MaxBytes: 30, Keep: 3, Now: clock})
		require.NoError(t, err)
		for range 3 {
			write(t, w, "ten bytes\n")
		}
		require.Len(t, files(t, dir), 1)
		write(t, w, "the fourth\n")
		require.Len(t, files(t, dir), 2)
		current, err := os.ReadFile(filepath.Join(dir, "souk.log"))
		require.NoError(t, err)
		require.Equal(t, "the fourth\n", string(current))
		for range 100 {
			write(t, w, strings.Repeat("x", 29)+"\n")
		}
		require.Len(t, files(t, dir), 4)
		require.NoError(t, w.Close())
	})

	t.Run("puts an old file aside, also one of a former run", func(t *testing.T) {
		t.Parallel()
		dir, now := t.TempDir(), time.Now()
		w, err := logfile.Open(logfile.Config{Dir: dir, Name: "souk.log", Now: func() time.Time { return now }})
		require.NoError(t, err)
		write(t, w, "yesterday\n")
		require.NoError(t, w.Close())
		now = now.Add(25 * time.Hour)
		w, err = logfile.Open(logfile.Config{Dir: dir, Name: "souk.log", Now: func() time.Time { return now }})
		require.NoError(t, err)
		write(t, w, "today\n")
		require.Len(t, files(t, dir), 2)
		require.NoError(t, w.Close())
	})

	t.Run("is private", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "logs")
		w, err := logfile.Open(logfile.Config{Dir: dir, Name: "souk.log"})
		require.NoError(t, err)
		require.NoError(t, w.Close())
		for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "souk.log"): 0o600} {
			stat, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, mode, stat.Mode().Perm())
		}
		_, err = w.Write([]byte("x"))
		require.ErrorIs(t, err, os.ErrClosed)
	})
}
