package setup_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/setup"
	"souk/server/tenants"
)

// newOpenHouse is an installation where anybody may make a shop.
func newOpenHouse(t *testing.T) *house {
	t.Helper()
	database, _, _ := dbtest.Fresh(t)
	program, err := app.Wire(t.Context(), app.Config{Domain: "localhost", SignUp: true}, database)
	require.NoError(t, err)
	program.Door.Begin()
	return &house{t: t, program: program}
}

func TestAnybodySignsUpWhereTheKeeperAllowsIt(t *testing.T) {
	h := newOpenHouse(t)
	offer := read[setup.Offer](t, h.send(stranger, "GET", "/api/setup", nil))
	require.True(t, offer.SignUp)
	require.False(t, offer.NeedsCode)
	for name, headers := range map[string][]string{
		"a page of another site":             {"Origin", "http://evil.example"},
		"a page that another site navigated": {"Sec-Fetch-Site", "cross-site"},
		"a wrong code":                       {setup.CodeHeader, "AAAA-BBBB-CCCC"},
	} {
		require.Equal(t, http.StatusForbidden, h.send(stranger, "POST", "/api/setup/shops", form("stolen"), headers...).Code, name)
	}
	require.Equal(t, http.StatusOK, h.send(stranger, "POST", "/api/setup/shops", form("first")).Code)

	second := form("second")
	second.Owner.Email = "nadia@first.example"
	answer := h.send(stranger, "POST", "/api/setup/shops", second)
	require.Equal(t, http.StatusOK, answer.Code, "an account opens another shop: "+answer.Body.String())
	for _, slug := range []string{"first", "second"} {
		in := h.send(stranger, "POST", "/api/session", map[string]string{"email": "nadia@first.example", "password": "three warm loaves"}, "Host", slug+".localhost")
		require.Equal(t, http.StatusOK, in.Code, in.Body.String())
	}
}

func TestSigningUpIsLimitedByCaller(t *testing.T) {
	h := newOpenHouse(t)
	for n := range 5 {
		answer := h.send(stranger, "POST", "/api/setup/shops", form(fmt.Sprintf("flood-%d", n)))
		require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	}
	flooded := h.send("192.168.1.77:50001", "POST", "/api/setup/shops", form("flood-6"))
	require.Equal(t, http.StatusTooManyRequests, flooded.Code)
	require.Equal(t, "setup.too_often", read[web.Problem](t, flooded).Code)
	require.NotEmpty(t, flooded.Header().Get("Retry-After"))
	free, err := tenants.Free(t.Context(), h.program.Database, "flood-6")
	require.NoError(t, err)
	require.True(t, free, "a refused try takes no address")
	other := h.send("192.168.1.78:1", "POST", "/api/setup/shops", form("neighbour"))
	require.Equal(t, http.StatusOK, other.Code, "someone else is not locked out")
}

func TestOneHouseholdIsOneCaller(t *testing.T) {
	h := newOpenHouse(t)
	refused := 0
	for n := range 61 {
		answer := h.send(fmt.Sprintf("[2001:db8:1:2::%x]:40000", n+1), "GET", "/api/setup/address/some-slug", nil)
		if answer.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	require.Equal(t, 1, refused)
	require.Equal(t, http.StatusOK, h.send("[2001:db8:1:3::1]:40000", "GET", "/api/setup/address/some-slug", nil).Code)
}

func TestGuessingAnAccountsPasswordHereIsSlowedDown(t *testing.T) {
	h := newOpenHouse(t)
	require.Equal(t, http.StatusOK, h.send(stranger, "POST", "/api/setup/shops", form("first")).Code)
	guess := form("second")
	guess.Owner.Email, guess.Owner.Password = "nadia@first.example", "some other sentence"
	const guesser = "192.168.1.79:1"
	for range 10 {
		require.Equal(t, http.StatusUnprocessableEntity, h.send(guesser, "POST", "/api/setup/shops", guess).Code)
	}
	guess.Owner.Password = "three warm loaves"
	require.Equal(t, http.StatusTooManyRequests, h.send(guesser, "POST", "/api/setup/shops", guess).Code)
	require.Equal(t, http.StatusOK, h.send(stranger, "POST", "/api/setup/shops", guess).Code, "its owner is not locked out")
}

func TestAReservedAddressLooksLikeATakenOne(t *testing.T) {
	h := newOpenHouse(t)
	require.Equal(t, http.StatusOK, h.send(stranger, "POST", "/api/setup/shops", form("first")).Code)
	taken := h.send(stranger, "GET", "/api/setup/address/first", nil)
	reserved := h.send(stranger, "GET", "/api/setup/address/admin", nil)
	require.Equal(t, taken.Body.String(), reserved.Body.String())
	require.Equal(t, taken.Code, reserved.Code)
	made := h.send(stranger, "POST", "/api/setup/shops", form("admin"))
	require.NotEqual(t, http.StatusOK, made.Code)
}
