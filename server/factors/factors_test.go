package factors_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"souk/server/factors"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/server/users"
	"souk/shared/secret"
	"souk/shared/wire"
)

const password = "three warm loaves"

// bench is one shop, its owner with an account, and a clock that the test sets.
type bench struct {
	t      *testing.T
	shop   dbtest.Shop
	late   time.Duration
	server *web.Server
	email  string
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, email: "pat-" + uuid.NewString() + "@example.org"}
	database := dbtest.Open(t).WithClock(func() time.Time { return time.Now().Add(b.late) })
	b.shop = dbtest.NewShop(t, database)
	account := uuid.New()
	require.NoError(t, database.Platform(t.Context(), "an account for a test", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, putAccount, db.Args{"id": account, "email": b.email, "hash": secret.HashPassword(password), "now": tx.Now()})
		return err
	}))
	require.NoError(t, database.Tenant(t.Context(), b.shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, giveAccount, db.Args{"id": b.shop.Person, "account": account})
		return err
	}))
	grants := auth.Grants{wire.Owner: {users.Roles: true}}
	b.server = web.New(web.Config{Domain: "souk.test"}, database, auth.NewAuthority(database, grants), web.NewDirectory(database, false))
	b.server.Mount(tenants.Module.Routes...)
	b.server.Mount(users.Module.Routes...)
	b.server.Mount(factors.Module.Routes...)
	return b
}

const (
	putAccount db.SQL = `
		insert into platform.accounts (id, email, name, password_hash, created_at) values (@id, @email, 'Pat', @hash, @now)`
	giveAccount db.SQL = `update people set account_id = @account where tenant_id = @tenant and id = @id`
)

// answer is what came back.
type answer struct {
	status int
	body   map[string]any
	cookie string
}

func (a answer) code() string { code, _ := a.body["code"].(string); return code }

func (a answer) second() map[string]any {
	second, _ := a.body["second"].(map[string]any)
	return second
}

func (b *bench) call(session, method, path string, body any) answer {
	b.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(b.t, err)
	r := httptest.NewRequest(method, "/api"+path, bytes.NewReader(text))
	r.Host = b.shop.Slug + ".souk.test"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	r.Header.Set("Origin", "https://"+r.Host)
	if session != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: session})
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	got := answer{status: w.Code, body: map[string]any{}}
	if w.Body.Len() > 0 {
		require.NoError(b.t, json.Unmarshal(w.Body.Bytes(), &got.body), w.Body.String())
	}
	for _, cookie := range w.Result().Cookies() {
		if cookie.Name == web.SessionCookie {
			got.cookie = cookie.Value
		}
	}
	return got
}

type in map[string]any

func (b *bench) signIn() answer {
	return b.call("", "POST", "/session", in{"email": b.email, "password": password})
}

// code is the app's code at the bench's time.
func (b *bench) code(appSecret string) string {
	code, err := totp.GenerateCode(appSecret, time.Now().Add(b.late))
	require.NoError(b.t, err)
	return code
}

// enrol signs in and sets an app up; it gives the session, the secret and the recovery codes.
func (b *bench) enrol() (session, appSecret string, recovery []string) {
	b.t.Helper()
	session = b.signIn().cookie
	require.NotEmpty(b.t, session)
	started := b.call(session, "POST", "/account/code", in{})
	require.Equal(b.t, 200, started.status, started.body)
	appSecret = started.body["secret"].(string)
	require.Contains(b.t, started.body["picture"], "data:image/png;base64,")
	confirmed := b.call(session, "POST", "/account/code/confirmation", in{"code": b.code(appSecret)})
	require.Equal(b.t, 200, confirmed.status, confirmed.body)
	for _, code := range confirmed.body["codes"].([]any) {
		recovery = append(recovery, code.(string))
	}
	require.Len(b.t, recovery, 10)
	b.late += time.Minute // the code of this minute is used up
	return session, appSecret, recovery
}

