package app

import (
	"encoding/json"
	"go/ast"
	"go/types"
	"maps"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"souk/server/platform/db"
	"souk/server/platform/db/constants"
	"souk/server/platform/dbtest"
)

// loaded is the server's source with types.
func loaded(t *testing.T) []*packages.Package {
	t.Helper()
	all, err := constants.Load("../..")
	require.NoError(t, err)
	return all
}

func TestEveryStatementPreparesAndNamesItsTenant(t *testing.T) {
	all := loaded(t)
	dbtest.Open(t)
	conn := dbtest.Superuser(t, "")
	tables := tenantTables(t, conn)
	columns := map[string][]string{}
	found := constants.Statements(all)
	require.Greater(t, len(found), 150)
	for _, s := range found {
		text, _ := db.Compile(s.SQL)
		prepared, err := conn.Prepare(t.Context(), s.Name, text)
		require.NoError(t, err, "%s does not prepare against the migrated schema", s.Name)
		for _, field := range prepared.Fields {
			columns[s.Name] = append(columns[s.Name], field.Name)
		}
		for _, alias := range unbound(string(s.SQL), tables) {
			t.Errorf("%s uses tenant table %s without tenant_id = @tenant: say it for each table, joined ones too", s.Name, alias)
		}
	}
	checked := compareTargets(t, all, columns)
	t.Logf("%d statements prepared, %d of them compared with the struct they scan into", len(found), checked)
	require.Greater(t, checked, 80)
}

func tenantTables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
		where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

var (
	comment = regexp.MustCompile(`--[^\n]*`)
	used    = regexp.MustCompile(`(?i)\b(from|join|update|into|using)\s+(?:public\.)?([a-z_]+)(?:\s+(?:as\s+)?([a-z][a-z0-9_]*))?`)
	bound   = regexp.MustCompile(`(?i)(?:\b([a-z][a-z0-9_]*)\.)?tenant_id\s*=\s*@tenant\b`)
	inserts = regexp.MustCompile(`(?is)\binsert\s+into\s+(?:public\.)?([a-z_]+)(?:\s+(?:as\s+)?[a-z]+)?\s*\(\s*tenant_id\b.*?(?:values\s*\(\s*@tenant\b|select\s+@tenant\b)`)
	words   = map[string]bool{"where": true, "on": true, "join": true, "left": true, "set": true, "order": true, "group": true, "limit": true, "cross": true, "inner": true, "for": true, "union": true, "using": true, "values": true, "select": true, "returning": true, "as": true}
)

// unbound lists the tenant tables in a statement whose tenant is not said. It
// counts: each use of a tenant table needs a predicate under its alias, or, for
// an insert, the tenant as its first value.
func unbound(sql string, tables []string) []string {
	sql = comment.ReplaceAllString(sql, "")
	said := map[string]int{}
	for _, m := range bound.FindAllStringSubmatch(sql, -1) {
		said[strings.ToLower(m[1])]++
	}
	inserted := map[string]int{}
	for _, m := range inserts.FindAllStringSubmatch(sql, -1) {
		inserted[m[1]]++
	}
	var missing []string
	for _, m := range used.FindAllStringSubmatch(sql, -1) {
		table, alias := m[2], m[3]
		if !slices.Contains(tables, table) {
			continue
		}
		if strings.EqualFold(m[1], "into") && inserted[table] > 0 {
			inserted[table]--
			continue
		}
		if words[strings.ToLower(alias)] {
			alias = ""
		}
		switch {
		case alias != "" && said[alias] > 0:
			said[alias]--
		case alias == "" && said[table] > 0:
			said[table]--
		case alias == "" && said[""] > 0:
			said[""]--
		default:
			missing = append(missing, table)
		}
	}
	return missing
}

// compareTargets checks each read whose statement is a constant: the columns that
// come out are the fields of the struct they go into.
func compareTargets(t *testing.T, all []*packages.Package, columns map[string][]string) int {
	t.Helper()
	checked := 0
	for _, pkg := range all {
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				target, name := readOf(pkg, call)
				if target == nil || columns[name] == nil {
					return true
				}
				checked++
				fields := fieldsOf(target)
				for _, column := range columns[name] {
					if !slices.Contains(fields, plain(column)) {
						t.Errorf("%s gives column %s, for which %s has no field", name, column, target)
					}
				}
				if len(fields) != len(columns[name]) {
					t.Errorf("%s gives %d columns, %s has %d fields", name, len(columns[name]), target, len(fields))
				}
				return true
			})
		}
	}
	return checked
}

// readOf gives the struct and the statement's name of a call such as
// db.All[Row](ctx, tx, statement, args).
func readOf(pkg *packages.Package, call *ast.CallExpr) (types.Type, string) {
	index, ok := call.Fun.(*ast.IndexExpr)
	if !ok {
		return nil, ""
	}
	selector, ok := index.X.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"All", "One", "Maybe", "ReadAll", "ReadMaybe"}, selector.Sel.Name) {
		return nil, ""
	}
	target := pkg.TypesInfo.Types[index.Index].Type
	if target == nil {
		return nil, ""
	}
	shape, ok := target.Underlying().(*types.Struct)
	if !ok || shape.NumFields() == 0 || scansItself(target) {
		return nil, ""
	}
	for _, argument := range call.Args {
		if name, ok := argument.(*ast.Ident); ok {
			if c, ok := pkg.TypesInfo.Uses[name].(*types.Const); ok {
				return target, c.Pkg().Path() + "." + c.Name()
			}
		}
	}
	return nil, ""
}

func scansItself(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && (named.Obj().Pkg().Path() == "time" || named.Obj().Pkg().Path() == "github.com/govalues/decimal")
}

