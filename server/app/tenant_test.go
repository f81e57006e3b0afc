package app_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/dbtest"
)

// installation is a server's settings on a database cluster of the tests.
func installation(t *testing.T) app.Config {
	t.Helper()
	_, _, name := dbtest.Fresh(t)
	folder := t.TempDir()
	dbtest.KeepSecrets(t, filepath.Join(folder, "database.json"))
	return app.Config{
		Data: folder, Domain: "localhost", DatabaseURL: dbtest.AdminURL(t), Database: name, MaxConns: 4,
	}
}

var flags = []string{
	"--name", "Corner Books", "--slug", "corner-books", "--type", "retail", "--country", "ie", "--store", "Main Street",
	"--owner-name", "Niamh Byrne", "--owner-email", "niamh@books.example",
}

func TestTenantIsAddedAndListedByCommand(t *testing.T) {
	cfg := installation(t)
	var out bytes.Buffer
	require.NoError(t, app.ListTenants(t.Context(), cfg, &out))
	require.Contains(t, out.String(), "no shop yet")

	out.Reset()
	require.NoError(t, app.AddTenant(t.Context(), cfg, flags, strings.NewReader("rain on the window\n"), &out))
	require.Contains(t, out.String(), "corner-books.localhost")
	require.NotContains(t, out.String(), "rain on")

	out.Reset()
	require.NoError(t, app.ListTenants(t.Context(), cfg, &out))
	require.Regexp(t, `^corner-books\.localhost +active +shop \d{4}-\d\d-\d\d  Corner Books\n$`, out.String())

	err := app.AddTenant(t.Context(), cfg, flags, strings.NewReader("rain on the window\n"), &out)
	require.ErrorContains(t, err, "--slug: This address is not free")
}

func TestTenantAddSaysWhatIsMissingOrWrong(t *testing.T) {
	cfg := installation(t)
	var out bytes.Buffer
	err := app.AddTenant(t.Context(), cfg, flags[2:], strings.NewReader("x\n"), &out)
	require.ErrorContains(t, err, "Name of the shop: not given")
	err = app.AddTenant(t.Context(), cfg, flags, strings.NewReader(""), &out)
	require.ErrorContains(t, err, "password is read from")
	err = app.AddTenant(t.Context(), cfg, flags, strings.NewReader("password1\n"), &out)
	require.ErrorContains(t, err, "the password: Take at least 10 characters")
	wrong := append([]string{"--type", "bank"}, flags...)
	wrong = append(wrong, "--type", "bank", "--country", "QQ", "--slug", "A B")
	err = app.AddTenant(t.Context(), cfg, wrong, strings.NewReader("rain on the window\n"), &out)
	for _, name := range []string{"--type: ", "--country: ", "--slug: "} {
		require.ErrorContains(t, err, name)
	}
	err = app.AddTenant(t.Context(), cfg, []string{"Corner Books"}, strings.NewReader(""), &out)
	require.ErrorContains(t, err, `"Corner Books" is not a setting`)
	require.Error(t, app.AddTenant(t.Context(), cfg, []string{"--password", "x"}, strings.NewReader(""), &out), "a password in argv is refused")
}
