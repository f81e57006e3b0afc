package setup_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/setup"
	"souk/server/tenants"
	"souk/shared/money"
	"souk/shared/wire"
)

// house is an installation without any shop.
type house struct {
	t       *testing.T
	program *app.App
	code    string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	database, _, _ := dbtest.Fresh(t)
	program, err := app.Wire(t.Context(), app.Config{Domain: "localhost"}, database)
	require.NoError(t, err)
	h := &house{t: t, program: program}
	program.Door.OnCode = func(code string) { h.code = code }
	program.Door.Begin()
	return h
}

const (
	here     = "127.0.0.1:50000"
	stranger = "192.168.1.77:50000"
)

func (h *house) send(from, method, target string, body any, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	content, err := json.Marshal(body)
	require.NoError(h.t, err)
	r := httptest.NewRequest(method, target, bytes.NewReader(content))
	r.Host, r.RemoteAddr = "localhost:8080", from
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	h.program.Web.ServeHTTP(answer, r)
	return answer
}

func read[T any](t *testing.T, answer *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &out), answer.Body.String())
	return out
}

func form(slug string) setup.Form {
	return setup.Form{
		Shop: setup.ShopPart{
			Name: "Nadia's Bakery", Slug: slug, BusinessType: wire.Retail, Country: "FR", Currency: "EUR", Locale: "fr-FR", PricesIncludeTax: true,
		},
		Store:  setup.StorePart{Name: "Rue Haute", Address: "1 Rue Haute", TimeZone: "Europe/Paris", ReceiptHeader: "Merci"},
		Owner:  setup.OwnerPart{Name: "Nadia Benali", Email: "Nadia@" + slug + ".example", Password: "three warm loaves", PIN: "8642"},
		People: []setup.PersonPart{{Name: "Tom", Role: wire.Cashier, PIN: "1357"}},
	}
}

func TestTheFirstShopIsMadeAndItsOwnerIsSignedIn(t *testing.T) {
	h := newHouse(t)
	offer := read[setup.Offer](t, h.send(here, "GET", "/api/setup", nil))
	require.True(t, offer.First)
	require.False(t, offer.NeedsCode)
	require.Greater(t, len(offer.Countries), 200)

	answer := h.send(here, "POST", "/api/setup/shops", form("nadia"))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	made := read[setup.Made](t, answer)
	require.Equal(t, "nadia", made.Slug)

	const host = "nadia.localhost:8080"
	entered := h.send(here, "POST", "/api/session/ticket", map[string]string{"ticket": made.Ticket}, "Host", host)
	require.Equal(t, http.StatusOK, entered.Code, entered.Body.String())
	cookies := entered.Result().Cookies()
	require.Len(t, cookies, 1)
	require.Equal(t, web.SessionCookie, cookies[0].Name)
	require.True(t, cookies[0].Secure && cookies[0].HttpOnly)
	cookie := cookies[0].Name + "=" + cookies[0].Value

	again := h.send(here, "POST", "/api/session/ticket", map[string]string{"ticket": made.Ticket}, "Host", host)
	require.Equal(t, http.StatusUnauthorized, again.Code)
	require.Equal(t, "auth.ticket_spent", read[web.Problem](t, again).Code)
	require.Empty(t, again.Result().Cookies())

	steps := read[setup.Progress](t, h.send(here, "GET", "/api/welcome", nil, "Host", host, "Cookie", cookie))
	require.Equal(t, setup.Progress{People: 2, ReceiptNamed: true, Tills: 1, BrowserRegister: true}, steps)
	people := h.send(here, "GET", "/api/people", nil, "Host", host, "Cookie", cookie)
	require.Contains(t, people.Body.String(), `"Tom"`)
	taxes := h.send(here, "GET", "/api/tax-codes", nil, "Host", host, "Cookie", cookie)
	require.Contains(t, taxes.Body.String(), "Intermediate rate")

	signedIn := h.send(stranger, "POST", "/api/session", map[string]string{"email": "nadia@nadia.example", "password": "three warm loaves"}, "Host", host)
	require.Equal(t, http.StatusOK, signedIn.Code, signedIn.Body.String())
}

