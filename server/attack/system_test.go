package attack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/system"
	"souk/shared/wire"
)

// plantReport writes what a keeper would, with a backup on disk.
func (r *ring) plantReport(t *testing.T, folder string) (name string) {
	t.Helper()
	name = "souk-20260101T030000Z"
	dir := filepath.Join(folder, name)
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.tar.gz"), []byte("all shops"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"format":1,"archive_bytes":9}`), 0o600))
	_, err := r.superuser.Exec(t.Context(), `update platform.installation set report = '{"version":"9.9.9","embedded":true,"health":[],"backups":[]}'`)
	require.NoError(t, err)
	return name
}

func (r *ring) sessionOf(t *testing.T, of *shop, person uuid.UUID, device *uuid.UUID) string {
	t.Helper()
	text, token := auth.Mint(auth.TokenSession, of.id)
	r.write(t, of, `insert into sessions (tenant_id, id, person_id, device_id, token_hash, user_agent, created_at, expires_at)
		values ($1, $2, $3, $4, $5, 'browser', now(), now() + interval '1 hour')`, of.id, uuid.New(), person, device, token.Hash)
	return text
}

func TestOnlyOperatorsReachTheInstallation(t *testing.T) {
	r := newRing(t)
	folder := t.TempDir()
	program, err := app.Wire(t.Context(), app.Config{Domain: domain, BackupDir: folder}, r.database)
	require.NoError(t, err)
	r.program = program
	backup := r.plantReport(t, folder)
	ask := func(of *shop, token, method, path string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(t.Context(), method, "http://"+of.slug+"."+domain+path, http.NoBody)
		if method == http.MethodPost {
			request = httptest.NewRequestWithContext(t.Context(), method, "http://"+of.slug+"."+domain+path, strings.NewReader("{}"))
			request.Header.Set("Content-Type", "application/json")
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		request.Header.Set("Idempotency-Key", uuid.NewString())
		answer := httptest.NewRecorder()
		program.Web.ServeHTTP(answer, request)
		return answer
	}
	download := "/api/system/backups/" + backup
	wanted := func() (at *time.Time) {
		require.NoError(t, r.superuser.QueryRow(t.Context(), `select backup_wanted_at from platform.installation`).Scan(&at))
		return at
	}

	t.Run("the owner of the first own shop sees, asks and gets", func(t *testing.T) {
		token := r.sessionOf(t, r.a, r.a.opened.Owner.PersonID, nil)
		answer := ask(r.a, token, http.MethodGet, "/api/system")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
		var got system.System
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &got))
		require.True(t, got.Operator)
		require.Equal(t, "9.9.9", got.Report.Version)
		require.Equal(t, http.StatusNoContent, ask(r.a, token, http.MethodPost, "/api/system/backups").Code)
		require.NotNil(t, wanted())
		file := ask(r.a, token, http.MethodGet, download)
		require.Equal(t, http.StatusOK, file.Code)
		require.Contains(t, file.Body.String(), "all shops")
		require.Equal(t, http.StatusNotFound, ask(r.a, token, http.MethodGet, "/api/system/backups/..%2f..").Code)
	})

	// Every way in which another shop's owner might try to pass for the operator.
	account := r.a.opened.Owner.AccountID
	employed := uuid.New()
	r.write(t, r.b, `insert into people (tenant_id, id, account_id, name, role, created_at, updated_at) values ($1, $2, $3, 'Guest', 'owner', now(), now())`, r.b.id, employed, account)
	_, err = r.superuser.Exec(t.Context(), `update platform.installation set backup_wanted_at = null`)
	require.NoError(t, err)
	var device uuid.UUID
	require.NoError(t, r.superuser.QueryRow(t.Context(), `select id from devices where tenant_id = $1 limit 1`, r.a.id).Scan(&device))
	for name, who := range map[string]struct {
		of    *shop
		token string
	}{
		"nobody":                                      {r.a, ""},
		"another shop's owner":                        {r.b, r.sessionOf(t, r.b, r.b.opened.Owner.PersonID, nil)},
		"the operator's account in another shop":      {r.b, r.sessionOf(t, r.b, employed, nil)},
		"another owner of the same shop":              {r.a, r.session(t, r.a, wire.Owner)},
		"a manager of the same shop":                  {r.a, r.session(t, r.a, wire.Manager)},
		"the operator by PIN at a till":               {r.a, r.sessionOf(t, r.a, r.a.opened.Owner.PersonID, &device)},
		"a till of the same shop":                     {r.a, r.a.till},
		"another shop's token at this shop's address": {r.a, r.sessionOf(t, r.b, employed, nil)},
	} {
		t.Run(name+" gets nothing", func(t *testing.T) {
			answer := ask(who.of, who.token, http.MethodGet, "/api/system")
			require.NotContains(t, answer.Body.String(), "9.9.9")
			require.NotContains(t, answer.Body.String(), `"operator":true`)
			require.GreaterOrEqual(t, ask(who.of, who.token, http.MethodPost, "/api/system/backups").Code, 400)
			require.Nil(t, wanted())
			file := ask(who.of, who.token, http.MethodGet, download)
			require.GreaterOrEqual(t, file.Code, 400)
			require.NotContains(t, file.Body.String(), "all shops")
		})
	}

	t.Run("an operator added by hand is one, in that shop", func(t *testing.T) {
		require.NoError(t, system.AddOperator(t.Context(), r.database, "OWNER@beta.example", "beta"))
		token := r.sessionOf(t, r.b, r.b.opened.Owner.PersonID, nil)
		require.Contains(t, ask(r.b, token, http.MethodGet, "/api/system").Body.String(), "9.9.9")
		require.Error(t, system.AddOperator(t.Context(), r.database, "nobody@beta.example", "beta"))
	})

	t.Run("a demo shop's operator is one no more when there is an own shop", func(t *testing.T) {
		_, err := r.superuser.Exec(t.Context(), `update platform.tenants set demo = true where slug = 'beta'`)
		require.NoError(t, err)
		id := db.Identity{Tenant: r.b.id, Actor: r.b.opened.Owner.PersonID}
		operator := func() (is bool) {
			require.NoError(t, r.database.Read(t.Context(), id, func(ctx context.Context, tx *db.Tx) (err error) {
				is, err = db.One[bool](ctx, tx, `select public.is_operator()`, db.Args{})
				return err
			}))
			return is
		}
		require.False(t, operator())
		_, err = r.superuser.Exec(t.Context(), `update platform.tenants set demo = true where slug = 'alpha'`)
		require.NoError(t, err)
		require.True(t, operator())
	})
}
