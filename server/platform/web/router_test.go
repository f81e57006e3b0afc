package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

const addSession db.SQL = `
	insert into sessions (tenant_id, id, person_id, token_hash, created_at, expires_at)
	values (@tenant, @id, @person, @hash, @now, @expires)`

const edit wire.Permission = "things.edit"

type thing struct {
	ID       uuid.UUID  `json:"id"`
	ParentID *uuid.UUID `json:"parent_id,omitempty"`
	Name     string     `json:"name" minLength:"2"`
}

type thingIn struct {
	ID uuid.UUID `path:"id"`
	Q  string    `query:"q"`
}

// door is one shop behind the router, with routes that do as they are told.
type door struct {
	t      *testing.T
	server *web.Server
	shop   dbtest.Shop
	token  string
	log    bytes.Buffer
}

func open(t *testing.T) *door {
	t.Helper()
	d := &door{t: t}
	database := dbtest.Open(t)
	d.shop = dbtest.NewShop(t, database)
	authority := auth.NewAuthority(database, auth.Grants{wire.Owner: {edit: true}})
	d.server = web.New(web.Config{
		Domain: "test", MaxBody: 1 << 10, Sentences: map[string]string{"things.name_taken": "Choose another name."},
		Log: slog.New(slog.NewJSONHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, database, authority, web.NewDirectory(database, false))
	d.server.Mount(
		web.Get("/things/{id}", web.SignedIn, func(_ context.Context, _ *db.Tx, in thingIn) (thing, error) {
			return thing{ID: in.ID, Name: "Thing"}, nil
		}),
		web.Post("/things", edit, func(_ context.Context, _ *db.Tx, in thing) (thing, error) { return in, nil }),
		web.Get("/tries", web.Anyone, func(context.Context, *db.Tx, web.None) (web.None, error) {
			return web.None{}, fault.TooMany("things.slow_down", 90*time.Second-time.Millisecond).Say("Wait 90 seconds.")
		}),
		web.Get("/taken", web.Anyone, func(context.Context, *db.Tx, web.None) (web.None, error) {
			return web.None{}, fault.Conflict("things.name_taken")
		}),
		web.Get("/odd", web.Anyone, func(context.Context, *db.Tx, web.None) (web.None, error) {
			return web.None{}, fault.Conflict("things.odd")
		}),
		web.Get("/away", web.Anyone, func(context.Context, *db.Tx, web.None) (web.None, error) {
			return web.None{}, fault.Unavailable("things.away").Say("Try again in a moment.")
		}),
	)
	d.server.Handle(http.MethodGet, "/live", func(ec echo.Context) error {
		conn, _, err := ec.Response().Hijack()
		require.NoError(t, err)
		return conn.Close()
	})
	d.server.Pages(fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html>")}, "assets/app.js": {Data: []byte("let x = 1")},
	})
	text, token := auth.Mint(auth.TokenSession, d.shop.ID)
	d.token = text
	require.NoError(t, database.Tenant(t.Context(), d.shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addSession, db.Args{
			"id": uuid.New(), "person": d.shop.Person, "hash": token.Hash, "now": tx.Now(), "expires": tx.Now().Add(time.Hour),
		})
		return err
	}))
	return d
}

func (d *door) send(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = d.shop.Slug + ".test"
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	d.server.ServeHTTP(answer, r)
	return answer
}

// hijacked lets a handler take the connection over, as a socket does.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, nil, nil }

// line is the only line that the log has got since it was last asked.
func (d *door) line() map[string]any {
	d.t.Helper()
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	d.log.Reset()
	require.Len(d.t, lines, 1)
	var line map[string]any
	require.NoError(d.t, json.Unmarshal([]byte(lines[0]), &line))
	return line
}

func TestAccessLog(t *testing.T) {
	d := open(t)
	id := uuid.NewString()

	t.Run("a call by its route, its caller and its outcome", func(t *testing.T) {
		answer := d.send("GET", "/api/things/"+id+"?q=secret", "")
		require.Equal(t, http.StatusOK, answer.Code)
		line := d.line()
		require.Positive(t, line["took"])
		delete(line, "took")
		delete(line, "time")
		require.Equal(t, map[string]any{
			"level": "INFO", "msg": "request", "method": "GET", "route": "/api/things/:id", "status": 200.0, "bytes": float64(answer.Body.Len()),
			"ref": answer.Header().Get("X-Request-Id"), "shop": d.shop.Slug, "actor": d.shop.Person.String(),
		}, line)
	})
	t.Run("a refused one, by nobody", func(t *testing.T) {
		d.send("POST", "/api/things", `{"id":"`+id+`","name":"secret"}`, "Authorization", "")
		line := d.line()
		require.Equal(t, 401.0, line["status"])
		require.NotContains(t, line, "actor")
		require.NotContains(t, line, "secret")
	})
	t.Run("levels and statuses", func(t *testing.T) {
		for target, want := range map[string][2]any{
			"/healthz":       {"DEBUG", 200.0},
			"/assets/app.js": {"DEBUG", 200.0},
			"/sales":         {"DEBUG", 200.0},
			"/api/nothing":   {"INFO", 404.0},
			"/api/tries":     {"INFO", 429.0},
		} {
			d.send("GET", target, "")
			line := d.line()
			require.Equal(t, want, [2]any{line["level"], line["status"]}, target)
		}
	})
	t.Run("an address of no shop", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/api/things/"+id, nil)
		r.Host = "nobody.test"
		d.server.ServeHTTP(httptest.NewRecorder(), r)
		line := d.line()
		require.Equal(t, 404.0, line["status"])
		require.NotContains(t, line, "shop")
	})
	t.Run("a socket", func(t *testing.T) {
		here, there := net.Pipe()
		defer func() { require.NoError(t, there.Close()) }()
		r := httptest.NewRequest("GET", "/live", nil)
		r.Host = d.shop.Slug + ".test"
		r.Header.Set("Upgrade", "websocket")
		d.server.ServeHTTP(&hijacked{httptest.NewRecorder(), here}, r)
		require.Equal(t, 101.0, d.line()["status"])
	})
}

