package sync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/parties"
	"souk/server/payments"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/server/sales"
	"souk/server/sync"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/users"
	"souk/shared/wire"
)

var modules = []module.Module{
	tenants.Module, users.Module, catalog.Module, parties.Module, inventory.Module, ledger.Module, payments.Module, tills.Module, sales.Module, sync.Module,
}

const (
	putTax    db.SQL = `insert into tax_codes (tenant_id, id, code, name) values (@tenant, @id, 'T19', 'T19')`
	putRate   db.SQL = `insert into tax_rates (tenant_id, tax_code_id, valid_from, rate) values (@tenant, @id, '2020-01-01', 19)`
	findCash  db.SQL = `select id from payment_methods where tenant_id = @tenant and kind = 'cash' order by position limit 1`
	numbers   db.SQL = `select number from sales where tenant_id = @tenant and series = @series order by received_at, number`
	lastTaken db.SQL = `select last_no from upload_heads where tenant_id = @tenant and device_id = @device`
	caught    db.SQL = `select code || ' ' || amount_minor from upload_exceptions where tenant_id = @tenant and device_id = @device order by entry_no, code`
	heldBody  db.SQL = `select body::text from upload_exceptions where tenant_id = @tenant and device_id = @device order by entry_no`
	balance   db.SQL = `select coalesce(sum(amount_minor), 0)::bigint from postings where tenant_id = @tenant`
	alive     db.SQL = `select waiting from devices where tenant_id = @tenant and id = @device and last_seen_at is not null`
)

// world is a shop behind the real router, with one register for tills.
type world struct {
	t        *testing.T
	database *db.DB
	server   *web.Server
	slug     string
	tenant   uuid.UUID
	person   uuid.UUID
	store    uuid.UUID
	register uuid.UUID
	cash     uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, dbtest.Open(t))
}

func worldOn(t *testing.T, database *db.DB) *world {
	t.Helper()
	database.OnEmit(react)
	w := &world{t: t, database: database, slug: "y-" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20]}
	opened, err := tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{
			Name: "Test", Slug: w.slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Main", TimeZone: "Europe/Berlin"},
		OwnerName: "Pat", OwnerEmail: w.slug + "@example.test", OwnerPassword: "a long enough password",
	})
	require.NoError(t, err)
	w.tenant, w.person, w.store = opened.Tenant, opened.Owner.PersonID, opened.Store.ID
	authority := auth.NewAuthority(database, grants())
	database.OnCommit(func(tenant uuid.UUID) {
		authority.Forget(tenant)
		_ = live.Number(context.Background(), database, tenant) // the database may have died; the next commit's numbers both
	})
	w.server = web.New(web.Config{Domain: "test"}, database, authority, web.NewDirectory(database, false))
	w.server.Mount(append(tills.Module.Routes, sync.Module.Routes...)...)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		tax := uuid.New()
		batch := tx.Batch()
		batch.Exec(putTax, db.Args{"id": tax})
		batch.Exec(putRate, db.Args{"id": tax})
		made, err := tills.CreateRegister(ctx, tx, tills.NewRegister{ID: uuid.New(), StoreID: w.store, Name: "Till", Kind: "till"})
		w.register = made.ID
		return err
	})
	w.cash = one[uuid.UUID](w, findCash, db.Args{})
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
	actor := auth.Acting(w.tenant, w.person, wire.Owner, grants())
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

func all[T any](w *world, statement db.SQL, args db.Args) (out []T) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.All[T](ctx, tx, statement, args)
		return err
	})
	return out
}

func (w *world) item() uuid.UUID {
	w.t.Helper()
	item := catalog.NewItem{ID: uuid.New(), ItemFacts: catalog.ItemFacts{
		Name: "Item", TaxCode: "T19", Price: 1190, Cost: 100, TrackStock: true,
	}}
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.Create(ctx, tx, item)
		return err
	})
	return item.ID
}

