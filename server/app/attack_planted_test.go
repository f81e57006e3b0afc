package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
)

// Each hole is one that a careless change could make. It is planted in a database
// of the test's own and must be reported by its rule and its name, alone, and
// keep the server from serving.
func TestPlantedHolesInTheSchemaAreNamed(t *testing.T) {
	holes := []struct{ name, statement, rule, object string }{
		{"a policy is dropped", `drop policy tenant on items`, "T5", "items"},
		{"a second policy lets more through", `create policy more on customers for select to public using (true)`, "T6", "customers"},
		{"a policy lets a missing tenant through", `alter policy tenant on sales using (tenant_id = (select current_setting('app.tenant_id', true))::uuid)`, "T7", "sales"},
		{"a policy checks reads only", `drop policy tenant on tenders; create policy tenant on tenders for select to public
			using (tenant_id = (select current_setting('app.tenant_id'))::uuid)`, "T7", "tenders"},
		{"row-level security is off", `alter table people disable row level security`, "T3", "people"},
		{"row-level security spares the owner", `alter table postings no force row level security`, "T4", "postings"},
		{"a foreign key is plain", `alter table barcodes drop constraint barcodes_tenant_id_item_id_fkey;
			alter table barcodes add foreign key (tenant_id) references platform.tenants (id);
			create unique index items_only_id on items (id); alter table barcodes add constraint barcodes_item_plain foreign key (item_id) references items (id)`, "T9", "barcodes.barcodes_item_plain"},
		{"a unique index spans the shops", `create unique index customers_email_all on customers (email)`, "T8", "customers_email_all"},
		{"a table has no tenant", `create table notes (id uuid primary key, body text); grant select on notes to app_user;
			alter table notes enable row level security; alter table notes force row level security;
			create policy tenant on notes using (true) with check (true)`, "T1", "notes"},
		{"a tenant may be null", `alter table search_words drop constraint search_words_pkey; alter table search_words alter tenant_id drop not null`, "T2", "search_words"},
		{"a table is tied to no tenant", `alter table counters drop constraint counters_tenant_fkey`, "T10", "counters"},
		{"a view has its owner's rights", `create view all_sales as select tenant_id, total_minor from sales`, "V1", "all_sales"},
		{"a materialized view is readable", `create materialized view day_totals as select tenant_id, sum(total_minor) as total from sales group by tenant_id;
			grant select on day_totals to app_user`, "V2", "day_totals"},
		{"a definer function has no search_path", `create function platform.peek() returns bigint language sql security definer as 'select count(*) from public.sales'`, "F1", "platform.peek()"},
		{"app_user may truncate", `grant truncate on stock_moves to app_user`, "P1", "stock_moves"},
		{"app_user owns a table", `create table platform.scratch (id int); alter table platform.scratch owner to app_user; revoke all on platform.scratch from app_user`, "P2", "platform.scratch"},
		{"app_user may change its tenant", `grant execute on function pg_catalog.set_config(text, text, boolean) to app_user`, "P3", "set_config"},
		{"a finished sale may be changed", `grant update (total_minor) on sales to app_user`, "P5", "sales"},
		{"the log-in has a right of its own", `grant select on items to souk_login`, "P6", "items"},
		{"a column is a float", `alter table items add weight real`, "C1", "items.weight"},
	}
	for _, hole := range holes {
		t.Run(hole.name, func(t *testing.T) {
			database, _, name := dbtest.Fresh(t)
			superuser := dbtest.Superuser(t, name)
			found, err := db.Lint(t.Context(), superuser)
			require.NoError(t, err)
			require.Empty(t, found, "nothing is wrong before")
			_, err = superuser.Exec(t.Context(), hole.statement)
			require.NoError(t, err)

			found, err = db.Lint(t.Context(), superuser)
			require.NoError(t, err)
			named := slices.IndexFunc(found, func(v db.Violation) bool { return v.Rule == hole.rule && v.Object == hole.object })
			require.GreaterOrEqual(t, named, 0, "%s %s is not among %v", hole.rule, hole.object, found)
			for _, violation := range found {
				require.Contains(t, hole.statement, violation.Object[strings.LastIndex(violation.Object, ".")+1:], "blames what nobody touched: %s", violation)
			}
			err = database.Check(t.Context())
			require.ErrorContains(t, err, "isolation is not in force")
			require.ErrorContains(t, err, found[named].String())
		})
	}
	t.Logf("planted holes in the schema: %d, all named", len(holes))
	require.NotEmpty(t, holes)
}

