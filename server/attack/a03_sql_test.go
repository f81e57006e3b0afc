package attack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// refusals are the ways in which PostgreSQL may say no to an attack. Any other
// error means that the attack itself was not well made.
var refusals = []string{
	"42501", // no right, or row-level security
	"0A000", // COPY FROM under row-level security
	"23503", // the row pointed at is not there
	"23505", // the attacker's own row stands there already
	"23514", "23502",
	"55P03", // a lock that somebody holds
}

// intruder is raw SQL as the application's role, in shop B's context, against
// the rows of shop A.
type intruder struct {
	conn  *pgx.Conn
	mine  uuid.UUID
	prey  *prey
	cases *tally
	codes map[string]int // refusals by SQLSTATE
}

// attack is one statement with its arguments.
type attack struct {
	kind, sql string
	args      []any
}

// run sends the statement, commits if it may, and fails the test if it shows or
// reports as touched anything of the prey's.
func (in *intruder) run(t *testing.T, table string, a attack) (code string) {
	t.Helper()
	in.cases.one()
	shown, touched, err := in.send(t.Context(), a)
	if leak := in.prey.canaryIn(shown, a.args); leak != "" {
		t.Errorf("%s on %s shows %s of the other shop: %s", a.kind, table, leak, a.sql)
	}
	if touched != 0 {
		t.Errorf("%s on %s touched %d rows of the other shop: %s", a.kind, table, touched, a.sql)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		code = pg.Code
		in.codes[code]++
		if !slices.Contains(refusals, code) {
			t.Errorf("%s on %s failed for a reason of its own: %v: %s", a.kind, table, err, a.sql)
		}
		if leak := in.prey.canaryIn(pg.Message+pg.Detail+pg.Hint, a.args); leak != "" {
			t.Errorf("%s on %s is refused with %s of the other shop: %v", a.kind, table, leak, err)
		}
	} else if err != nil {
		require.NoError(t, err, "%s on %s", a.kind, table)
	}
	return code
}

func (in *intruder) send(ctx context.Context, a attack) (shown string, touched int64, err error) {
	tx, err := in.begin(ctx, in.mine)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if strings.HasPrefix(a.sql, "copy") {
		return in.copy(ctx, tx, a)
	}
	rows, err := tx.Query(ctx, a.sql, a.args...)
	if err != nil {
		return "", 0, err
	}
	var text strings.Builder
	for rows.Next() {
		for _, value := range rows.RawValues() {
			text.Write(value)
			text.WriteByte('\n')
		}
	}
	if err := rows.Err(); err != nil {
		return text.String(), 0, err
	}
	if tag := rows.CommandTag(); !tag.Select() {
		touched = tag.RowsAffected()
	}
	return text.String(), touched, tx.Commit(ctx)
}

func (in *intruder) begin(ctx context.Context, tenant uuid.UUID) (pgx.Tx, error) {
	tx, err := in.conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `select set_config('app.tenant_id', $1, true), set_config('app.actor', '', true),
		set_config('role', 'app_user', true), set_config('lock_timeout', '2s', true)`, tenant.String())
	if err != nil {
		return nil, errors.Join(err, tx.Rollback(ctx))
	}
	return tx, nil
}

func (in *intruder) copy(ctx context.Context, tx pgx.Tx, a attack) (string, int64, error) {
	var out strings.Builder
	if strings.Contains(a.sql, "from stdin") {
		tag, err := tx.Conn().PgConn().CopyFrom(ctx, strings.NewReader(a.args[0].(string)), a.sql)
		if err != nil {
			return "", 0, err
		}
		return "", tag.RowsAffected(), tx.Commit(ctx)
	}
	_, err := tx.Conn().PgConn().CopyTo(ctx, &out, a.sql)
	return out.String(), 0, err
}

