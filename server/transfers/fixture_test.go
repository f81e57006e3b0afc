package transfers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/transfers"
	"souk/server/users"
	"souk/shared/money"
	"souk/shared/wire"
)

var modules = []module.Module{
	tenants.Module, users.Module, catalog.Module, ledger.Module, inventory.Module, tills.Module, transfers.Module,
}

const (
	standard   db.SQL = `select code from tax_codes where tenant_id = @tenant order by code limit 1`
	addSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, token_hash, created_at, expires_at)
		values (@tenant, @id, @person, @hash, @now::timestamptz, @now::timestamptz + interval '1 hour')`
	addPerson db.SQL = `
		insert into people (tenant_id, id, name, role, created_at, updated_at) values (@tenant, @id, 'Robin', @role, @now, @now)`

	onHand     db.SQL = `select coalesce(sum(on_hand), 0) from stock_balances where tenant_id = @tenant and item_id = @item and location_id = @location`
	accountSum db.SQL = `
		select coalesce(sum(p.amount_minor), 0)::bigint
		from   postings p
		join   accounts a on a.tenant_id = @tenant and a.id = p.account_id
		where  p.tenant_id = @tenant and a.role = @role`
)

// world is a shop with two stores behind the real router.
type world struct {
	t        testing.TB
	database *db.DB
	server   *web.Server
	slug     string
	tenant   uuid.UUID
	owner    uuid.UUID
	token    string
	here     tenants.Store
	there    tenants.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, dbtest.Open(t))
}

func worldOn(t testing.TB, database *db.DB) *world {
	t.Helper()
	database.OnEmit(react)
	w := &world{t: t, database: database, slug: "t-" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20]}
	opened, err := tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{
			Name: "Test", Slug: w.slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Here", TimeZone: "Europe/Berlin"},
		OwnerName: "Pat", OwnerEmail: w.slug + "@example.test", OwnerPassword: "a long enough password",
	})
	require.NoError(t, err)
	w.tenant, w.owner, w.here = opened.Tenant, opened.Owner.PersonID, opened.Store
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		w.there, err = tenants.AddStore(ctx, tx, tenants.Store{Name: "There", TimeZone: "Europe/Berlin"})
		return err
	})
	authority := auth.NewAuthority(database, grants())
	w.server = web.New(web.Config{Domain: "test"}, database, authority, web.NewDirectory(database, false))
	w.server.Mount(transfers.Module.Routes...)
	w.token = w.session(w.owner)
	return w
}

func react(ctx context.Context, tx *db.Tx, event any) error {
	for _, m := range modules {
		for _, reaction := range m.Reacts {
			if reaction.Event == reflect.TypeOf(event) {
				if err := reaction.Run(ctx, tx, event); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func grants() auth.Grants {
	all := auth.Grants{}
	for _, m := range modules {
		for _, g := range m.Permissions {
			for _, role := range g.Roles {
				if all[role] == nil {
					all[role] = map[wire.Permission]bool{}
				}
				all[role][g.Permission] = true
			}
		}
	}
	return all
}

func (w *world) do(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	actor := auth.Acting(w.tenant, w.owner, wire.Owner, grants())
	require.NoError(w.t, w.database.Tenant(auth.With(context.WithoutCancel(w.t.Context()), actor), actor.Identity(), fn))
}

func one[T any](w *world, statement db.SQL, args db.Args) (out T) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.One[T](ctx, tx, statement, args)
		return err
	})
	return out
}

// session signs someone in and gives the token.
func (w *world) session(person uuid.UUID) string {
	w.t.Helper()
	text, token := auth.Mint(auth.TokenSession, w.tenant)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addSession, db.Args{"id": uuid.New(), "person": person, "hash": token.Hash, "now": tx.Now()})
		return err
	})
	return text
}

// someone is a further person of a role, signed in.
func (w *world) someone(role wire.Role) string {
	w.t.Helper()
	id := uuid.New()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addPerson, db.Args{"id": id, "role": role, "now": tx.Now()})
		return err
	})
	return w.session(id)
}

// item makes an item of which so much stands in the first store, at a cost.
func (w *world) item(stock string, cost money.Amount) uuid.UUID {
	w.t.Helper()
	id := uuid.New()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		code, err := db.One[string](ctx, tx, standard, db.Args{})
		if err != nil {
			return err
		}
		_, err = catalog.Create(ctx, tx, catalog.NewItem{ID: id, ItemFacts: catalog.ItemFacts{
			Name: "Item " + id.String()[:4], TaxCode: code, Price: 1000, Cost: cost, TrackStock: true,
		}})
		if err != nil || decimal.MustParse(stock).IsZero() {
			return err
		}
		return inventory.Open(ctx, tx, w.here.LocationID, []inventory.OpeningLine{{ItemID: id, Quantity: decimal.MustParse(stock), UnitCost: cost}})
	})
	return id
}

type object = map[string]any

// call sends one request through the router and gives its status and answer.
func (w *world) call(token, method, path string, in any) (int, []byte) {
	w.t.Helper()
	body, err := json.Marshal(in)
	require.NoError(w.t, err)
	r := httptest.NewRequest(method, "/api"+path, bytes.NewReader(body))
	r.Host = w.slug + ".test"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	r.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer.Code, answer.Body.Bytes()
}

// ask expects an answer, and reads it.
func ask[T any](w *world, method, path string, in any) (out T) {
	w.t.Helper()
	status, body := w.call(w.token, method, path, in)
	require.Less(w.t, status, 300, "%s %s: %s", method, path, body)
	require.NoError(w.t, json.Unmarshal(body, &out))
	return out
}

// refused expects a fault, and gives its code.
func (w *world) refused(status int, method, path string, in any) string {
	w.t.Helper()
	got, body := w.call(w.token, method, path, in)
	require.Equal(w.t, status, got, "%s %s: %s", method, path, body)
	var problem struct{ Code, Detail string }
	require.NoError(w.t, json.Unmarshal(body, &problem))
	require.NotEmpty(w.t, problem.Detail, "a fault says what to do")
	return problem.Code
}

// draft is a transfer from the first store to the second.
func (w *world) draft(lines ...object) transfers.StockTransfer {
	w.t.Helper()
	return ask[transfers.StockTransfer](w, "POST", "/transfers", w.facts(lines...))
}

func (w *world) facts(lines ...object) object {
	if lines == nil {
		lines = []object{}
	}
	return object{"id": uuid.New(), "from_location_id": w.here.LocationID, "to_location_id": w.there.LocationID, "note": "By van", "lines": lines}
}

func of(item uuid.UUID, quantity string) object { return object{"item_id": item, "quantity": quantity} }

func (w *world) step(transfer transfers.StockTransfer, what string) transfers.StockTransfer {
	w.t.Helper()
	return ask[transfers.StockTransfer](w, "PUT", "/transfers/"+transfer.ID.String()+"/"+what, object{"version": transfer.Version})
}

func (w *world) receive(transfer transfers.StockTransfer, lines ...object) transfers.StockTransfer {
	w.t.Helper()
	if lines == nil {
		lines = []object{}
	}
	return ask[transfers.StockTransfer](w, "PUT", "/transfers/"+transfer.ID.String()+"/receipt", object{"version": transfer.Version, "lines": lines})
}

func (w *world) stands(item uuid.UUID, at tenants.Store) string {
	w.t.Helper()
	return one[decimal.Decimal](w, onHand, db.Args{"item": item, "location": at.LocationID}).Trim(0).String()
}

func (w *world) account(role ledger.Role) int64 {
	w.t.Helper()
	return one[int64](w, accountSum, db.Args{"role": string(role)})
}
