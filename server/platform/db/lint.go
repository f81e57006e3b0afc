package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Rule is one thing that must be true of the database's own catalogue. Its query
// gives the names of the objects that break it.
type Rule struct {
	ID, Says string
	query    string
}

// AppendOnly lists the tables whose rows nobody may change or delete.
var AppendOnly = []string{
	"changes", "operations", "tax_rates", "stock_moves", "journal_entries", "postings",
	"z_reports", "sales", "sale_lines", "tenders", "audit", "audit_signatures",
}

// reachable are the tables that app_user has any right on.
const reachable = `
	with tenant_tables as (
		select c.oid, c.oid::regclass::text as name, c.relrowsecurity, c.relforcerowsecurity
		from   pg_class c
		where  c.relkind in ('r', 'p') and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		and    (c.relnamespace = 'public'::regnamespace and c.relname <> 'goose_db_version'
		        or has_table_privilege('app_user', c.oid, 'select, insert, update, delete')))`

const canonical = `(tenant_id = (( SELECT current_setting('app.tenant_id'::text) AS current_setting))::uuid)`

// Rules are the catalogue's law. The server refuses to serve while one is broken.
var Rules = []Rule{
	{"T1", "a table that app_user can reach has a tenant_id", reachable + `
		select name from tenant_tables t where not exists (
			select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attisdropped)`},
	{"T2", "tenant_id is never null", reachable + `
		select name from tenant_tables t join pg_attribute a on a.attrelid = t.oid
		where a.attname = 'tenant_id' and not a.attnotnull`},
	{"T3", "row-level security is on", reachable + ` select name from tenant_tables where not relrowsecurity`},
	{"T4", "row-level security is forced", reachable + ` select name from tenant_tables where not relforcerowsecurity`},
	{"T5", "a tenant table has its policy", reachable + `
		select name from tenant_tables t where not exists (select from pg_policy p where p.polrelid = t.oid)`},
	{"T6", "a tenant table has one policy only", reachable + `
		select name from tenant_tables t where (select count(*) from pg_policy p where p.polrelid = t.oid) > 1`},
	{"T7", "the policy is the canonical one, for all commands, in both halves", reachable + `
		select name from tenant_tables t join pg_policy p on p.polrelid = t.oid
		where p.polcmd <> '*' or not p.polpermissive or p.polroles <> '{0}'
		or pg_get_expr(p.polqual, p.polrelid) is distinct from $$` + canonical + `$$
		or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from $$` + canonical + `$$`},
	{"T8", "a unique index starts with tenant_id", reachable + `
		select i.indexrelid::regclass::text from tenant_tables t join pg_index i on i.indrelid = t.oid and i.indisunique
		join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id'
		where i.indkey[0] <> a.attnum`},
	{"T9", "a foreign key between tenant tables carries tenant_id on both sides", reachable + `
		select t.name || '.' || c.conname from tenant_tables t
		join pg_constraint c on c.conrelid = t.oid and c.contype = 'f'
		join tenant_tables u on u.oid = c.confrelid
		where not exists (
			select from unnest(c.conkey, c.confkey) k(mine, theirs)
			join pg_attribute a on a.attrelid = t.oid and a.attnum = k.mine and a.attname = 'tenant_id'
			join pg_attribute b on b.attrelid = u.oid and b.attnum = k.theirs and b.attname = 'tenant_id')`},
	{"T10", "a tenant table is tied to its tenant, itself or through a parent", reachable + `
		select name from tenant_tables t where not exists (
			select from pg_constraint c join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnum = any (c.conkey)
			where c.conrelid = t.oid and c.contype = 'f' and c.confrelid <> t.oid)`},
	{"V1", "a view runs with its reader's rights", `
		select c.oid::regclass::text from pg_class c
		where c.relkind = 'v' and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace)
		and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)`},
	{"V2", "app_user reads no materialized view", `
		select c.oid::regclass::text from pg_class c where c.relkind = 'm' and has_table_privilege('app_user', c.oid, 'select')`},
	{"F1", "a definer function pins its search_path", `
		select p.oid::regprocedure::text from pg_proc p
		where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'platform'::regnamespace)
		and not exists (select from unnest(p.proconfig) s where s like 'search\_path=%')`},
	{"P1", "app_user may not truncate, reference or trigger, and has no right on schema platform", reachable + `
		select name from tenant_tables t where has_table_privilege('app_user', t.oid, 'truncate, references, trigger')
		union all select 'schema platform' where has_schema_privilege('app_user', 'platform', 'usage')`},
	{"P2", "app_user owns nothing", `
		select c.oid::regclass::text from pg_class c where c.relowner = 'app_user'::regrole
		union all select p.oid::regprocedure::text from pg_proc p where p.proowner = 'app_user'::regrole`},
	{"P3", "app_user cannot change its context", `
		select 'set_config' where has_function_privilege('app_user', 'pg_catalog.set_config(text,text,boolean)', 'execute')`},
	{"P4", "no serving role is superuser, bypasses row-level security or may become what it must not", `
		select r.rolname from pg_roles r where r.rolname in ('app_user', 'souk_login', 'souk_platform', 'souk_owner')
		and (r.rolsuper or r.rolbypassrls or r.rolcreaterole)
		union all
		select r.rolname || ' is a member of ' || m.roleid::regrole::text from pg_auth_members m join pg_roles r on r.oid = m.member
		where r.rolname in ('app_user', 'souk_platform')
		or r.rolname = 'souk_login' and m.roleid <> 'app_user'::regrole`},
	{"P6", "souk_login has no grant of its own", reachable + `
		select name from tenant_tables t join pg_class c on c.oid = t.oid, aclexplode(c.relacl) a
		where a.grantee = 'souk_login'::regrole or a.grantee = 0`},
	{"A1", "what app_user writes is audited (platform.audit_table), or its table says why not (platform.unaudited)", reachable + `
		select distinct t.name from tenant_tables t
		cross join (values ('insert'), ('update'), ('delete')) w(op)
		where (has_table_privilege('app_user', t.oid, w.op) or w.op <> 'delete' and has_any_column_privilege('app_user', t.oid, case when w.op = 'delete' then 'update' else w.op end))
		and coalesce(obj_description(t.oid, 'pg_class'), '') not like 'unaudited: %'
		and not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgname = 'audit_' || w.op and g.tgenabled = 'O')`},
	{"C1", "no column is a float", `
		select a.attrelid::regclass::text || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
		where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace)
		and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype) and not a.attisdropped`},
}

