package attack_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/reports"
	"souk/server/tenants"
	"souk/shared/wire"
)

// at lets the shops go on at another instant.
func (r *ring) at(t *testing.T, instant time.Time) {
	t.Helper()
	program, err := app.Wire(t.Context(), app.Config{Domain: domain}, r.database.WithClock(func() time.Time { return instant }))
	require.NoError(t, err)
	r.program = program
}

// TestDaysAreTheStoresOwn sells in Berlin and in New York at one instant: it is the
// second of March in one store and still the first in the other.
func TestDaysAreTheStoresOwn(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	owner := ring.session(t, of, wire.Owner)
	ask := func(method, path string, body any) object { return ring.must(t, of, owner, method, path, body) }
	ring.at(t, time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC))
	york := ask("POST", "/stores", object{"id": uuid.NewString(), "version": 0, "name": "New York", "time_zone": "America/New_York",
		"address": "", "legal_name": "", "tax_number": "", "receipt_header": "", "receipt_footer": ""})
	item := ring.text(t, `select id::text from items where tenant_id = $1 and track_stock order by id limit 1`, of.id)
	cash := ring.text(t, `select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`, of.id)
	sell := func(store, paid any, times int) {
		register, shift := uuid.NewString(), uuid.NewString()
		ask("POST", "/registers", object{"id": register, "store_id": store, "name": "Counter", "kind": "browser"})
		ask("POST", "/shifts", object{"id": shift, "register_id": register, "float_minor": 0})
		for range times {
			ask("POST", "/sales", object{"id": uuid.NewString(), "register_id": register, "cart": object{"lines": []object{{"id": uuid.NewString(), "item_id": item, "quantity": "1"}}},
				"tenders": []object{{"method_id": cash, "amount_minor": paid}}})
		}
	}
	berlin := of.opened.Store.ID.String()
	sell(berlin, 250, 1)
	sell(york["id"], 250, 3)

	days := func(store string) reports.DaysReport {
		return read[reports.DaysReport](t, ring.ask(of, owner, "GET", "/reports/days?from=2026-03-01&to=2026-03-02&store_id="+store, nil))
	}
	both := days("")
	require.Len(t, both.Rows, 2)
	require.EqualValues(t, 4, both.Sum.Sales)
	require.Equal(t, "2026-03-02", days(berlin).Rows[0].BusinessDate)
	require.Equal(t, "2026-03-01", days(york["id"].(string)).Rows[0].BusinessDate)
	require.Equal(t, 3, days(york["id"].(string)).Sum.Sales)

	all := read[reports.Dashboard](t, ring.ask(of, owner, "GET", "/dashboard", nil))
	require.Len(t, all.Stores, 3, "the one that sold nothing too")
	require.Equal(t, 4, all.Today.Baskets)
	for _, row := range all.Stores {
		if row.Name == of.mark+" Harbour" {
			require.Zero(t, row.Baskets)
			continue
		}
		want := map[string]string{"America/New_York": "2026-03-01", "Europe/Berlin": "2026-03-02"}[row.TimeZone]
		require.Equal(t, want, row.BusinessDate)
		require.Equal(t, map[string]int{"America/New_York": 3, "Europe/Berlin": 1}[row.TimeZone], row.Baskets)
		require.EqualValues(t, 250, row.Average)
	}
	one := read[reports.Dashboard](t, ring.ask(of, owner, "GET", "/dashboard?store_id="+york["id"].(string), nil))
	require.Empty(t, one.Stores, "one store is not compared with itself")
	require.Equal(t, "2026-03-01", one.BusinessDate)
	require.Equal(t, 3, one.Today.Baskets)
	require.Equal(t, 22, one.Hours[0].Hour, "by the store's own clock")

	for path, want := range map[string]int{"/sales?store_id=" + york["id"].(string): 3, "/shifts?store_id=" + york["id"].(string): 1} {
		var page struct{ Rows []json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(ring.ask(of, owner, "GET", path, nil).body), &page))
		require.Len(t, page.Rows, want, path)
	}
	stock := func(store string) string { return ring.ask(of, owner, "GET", "/stock?store_id="+store, nil).body }
	require.Contains(t, stock(york["id"].(string)), `"on_hand":"-3"`)
	require.NotContains(t, stock(berlin), `"on_hand":"-3"`)
}

