package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/migrations"
	"souk/server/doctor"
	"souk/server/platform/dbtest"
	"souk/server/platform/mail"
)

// ward is a sound installation, in which each test breaks one thing.
type ward struct {
	in   doctor.Installation
	shop dbtest.Shop
	conn *pgx.Conn
}

func newWard(t *testing.T) *ward {
	t.Helper()
	database, access, name := dbtest.Fresh(t)
	w := &ward{shop: dbtest.NewShop(t, database), conn: dbtest.Superuser(t, name)}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	secrets := filepath.Join(dir, "database.json")
	require.NoError(t, os.WriteFile(secrets, []byte("{}"), 0o600))
	w.in = doctor.Installation{
		DataDir: dir, SecretsFile: secrets, BackupDir: filepath.Join(dir, "backups"), Embedded: true,
		Access: access, Migrations: migrations.FS, Now: time.Now,
	}
	w.backup(t, time.Now().Add(-time.Hour), `{"good": true}`)
	return w
}

func (w *ward) backup(t *testing.T, at time.Time, check string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(w.in.BackupDir))
	dir := filepath.Join(w.in.BackupDir, "souk-"+at.UTC().Format("20060102T150405Z"))
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.tar.gz"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(fmt.Sprintf(`{"format": 1, "taken_at": %q}`, at.Format(time.RFC3339))), 0o600))
	if check != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "check.json"), []byte(check), 0o600))
	}
}

func (w *ward) run(t *testing.T, sql string, args ...any) {
	t.Helper()
	require.NoError(t, pgx.BeginFunc(t.Context(), w.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, w.shop.ID.String()); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	}))
}

func (w *ward) till(t *testing.T, seen time.Time, waiting int) {
	t.Helper()
	w.run(t, `insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
		values ($1, gen_random_uuid(), $2, 1, 'Till', 'till', now(), now())`, w.shop.ID, w.shop.Store)
	w.run(t, `insert into devices (tenant_id, id, register_id, name, token_hash, series, paired_at, last_seen_at, waiting)
		select $1, gen_random_uuid(), id, 'Till', '\x01', 'T1', now(), $2, $3 from registers where tenant_id = $1`, w.shop.ID, seen, waiting)
}

func certificateUntil(t *testing.T, until time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "cert.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
	return file
}

func TestASoundInstallationIsWell(t *testing.T) {
	w := newWard(t)
	for _, finding := range doctor.Examine(t.Context(), w.in) {
		if finding.Check == "disk_space" {
			continue // this machine's own
		}
		require.Equal(t, doctor.OK, finding.Level, "%+v", finding)
		require.Empty(t, finding.Do)
	}
}