var appendOnlyRule = Rule{"P5", "an append-only table is never updated or deleted from", `
	select t from unnest($1::text[]) t where to_regclass('public.' || t) is null
	or has_table_privilege('app_user', 'public.' || t, 'update, delete')
	or exists (select from pg_attribute a where a.attrelid = to_regclass('public.' || t) and a.attnum > 0
		and not a.attisdropped and has_column_privilege('app_user', a.attrelid, a.attnum, 'update'))`}

// Violation is one object that breaks one rule.
type Violation struct{ Rule, Says, Object string }

func (v Violation) String() string {
	return fmt.Sprintf("%s %s: broken by %s", v.Rule, v.Says, v.Object)
}

// Lint runs every rule and gives what breaks them.
func Lint(ctx context.Context, conn *pgx.Conn) ([]Violation, error) {
	var found []Violation
	collect := func(rule Rule, args ...any) error {
		rows, err := conn.Query(ctx, rule.query, args...)
		if err != nil {
			return fmt.Errorf("rule %s: %w", rule.ID, err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("rule %s: %w", rule.ID, err)
		}
		for _, name := range names {
			found = append(found, Violation{rule.ID, rule.Says, name})
		}
		return nil
	}
	for _, rule := range Rules {
		if err := collect(rule); err != nil {
			return nil, err
		}
	}
	return found, collect(appendOnlyRule, AppendOnly)
}

// Check refuses a database whose isolation is not in force. The server runs it
// before it serves; nothing turns it off.
func (d *DB) Check(ctx context.Context) error {
	conn, err := d.login.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var user string
	var mighty bool
	if err := conn.QueryRow(ctx, `select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user`).Scan(&user, &mighty); err != nil {
		return err
	}
	if mighty {
		return fmt.Errorf("isolation is not in force: the server's log-in %s is superuser or bypasses row-level security", user)
	}
	broken, err := Lint(ctx, conn.Conn())
	if err != nil {
		return err
	}
	if len(broken) == 0 {
		return nil
	}
	var lines []string
	for _, violation := range broken {
		lines = append(lines, violation.String())
	}
	return fmt.Errorf("isolation is not in force, so nothing is served:\n  %s", strings.Join(lines, "\n  "))
}
