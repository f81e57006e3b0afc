package attack_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/users"
	"souk/shared/wire"
)

// ask sends a request as somebody and gives what came back.
func (r *ring) ask(of *shop, token, method, path string, body any) answer {
	in := request{method: method, target: "/api" + path}
	if body != nil {
		in.body = must(json.Marshal(body))
	}
	return r.call(of, token, "", in)
}

func read[T any](t *testing.T, got answer) (out T) {
	t.Helper()
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	return out
}

func (r *ring) roles(t *testing.T, of *shop, token string) map[string]users.Role {
	t.Helper()
	all := map[string]users.Role{}
	for _, role := range read[wire.Page[users.Role]](t, r.ask(of, token, "GET", "/roles", nil)).Rows {
		all[role.Key] = role
	}
	return all
}

func shape(version int, grants, denials []string) object {
	return object{"version": version, "grants": append([]string{}, grants...), "denials": append([]string{}, denials...)}
}

func TestARoleOfTheShopsOwnIsMadeGivenAndTakenAway(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	id := uuid.NewString()
	made := read[users.Role](t, r.ask(r.b, owner, "POST", "/roles", object{
		"id": id, "name": "  صندوق نهاية الأسبوع  ", "base": "cashier", "grants": []string{"sales.refund"}, "denials": []string{"sales.discount"},
	}))
	require.Equal(t, "صندوق نهاية الأسبوع", made.Name, "any script, without spaces around")
	require.Contains(t, made.Rights, wire.Permission("sales.refund"))
	require.NotContains(t, made.Rights, wire.Permission("sales.discount"))

	person := uuid.NewString()
	got := read[users.Person](t, r.ask(r.b, owner, "POST", "/people", object{"id": person, "name": "Noor", "role": "cashier", "role_id": id}))
	require.Equal(t, made.Name, got.RoleName)
	require.Equal(t, 1, r.roles(t, r.b, owner)[id].People)
	token := r.sessionOf(t, r.b, uuid.MustParse(person), nil)
	session := read[users.Session](t, r.ask(r.b, token, "GET", "/session", nil))
	require.Equal(t, made.Name, session.User.RoleName)
	require.Equal(t, made.Rights, session.Permissions)

	t.Run("it follows the role it stands on, unless it says otherwise", func(t *testing.T) {
		r.must(t, r.b, owner, "PUT", "/built-in-roles/cashier", shape(0, []string{"sales.discount", "sales.drawer"}, []string{"sales.refund", "parties.edit"}))
		now := r.roles(t, r.b, owner)[id]
		require.Contains(t, now.Rights, wire.Permission("sales.drawer"), "granted to the base")
		require.NotContains(t, now.Rights, wire.Permission("parties.edit"), "denied to the base")
		require.Contains(t, now.Rights, wire.Permission("sales.refund"), "granted here, denied there")
		require.NotContains(t, now.Rights, wire.Permission("sales.discount"), "denied here, granted there")
		require.Contains(t, now.Floor, wire.Permission("sales.drawer"))
	})
	t.Run("why somebody may do something is told", func(t *testing.T) {
		told := read[users.Explained](t, r.ask(r.b, owner, "GET", "/people/"+person+"/rights", nil))
		why := map[wire.Permission]users.Reason{}
		for _, reason := range told.Rights {
			why[reason.Permission] = reason
		}
		require.Equal(t, users.Reason{Permission: "sales.refund", Allowed: true, BuiltIn: users.SaidDenied, Own: users.SaidGranted}, why["sales.refund"])
		require.Equal(t, users.Reason{Permission: "parties.edit", ByDefault: true, BuiltIn: users.SaidDenied}, why["parties.edit"])
		require.Equal(t, users.Reason{Permission: "sales.sell", Allowed: true, ByDefault: true}, why["sales.sell"])
		require.Equal(t, made.Name, told.RoleName)
		require.NotContains(t, why, wire.Permission("sync.till"))
		require.Equal(t, http.StatusNotFound, r.ask(r.b, owner, "GET", "/people/"+uuid.NewString()+"/rights", nil).status)
	})
	t.Run("what a change would mean is told before it is made", func(t *testing.T) {
		effects := read[users.Effects](t, r.ask(r.b, owner, "GET", "/role-effects?key=cashier&grants=sales.void&denials=sales.sell", nil))
		require.ElementsMatch(t, []wire.Permission{"sales.void", "parties.edit"}, effects.Won)
		require.ElementsMatch(t, []wire.Permission{"sales.sell", "sales.drawer"}, effects.Lost)
		require.Len(t, effects.People, 2, "the cashier and Noor, whose role stands on it")
		for _, one := range effects.People {
			require.Contains(t, one.Lost, wire.Permission("sales.sell"), one.Name)
			require.Contains(t, one.Won, wire.Permission("sales.void"), one.Name)
		}
		require.Empty(t, effects.Refused)
		require.Contains(t, r.roles(t, r.b, owner)["cashier"].Rights, wire.Permission("sales.sell"), "nothing was changed")
	})
	t.Run("while somebody has it, it stays, and who that is is said", func(t *testing.T) {
		got := r.ask(r.b, owner, "DELETE", "/roles/"+id+"?version=1", nil)
		require.Equal(t, http.StatusConflict, got.status)
		require.Equal(t, "roles.in_use", got.code())
		require.Contains(t, got.body, "Noor")
	})
	t.Run("who has left does not keep it", func(t *testing.T) {
		r.must(t, r.b, owner, "PUT", "/people/"+person, object{"name": "Noor", "role": "cashier", "role_id": id, "active": false, "version": 1})
		require.Equal(t, http.StatusNoContent, r.ask(r.b, owner, "DELETE", "/roles/"+id+"?version=1", nil).status)
		require.NotContains(t, r.roles(t, r.b, owner), id)
		require.Equal(t, "cashier", r.text(t, `select role from people where id = $1 and role_id is null`, person))
	})
}

