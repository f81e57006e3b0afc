package selftest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/live"
	"souk/server/tenants"
	"souk/shared/wire"
)

// shop is one of the two throw-away shops.
type shop struct {
	id     uuid.UUID
	slug   string
	mark   string // in every text that is written there
	opened tenants.Opened
	people map[wire.Role]uuid.UUID
	tokens map[wire.Role]string
	rows   map[string][]map[string]any
	ids    map[string]bool // every uuid that only this shop has
}

// ownShop is the shop that asked: only ids of its rows are known here.
type ownShop struct {
	id   uuid.UUID
	slug string
	rows map[string][]map[string]any
	ids  map[string]bool
}

const (
	addPerson db.SQL = `
		insert into people (tenant_id, id, name, role, active, created_at, updated_at) values (@tenant, @id, @name, @role, @active, @now, @now)`

	addSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, token_hash, user_agent, created_at, expires_at, revoked_at)
		values (@tenant, @id, @person, @hash, 'self-test', @began, @expires, @revoked)`

	anyTaxCode db.SQL = `select code from tax_codes where tenant_id = @tenant order by code limit 1`
	cashMethod db.SQL = `select id::text from payment_methods where tenant_id = @tenant and kind = 'cash' limit 1`

	slugOfShop db.SQL = `select slug from platform.tenants where id = @id`

	serverVersion db.SQL = `select current_setting('server_version')`
)

func (r *run) prepare(ctx context.Context) (err error) {
	base := r.Base()
	if base == "" {
		return errors.New("the server does not answer yet")
	}
	r.client = newClient(base, r.Domain)
	if r.tables, err = readTables(ctx, r.conn); err != nil {
		return err
	}
	r.report.Tables = len(r.tables)
	if err := r.conn.QueryRow(ctx, string(serverVersion)).Scan(&r.report.PostgreSQL); err != nil {
		return err
	}
	if r.attacker, err = r.open(ctx, "a"); err != nil {
		return err
	}
	if r.victim, err = r.open(ctx, "v"); err != nil {
		return err
	}
	if err := r.trade(ctx, r.victim); err != nil {
		return err
	}
	if err := live.Number(ctx, r.Database, r.victim.id); err != nil {
		return err
	}
	for _, of := range []*shop{r.attacker, r.victim} {
		if err := r.learn(ctx, of); err != nil {
			return err
		}
	}
	for id := range r.attacker.ids {
		delete(r.victim.ids, id)
	}
	if r.prints, err = r.fingerprint(ctx, r.victim.id); err != nil {
		return err
	}
	return r.learnOwn(ctx)
}

// open makes a throw-away shop with one person of each role, each signed in.
func (r *run) open(ctx context.Context, letter string) (*shop, error) {
	name := strings.ReplaceAll(uuid.NewString(), "-", "")
	of := &shop{
		slug: tenants.ThrowawaySlug + letter + name[:24], mark: "CNRY" + letter + name[24:],
		people: map[wire.Role]uuid.UUID{}, tokens: map[wire.Role]string{},
	}
	var err error
	of.opened, err = tenants.Open(ctx, r.Database, tenants.NewShop{
		Throwaway: true,
		Company: tenants.Company{
			Name: of.mark + " Foods", Slug: of.slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: of.mark + " Street", TimeZone: "Europe/Berlin", LegalName: of.mark + " Ltd", ReceiptFooter: of.mark + " thanks you"},
		OwnerName: of.mark + " Owner", OwnerEmail: tenants.ThrowawayEmail(of.slug), OwnerPassword: rand.Text() + rand.Text(),
	})
	if err != nil {
		return nil, err
	}
	of.id = of.opened.Tenant
	who := db.Identity{Tenant: of.id, Actor: of.opened.Owner.PersonID, Stores: db.AllStores()}
	return of, r.Database.Tenant(ctx, who, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		for _, role := range wire.Roles() {
			person := uuid.New()
			batch.Exec(addPerson, db.Args{"id": person, "name": of.mark + " " + string(role), "role": role, "active": true, "now": tx.Now()})
			of.people[role] = person
			of.tokens[role] = signIn(batch, of, person, session{lasting: time.Hour})
		}
		return batch.Done()
	})
}

// session is how long a session lasts and whether it was ended.
type session struct {
	lasting time.Duration
	ended   bool
}

func signIn(batch *db.Batch, of *shop, person uuid.UUID, how session) string {
	text, token := auth.Mint(auth.TokenSession, of.id)
	now := batch.Tx().Now()
	var revoked *time.Time
	if how.ended {
		revoked = &now
	}
	batch.Exec(addSession, db.Args{
		"id": uuid.New(), "person": person, "hash": token.Hash, "began": now.Add(-48 * time.Hour), "expires": now.Add(how.lasting), "revoked": revoked,
	})
	return text
}

type object = map[string]any

// trade fills a shop by the routes, as a shop would. Each call is a positive control:
// the rightful owner gets through.
func (r *run) trade(ctx context.Context, of *shop) error {
	var failed error
	ask := func(method, path string, body any) {
		raw, err := json.Marshal(body)
		if err != nil || failed != nil {
			failed = errors.Join(failed, err)
			return
		}
		got, err := r.client.ask(ctx, of.slug, of.tokens[wire.Owner], request{method: method, target: "/api" + path, body: raw})
		if err == nil && got.status >= 300 {
			err = fmt.Errorf("%s %s by the shop's own owner: %d %s", method, path, got.status, got.code())
		}
		failed = err
	}
	var code, cash string
	err := r.Database.Read(ctx, db.Identity{Tenant: of.id, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) (err error) {
		if code, err = db.One[string](ctx, tx, anyTaxCode, db.Args{}); err == nil {
			cash, err = db.One[string](ctx, tx, cashMethod, db.Args{})
		}
		return err
	})
	if err != nil {
		return err
	}
	category, customer, counter, shift := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
	ask("POST", "/categories", object{"id": category, "name": of.mark + " fruit", "position": 1, "active": true})
	items := []string{uuid.NewString(), uuid.NewString()}
	for n, id := range items {
		ask("POST", "/items", object{
			"id": id, "sku": fmt.Sprintf("%s-%d", of.mark, n), "name": fmt.Sprintf("%s apple %d", of.mark, n), "category_id": category,
			"tax_code": code, "price_minor": 250, "cost_minor": 100, "track_stock": true,
			"barcodes": []object{{"code": fmt.Sprintf("%s-CODE-%d", strings.ToUpper(of.mark), n), "quantity": "1"}},
		})
	}
	store := of.opened.Store
	ask("PUT", "/items/"+items[0]+"/prices/"+store.ID.String(), object{"price_minor": 250, "version": 0})
	ask("POST", "/customers", object{"id": customer, "name": of.mark + " Customer", "email": of.mark + "@throwaway.invalid", "phone": "+49 30 1234567", "code": of.mark + "-C1"})
	ask("POST", "/views", object{"id": uuid.NewString(), "list": "items", "name": of.mark + " view", "query": "q=" + of.mark, "shared": true})
	ask("POST", "/stock/opening", object{"id": uuid.NewString(), "location_id": store.LocationID, "lines": []object{
		{"item_id": items[0], "quantity": "100", "unit_cost_minor": 100}, {"item_id": items[1], "quantity": "50", "unit_cost_minor": 90}}})
	ask("POST", "/registers", object{"id": counter, "store_id": store.ID, "name": of.mark + " counter", "kind": "browser"})
	ask("POST", "/shifts", object{"id": shift, "register_id": counter, "float_minor": 10000})
	ask("POST", "/sales", object{
		"id": uuid.NewString(), "register_id": counter, "note": of.mark + " note",
		"cart":    object{"customer_id": customer, "lines": []object{{"id": uuid.NewString(), "item_id": items[0], "quantity": "2"}, {"id": uuid.NewString(), "item_id": items[1], "quantity": "1"}}},
		"tenders": []object{{"method_id": cash, "amount_minor": 750, "reference": of.mark}},
	})
	return failed
}

// signedIn sees that the attacker's owner is still signed in: an attack may have ended
// his session, and attacks without one would prove little.
func (r *run) signedIn(ctx context.Context) error {
	token := r.attacker.tokens[wire.Owner]
	got, err := r.client.ask(ctx, r.attacker.slug, token, request{method: "GET", target: "/api/session"})
	if err != nil || got.status == 200 || r.group.Key == "removed" {
		return err
	}
	who := db.Identity{Tenant: r.attacker.id, Actor: r.attacker.opened.Owner.PersonID, Stores: db.AllStores()}
	return r.Database.Tenant(ctx, who, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		r.attacker.tokens[wire.Owner] = signIn(batch, r.attacker, who.Actor, session{lasting: time.Hour})
		return batch.Done()
	})
}
