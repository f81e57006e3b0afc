package attack_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// place limits a person to stores by the route that people use.
func (r *ring) place(t *testing.T, of *shop, token string, person uuid.UUID, stores ...uuid.UUID) answer {
	t.Helper()
	var row struct {
		Name    string
		Role    string
		Version int
	}
	require.NoError(t, r.superuser.QueryRow(t.Context(), `select name, role, version from people where tenant_id = $1 and id = $2`, of.id, person).
		Scan(&row.Name, &row.Role, &row.Version))
	if stores == nil {
		stores = []uuid.UUID{}
	}
	return r.ask(of, token, "PUT", "/people/"+person.String(), object{"name": row.Name, "role": row.Role, "active": true, "version": row.Version, "stores": stores})
}

func TestLimitsOfPeople(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	first := of.opened.Store.ID
	second := ring.openBranch(t, of)
	owner, manager := ring.session(t, of, wire.Owner), ring.session(t, of, wire.Manager)
	sale := second.prey.rows["sales"][0]["id"].(string)

	t.Run("a limit holds on the very next request, and so does its end", func(t *testing.T) {
		require.Equal(t, http.StatusOK, ring.ask(of, manager, "GET", "/sales/"+sale, nil).status)
		require.Contains(t, ring.ask(of, manager, "GET", "/sales", nil).body, branchMark)
		got := ring.place(t, of, owner, of.people[wire.Manager], first)
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.Contains(t, got.body, first.String())
		require.Equal(t, http.StatusNotFound, ring.ask(of, manager, "GET", "/sales/"+sale, nil).status)
		require.NotContains(t, ring.ask(of, manager, "GET", "/sales", nil).body, branchMark)
		require.Equal(t, "auth.not_allowed", ring.ask(of, manager, "GET", "/trial-balance", nil).code(), "the books are the whole company's")
		session := ring.ask(of, manager, "GET", "/session", nil).body
		require.Contains(t, session, `"limited":true`)
		require.Contains(t, session, first.String())
		require.NotContains(t, session, second.id.String())
		require.NotContains(t, session, `"ledger.read"`)
		require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Manager]).status)
		require.Equal(t, http.StatusOK, ring.ask(of, manager, "GET", "/sales/"+sale, nil).status)
	})

	require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Manager], first).status)
	t.Run("an owner is never limited", func(t *testing.T) {
		require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Owner], first).status)
		require.Equal(t, http.StatusOK, ring.ask(of, owner, "GET", "/sales/"+sale, nil).status)
		require.Equal(t, "0", ring.text(t, `select count(*)::text from person_stores where tenant_id = $1 and person_id = $2`, of.id, of.people[wire.Owner]))
	})
	t.Run("nobody hands out stores that he does not work in", func(t *testing.T) {
		add := func(stores any) answer {
			body := object{"id": uuid.NewString(), "name": "Kim", "role": "cashier"}
			if stores != nil {
				body["stores"] = stores
			}
			return ring.ask(of, manager, "POST", "/people", body)
		}
		require.Equal(t, "people.store_unknown", add([]uuid.UUID{second.id}).code())
		require.Equal(t, "people.store_unknown", add([]uuid.UUID{first, uuid.New()}).code())
		require.Equal(t, "people.beyond_your_stores", add([]uuid.UUID{}).code(), "no limit would be all stores")
		own := add(nil)
		require.Equal(t, http.StatusOK, own.status, own.body)
		require.Contains(t, own.body, first.String(), "left out, it is where the caller works")
	})
	t.Run("who works elsewhere too is beyond a limited manager, who works there only is not there", func(t *testing.T) {
		require.Equal(t, "people.beyond_your_stores", ring.place(t, of, manager, of.people[wire.Cashier], first).code(), "a cashier of all stores")
		require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Cashier], first, second.id).status)
		require.Equal(t, "people.beyond_your_stores", ring.place(t, of, manager, of.people[wire.Cashier], first).code(), "a cashier of both")
		people := ring.ask(of, manager, "GET", "/people", nil).body
		require.Contains(t, people, `"elsewhere":true`)
		require.NotContains(t, people, second.id.String())
		require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Cashier], second.id).status)
		require.Equal(t, http.StatusNotFound, ring.place(t, of, manager, of.people[wire.Cashier], first).status)
		require.NotContains(t, ring.ask(of, manager, "GET", "/people", nil).body, of.people[wire.Cashier].String())
		require.Equal(t, http.StatusNotFound, ring.ask(of, manager, "PUT", "/people/"+of.people[wire.Cashier].String()+"/pin", object{"pin": "9753"}).status)
	})
}

