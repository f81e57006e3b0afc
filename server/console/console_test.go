package console_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/console"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/setup"
	"souk/shared/wire"
)

const domain = "souk.test"

// house is an installation with a shop and an operator, under a clock of its own.
type house struct {
	t       *testing.T
	program *app.App
	super   *pgx.Conn
	shop    uuid.UUID
	now     time.Time
	secret  string // of the operator's app
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal([]byte(a.body), &problem)
	return problem.Code
}

func (a answer) into(t *testing.T, value any) {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.NoError(t, json.Unmarshal([]byte(a.body), value))
}

func newHouse(t *testing.T) *house {
	t.Helper()
	_, access, name := dbtest.Fresh(t)
	h := &house{t: t, now: time.Now().UTC().Truncate(time.Second), super: dbtest.Superuser(t, name)}
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 2, Faults: app.Faults()})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	h.program, err = app.Wire(t.Context(), app.Config{Domain: domain}, database.WithClock(func() time.Time { return h.now }))
	require.NoError(t, err)
	t.Cleanup(h.program.Hub.Drain)
	opened, err := setup.Make(t.Context(), h.program.Database, h.program.Authority.Grants(), setup.Form{
		Shop:  setup.ShopPart{Name: "Corner", Slug: "corner", BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store: setup.StorePart{Name: "Main", TimeZone: "Europe/Berlin"},
		Owner: setup.OwnerPart{Name: "Ada", Email: "ada@x.example", Password: "three warm loaves", PIN: "8642"},
	})
	require.NoError(t, err)
	h.shop = opened.Tenant
	return h
}

