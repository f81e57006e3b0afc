package attack_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/tenants"
	"souk/server/users"
	"souk/shared/wire"
)

func (r *ring) modules(t *testing.T, owner string) (all tenants.ModuleSwitches, byKey map[string]tenants.ModuleSwitch) {
	t.Helper()
	all, byKey = read[tenants.ModuleSwitches](t, r.ask(r.b, owner, "GET", "/modules", nil)), map[string]tenants.ModuleSwitch{}
	for _, one := range all.Modules {
		byKey[one.Key] = one
	}
	return all, byKey
}

// switchTo asks for a module to be on or off, as of the shop's settings now.
func (r *ring) switchTo(t *testing.T, owner, key string, on bool) answer {
	t.Helper()
	all, _ := r.modules(t, owner)
	return r.ask(r.b, owner, "PUT", "/modules/"+key, object{"on": on, "version": all.Version})
}

func TestTheOwnerSwitchesModules(t *testing.T) {
	r := newRing(t)
	owner, manager, cashier := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager), r.session(t, r.b, wire.Cashier)
	require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/transfers", nil).status)
	require.Contains(t, read[users.Session](t, r.ask(r.b, manager, "GET", "/session", nil)).Permissions, wire.Permission("transfers.read"))
	_, before := r.modules(t, owner)
	require.True(t, before["transfers"].On && before["tenants"].Always)
	require.Contains(t, before["inventory"].NeededBy, "transfers")

	t.Run("what others stand on stays on, and who needs it is said", func(t *testing.T) {
		require.Equal(t, "modules.always_on", r.switchTo(t, owner, "users", false).code())
		got := r.switchTo(t, owner, "sales", false)
		require.Equal(t, "modules.needed", got.code())
		require.Contains(t, got.body, "Reports")
		require.Equal(t, http.StatusNotFound, r.switchTo(t, owner, "no-such", false).status)
	})
	t.Run("goods on their way keep their module on", func(t *testing.T) {
		r.write(t, r.b, `update stock_transfers set state = 'sent', sent_at = now(), received_at = null, cancelled_at = null where tenant_id = $1
			and id = (select id from stock_transfers where tenant_id = $1 limit 1)`, r.b.id)
		require.Equal(t, "transfers.on_their_way", r.switchTo(t, owner, "transfers", false).code())
		require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/transfers", nil).status)
		r.write(t, r.b, `update stock_transfers set state = 'received', received_at = now() where tenant_id = $1 and state = 'sent'`, r.b.id)
	})
	t.Run("off is not there, for the owner either, from the next request on", func(t *testing.T) {
		require.Equal(t, http.StatusOK, r.switchTo(t, owner, "transfers", false).status)
		for _, token := range []string{owner, manager, cashier} {
			require.Equal(t, "request.not_found", r.ask(r.b, token, "GET", "/transfers", nil).code())
			session := read[users.Session](t, r.ask(r.b, token, "GET", "/session", nil))
			require.Contains(t, session.Closed, "transfers")
			require.NotContains(t, session.Permissions, wire.Permission("transfers.read"))
			require.Contains(t, session.Permissions, wire.Permission("catalog.read"))
		}
		require.Equal(t, http.StatusNotFound, r.ask(r.b, "", "GET", "/transfers", nil).status)
		for _, group := range read[wire.Page[users.RightsGroup]](t, r.ask(r.b, owner, "GET", "/permissions", nil)).Rows {
			require.NotEqual(t, "transfers", group.Module, "the role editor does not offer it")
		}
		require.Equal(t, http.StatusOK, r.ask(r.a, r.session(t, r.a, wire.Owner), "GET", "/transfers", nil).status, "another shop's is its own")
	})
	t.Run("it comes back with what it had", func(t *testing.T) {
		require.Equal(t, http.StatusOK, r.switchTo(t, owner, "transfers", true).status)
		require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/transfers", nil).status)
		require.NotContains(t, read[users.Session](t, r.ask(r.b, manager, "GET", "/session", nil)).Closed, "transfers")
	})
	t.Run("only who may, and nobody over another's change", func(t *testing.T) {
		all, _ := r.modules(t, owner)
		require.Equal(t, "auth.not_allowed", r.ask(r.b, manager, "PUT", "/modules/reports", object{"on": false, "version": all.Version}).code())
		require.Equal(t, "tenants.changed_meanwhile", r.ask(r.b, owner, "PUT", "/modules/reports", object{"on": false, "version": all.Version - 1}).code())
	})
	t.Run("the shop's words", func(t *testing.T) {
		all, _ := r.modules(t, owner)
		got := read[tenants.ModuleSwitches](t, r.ask(r.b, owner, "PUT", "/company/words", object{"words": "restaurant", "version": all.Version}))
		require.Equal(t, wire.Restaurant, got.Words)
		require.Equal(t, wire.Restaurant, read[users.Session](t, r.ask(r.b, cashier, "GET", "/session", nil)).Shop.Words)
		require.Equal(t, http.StatusUnprocessableEntity, r.ask(r.b, owner, "PUT", "/company/words", object{"words": "circus", "version": got.Version}).status)
		got = read[tenants.ModuleSwitches](t, r.ask(r.b, owner, "PUT", "/company/words", object{"words": "", "version": got.Version}))
		require.Equal(t, got.BusinessType, got.Words)
	})
}

