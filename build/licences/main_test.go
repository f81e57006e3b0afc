package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinked(t *testing.T) {
	t.Run("names the licence of a module that is compiled in", func(t *testing.T) {
		found := map[string]component{}
		require.NoError(t, linked(found, "linux", []string{"souk/server/platform/db/embedded"}))
		require.Equal(t, "MIT", found["github.com/jackc/pgx/v5"].licence)
		require.Equal(t, "BSD-3-Clause", found["golang.org/x/text"].licence)
		require.NotContains(t, found, "github.com/stretchr/testify", "only tests use it")
	})
}

func TestNpmPackages(t *testing.T) {
	t.Run("lists every platform's PostgreSQL from the lock file", func(t *testing.T) {
		list, err := npmPackages("../postgres")
		require.NoError(t, err)
		require.Len(t, list, 5)
		require.NoError(t, unread(list))
	})
}

func TestUnread(t *testing.T) {
	t.Run("names what has no known licence", func(t *testing.T) {
		require.Empty(t, recognise("All rights reserved."))
		require.ErrorContains(t, unread([]component{{"odd", "v1", recognise("All rights reserved.")}}), "odd@v1")
	})
}
