package attack_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/db/constants"
)

// writes are the tables that a statement writes to.
var writes = regexp.MustCompile(`(?i)\b(?:insert into|update|delete from)\s+(?:public\.)?([a-z_]+)\b`)

// mutant is a statement of the program with a fault in it.
type mutant struct {
	name string // package.constant and what was done to it
	sql  db.SQL
	// tenant is what its @tenant is bound to.
	tenant uuid.UUID
}

// mutantsOf leaves out one tenant predicate after the other, then has the whole
// statement name the other shop.
func mutantsOf(s constants.Statement, mine, theirs uuid.UUID) []mutant {
	places := predicate.FindAllStringIndex(string(s.SQL), -1)
	var made []mutant
	for n, at := range places {
		made = append(made, mutant{fmt.Sprintf("%s without its predicate %d", s.Name, n+1), s.SQL[:at[0]] + "true" + s.SQL[at[1]:], mine})
	}
	if strings.Contains(string(s.SQL), "@tenant") {
		made = append(made, mutant{s.Name + " naming the other shop", s.SQL, theirs})
	}
	return made
}

// spare runs a mutant in B's context over the superuser's connection, which can look
// into the transaction from outside the policies before it takes all of it back.
type spare struct {
	ring   *ring
	prey   *prey
	kinds  map[uint32]string // types by their numbers
	all    string            // every id of A's, as an array
	tables map[string]bool   // that are tenants'
	names  []string          // theirs, in order
}

// outcome is what a mutant did.
type outcome struct {
	failed bool
	leak   string   // of A's, in what it gave
	wrote  []string // tables in which rows of A's were written or lost
}

// arguments binds what a statement takes, all of it so that it finds as much of A's
// as it can: ids are A's, an argument that is called like a column is what stands there
// in a row of A's, filters that may be left out are if bare says so.
func (s *spare) arguments(names []string, types []uint32, m mutant, id uuid.UUID, bare bool) [][]byte {
	values := make([][]byte, len(names))
	for i, name := range names {
		kind := s.kinds[types[i]]
		theirs, known := s.column(m.sql, name, kind)
		switch {
		case name == "tenant":
			values[i] = []byte(m.tenant.String())
		case name == "stores", strings.HasPrefix(name, "after"), bare && kind != "_uuid" && name != "limit" && name != "now":
		case known:
			values[i] = []byte(theirs)
		case kind == "uuid":
			values[i] = []byte(id.String())
		case kind == "_uuid":
			values[i] = []byte(s.all)
		case kind == "bool":
			values[i] = []byte("t")
		case slices.Contains([]string{"int2", "int4", "int8", "numeric"}, kind):
			values[i] = []byte("1000")
		case kind == "timestamptz", kind == "date":
			values[i] = []byte("2026-06-01")
		case kind == "json", kind == "jsonb", strings.HasPrefix(kind, "_"):
			values[i] = []byte("{}")
		case kind == "interval":
			values[i] = []byte("1 day")
		case kind == "bytea":
			values[i] = []byte(`\x00`)
		default:
			values[i] = []byte("a")
		}
	}
	return values
}

// column is what a row of A's has in the column that an argument is called after, or in
// all rows if the argument is a list.
func (s *spare) column(sql db.SQL, name, kind string) (value string, known bool) {
	var all []string
	for _, table := range s.names {
		if !strings.Contains(string(sql), table) || kind == "uuid" && name == "id" {
			continue
		}
		for _, row := range s.prey.rows[table] {
			for _, column := range []string{name, strings.TrimSuffix(name, "s"), name + "_id", name + "_minor"} {
				if value, there := row[column]; there && value != nil && fmt.Sprint(value) != "" && !strings.HasPrefix(kind, "json") {
					all = append(all, fmt.Sprint(value))
				}
			}
		}
	}
	switch {
	case len(all) == 0 || slices.ContainsFunc(all, func(text string) bool { return strings.ContainsAny(text, `[]{}"\\,`) }):
		return "", false
	case strings.HasPrefix(kind, "_"):
		return `{"` + strings.Join(all, `","`) + `"}`, true
	}
	return all[0], true
}

// attempt is what a mutant is called with, and the id of A's that it names.
type attempt struct {
	id     uuid.UUID
	values [][]byte
}

// attempts are the different ways to call a mutant.
func (s *spare) attempts(ctx context.Context, m mutant) ([]attempt, error) {
	text, names := db.Compile(m.sql)
	prepared, err := s.ring.superuser.PgConn().Prepare(ctx, "", text, nil)
	if err != nil {
		return nil, err
	}
	var all []attempt
	seen := map[string]bool{}
	for _, id := range s.idsFor(m.sql) {
		for _, bare := range []bool{false, true} {
			values := s.arguments(names, prepared.ParamOIDs, m, id, bare)
			if key := fmt.Sprintf("%q", values); !seen[key] {
				seen[key] = true
				all = append(all, attempt{id, values})
			}
		}
	}
	return all, nil
}

