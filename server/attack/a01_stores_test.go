package attack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// branchMark stands in every text that the second store's fixture writes.
const branchMark = "BRNCH"

var jobFilter = regexp.MustCompile(`"query":\{[^{}]*\}`)

var storeNames = regexp.MustCompile(`"store":"[^"]*"`)

// seen is what of an answer must show nothing of a store in which the caller does
// not work. The price check at a register tells the customer which other store has
// the thing, by its name; of that store nothing else may stand in it.
func seen(route, body string) string {
	if route == "GET /register/items/{item_id}/stock" || route == "GET /sync/items/{item_id}/stock" {
		return storeNames.ReplaceAllString(body, "")
	}
	return body
}

// branch is a second store of a shop, with rows of its own in every table that
// belongs to stores.
type branch struct {
	id, location uuid.UUID
	prey         *prey
}

// openBranch adds a store to a shop, lets it trade, and notes what is its own:
// every row that is there afterwards and was not before.
func (r *ring) openBranch(t *testing.T, of *shop) *branch {
	t.Helper()
	before := r.prey(t, of)
	owner := r.session(t, of, wire.Owner)
	ask := func(method, path string, body any) object { return r.must(t, of, owner, method, path, body) }
	made := ask("POST", "/stores", object{"id": uuid.NewString(), "version": 1, "name": branchMark + " Street", "time_zone": "America/New_York", "address": branchMark + " 1",
		"legal_name": branchMark + " Ltd", "tax_number": branchMark, "receipt_header": branchMark, "receipt_footer": branchMark})
	b := &branch{id: uuid.MustParse(made["id"].(string)), location: uuid.MustParse(made["location_id"].(string))}
	r.tradeAt(t, of, b, ask)
	after := r.prey(t, of)
	b.prey = &prey{rows: map[string][]map[string]any{}, ids: map[string]bool{}}
	for _, table := range r.storeTables(t) {
		old := map[string]bool{}
		for _, row := range before.rows[table] {
			old[string(must(json.Marshal(row)))] = true
		}
		for _, row := range after.rows[table] {
			if old[string(must(json.Marshal(row)))] {
				continue
			}
			b.prey.rows[table] = append(b.prey.rows[table], row)
			for _, value := range row {
				if id, err := uuid.Parse(fmt.Sprint(value)); err == nil && !before.ids[id.String()] {
					b.prey.ids[id.String()] = true
				}
			}
		}
		require.NotEmpty(t, b.prey.rows[table], "the second store has no row in %s: let tradeAt in server/attack/a01_stores_test.go make one whose text holds branchMark", table)
	}
	b.prey.canaries = []string{branchMark}
	return b
}