// attacksOn makes the attacks on one table out of what the catalogue says of it
// and of one of the prey's rows.
func attacksOn(tab table, row map[string]any, prey, mine uuid.UUID) []attack {
	name, all := tab.name, tab.columns[len(tab.columns)-1]
	theirs := string(must(json.Marshal(row)))
	key, values := tab.keyIs(row)
	fresh := string(must(json.Marshal(tab.withFreshKey(row))))
	return []attack{
		{"select their rows", "select * from " + name + " where tenant_id = $1", []any{prey}},
		{"select all others", "select * from " + name + " where tenant_id <> $1", []any{mine}},
		{"select by key", "select * from " + name + " where " + key, values},
		{"select without a predicate", "select tenant_id from " + name, nil},
		{"count them", "select nullif(count(*), 0) from " + name + " where tenant_id = $1", []any{prey}},
		{"make them raise an error", "select 1 from " + name + " where 1 / (case when tenant_id = $1 then 0 else 1 end) = 1", []any{prey}},
		{"join them", "select a.* from " + name + " a join " + name + " b on b." + all + " is not distinct from a." + all + " where a.tenant_id <> b.tenant_id", nil},
		{"select for update", "select tenant_id from " + name + " where tenant_id = $1 for update", []any{prey}},
		{"select for key share", "select tenant_id from " + name + " where tenant_id = $1 for key share", []any{prey}},
		{"select through XML", "select query_to_xml('select * from " + name + "', true, true, '')::text", nil},
		{"change tenant in a query", "select t.* from set_config('app.tenant_id', $1, true) c, " + name + " t", []any{prey.String()}},
		{"change role in a query", "select t.* from set_config('role', 'souk_login', true) c, " + name + " t", nil},
		{"switch row-level security off", "select t.* from set_config('row_security', 'off', true) c, " + name + " t", nil},
		{"read the statistics", "select most_common_vals::text, histogram_bounds::text from pg_stats where tablename = $1", []any{name}},
		{"insert their row again", tab.insert(), []any{theirs}},
		{"insert a row for them", tab.insert(), []any{fresh}},
		{"insert or leave", tab.insert() + " on conflict do nothing", []any{theirs}},
		{"insert or update", tab.insert() + " on conflict (" + strings.Join(tab.key, ", ") +
			") do update set tenant_id = excluded.tenant_id", []any{theirs}},
		{"update their rows", "update " + name + " set " + all + " = " + all + " where tenant_id = $1 returning tenant_id", []any{prey}},
		{"update by key", "update " + name + " set " + all + " = " + all + " where " + key + " returning tenant_id", values},
		{"update all others", "update " + name + " set " + all + " = " + all + " where tenant_id <> $1", []any{mine}},
		{"take their rows over", "update " + name + " set tenant_id = $1 where tenant_id = $2", []any{mine, prey}},
		{"give them my rows", "update " + name + " set tenant_id = $1", []any{prey}},
		{"delete their rows", "delete from " + name + " where tenant_id = $1 returning tenant_id", []any{prey}},
		{"delete by key", "delete from " + name + " where " + key, values},
		{"delete all others", "delete from " + name + " where tenant_id <> $1", []any{mine}},
		{"merge: delete", "merge into " + name + " t using (values (1)) v on t.tenant_id = $1 when matched then delete", []any{prey}},
		{"merge: update", "merge into " + name + " t using (values (1)) v on t.tenant_id = $1 when matched then update set " + all + " = t." + all, []any{prey}},
		{"truncate", "truncate " + name, nil},
		{"truncate with what hangs on it", "truncate " + name + " cascade", nil},
		{"drop the policy", "drop policy tenant on " + name, nil},
		{"switch the table's security off", "alter table " + name + " disable row level security", nil},
		{"switch the triggers off", "alter table " + name + " disable trigger all", nil},
		{"put a trigger on it", "create trigger spy after insert on " + name + " for each row execute function platform.queue_change()", nil},
		{"shadow the table", "create temp table " + name + " (tenant_id uuid)", nil},
		{"put a view over it", "create view spy_" + name + " as select * from " + name, nil},
		{"copy out", "copy " + name + " to stdout", nil},
		{"copy a query out", "copy (select * from " + name + ") to stdout", nil},
		{"copy in", "copy " + name + " (tenant_id) from stdin", []any{prey.String() + "\n"}},
		{"lock", "lock table " + name + " in access exclusive mode", nil},
	}
}

func must(raw []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return raw
}

