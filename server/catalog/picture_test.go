package catalog_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/picture"
	"souk/server/tenants"
	"souk/shared/wire"
)

const pictureDomain = "souk.test"

// counter is the whole server on a database of its own, and what asks it.
type counter struct {
	app      *app.App
	database *db.DB
	super    *pgx.Conn
}

func openCounter(t *testing.T) *counter {
	t.Helper()
	_, access, name := dbtest.Fresh(t)
	database, err := db.Open(t.Context(), db.Config{LoginURL: access.LoginURL, PlatformURL: access.PlatformURL, MaxConns: 8, Faults: app.Faults()})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	wired, err := app.Wire(t.Context(), app.Config{Domain: pictureDomain}, database)
	require.NoError(t, err)
	t.Cleanup(wired.Hub.Drain)
	return &counter{app: wired, database: database, super: dbtest.Superuser(t, name)}
}

// shopper is a person of a role in a shop.
type shopper struct {
	*counter
	id    uuid.UUID
	slug  string
	token string
}

func (c *counter) shop(t *testing.T, slug string) shopper {
	t.Helper()
	_, err := tenants.Open(t.Context(), c.database, tenants.NewShop{
		Company: tenants.Company{Name: slug, Slug: slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true},
		Store:   tenants.Store{Name: "Street", TimeZone: "Europe/Berlin", LegalName: slug}, OwnerName: "Owner",
		OwnerEmail: "owner@" + slug + ".example", OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	s := shopper{counter: c, slug: slug}
	require.NoError(t, c.super.QueryRow(t.Context(), `select id from platform.tenants where slug = $1`, slug).Scan(&s.id))
	return s.as(t, wire.Owner)
}

// as is another person of the same shop.
func (s shopper) as(t *testing.T, role wire.Role) shopper {
	t.Helper()
	text, token := auth.Mint(auth.TokenSession, s.id)
	person := uuid.New()
	s.write(t, `insert into people (tenant_id, id, name, role, created_at, updated_at) values ($1, $2, 'Pat', $3, now(), now())`, s.id, person, role)
	s.write(t, `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at)
		values ($1, $2, $3, $4, 'test', now(), now() + interval '1 hour')`, s.id, uuid.New(), person, token.Hash)
	s.token = text
	return s
}

func (s shopper) write(t *testing.T, sql string, args ...any) {
	t.Helper()
	tx, err := s.super.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, s.id.String())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
}

type object = map[string]any

func (s shopper) ask(t *testing.T, method, path string, body any, known ...string) (*httptest.ResponseRecorder, object) {
	t.Helper()
	var sent []byte
	if body != nil {
		var err error
		sent, err = json.Marshal(body)
		require.NoError(t, err)
	}
	req := httptest.NewRequest(method, "http://"+s.slug+"."+pictureDomain+"/api"+path, bytes.NewReader(sent))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Idempotency-Key", uuid.NewString())
	for _, tag := range known {
		req.Header.Set("If-None-Match", tag)
	}
	rec := httptest.NewRecorder()
	s.app.Web.ServeHTTP(rec, req)
	out := object{}
	if strings.HasPrefix(rec.Body.String(), "{") {
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &out))
	}
	return rec, out
}

// upload sends a file as a browser does, and asks for a picture to be made of it.
func (s shopper) upload(t *testing.T, content []byte) (*httptest.ResponseRecorder, object) {
	t.Helper()
	rec, file := s.ask(t, "POST", "/pictures/files", object{"id": uuid.NewString(), "name": "photo.jpg", "size": len(content)})
	if rec.Code != http.StatusOK {
		return rec, file
	}
	id := file["id"].(string)
	rec, _ = s.ask(t, "PUT", "/files/"+id+"/parts/0", object{"bytes": base64.StdEncoding.EncodeToString(content), "last": true})
	require.Equal(t, http.StatusOK, rec.Code, rec.Body)
	return s.ask(t, "POST", "/pictures", object{"file_id": id})
}

func photo(t *testing.T, c color.Color) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range 400 * 300 {
		p.Set(i%400, i/400, c)
	}
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, p, nil))
	return out.Bytes()
}