func TestStoresCloseAndOpen(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	owner, manager := ring.session(t, of, wire.Owner), ring.session(t, of, wire.Manager)
	first := of.opened.Store.ID.String()
	put := func(token, path string) answer { return ring.ask(of, token, "PUT", "/stores/"+path, nil) }
	harbour := ring.text(t, `select id::text from stores where tenant_id = $1 and name = $2`, of.id, of.mark+" Harbour")
	require.Equal(t, http.StatusOK, put(owner, harbour+"/closure").status, "a store without a register closes at once")

	require.Equal(t, "auth.not_allowed", put(manager, first+"/closure").code())
	require.Equal(t, "tenants.last_store", put(owner, first+"/closure").code())
	second := ring.openBranch(t, of)
	closed := put(owner, second.id.String()+"/closure")
	require.Equal(t, "tills.shifts_open_in_store", closed.code())
	require.Contains(t, closed.body, branchMark+" browser")
	shift := ring.text(t, `select id::text from shifts where tenant_id = $1 and store_id = $2 and closed_at is null`, of.id, second.id)
	require.Equal(t, http.StatusOK, ring.ask(of, owner, "POST", "/shifts/"+shift+"/closure", object{"counted_minor": 10000}).status)
	closed = put(owner, second.id.String()+"/closure")
	require.Equal(t, "tills.paired_in_store", closed.code())
	require.Contains(t, closed.body, branchMark+" till")
	device := ring.text(t, `select d.id::text from devices d join registers r on r.tenant_id = $1 and r.id = d.register_id
		where d.tenant_id = $1 and r.store_id = $2 and d.revoked_at is null`, of.id, second.id)
	require.Equal(t, http.StatusNoContent, ring.ask(of, owner, "DELETE", "/devices/"+device, nil).status)

	store := read[tenants.Store](t, put(owner, second.id.String()+"/closure"))
	require.False(t, store.Active)
	require.Equal(t, http.StatusOK, put(owner, second.id.String()+"/closure").status, "closed is closed")
	require.Equal(t, "0", ring.text(t, `select count(*)::text from registers where tenant_id = $1 and store_id = $2 and active`, of.id, second.id))
	add := ring.ask(of, owner, "POST", "/registers", object{"id": uuid.NewString(), "store_id": second.id, "name": "New", "kind": "browser"})
	require.Equal(t, "tills.store_closed", add.code())
	register := second.prey.rows["registers"][0]["id"].(string)
	version := ring.text(t, `select version::text from registers where tenant_id = $1 and id = $2`, of.id, register)
	back := func() answer {
		return ring.ask(of, owner, "PUT", "/registers/"+register, object{"name": "Back", "active": true, "version": json.RawMessage(version)})
	}
	require.Equal(t, "tills.store_closed", back().code())
	require.Contains(t, ring.ask(of, owner, "GET", "/sales", nil).body, branchMark, "what it sold stays")
	require.Equal(t, "tenants.last_store", put(owner, first+"/closure").code())

	require.True(t, read[tenants.Store](t, ring.ask(of, owner, "DELETE", "/stores/"+second.id.String()+"/closure", nil)).Active)
	require.Equal(t, http.StatusOK, back().status)
	ring.verified(t)
}

func TestAManagerKeepsTheFactsOfHisStore(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	second := ring.openBranch(t, of)
	owner, manager := ring.session(t, of, wire.Owner), ring.session(t, of, wire.Manager)
	require.Equal(t, http.StatusOK, ring.place(t, of, owner, of.people[wire.Manager], second.id).status)
	store := read[tenants.Store](t, ring.ask(of, manager, "GET", "/stores/"+second.id.String(), nil))
	store.Phone, store.TimeZone = "+1 212 555 0100", "America/Chicago"
	saved := read[tenants.Store](t, ring.ask(of, manager, "PUT", "/stores/"+second.id.String(), store))
	require.Equal(t, "+1 212 555 0100", saved.Phone)
	require.True(t, saved.Active)
	require.Equal(t, second.location, saved.LocationID)
	require.Equal(t, "tenants.store_unknown", ring.ask(of, manager, "GET", "/stores/"+of.opened.Store.ID.String(), nil).code())
	require.Equal(t, "auth.not_allowed", ring.ask(of, manager, "POST", "/stores", store).code())
	require.NotContains(t, ring.ask(of, manager, "GET", "/stores", nil).body, of.opened.Store.ID.String())
}