// device is a paired computer and its journal.
type device struct {
	*world
	wire.Pairing
	shift   uuid.UUID
	journal []wire.Entry
	sold    int64
}

func (w *world) pair() *device {
	w.t.Helper()
	var code tills.PairingCode
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		code, err = tills.MakeCode(ctx, tx, tills.RegisterID{ID: w.register})
		return err
	})
	d := &device{world: w, shift: uuid.New()}
	status := w.call("", "POST", "/devices", wire.PairingIn{Code: code.Code, DeviceName: "Box"}, &d.Pairing)
	require.Equal(w.t, http.StatusOK, status)
	return d
}

// call sends one request through the router and reads what comes back into out.
func (w *world) call(token, method, path string, in, out any) int {
	w.t.Helper()
	body, err := json.Marshal(in)
	require.NoError(w.t, err)
	r := httptest.NewRequest(method, "/api"+path, bytes.NewReader(body))
	r.Host = w.slug + ".test"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	if out != nil {
		require.NoError(w.t, json.Unmarshal(answer.Body.Bytes(), out), answer.Body.String())
	}
	return answer.Code
}

func (d *device) write(kind wire.EntryKind, body any) wire.Entry {
	text, err := json.Marshal(body)
	require.NoError(d.t, err)
	entry := wire.Entry{
		No: int64(len(d.journal) + 1), ID: uuid.New(), Kind: kind, PersonID: d.person, At: time.Now(), Body: text,
	}
	d.journal = append(d.journal, entry)
	return entry
}

func (d *device) open() {
	d.write(wire.EntryShiftOpened, wire.ShiftOpened{
		ID: d.shift, Number: 1, OpenedBy: d.person, OpenedAt: time.Now().Add(-time.Hour), Float: 10000,
	})
}

// sell writes a sale of one piece at 11.90, paid in cash.
func (d *device) sell(item uuid.UUID) wire.Entry {
	return d.write(wire.EntrySaleFinished, d.sale(item))
}

func (d *device) sale(item uuid.UUID) wire.FinishedSale {
	d.sold++
	return wire.FinishedSale{
		ID: uuid.New(), Kind: wire.SaleKindSale, Series: d.Series, Number: d.sold, ReceiptNo: wire.ReceiptNo(d.Series, d.sold),
		RegisterID: d.register, ShiftID: d.shift, PersonID: d.person, Currency: "EUR", TaxIncluded: true,
		CompletedAt: time.Now().Add(-time.Minute),
		Lines: []wire.SaleLine{{
			LineNo: 1, ItemID: &item, Name: "Item", Unit: "each", Quantity: decimal.One, UnitPrice: 1190, ListPrice: 1190, Gross: 1190,
			TaxCode: "T19", TaxRate: decimal.MustParse("19"), Net: 1000, Tax: 190, Total: 1190,
		}},
		Tenders: []wire.SaleTender{{MethodID: d.cash, Amount: 1190, Tendered: 2000, Change: 810}},
		Gross:   1190, Net: 1000, Tax: 190, Total: 1190, Due: 1190,
	}
}

// poison writes a sale whose figures do not add up.
func (d *device) poison(item uuid.UUID) wire.Entry {
	sale := d.sale(item)
	sale.Tax = 191
	return d.write(wire.EntrySaleFinished, sale)
}

func (d *device) send(entries ...wire.Entry) []wire.Ack {
	d.t.Helper()
	var answer wire.UploadAnswer
	status := d.call(d.Token, "POST", "/sync/entries", wire.Upload{Waiting: len(entries), Entries: entries}, &answer)
	require.Equal(d.t, http.StatusOK, status)
	return answer.Acks
}

func (d *device) numbers() []int64 { return all[int64](d.world, numbers, db.Args{"series": d.Series}) }
func (d *device) caught() []string {
	return all[string](d.world, caught, db.Args{"device": d.DeviceID})
}
func (d *device) taken() int64 { return one[int64](d.world, lastTaken, db.Args{"device": d.DeviceID}) }