func TestATillIsOfOneStore(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	first := of.opened.Store.ID
	second := ring.openBranch(t, of)
	owner := ring.session(t, of, wire.Owner)
	waiter := of.people[wire.Waiter]
	require.Equal(t, http.StatusOK, ring.ask(of, owner, "PUT", "/people/"+waiter.String()+"/pin", object{"pin": "8642"}).status)
	enter := func() (answer, string) {
		got := ring.ask(of, of.till, "POST", "/session/pin", object{"person_id": waiter, "pin": "8642"})
		var session struct{ Token string }
		_ = json.Unmarshal([]byte(got.body), &session)
		return got, session.Token
	}

	require.Equal(t, http.StatusOK, ring.place(t, of, owner, waiter, first).status)
	got, token := enter()
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, http.StatusOK, ring.ask(of, token, "GET", "/session", nil).status)
	require.Contains(t, ring.ask(of, of.till, "GET", "/sync/setup", nil).body, waiter.String())

	require.Equal(t, http.StatusOK, ring.place(t, of, owner, waiter, second.id).status)
	require.Equal(t, "auth.signed_out", ring.ask(of, token, "GET", "/session", nil).code(), "the session at the till ends with the right to work there")
	got, _ = enter()
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, "auth.not_in_store", got.code())
	require.Contains(t, got.body, "You do not work in this store.")
	setup := ring.ask(of, of.till, "GET", "/sync/setup", nil).body
	require.NotContains(t, setup, waiter.String(), "a till gets only those who may work in its store")
	require.Contains(t, setup, of.people[wire.Owner].String())

	require.Equal(t, http.StatusOK, ring.place(t, of, owner, waiter).status)
	_, token = enter()
	require.Contains(t, ring.ask(of, token, "GET", "/registers", nil).body, of.register)
	require.NotContains(t, ring.ask(of, token, "GET", "/registers", nil).body, branchMark, "at a till it is the till's store that counts")
}

func TestExportsKeepToTheStoresOfWhoAsked(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	first := of.opened.Store.ID
	ring.openBranch(t, of)
	owner, manager := ring.session(t, of, wire.Owner), ring.session(t, of, wire.Manager)
	require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Manager], first).status)
	export := func(token string) string {
		started := ring.ask(of, token, "POST", "/items/exports", object{"format": "csv"})
		require.Equal(t, http.StatusOK, started.status, started.body)
		var row struct{ ID string }
		require.NoError(t, json.Unmarshal([]byte(started.body), &row))
		return row.ID
	}
	all, mine := export(owner), export(manager)
	require.Equal(t, http.StatusNotFound, ring.ask(of, manager, "GET", "/jobs/"+all, nil).status, "made over all stores")
	require.Equal(t, http.StatusOK, ring.ask(of, manager, "GET", "/jobs/"+mine, nil).status)
	require.Equal(t, http.StatusOK, ring.ask(of, owner, "GET", "/jobs/"+mine, nil).status)
	require.NotContains(t, ring.ask(of, manager, "GET", "/jobs", nil).body, all)
	require.Equal(t, first.String(), ring.text(t, `select array_to_string(stores, ',') from jobs where tenant_id = $1 and id = $2`, of.id, mine))
}