func TestACodeIsAskedForAfterThePassword(t *testing.T) {
	b := newBench(t)
	_, appSecret, recovery := b.enrol()
	half := b.signIn()
	require.Equal(t, 200, half.status)
	require.Empty(t, half.cookie, "no session before the second step")
	require.Empty(t, half.body["permissions"])
	require.Equal(t, "prove", half.second()["kind"])
	token := half.second()["token"].(string)

	t.Run("what was given can do nothing else", func(t *testing.T) {
		require.Equal(t, 401, b.call(token, "GET", "/session", nil).status)
		require.Equal(t, 401, b.call(token, "GET", "/account/factors", nil).status)
		require.Equal(t, "auth.step_over", b.call("", "POST", "/session/enrolment", in{"token": token}).code())
		require.Equal(t, "auth.step_over", b.call("", "POST", "/session/enrolment/confirmation", in{"token": token, "code": "123456"}).code())
		require.Equal(t, "auth.step_over", b.call("", "POST", "/session/code", in{"token": "made-up", "code": b.code(appSecret)}).code())
	})
	code := b.code(appSecret)
	require.Equal(t, "auth.wrong_code", b.call("", "POST", "/session/code", in{"token": token, "code": other(code)}).code())
	in1 := b.call("", "POST", "/session/code", in{"token": token, "code": code[:3] + " " + code[3:]})
	require.Equal(t, 200, in1.status, in1.body)
	require.Equal(t, 200, b.call(in1.cookie, "GET", "/session", nil).status)

	t.Run("neither the step nor the code is good twice", func(t *testing.T) {
		require.Equal(t, "auth.step_over", b.call("", "POST", "/session/code", in{"token": token, "code": code}).code())
		again := b.signIn().second()["token"]
		require.Equal(t, "auth.wrong_code", b.call("", "POST", "/session/code", in{"token": again, "code": code}).code())
	})
	t.Run("a recovery code is good once", func(t *testing.T) {
		written := strings.ToLower(recovery[3])
		got := b.call("", "POST", "/session/code", in{"token": b.signIn().second()["token"], "code": written})
		require.Equal(t, 200, got.status, got.body)
		require.EqualValues(t, 9, b.call(got.cookie, "GET", "/account/factors", nil).body["recovery"])
		require.Equal(t, "auth.wrong_code", b.call("", "POST", "/session/code", in{"token": b.signIn().second()["token"], "code": written}).code())
	})
	t.Run("it is over after five minutes", func(t *testing.T) {
		token := b.signIn().second()["token"]
		b.late += 5*time.Minute + time.Second
		require.Equal(t, "auth.step_over", b.call("", "POST", "/session/code", in{"token": token, "code": b.code(appSecret)}).code())
	})
	t.Run("a wrong password says nothing of it", func(t *testing.T) {
		wrong := b.call("", "POST", "/session", in{"email": b.email, "password": "not this one"})
		nobody := b.call("", "POST", "/session", in{"email": "nobody@example.org", "password": "not this one"})
		delete(wrong.body, "ref")
		delete(nobody.body, "ref")
		require.Equal(t, nobody, wrong)
	})
}