func fieldsOf(t types.Type) []string {
	var names []string
	shape, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for i := range shape.NumFields() {
		field := shape.Field(i)
		tag := reflect.StructTag(shape.Tag(i)).Get("db")
		switch {
		case tag == "-":
		case field.Embedded() && tag == "":
			names = append(names, fieldsOf(field.Type())...)
		case tag != "":
			names = append(names, plain(tag))
		default:
			names = append(names, plain(field.Name()))
		}
	}
	return names
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

func TestImportsPointDown(t *testing.T) {
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	command.Dir = "../.."
	out, err := command.Output()
	require.NoError(t, err)
	layer := map[string]int{}
	for i, m := range Modules {
		layer["souk/server/"+m.Key] = i
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for decoder.More() {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		require.NoError(t, decoder.Decode(&pkg))
		for _, imported := range pkg.Imports {
			if !strings.HasPrefix(imported, "souk/") {
				continue
			}
			within := func(side string) bool {
				return strings.HasPrefix(pkg.ImportPath, side) && !strings.HasPrefix(imported, side)
			}
			switch {
			case within("souk/shared"):
				t.Errorf("%s imports %s: shared imports nothing of the program", pkg.ImportPath, imported)
			case within("souk/desktop") && strings.HasPrefix(imported, "souk/server"),
				strings.HasPrefix(pkg.ImportPath, "souk/server") && strings.HasPrefix(imported, "souk/desktop"):
				t.Errorf("%s imports %s: till and server share package shared only", pkg.ImportPath, imported)
			case strings.HasPrefix(pkg.ImportPath, "souk/server/platform") && strings.HasPrefix(imported, "souk/server/") &&
				!strings.HasPrefix(imported, "souk/server/platform"):
				t.Errorf("%s imports %s: the platform knows no business", pkg.ImportPath, imported)
			}
			mine, isModule := layer[pkg.ImportPath]
			theirs, other := layer[imported]
			if isModule && other && theirs >= mine {
				t.Errorf("%s imports %s, which stands below it in modules.go", pkg.ImportPath, imported)
			}
		}
	}
}

func TestBrokenConstraintsAreToldInSentences(t *testing.T) {
	for _, m := range Modules {
		codes := slices.Collect(maps.Values(m.Faults))
		for _, code := range codes {
			if !strings.HasSuffix(m.Sentences[code], ".") {
				t.Errorf("module %s: %s stands for a broken constraint and needs a sentence that says what to do", m.Key, code)
			}
		}
		for code := range m.Sentences {
			require.Contains(t, codes, code, "module %s: no constraint stands for it; say it where the fault is made", m.Key)
		}
	}
}

func TestLiveTablesAnnounceThemselves(t *testing.T) {
	dbtest.Open(t)
	for _, problem := range silentTables(t, dbtest.Superuser(t, "")) {
		t.Error(problem)
	}
}

// silentTables compares the topics that modules declare with the triggers that
// are really there, both ways.
func silentTables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select c.relname || ' ' || split_part(encode(t.tgargs, 'escape'), '\000', 1), count(*)::int
		from   pg_trigger t join pg_class c on c.oid = t.tgrelid
		where  t.tgfoid = 'platform.queue_change'::regproc and t.tgenabled in ('O', 'A')
		group  by 1`)
	require.NoError(t, err)
	there := map[string]int{}
	var key string
	var count int
	_, err = pgx.ForEachRow(rows, []any{&key, &count}, func() error { there[key] = count; return nil })
	require.NoError(t, err)

	var problems []string
	for _, topic := range read(Modules).topics() {
		for _, table := range topic.Tables {
			if there[table+" "+topic.Name] != 3 {
				problems = append(problems, "writes to live table "+table+" are not announced as "+topic.Name+
					": its migration needs select platform.live_table('"+table+"', '"+topic.Name+"', …)")
			}
			delete(there, table+" "+topic.Name)
		}
	}
	for key := range there {
		problems = append(problems, "the triggers of "+key+" belong to no declared topic: name the table in a module's topic")
	}
	return problems
}

func TestNoPathParameterCanComeFromTheBody(t *testing.T) {
	for _, route := range read(Modules).routes() {
		var body, parts []string
		for i := range route.In.NumField() {
			field := route.In.Field(i)
			if field.Tag.Get("path") != "" || field.Tag.Get("query") != "" {
				parts = append(parts, field.Name)
				if field.Tag.Get("json") != "" {
					t.Errorf("%s: %s is a part of the address and has a json name too", route.Name(), field.Name)
				}
			} else if field.Tag.Get("json") != "" {
				body = append(body, field.Name)
			}
		}
		if len(body) > 0 && len(parts) > 0 {
			t.Errorf("%s mixes %v of its address with %v of its body: put the body into a field Body", route.Name(), parts, body)
		}
		for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(route.Path, -1) {
			require.Contains(t, paths(route.In), name[1], route.Name())
		}
	}
}

func paths(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if path := t.Field(i).Tag.Get("path"); path != "" {
			names = append(names, path)
		}
	}
	return names
}

// The planner believes a tenant to be as big as the average of all unless it is
// told otherwise, and then serves the one big shop among small ones badly.
func TestTenantTablesArePlannedForBigShops(t *testing.T) {
	dbtest.Open(t)
	rows, err := dbtest.Superuser(t, "").Query(t.Context(), `
		select c.relname::text
		from   pg_class c
		join   pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
		where  c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relrowsecurity
		and    not coalesce(a.attoptions, '{}') @> array['n_distinct=20']`)
	require.NoError(t, err)
	forgotten, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	for _, table := range forgotten {
		t.Errorf("%s is not planned for big shops: its migration needs select platform.tenant_table('%s', …)", table, table)
	}
}