func (h *house) send(host, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	raw := []byte{}
	if body != nil {
		var err error
		raw, err = json.Marshal(body)
		require.NoError(h.t, err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Host = host
	r.RemoteAddr = "192.0.2.7:4000"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.program.Web.ServeHTTP(w, r)
	return answer{w.Code, w.Body.String(), w.Header()}
}

func (h *house) admin(cookie, method, path string, body any) answer {
	h.t.Helper()
	return h.send("admin."+domain, method, "/api/console"+path, body, "Cookie", console.Cookie+"="+cookie)
}

// code is what the operator's app shows now; the clock goes on so that each is a new one.
func (h *house) code() string {
	h.t.Helper()
	h.now = h.now.Add(31 * time.Second)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(h.secret)
	require.NoError(h.t, err)
	code, err := totp.GenerateCodeCustom(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw), h.now, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
	require.NoError(h.t, err)
	return code
}

func cookieOf(a answer, name string) string {
	for _, cookie := range (&http.Response{Header: a.header}).Cookies() {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// operator makes an account, sets its app up and signs in.
func (h *house) operator() string {
	h.t.Helper()
	password, err := console.AddOperator(h.t.Context(), h.program.Database, "Dana@Platform.example", "Dana")
	require.NoError(h.t, err)
	var step console.Step
	h.admin("", "POST", "/session", map[string]string{"email": "dana@platform.example", "password": password}).into(h.t, &step)
	require.Equal(h.t, "enrol", step.Kind)
	var start struct{ Secret string }
	h.admin("", "POST", "/session/enrolment", map[string]string{"token": step.Token}).into(h.t, &start)
	h.secret = start.Secret
	got := h.admin("", "POST", "/session/code", map[string]string{"token": step.Token, "code": h.code()})
	require.Equal(h.t, http.StatusOK, got.status, got.body)
	return cookieOf(got, console.Cookie)
}

// owner is a browser session of the shop's owner, who has just shown who she is.
func (h *house) owner() string {
	h.t.Helper()
	got := h.send("corner."+domain, "POST", "/api/session", map[string]string{"email": "ada@x.example", "password": "three warm loaves"})
	require.Equal(h.t, http.StatusOK, got.status, got.body)
	return cookieOf(got, web.SessionCookie)
}

func (h *house) shopAsks(cookie, method, path string, body any) answer {
	h.t.Helper()
	return h.send("corner."+domain, method, "/api"+path, body, "Cookie", web.SessionCookie+"="+cookie, "Origin", "http://corner."+domain)
}

// grant has the owner let support in.
func (h *house) grant(owner string, hours int, role string, viewOnly bool) string {
	h.t.Helper()
	id := uuid.NewString()
	got := h.shopAsks(owner, "POST", "/support/grants", map[string]any{"id": id, "hours": hours, "reason": "The receipt looks wrong", "role": role, "view_only": viewOnly})
	require.Equal(h.t, http.StatusNoContent, got.status, got.body)
	return id
}

// enter has the operator go in by a grant, and gives the session in the shop.
func (h *house) enter(operator, grant string) string {
	h.t.Helper()
	var way struct{ Ticket, Slug string }
	h.admin(operator, "POST", "/shops/"+h.shop.String()+"/support", map[string]string{"grant_id": grant}).into(h.t, &way)
	require.Equal(h.t, "corner", way.Slug)
	got := h.send("corner."+domain, "POST", "/api/session/ticket", map[string]string{"ticket": way.Ticket})
	require.Equal(h.t, http.StatusOK, got.status, got.body)
	again := h.send("corner."+domain, "POST", "/api/session/ticket", map[string]string{"ticket": way.Ticket})
	require.Equal(h.t, http.StatusUnauthorized, again.status, "a ticket is good once")
	return cookieOf(got, web.SessionCookie)
}

func TestEveryRouteOfTheConsoleAsksForItsOperator(t *testing.T) {
	h := newHouse(t)
	operator := h.operator()
	tenant := h.owner()
	token, _ := auth.Mint(auth.TokenSession, h.shop)
	open := 0
	for _, route := range console.Routes() {
		path := strings.ReplaceAll(route.Path, ":id", h.shop.String())
		if route.Needs == console.Nobody {
			open++
			continue
		}
		for name, headers := range map[string][]string{
			"nobody":                         nil,
			"a shop's session":               {"Cookie", web.SessionCookie + "=" + tenant},
			"a shop's session in our cookie": {"Cookie", console.Cookie + "=" + tenant},
			"a bearer":                       {"Authorization", "Bearer " + operator},
			"a shop's bearer":                {"Authorization", "Bearer " + token},
		} {
			got := h.send("admin."+domain, route.Method, "/api/console"+path, map[string]string{}, headers...)
			require.Equal(t, http.StatusUnauthorized, got.status, "%s %s by %s: %s", route.Method, route.Path, name, got.body)
			require.Equal(t, "auth.signed_out", got.code())
		}
		for _, host := range []string{"corner." + domain, domain} {
			got := h.send(host, route.Method, "/api/console"+path, map[string]string{}, "Cookie", console.Cookie+"="+operator)
			require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, got.status, "%s %s at %s: %s", route.Method, route.Path, host, got.body)
		}
		crossed := h.send("admin."+domain, route.Method, "/api/console"+path, map[string]string{}, "Cookie", console.Cookie+"="+operator, "Origin", "http://corner."+domain)
		if route.Method != http.MethodGet {
			require.Equal(t, "auth.cross_site", crossed.code(), route.Path)
		}
	}
	require.Equal(t, 3, open, "only signing in is open")
	h.now = h.now.Add(11 * time.Minute)
	for _, route := range console.Routes() {
		if route.Needs == console.Proven {
			got := h.admin(operator, route.Method, strings.ReplaceAll(route.Path, ":id", h.shop.String()), map[string]string{})
			require.Equal(t, "auth.prove_again", got.code(), route.Path)
		}
	}
	require.Equal(t, http.StatusNoContent, h.admin(operator, "POST", "/session/proof", map[string]string{"code": h.code()}).status)
	require.Equal(t, "console.reason", h.admin(operator, "PUT", "/shops/"+h.shop.String()+"/standing", map[string]string{"standing": "suspended", "reason": " "}).code())
	for _, path := range []string{"/api/session", "/api/items", "/api/setup", "/live", "/api/people"} {
		got := h.send("admin."+domain, "GET", path, nil, "Cookie", web.SessionCookie+"="+tenant)
		require.NotContains(t, got.body, "Ada", path)
		if strings.HasPrefix(path, "/api") {
			require.Equal(t, http.StatusNotFound, got.status, path)
		}
	}
}

func TestSigningInToTheConsole(t *testing.T) {
	h := newHouse(t)
	operator := h.operator()
	var me console.Me
	h.admin(operator, "GET", "/session", nil).into(t, &me)
	require.Equal(t, "Dana", me.Name)
	t.Run("a shop's account is none of the console's", func(t *testing.T) {
		got := h.admin("", "POST", "/session", map[string]string{"email": "ada@x.example", "password": "three warm loaves"})
		require.Equal(t, "console.wrong_password", got.code())
	})
	t.Run("guessing is slowed down, and the codes too", func(t *testing.T) {
		last := answer{}
		for range 8 {
			last = h.admin("", "POST", "/session", map[string]string{"email": "dana@platform.example", "password": "guess"})
		}
		require.Equal(t, "auth.slow_down", last.code())
		for range 7 {
			last = h.admin(operator, "POST", "/session/proof", map[string]string{"code": "000000"})
		}
		require.Equal(t, "auth.slow_down", last.code())
		h.now = h.now.Add(20 * time.Minute)
		code := h.code()
		require.Equal(t, http.StatusNoContent, h.admin(operator, "POST", "/session/proof", map[string]string{"code": code}).status)
		require.Equal(t, "auth.wrong_code", h.admin(operator, "POST", "/session/proof", map[string]string{"code": code}).code(), "no code is good twice")
	})
	t.Run("a half session opens nothing", func(t *testing.T) {
		password, err := console.AddOperator(t.Context(), h.program.Database, "eve@platform.example", "")
		require.NoError(t, err)
		var step console.Step
		h.admin("", "POST", "/session", map[string]string{"email": "eve@platform.example", "password": password}).into(t, &step)
		require.Equal(t, http.StatusUnauthorized, h.admin(step.Token, "GET", "/shops", nil).status)
		require.Equal(t, "auth.step_over", h.admin("", "POST", "/session/code", map[string]string{"token": operator, "code": "123456"}).code())
	})
	t.Run("who is idle, signs out or is taken away is out", func(t *testing.T) {
		h.now = h.now.Add(61 * time.Minute)
		require.Equal(t, http.StatusUnauthorized, h.admin(operator, "GET", "/shops", nil).status)
		again := h.operator()
		require.Equal(t, http.StatusNoContent, h.admin(again, "DELETE", "/session", nil).status)
		require.Equal(t, http.StatusUnauthorized, h.admin(again, "GET", "/session", nil).status)
		third := h.operator()
		require.NoError(t, console.RemoveOperator(t.Context(), h.program.Database, "dana@platform.example"))
		require.Equal(t, http.StatusUnauthorized, h.admin(third, "GET", "/session", nil).status)
		require.Error(t, console.RemoveOperator(t.Context(), h.program.Database, "dana@platform.example"))
	})
}

func TestShopsAreListedSuspendedAndPutOnAPlan(t *testing.T) {
	h := newHouse(t)
	operator := h.operator()
	var list struct {
		Rows  []console.Shop
		Total int
	}
	h.admin(operator, "GET", "/shops?q=corn&sort=size", nil).into(t, &list)
	require.Len(t, list.Rows, 1)
	shop := list.Rows[0]
	require.Equal(t, []any{"corner", "Corner", "active", 1}, []any{shop.Slug, shop.Name, shop.State, shop.People})
	require.Greater(t, shop.Bytes, int64(10_000))
	require.Greater(t, shop.Rows, int64(30))
	h.admin(operator, "GET", "/shops?state=closed", nil).into(t, &list)
	require.Empty(t, list.Rows)

	path := "/shops/" + h.shop.String()
	stand := func(to string) {
		got := h.admin(operator, "PUT", path+"/standing", map[string]string{"standing": to, "reason": "Unpaid since May"})
		require.Equal(t, http.StatusNoContent, got.status, got.body)
	}
	stand("suspended")
	require.Equal(t, "true", h.text(`select shut::text from company where tenant_id = $1`))
	stand("closed")
	stand("active")
	var detail console.Detail
	h.admin(operator, "GET", path, nil).into(t, &detail)
	require.Equal(t, "active", detail.Shop.State)
	require.Len(t, detail.Log, 3)
	require.Equal(t, []any{"Dana", "standing", "Unpaid since May"}, []any{detail.Log[0].Who, detail.Log[0].Action, detail.Log[0].Reason})
	require.Equal(t, http.StatusNotFound, h.admin(operator, "GET", "/shops/"+uuid.NewString(), nil).status)

	h.program.Directory.Forget(h.shop)
	plan, owner := uuid.NewString(), h.owner()
	put := func(version, people int) answer {
		return h.admin(operator, "PUT", "/plans/"+plan, map[string]any{"name": "Small", "people": people, "stores": 1, "tills": 2, "items": 2, "sales_month": nil, "for_new": true, "version": version})
	}
	require.Equal(t, http.StatusNoContent, put(0, 2).status)
	require.Equal(t, "console.plan_changed", put(0, 3).code(), "a change that does not know the last one is refused")
	require.Equal(t, http.StatusNoContent, h.admin(operator, "PUT", path+"/plan", map[string]any{"plan_id": plan, "reason": "Signed in June"}).status)
	require.Equal(t, "console.plan_used", h.admin(operator, "DELETE", "/plans/"+plan, nil).code())
	require.Equal(t, http.StatusNotFound, h.admin(operator, "PUT", path+"/plan", map[string]any{"plan_id": uuid.New(), "reason": "There is none"}).status)
	hire := func() answer {
		return h.shopAsks(owner, "POST", "/people", map[string]any{"id": uuid.NewString(), "name": "Tom", "role": "cashier", "pin": "1357"})
	}
	require.Equal(t, http.StatusOK, hire().status)
	refused := hire()
	require.Equal(t, http.StatusConflict, refused.status)
	require.Equal(t, "plans.people", refused.code())
	require.Contains(t, refused.body, "larger plan")
	register := func(kind string) answer {
		return h.shopAsks(owner, "POST", "/registers", map[string]any{"id": uuid.NewString(), "store_id": h.text(`select id::text from stores where tenant_id = $1`), "name": kind + uuid.NewString()[:4], "kind": kind})
	}
	require.Less(t, register("till").status, 300)
	require.Equal(t, "plans.tills", register("till").code())
	require.Less(t, register("browser").status, 300, "a browser register is no till")
	_, err := setup.Make(t.Context(), h.program.Database, h.program.Authority.Grants(), setup.Form{
		Shop:   setup.ShopPart{Name: "Dock", Slug: "dock", BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store:  setup.StorePart{Name: "Main", TimeZone: "Europe/Berlin"},
		Owner:  setup.OwnerPart{Name: "Bob", Email: "bob@x.example", Password: "three warm loaves", PIN: "8642"},
		People: []setup.PersonPart{{Name: "Tom", Role: wire.Cashier, PIN: "1357"}, {Name: "Eve", Role: wire.Cashier, PIN: "1358"}},
	})
	require.NoError(t, err, "a new shop is not refused half-way what it is made with")
	h.admin(operator, "GET", "/shops?plan="+plan, nil).into(t, &list)
	require.Len(t, list.Rows, 2, "new shops get the plan for new shops")
	require.True(t, list.Rows[1].OverPlan)
	var uses struct {
		Name   string
		Limits []struct {
			Kind       string
			Most, Used *int
		}
	}
	h.shopAsks(owner, "GET", "/plan", nil).into(t, &uses)
	require.Equal(t, "Small", uses.Name)
	require.Equal(t, []any{"people", 2, 2}, []any{uses.Limits[0].Kind, *uses.Limits[0].Most, *uses.Limits[0].Used})
	require.Nil(t, uses.Limits[4].Most)

	var health console.Health
	h.admin(operator, "GET", "/health", nil).into(t, &health)
	require.NotEmpty(t, health.PostgreSQL)
	require.Equal(t, 2, health.Active)
	var log struct{ Rows []console.Entry }
	h.admin(operator, "GET", "/log", nil).into(t, &log)
	require.Equal(t, "shop_plan", log.Rows[0].Action)
}

func (h *house) text(sql string) (text string) {
	h.t.Helper()
	require.NoError(h.t, h.super.QueryRow(h.t.Context(), sql, h.shop).Scan(&text))
	return text
}

func TestSupportComesInByAGrantAndNotOtherwise(t *testing.T) {
	h := newHouse(t)
	operator, owner := h.operator(), h.owner()
	enter := "/shops/" + h.shop.String() + "/support"
	none := h.admin(operator, "POST", enter, map[string]string{"grant_id": uuid.NewString()})
	require.Equal(t, "support.no_grant", none.code(), none.body)
	bad := h.shopAsks(owner, "POST", "/support/grants", map[string]any{"id": uuid.NewString(), "hours": 1, "reason": "x", "role": "owner", "view_only": true})
	require.Equal(t, "support.role", bad.code())

	looking := h.grant(owner, 4, "manager", true)
	session := h.enter(operator, looking)
	var seen struct {
		User    struct{ Name string }
		Support struct {
			ViewOnly bool `json:"view_only"`
		}
		Permissions []string
	}
	h.shopAsks(session, "GET", "/session", nil).into(t, &seen)
	require.Equal(t, "Dana (support)", seen.User.Name)
	require.True(t, seen.Support.ViewOnly)
	require.Equal(t, http.StatusOK, h.shopAsks(session, "GET", "/people", nil).status)
	require.NotContains(t, h.shopAsks(session, "GET", "/people", nil).body, "support", "support is nobody of the shop's people")
	require.Equal(t, "auth.support_looks", h.shopAsks(session, "POST", "/categories", map[string]any{"id": uuid.NewString(), "name": "Fruit", "position": 1, "active": true}).code())
	require.Equal(t, "auth.not_allowed", h.shopAsks(session, "POST", "/support/grants", map[string]any{}).code(), "support lets nobody in")
	require.Equal(t, "2", h.text(`select count(*)::text from support_looks where tenant_id = $1`), "what was shown is written down")

	working := h.grant(owner, 24, "manager", false)
	hands := h.enter(operator, working)
	require.Less(t, h.shopAsks(hands, "POST", "/categories", map[string]any{"id": uuid.NewString(), "name": "Fruit", "position": 1, "active": true}).status, 300)
	require.Equal(t, "Dana (support)", h.text(`select p.name from platform.audit_queue q join people p on p.tenant_id = q.tenant_id and p.id = q.actor
		where q.tenant_id = $1 and q.tab = 'categories' order by q.id desc limit 1`))
	require.Equal(t, "auth.not_for_support", h.shopAsks(hands, "POST", "/account/code", map[string]any{}).code())

	var list struct {
		Rows []struct {
			ID   string
			Open bool
			Used []string
		}
	}
	h.shopAsks(owner, "GET", "/support/grants", nil).into(t, &list)
	require.Len(t, list.Rows, 2)
	require.Equal(t, []string{"Dana (support)"}, list.Rows[0].Used)
	require.Contains(t, h.shopAsks(owner, "GET", "/support/grants/"+looking+"/looks", nil).body, "/api/people")

	t.Run("revoked, it ends with the next request", func(t *testing.T) {
		require.Equal(t, http.StatusNoContent, h.shopAsks(owner, "PUT", "/support/grants/"+working+"/revocation", map[string]any{}).status)
		require.Equal(t, http.StatusUnauthorized, h.shopAsks(hands, "GET", "/people", nil).status)
		require.Equal(t, "support.no_grant", h.admin(operator, "POST", enter, map[string]string{"grant_id": working}).code())
		require.Equal(t, http.StatusOK, h.shopAsks(session, "GET", "/people", nil).status, "the other grant goes on")
	})
	t.Run("after its hours it has ended", func(t *testing.T) {
		h.now = h.now.Add(4*time.Hour + time.Second)
		h.program.Authority.Forget(h.shop) // what is believed goes by the wall's clock, which stands still here
		require.Equal(t, http.StatusUnauthorized, h.shopAsks(session, "GET", "/people", nil).status)
		fresh := h.operator()
		require.Equal(t, "support.no_grant", h.admin(fresh, "POST", enter, map[string]string{"grant_id": looking}).code())
	})
	t.Run("a session without its grant is none", func(t *testing.T) {
		text, token := auth.Mint(auth.TokenSession, h.shop)
		_, err := h.super.Exec(t.Context(), `select set_config('app.tenant_id', $1, false)`, h.shop.String())
		require.NoError(t, err)
		_, err = h.super.Exec(t.Context(), `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at)
			select tenant_id, gen_random_uuid(), id, $2, 'test', now(), now() + interval '9 days' from people where tenant_id = $1 and support_of is not null`, h.shop, token.Hash)
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, h.shopAsks(text, "GET", "/session", nil).status)
		_, err = h.super.Exec(t.Context(), `update people set active = true where tenant_id = $1 and support_of is not null`, h.shop)
		require.ErrorContains(t, err, "people_support_check")
	})
}

func TestSalesOfAMonthEndAtTheBrowserRegisterOnly(t *testing.T) {
	h := newHouse(t)
	operator, owner := h.operator(), h.owner()
	must := func(got answer) {
		t.Helper()
		require.Less(t, got.status, 300, got.body)
	}
	item, counter, shift, plan := uuid.NewString(), h.text(`select id::text from registers where tenant_id = $1 and kind = 'browser'`), uuid.NewString(), uuid.NewString()
	must(h.shopAsks(owner, "POST", "/items", map[string]any{"id": item, "sku": "A-1", "name": "Apple", "tax_code": h.text(`select code from tax_codes where tenant_id = $1 order by code limit 1`),
		"price_minor": 250, "cost_minor": 100, "track_stock": false, "barcodes": []any{}}))
	must(h.shopAsks(owner, "POST", "/shifts", map[string]any{"id": shift, "register_id": counter, "float_minor": 0}))
	must(h.admin(operator, "PUT", "/plans/"+plan, map[string]any{"name": "Tiny", "sales_month": 1, "version": 0}))
	must(h.admin(operator, "PUT", "/shops/"+h.shop.String()+"/plan", map[string]any{"plan_id": plan, "reason": "Test"}))
	sell := func() answer {
		return h.shopAsks(owner, "POST", "/sales", map[string]any{"id": uuid.NewString(), "register_id": counter,
			"cart":    map[string]any{"lines": []map[string]any{{"id": uuid.NewString(), "item_id": item, "quantity": "1"}}},
			"tenders": []map[string]any{{"method_id": h.text(`select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`), "amount_minor": 500}}})
	}
	must(sell())
	require.Equal(t, "plans.sales", sell().code())
	var detail console.Detail
	h.now = h.now.Add(time.Minute)
	h.admin(operator, "GET", "/shops/"+h.shop.String(), nil).into(t, &detail)
	require.True(t, detail.Shop.OverPlan)
	require.Equal(t, 1, detail.Uses[4].Used)
	must(h.admin(operator, "PUT", "/shops/"+h.shop.String()+"/plan", map[string]any{"plan_id": nil, "reason": "Test"}))
	must(sell())
	h.admin(operator, "GET", "/shops/"+h.shop.String(), nil).into(t, &detail)
	require.Len(t, detail.Uses, 4, "sales are nobody's business without a limit")
}