func TestRolesFollowTheirRules(t *testing.T) {
	r := newRing(t)
	owner, manager := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager)
	own := func(name, base string, grants, denials []string) string {
		id := uuid.NewString()
		r.must(t, r.b, owner, "POST", "/roles", object{"id": id, "name": name, "base": base, "grants": append([]string{}, grants...), "denials": append([]string{}, denials...)})
		return id
	}
	// Someone below the manager who may shape roles and employ people.
	lead := own("Lead", "sales_manager", []string{"people.read", "people.edit", "people.roles"}, nil)
	leader := r.ask(r.b, owner, "POST", "/people", object{"id": uuid.NewString(), "name": "Lea", "role": "sales_manager", "role_id": lead})
	leaderID := read[users.Person](t, leader).ID
	leading := r.sessionOf(t, r.b, leaderID, nil)
	settings := own("Settings", "cashier", []string{"company.edit"}, nil)
	plain := own("Plain", "cashier", nil, nil)
	spare, unheld := own("Spare", "pos_user", nil, nil), own("Unheld", "pos_user", nil, nil)
	newRole := func(base string, grants, denials []string) object {
		return object{"id": uuid.NewString(), "name": "Fresh " + uuid.NewString(), "base": base, "grants": append([]string{}, grants...), "denials": append([]string{}, denials...)}
	}
	renamed := func(name string, version int, grants, denials []string) object {
		body := shape(version, grants, denials)
		body["name"] = name
		return body
	}
	person := func(role wire.Role, id any, version int) object {
		body := object{"name": "X", "role": role, "active": true, "version": version}
		if id != nil {
			body["role_id"] = id
		}
		return body
	}
	mgr, csh := r.b.people[wire.Manager].String(), r.b.people[wire.Cashier].String()
	cases := map[string]struct {
		token, method, path string
		body                any
		status              int
		code                string
	}{
		"the owner's role cannot be changed":                  {owner, "PUT", "/built-in-roles/owner", shape(0, nil, []string{"sales.sell"}), 403, "roles.owner_fixed"},
		"no role stands on the owner's":                       {owner, "POST", "/roles", newRole("owner", nil, nil), 422, "roles.unknown_base"},
		"no role stands on a till's":                          {owner, "POST", "/roles", newRole("till", nil, nil), 422, "roles.unknown_base"},
		"no role stands on nothing":                           {owner, "POST", "/roles", newRole("boss", nil, nil), 422, "roles.unknown_base"},
		"a till's right is nobody else's":                     {owner, "POST", "/roles", newRole("cashier", []string{"sync.till"}, nil), 422, "roles.unknown_right"},
		"the installation's right is the owner's":             {owner, "PUT", "/built-in-roles/cashier", shape(0, []string{"system.operate"}, nil), 422, "roles.unknown_right"},
		"a right that is none":                                {owner, "POST", "/roles", newRole("cashier", nil, []string{"sales.fly"}), 422, "roles.unknown_right"},
		"a right both ways":                                   {owner, "POST", "/roles", newRole("cashier", []string{"sales.void"}, []string{"sales.void"}), 422, "roles.both_ways"},
		"a role without a name":                               {owner, "PUT", "/roles/" + plain, renamed("   ", 1, nil, nil), 422, "roles.need_name"},
		"two roles of one name":                               {owner, "PUT", "/roles/" + plain, renamed("sEtTings", 1, nil, nil), 409, "roles.name_taken"},
		"a role that is not there":                            {owner, "PUT", "/roles/" + uuid.NewString(), renamed("Gone", 1, nil, nil), 404, "roles.unknown"},
		"a built-in role that is not there":                   {owner, "PUT", "/built-in-roles/boss", shape(0, nil, nil), 404, "roles.unknown"},
		"an old version of an own role":                       {owner, "PUT", "/roles/" + plain, renamed("Plain", 7, nil, nil), 409, "roles.changed_meanwhile"},
		"an old version of a built-in role":                   {owner, "PUT", "/built-in-roles/waiter", shape(3, nil, nil), 409, "roles.changed_meanwhile"},
		"an old version when deleting":                        {owner, "DELETE", "/roles/" + unheld + "?version=9", nil, 409, "roles.changed_meanwhile"},
		"nobody grants what he has not: to a new role":        {manager, "POST", "/roles", newRole("cashier", []string{"company.edit"}, nil), 403, "roles.beyond_you"},
		"nobody grants what he has not: to an own role":       {manager, "PUT", "/roles/" + plain, renamed("Plain", 1, []string{"company.edit"}, nil), 403, "roles.beyond_you"},
		"nobody grants what he has not: to a built-in role":   {manager, "PUT", "/built-in-roles/cashier", shape(0, []string{"company.edit"}, nil), 403, "roles.beyond_you"},
		"nobody edits a role that may do more":                {manager, "PUT", "/roles/" + settings, renamed("Settings", 1, nil, nil), 403, "roles.beyond_you"},
		"nobody deletes a role that may do more":              {manager, "DELETE", "/roles/" + settings + "?version=1", nil, 403, "roles.beyond_you"},
		"nor the one beneath it":                              {manager, "PUT", "/built-in-roles/cashier", shape(0, nil, []string{"sales.sell"}), 403, "roles.beyond_you"},
		"nor a built-in one":                                  {manager, "PUT", "/built-in-roles/system_manager", shape(0, nil, []string{"company.edit"}), 403, "roles.beyond_you"},
		"nobody makes a role above his level":                 {leading, "POST", "/roles", newRole("manager", nil, nil), 403, "people.above_you"},
		"nobody edits a role above his level":                 {leading, "PUT", "/built-in-roles/manager", shape(0, nil, []string{"people.roles"}), 403, "people.above_you"},
		"nobody changes his own role":                         {manager, "PUT", "/built-in-roles/manager", shape(0, nil, []string{"sales.void"}), 403, "roles.own_role"},
		"nobody changes his own role of the shop's":           {leading, "PUT", "/roles/" + lead, renamed("Lead", 1, []string{"people.roles"}, nil), 403, "roles.own_role"},
		"nor the one it stands on":                            {leading, "PUT", "/built-in-roles/sales_manager", shape(0, nil, nil), 403, "roles.own_role"},
		"nobody gives a role that may do more":                {manager, "PUT", "/people/" + csh, person(wire.Cashier, settings, 1), 403, "roles.beyond_you"},
		"nor to someone new":                                  {manager, "POST", "/people", object{"id": uuid.NewString(), "name": "New", "role": "cashier", "role_id": settings}, 403, "roles.beyond_you"},
		"nor to someone invited":                              {manager, "POST", "/invitations", object{"id": uuid.NewString(), "name": "New", "email": "new@b.example", "role": "cashier", "role_id": settings}, 403, "roles.beyond_you"},
		"nor an owner's":                                      {manager, "PUT", "/people/" + csh, person(wire.Owner, nil, 1), 403, "people.above_you"},
		"nobody gives himself another role":                   {manager, "PUT", "/people/" + mgr, person(wire.Cashier, nil, 1), 403, "people.own_role"},
		"nobody sets the PIN of someone who may do more":      {leading, "PUT", "/people/" + r.b.people[wire.AccountsManager].String() + "/pin", object{"pin": "2468"}, 403, "roles.beyond_you"},
		"an own role goes with the one it stands on":          {owner, "PUT", "/people/" + csh, person(wire.Waiter, plain, 1), 422, "people.unknown_role"},
		"another shop's role is none":                         {owner, "PUT", "/people/" + csh, person(wire.Cashier, r.text(t, `select id::text from roles where tenant_id = $1 limit 1`, r.a.id), 1), 422, "people.unknown_role"},
		"who may not shape roles does not":                    {r.session(t, r.b, wire.SystemManager), "POST", "/roles", newRole("chef", nil, nil), 403, "auth.not_allowed"},
		"what would be refused is said before":                {manager, "GET", "/role-effects?key=cashier&grants=company.edit", nil, 200, ""},
		"a manager shapes what is below him":                  {manager, "PUT", "/built-in-roles/waiter", shape(0, []string{"sales.void"}, []string{"sales.sell"}), 200, ""},
		"and makes roles of what he has":                      {manager, "POST", "/roles", newRole("cashier", []string{"sales.refund"}, nil), 200, ""},
		"nobody's role is none":                               {manager, "PUT", "/people/" + csh, person(wire.Cashier, uuid.NewString(), 1), 422, "people.unknown_role"},
		"and gives them":                                      {manager, "PUT", "/people/" + r.b.people[wire.POSUser].String(), person(wire.Cashier, plain, 1), 200, ""},
		"and deletes what nobody has":                         {manager, "DELETE", "/roles/" + spare + "?version=1", nil, 204, ""},
		"the lead makes a role of what the role of his gives": {leading, "POST", "/roles", newRole("cashier", []string{"sales.refund", "people.read"}, nil), 200, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := r.ask(r.b, c.token, c.method, c.path, c.body)
			require.Equal(t, c.status, got.status, got.body)
			require.Equal(t, c.code, got.code(), got.body)
		})
	}
	t.Run("what is beyond one is named", func(t *testing.T) {
		got := r.ask(r.b, manager, "PUT", "/roles/"+settings, renamed("Settings", 1, nil, nil))
		require.Contains(t, got.body, "change the shop's settings and stores")
		effects := read[users.Effects](t, r.ask(r.b, manager, "GET", "/role-effects?key=cashier&grants=company.edit", nil))
		require.Contains(t, effects.Refused, "change the shop's settings and stores")
	})
	t.Run("the list says what one may", func(t *testing.T) {
		seen := r.roles(t, r.b, manager)
		require.False(t, seen["owner"].MayChange || seen["owner"].MayGive || seen["manager"].MayChange || seen[settings].MayChange || seen[settings].MayGive)
		require.True(t, seen["waiter"].MayChange && seen["waiter"].MayGive && seen["manager"].MayGive && seen[plain].MayChange)
		require.Equal(t, 1, seen["waiter"].Version)
	})
	t.Run("what no module declares any more is not in the way and grants nothing", func(t *testing.T) {
		r.write(t, r.b, `update roles set grants = '{sales.forgotten}' where tenant_id = $1 and id = $2`, r.b.id, plain)
		got := read[users.Role](t, r.ask(r.b, owner, "PUT", "/roles/"+plain, renamed("Plainer", 1, []string{"sales.forgotten"}, nil)))
		require.NotContains(t, got.Rights, wire.Permission("sales.forgotten"))
	})
}

