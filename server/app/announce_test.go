package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
)

// TestEveryWriteToALiveTableIsAnnounced inserts, changes and deletes one row of
// every live table and reads what the change stream says of it.
func TestEveryWriteToALiveTableIsAnnounced(t *testing.T) {
	database, _, name := dbtest.Fresh(t)
	shop := dbtest.NewShop(t, database)
	conn := dbtest.Superuser(t, name)
	for _, topic := range read(Modules).topics() {
		for _, table := range topic.Tables {
			t.Run(table, func(t *testing.T) {
				got := announced(t, conn, shop.ID, table)
				require.Equal(t, []string{"insert " + topic.Name, "update " + topic.Name, "delete " + topic.Name}, got,
					"a write to %s must come out as an event of %s: its migration needs select platform.live_table('%[1]s', '%[2]s', …)", table, topic.Name)
			})
		}
	}
}

// announced writes a row that means nothing: what ties it to other rows is taken
// off the table first, and all of it is rolled back.
func announced(t *testing.T, conn *pgx.Conn, tenant uuid.UUID, table string) []string {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(t.Context())) }()
	run := func(statement string, args ...any) {
		t.Helper()
		_, err := tx.Exec(t.Context(), statement, args...)
		require.NoError(t, err, statement)
	}
	run(`select set_config('app.tenant_id', $1, true)`, tenant.String())
	for _, statement := range list(t, tx, `
		select format('alter table %s drop constraint %I', conrelid::regclass, conname)
		from   pg_constraint
		where  (conrelid = $1::regclass and contype in ('f', 'c')) or (confrelid = $1::regclass and contype = 'f')
		union all
		select format('alter table %s disable trigger %I', tgrelid::regclass, tgname)
		from   pg_trigger
		where  tgrelid = $1::regclass and not tgisinternal and tgfoid <> 'platform.queue_change'::regproc
		order  by 1 desc`, table) {
		run(statement)
	}
	// The table as it is, with one fresh row: company has one row a tenant.
	run(`delete from `+table+` where tenant_id = $1`, tenant)
	run(`select number_changes()`)
	var before int64
	require.NoError(t, tx.QueryRow(t.Context(), `select coalesce(max(seq), 0) from changes where tenant_id = $1`, tenant).Scan(&before))

	columns := list(t, tx, `
		select attname || ' ' || case
		           when attname = 'tenant_id' then '$1::uuid'
		           when typcategory = 'A' then '''{}'''
		           when typname = 'uuid' then 'gen_random_uuid()'
		           when typname in ('date', 'timestamptz') then 'now()'
		           when typcategory = 'N' then '1'
		           when typcategory = 'B' then 'true'
		           when typname in ('json', 'jsonb') then '''{}'''
		           else '''x''' end
		from   pg_attribute a join pg_type t on t.oid = a.atttypid
		where  attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''
		order  by attnum`, table)
	var names, values []string
	for _, column := range columns {
		column, value, _ := strings.Cut(column, " ")
		names, values = append(names, column), append(values, value)
	}
	run(fmt.Sprintf(`insert into %s (%s) values (%s)`, table, strings.Join(names, ", "), strings.Join(values, ", ")), tenant)
	run(`update `+table+` set tenant_id = tenant_id where tenant_id = $1`, tenant)
	run(`delete from `+table+` where tenant_id = $1`, tenant)
	run(`select number_changes()`)
	events := list(t, tx, `select op || ' ' || topic from changes where tenant_id = $1 and seq > $2 order by seq`, tenant, before)
	return events
}

func list(t *testing.T, tx pgx.Tx, query string, args ...any) []string {
	t.Helper()
	rows, err := tx.Query(t.Context(), query, args...)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return all
}