func TestATicketIsGoodAtItsOwnShopOnly(t *testing.T) {
	h := newHouse(t)
	first := read[setup.Made](t, h.send(here, "POST", "/api/setup/shops", form("first")))
	second := h.send(stranger, "POST", "/api/setup/shops", form("second"), setup.CodeHeader, h.code)
	require.Equal(t, http.StatusOK, second.Code, second.Body.String())
	taken := h.send(here, "POST", "/api/session/ticket", map[string]string{"ticket": first.Ticket}, "Host", "second.localhost")
	require.Equal(t, http.StatusUnauthorized, taken.Code)
	good := h.send(here, "POST", "/api/session/ticket", map[string]string{"ticket": first.Ticket}, "Host", "first.localhost")
	require.Equal(t, http.StatusOK, good.Code, "the wrong address must not have used it up")
}

func TestAStrangerNeedsTheCode(t *testing.T) {
	h := newHouse(t)
	for name, headers := range map[string][]string{
		"from the network":                    {},
		"with a wrong code":                   {setup.CodeHeader, "AAAA-BBBB-CCCC"},
		"claiming to be local":                {"X-Forwarded-For", "127.0.0.1"},
		"under a name of the local machine":   {"Host", "127.0.0.1:8080"},
		"with an empty code and a bad origin": {setup.CodeHeader, "", "Origin", "http://evil.example"},
	} {
		answer := h.send(stranger, "POST", "/api/setup/shops", form("stolen"), headers...)
		require.Equal(t, http.StatusForbidden, answer.Code, name)
		require.Equal(t, http.StatusForbidden, h.send(stranger, "GET", "/api/setup/address/stolen", nil, headers...).Code, name)
	}
	for name, headers := range map[string][]string{
		"through a proxy on the machine":        {"X-Forwarded-For", "203.0.113.9"},
		"through a proxy that says Forwarded":   {"Forwarded", "for=203.0.113.9"},
		"by a page of another site":             {"Origin", "http://evil.example"},
		"by a page that another site navigated": {"Sec-Fetch-Site", "cross-site"},
	} {
		answer := h.send(here, "POST", "/api/setup/shops", form("stolen"), headers...)
		require.Equal(t, http.StatusForbidden, answer.Code, name)
	}
	rebound := h.send(here, "POST", "/api/setup/shops", form("stolen"), "Host", "rebound.example:8080")
	require.Equal(t, http.StatusNotFound, rebound.Code)
	plain := h.send(here, "POST", "/api/setup/shops", form("stolen"), "Content-Type", "text/plain")
	require.Equal(t, http.StatusUnprocessableEntity, plain.Code)
	there, err := tenants.AnyOwn(t.Context(), h.program.Database)
	require.NoError(t, err)
	require.False(t, there)

	code := h.code
	good := h.send(stranger, "POST", "/api/setup/shops", form("stranger"), setup.CodeHeader, strings.ToLower(code))
	require.Equal(t, http.StatusOK, good.Code, good.Body.String())
	require.NotEqual(t, code, h.code)
	used := h.send(stranger, "POST", "/api/setup/shops", form("another"), setup.CodeHeader, code)
	require.Equal(t, "setup.wrong_code", read[web.Problem](t, used).Code)
}

func TestAfterTheFirstShopEvenThisMachineNeedsTheCode(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusOK, h.send(here, "POST", "/api/setup/shops", form("first")).Code)
	offer := read[setup.Offer](t, h.send(here, "GET", "/api/setup", nil))
	require.True(t, offer.NeedsCode)
	require.False(t, offer.First)
	answer := h.send(here, "POST", "/api/setup/shops", form("second"))
	require.Equal(t, "setup.code_needed", read[web.Problem](t, answer).Code)
}

func TestGuessingTheCodeIsSlowedDown(t *testing.T) {
	h := newHouse(t)
	for range 10 {
		answer := h.send(stranger, "GET", "/api/setup/address/x-y-z", nil, setup.CodeHeader, "GUESS")
		require.Equal(t, http.StatusForbidden, answer.Code)
	}
	answer := h.send(stranger, "GET", "/api/setup/address/x-y-z", nil, setup.CodeHeader, h.code)
	require.Equal(t, http.StatusTooManyRequests, answer.Code)
	require.NotEmpty(t, answer.Header().Get("Retry-After"))
	other := h.send("192.168.1.78:1", "GET", "/api/setup/address/x-y-z", nil, setup.CodeHeader, h.code)
	require.Equal(t, http.StatusOK, other.Code, "someone else is not locked out")
}

