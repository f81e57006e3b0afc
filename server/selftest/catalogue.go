package selftest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"souk/server/platform/audit"
	"souk/server/platform/db"
	"souk/server/platform/live"
)

// table is a tenant table as the catalogue describes it; names are quoted.
type table struct {
	Name    string
	Plain   string   // the name as it is
	Columns []string // those that are not computed
	Types   []string
	Key     []string
	// Foreign are the columns by which rows point at rows of other tenant tables.
	Foreign []string
	// Grants are what app_user may do.
	Read, Truncate, Owned bool
}

const tenantTables db.SQL = `
	select c.oid::regclass::text as name, c.relname::text as plain,
	       array_agg(quote_ident(a.attname) order by a.attnum) as columns, array_agg(format_type(a.atttypid, null) order by a.attnum) as types,
	       coalesce((select array_agg(k.attname::text order by x.n) from pg_index i, unnest(i.indkey) with ordinality x(attnum, n)
	        join pg_attribute k on k.attnum = x.attnum where i.indrelid = c.oid and i.indisprimary and k.attrelid = c.oid), '{}') as key,
	       array(select distinct k.attname::text from pg_constraint f, unnest(f.conkey) x(attnum)
	        join pg_attribute k on k.attnum = x.attnum
	        where f.conrelid = c.oid and k.attrelid = c.oid and f.contype = 'f' and k.attname <> 'tenant_id'
	        and f.confrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)) as foreign,
	       has_table_privilege('app_user', c.oid, 'select') as read, has_table_privilege('app_user', c.oid, 'truncate') as truncate,
	       pg_has_role('app_user', c.relowner, 'usage') as owned
	from   pg_class c
	join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
	where  c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'goose_db_version'
	and    exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
	group  by c.oid
	order  by c.relname`

// readTables takes the tenant tables from the catalogue, so that none is left out.
func readTables(ctx context.Context, conn *pgx.Conn) ([]table, error) {
	rows, err := conn.Query(ctx, string(tenantTables))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[table])
}

// outcome is what a statement came to.
type outcome struct {
	rows    [][]string
	touched int64
	code    string // SQLSTATE of a refusal
	said    string // the refusal's text
}

// as sends a statement as the application's own role in a tenant's context (or in
// none), and takes back whatever it did.
func (r *run) as(ctx context.Context, tenant uuid.UUID, statement string) (outcome, error) {
	bind := "select set_config('role', 'app_user', true), set_config('lock_timeout', '100ms', true), set_config('statement_timeout', '5s', true)"
	if tenant != uuid.Nil {
		bind += ", set_config('app.tenant_id', '" + tenant.String() + "', true), set_config('app.actor', '', true)"
	}
	out, err := r.send(ctx, "begin; "+bind+"; "+statement+"; rollback")
	if err != nil || out.code != "" {
		_, back := r.send(ctx, "rollback")
		err = errors.Join(err, back)
	}
	return out, err
}

// send speaks the simple protocol: every value comes as text.
func (r *run) send(ctx context.Context, text string) (out outcome, err error) {
	results := r.conn.PgConn().Exec(ctx, text)
	for n := 0; results.NextResult(); n++ {
		reader := results.ResultReader()
		for reader.NextRow() {
			if n < 2 {
				continue // begin and bind
			}
			row := make([]string, len(reader.Values()))
			for i, value := range reader.Values() {
				row[i] = string(value)
			}
			out.rows = append(out.rows, row)
		}
		tag, _ := reader.Close()
		if n >= 2 && !tag.Select() {
			out.touched += tag.RowsAffected()
		}
	}
	err = results.Close()
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		out.code, out.said = refused.Code, refused.Message+" "+refused.Detail+" "+refused.Hint
		return out, nil
	}
	return out, err
}

