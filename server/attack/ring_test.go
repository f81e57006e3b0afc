package attack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/audit"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
)

// table is a tenant table as the catalogue describes it.
type table struct {
	name    string
	columns []string // those that are not computed
	types   map[string]string
	key     []string
	foreign []foreignKey
}

type foreignKey struct {
	name    string
	columns []string
	target  string
}

// prey is what shop A has, as a superuser sees it.
type prey struct {
	rows     map[string][]map[string]any
	ids      map[string]bool // every uuid of A's that B has not
	canaries []string        // texts that only A's rows hold
}

// canaryIn gives the first thing of the prey's in a text, unless the attacker
// brought it along.
func (p *prey) canaryIn(text string, brought []any) string {
	said := fmt.Sprint(brought...)
	for at := 0; at+36 <= len(text); at++ {
		if text[at+8] != '-' || text[at+13] != '-' {
			continue
		}
		if id := strings.ToLower(text[at : at+36]); p.ids[id] && !strings.Contains(said, id) {
			return "id " + id
		}
	}
	for _, canary := range p.canaries {
		if strings.Contains(text, canary) && !strings.Contains(said, canary) {
			return fmt.Sprintf("text %q", canary)
		}
	}
	return ""
}

func (tab table) keyIs(row map[string]any) (where string, values []any) {
	var parts []string
	for _, column := range tab.key {
		values = append(values, fmt.Sprint(row[column]))
		parts = append(parts, fmt.Sprintf("%s = $%d::text::%s", column, len(values), tab.types[column]))
	}
	return strings.Join(parts, " and "), values
}

// insert puts a row in that is given as JSON.
func (tab table) insert() string {
	columns := strings.Join(tab.columns, ", ")
	return fmt.Sprintf("insert into %s (%s) select %s from jsonb_populate_record(null::%s, $1::jsonb)", tab.name, columns, columns, tab.name)
}

// withFreshKey is a copy of a row whose own ids nobody has yet.
func (tab table) withFreshKey(row map[string]any) map[string]any {
	fresh := map[string]any{}
	for column, value := range row {
		fresh[column] = value
	}
	pointing := map[string]bool{"tenant_id": true}
	for _, fk := range tab.foreign {
		for _, column := range fk.columns {
			pointing[column] = true
		}
	}
	for _, column := range tab.key {
		switch {
		case pointing[column]:
		case tab.types[column] == "uuid":
			fresh[column] = uuid.NewString()
		case tab.types[column] == "text":
			fresh[column] = "fresh-" + uuid.NewString()[:8]
		case tab.types[column] == "date":
			fresh[column] = "2031-01-01"
		default:
			fresh[column] = 900000 + len(column)
		}
	}
	return fresh
}

const tenantTables = `
	select c.relname, array_agg(a.attname::text order by a.attnum), array_agg(format_type(a.atttypid, null) order by a.attnum),
	       (select array_agg(k.attname::text order by x.n) from pg_index i, unnest(i.indkey) with ordinality x(attnum, n)
	        join pg_attribute k on k.attnum = x.attnum where i.indrelid = c.oid and i.indisprimary and k.attrelid = c.oid)
	from   pg_class c
	join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
	where  c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'goose_db_version'
	group  by c.oid, c.relname
	order  by c.relname`

const foreignKeys = `
	select c.relname, k.conname, f.relname, array(select a.attname::text from unnest(k.conkey) with ordinality x(attnum, n)
	       join pg_attribute a on a.attrelid = c.oid and a.attnum = x.attnum order by x.n)
	from   pg_constraint k
	join   pg_class c on c.oid = k.conrelid
	join   pg_class f on f.oid = k.confrelid
	where  k.contype = 'f' and c.relnamespace = 'public'::regnamespace and f.relnamespace = 'public'::regnamespace`

