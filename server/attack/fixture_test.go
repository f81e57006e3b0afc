package attack_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/audit"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/wire"
)

const domain = "souk.test"

// shop is one of the two: its own people, one of each role, and its till.
type shop struct {
	id     uuid.UUID
	slug   string
	mark   string // in every text that its fixture writes
	opened tenants.Opened
	till   string // the device's token
	// register is the till's; spare is one whose till nobody needs.
	register, spare, spareTill string
	people                     map[wire.Role]uuid.UUID
}

// newRing opens two shops on a database of their own and lets both trade.
func newRing(t *testing.T) *ring {
	t.Helper()
	r := openRing(t)
	database, err := db.Open(t.Context(), db.Config{
		LoginURL: r.access.LoginURL, PlatformURL: r.access.PlatformURL, MaxConns: 4, Faults: app.Faults(),
	})
	require.NoError(t, err)
	t.Cleanup(database.Close)
	r.database = database
	r.program, err = app.Wire(t.Context(), app.Config{Domain: domain}, database)
	require.NoError(t, err)
	t.Cleanup(r.program.Hub.Drain)
	keepLog()
	r.a, r.b = r.open(t, "alpha", canaryMark), r.open(t, "beta", "Beta")
	for _, of := range []*shop{r.a, r.b} {
		r.trade(t, of)
	}
	r.alone(t)
	if hole := os.Getenv("SOUK_HOLE_SQL"); hole != "" {
		_, err := r.superuser.Exec(t.Context(), hole)
		require.NoError(t, err, "the hole cannot be planted any more")
	}
	return r
}

