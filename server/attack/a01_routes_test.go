package attack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// caller is one of those who try: nobody, a person of each role, or a till.
type caller struct {
	name  string
	role  wire.Role   // "" is nobody
	has   auth.Rights // of a role of the shop's own; else the role's
	token func(t *testing.T) string
}

func (c caller) may(grants map[wire.Role]map[wire.Permission]bool, needs wire.Permission) bool {
	switch {
	case needs == web.Anyone:
		return true
	case c.role == "":
		return false
	case needs == web.SignedIn:
		return true
	}
	if c.has != nil {
		return c.has[needs]
	}
	return grants[c.role][needs]
}

// callers are nobody, the 15 roles, two of the shop's own and a till of one shop. A session that signs
// out is another one each time.
func (r *ring) callers(of *shop) []caller {
	all := []caller{{name: "nobody", token: func(*testing.T) string { return "" }}}
	for _, role := range wire.Roles() {
		all = append(all, caller{name: string(role), role: role, token: func(t *testing.T) string { return r.session(t, of, role) }})
	}
	for role, has := range map[wire.Role]auth.Rights{denied: {}, singled: {singleGood: true}} {
		all = append(all, caller{name: "an own role, " + string(role), role: role, has: has, token: func(t *testing.T) string { return r.session(t, of, role) }})
	}
	return append(all, caller{name: "a till", role: wire.Till, token: func(*testing.T) string { return of.till }})
}

func endsSession(route web.Route) bool {
	return route.Method == http.MethodDelete && route.Path == "/session"
}

// tokens are drawn once a caller, and anew where a call ends the session.
func (r *ring) tokens(t *testing.T, callers []caller) []string {
	t.Helper()
	out := make([]string, len(callers))
	for i, c := range callers {
		out[i] = c.token(t)
	}
	return out
}

func TestAttackRoutesByRole(t *testing.T) {
	ring := newRing(t)
	callers := ring.callers(ring.b)
	tokens := ring.tokens(t, callers)
	grants := ring.program.Authority.Grants()
	own := ring.prey(t, ring.b).rows
	// What callers may do away with is not what the other callers stand on.
	own["people"] = only(own["people"], "role", "pos_user")
	own["roles"] = only(own["roles"], "name", ring.b.mark+" spare role")
	own["sessions"] = only(own["sessions"], "user_agent", ring.b.mark+" spare browser")
	own["devices"] = only(own["devices"], "register_id", ring.b.spare)
	cases := count(t, "A1", len(ring.program.Web.Routes())*len(callers))
	allowed, reads := 0, map[string]bool{}
	for _, route := range ring.program.Web.Routes() {
		last := ""
		for i, who := range callers {
			token := tokens[i]
			if endsSession(route) {
				token = who.token(t)
			}
			f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own, turn: i}
			got := ring.call(ring.b, token, "", f.fill(route))
			cases.one()
			label := fmt.Sprintf("%s by %s: %d %s", route.Name(), who.name, got.status, got.body)
			require.Less(t, got.status, 500, label)
			switch {
			case who.may(grants, route.Needs):
				allowed++
				require.NotEqual(t, "auth.not_allowed", got.code(), label)
				require.NotEqual(t, "auth.signed_out", got.code(), label)
				if route.Method == http.MethodGet && got.status == http.StatusOK {
					reads[route.Name()] = true
				}
				last = label
			case who.role == "":
				require.Equal(t, http.StatusUnauthorized, got.status, label)
			default:
				require.Equal(t, http.StatusForbidden, got.status, label)
				require.Equal(t, "auth.not_allowed", got.code(), label)
			}
		}
		if route.Method == http.MethodGet {
			require.True(t, reads[route.Name()], "nobody could read %s: the suite may be refusing everything; last: %s", route.Name(), last)
		}
	}
	ring.verified(t)
	require.Greater(t, allowed, len(ring.program.Web.Routes()))
	require.Greater(t, cases.ran, allowed)
}

