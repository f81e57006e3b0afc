package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/parties"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/users"
	"souk/shared/wire"
)

// builder makes one shop.
type builder struct {
	plan
	database *db.DB // on the shop's own clock
	clock    *clock
	grants   auth.Grants
	days     int
	opened   tenants.Opened
	manager  users.Person
	cashier  users.Person
	products []product // what sells best comes first
	items    []uuid.UUID
	known    []uuid.UUID // customers
	counter  uuid.UUID   // the browser register
}

// as is the context in which a person of the shop acts.
func (b *builder) as(ctx context.Context, person uuid.UUID, role wire.Role) context.Context {
	return auth.WithGrants(auth.With(ctx, auth.Acting(b.opened.Tenant, person, role, b.grants)), b.grants)
}

// in runs a use case as the context's actor.
func (b *builder) in(ctx context.Context, use func(context.Context, *db.Tx) error) error {
	return b.database.Tenant(ctx, auth.From(ctx).Identity(), use)
}

func (b *builder) hire(ctx context.Context) (err error) {
	if b.manager, err = b.employ(ctx, member{"Maya Stone", "manager", wire.Manager}, "4321"); err != nil {
		return err
	}
	if b.cashier, err = b.employ(ctx, member{"Amara Bell", "cashier", wire.Cashier}, PIN); err != nil {
		return err
	}
	for _, m := range b.staff {
		if _, err := b.employ(ctx, m, ""); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) employ(ctx context.Context, m member, pin string) (users.Person, error) {
	return b.employAt(ctx, m, pin)
}

// employAt makes a member who works in these stores only; without any, in all.
func (b *builder) employAt(ctx context.Context, m member, pin string, stores ...uuid.UUID) (person users.Person, err error) {
	email := m.login + "@" + b.shop.Company.Slug + ".example"
	account, err := users.OpenAccount(ctx, b.database, users.NewAccount{Email: email, Name: m.name, Password: Password})
	if err != nil {
		return users.Person{}, err
	}
	return person, b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		person, err = users.Join(ctx, tx, users.Member{ID: newID(), Account: account, Email: email, Name: m.name, Role: m.role, PIN: pin, Stores: stores})
		return err
	})
}

// localTax adds the rate that a country leaves to the place.
func (b *builder) localTax(ctx context.Context) error {
	if b.tax == "" {
		return nil
	}
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		codes, err := catalog.TaxCodes(ctx, tx, web.None{})
		if err != nil {
			return err
		}
		for _, code := range codes.Rows {
			if code.Code != catalog.Standard {
				continue
			}
			rate := wire.DatedRate{From: tx.Now().Format("2006-01-02"), Rate: decimal.MustParse(b.tax)}
			if _, err := catalog.AddRate(ctx, tx, catalog.RateAddition{ID: code.ID, Body: rate}); err != nil {
				return err
			}
		}
		return nil
	})
}

// stockUp fills the shelves: categories, items, opening stock.
func (b *builder) stockUp(ctx context.Context) (err error) {
	if b.products, err = b.plan.products(); err != nil {
		return err
	}
	b.order()
	if err := b.in(ctx, b.catalogue); err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	return b.fillShelves(ctx)
}

// fillShelves opens the stock of the store with what it will sell.
func (b *builder) fillShelves(ctx context.Context) error {
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		var lines []inventory.OpeningLine
		for i, p := range b.products {
			if !p.tracked() {
				continue
			}
			quantity, err := decimal.New(p.stock+b.expected(i), 0)
			if err != nil {
				return err
			}
			lines = append(lines, inventory.OpeningLine{ItemID: b.items[i], Quantity: quantity, UnitCost: p.cost})
		}
		return inventory.Open(ctx, tx, b.opened.Store.LocationID, lines)
	})
}

func (b *builder) catalogue(ctx context.Context, tx *db.Tx) error {
	categories := map[string]uuid.UUID{}
	items := make([]catalog.NewItem, 0, len(b.products))
	least := decimal.MustNew(4, 0)
	for i, p := range b.products {
		category, ok := categories[p.category]
		if !ok {
			category = newID()
			categories[p.category] = category
			in := catalog.Category{ID: category, Name: p.category, Position: len(categories), Active: true}
			if _, err := catalog.AddCategory(ctx, tx, in); err != nil {
				return err
			}
		}
		item := catalog.NewItem{ID: newID(), ItemFacts: catalog.ItemFacts{
			SKU: fmt.Sprintf("%05d", i+1), Name: p.name, CategoryID: &category, Unit: p.unit, SoldBy: p.soldBy, PLU: p.plu,
			TaxCode: p.tax, Price: p.price, Cost: p.cost, TrackStock: p.tracked(), Favourite: p.favourite,
		}}
		if p.tracked() {
			item.MinStock = least
		}
		if p.code != "" {
			item.Barcodes = []wire.ItemBarcode{{Code: p.code, Quantity: decimal.One}}
		}
		b.items = append(b.items, item.ID)
		items = append(items, item)
	}
	return catalog.CreateMany(ctx, tx, items)
}

func (b *builder) meetCustomers(ctx context.Context) error {
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, name := range b.people {
			mailbox := strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r < 'A' || r > 'z' }), "."))
			in := parties.NewCustomer{ID: newID(), CustomerFacts: parties.CustomerFacts{
				Name: name, Email: mailbox + "@mail.example", Phone: fmt.Sprintf("+1 202 555 01%02d", i), Code: fmt.Sprintf("C%04d", i+1),
			}}
			if _, err := parties.Add(ctx, tx, in); err != nil {
				return err
			}
			b.known = append(b.known, in.ID)
		}
		return nil
	})
}

func (b *builder) addRegisters(ctx context.Context) error {
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, register := range []tills.NewRegister{
			{Name: "Till 1", Kind: "till"}, {Name: "Till 2", Kind: "till"}, {Name: "Counter", Kind: "browser"},
		} {
			register.ID, register.StoreID = newID(), b.opened.Store.ID
			if _, err := tills.CreateRegister(ctx, tx, register); err != nil {
				return err
			}
			b.counter = register.ID
		}
		return nil
	})
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