// learn reads all that a throw-away shop has, in its own context.
func (r *run) learn(ctx context.Context, of *shop) error {
	of.rows, of.ids = map[string][]map[string]any{}, map[string]bool{of.id.String(): true}
	for _, tab := range r.tables {
		if !tab.Read {
			continue
		}
		got, err := r.as(ctx, of.id, "select to_jsonb(t) from "+tab.Name+" t where tenant_id = "+literal(of.id.String())+" limit 400")
		if err != nil {
			return err
		}
		for _, line := range got.rows {
			var row map[string]any
			if err := json.Unmarshal([]byte(line[0]), &row); err != nil {
				return err
			}
			of.rows[tab.Plain] = append(of.rows[tab.Plain], row)
			for _, value := range row {
				if id, err := uuid.Parse(fmt.Sprint(value)); err == nil {
					of.ids[id.String()] = true
				}
			}
		}
	}
	return nil
}

// learnOwn reads some ids of the shop that asked, and nothing else of it.
func (r *run) learnOwn(ctx context.Context) error {
	if r.order.Own == uuid.Nil {
		return nil
	}
	r.own = &ownShop{id: r.order.Own, rows: map[string][]map[string]any{}, ids: map[string]bool{r.order.Own.String(): true}}
	err := r.Database.Platform(ctx, "find the address of a shop that tests itself", func(ctx context.Context, tx *db.Tx) (err error) {
		r.own.slug, err = db.One[string](ctx, tx, slugOfShop, db.Args{"id": r.order.Own})
		return err
	})
	if err != nil {
		return err
	}
	r.report.Shop = r.own.slug
	for _, tab := range r.tables {
		at := slices.Index(tab.Columns, "id")
		if !tab.Read || at < 0 || tab.Types[at] != "uuid" {
			continue
		}
		got, err := r.as(ctx, r.own.id, "select id from "+tab.Name+" where tenant_id = "+literal(r.own.id.String())+" limit 20")
		if err != nil {
			return err
		}
		for _, line := range got.rows {
			r.own.rows[tab.Plain] = append(r.own.rows[tab.Plain], map[string]any{"id": line[0]})
			r.own.ids[line[0]] = true
		}
	}
	return nil
}

// fingerprint is a hash over every row of a throw-away shop, table by table.
func (r *run) fingerprint(ctx context.Context, tenant uuid.UUID) (map[string]string, error) {
	// What was committed gets its numbers and its seals now, and not while the shop is looked at.
	if err := live.Number(ctx, r.Database, tenant); err != nil {
		return nil, err
	}
	if _, err := audit.Seal(ctx, r.Database, tenant); err != nil {
		return nil, err
	}
	prints := map[string]string{}
	for _, tab := range r.tables {
		if !tab.Read {
			continue
		}
		got, err := r.as(ctx, tenant, "select to_jsonb(t)::text from "+tab.Name+" t where tenant_id = "+literal(tenant.String())+" order by 1")
		if err != nil {
			return nil, err
		}
		sum := sha256.New()
		for _, line := range got.rows {
			sum.Write([]byte(line[0]))
		}
		prints[tab.Plain] = fmt.Sprint(len(got.rows), " ", hex.EncodeToString(sum.Sum(nil)))
	}
	return prints, nil
}

// differing are the tables whose prints are not the same.
func differing(before, after map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	return names
}

// literal quotes a text for a statement that is sent as it is.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// leakIn gives the first thing of the victim's, or of the shop's that asked, in a
// text, unless the attacker brought it along: its kind and never itself.
func (r *run) leakIn(text string, brought []string) string {
	said := strings.Join(brought, " ")
	lower := strings.ToLower(text)
	for at := 0; at+36 <= len(lower); at++ {
		if lower[at+8] != '-' || lower[at+13] != '-' {
			continue
		}
		id := lower[at : at+36]
		if strings.Contains(said, id) {
			continue
		}
		if r.victim.ids[id] {
			return "an id of the other throw-away shop"
		}
		if r.own != nil && r.own.ids[id] {
			return "an id of your shop"
		}
	}
	if strings.Contains(lower, strings.ToLower(r.victim.mark)) && !strings.Contains(strings.ToLower(said), strings.ToLower(r.victim.mark)) {
		return "a text of the other throw-away shop"
	}
	return ""
}