// TestAttackRoutesWithOneRight gives a role of the shop's own one right after the
// other, alone, and goes through every route with each.
func TestAttackRoutesWithOneRight(t *testing.T) {
	ring := newRing(t)
	cases, allowed := count(t, "A1", 0), 0
	for _, group := range ring.program.Authority.Catalogue {
		for _, right := range group.Rights {
			alone := right.Permission
			person := ring.holder(t, ring.b, wire.POSUser, "only "+string(alone), alone)
			token := ring.sessionOf(t, ring.b, person, nil)
			cases.expect(len(ring.program.Web.Routes()) - 1) // but the one that ends the session
			for _, route := range ring.program.Web.Routes() {
				if endsSession(route) {
					continue
				}
				got := ring.call(ring.b, token, "", (&filler{api: ring.program.Web.OpenAPI()}).fill(route))
				cases.one()
				label := fmt.Sprintf("%s with %s alone: %d %s", route.Name(), alone, got.status, got.body)
				require.Less(t, got.status, 500, label)
				may := route.Needs == alone || route.Needs == web.SignedIn || route.Needs == web.Anyone
				if !may {
					require.Equal(t, http.StatusForbidden, got.status, label)
				}
				require.Equal(t, !may, got.code() == "auth.not_allowed", label)
				if may {
					allowed++
				}
			}
		}
	}
	ring.verified(t)
	require.Greater(t, cases.ran, allowed)
	require.NotZero(t, allowed)
}

// raid is one shop's callers going through the routes with another's ids.
type raid struct {
	ring            *ring
	prey            *prey
	own             map[string][]map[string]any
	before          map[string]string
	keys            []map[string]any // the other shop's operations
	cases           *tally
	spent           map[string]bool // words of A\'s that B has taken already
	compared, taken int
}

func TestAttackRoutesWithAnothersIDs(t *testing.T) {
	ring := newRing(t)
	callers := ring.callers(ring.b)
	tokens := ring.tokens(t, callers)
	r := &raid{ring: ring, prey: ring.prey(t, ring.a), own: ring.prey(t, ring.b).rows, spent: map[string]bool{}, before: ring.fingerprint(t, ring.a.id)}
	r.keys = r.prey.rows["operations"]
	r.cases = count(t, "A2", 2*(len(ring.program.Web.Routes())*len(callers)+len(posts(ring))))
	for _, creates := range []bool{false, true} {
		for _, route := range ring.program.Web.Routes() {
			for i, who := range callers {
				if creates && (route.Method != http.MethodPost || who.role != wire.Owner) {
					continue
				}
				token := func() string {
					if endsSession(route) {
						return who.token(t)
					}
					return tokens[i]
				}
				r.try(t, route, who, creates, token)
			}
			require.Equal(t, r.before, ring.fingerprint(t, ring.a.id), "%s with the other shop's ids changed it", route.Name())
		}
	}
	ring.verified(t)
	require.NotZero(t, r.compared)
	require.NotZero(t, r.taken, "every call was refused: the bodies are not well made")
}

// try asks twice, with the other shop's ids and with nobody's: a stranger must
// not be able to tell the two apart.
func (r *raid) try(t *testing.T, route web.Route, who caller, creates bool, token func() string) {
	t.Helper()
	theirs := &filler{api: r.ring.program.Web.OpenAPI(), rows: r.prey.rows, own: r.own, creates: creates}
	if creates {
		theirs.spent = r.spent
	}
	nobodys := &filler{api: r.ring.program.Web.OpenAPI(), own: r.own, creates: creates}
	key := ""
	if creates && len(r.keys) > 0 {
		// The other shop's operation must not be answered here.
		key, r.keys = r.keys[0]["id"].(string), r.keys[1:]
	}
	foreign := r.ring.call(r.ring.b, token(), key, theirs.fill(route))
	random := r.ring.call(r.ring.b, token(), "", nobodys.fill(route))
	r.cases.one()
	r.cases.one()
	label := fmt.Sprintf("%s by %s\nwith theirs: %d %s\nwith nobody's: %d %s", route.Name(), who.name, foreign.status, foreign.body, random.status, random.body)
	require.Less(t, foreign.status, 500, label)
	// What was made with theirs may have used up what nobody's would need, such as
	// the rest of a sale; only a refusal can tell that something is there.
	if theirs.taken > 0 && (!creates || foreign.status >= 300) {
		r.compared++
		require.Equal(t, random.bare(), foreign.bare(), label)
	}
	if leak := r.prey.canaryIn(foreign.body+fmt.Sprint(foreign.header), toAny(foreign.said)); leak != "" {
		t.Errorf("%s of the other shop in the answer: %s", leak, label)
	}
	if foreign.status < 300 {
		r.taken++
		for _, said := range foreign.said {
			r.spent[theirs.area+said] = true
		}
	}
}