func TestARoleIsShutOutOfAModule(t *testing.T) {
	r := newRing(t)
	owner, manager := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager)
	require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/stock", nil).status)

	r.must(t, r.b, owner, "PUT", "/built-in-roles/manager", shape(0, nil, []string{"inventory.use"}))
	require.Equal(t, "request.not_found", r.ask(r.b, manager, "GET", "/stock", nil).code(), "not there, the very next request")
	session := read[users.Session](t, r.ask(r.b, manager, "GET", "/session", nil))
	require.Contains(t, session.Closed, "inventory")
	for _, permission := range session.Permissions {
		require.NotEqual(t, "inventory", auth.ModuleOf(permission), "with the module goes all that it allows")
	}
	require.Equal(t, http.StatusOK, r.ask(r.b, owner, "GET", "/stock", nil).status)

	t.Run("why is told", func(t *testing.T) {
		told := read[users.Explained](t, r.ask(r.b, owner, "GET", "/people/"+r.b.people[wire.Manager].String()+"/rights", nil))
		for _, reason := range told.Rights {
			if auth.ModuleOf(reason.Permission) == "inventory" {
				require.False(t, reason.Allowed, reason.Permission)
				require.Equal(t, reason.Permission != "inventory.use", reason.Shut, reason.Permission)
			} else {
				require.False(t, reason.Shut, reason.Permission)
			}
		}
	})
	t.Run("a role of the shop's own on it may be let in again", func(t *testing.T) {
		id, person := uuid.NewString(), uuid.NewString()
		r.must(t, r.b, owner, "POST", "/roles", object{"id": id, "name": "Stock lead", "base": "manager", "grants": []string{"inventory.use"}, "denials": []string{}})
		r.must(t, r.b, owner, "POST", "/people", object{"id": person, "name": "Lea", "role": "manager", "role_id": id})
		require.Equal(t, http.StatusOK, r.ask(r.b, r.sessionOf(t, r.b, uuid.MustParse(person), nil), "GET", "/stock", nil).status)
	})
	t.Run("nobody shuts a module for the owner, nor grants one that is shut to himself", func(t *testing.T) {
		require.Equal(t, "roles.owner_fixed", r.ask(r.b, owner, "PUT", "/built-in-roles/owner", shape(0, nil, []string{"inventory.use"})).code())
		got := r.ask(r.b, manager, "POST", "/roles", object{"id": uuid.NewString(), "name": "Way round", "base": "cashier", "grants": []string{"inventory.use", "inventory.adjust"}, "denials": []string{}})
		require.Equal(t, "roles.beyond_you", got.code())
	})
}

func TestAnOpenSocketLosesAClosedModule(t *testing.T) {
	r := newRing(t)
	owner, manager := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager)
	next := r.listen(t, r.b, manager, "transfers.list", "company.settings")
	touch := func() { r.write(t, r.b, `update stock_transfers set note = note || 'x' where tenant_id = $1`, r.b.id) }
	require.Equal(t, "welcome", next().Type)
	touch()
	require.Equal(t, "transfers.list", next().Topic)
	require.Equal(t, http.StatusOK, r.switchTo(t, owner, "transfers", false).status)
	for next().Topic != "company.settings" { // more than one transfer was touched
	}
	touch()
	require.Equal(t, http.StatusOK, r.switchTo(t, owner, "reports", false).status)
	require.Equal(t, "company.settings", next().Topic, "what was touched between the two was not told")
}