func TestWhatIsDeniedIsDeniedAtOnce(t *testing.T) {
	r := newRing(t)
	owner, manager := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager)
	require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/stock", nil).status)

	r.must(t, r.b, owner, "PUT", "/built-in-roles/manager", shape(0, nil, []string{"inventory.read"}))
	got := r.ask(r.b, manager, "GET", "/stock", nil)
	require.Equal(t, "auth.not_allowed", got.code(), "the very next request: %s", got.body)
	require.NotContains(t, read[users.Session](t, r.ask(r.b, manager, "GET", "/session", nil)).Permissions, wire.Permission("inventory.read"))

	r.must(t, r.b, owner, "PUT", "/built-in-roles/manager", shape(1, nil, nil))
	require.Equal(t, http.StatusOK, r.ask(r.b, manager, "GET", "/stock", nil).status)

	t.Run("and so is another role", func(t *testing.T) {
		manages := r.b.people[wire.Manager].String()
		nothing := r.text(t, `select id::text from roles where tenant_id = $1 and name = $2`, r.b.id, r.b.mark+" "+string(denied))
		r.must(t, r.b, owner, "PUT", "/people/"+manages, object{"name": "M", "role": "waiter", "role_id": nothing, "active": true, "version": 1})
		require.Equal(t, "auth.not_allowed", r.ask(r.b, manager, "GET", "/stock", nil).code())
	})
}