func TestPicturesOverTheRouter(t *testing.T) {
	c := openCounter(t)
	shop, other := c.shop(t, "picnic"), c.shop(t, "rival")
	content := photo(t, color.RGBA{R: 200, A: 255})
	rec, made := shop.upload(t, content)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body)
	picture := made["id"].(string)
	item := uuid.NewString()
	facts := func(more object) object {
		out := object{"name": "Basket", "tax_code": "standard", "price_minor": 1250, "track_stock": true, "min_stock": "0"}
		for key, value := range more {
			out[key] = value
		}
		return out
	}

	t.Run("the same photo is kept once", func(t *testing.T) {
		_, again := shop.upload(t, content)
		require.Equal(t, picture, again["id"])
		var kept int
		require.NoError(t, c.super.QueryRow(t.Context(), `select count(*) from pictures where tenant_id = $1`, shop.id).Scan(&kept))
		require.Equal(t, 1, kept)
	})
	t.Run("an item is made with it, and its list shows it", func(t *testing.T) {
		rec, out := shop.ask(t, "POST", "/items", facts(object{"id": item, "picture_id": picture}))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body)
		require.Equal(t, picture, out["picture_id"])
		_, page := shop.ask(t, "GET", "/items?q=basket", nil)
		require.Equal(t, picture, page["rows"].([]any)[0].(object)["picture_id"])
		_, grid := shop.ask(t, "GET", "/register/browse?category_id=", nil)
		require.Equal(t, picture, grid["items"].([]any)[0].(object)["picture_id"])
	})
	t.Run("its bytes are kept by whoever got them, and only by him", func(t *testing.T) {
		rec, _ := shop.as(t, wire.Cashier).ask(t, "GET", "/pictures/"+picture+"/small", nil)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body)
		require.Equal(t, "image/jpeg", rec.Header().Get("Content-Type"))
		require.Equal(t, []string{"nosniff"}, rec.Header().Values("X-Content-Type-Options"))
		require.Equal(t, []string{"default-src 'none'; sandbox"}, rec.Header().Values("Content-Security-Policy"))
		require.Equal(t, "private, max-age=31536000, immutable", rec.Header().Get("Cache-Control"))
		tag := rec.Header().Get("ETag")
		require.NotEmpty(t, tag)
		drawn, err := jpeg.DecodeConfig(rec.Body)
		require.NoError(t, err)
		require.Equal(t, 128, drawn.Width)
		rec, _ = shop.ask(t, "GET", "/pictures/"+picture+"/small", nil, `W/"x", `+tag)
		require.Equal(t, http.StatusNotModified, rec.Code)
		require.Empty(t, rec.Body.Bytes())
		rec, _ = shop.ask(t, "GET", "/pictures/"+picture+"/large", nil, tag)
		require.Equal(t, http.StatusOK, rec.Code, "the large one is another")
		rec, _ = shop.ask(t, "GET", "/pictures/"+picture+"/huge", nil)
		require.Equal(t, http.StatusUnprocessableEntity, rec.Code)
	})
	t.Run("another shop neither sees it nor can use it", func(t *testing.T) {
		rec, _ := other.ask(t, "GET", "/pictures/"+picture+"/small", nil)
		require.Equal(t, http.StatusNotFound, rec.Code)
		rec, out := other.ask(t, "POST", "/items", facts(object{"id": uuid.NewString(), "picture_id": picture}))
		require.Equal(t, http.StatusUnprocessableEntity, rec.Code)
		require.Contains(t, rec.Body.String(), "catalog.unknown_picture", out)
	})
	t.Run("left out it stays, the nil id takes it away, and both are new versions", func(t *testing.T) {
		rec, out := shop.ask(t, "PUT", "/items/"+item, facts(object{"name": "Basket, large", "version": 1}))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body)
		require.Equal(t, picture, out["picture_id"])
		_, out = shop.ask(t, "PUT", "/items/"+item, facts(object{"picture_id": uuid.Nil.String(), "version": 2}))
		require.Nil(t, out["picture_id"])
		require.InDelta(t, 3, out["version"], 0)
		_, out = shop.ask(t, "PUT", "/items/"+item, facts(object{"picture_id": picture, "version": 3}))
		require.Equal(t, picture, out["picture_id"], "it can be had back")
		rec, _ = shop.ask(t, "PUT", "/items/"+item, facts(object{"picture_id": picture, "version": 3}))
		require.Equal(t, http.StatusConflict, rec.Code)
	})
	t.Run("what no item has goes after a while", func(t *testing.T) {
		_, loose := shop.upload(t, photo(t, color.RGBA{G: 200, A: 255}))
		shop.write(t, `update pictures set created_at = now() - interval '8 days' where tenant_id = $1`, shop.id)
		_, fresh := shop.upload(t, photo(t, color.RGBA{B: 200, A: 255}))
		for id, status := range map[any]int{loose["id"]: 404, fresh["id"]: 200, picture: 200} {
			rec, _ := shop.ask(t, "GET", "/pictures/"+id.(string)+"/small", nil)
			require.Equal(t, status, rec.Code)
		}
	})
}

func TestPicturesRefused(t *testing.T) {
	c := openCounter(t)
	shop := c.shop(t, "strict")
	for name, try := range map[string]struct {
		content []byte
		status  int
		code    string
	}{
		"a text by the name of a photo": {[]byte("<html>I am photo.jpg</html>"), http.StatusUnprocessableEntity, "picture.no_picture"},
		"half a photo":                  {photo(t, color.White)[:900], http.StatusUnprocessableEntity, "picture.broken"},
	} {
		t.Run(name, func(t *testing.T) {
			rec, out := shop.upload(t, try.content)
			require.Equal(t, try.status, rec.Code, rec.Body)
			require.Equal(t, try.code, out["code"])
			require.NotEmpty(t, out["detail"])
		})
	}
	t.Run("too large is said before anything is sent", func(t *testing.T) {
		rec, out := shop.ask(t, "POST", "/pictures/files", object{"id": uuid.NewString(), "name": "x", "size": picture.LargestUpload + 1})
		require.Equal(t, http.StatusUnprocessableEntity, rec.Code)
		require.Equal(t, "picture.too_large", out["code"])
	})
	t.Run("another person's upload, and one that is none", func(t *testing.T) {
		_, file := shop.ask(t, "POST", "/pictures/files", object{"id": uuid.NewString(), "name": "x", "size": 3})
		id := file["id"].(string)
		rec, _ := shop.ask(t, "POST", "/pictures", object{"file_id": id})
		require.Equal(t, http.StatusNotFound, rec.Code, "it is not complete")
		_, _ = shop.ask(t, "PUT", "/files/"+id+"/parts/0", object{"bytes": "AAAA", "last": true})
		rec, _ = shop.as(t, wire.Manager).ask(t, "POST", "/pictures", object{"file_id": id})
		require.Equal(t, http.StatusNotFound, rec.Code)
		rec, _ = shop.ask(t, "POST", "/pictures", object{"file_id": uuid.NewString()})
		require.Equal(t, http.StatusNotFound, rec.Code)
	})
	t.Run("who may not edit items", func(t *testing.T) {
		rec, _ := shop.as(t, wire.Cashier).upload(t, photo(t, color.White))
		require.Equal(t, http.StatusForbidden, rec.Code)
	})
}
