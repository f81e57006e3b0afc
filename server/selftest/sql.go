package selftest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

// statement is an attack in SQL and what must come of it.
type statement struct {
	kind, sql string
	tenant    uuid.UUID // in whose context; nil for none
	must      verdict
}

type verdict int

const (
	touchNothing verdict = iota // no row comes back or is changed, or it is refused
	showMine                    // rows come back, but nothing of another shop
	beRefused
)

// rules runs the catalogue's law.
func (r *run) rules(ctx context.Context) error {
	broken, err := db.Lint(ctx, r.conn)
	if err != nil {
		return err
	}
	for range len(db.Rules) + 1 { // and the rule on tables that are only added to
		r.one()
	}
	for _, v := range broken {
		r.found(Breach{Code: "rule_broken", Case: v.Rule + ": " + v.Says, Got: v.Object, How: "souk doctor"})
	}
	return nil
}

// strike runs statements and judges them.
func (r *run) strike(ctx context.Context, all []statement) error {
	for _, s := range all {
		began := r.Database.Now()
		got, err := r.as(ctx, s.tenant, s.sql)
		if err != nil {
			return fmt.Errorf("%s: %w", s.kind, err)
		}
		r.one()
		r.judge(s, got)
		if err := r.rest(ctx, began); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) judge(s statement, got outcome) {
	finding := Breach{Case: s.kind, Got: fmt.Sprintf("%d rows shown, %d rows touched", len(got.rows), got.touched), How: "SQL as app_user: " + r.masked(s.sql)}
	var shown strings.Builder
	for _, row := range got.rows {
		shown.WriteString(strings.Join(row, "\n") + "\n")
	}
	leak := r.leakIn(shown.String()+got.said, []string{s.sql})
	switch {
	case leak != "":
		finding.Code, finding.Got = "rows_seen", leak
	case got.code != "" && !refusal(got.code):
		finding.Code, finding.Got = "case_unclear", got.code
	case got.code != "":
		return
	case s.must == beRefused:
		finding.Code = "not_refused"
	case s.must == touchNothing && got.touched > 0:
		finding.Code = "rows_touched"
	case s.must == touchNothing && len(got.rows) > 0:
		finding.Code = "rows_seen"
	default:
		return
	}
	r.found(finding)
}

// refusal holds for the ways in which PostgreSQL may say no to an attack.
func refusal(code string) bool {
	return strings.HasPrefix(code, "23") || slices.Contains([]string{"42501", "0A000", "55P03", "42704", "22P02"}, code)
}

// masked is a statement without ids and values.
func (r *run) masked(text string) string {
	for id, name := range map[string]string{r.victim.id.String(): "‹victim›", r.attacker.id.String(): "‹attacker›"} {
		text = strings.ReplaceAll(text, id, name)
	}
	if r.own != nil {
		text = strings.ReplaceAll(text, r.own.id.String(), "‹your shop›")
	}
	if at := strings.Index(text, "'{"); at > 0 {
		text = text[:at] + "…"
	}
	return text
}

// sqlRead tries to see the victim's rows and those of the shop that asked.
func (r *run) sqlRead(ctx context.Context) error {
	var all []statement
	mine := literal(r.attacker.id.String())
	prey := []uuid.UUID{r.victim.id}
	if r.own != nil {
		prey = append(prey, r.own.id)
	}
	for _, tab := range r.tables {
		name := tab.Name
		add := func(kind, sql string, must verdict) {
			all = append(all, statement{kind + " " + tab.Plain, sql, r.attacker.id, must})
		}
		for _, of := range prey {
			theirs := literal(of.String())
			add("select their rows of", "select tenant_id from "+name+" where tenant_id = "+theirs+" limit 1", touchNothing)
			add("count their rows of", "select nullif(count(*), 0) as n from (select from "+name+" where tenant_id = "+theirs+" limit 1) t having count(*) > 0", touchNothing)
			add("test for their rows of", "select 1 where exists (select from "+name+" where tenant_id = "+theirs+")", touchNothing)
			add("lock their rows of", "select tenant_id from "+name+" where tenant_id = "+theirs+" limit 1 for key share", touchNothing)
			add("fail on their rows of", "select 1 from "+name+" where 1 / (case when tenant_id = "+theirs+" then 0 else 1 end) = 2", touchNothing)
		}
		add("select all others of", "select tenant_id from "+name+" where tenant_id <> "+mine+" limit 1", touchNothing)
		add("select without a predicate from", "select tenant_id from "+name+" limit 500", showMine)
		add("read through XML", "select query_to_xml('select tenant_id from "+strings.ReplaceAll(name, "'", "''")+" limit 100', true, true, '')::text", showMine)
		add("read the statistics of", "select most_common_vals::text, histogram_bounds::text from pg_stats where tablename = "+literal(tab.Plain), touchNothing)
	}
	return r.strike(ctx, all)
}

// sqlWrite tries to change the victim's rows, and to point at them. Nothing here
// names another shop than the throw-away ones, and all of it is rolled back.
func (r *run) sqlWrite(ctx context.Context) error {
	var all []statement
	theirs, mine := literal(r.victim.id.String()), literal(r.attacker.id.String())
	for _, tab := range r.tables {
		add := func(kind, sql string, must verdict) {
			all = append(all, statement{kind + " " + tab.Plain, sql, r.attacker.id, must})
		}
		last := tab.Columns[len(tab.Columns)-1]
		add("update their rows of", "update "+tab.Name+" set "+last+" = "+last+" where tenant_id = "+theirs+" returning tenant_id", touchNothing)
		add("take over their rows of", "update "+tab.Name+" set tenant_id = "+mine+" where tenant_id = "+theirs, touchNothing)
		add("delete their rows of", "delete from "+tab.Name+" where tenant_id = "+theirs+" returning tenant_id", touchNothing)
		add("merge into their rows of", "merge into "+tab.Name+" t using (values (1)) v on t.tenant_id = "+theirs+" when matched then delete", touchNothing)
		if len(r.attacker.rows[tab.Plain]) > 0 {
			add("give them my rows of", "update "+tab.Name+" set tenant_id = "+theirs+" where tenant_id = "+mine, beRefused)
		}
		if rows := r.victim.rows[tab.Plain]; len(rows) > 0 {
			add("insert their row again into", tab.insert(rows[0]), beRefused)
			add("insert a new row of theirs into", tab.insert(tab.fresh(rows[0])), beRefused)
			for _, row := range rows[:min(len(rows), 2)] {
				if tab.points(row) {
					turned := tab.fresh(row)
					turned["tenant_id"] = r.attacker.id.String()
					add("point at their row from", tab.insert(turned), beRefused)
				}
			}
		}
	}
	return r.strike(ctx, all)
}

// sqlContext tries to get out of the context: without a tenant, by changing it, by
// another role, by what only an owner may do.
func (r *run) sqlContext(ctx context.Context) error {
	var all []statement
	theirs := literal(r.victim.id.String())
	for _, tab := range r.tables {
		name := tab.Name
		all = append(all, statement{"read without a tenant from " + tab.Plain, "select tenant_id from " + name + " limit 1", uuid.Nil, beRefused})
		add := func(kind, sql string) {
			all = append(all, statement{kind + " " + tab.Plain, sql, r.attacker.id, beRefused})
		}
		add("change the tenant while reading", "select t.tenant_id from set_config('app.tenant_id', "+theirs+", true) c, "+name+" t")
		add("become the log-in while reading", "select t.tenant_id from set_config('role', 'souk_login', true) c, "+name+" t")
		add("switch row security off while reading", "select t.tenant_id from set_config('row_security', 'off', true) c, "+name+" t")
		// What would have an effect on all shops is tried only where the catalogue says that it is refused.
		if !tab.Truncate {
			add("truncate", "truncate "+name)
		} else {
			r.found(Breach{Code: "not_refused", Case: "truncate " + tab.Plain, Got: "app_user has the right", How: "souk doctor"})
		}
		if !tab.Owned {
			add("drop the policy of", "drop policy tenant on "+name)
			add("switch off the security of", "alter table "+name+" disable row level security")
			add("put a trigger on", "create trigger spy after insert on "+name+" for each statement execute function platform.queue_change()")
		}
	}
	for _, sql := range []string{
		"select * from platform.tenants limit 1", "select * from platform.accounts limit 1", "select * from platform.change_queue limit 1",
		"select * from platform.access_log limit 1", "select platform.remove_throwaway(" + theirs + ")", "select platform.erase_tenant(" + theirs + ")",
		"set role souk_owner", "set role souk_maintenance", "set session authorization souk_owner", "create table spy (id int)", "create schema spy",
		"create temp table spy (id int)", "select pg_read_file('PG_VERSION')", "select pg_ls_dir('.')", "select lo_import('/etc/hostname')",
	} {
		all = append(all, statement{"go round the tables: " + sql, sql, r.attacker.id, beRefused})
	}
	return r.strike(ctx, all)
}

// insert is a statement that puts a row in.
func (tab table) insert(row map[string]any) string {
	columns := strings.Join(tab.Columns, ", ")
	text, _ := json.Marshal(row) // it came as JSON
	return "insert into " + tab.Name + " (" + columns + ") select " + columns + " from jsonb_populate_record(null::" + tab.Name + ", " + literal(string(text)) + "::jsonb)"
}

// fresh is a copy of a row whose own ids nobody has yet.
func (tab table) fresh(row map[string]any) map[string]any {
	out := map[string]any{}
	for column, value := range row {
		out[column] = value
	}
	for _, column := range tab.Key {
		at := slices.Index(tab.Columns, column)
		if column == "tenant_id" || at < 0 || slices.Contains(tab.Foreign, column) {
			continue
		}
		switch tab.Types[at] {
		case "uuid":
			out[column] = uuid.NewString()
		case "text":
			out[column] = "fresh-" + uuid.NewString()[:8]
		case "date":
			out[column] = "2031-01-01"
		default:
			out[column] = 900_000 + at
		}
	}
	return out
}

// points tells whether a row points at another by an id.
func (tab table) points(row map[string]any) bool {
	for _, column := range tab.Foreign {
		if _, err := uuid.Parse(fmt.Sprint(row[column])); err == nil {
			return true
		}
	}
	return false
}