// silent names the live tables whose writes are not announced, or as another
// topic, and the tables that are announced but stand in no topic.
func silent(t *testing.T, conn *pgx.Conn, topics []live.Topic) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select c.relname, g.tgname, encode(g.tgargs, 'escape'), g.tgenabled = 'O' and g.tgfoid = 'platform.queue_change'::regproc
		from   pg_trigger g
		join   pg_class c on c.oid = g.tgrelid
		where  g.tgname in ('live_insert', 'live_update', 'live_delete') and not g.tgisinternal`)
	require.NoError(t, err)
	heard := map[string]bool{}
	tables := map[string]bool{}
	for rows.Next() {
		var tab, trigger, args string
		var works bool
		require.NoError(t, rows.Scan(&tab, &trigger, &args, &works))
		topic, _, _ := cut(args)
		heard[tab+" "+trigger+" "+topic] = works
		tables[tab] = true
	}
	require.NoError(t, rows.Err())
	var quiet []string
	for _, topic := range topics {
		for _, tab := range topic.Tables {
			delete(tables, tab)
			for _, trigger := range []string{"live_insert", "live_update", "live_delete"} {
				if !heard[tab+" "+trigger+" "+topic.Name] {
					quiet = append(quiet, fmt.Sprintf("%s on %s for %s", trigger, tab, topic.Name))
				}
			}
		}
	}
	for tab := range tables {
		quiet = append(quiet, tab+" is announced but is in no topic")
	}
	slices.Sort(quiet)
	return quiet
}

// cut takes the first of a trigger's arguments, which stand one after another
// with a zero byte behind each.
func cut(args string) (first, rest string, more bool) {
	for i := 0; i+4 <= len(args); i++ {
		if args[i:i+4] == `\000` {
			return args[:i], args[i+4:], true
		}
	}
	return args, "", false
}

func TestEveryLiveTableIsAnnounced(t *testing.T) {
	_, _, name := dbtest.Fresh(t)
	require.Empty(t, silent(t, dbtest.Superuser(t, name), read(Modules).topics()))
}

func TestPlantedSilentTablesAreNamed(t *testing.T) {
	topics := read(Modules).topics()
	cases := 0
	for _, hole := range []struct{ name, statement, names string }{
		{"a trigger is removed", `drop trigger live_update on items`, "live_update on items for catalog.items"},
		{"a trigger is switched off", `alter table sales disable trigger live_insert`, "live_insert on sales for sales.list"},
		{"a trigger calls another topic", `drop trigger live_delete on customers; create trigger live_delete after delete on customers
			referencing old table as touched for each statement execute function platform.queue_change('parties.other', 'id')`,
			"live_delete on customers for parties.customers"},
		{"a table is announced that no topic has", `select platform.live_table('units', 'catalog.setup', 'tenant_id')`, "units is announced but is in no topic"},
	} {
		t.Run(hole.name, func(t *testing.T) {
			_, _, name := dbtest.Fresh(t)
			superuser := dbtest.Superuser(t, name)
			_, err := superuser.Exec(t.Context(), hole.statement)
			require.NoError(t, err)
			require.Equal(t, []string{hole.names}, silent(t, superuser, topics))
			cases++
		})
	}
	t.Logf("planted silent tables: %d, all named", cases)
	require.NotZero(t, cases)
}

func TestPlantedRouteWithoutPermissionIsNamed(t *testing.T) {
	unguarded := Modules[0].Routes[0]
	unguarded.Needs = ""
	planted := slices.Clone(Modules)
	planted[0].Routes = append([]web.Route{unguarded}, planted[0].Routes[1:]...)

	t.Run("by the list of modules", func(t *testing.T) {
		require.PanicsWithValue(t, fmt.Sprintf("route %s of %s needs permission %q, which no module declares", unguarded.Name(), planted[0].Key, ""),
			func() { read(planted) })
	})
	t.Run("by the router", func(t *testing.T) {
		database := dbtest.Open(t)
		server := web.New(web.Config{Domain: "souk.test"}, database, auth.NewAuthority(database, nil), web.NewDirectory(database, false))
		require.PanicsWithValue(t, "route "+unguarded.Name()+" names no permission", func() { server.Mount(unguarded) })
	})
	t.Run("a permission that nobody declares", func(t *testing.T) {
		stray := unguarded
		stray.Needs = "company.no_such_right"
		lost := []module.Module{{Key: "lost", Routes: []web.Route{stray}}}
		require.PanicsWithValue(t, fmt.Sprintf("route %s of lost needs permission %q, which no module declares", stray.Name(), stray.Needs), func() { read(lost) })
	})
}
