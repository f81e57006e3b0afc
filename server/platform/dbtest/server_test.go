package dbtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
)

func TestAdminURL(t *testing.T) {
	t.Run("is a superuser's and the same for every test program", func(t *testing.T) {
		address := dbtest.AdminURL(t)
		require.Equal(t, address, dbtest.AdminURL(t))
		require.True(t, isSuperuser(t, address))
	})
}

func TestPrivateServer(t *testing.T) {
	address, stop, err := dbtest.PrivateServer(t.Context())
	require.NoError(t, err)
	require.True(t, isSuperuser(t, address))
	require.NoError(t, stop(context.Background()))
	_, err = pgx.Connect(t.Context(), address)
	require.Error(t, err)
}

func isSuperuser(t *testing.T, address string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	var super bool
	require.NoError(t, conn.QueryRow(t.Context(), "select rolsuper from pg_roles where rolname = current_user").Scan(&super))
	require.NoError(t, conn.Close(t.Context()))
	return super
}