func TestAnAddressIsFreeTakenOrInvalid(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusOK, h.send(here, "POST", "/api/setup/shops", form("first")).Code)
	for slug, want := range map[string]string{
		"second": "free", "first": "taken", "admin": "taken", "ab": "invalid", "-ab": "invalid", "b_d": "invalid", "caf%C3%A9": "invalid",
	} {
		answer := h.send(here, "GET", "/api/setup/address/"+slug, nil, setup.CodeHeader, h.code)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
		require.Equal(t, want, read[setup.AddressState](t, answer).State, slug)
	}
}

func TestEverythingWrongIsSaidAtItsFieldAtOnce(t *testing.T) {
	h := newHouse(t)
	bad := form("-x")
	bad.Shop.Name, bad.Shop.BusinessType, bad.Shop.Country, bad.Shop.Currency, bad.Shop.Locale = " ", "bank", "XX", "EURO", "?"
	bad.Store.Name, bad.Store.TimeZone = "", "Mars/Olympus"
	bad.Owner = setup.OwnerPart{Email: "nobody", Password: "short", PIN: "12"}
	bad.People = []setup.PersonPart{{Role: wire.Owner, PIN: "abcd"}}
	answer := h.send(here, "POST", "/api/setup/shops", bad)
	require.Equal(t, http.StatusUnprocessableEntity, answer.Code)
	said := map[string]bool{}
	for _, field := range read[web.Problem](t, answer).Fields {
		require.NotEmpty(t, field.Message, field.Path)
		said[field.Path] = true
	}
	for _, path := range []string{
		"shop.name", "shop.slug", "shop.business_type", "shop.country", "shop.currency", "shop.locale", "store.name", "store.time_zone",
		"owner.name", "owner.email", "owner.password", "owner.pin", "people.0.name", "people.0.role", "people.0.pin",
	} {
		require.True(t, said[path], "nothing was said about %s", path)
	}
	require.Len(t, said, 15)
}

func TestAnAccountThatExistsMustComeWithItsPassword(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusOK, h.send(here, "POST", "/api/setup/shops", form("first")).Code)
	other := form("second")
	other.Owner.Email, other.Owner.Password = "nadia@first.example", "some other sentence"
	answer := h.send(here, "POST", "/api/setup/shops", other, setup.CodeHeader, h.code)
	require.Equal(t, http.StatusUnprocessableEntity, answer.Code, answer.Body.String())
	require.Equal(t, "owner.password", read[web.Problem](t, answer).Fields[0].Path)
	other.Owner.Password = "three warm loaves"
	answer = h.send(here, "POST", "/api/setup/shops", other, setup.CodeHeader, h.code)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	taken := h.send(here, "POST", "/api/setup/shops", form("second"), setup.CodeHeader, h.code)
	require.Equal(t, http.StatusConflict, taken.Code)
	require.Equal(t, "shop.slug", read[web.Problem](t, taken).Fields[0].Path)
}

func TestAShopsOwnAddressMakesNoShops(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusOK, h.send(here, "POST", "/api/setup/shops", form("first")).Code)
	for _, target := range []string{"/api/setup", "/api/setup/address/second", "/api/setup/countries/FR"} {
		require.Equal(t, http.StatusNotFound, h.send(here, "GET", target, nil, "Host", "first.localhost").Code)
	}
	require.Equal(t, http.StatusNotFound, h.send(here, "POST", "/api/setup/shops", form("second"), "Host", "first.localhost", setup.CodeHeader, h.code).Code)
}

func TestEveryCountrySuggestsWhatAShopCanBeMadeWith(t *testing.T) {
	h := newHouse(t)
	for _, country := range setup.Countries() {
		_, known := money.Lookup(country.Currency)
		require.True(t, known, country.Code)
		suggested := read[setup.Suggestion](t, h.send(here, "GET", "/api/setup/countries/"+country.Code, nil))
		require.GreaterOrEqual(t, len(suggested.Taxes), 3, country.Code)
		require.Greater(t, suggested.Accounts, 10)
	}
	france := read[setup.Suggestion](t, h.send(here, "GET", "/api/setup/countries/fr", nil))
	require.True(t, france.OwnChart)
	require.Equal(t, http.StatusNotFound, h.send(here, "GET", "/api/setup/countries/ZZ", nil).Code)
}