func TestPlantedTroubleIsFound(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		plant func(t *testing.T, w *ward)
		check string
		level doctor.Level
	}{
		"others may write to the data":  {func(t *testing.T, w *ward) { require.NoError(t, os.Chmod(w.in.DataDir, 0o777)) }, "data_folder", doctor.Error},
		"there is no data folder":       {func(_ *testing.T, w *ward) { w.in.DataDir += "/gone" }, "data_folder", doctor.Error},
		"others may read the passwords": {func(t *testing.T, w *ward) { require.NoError(t, os.Chmod(w.in.SecretsFile, 0o644)) }, "secrets", doctor.Error},
		"the passwords are gone":        {func(t *testing.T, w *ward) { require.NoError(t, os.Remove(w.in.SecretsFile)) }, "secrets", doctor.Warning},
		"the machine's clock stands":    {func(_ *testing.T, w *ward) { w.in.Now = func() time.Time { return time.Unix(0, 0) } }, "time_zone", doctor.Error},
		"the clocks are apart":          {func(_ *testing.T, w *ward) { w.in.Now = func() time.Time { return time.Now().Add(time.Minute) } }, "clock", doctor.Warning},
		"the certificate ends soon":     {func(t *testing.T, w *ward) { w.in.Certificates = []string{certificateUntil(t, time.Now().Add(day))} }, "certificate", doctor.Warning},
		"the certificate has ended":     {func(t *testing.T, w *ward) { w.in.Certificates = []string{certificateUntil(t, time.Now().Add(-day))} }, "certificate", doctor.Error},
		"the certificate is none":       {func(_ *testing.T, w *ward) { w.in.Certificates = []string{w.in.SecretsFile} }, "certificate", doctor.Error},
		"the mail server is not there": {func(_ *testing.T, w *ward) {
			w.in.SMTP = mail.Config{Host: "127.0.0.1", Port: 1, TLS: "none", From: "a@b.example", Timeout: time.Second}
		}, "mail", doctor.Warning},
		"there is no backup":              {func(t *testing.T, w *ward) { require.NoError(t, os.RemoveAll(w.in.BackupDir)) }, "backup", doctor.Warning},
		"the backup is old":               {func(t *testing.T, w *ward) { w.backup(t, time.Now().Add(-2*day), `{"good": true}`) }, "backup", doctor.Warning},
		"the backup is very old":          {func(t *testing.T, w *ward) { w.backup(t, time.Now().Add(-5*day), `{"good": true}`) }, "backup", doctor.Error},
		"the backup cannot be restored":   {func(t *testing.T, w *ward) { w.backup(t, time.Now(), `{"good": false, "problem": "damaged"}`) }, "backup", doctor.Error},
		"the backup was not tried":        {func(t *testing.T, w *ward) { w.backup(t, time.Now(), "") }, "backup", doctor.Warning},
		"the database does not answer":    {func(_ *testing.T, w *ward) { w.in.Access.MaintenanceURL = "postgres://x:y@127.0.0.1:1/souk" }, "postgresql", doctor.Error},
		"nobody knows the database":       {func(_ *testing.T, w *ward) { w.in.Unreachable = context.Canceled }, "postgresql", doctor.Error},
		"a table is not protected":        {func(t *testing.T, w *ward) { w.run(t, `alter table items no force row level security`) }, "isolation", doctor.Error},
		"the server's log-in is shut out": {func(_ *testing.T, w *ward) { w.in.Access.LoginURL = "postgres://x:y@127.0.0.1:1/souk" }, "isolation", doctor.Error},
		"the program is newer":            {func(_ *testing.T, w *ward) { w.in.Migrations = withOneMore(t) }, "migrations", doctor.Warning},
		"the program is older":            {func(_ *testing.T, w *ward) { w.in.Migrations = fstest.MapFS{"0001_foundation.sql": {}} }, "migrations", doctor.Error},
		"a till is silent":                {func(t *testing.T, w *ward) { w.till(t, time.Now().Add(-2*day), 0) }, "tills", doctor.Warning},
		"a till has sales waiting":        {func(t *testing.T, w *ward) { w.till(t, time.Now().Add(-2*time.Hour), 3) }, "tills", doctor.Warning},
		"an exception is open": {func(t *testing.T, w *ward) {
			w.till(t, time.Now(), 0)
			w.run(t, `insert into upload_exceptions (tenant_id, id, device_id, entry_no, kind, code, detail, body, received_at)
				select $1, gen_random_uuid(), id, 1, 'sale', 'x', '', '{}', now() from devices where tenant_id = $1`, w.shop.ID)
		}, "exceptions", doctor.Warning},
		"changes are not told": {func(t *testing.T, w *ward) {
			w.run(t, `insert into platform.change_queue (tenant_id, topic, op, at) values ($1, 'x', 'reload', now() - interval '1 hour')`, w.shop.ID)
		}, "changes", doctor.Warning},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			c.plant(t, w)
			found := map[string]doctor.Finding{}
			for _, finding := range doctor.Examine(t.Context(), w.in) {
				found[finding.Check] = finding
			}
			require.Equal(t, c.level, found[c.check].Level, "%+v", found[c.check])
			require.NotEmpty(t, found[c.check].Says)
			require.NotEmpty(t, found[c.check].Do)
		})
	}
}

func TestThePortIsLookedAt(t *testing.T) {
	w := newWard(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w.in.Address = listener.Addr().String()
	level := func() doctor.Level {
		for _, finding := range doctor.Examine(t.Context(), w.in) {
			if finding.Check == "port" {
				return finding.Level
			}
		}
		return ""
	}
	require.Equal(t, doctor.Error, level(), "a program that says nothing")
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })}
	go func() { _ = server.Serve(listener) }()
	require.Equal(t, doctor.OK, level(), "souk itself")
	require.NoError(t, server.Close())
	require.Equal(t, doctor.OK, level())
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	of := func(levels ...doctor.Level) int {
		var findings []doctor.Finding
		for _, level := range levels {
			findings = append(findings, doctor.Finding{Level: level})
		}
		return doctor.ExitCode(findings)
	}
	require.Equal(t, 0, of(doctor.OK, doctor.OK))
	require.Equal(t, 1, of(doctor.OK, doctor.Warning))
	require.Equal(t, 2, of(doctor.Error, doctor.Warning, doctor.OK))
}

func withOneMore(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{"9999_more.sql": {}}
	entries, err := migrations.FS.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		if !entry.IsDir() {
			all[entry.Name()] = &fstest.MapFile{}
		}
	}
	return all
}