// tables reads the tenant tables out of the catalogue, so that none can be forgotten.
func (r *ring) tables(t *testing.T) []table {
	t.Helper()
	rows, err := r.superuser.Query(t.Context(), tenantTables)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (table, error) {
		tab := table{types: map[string]string{}}
		var types []string
		err := row.Scan(&tab.name, &tab.columns, &types, &tab.key)
		for i, column := range tab.columns {
			tab.types[column] = types[i]
		}
		return tab, err
	})
	require.NoError(t, err)
	rows, err = r.superuser.Query(t.Context(), foreignKeys)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		var fk foreignKey
		require.NoError(t, rows.Scan(&name, &fk.name, &fk.target, &fk.columns))
		at := slices.IndexFunc(tables, func(tab table) bool { return tab.name == name })
		tables[at].foreign = append(tables[at].foreign, fk)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, tables)
	return tables
}

// fingerprint is a hash over every row of a tenant, table by table.
func (r *ring) fingerprint(t *testing.T, tenant uuid.UUID) map[string]string {
	t.Helper()
	// What was committed before gets its numbers now, and not while the shop is under attack.
	require.NoError(t, live.Number(t.Context(), r.program.Database, tenant))
	_, err := audit.Seal(t.Context(), r.program.Database, tenant)
	require.NoError(t, err)
	prints := map[string]string{}
	for _, tab := range r.tables(t) {
		var print string
		err := r.superuser.QueryRow(t.Context(), fmt.Sprintf(
			`select count(*) || ' ' || coalesce(md5(string_agg(to_jsonb(t)::text, e'\n' order by to_jsonb(t)::text)), '') from %s t where tenant_id = $1`,
			tab.name), tenant).Scan(&print)
		require.NoError(t, err)
		prints[tab.name] = print
	}
	return prints
}

// prey reads all that one shop has.
func (r *ring) prey(t *testing.T, of *shop) *prey {
	t.Helper()
	found := &prey{rows: map[string][]map[string]any{}, ids: map[string]bool{}}
	others := map[string]bool{}
	texts := map[string]bool{}
	for _, tab := range r.tables(t) {
		rows, err := r.superuser.Query(t.Context(), fmt.Sprintf(
			`select tenant_id, to_jsonb(t) from %s t where tenant_id = any($1) order by 2`, tab.name), []uuid.UUID{r.a.id, r.b.id})
		require.NoError(t, err)
		for rows.Next() {
			var owner uuid.UUID
			var row map[string]any
			require.NoError(t, rows.Scan(&owner, &row))
			if owner == of.id {
				found.rows[tab.name] = append(found.rows[tab.name], row)
			}
			for column, value := range row {
				text, _ := value.(string)
				id, err := uuid.Parse(text)
				switch {
				case owner != of.id:
					others[strings.ToLower(text)] = true
				case err == nil:
					found.ids[id.String()] = true
				case strings.Contains(text, canaryMark) && column != "response":
					texts[text] = true
				}
			}
		}
		require.NoError(t, rows.Err())
	}
	for id := range found.ids {
		if others[id] {
			delete(found.ids, id)
		}
	}
	for text := range texts {
		if !others[strings.ToLower(text)] {
			found.canaries = append(found.canaries, text)
		}
	}
	return found
}

// canaryMark stands in every text that shop A's fixture writes.
const canaryMark = "CNRY"

// ring is two shops on one database, one of which attacks the other.
type ring struct {
	database  *db.DB
	access    db.Access
	superuser *pgx.Conn
	program   *app.App
	a, b      *shop
	calls     int
	watching  *watch // over shop A, while it is under attack
}

func (r *ring) loginConn(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.access.LoginURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	pgxuuid.Register(conn.TypeMap())
	return conn
}

func openRing(t *testing.T) *ring {
	t.Helper()
	database, access, name := dbtest.Fresh(t)
	superuser := dbtest.Superuser(t, name)
	pgxuuid.Register(superuser.TypeMap())
	return &ring{database: database, access: access, superuser: superuser}
}