func (r *ring) open(t *testing.T, slug, mark string) *shop {
	t.Helper()
	opened, err := tenants.Open(t.Context(), r.database, tenants.NewShop{
		Company: tenants.Company{
			Name: mark + " Foods", Slug: slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: mark + " Street", TimeZone: "Europe/Berlin", LegalName: mark + " Ltd", ReceiptFooter: mark + " thanks you"},
		OwnerName: mark + " Owner", OwnerEmail: "owner@" + slug + ".example", OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	of := &shop{slug: slug, mark: mark, opened: opened, people: map[wire.Role]uuid.UUID{}}
	require.NoError(t, r.superuser.QueryRow(t.Context(), `select id from platform.tenants where slug = $1`, slug).Scan(&of.id))
	for _, role := range wire.Roles() {
		of.people[role] = uuid.New()
		r.write(t, of, `insert into people (tenant_id, id, name, role, created_at, updated_at) values ($1, $2, $3, $4, now(), now())`,
			of.id, of.people[role], fmt.Sprintf("%s %s", mark, role), role)
	}
	r.ownRoles(t, of)
	return of
}

// Roles of the shop's own, as if they were roles of the program: one that is
// denied everything, and one that is left with a single right.
const (
	denied     wire.Role       = "nothing"
	singled    wire.Role       = "single"
	singleGood wire.Permission = "catalog.edit"
)

// ownRoles makes the shop's own roles and someone of each, and a spare one to be
// changed and done away with.
func (r *ring) ownRoles(t *testing.T, of *shop) {
	t.Helper()
	of.people[denied] = r.holder(t, of, wire.Waiter, string(denied))
	of.people[singled] = r.holder(t, of, wire.Waiter, string(singled), singleGood)
	r.write(t, of, `insert into roles (tenant_id, id, base, name, grants, created_at, updated_at) values ($1, $2, 'pos_user', $3, '{sales.discount}', now(), now())`,
		of.id, uuid.New(), of.mark+" spare role")
}

// holder is someone with a role of the shop's own that has these rights and no other.
func (r *ring) holder(t *testing.T, of *shop, base wire.Role, name string, only ...wire.Permission) uuid.UUID {
	t.Helper()
	role, person := uuid.New(), uuid.New()
	denials := []wire.Permission{}
	for permission := range r.program.Authority.Grants()[base] {
		if !slices.Contains(only, permission) && permission != auth.Use(auth.ModuleOf(permission)) {
			denials = append(denials, permission)
		}
	}
	r.write(t, of, `insert into roles (tenant_id, id, base, name, grants, denials, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, now(), now())`,
		of.id, role, base, of.mark+" "+name, append([]wire.Permission{}, only...), denials)
	r.write(t, of, `insert into people (tenant_id, id, name, role, role_id, created_at, updated_at) values ($1, $2, $3, $4, $5, now(), now())`,
		of.id, person, of.mark+" "+name, base, role)
	return person
}

// write is a row that no use case makes for a test: the superuser's, in the shop's context.
func (r *ring) write(t *testing.T, of *shop, sql string, args ...any) {
	t.Helper()
	tx, err := r.superuser.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, of.id.String())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
}

// session signs a person of a role in and gives the token.
func (r *ring) session(t *testing.T, of *shop, role wire.Role) string {
	t.Helper()
	return r.sessionUntil(t, of, role, time.Hour, false)
}

func (r *ring) sessionUntil(t *testing.T, of *shop, role wire.Role, lasting time.Duration, revoked bool) string {
	t.Helper()
	text, token := auth.Mint(auth.TokenSession, of.id)
	r.write(t, of, `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, proven_at, expires_at, revoked_at)
		values ($1, $2, $3, $4, $5, now() - interval '2 days', now(), now() + $6::interval, case when $7 then now() end)`,
		of.id, uuid.New(), of.people[role], token.Hash, of.mark+" browser", fmt.Sprintf("%d seconds", int(lasting.Seconds())), revoked)
	return text
}

// deadTokens were good once, or look as if they were.
func (r *ring) deadTokens(t *testing.T, of *shop) map[string]string {
	t.Helper()
	never, _ := auth.Mint(auth.TokenSession, of.id)
	noDevice, _ := auth.Mint(auth.TokenDevice, of.id)
	good := r.session(t, of, wire.Owner)
	left := uuid.New()
	r.write(t, of, `insert into people (tenant_id, id, name, role, active, created_at, updated_at) values ($1, $2, 'Left', 'owner', false, now(), now())`, of.id, left)
	gone := &shop{id: of.id, mark: of.mark, people: map[wire.Role]uuid.UUID{wire.Owner: left}}
	return map[string]string{
		"no token at all":            "",
		"a text that is no token":    "Bearer",
		"a session never begun":      never,
		"a device never paired":      noDevice,
		"a session taken as device":  "d" + strings.TrimPrefix(good, "s"),
		"a device taken as session":  "s" + strings.TrimPrefix(of.till, "d"),
		"a session that has expired": r.sessionUntil(t, of, wire.Owner, -time.Hour, false),
		"a session that was ended":   r.sessionUntil(t, of, wire.Owner, time.Hour, true),
		"someone who left":           r.session(t, gone, wire.Owner),
	}
}

// rightful is the token of one of shop B who may ask a route: its till where only
// a till may, else the owner's.
func (r *ring) rightful(route web.Route, owner string) string {
	grants := r.program.Authority.Grants()
	if route.Needs != web.Anyone && route.Needs != web.SignedIn && !grants[wire.Owner][route.Needs] {
		return r.b.till
	}
	return owner
}

// must asks for something as the owner and fails the test if it is refused.
func (r *ring) must(t *testing.T, of *shop, token, method, path string, body any) map[string]any {
	t.Helper()
	in := request{method: method, target: "/api" + path}
	if body != nil {
		in.body = must(json.Marshal(body))
	}
	got := r.call(of, token, "", in)
	require.Less(t, got.status, 300, "%s %s: %s", method, path, got.body)
	out := map[string]any{}
	if got.status == http.StatusOK && strings.HasPrefix(got.body, "{") {
		require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	}
	return out
}

type object = map[string]any

// trade makes rows in every table: by the routes, as a shop would.
func (r *ring) trade(t *testing.T, of *shop) {
	t.Helper()
	owner := r.session(t, of, wire.Owner)
	ask := func(method, path string, body any) object { return r.must(t, of, owner, method, path, body) }
	category, item, second := uuid.NewString(), uuid.NewString(), uuid.NewString()
	customer, counter, till, spare := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
	store := of.opened.Store

	ask("POST", "/categories", object{"id": category, "name": of.mark + " fruit", "position": 1, "active": true})
	code := r.text(t, `select code from tax_codes where tenant_id = $1 order by code limit 1`, of.id)
	for n, id := range []string{item, second} {
		ask("POST", "/items", object{
			"id": id, "sku": fmt.Sprintf("%s-%d", of.mark, n), "name": fmt.Sprintf("%s apple %d", of.mark, n), "category_id": category, "tax_code": code,
			"price_minor": 250, "cost_minor": 100, "track_stock": true, "barcodes": []object{{"code": fmt.Sprintf("%s-CODE-%d", strings.ToUpper(of.mark), n), "quantity": "1"}},
		})
	}
	ask("PUT", "/items/"+item+"/prices/"+store.ID.String(), object{"price_minor": 250, "version": 0})
	ask("POST", "/promotions", object{"id": uuid.NewString(), "name": of.mark + " week", "terms": object{"kind": "percent", "percent": "10", "amount_minor": 0, "goods": object{"items": []string{uuid.NewString()}}}})
	ask("POST", "/customers", object{"id": customer, "name": of.mark + " Customer", "email": "c@" + of.slug + ".example", "phone": "+49 30 1234567", "code": of.mark + "-C1"})
	ask("POST", "/people", object{"id": uuid.NewString(), "name": of.mark + " of one store", "role": "pos_user", "stores": []string{store.ID.String()}})
	ask("POST", "/invitations", object{"id": uuid.NewString(), "name": of.mark + " invited", "email": "invited@" + of.slug + ".example", "role": "cashier"})
	r.write(t, of, `insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at)
		select $1, gen_random_uuid(), id, $2, $3, now(), now() + interval '1 day' from people where tenant_id = $1 and role = 'pos_user' order by name limit 1`,
		of.id, []byte(of.mark+" spare session"), of.mark+" spare browser")
	ask("POST", "/views", object{"id": uuid.NewString(), "list": "items", "name": of.mark + " view", "query": "q=" + of.mark, "shared": true})
	ask("PUT", "/layouts/items", object{"columns": []string{of.mark + "-column"}, "dense": false})
	ask("POST", "/stock/opening", object{"id": uuid.NewString(), "location_id": store.LocationID, "lines": []object{
		{"item_id": item, "quantity": "100", "unit_cost_minor": 100}, {"item_id": second, "quantity": "50", "unit_cost_minor": 90}}})
	for n, id := range []string{till, counter, spare} {
		kind := map[bool]string{true: "browser", false: "till"}[id == counter]
		ask("POST", "/registers", object{"id": id, "store_id": store.ID, "name": fmt.Sprintf("%s register %d", of.mark, n), "kind": kind})
	}
	of.till = r.pair(t, of, owner, till)
	of.register, of.spare = till, spare
	of.spareTill = r.pair(t, of, owner, spare)
	ask("POST", "/registers/"+spare+"/pairing-code", nil)

	shift := uuid.NewString()
	cash := r.text(t, `select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`, of.id)
	ask("POST", "/shifts", object{"id": shift, "register_id": counter, "float_minor": 10000})
	sell := func() string {
		id := uuid.NewString()
		ask("POST", "/sales", object{"id": id, "register_id": counter, "note": of.mark + " note",
			"cart":    object{"customer_id": customer, "lines": []object{{"id": uuid.NewString(), "item_id": item, "quantity": "2"}, {"id": uuid.NewString(), "item_id": second, "quantity": "1"}}},
			"tenders": []object{{"method_id": cash, "amount_minor": 750, "reference": of.mark}}})
		return id
	}
	kept, voided := sell(), sell()
	ask("POST", "/sales/"+voided+"/void", object{"id": uuid.NewString(), "register_id": counter})
	ask("POST", "/sales/"+kept+"/refund", object{"id": uuid.NewString(), "register_id": counter, "method_id": cash, "lines": []object{{"line_no": 1, "quantity": "1"}}})
	ask("POST", "/shifts/"+shift+"/cash-in", object{"id": uuid.NewString(), "reason": "change", "amount_minor": 100, "note": of.mark + " coins"})
	ask("POST", "/shifts/"+shift+"/closure", object{"counted_minor": 10400})
	ask("POST", "/shifts", object{"id": uuid.NewString(), "register_id": counter, "float_minor": 10000})
	sell()
	ask("POST", "/approvals", object{"id": uuid.NewString(), "register_id": counter, "reason": of.mark + " reason", "asked": object{
		"action": "discount", "amount": 5000, "lines": []object{{"item_id": item, "name": of.mark + " apple", "quantity": "1", "before_minor": 250, "after_minor": 125}}}})
	harbour := ask("POST", "/stores", object{"id": uuid.NewString(), "name": of.mark + " Harbour", "time_zone": "Europe/Berlin", "address": "",
		"legal_name": "", "tax_number": "", "receipt_header": "", "receipt_footer": "", "version": 0})
	transfer := uuid.NewString()
	ask("POST", "/transfers", object{"id": transfer, "from_location_id": store.LocationID, "to_location_id": harbour["location_id"], "note": of.mark + " van",
		"lines": []object{{"item_id": item, "quantity": "5"}}})
	ask("PUT", "/transfers/"+transfer+"/dispatch", object{"version": 1})
	ask("PUT", "/transfers/"+transfer+"/receipt", object{"version": 2, "lines": []object{{"line_no": 1, "received": "4", "reason": "lost"}}})
	r.write(t, of, `insert into pictures (tenant_id, id, content_type, width, height, small, large, created_at)
		values ($1, $2, 'image/jpeg', 1, 1, $3, $3, now())`, of.id, uuid.New(), []byte(of.mark+" picture"))
	r.write(t, of, `update items set picture_id = (select id from pictures where tenant_id = $1) where tenant_id = $1 and id = $2`, of.id, item)
	file, work, imported := uuid.New(), uuid.New(), uuid.New()
	r.write(t, of, `insert into files (tenant_id, id, name, content_type, needs, complete, made_by, created_at, expires_at)
		values ($1, $2, $3, 'text/csv', 'catalog.edit', true, $4, now(), now() + interval '1 day')`, of.id, file, of.mark+" items.csv", of.people[wire.Owner])
	r.write(t, of, `insert into file_parts (tenant_id, file_id, part, body) values ($1, $2, 0, $3)`, of.id, file, []byte(of.mark+" bytes"))
	r.write(t, of, `insert into jobs (tenant_id, id, kind, title, needs, subject_id, state, file_id, started_by, run_after, created_at, updated_at)
		values ($1, $2, 'imports.run', $3, 'catalog.edit', $4, 'done', $5, $6, now(), now(), now())`, of.id, work, of.mark+" items.csv", imported, file, of.people[wire.Owner])
	r.write(t, of, `insert into imports (tenant_id, id, file_id, name, state, job_id, columns, row_count, created_at, updated_at)
		values ($1, $2, $3, $4, 'checked', $5, $6, 1, now(), now())`, of.id, imported, file, of.mark+" items.csv", work, `[{"header": "`+of.mark+` name", "samples": []}]`)
	r.write(t, of, `insert into import_rows (tenant_id, import_id, row_no, cells, verdict) values ($1, $2, 2, $3, 'bad')`, of.id, imported, `["`+of.mark+` apple"]`)
	r.write(t, of, `insert into import_keys (tenant_id, import_id, kind, key, row_no) values ($1, $2, 'sku', $3, 2)`, of.id, imported, of.mark+"-9")
	r.write(t, of, `insert into import_plans (tenant_id, signature, plan, updated_at) values ($1, $2, '{}', now())`, of.id, of.mark+" signature")
	r.write(t, of, `insert into self_tests (tenant_id, id, started_by, state, started_at) values ($1, $2, $3, 'waiting', now())`, of.id, uuid.New(), of.people[wire.Owner])
	r.write(t, of, `insert into samples (tenant_id, kind, id) values ($1, 'item', $2)`, of.id, uuid.New())
	grant, supporter := uuid.New(), uuid.New()
	r.write(t, of, `insert into people (tenant_id, id, name, role, active, support_of, created_at, updated_at) values ($1, $2, $3, 'report_user', false, gen_random_uuid(), now(), now())`,
		of.id, supporter, of.mark+" (support)")
	r.write(t, of, `insert into support_grants (tenant_id, id, granted_by, reason, role, view_only, created_at, ends_at) values ($1, $2, $3, $4, 'manager', true, now(), now() + interval '4 hours')`,
		of.id, grant, of.people[wire.Owner], of.mark+" reason")
	r.write(t, of, `insert into support_looks (tenant_id, id, grant_id, person_id, at, address) values ($1, $2, $3, $4, now(), $5)`, of.id, uuid.New(), grant, supporter, of.mark+" address")
	r.write(t, of, `insert into mail_settings (tenant_id, from_name) values ($1, $2)`, of.id, of.mark+" sender")
	r.write(t, of, `insert into mails (tenant_id, id, kind, subject_id, store_id, locale, from_name, to_address, subject, body_text, file_name, file_type, file_body, state, due_at, created_at)
		values ($1, gen_random_uuid(), 'receipt', $2, $3, 'en', $4, 'c@example.org', $4, $4, 'a.pdf', 'application/pdf', $5, 'failed', now(), now())`,
		of.id, kept, store.ID, of.mark+" letter", []byte(of.mark+" bytes"))
	r.write(t, of, `insert into upload_exceptions (tenant_id, id, device_id, entry_no, kind, code, detail, amount_minor, body, received_at)
		select $1, gen_random_uuid(), id, 1, 'item_created', 'sync.unreadable', $2, 0, '{}', now() from devices where tenant_id = $1 limit 1`, of.id, of.mark+" detail")
	_, err := audit.Seal(t.Context(), r.program.Database, of.id)
	require.NoError(t, err)
	require.NoError(t, audit.Sign(t.Context(), r.program.Database, of.id, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))))
}

// pair makes a device the register's till and gives its token.
func (r *ring) pair(t *testing.T, of *shop, owner, register string) string {
	t.Helper()
	code := r.must(t, of, owner, "POST", "/registers/"+register+"/pairing-code", nil)
	paired := r.must(t, of, "", "POST", "/devices", object{"code": code["code"], "device_name": of.mark + " till"})
	return paired["token"].(string)
}

func (r *ring) text(t *testing.T, sql string, args ...any) (text string) {
	t.Helper()
	require.NoError(t, r.superuser.QueryRow(t.Context(), sql, args...).Scan(&text))
	return text
}