func TestAnOpenSocketLosesWhatIsDenied(t *testing.T) {
	r := newRing(t)
	owner, cashier := r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Cashier)
	next := r.listen(t, r.b, cashier, "parties.customers", "people.roles")
	require.Equal(t, "welcome", next().Type)
	customer := func() {
		r.must(t, r.b, owner, "POST", "/customers", object{"id": uuid.NewString(), "name": "Someone"})
	}
	customer()
	require.Equal(t, "parties.customers", next().Topic)

	r.must(t, r.b, owner, "PUT", "/built-in-roles/cashier", shape(0, nil, []string{"parties.read"}))
	require.Equal(t, "people.roles", next().Topic)
	customer()
	r.must(t, r.b, owner, "PUT", "/built-in-roles/chef", shape(0, nil, []string{"inventory.read"}))
	require.Equal(t, "people.roles", next().Topic, "the customer between the two was not told")
	r.must(t, r.b, owner, "PUT", "/built-in-roles/cashier", shape(1, nil, nil))
	again := []string{next().Topic, next().Topic}
	require.ElementsMatch(t, []string{"people.roles", "parties.customers"}, again, "given back: to be asked for anew")
}

func TestATillGetsTheChangedRightsWithItsNextSync(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	of := func(setup wire.Setup, role wire.Role) []wire.Permission {
		for _, p := range setup.People {
			if p.ID == r.b.people[role] {
				return p.Permissions
			}
		}
		return nil
	}
	first := read[wire.SetupAnswer](t, r.ask(r.b, r.b.till, "GET", "/sync/setup", nil))
	require.Contains(t, of(first.Setup, wire.Manager), wire.Permission("sales.refund"))
	beside := func(rights []wire.Permission) []wire.Permission {
		return slices.DeleteFunc(rights, func(p wire.Permission) bool { return p == auth.Use(auth.ModuleOf(p)) })
	}
	require.Empty(t, beside(of(first.Setup, denied)))
	require.Equal(t, []wire.Permission{singleGood}, beside(of(first.Setup, singled)))

	r.must(t, r.b, owner, "PUT", "/built-in-roles/manager", shape(0, nil, []string{"sales.refund"}))
	since := "/sync/changes?epoch=" + first.Cursor.Epoch.String() + "&seq="
	require.Eventually(t, func() bool {
		changes := read[wire.Changes](t, r.ask(r.b, r.b.till, "GET", since+jsonText(first.Cursor.Seq), nil))
		return changes.Setup != nil && !slices.Contains(of(*changes.Setup, wire.Manager), "sales.refund")
	}, time.Minute, 20*time.Millisecond)
}

func jsonText(value any) string { return string(must(json.Marshal(value))) }
