package users_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/users"
)

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	var late time.Duration
	database := dbtest.Open(t).WithClock(func() time.Time { return time.Now().Add(late) })
	shop := dbtest.NewShop(t, database)
	server := web.New(web.Config{Domain: "test"}, database, auth.NewAuthority(database, auth.Grants{}), web.NewDirectory(database, false))
	server.Mount(users.Module.Routes...)
	guess := func() (*httptest.ResponseRecorder, web.Problem) {
		r := httptest.NewRequest("POST", "/api/session", strings.NewReader(`{"email":"pat@example.org","password":"a-wrong-guess"}`))
		r.Host = shop.Slug + ".test"
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		var problem web.Problem
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &problem))
		return answer, problem
	}
	for range 7 {
		late += time.Minute // by then nobody has to wait
		answer, problem := guess()
		require.Equal(t, http.StatusUnauthorized, answer.Code)
		require.Equal(t, "auth.wrong_password", problem.Code)
	}
	answer, problem := guess()
	require.Equal(t, http.StatusTooManyRequests, answer.Code)
	require.Equal(t, "auth.slow_down", problem.Code)
	require.Equal(t, "4", answer.Header().Get("Retry-After"))
	require.Contains(t, problem.Detail, "Wait")
}
