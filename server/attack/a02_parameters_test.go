package attack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
	"souk/shared/wire"
)

// spot is one place of a request in which an id or a text stands.
type spot struct {
	in   string // "path", "query" or "body"
	name string // of a parameter
	at   []any  // the way to it through a body: names and numbers
}

func (s spot) String() string { return fmt.Sprint(s.in, " ", s.name, s.at) }

// spots finds the places of a route's request for which want holds, by the field's
// name and what stands there.
func (f *filler) spots(route web.Route, want func(field string, value any) bool) []spot {
	var found []spot
	for _, param := range operationOf(f.api, route).Parameters {
		if (param.In == "path" || param.In == "query") && want(param.Name, f.value(param.Schema, param.Name, route.Path, 0)) {
			found = append(found, spot{in: param.In, name: param.Name})
		}
	}
	var walk func(value any, field string, at []any)
	walk = func(value any, field string, at []any) {
		switch value := value.(type) {
		case map[string]any:
			for _, name := range sortedNames(value) {
				walk(value[name], name, append(slices.Clone(at), name))
			}
		case []any:
			for n := range value {
				walk(value[n], strings.TrimSuffix(field, "s"), append(slices.Clone(at), n))
			}
		default:
			if len(at) > 0 && want(field, value) {
				found = append(found, spot{in: "body", at: at})
			}
		}
	}
	if in := f.fill(route); in.body != nil {
		walk(parsed(in.body), "", nil)
	}
	return found
}

func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func parsed(body []byte) (value any) {
	if err := json.Unmarshal(body, &value); err != nil {
		panic(err)
	}
	return value
}

// with is a request whose one spot holds something else.
func (s spot) with(in request, route web.Route, value any) request {
	switch s.in {
	case "path":
		in.target = replacePart(in.target, route.Path, s.name, fmt.Sprint(value))
	case "query":
		at, _ := url.Parse(in.target)
		query := at.Query()
		query.Set(s.name, fmt.Sprint(value))
		in.target = strings.Split(in.target, "?")[0] + "?" + query.Encode()
	default:
		body := parsed(in.body)
		put(body, s.at, value)
		in.body = must(json.Marshal(body))
	}
	return in
}

func replacePart(target, path, name, value string) string {
	parts := strings.Split(strings.Split(target, "?")[0], "/")
	for n, part := range strings.Split("/api"+path, "/") {
		if strings.Contains(part, "{"+name+"}") {
			parts[n] = strings.ReplaceAll(part, "{"+name+"}", strings.ReplaceAll(url.PathEscape(value), ".", "%2E"))
		}
	}
	_, query, some := strings.Cut(target, "?")
	if some {
		query = "?" + query
	}
	return strings.Join(parts, "/") + query
}

func put(body any, at []any, value any) {
	for n, step := range at {
		switch step := step.(type) {
		case string:
			if n == len(at)-1 {
				body.(map[string]any)[step] = value
				return
			}
			body = body.(map[string]any)[step]
		case int:
			if n == len(at)-1 {
				body.([]any)[step] = value
				return
			}
			body = body.([]any)[step]
		}
	}
}

var isUUID = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// spellings are the ways in which an id may be written; the same ones are tried
// with another shop's id and with nobody's.
var spellings = map[string]func(id string) any{
	"as it is":         func(id string) any { return id },
	"in capitals":      func(id string) any { return strings.ToUpper(id) },
	"in braces":        func(id string) any { return "{" + id + "}" },
	"as a URN":         func(id string) any { return "urn:uuid:" + id },
	"without dashes":   func(id string) any { return strings.ReplaceAll(id, "-", "") },
	"with a space":     func(id string) any { return id + " " },
	"in a list":        func(id string) any { return []string{id} },
	"with a wild card": func(id string) any { return id[:8] + "%" },
}

// noIDs are what is no id at all.
var noIDs = []any{
	"", "0", "-1", "null", "undefined", "../sales", "%00", "*", "' or true --", strings.Repeat("9", 4000), "00000000-0000-0000-0000-000000000000",
	"ffffffff-ffff-ffff-ffff-ffffffffffff", 0, -1, true, nil, []any{}, map[string]any{}, map[string]any{"$ne": ""}, "٠١٢٣٤٥٦٧-٠١٢٣-٠١٢٣-٠١٢٣-٠١٢٣٤٥٦٧٨٩٠١",
}