// try runs a mutant and takes it back. As the superuser it meets no policy.
func (s *spare) try(ctx context.Context, m mutant, a attempt, asSuperuser bool) (out outcome, err error) {
	conn := s.ring.superuser
	tx, err := conn.Begin(ctx)
	if err != nil {
		return out, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	written := s.writtenBy(m.sql)
	before, err := s.counts(ctx, tx, written)
	if err != nil {
		return out, err
	}
	context := `select set_config('app.tenant_id', $1, true), set_config('app.actor', '', true), set_config('app.stores', '', true),
		set_config('lock_timeout', '2s', true), set_config('statement_timeout', '20s', true), set_config('plan_cache_mode', 'force_custom_plan', true)`
	if _, err := tx.Exec(ctx, context, s.ring.b.id.String()); err != nil {
		return out, err
	}
	if !asSuperuser {
		if _, err := tx.Exec(ctx, `set local session authorization souk_login; set local role app_user`); err != nil {
			return out, err
		}
	}
	shown, failed := s.send(ctx, conn, m, a)
	if out.failed = failed; failed {
		return out, nil
	}
	out.leak = s.prey.canaryIn(shown, []any{a.id.String()})
	if _, err := tx.Exec(ctx, `set local session authorization default; set local role none`); err != nil {
		return out, err
	}
	after, err := s.counts(ctx, tx, written)
	for i, table := range written {
		if err == nil && before[i] != after[i] {
			out.wrote = append(out.wrote, table)
		}
	}
	return out, err
}

func (s *spare) send(ctx context.Context, conn *pgx.Conn, m mutant, a attempt) (shown string, failed bool) {
	text, _ := db.Compile(m.sql)
	read := conn.PgConn().ExecParams(ctx, text, a.values, nil, nil, nil).Read()
	var out strings.Builder
	for _, row := range read.Rows {
		for _, value := range row {
			out.Write(value)
			out.WriteByte('\n')
		}
	}
	return out.String(), read.Err != nil
}

// writtenBy are the tenant tables that a statement writes to.
func (s *spare) writtenBy(sql db.SQL) (tables []string) {
	for _, found := range writes.FindAllStringSubmatch(string(sql), -1) {
		if s.tables[found[1]] {
			tables = append(tables, found[1])
		}
	}
	return tables
}

// counts says of each table how many rows of A's it has and how many of them this
// transaction has written.
func (s *spare) counts(ctx context.Context, tx pgx.Tx, tables []string) ([]string, error) {
	out := make([]string, len(tables))
	for i, table := range tables {
		sql := `select count(*) || ' ' || count(*) filter (where xmin = pg_current_xact_id()::xid) from ` + table + ` where tenant_id = $1`
		if err := tx.QueryRow(ctx, sql, s.ring.a.id).Scan(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// idsFor are the ids of A's that a statement may be asked for: one of each table that
// it names.
func (s *spare) idsFor(sql db.SQL) []uuid.UUID {
	ids := []uuid.UUID{s.ring.a.id}
	for table := range s.prey.rows {
		if strings.Contains(string(sql), table) {
			if id, err := uuid.Parse(s.prey.idOf(table)); err == nil && s.prey.ids[id.String()] {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(ids)
}

// TestAttackStatementsThatForgot takes each tenant predicate out of each statement of
// the program, and has each name the other shop: the policies alone must keep it to
// the caller's rows. The same mutants without policies are the control: they do find
// the other shop's rows, so the attack reaches them.
func TestAttackStatementsThatForgot(t *testing.T) {
	ring := newRing(t)
	s := &spare{ring: ring, prey: ring.prey(t, ring.a), kinds: map[uint32]string{}, tables: map[string]bool{}}
	for _, tab := range ring.tables(t) {
		s.tables[tab.name], s.names = true, append(s.names, tab.name)
	}
	rows, err := ring.superuser.Query(t.Context(), `select oid, typname from pg_type`)
	require.NoError(t, err)
	for rows.Next() {
		var oid uint32
		var name string
		require.NoError(t, rows.Scan(&oid, &name))
		s.kinds[oid] = name
	}
	require.NoError(t, rows.Err())
	var ids []string
	for id := range s.prey.ids {
		ids = append(ids, id)
	}
	s.all = "{" + strings.Join(ids, ",") + "}"
	before := ring.fingerprint(t, ring.a.id)

	all, err := constants.Load("../..")
	require.NoError(t, err)
	cases, reached, statements := count(t, "A5", 0), map[string]bool{}, 0
	for _, statement := range constants.Statements(all) {
		mutants := mutantsOf(statement, ring.b.id, ring.a.id)
		if len(mutants) > 0 {
			statements++
		}
		for _, m := range mutants {
			attempts, err := s.attempts(t.Context(), m)
			require.NoError(t, err, m.name)
			cases.expect(len(attempts))
			for _, a := range attempts {
				got, err := s.try(t.Context(), m, a, false)
				require.NoError(t, err, m.name)
				require.Empty(t, got.leak, "%s gives what is another shop's", m.name)
				require.Empty(t, got.wrote, "%s writes what is another shop's", m.name)
				cases.one()
				if reached[m.name] {
					continue
				}
				got, err = s.try(t.Context(), m, a, true)
				require.NoError(t, err, m.name)
				reached[m.name] = got.leak != "" || len(got.wrote) > 0
			}
		}
	}
	require.Equal(t, before, ring.fingerprint(t, ring.a.id))
	found := 0
	for _, did := range reached {
		if did {
			found++
		}
	}
	t.Logf("%d statements, %d mutants, of which %d find another shop's rows where there is no policy", statements, len(reached), found)
	require.Greater(t, found, len(reached)/5, "too few mutants would reach the other shop at all: look at what arguments binds")
}