// storeTables are the tables whose rows belong to stores, found by the catalogue.
func (r *ring) storeTables(t *testing.T) []string {
	t.Helper()
	rows, err := r.superuser.Query(t.Context(), `
		with recursive bound as (
			select 'stores'::regclass::oid as oid
			union
			select a.attrelid from pg_attribute a join pg_class c on c.oid = a.attrelid
			where  a.attname = 'stores' and a.atttypid = 'uuid[]'::regtype and c.relnamespace = 'public'::regnamespace and not a.attisdropped
			union
			select k.conrelid from pg_constraint k join bound b on b.oid = k.confrelid where k.contype = 'f')
		select c.relname::text from bound b join pg_class c on c.oid = b.oid where c.relkind in ('r', 'p') order by 1`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

// tradeAt makes rows of the second store, by the routes where there are some.
func (r *ring) tradeAt(t *testing.T, of *shop, b *branch, ask func(method, path string, body any) object) {
	t.Helper()
	item := r.text(t, `select id::text from items where tenant_id = $1 and track_stock order by id limit 1`, of.id)
	cash := r.text(t, `select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`, of.id)
	ask("POST", "/people", object{"id": uuid.NewString(), "name": branchMark + " person", "role": "pos_user", "pin": "1357", "stores": []uuid.UUID{b.id}})
	ask("POST", "/invitations", object{"id": uuid.NewString(), "name": branchMark + " invited", "email": "branch@" + of.slug + ".example", "role": "cashier", "stores": []uuid.UUID{b.id}})
	ask("POST", "/stock/opening", object{"id": uuid.NewString(), "location_id": b.location, "lines": []object{{"item_id": item, "quantity": "70", "unit_cost_minor": 100}}})
	counter, till := uuid.NewString(), uuid.NewString()
	for id, kind := range map[string]string{counter: "browser", till: "till"} {
		ask("POST", "/registers", object{"id": id, "store_id": b.id, "name": branchMark + " " + kind, "kind": kind})
	}
	owner := r.session(t, of, wire.Owner)
	r.pair(t, of, owner, till)
	ask("POST", "/registers/"+till+"/pairing-code", nil)
	sell := func() string {
		id := uuid.NewString()
		ask("POST", "/sales", object{"id": id, "register_id": counter, "note": branchMark,
			"cart":    object{"lines": []object{{"id": uuid.NewString(), "item_id": item, "quantity": "2"}}},
			"tenders": []object{{"method_id": cash, "amount_minor": 500, "reference": branchMark}}})
		return id
	}
	for range 2 {
		shift := uuid.NewString()
		ask("POST", "/shifts", object{"id": shift, "register_id": counter, "float_minor": 10000})
		kept, voided := sell(), sell()
		ask("POST", "/sales/"+voided+"/void", object{"id": uuid.NewString(), "register_id": counter})
		ask("POST", "/sales/"+kept+"/refund", object{"id": uuid.NewString(), "register_id": counter, "method_id": cash, "lines": []object{{"line_no": 1, "quantity": "1"}}})
		ask("POST", "/shifts/"+shift+"/cash-in", object{"id": uuid.NewString(), "reason": "change", "amount_minor": 100, "note": branchMark})
		if r.text(t, `select count(*)::text from z_reports z join shifts s using (tenant_id) where z.tenant_id = $1 and s.id = z.shift_id and s.store_id = $2`, of.id, b.id) == "0" {
			ask("POST", "/shifts/"+shift+"/closure", object{"counted_minor": 10400})
		}
	}
	ask("PUT", "/items/"+item+"/prices/"+b.id.String(), object{"price_minor": 260, "version": 0})
	ask("POST", "/approvals", object{"id": uuid.NewString(), "register_id": counter, "reason": branchMark, "asked": object{
		"action": "discount", "amount": 5000, "lines": []object{{"item_id": item, "name": branchMark, "quantity": "1", "before_minor": 250, "after_minor": 125}}}})
	harbour := r.text(t, `select l.id::text from locations l join stores s on s.tenant_id = $1 and s.id = l.store_id where l.tenant_id = $1 and s.name like '% Harbour'`, of.id)
	transfer := uuid.NewString()
	ask("POST", "/transfers", object{"id": transfer, "from_location_id": b.location, "to_location_id": harbour, "note": branchMark,
		"lines": []object{{"item_id": item, "quantity": "5"}}})
	ask("PUT", "/transfers/"+transfer+"/dispatch", object{"version": 1})
	file := uuid.New()
	r.write(t, of, `insert into files (tenant_id, id, name, content_type, needs, complete, made_by, stores, created_at, expires_at)
		values ($1, $2, $3, 'text/csv', 'catalog.read', true, $4, array[$5::uuid], now(), now() + interval '1 day')`, of.id, file, branchMark+".csv", of.people[wire.Owner], b.id)
	r.write(t, of, `insert into file_parts (tenant_id, file_id, part, body) values ($1, $2, 0, $3)`, of.id, file, []byte(branchMark+" bytes"))
	r.write(t, of, `insert into jobs (tenant_id, id, kind, title, needs, state, file_id, started_by, stores, run_after, created_at, updated_at)
		values ($1, $2, 'sales.export', $3, 'catalog.read', 'running', $4, $5, array[$6::uuid], now() + interval '1 day', now(), now())`, of.id, uuid.New(), branchMark, file, of.people[wire.Owner], b.id)
	r.write(t, of, `insert into mails (tenant_id, id, kind, store_id, locale, from_name, to_address, subject, body_text, file_name, file_type, file_body, state, due_at, created_at)
		values ($1, gen_random_uuid(), 'receipt', $2, 'en', $3, 'b@example.org', $3, $3, 'b.pdf', 'application/pdf', $4, 'failed', now(), now())`,
		of.id, b.id, branchMark, []byte(branchMark+" bytes"))
	r.write(t, of, `insert into upload_exceptions (tenant_id, id, device_id, entry_no, kind, code, detail, amount_minor, body, received_at)
		select $1, gen_random_uuid(), d.id, 1, 'item_created', 'sync.unreadable', $2, 0, '{}', now()
		from devices d join registers r on r.tenant_id = $1 and r.id = d.register_id where d.tenant_id = $1 and r.store_id = $3 limit 1`, of.id, branchMark, b.id)
}

// limit makes everybody but the owner work in the first store only, and what they
// have made before be of that store.
func (r *ring) limit(t *testing.T, of *shop) {
	t.Helper()
	for role, person := range of.people {
		if role != wire.Owner {
			r.write(t, of, `insert into person_stores (tenant_id, person_id, store_id) values ($1, $2, $3)`, of.id, person, of.opened.Store.ID)
		}
	}
	for _, table := range []string{"jobs", "files"} {
		r.write(t, of, `update `+table+` set stores = array[$2::uuid] where tenant_id = $1 and stores is null`, of.id, of.opened.Store.ID)
	}
	r.program.Authority.Forget(of.id)
}

// TestAttackStoresByTheirIDs lets people of every role who are limited to the
// first store, and its till, go through every route with the ids of the second
// one's rows: they must get what nobody's ids get, see nothing and change nothing.
func TestAttackStoresByTheirIDs(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	second := ring.openBranch(t, of)
	ring.limit(t, of)
	callers := slices.DeleteFunc(ring.callers(of)[1:], func(c caller) bool { return c.role == wire.Owner })
	tokens := ring.tokens(t, callers)
	own := ring.prey(t, of).rows
	theirs, nobodys := maps.Clone(own), maps.Clone(own)
	for _, table := range append(ring.storeTables(t), "people") {
		theirs[table], nobodys[table] = second.prey.rows[table], nil
	}
	theirs["people"] = only(own["people"], "name", branchMark+" person")
	cases := count(t, "A1", 2*len(ring.program.Web.Routes())*len(callers))
	compared, refused := 0, 0
	for _, route := range ring.program.Web.Routes() {
		for i, who := range callers {
			token := func() string {
				if endsSession(route) {
					return who.token(t)
				}
				return tokens[i]
			}
			a := &filler{api: ring.program.Web.OpenAPI(), rows: theirs, own: own, turn: i}
			b := &filler{api: ring.program.Web.OpenAPI(), rows: nobodys, own: own, turn: i}
			foreign, random := ring.call(of, token(), "", a.fill(route)), ring.call(of, token(), "", b.fill(route))
			cases.one()
			cases.one()
			label := fmt.Sprintf("%s by %s\nwith the second store's: %d %s\nwith nobody's: %d %s", route.Name(), who.name, foreign.status, foreign.body, random.status, random.body)
			require.Less(t, foreign.status, 500, label)
			// What names the shop's own things only differs by what was done first.
			if slices.ContainsFunc(foreign.said, func(said string) bool { return second.prey.ids[said] }) {
				compared++
				require.Equal(t, random.bare(), foreign.bare(), label)
			}
			if leak := second.prey.canaryIn(seen(route.Name(), foreign.body)+fmt.Sprint(foreign.header), toAny(foreign.said)); leak != "" {
				t.Errorf("%s of the second store in the answer: %s", leak, label)
			}
			if foreign.status >= 400 {
				refused++
			}
		}
		require.Empty(t, ring.disturbed(t, of, second), "%s with the second store's ids changed it or tied something to it", route.Name())
	}
	ring.verified(t)
	require.NotZero(t, compared)
	require.Greater(t, cases.ran, refused)
}

// TestAttackStoresByLooking lets the same callers read whatever can be read with
// ids of their own: of the second store nothing is in it, and of their own is.
func TestAttackStoresByLooking(t *testing.T) {
	ring := newRing(t)
	of := ring.b
	own := ring.prey(t, of).rows
	second := ring.openBranch(t, of)
	ring.limit(t, of)
	callers := slices.DeleteFunc(ring.callers(of)[1:], func(c caller) bool { return c.role == wire.Owner })
	tokens := ring.tokens(t, callers)
	owner := ring.session(t, of, wire.Owner)
	cases, shown, reads := count(t, "A1", 0), 0, map[string]bool{}
	for _, route := range ring.program.Web.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		bare := request{method: route.Method, target: "/api" + route.Path}
		for i, who := range callers {
			f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own, turn: i}
			asked := []request{f.fill(route)}
			if !strings.Contains(route.Path, "{") {
				asked = append(asked, bare)
			}
			cases.expect(len(asked))
			for _, in := range asked {
				got := ring.call(of, tokens[i], "", in)
				cases.one()
				if leak := second.prey.canaryIn(seen(route.Name(), got.body), toAny(got.said)); leak != "" {
					t.Errorf("%s of the second store in the answer: %s by %s: %s", leak, route.Name(), who.name, got.body)
				}
				reads[route.Name()] = reads[route.Name()] || got.status == http.StatusOK
			}
		}
		// The owner does see it, or there would be nothing to find above.
		if got := ring.call(of, owner, "", bare); strings.Contains(got.body, branchMark) {
			shown++
		}
		if !ring.program.Authority.Grants()[""][route.Needs] {
			require.True(t, reads[route.Name()], "nobody could read %s: the suite may be refusing everything", route.Name())
		}
	}
	require.Greater(t, shown, 5)
}

// disturbed lists what is not as it was in the second store: rows of its own that
// are gone or changed, and others' that now name its own.
func (r *ring) disturbed(t *testing.T, of *shop, second *branch) []string {
	t.Helper()
	var found []string
	for _, table := range r.storeTables(t) {
		rows, err := r.superuser.Query(t.Context(), fmt.Sprintf(`select to_jsonb(t) from %s t where tenant_id = $1`, table), of.id)
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[map[string]any])
		require.NoError(t, err)
		now := map[string]bool{}
		for _, row := range all {
			now[string(must(json.Marshal(row)))] = true
		}
		for _, row := range second.prey.rows[table] {
			text := string(must(json.Marshal(row)))
			if !now[text] {
				found = append(found, table+" lost "+text)
			}
			delete(now, text)
		}
		for text := range now {
			if table == "jobs" {
				// The filter of an export is the caller's own words; what it finds is of the caller's stores.
				text = jobFilter.ReplaceAllString(text, "")
			}
			if leak := second.prey.canaryIn(text, nil); leak != "" {
				found = append(found, table+" has "+text)
			}
		}
	}
	return found
}
