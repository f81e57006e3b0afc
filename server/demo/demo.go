// Package demo makes the demo shops: through the same use cases as people use, on
// a clock that runs through the last days. It makes nothing where a shop is
// already, and nothing that a real shop could not have.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/users"
	"souk/shared/wire"
)

// Password opens every demo account, PIN every demo till. Both are public, which
// is why demo shops are reachable in demo mode only.
const (
	Password = "souk-demo"
	PIN      = "1234"
)

// days of trade that a demo shop has behind it.
const days = 7

// Shops are the demo shops, in the order in which they are shown.
func Shops() []tenants.NewShop {
	return []tenants.NewShop{
		{
			Company: tenants.Company{
				Name: "City Mart", Slug: "city-mart", BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en",
				PricesIncludeTax: true,
			},
			Store: tenants.Store{
				Name: "Harbour Street", Address: "Harbour Street 12\n20457 Hamburg", TimeZone: "Europe/Berlin",
				LegalName: "City Mart Retail GmbH", TaxNumber: "DE 000 000 000", ReceiptFooter: "Thank you. Keep your receipt for returns.",
			},
			OwnerName: "Olivia Hart", OwnerEmail: "owner@city-mart.example", OwnerPassword: Password, Demo: true,
		},
		{
			Company: tenants.Company{
				Name: "Corner Shop", Slug: "corner-shop", BusinessType: wire.Retail, Country: "GB", Currency: "GBP", Locale: "en-GB",
				PricesIncludeTax: true,
			},
			Store: tenants.Store{
				Name: "Mill Lane", Address: "3 Mill Lane\nBristol BS1 4ND", TimeZone: "Europe/London",
				LegalName: "Corner Shop Ltd", TaxNumber: "GB 000 0000 00", ReceiptFooter: "See you soon.",
			},
			OwnerName: "Oscar Reed", OwnerEmail: "owner@corner-shop.example", OwnerPassword: Password, Demo: true,
		},
	}
}

// Make makes the demo shops that are not there and says so by say.
func Make(ctx context.Context, database *db.DB, grants auth.Grants, say func(string)) error {
	for _, shop := range Shops() {
		there, err := tenants.Revealed(ctx, database, shop.Company.Slug)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		began := database.Now()
		if err := makeShop(ctx, database, grants, shop); err != nil {
			return fmt.Errorf("%s: %w", shop.Company.Slug, err)
		}
		say(fmt.Sprintf("Made the demo shop %s in %s.", shop.Company.Name, database.Now().Sub(began).Round(100*time.Millisecond)))
	}
	return nil
}

// builder makes one shop.
type builder struct {
	database *db.DB // on the shop's own clock
	clock    *clock
	grants   auth.Grants
	opened   tenants.Opened
	cashier  users.Person
	products []product
	items    map[string]uuid.UUID // product → item
	counter  uuid.UUID            // the browser register
}

// clock is the time inside the demo.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func makeShop(ctx context.Context, database *db.DB, grants auth.Grants, shop tenants.NewShop) error {
	zone, err := time.LoadLocation(shop.Store.TimeZone)
	if err != nil {
		return err
	}
	today := database.Now().In(zone)
	inside := &clock{now: time.Date(today.Year(), today.Month(), today.Day()-days, 6, 0, 0, 0, zone)}
	b := &builder{database: database.WithClock(inside.Now), clock: inside, grants: grants, items: map[string]uuid.UUID{}}
	if b.opened, err = tenants.Open(ctx, b.database, shop); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{b.people, b.stockUp, b.registers} {
		if err := step(b.as(ctx, b.opened.Owner.PersonID, wire.Owner)); err != nil {
			return err
		}
	}
	if err := b.trade(ctx, zone, database.Now()); err != nil {
		return err
	}
	return tenants.Reveal(ctx, database, shop.Company.Slug)
}

// as is the context in which a person of the shop acts.
func (b *builder) as(ctx context.Context, person uuid.UUID, role wire.Role) context.Context {
	return auth.WithGrants(auth.With(ctx, auth.Acting(b.opened.Tenant, person, role, b.grants)), b.grants)
}

// in runs a use case as the context's actor.
func (b *builder) in(ctx context.Context, use func(context.Context, *db.Tx) error) error {
	return b.database.Tenant(ctx, auth.From(ctx).Identity(), use)
}

func (b *builder) people(ctx context.Context) error {
	slug := b.opened.Company.Slug
	for _, member := range []users.NewMember{
		{Name: "Maya Stone", Email: "manager@" + slug + ".example", Role: wire.Manager, PIN: "4321"},
		{Name: "Amara Bell", Email: "cashier@" + slug + ".example", Role: wire.Cashier, PIN: PIN},
	} {
		member.ID, member.Password = newID(), Password
		person, err := users.Employ(ctx, b.database, member)
		if err != nil {
			return err
		}
		b.cashier = person
	}
	return nil
}

// stockUp fills the shelves: categories, items, opening stock.
func (b *builder) stockUp(ctx context.Context) (err error) {
	if b.opened.Company.BusinessType == wire.Supermarket {
		b.products, err = supermarketProducts()
	} else {
		b.products, err = cornerProducts()
	}
	if err != nil {
		return err
	}
	if err := b.in(ctx, b.catalogue); err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	return b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		lines := make([]inventory.OpeningLine, 0, len(b.products))
		for _, p := range b.products {
			quantity, err := decimal.New(p.stock, 0)
			if err != nil {
				return err
			}
			lines = append(lines, inventory.OpeningLine{ItemID: b.items[p.code+p.plu], Quantity: quantity, UnitCost: p.cost})
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
			TaxCode: p.tax, Price: p.price, Cost: p.cost, TrackStock: true, MinStock: least, Favourite: p.favourite,
		}}
		if p.code != "" {
			item.Barcodes = []wire.ItemBarcode{{Code: p.code, Quantity: decimal.One}}
		}
		b.items[p.code+p.plu] = item.ID
		items = append(items, item)
	}
	return catalog.CreateMany(ctx, tx, items)
}

func (b *builder) registers(ctx context.Context) error {
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

const (
	tenantOf db.SQL = `select id from platform.tenants where slug = @slug and demo`

	anOwner db.SQL = `select id from people where tenant_id = @tenant and role = 'owner' and active limit 1`

	firstTill db.SQL = `select id from registers where tenant_id = @tenant and kind = 'till' order by number limit 1`
)

// PairingCode makes a code for a demo shop's first till.
func PairingCode(ctx context.Context, database *db.DB, slug string) (string, error) {
	var tenant uuid.UUID
	err := database.Platform(ctx, "pair the demo till", func(ctx context.Context, tx *db.Tx) (err error) {
		tenant, err = db.One[uuid.UUID](ctx, tx, tenantOf, db.Args{"slug": slug})
		return err
	})
	if err != nil {
		return "", err
	}
	var owner uuid.UUID
	err = database.Read(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
		owner, err = db.One[uuid.UUID](ctx, tx, anOwner, db.Args{})
		return err
	})
	if err != nil {
		return "", err
	}
	var made tills.PairingCode
	err = database.Tenant(ctx, db.Identity{Tenant: tenant, Actor: owner}, func(ctx context.Context, tx *db.Tx) error {
		register, err := db.One[uuid.UUID](ctx, tx, firstTill, db.Args{})
		if err != nil {
			return err
		}
		made, err = tills.MakeCode(ctx, tx, tills.RegisterID{ID: register})
		return err
	})
	return made.Code, err
}
