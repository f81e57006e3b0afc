package setup

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Make opens the shop of a form with its first store, a till and a browser
// register, the owner and the first people.
//
// Fails with setup.form, whose fields say what is wrong, and with
// tenants.slug_taken at the field shop.slug. An e-mail address that has an
// account already must come with its password.
func Make(ctx context.Context, database *db.DB, grants auth.Grants, form Form) (tenants.Opened, error) {
	form = form.tidy()
	if err := form.check(); err != nil {
		return tenants.Opened{}, err
	}
	exists, right, err := users.Knows(ctx, database, users.Credentials{Email: form.Owner.Email, Password: form.Owner.Password})
	if err != nil {
		return tenants.Opened{}, err
	}
	if exists && !right {
		return tenants.Opened{}, fault.Invalid("setup.form", fault.At("owner.password", "setup.other_password",
			"There is an account with this e-mail already. Type its password, or take another e-mail.")).
			Say("Some of this is not right yet. Correct what is marked.")
	}
	opened, err := tenants.Open(ctx, database, form.newShop())
	if found := fault.Of(err); found != nil && found.Code == "tenants.slug_taken" {
		return opened, fault.Conflict("tenants.slug_taken").Say(notFree).With(
			fault.Field{Path: "shop.slug", Code: "tenants.slug_taken", Message: notFree})
	}
	if err != nil {
		return opened, err
	}
	ctx = auth.WithGrants(auth.With(ctx, auth.Acting(opened.Tenant, opened.Owner.PersonID, wire.Owner, grants)), grants)
	err = database.Tenant(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) error {
		return form.furnish(ctx, tx, opened)
	})
	if err != nil {
		return opened, err
	}
	return opened, tenants.GivePlan(ctx, database, opened.Tenant)
}

const notFree = "This address is not free. Choose another one."

func (f Form) newShop() tenants.NewShop {
	return tenants.NewShop{
		Company: tenants.Company{
			Name: f.Shop.Name, Slug: f.Shop.Slug, BusinessType: f.Shop.BusinessType, Country: f.Shop.Country, Currency: f.Shop.Currency,
			Locale: f.Shop.Locale, DayEndsHour: f.Shop.DayEndsHour, PricesIncludeTax: f.Shop.PricesIncludeTax,
		},
		Store: tenants.Store{
			Name: f.Store.Name, Address: f.Store.Address, TimeZone: f.Store.TimeZone, LegalName: f.Store.LegalName,
			TaxNumber: f.Store.TaxNumber, ReceiptHeader: f.Store.ReceiptHeader, ReceiptFooter: f.Store.ReceiptFooter,
		},
		OwnerName: f.Owner.Name, OwnerEmail: f.Owner.Email, OwnerPassword: f.Owner.Password,
	}
}

// furnish adds what a shop can be opened with: people and something to sell at.
func (f Form) furnish(ctx context.Context, tx *db.Tx, opened tenants.Opened) error {
	if f.Owner.PIN != "" {
		change := users.PINChange{ID: opened.Owner.PersonID}
		change.Body.PIN = f.Owner.PIN
		if _, err := users.SetPIN(ctx, tx, change); err != nil {
			return err
		}
	}
	for _, person := range f.People {
		in := users.NewPerson{ID: uuid.Must(uuid.NewV7()), Name: person.Name, Role: person.Role, PIN: person.PIN}
		if _, err := users.Add(ctx, tx, in); err != nil {
			return err
		}
	}
	for _, register := range []tills.NewRegister{{Name: "Till 1", Kind: tills.KindTill}, {Name: "Counter", Kind: "browser"}} {
		register.ID, register.StoreID = uuid.Must(uuid.NewV7()), opened.Store.ID
		if _, err := tills.CreateRegister(ctx, tx, register); err != nil {
			return err
		}
	}
	return nil
}