// TestAttackEveryIDByItself leaves a request of B's own whole but for one id after
// the other, and puts there what is A's, what is nobody's and what is no id.
func TestAttackEveryIDByItself(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	own := ring.prey(t, ring.b).rows
	cases, compared := count(t, "A2", 0), 0
	unused := append([]string{ring.a.id.String()}, slices.Sorted(maps.Keys(w.prey.ids))...)
	for _, route := range ring.program.Web.Routes() {
		if endsSession(route) {
			continue
		}
		token := ring.rightful(route, owner)
		f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}
		for _, at := range f.spots(route, func(field string, value any) bool { return isUUID.MatchString(fmt.Sprint(value)) }) {
			table := tableOf(at.field(), route.Path, w.prey.rows)
			require.False(t, at.in == "path" && table == "items" && !strings.Contains(route.Path, "item"),
				"%s: of which table is the %s in its path? Say it in tablesOf in server/attack/request_test.go", route.Name(), at.name)
			taken := false
			send := func(id string, value any) answer {
				in := at.with(f.fill(route), route, value)
				in.said = append(in.said, fmt.Sprint(value), id)
				got := ring.call(ring.b, token, "", in)
				require.Less(t, got.status, 500, "%s, %s is %v: %s", route.Name(), at, value, got.body)
				require.Empty(t, sqlWords.FindString(problemOnly(got)), "%s, %s: %s", route.Name(), at, got.body)
				taken = taken || got.status < 300 && route.Method != http.MethodGet
				return got
			}
			theirs := []string{w.prey.idOf(table), unused[0], unused[1], unused[2]}
			spelt := spellings
			if route.Method == http.MethodPost && len(at.at) == 1 && at.at[0] == "id" {
				// What is made keeps the id, so each one serves once.
				theirs, unused, spelt = unused[:1], unused[1:], map[string]func(string) any{"as it is": spellings["as it is"]}
				delete(w.prey.ids, theirs[0])
			}
			cases.expect(len(theirs)*len(spelt) + len(noIDs))
			for _, id := range theirs {
				for spelling, spell := range spelt {
					require.Empty(t, differs(func(id string) answer { return send(id, spell(id)) }, id), "%s, %s is another shop's id %s: it is answered otherwise than nobody's", route.Name(), at, spelling)
					cases.one()
					compared++
				}
				if taken { // there may be something of B's under that id from now on
					delete(w.prey.ids, id)
					unused = slices.DeleteFunc(unused, func(other string) bool { return other == id })
				}
			}
			for _, value := range noIDs {
				send("none", value)
				cases.one()
			}
		}
		w.unchanged(t, route.Name())
	}
	w.done(t)
	ring.verified(t)
	require.Greater(t, compared, 1000)
}

// differs asks with an id and with a random one, the one first and the other first:
// what the first call has done to B's own rows must not count as a difference.
// It gives the difference, "" for none.
func differs(ask func(id string) answer, id string) (between string) {
	for range 3 {
		theirs, nobodys := ask(id), ask(uuid.NewString())
		if theirs.bare() == nobodys.bare() || ask(uuid.NewString()).bare() == ask(id).bare() {
			return ""
		}
		between = theirs.bare() + "\nand with nobody's\n" + nobodys.bare()
	}
	return between
}

// field is the name under which the spot stands.
func (s spot) field() string {
	if s.name != "" {
		return s.name
	}
	for n := len(s.at) - 1; n >= 0; n-- {
		if name, ok := s.at[n].(string); ok {
			return strings.TrimSuffix(name, "s")
		}
	}
	return ""
}

func (p *prey) idOf(table string) string {
	for _, row := range p.rows[table] {
		if id, ok := row["id"].(string); ok && p.ids[id] {
			return id
		}
	}
	return uuid.NewString()
}

// TestAttackWithATenantOfOnesChoice says in every way a program might listen to
// that the caller is of the other shop.
func TestAttackWithATenantOfOnesChoice(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	own := ring.prey(t, ring.b).rows
	id := ring.a.id.String()
	headers := []string{"X-Tenant", "X-Tenant-Id", "Tenant", "Tenant-Id", "X-Shop", "X-Org-Id", "X-Account", "App-Tenant-Id", "X-User-Id", "X-Role"}
	params := []string{"tenant", "tenant_id", "tenantId", "shop", "slug", "company", "as"}
	reads := slices.DeleteFunc(slices.Clone(ring.program.Web.Routes()), func(route web.Route) bool { return route.Method != http.MethodGet })
	cases := count(t, "A2", len(reads)*2*(len(headers)+len(params)))
	for _, route := range reads {
		f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}
		plain, token := f.fill(route), ring.rightful(route, owner)
		for _, value := range []string{id, ring.a.slug} {
			for _, name := range headers {
				in := plain
				in.headers = http.Header{http.CanonicalHeaderKey(name): {value}}
				got := ring.call(ring.b, token, "", in)
				require.Less(t, got.status, 500, route.Name())
				cases.one()
			}
			for _, name := range params {
				got := ring.call(ring.b, token, "", spot{in: "query", name: name}.with(plain, route, value))
				require.Less(t, got.status, 500, route.Name())
				cases.one()
			}
		}
		w.unchanged(t, route.Name())
	}
	w.done(t)
}
