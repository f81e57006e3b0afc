package attack_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// favourites are the columns that an attacker would like to set, whatever table a
// route writes to.
var favourites = []string{
	"tenant_id", "tenant", "id", "role", "role_id", "status", "state", "total_minor", "cost_minor", "posted_at", "created_by", "created_at", "version", "is_admin", "admin",
	"approved_by", "active", "operator", "stores", "password", "password_hash", "pin_hash", "token_hash", "grants", "denials", "person_id", "made_by", "receipt_no", "series", "__proto__", "constructor",
}

// objectsIn are the ways to every object of a body.
func objectsIn(value any, at []any) [][]any {
	var found [][]any
	switch value := value.(type) {
	case map[string]any:
		found = append(found, at)
		for _, name := range sortedNames(value) {
			found = append(found, objectsIn(value[name], append(slices.Clone(at), name))...)
		}
	case []any:
		for n := range value {
			found = append(found, objectsIn(value[n], append(slices.Clone(at), n))...)
		}
	}
	return found
}

// TestAttackByFieldsThatNobodyAsked adds to every object of every body each column
// of the table that it is about and each of the favourites: the request is refused
// as a whole and nothing of it is done.
func TestAttackByFieldsThatNobodyAsked(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	own := ring.prey(t, ring.b).rows
	columns := map[string][]string{}
	for _, tab := range ring.tables(t) {
		columns[tab.name] = tab.columns
	}
	before := ring.fingerprint(t, ring.b.id)
	cases := count(t, "A11", 0)
	for _, route := range ring.program.Web.Routes() {
		f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}
		in := f.fill(route)
		if in.body == nil {
			continue
		}
		names := append(slices.Clone(favourites), columns[tableOf("id", route.Path, own)]...)
		slices.Sort(names)
		for _, at := range objectsIn(parsed(in.body), nil) {
			for _, name := range slices.Compact(names) {
				body := parsed(in.body)
				if known(body, at, name) {
					continue
				}
				cases.expect(1)
				put(body, append(slices.Clone(at), name), "x")
				got := ring.call(ring.b, ring.rightful(route, owner), "", request{method: in.method, target: in.target, body: must(json.Marshal(body)), said: in.said})
				require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s takes a field %q at %v that is not in its description: %s", route.Name(), name, at, got.body)
				cases.one()
			}
		}
		require.Equal(t, before, ring.fingerprint(t, ring.b.id), "%s refused a field and did something all the same", route.Name())
	}
	w.done(t)
}

// known tells whether the body's own description has a field of that name there,
// or any: the entries of an upload are read one by one, and what cannot be read
// of them stands in the list of exceptions (A2 looks at those).
func known(body any, at []any, name string) bool {
	for _, step := range at {
		switch step := step.(type) {
		case string:
			body = body.(map[string]any)[step]
		case int:
			body = body.([]any)[step]
		}
	}
	object := body.(map[string]any)
	_, there := object[name]
	return there || len(object) == 0 && len(at) > 0
}