func TestProblems(t *testing.T) {
	d := open(t)
	id := uuid.NewString()
	good := `{"id":"` + id + `","name":"Thing"}`
	for name, c := range map[string]struct {
		answer *httptest.ResponseRecorder
		status int
		code   string
		retry  string
	}{
		"a value out of range":   {d.send("POST", "/api/things", `{"id":"`+id+`","name":"x"}`), 422, "request.invalid", ""},
		"an id that is none":     {d.send("POST", "/api/things", `{"id":"7","name":"Thing"}`), 422, "request.invalid", ""},
		"an id in the address":   {d.send("GET", "/api/things/7", ""), 422, "request.invalid", ""},
		"no JSON":                {d.send("POST", "/api/things", "{"), 400, "request.malformed", ""},
		"another content type":   {d.send("POST", "/api/things", good, "Content-Type", "text/csv"), 415, "request.not_json", ""},
		"a body too large":       {d.send("POST", "/api/things", `{"id":"`+id+`","name":"`+strings.Repeat("x", 2000)+`"}`), 413, "request.too_large", ""},
		"an unknown route":       {d.send("GET", "/api/nothing", ""), 404, "request.not_found", ""},
		"an unknown write":       {d.send("POST", "/api/nothing", good), 404, "request.not_found", ""},
		"another method":         {d.send("DELETE", "/api/things", ""), 405, "request.method_not_allowed", ""},
		"nobody":                 {d.send("POST", "/api/things", good, "Authorization", ""), 401, "auth.signed_out", ""},
		"no key":                 {d.send("POST", "/api/things", good, "Idempotency-Key", ""), 422, "request.key_missing", ""},
		"too many tries":         {d.send("GET", "/api/tries", ""), 429, "things.slow_down", "90"},
		"something that is away": {d.send("GET", "/api/away", ""), 503, "things.away", "2"},
	} {
		require.Equal(t, c.status, c.answer.Code, "%s: %s", name, c.answer.Body)
		headers := c.answer.Header()
		require.Equal(t, []string{"no-store"}, headers.Values("Cache-Control"), name)
		require.Equal(t, "application/problem+json", headers.Get("Content-Type"), name)
		require.Equal(t, c.retry, headers.Get("Retry-After"), name)
		var problem web.Problem
		require.NoError(t, json.Unmarshal(c.answer.Body.Bytes(), &problem), name)
		require.Equal(t, c.code, problem.Code, name)
		require.Equal(t, c.status, problem.Status, name)
		require.Equal(t, headers.Get("X-Request-Id"), problem.Ref, name)
		require.NotEmpty(t, problem.Title, name)
		require.NotEmpty(t, problem.Detail, name)
	}
}

func TestEveryFaultIsTold(t *testing.T) {
	d := open(t)
	for target, want := range map[string]string{"/api/taken": "Choose another name.", "/api/odd": "Look again"} {
		var problem web.Problem
		require.NoError(t, json.Unmarshal(d.send("GET", target, "").Body.Bytes(), &problem))
		require.Contains(t, problem.Detail, want)
	}
}

func TestIDsAreDescribedAsUUIDs(t *testing.T) {
	d := open(t)
	api := d.server.OpenAPI()
	properties := api.Components.Schemas.Map()["Thing"].Properties
	for _, schema := range []*huma.Schema{properties["id"], properties["parent_id"], api.Paths["/api/things/{id}"].Get.Parameters[0].Schema} {
		require.Equal(t, "uuid", schema.Format)
		require.Equal(t, "string", schema.Type)
	}
	answer := d.send("POST", "/api/things", `{"id":"`+uuid.NewString()+`","name":"Thing","parent_id":null}`)
	require.Equal(t, http.StatusOK, answer.Code, "an optional id may be null: %s", answer.Body)
}
