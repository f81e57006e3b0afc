package db

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Secrets are the passwords of the three roles that may log in.
type Secrets struct {
	Maintenance string `json:"maintenance"`
	Login       string `json:"login"`
	Platform    string `json:"platform"`
}

// Access is how each part of the program reaches one database.
type Access struct {
	MaintenanceURL string
	LoginURL       string
	PlatformURL    string
}

// NewSecrets draws three passwords.
func NewSecrets() Secrets {
	return Secrets{Maintenance: rand.Text(), Login: rand.Text(), Platform: rand.Text()}
}

// KeptSecrets reads the passwords from a file, or draws them and writes the file
// (mode 0600) if there is none.
func KeptSecrets(file string) (Secrets, error) {
	raw, err := os.ReadFile(file)
	if err == nil {
		var kept Secrets
		if err := json.Unmarshal(raw, &kept); err != nil {
			return kept, fmt.Errorf("read the database passwords in %s: %w", file, err)
		}
		return kept, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return Secrets{}, err
	}
	fresh := NewSecrets()
	raw, err = json.Marshal(fresh)
	if err != nil {
		return fresh, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fresh, err
	}
	return fresh, os.WriteFile(file, raw, 0o600)
}

// roles are the same for every database of a server. %s are the passwords.
// souk_login has no rights of its own: it becomes app_user for one transaction.
var roles = []struct{ name, options string }{
	{"souk_owner", "nologin nosuperuser nobypassrls nocreatedb nocreaterole"},
	{"app_user", "nologin nosuperuser nobypassrls nocreatedb nocreaterole noinherit"},
	{"souk_maintenance", "login nosuperuser bypassrls nocreatedb nocreaterole"},
	{"souk_login", "login nosuperuser nobypassrls nocreatedb nocreaterole noinherit"},
	{"souk_platform", "login nosuperuser nobypassrls nocreatedb nocreaterole noinherit"},
}

// Setup makes the roles and the database with an administrator's rights, or
// brings them back to what they have to be. It may be run again at any time.
func Setup(ctx context.Context, adminURL, database string, secrets Secrets) (Access, error) {
	admin, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return Access{}, fmt.Errorf("connect as administrator: %w", err)
	}
	defer admin.Close(ctx)
	if err := checkVersion(ctx, admin); err != nil {
		return Access{}, err
	}
	// Roles belong to the whole server: several set-ups at once would collide.
	if _, err := admin.Exec(ctx, `select pg_advisory_lock(5021)`); err != nil {
		return Access{}, err
	}
	if err := makeRoles(ctx, admin, secrets); err != nil {
		return Access{}, err
	}
	if err := makeDatabase(ctx, admin, database); err != nil {
		return Access{}, err
	}
	if _, err := admin.Exec(ctx, `select pg_advisory_unlock(5021)`); err != nil {
		return Access{}, err
	}
	if err := hardenDatabase(ctx, adminURL, database); err != nil {
		return Access{}, err
	}
	return AccessTo(adminURL, database, secrets)
}

func checkVersion(ctx context.Context, conn *pgx.Conn) error {
	var version int
	if err := conn.QueryRow(ctx, `select current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return err
	}
	if version < 150000 {
		return fmt.Errorf("PostgreSQL 15 or later is needed, this server is version %d", version/10000)
	}
	return nil
}

func makeRoles(ctx context.Context, admin *pgx.Conn, secrets Secrets) error {
	passwords := map[string]string{
		"souk_maintenance": secrets.Maintenance, "souk_login": secrets.Login, "souk_platform": secrets.Platform,
	}
	for _, role := range roles {
		statement := `do $$ begin create role ` + role.name + `; exception when duplicate_object then null; end $$`
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("create role %s: %w", role.name, err)
		}
		statement = `alter role ` + role.name + ` with ` + role.options
		if password, ok := passwords[role.name]; ok {
			statement += ` password '` + strings.ReplaceAll(password, `'`, `''`) + `'`
		}
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("set up role %s: %w", role.name, err)
		}
	}
	for _, statement := range []string{
		`grant souk_owner to souk_maintenance`,
		`grant app_user to souk_login`,
		// One plan for all tenants: the policy's InitPlan makes custom plans useless and dear.
		`alter role souk_login set plan_cache_mode = force_generic_plan`,
		// Every tenant table is found by the tenant; reading it whole never pays, whatever its statistics say.
		`alter role souk_login set enable_seqscan = off`,
		`alter role souk_login set lock_timeout = '10s'`,
		`alter role souk_login set statement_timeout = '60s'`,
		`alter role souk_login set idle_in_transaction_session_timeout = '60s'`,
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func makeDatabase(ctx context.Context, admin *pgx.Conn, database string) error {
	var exists bool
	if err := admin.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists); err != nil {
		return err
	}
	if exists {
		return nil
	}
	_, err := admin.Exec(ctx, `create database `+pgx.Identifier{database}.Sanitize()+` owner souk_owner template template0 encoding 'UTF8'`)
	return err
}

// hardenDatabase takes set_config from PUBLIC: SQL injected into a tenant's
// statement must not be able to change the tenant.
func hardenDatabase(ctx context.Context, adminURL, database string) error {
	there, err := withDatabase(adminURL, database, "", "")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, there)
	if err != nil {
		return fmt.Errorf("connect to database %s as administrator: %w", database, err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{
		`revoke execute on function pg_catalog.set_config(text, text, boolean) from public`,
		`grant execute on function pg_catalog.set_config(text, text, boolean) to souk_login`,
		`revoke all on database ` + pgx.Identifier{database}.Sanitize() + ` from public`,
		`grant connect on database ` + pgx.Identifier{database}.Sanitize() + ` to souk_login, souk_platform, souk_maintenance`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// AccessTo gives the log-ins to a database that Setup has made.
func AccessTo(serverURL, database string, secrets Secrets) (Access, error) {
	var access Access
	for _, one := range []struct {
		target         *string
		role, password string
	}{
		{&access.MaintenanceURL, "souk_maintenance", secrets.Maintenance},
		{&access.LoginURL, "souk_login", secrets.Login},
		{&access.PlatformURL, "souk_platform", secrets.Platform},
	} {
		there, err := withDatabase(serverURL, database, one.role, one.password)
		if err != nil {
			return access, err
		}
		*one.target = there
	}
	return access, nil
}

func withDatabase(serverURL, database, user, password string) (string, error) {
	u, err := url.Parse(serverURL)
	if err != nil {
		return "", errors.New("the database address is not a URL of the form postgres://user:password@host/database")
	}
	u.Path = "/" + database
	if user != "" {
		u.User = url.UserPassword(user, password)
		query := u.Query()
		query.Del("user")
		query.Del("password")
		u.RawQuery = query.Encode()
	}
	return u.String(), nil
}
