package attack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
	"souk/shared/wire"
)

var (
	anyID      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anyInstant = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
	anySecret  = regexp.MustCompile(`#[A-Za-z0-9_-]{43}`)
	ownNumber  = regexp.MustCompile(`"number":\d+`) // the shop's own count of what it has made
	anyRef     = regexp.MustCompile(`"ref":"[^"]*"`)
)

// like is an answer without what is new in every answer, and without the words that
// were brought along.
func like(got answer, words ...string) string {
	text := anyRef.ReplaceAllString(anyInstant.ReplaceAllString(anyID.ReplaceAllString(got.body, "ID"), "AT"), "REF")
	text = ownNumber.ReplaceAllString(anySecret.ReplaceAllString(text, "SECRET"), "NUMBER")
	for n, word := range words {
		text = strings.ReplaceAll(text, word, fmt.Sprintf("WORD%d", n))
	}
	var names []string
	for name := range got.header {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Sprint(got.status, names, text)
}

// taken are words that may be had once in a shop, as shop A has them, each with what
// makes something of it in shop B.
func (r *ring) taken(t *testing.T) map[string]struct {
	word string
	make func(word string) (path string, body object)
} {
	t.Helper()
	type entry = struct {
		word string
		make func(word string) (string, object)
	}
	text := func(sql string) string { return r.text(t, sql, r.a.id) }
	code := r.text(t, `select code from tax_codes where tenant_id = $1 order by code limit 1`, r.b.id)
	item := func(sku, barcode string) (string, object) {
		return "/items", object{"id": uuid.NewString(), "sku": sku, "name": "x", "tax_code": code, "price_minor": 100, "track_stock": false, "barcodes": []object{{"code": barcode, "quantity": "1"}}}
	}
	return map[string]entry{
		"an item's number": {text(`select sku from items where tenant_id = $1 limit 1`), func(w string) (string, object) { return item(w, "B"+uuid.NewString()[:10]) }},
		"a barcode":        {text(`select code from barcodes where tenant_id = $1 limit 1`), func(w string) (string, object) { return item("S"+uuid.NewString()[:10], w) }},
		"a customer's code": {text(`select code from customers where tenant_id = $1 and code <> '' limit 1`), func(w string) (string, object) {
			return "/customers", object{"id": uuid.NewString(), "name": "x", "code": w}
		}},
		"a customer's e-mail": {text(`select email from customers where tenant_id = $1 and email <> '' limit 1`), func(w string) (string, object) {
			return "/customers", object{"id": uuid.NewString(), "name": "x", "email": w}
		}},
		"a category": {text(`select name from categories where tenant_id = $1 limit 1`), func(w string) (string, object) {
			return "/categories", object{"id": uuid.NewString(), "name": w, "position": 1, "active": true}
		}},
		"a register": {text(`select name from registers where tenant_id = $1 limit 1`), func(w string) (string, object) {
			return "/registers", object{"id": uuid.NewString(), "store_id": r.b.opened.Store.ID, "name": w, "kind": "browser"}
		}},
		"a store": {text(`select name from stores where tenant_id = $1 limit 1`), func(w string) (string, object) {
			return "/stores", object{"id": uuid.NewString(), "name": w, "time_zone": "Europe/Berlin", "address": "", "legal_name": "", "tax_number": "", "receipt_header": "", "receipt_footer": "", "version": 0}
		}},
		"a role": {text(`select name from roles where tenant_id = $1 and name <> '' limit 1`), func(w string) (string, object) {
			return "/roles", object{"id": uuid.NewString(), "name": w, "base": "cashier", "grants": []string{}, "denials": []string{}}
		}},
		"a view": {text(`select name from saved_views where tenant_id = $1 limit 1`), func(w string) (string, object) {
			return "/views", object{"id": uuid.NewString(), "list": "items", "name": w, "query": "", "shared": true}
		}},
		"an owner's e-mail": {"owner@alpha.example", func(w string) (string, object) {
			return "/invitations", object{"id": uuid.NewString(), "name": "x", "email": w, "role": "cashier"}
		}},
		"an invited e-mail": {text(`select email from invitations where tenant_id = $1 limit 1`), func(w string) (string, object) {
			return "/invitations", object{"id": uuid.NewString(), "name": "x", "email": w, "role": "cashier"}
		}},
	}
}

// TestAttackByWhatIsTaken makes in B what only A has, and what nobody has: the answers
// are the same.
func TestAttackByWhatIsTaken(t *testing.T) {
	r := newRing(t)
	own := r.session(t, r.b, wire.Owner)
	taken := r.taken(t)
	cases := count(t, "A12", len(taken))
	w := r.watch(t)
	for name, of := range taken {
		fresh := "n" + uuid.NewString()[:len(of.word)%8+8]
		if strings.Contains(of.word, "@") {
			fresh += "@nobody.example"
		}
		ask := func(word string) string {
			path, body := of.make(word)
			got := r.call(r.b, own, "", request{method: http.MethodPost, target: "/api" + path, body: must(json.Marshal(body)), said: []string{word}})
			require.Less(t, got.status, 300, "%s: %s", name, got.body)
			brought := []string{word}
			for _, key := range []string{"sku"} {
				if text, is := body[key].(string); is && text != word {
					brought = append(brought, text)
				}
			}
			if codes, is := body["barcodes"].([]object); is && codes[0]["code"] != word {
				brought = append(brought, codes[0]["code"].(string))
			}
			return like(got, brought...)
		}
		require.Equal(t, ask(fresh), ask(of.word), "%s of A's is told apart from nobody's", name)
		cases.one()
	}
	w.done(t)
}

// TestAttackBySearching asks every list of B's for what only A has, and for what
// nobody has.
func TestAttackBySearching(t *testing.T) {
	r := newRing(t)
	own := r.session(t, r.b, wire.Owner)
	words := []string{canaryMark, "Alpha apple", r.text(t, `select name from customers where tenant_id = $1 limit 1`, r.a.id), r.text(t, `select receipt_no from sales where tenant_id = $1 limit 1`, r.a.id)}
	type search struct{ path, param string }
	var searches []search
	for _, route := range r.program.Web.Routes() {
		op := operationOf(r.program.Web.OpenAPI(), route)
		if route.Method != http.MethodGet || strings.Contains(route.Path, "{") {
			continue
		}
		for _, p := range op.Parameters {
			if p.In == "query" && (p.Name == "q" || p.Name == "code" || p.Name == "text") {
				searches = append(searches, search{route.Path, p.Name})
			}
		}
	}
	require.NotEmpty(t, searches)
	cases := count(t, "A12", len(searches)*len(words))
	w := r.watch(t)
	for _, s := range searches {
		for _, word := range words {
			if strings.HasPrefix(word, "1") || strings.HasPrefix(word, "2") {
				word += "9" // a number that both shops may have is told apart by one more digit
			}
			get := func(text string) string {
				in := request{method: http.MethodGet, target: "/api" + s.path + "?" + s.param + "=" + strings.ReplaceAll(text, " ", "+"), said: []string{text}}
				return like(r.call(r.b, own, "", in), text)
			}
			require.Equal(t, get("nobody"+uuid.NewString()[:8]), get(word), "%s?%s=%s", s.path, s.param, word)
			cases.one()
		}
	}
	w.done(t)
}

// TestAttackByWatching reads every list of B's before and after A has traded: nothing
// of it shows, in no count, number or mark.
func TestAttackByWatching(t *testing.T) {
	r := newRing(t)
	own, foreign := r.session(t, r.b, wire.Owner), r.session(t, r.a, wire.Owner)
	var reads []web.Route
	for _, route := range r.program.Web.Routes() {
		if route.Method == http.MethodGet && !strings.Contains(route.Path, "{") {
			reads = append(reads, route)
		}
	}
	read := func() map[string]string {
		out := map[string]string{}
		for _, route := range reads {
			got := r.ask(r.b, own, "GET", route.Path, nil)
			out[route.Name()] = like(got) + got.header.Get("Etag") + got.header.Get("Last-Modified")
		}
		return out
	}
	read() // what is remembered is remembered by now
	before := read()
	a := *r
	a.b = r.a // the counter's side of A
	s := a.bench(t)
	for n := range 3 {
		sale := s.sale([]object{{}}, nil)
		r.must(t, r.a, foreign, "POST", "/sales", sale)
		r.must(t, r.a, foreign, "POST", "/customers", object{"id": uuid.NewString(), "name": fmt.Sprintf("%s more %d", r.a.mark, n)})
		r.must(t, r.a, foreign, "POST", "/people", object{"id": uuid.NewString(), "name": fmt.Sprintf("%s more %d", r.a.mark, n), "role": "cashier"})
		r.must(t, r.a, foreign, "POST", "/shifts/"+s.shift+"/cash-in", object{"id": uuid.NewString(), "reason": "change", "amount_minor": 100, "note": "x"})
	}
	after := read()
	cases := count(t, "A12", len(reads)+2)
	for _, route := range reads {
		require.Equal(t, before[route.Name()], after[route.Name()], "%s shows that the other shop has traded", route.Name())
		cases.one()
	}

	// B's own numbers go on where they were, and A's guesses cost B no patience.
	last := r.text(t, `select max(number)::text from sales where tenant_id = $1 and series = (select series from sales where tenant_id = $1 order by completed_at desc limit 1)`, r.b.id)
	mine := r.bench(t)
	sold := r.must(t, r.b, own, "POST", "/sales", mine.sale([]object{{}}, nil))
	require.Equal(t, last, fmt.Sprint(int(sold["number"].(float64))-1))
	cases.one()
	for range 8 {
		r.call(r.a, "", "", request{method: http.MethodPost, target: "/api/session", body: must(json.Marshal(object{"email": "owner@beta.example", "password": "wrong"}))})
	}
	began := time.Now()
	got := r.call(r.b, "", "", request{method: http.MethodPost, target: "/api/session", body: must(json.Marshal(object{"email": "owner@beta.example", "password": "a-long-password"}))})
	require.Equal(t, http.StatusOK, got.status, "guesses at one shop lock nobody out of another (%s): %s", time.Since(began), got.body)
	cases.one()
	r.verified(t)
}