func TestAttackRoutesWithAnothersSession(t *testing.T) {
	ring := newRing(t)
	before := map[*shop]map[string]string{ring.a: ring.fingerprint(t, ring.a.id), ring.b: ring.fingerprint(t, ring.b.id)}
	cases := count(t, "A1", 0)
	for _, way := range []struct{ of, at *shop }{{ring.a, ring.b}, {ring.b, ring.a}} {
		callers := ring.callers(way.of)[1:]
		tokens := ring.tokens(t, callers)
		before[way.of] = ring.fingerprint(t, way.of.id)
		elsewhere := []string{"/", "/live", "/api/openapi.json", "/api/docs", "/sales", "/api/nothing"}
		cases.expect(len(callers)*len(ring.program.Web.Routes()) + len(elsewhere))
		for _, route := range ring.program.Web.Routes() {
			for i, who := range callers {
				f := &filler{api: ring.program.Web.OpenAPI()}
				got := ring.call(way.at, tokens[i], "", f.fill(route))
				cases.one()
				require.Equal(t, http.StatusMisdirectedRequest, got.status, "%s by %s", route.Name(), who.name)
				require.Empty(t, got.body)
			}
		}
		for _, path := range elsewhere {
			got := ring.call(way.at, tokens[0], "", request{method: http.MethodGet, target: path})
			cases.one()
			require.Equal(t, http.StatusMisdirectedRequest, got.status, path)
		}
	}
	for of, print := range before {
		require.Equal(t, print, ring.fingerprint(t, of.id))
	}
}

func TestAttackRoutesWithDeadTokens(t *testing.T) {
	ring := newRing(t)
	cases := count(t, "A1", 0)
	for name, token := range ring.deadTokens(t, ring.b) {
		for _, route := range ring.program.Web.Routes() {
			if route.Needs == web.Anyone {
				continue
			}
			cases.expect(1)
			got := ring.call(ring.b, token, "", (&filler{api: ring.program.Web.OpenAPI()}).fill(route))
			cases.one()
			require.Equal(t, http.StatusUnauthorized, got.status, "%s with %s: %s", route.Name(), name, got.body)
		}
	}
}

func TestAttackRoutesAtUnknownAddresses(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	slugs := append([]string{"nobody-here", ring.a.slug + ".x", uuid.NewString()}, web.ReservedSlugs...)
	cases := count(t, "A1", len(slugs)*(len(ring.program.Web.Routes())+1))
	for _, slug := range slugs {
		for _, route := range ring.program.Web.Routes() {
			got := ring.call(&shop{slug: slug}, "", "", (&filler{api: ring.program.Web.OpenAPI()}).fill(route))
			cases.one()
			require.Equal(t, http.StatusNotFound, got.status, "%s at %s", route.Name(), slug)
			require.NotContains(t, got.body, canaryMark)
		}
		got := ring.call(&shop{slug: slug}, owner, "", request{method: http.MethodGet, target: "/api/session"})
		cases.one()
		require.Contains(t, []int{http.StatusNotFound, http.StatusMisdirectedRequest}, got.status)
	}
}

// posts are the routes that make something.
func posts(r *ring) []web.Route {
	return slices.DeleteFunc(slices.Clone(r.program.Web.Routes()), func(route web.Route) bool { return route.Method != http.MethodPost })
}

// only keeps the rows that have a value in a column.
func only(rows []map[string]any, column, value string) []map[string]any {
	return slices.DeleteFunc(slices.Clone(rows), func(row map[string]any) bool { return row[column] != value })
}

func toAny(texts []string) []any { return []any{strings.Join(texts, " ")} }
