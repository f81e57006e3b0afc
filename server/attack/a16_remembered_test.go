package attack_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
	"souk/shared/wire"
)

// TestAttackWhatIsRemembered asks both shops for the same under one key, one after
// the other: what was remembered of the one is not what the other gets.
func TestAttackWhatIsRemembered(t *testing.T) {
	r := newRing(t)
	foreign, own := r.session(t, r.a, wire.Owner), r.session(t, r.b, wire.Owner)
	var reads []web.Route
	for _, route := range r.program.Web.Routes() {
		if route.Method == http.MethodGet && (&filler{api: r.program.Web.OpenAPI()}).fill(route).target == "/api"+route.Path {
			reads = append(reads, route)
		}
	}
	require.NotEmpty(t, reads)
	cases := count(t, "A16", len(reads)*2+4)
	w := r.watch(t)
	for _, route := range reads {
		in := request{method: http.MethodGet, target: "/api" + route.Path}
		warm := r.call(r.a, foreign, "", in)
		got := r.call(r.b, own, "", in)
		require.Equal(t, warm.status, got.status, route.Name())
		cases.one()
		// The mark of A's answer is none of B's.
		in.headers = http.Header{"If-None-Match": {warm.header.Get("Etag"), "*"}}
		marked := r.call(r.b, own, "", in)
		require.Equal(t, got.status, marked.status, "%s: %s", route.Name(), marked.body)
		require.Equal(t, len(got.body) > 0, len(marked.body) > 0, route.Name())
		cases.one()
	}
	w.done(t)

	// One operation of both: each is done, and answered for itself.
	operation, id := uuid.NewString(), uuid.NewString()
	make1 := request{method: http.MethodPost, target: "/api/customers", body: must(json.Marshal(object{"id": id, "name": r.a.mark + " remembered"}))}
	first := r.call(r.a, foreign, operation, make1)
	require.Equal(t, http.StatusOK, first.status, first.body)
	make2 := request{method: http.MethodPost, target: "/api/customers", body: must(json.Marshal(object{"id": id, "name": "of B"}))}
	second := r.call(r.b, own, operation, make2)
	require.Equal(t, http.StatusOK, second.status, second.body)
	require.NotContains(t, second.body, "remembered")
	cases.one()
	require.Equal(t, "of B", r.text(t, `select name from customers where tenant_id = $1 and id = $2`, r.b.id, id))
	cases.one()
	same := r.call(r.b, own, operation, make1)
	require.NotContains(t, same.body, r.b.mark+" remembered")
	require.Equal(t, http.StatusUnprocessableEntity, same.status, "the same operation with another body: %s", same.body)
	cases.one()

	// What a role was, it is no longer.
	cashier := r.session(t, r.b, wire.Cashier)
	require.Equal(t, http.StatusOK, r.ask(r.b, cashier, "GET", "/customers", nil).status)
	r.must(t, r.b, own, "PUT", "/built-in-roles/cashier", shape(0, nil, []string{"parties.read"}))
	require.Equal(t, http.StatusForbidden, r.ask(r.b, cashier, "GET", "/customers", nil).status)
	require.Equal(t, http.StatusOK, r.ask(r.a, r.session(t, r.a, wire.Cashier), "GET", "/customers", nil).status, "the other shop's cashiers keep theirs")
	cases.one()
}