// other is a code that is wrong.
func other(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func TestGuessingCodesIsSlowedDownForTheAccount(t *testing.T) {
	b := newBench(t)
	session, appSecret, _ := b.enrol()
	for range 5 {
		token := b.signIn().second()["token"]
		require.Equal(t, "auth.wrong_code", b.call("", "POST", "/session/code", in{"token": token, "code": other(b.code(appSecret))}).code())
	}
	token := b.signIn().second()["token"]
	require.Equal(t, "auth.slow_down", b.call("", "POST", "/session/code", in{"token": token, "code": b.code(appSecret)}).code())
	require.Equal(t, "auth.slow_down", b.call(session, "POST", "/account/code/removal", in{"password": password, "code": b.code(appSecret)}).code())
	b.late += 2 * time.Second
	require.Equal(t, 200, b.call("", "POST", "/session/code", in{"token": token, "code": b.code(appSecret)}).status)
}

func TestRemovingAnAppTakesPasswordAndCode(t *testing.T) {
	b := newBench(t)
	session, appSecret, _ := b.enrol()
	require.Equal(t, "factors.code_there", b.call(session, "POST", "/account/code", in{}).code())
	require.Equal(t, "auth.wrong_proof", b.call(session, "POST", "/account/code/removal", in{"password": "wrong", "code": b.code(appSecret)}).code())
	require.Equal(t, "auth.wrong_code", b.call(session, "POST", "/account/code/removal", in{"password": password, "code": other(b.code(appSecret))}).code())
	require.Equal(t, "prove", b.signIn().second()["kind"])
	require.Equal(t, 204, b.call(session, "POST", "/account/code/removal", in{"password": password, "code": b.code(appSecret)}).status)
	require.NotEmpty(t, b.signIn().cookie)
	require.Equal(t, "factors.no_code", b.call(session, "POST", "/account/recovery-codes", in{}).code())
}

func TestAnAppThatWasNotConfirmedIsAskedForByNobody(t *testing.T) {
	b := newBench(t)
	session := b.signIn().cookie
	started := b.call(session, "POST", "/account/code", in{})
	require.Equal(t, "auth.wrong_code", b.call(session, "POST", "/account/code/confirmation", in{"code": "12345678ABCD"}).code())
	require.NotEmpty(t, b.signIn().cookie)
	again := b.call(session, "POST", "/account/code", in{})
	require.NotEqual(t, started.body["secret"], again.body["secret"])
	require.Equal(t, "auth.wrong_code", b.call(session, "POST", "/account/code/confirmation", in{"code": b.code(started.body["secret"].(string))}).code())
}

func TestTheShopMayWantASecondStep(t *testing.T) {
	b := newBench(t)
	session := b.signIn().cookie
	require.Equal(t, "people.unknown_role", b.call(session, "PUT", "/sign-in-rules", in{"roles": []string{"emperor"}}).code())
	require.Equal(t, 200, b.call(session, "PUT", "/sign-in-rules", in{"roles": []string{"owner", "manager"}}).status)
	require.Equal(t, true, b.call(session, "GET", "/account/factors", nil).body["required"])

	half := b.signIn()
	require.Empty(t, half.cookie)
	require.Equal(t, "enrol", half.second()["kind"])
	token := half.second()["token"]
	require.Equal(t, "auth.step_over", b.call("", "POST", "/session/code", in{"token": token, "code": "123456"}).code(), "setting up is no proof")
	started := b.call("", "POST", "/session/enrolment", in{"token": token})
	require.Equal(t, 200, started.status, started.body)
	appSecret := started.body["secret"].(string)
	require.Equal(t, "auth.wrong_code", b.call("", "POST", "/session/enrolment/confirmation", in{"token": token, "code": other(b.code(appSecret))}).code())
	done := b.call("", "POST", "/session/enrolment/confirmation", in{"token": token, "code": b.code(appSecret)})
	require.Equal(t, 200, done.status, done.body)
	require.Len(t, done.body["codes"], 10)
	require.Equal(t, 200, b.call(done.cookie, "GET", "/session", nil).status)
	require.Equal(t, "prove", b.signIn().second()["kind"])
}

func TestWhatIsDangerousAsksAgainAfterTenMinutes(t *testing.T) {
	b := newBench(t)
	session := b.signIn().cookie
	b.late += 9 * time.Minute
	require.Equal(t, 200, b.call(session, "POST", "/account/code", in{}).status)
	b.late += 2 * time.Minute
	for _, path := range []string{"/account/code", "/account/recovery-codes", "/account/passkeys/challenge"} {
		got := b.call(session, "POST", path, in{})
		require.Equal(t, 403, got.status)
		require.Equal(t, "auth.prove_again", got.code())
	}
	require.Equal(t, "auth.prove_again", b.call(session, "PUT", "/sign-in-rules", in{"roles": []string{}}).code())
	require.Equal(t, 200, b.call(session, "GET", "/account/factors", nil).status, "what is harmless goes on")
	require.Equal(t, "auth.wrong_proof", b.call(session, "POST", "/session/proof", in{"password": "wrong"}).code())
	require.Equal(t, "auth.wrong_proof", b.call(session, "POST", "/session/proof", in{}).code())
	require.Equal(t, "auth.prove_again", b.call(session, "POST", "/account/code", in{}).code())
	require.Equal(t, 204, b.call(session, "POST", "/session/proof", in{"password": password}).status)
	require.Equal(t, 200, b.call(session, "POST", "/account/code", in{}).status)
}

func TestSecretsAreNotInTheDatabaseAsTheyAre(t *testing.T) {
	b := newBench(t)
	_, appSecret, recovery := b.enrol()
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(appSecret)
	require.NoError(t, err)
	kept := []byte{}
	require.NoError(t, dbtest.Open(t).Platform(t.Context(), "look into the tables of a test", func(ctx context.Context, tx *db.Tx) error {
		secrets, err := db.All[[]byte](ctx, tx, keptSecrets, db.Args{"email": b.email})
		kept = bytes.Join(secrets, nil)
		return err
	}))
	require.NotEmpty(t, kept)
	require.NotContains(t, string(kept), string(raw))
	require.NotContains(t, string(kept), strings.ReplaceAll(recovery[0], "-", ""))
}

const keptSecrets db.SQL = `
	select c.secret from platform.account_codes c join platform.accounts a on a.id = c.account_id where a.email = @email
	union all
	select r.code_hash from platform.recovery_codes r join platform.accounts a on a.id = r.account_id where a.email = @email`