// pointings are rows of the attacker's own that point at one of the prey's.
func pointings(tab table, row map[string]any, mine uuid.UUID) []attack {
	var out []attack
	for _, fk := range tab.foreign {
		own := tab.withFreshKey(row)
		own["tenant_id"] = mine.String()
		points := false
		for _, column := range fk.columns {
			if column == "tenant_id" {
				continue
			}
			own[column] = row[column]
			_, err := uuid.Parse(fmt.Sprint(row[column]))
			points = points || err == nil
		}
		if !points {
			continue // null here, or a code that is no secret
		}
		out = append(out, attack{
			"point at their row by " + fk.name, tab.insert(),
			[]any{string(must(json.Marshal(own)))},
		})
		for _, column := range fk.columns {
			if _, err := uuid.Parse(fmt.Sprint(row[column])); column != "tenant_id" && err == nil {
				out = append(out, attack{
					"turn my row to theirs by " + fk.name, fmt.Sprintf("update %s set %s = $1", tab.name, column), []any{row[column]},
				})
			}
		}
	}
	return out
}

func TestAttackBySQL(t *testing.T) {
	ring := newRing(t)
	prey := ring.prey(t, ring.a)
	in := &intruder{conn: ring.loginConn(t), mine: ring.b.id, prey: prey, cases: count(t, "A3", 0), codes: map[string]int{}}
	tables := ring.tables(t)
	before := ring.fingerprint(t, ring.a.id)
	for _, tab := range tables {
		rows := prey.rows[tab.name]
		require.NotEmpty(t, rows, "table %s has no row to attack: let trade in server/attack/fixture_test.go make one for both shops, by a route or by r.write", tab.name)
		attacks := attacksOn(tab, rows[0], ring.a.id, ring.b.id)
		in.cases.expect(len(attacks))
		for _, a := range attacks {
			in.ownRowsAllowed(t, tab, a)
		}
		for _, row := range rows[:min(len(rows), 3)] {
			attacks := pointings(tab, row, ring.b.id)
			in.cases.expect(len(attacks))
			for _, a := range attacks {
				in.pointing(t, tab, a)
			}
		}
		require.Equal(t, before, ring.fingerprint(t, ring.a.id), "an attack on %s changed the other shop", tab.name)
	}
	in.outsideTheTables(t)
	require.Equal(t, before, ring.fingerprint(t, ring.a.id))

	require.Greater(t, in.cases.ran, 30*len(tables))
	require.NotZero(t, in.codes["42501"])
	require.NotZero(t, in.codes["23503"], "no attack came as far as a foreign key")
}

// ownRowsAllowed runs an attack that may rightly touch the attacker's own rows
// and nothing else.
func (in *intruder) ownRowsAllowed(t *testing.T, tab table, a attack) {
	t.Helper()
	code := in.run(t, tab.name, a)
	mustFail := strings.HasPrefix(a.sql, "insert") || strings.HasPrefix(a.sql, "truncate") || strings.HasPrefix(a.sql, "alter") ||
		strings.HasPrefix(a.sql, "drop") || strings.HasPrefix(a.sql, "create") || strings.Contains(a.sql, "set_config") ||
		strings.Contains(a.sql, "from stdin")
	if mustFail && code == "" {
		t.Errorf("%s on %s was not refused: %s", a.kind, tab.name, a.sql)
	}
}

// pointing must be refused, or have found no row of one's own to turn.
func (in *intruder) pointing(t *testing.T, tab table, a attack) {
	t.Helper()
	code := in.run(t, tab.name, a)
	if code == "" && strings.HasPrefix(a.sql, "insert") {
		t.Errorf("a row of %s points at another shop's: %s", tab.name, a.kind)
	}
}

func (in *intruder) outsideTheTables(t *testing.T) {
	t.Helper()
	outside := []string{
		"select * from platform.tenants", "select * from platform.accounts", "select * from platform.change_heads",
		"select * from platform.change_queue", "select * from platform.access_log", "insert into platform.change_queue (topic) values ('x')",
		"select platform.tenant_table('items', 'all')", "set role souk_owner", "set role souk_maintenance", "set session authorization postgres",
		"create table spy (id int)", "create schema spy", "create function spy() returns int language sql as 'select 1'",
		"select lo_export(1, '/tmp/x')", "select pg_read_file('/etc/passwd')", "copy items to program 'cat'", "select pg_ls_dir('/')",
		"alter role app_user bypassrls", "grant souk_owner to souk_login", "alter role souk_login set row_security = off", "create extension dblink",
	}
	in.cases.expect(len(outside))
	for _, sql := range outside {
		code := in.run(t, "the database", attack{kind: "go round the tables", sql: sql})
		if code == "" {
			t.Errorf("not refused: %s", sql)
		}
	}
}
