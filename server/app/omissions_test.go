package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// Whoever adds something and forgets a part of its protection is told so by name,
// and what to do. Each omission is made in a list of modules or a database of the
// test's own.
func TestOmissionsAreNamed(t *testing.T) {
	lost := func(m module.Module) func(*testing.T) string {
		return func(t *testing.T) (said string) {
			defer func() { said = fmt.Sprint(recover()) }()
			m.Key = "lost"
			read(append(slices.Clone(Modules), m))
			return ""
		}
	}
	route := Modules[0].Routes[0]
	unguarded, stray := route, route
	unguarded.Needs, stray.Needs = "", "lost.no_such_right"
	twice := Modules[0].Permissions[0]
	schema := func(statement string) func(*testing.T) string {
		return func(t *testing.T) string {
			_, _, name := dbtest.Fresh(t)
			conn := dbtest.Superuser(t, name)
			_, err := conn.Exec(t.Context(), statement)
			require.NoError(t, err)
			found, err := db.Lint(t.Context(), conn)
			require.NoError(t, err)
			var said []string
			for _, violation := range found {
				said = append(said, violation.String())
			}
			return strings.Join(append(said, silentTables(t, conn)...), "\n")
		}
	}
	statement := func(sql string) func(*testing.T) string {
		return func(t *testing.T) string {
			dbtest.Open(t)
			return strings.Join(unbound(sql, tenantTables(t, dbtest.Superuser(t, ""))), " ")
		}
	}
	bare := `create table notes (tenant_id uuid not null references platform.tenants (id), id uuid, primary key (tenant_id, id)); grant select on notes to app_user;`
	omissions := []struct {
		name string
		make func(*testing.T) string
		says []string
	}{
		{"a route names no permission", lost(module.Module{Routes: []web.Route{unguarded}}), []string{unguarded.Name(), "needs permission", "no module declares"}},
		{"a route names a permission that nobody declares", lost(module.Module{Routes: []web.Route{stray}}), []string{"lost.no_such_right", "no module declares"}},
		{"a topic names no permission", lost(module.Module{Topics: []live.Topic{{Name: "lost.things"}}}), []string{"topic lost.things", "needs permission"}},
		{"a permission is declared twice", lost(module.Module{Permissions: []module.Grant{twice}}), []string{string(twice.Permission), "declared twice"}},
		{"a table has no row-level security", schema(bare), []string{"T3", "row-level security is on", "notes"}},
		{"a table does not bind its owner", schema(bare), []string{"T4", "row-level security is forced", "notes"}},
		{"a table has no policy", schema(bare), []string{"T5", "a tenant table has its policy", "notes"}},
		{"a table has no tenant", schema(`create table notes (id uuid primary key); grant select on notes to app_user`), []string{"T1", "has a tenant_id", "notes"}},
		{"a unique index spans shops", schema(`create unique index lost_key on items (sku)`), []string{"T8", "starts with tenant_id", "lost_key"}},
		{"a definer function pins no search_path", schema(`create function platform.lost() returns int language sql security definer as 'select 1'`), []string{"F1", "pins its search_path", "lost"}},
		{"a live table is not announced", schema(`drop trigger live_insert on items`), []string{"items", "select platform.live_table("}},
		{"an announced table has no topic", schema(`select platform.live_table('units', 'lost.units', 'tenant_id')`), []string{"units", "name the table in a module's topic"}},
		{"a statement does not name its tenant", statement(`select name from items where id = @id`), []string{"items"}},
		{"a joined table does not name its tenant", statement(`select i.name from items i join barcodes b on b.item_id = i.id where i.tenant_id = @tenant`), []string{"barcodes"}},
	}
	for _, omission := range omissions {
		t.Run(omission.name, func(t *testing.T) {
			said := omission.make(t)
			for _, part := range omission.says {
				require.Contains(t, said, part)
			}
		})
	}
	t.Run("two kinds of job have one name", func(t *testing.T) {
		kind := read(Modules).jobs()[0]
		require.PanicsWithValue(t, "two kinds of job are called "+kind.Name, func() { jobs.NewRunner(nil, []jobs.Kind{kind, kind}) })
	})
}
