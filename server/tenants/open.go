package tenants

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/secret"
)

// NewShop is all that is needed to open a shop.
type NewShop struct {
	Company       Company
	Store         Store
	OwnerName     string
	OwnerEmail    string
	OwnerPassword string
	// A demo shop stays hidden until Reveal.
	Demo bool
	// A throw-away shop is in no list, and RemoveThrowaway takes it away.
	Throwaway bool
}

const (
	findTenant db.SQL = `select id from platform.tenants where slug = @slug`

	// An address that a removed shop had is nobody's again.
	slugGone db.SQL = `select exists (select from platform.gone_slugs where slug = @slug)`

	addTenant db.SQL = `
		insert into platform.tenants (id, slug, demo, status, created_at)
		values (@id, @slug, @demo, case when @throwaway then 'throwaway' when @demo then 'opening' else 'active' end, @now)`

	planForNew db.SQL = `update platform.tenants set plan_id = (select p.id from platform.plans p where p.for_new) where id = @id and plan_id is null`

	reveal db.SQL = `update platform.tenants set status = 'active' where slug = @slug and status = 'opening'`

	// The address becomes free again; what was made stays, out of reach.
	abandon db.SQL = `
		update platform.tenants set status = 'abandoned', slug = 'gone-' || substr(replace(id::text, '-', ''), 1, 30)
		where  slug = @slug and status = 'opening'`

	slugStatus db.SQL = `select status from platform.tenants where slug = @slug`

	findAccount db.SQL = `select id from platform.accounts where email = @email`

	addAccount db.SQL = `
		insert into platform.accounts (id, email, password_hash, name, created_at) values (@id, @email, @hash, @name, @now)`

	companyThere db.SQL = `select count(*) from company where tenant_id = @tenant`

	addCompany db.SQL = `
		insert into company (tenant_id, name, business_type, country, currency, locale, day_ends_hour, prices_include_tax, created_at, updated_at)
		values (@tenant, @name, @business, @country, @currency, @locale, @ends, @included, @now, @now)`

	addStore db.SQL = `
		insert into stores (tenant_id, id, name, address, time_zone, legal_name, tax_number, logo_png, receipt_header, receipt_footer, phone, created_at, updated_at)
		values (@tenant, @id, @name, @address, @zone, @legal, @tax_number, @logo, @header, @footer, @phone, @now, @now)`

	addLocation db.SQL = `
		insert into locations (tenant_id, id, store_id, name, sells) values (@tenant, @id, @store, @name, true)`
)

// Open makes a shop: its address, its owner's account (an existing account with
// that e-mail keeps its password), its company and first store, and lets every
// module lay its ground. A shop whose opening broke off half-way is finished by
// opening it again.
//
// Fails with tenants.slug_taken, tenants.slug_reserved, tenants.bad_slug,
// tenants.bad_currency and tenants.bad_time_zone.
func Open(ctx context.Context, database *db.DB, in NewShop) (Opened, error) {
	if err := in.check(); err != nil {
		return Opened{}, err
	}
	opened := Opened{Company: in.Company, Store: in.Store, Owner: NewOwner{
		PersonID: uuid.Must(uuid.NewV7()), Name: in.OwnerName, Email: normalEmail(in.OwnerEmail),
	}}
	err := database.Platform(ctx, "open the shop "+in.Company.Slug, func(ctx context.Context, tx *db.Tx) (err error) {
		opened.Tenant, err = claimSlug(ctx, tx, in)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	id := db.Identity{Tenant: opened.Tenant, Actor: opened.Owner.PersonID, Stores: db.AllStores()}
	// Before there is an account: nobody gets one by asking for an address that is taken.
	if err := database.Read(ctx, id, stillEmpty); err != nil {
		return Opened{}, err
	}
	err = database.Platform(ctx, "give an owner an account", func(ctx context.Context, tx *db.Tx) (err error) {
		opened.Owner.AccountID, err = accountFor(ctx, tx, in)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	return opened, database.Tenant(ctx, id, func(ctx context.Context, tx *db.Tx) error {
		if err := stillEmpty(ctx, tx); err != nil {
			return err
		}
		opened.Store = layGround(tx, opened.Company, opened.Store)
		return tx.Batch().Emit(opened)
	})
}

// GivePlan puts a new shop on the plan for new shops, if there is one. It comes when
// the shop is furnished: what it was made with is never refused half-way.
func GivePlan(ctx context.Context, database *db.DB, tenant uuid.UUID) error {
	return database.Platform(ctx, "put a new shop on its plan", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, planForNew, db.Args{"id": tenant})
		return err
	})
}

func stillEmpty(ctx context.Context, tx *db.Tx) error {
	there, err := db.One[int](ctx, tx, companyThere, db.Args{})
	if err == nil && there > 0 {
		return slugTaken()
	}
	return err
}

func slugTaken() error {
	return fault.Conflict("tenants.slug_taken").Say("Another shop has this address already. Choose another one.")
}

// CheckSlug looks whether a text may be a shop's address at all.
//
// Fails with tenants.slug_reserved and tenants.bad_slug.
func CheckSlug(slug string) error {
	if web.Reserved(slug) {
		return fault.Invalid("tenants.slug_reserved", fault.At("slug", "tenants.slug_reserved", "")).
			Say("This address is the platform's own. Choose another one.")
	}
	if len(slug) < 3 || len(slug) > 40 || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
		slug[0] == '-' || slug[len(slug)-1] == '-' {
		return fault.Invalid("tenants.bad_slug", fault.At("slug", "tenants.bad_slug", "")).
			Say("The address has 3 to 40 small letters, digits and hyphens, and begins and ends with a letter or digit.")
	}
	return nil
}

func (in NewShop) check() error {
	if err := CheckSlug(in.Company.Slug); err != nil {
		return err
	}
	if _, ok := money.Lookup(in.Company.Currency); !ok {
		return fault.Invalid("tenants.bad_currency", fault.At("currency", "tenants.bad_currency", "")).
			Say("Choose a currency by its three-letter code, for example EUR.")
	}
	return checkZone(in.Store.TimeZone)
}

func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		return fault.Invalid("tenants.bad_time_zone", fault.At("time_zone", "tenants.bad_time_zone", "")).
			Say("Choose the store's time zone by its name, for example Europe/Berlin.")
	}
	return nil
}

func claimSlug(ctx context.Context, tx *db.Tx, in NewShop) (uuid.UUID, error) {
	id, found, err := db.Maybe[uuid.UUID](ctx, tx, findTenant, db.Args{"slug": in.Company.Slug})
	if err != nil || found {
		return id, err
	}
	gone, err := db.One[bool](ctx, tx, slugGone, db.Args{"slug": in.Company.Slug})
	if err != nil {
		return id, err
	}
	if gone {
		return id, slugTaken()
	}
	id = uuid.Must(uuid.NewV7())
	_, err = tx.Exec(ctx, addTenant, db.Args{"id": id, "slug": in.Company.Slug, "demo": in.Demo, "throwaway": in.Throwaway, "now": tx.Now()})
	return id, err
}

func accountFor(ctx context.Context, tx *db.Tx, in NewShop) (uuid.UUID, error) {
	email := normalEmail(in.OwnerEmail)
	id, found, err := db.Maybe[uuid.UUID](ctx, tx, findAccount, db.Args{"email": email})
	if err != nil || found {
		return id, err
	}
	id = uuid.Must(uuid.NewV7())
	_, err = tx.Exec(ctx, addAccount, db.Args{
		"id": id, "email": email, "hash": secret.HashPassword(in.OwnerPassword), "name": in.OwnerName, "now": tx.Now(),
	})
	return id, err
}

func layGround(tx *db.Tx, company Company, store Store) Store {
	store.ID, store.LocationID, store.Version = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), 1
	batch := tx.Batch()
	batch.Exec(addCompany, db.Args{
		"name": company.Name, "business": company.BusinessType, "country": company.Country, "currency": company.Currency,
		"locale": company.Locale, "ends": company.DayEndsHour, "included": company.PricesIncludeTax, "now": tx.Now(),
	})
	putStore(batch, store)
	return store
}

func putStore(batch *db.Batch, store Store) {
	batch.Exec(addStore, db.Args{
		"id": store.ID, "name": store.Name, "address": store.Address, "zone": store.TimeZone, "legal": store.LegalName,
		"tax_number": store.TaxNumber, "logo": store.LogoPNG, "header": store.ReceiptHeader, "footer": store.ReceiptFooter,
		"phone": store.Phone, "now": batch.Tx().Now(),
	})
	batch.Exec(addLocation, db.Args{"id": store.LocationID, "store": store.ID, "name": "Shop floor"})
}

func normalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Slug gives the shop's part of its address.
func Slug(ctx context.Context) string { return web.TenantOf(ctx).Slug }

// Reveal lets people into a demo shop that is complete.
func Reveal(ctx context.Context, database *db.DB, slug string) error {
	return database.Platform(ctx, "reveal the demo shop "+slug, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, reveal, db.Args{"slug": slug})
		return err
	})
}

// Revealed reports whether a shop is complete. One whose making broke off gives
// its address back.
func Revealed(ctx context.Context, database *db.DB, slug string) (bool, error) {
	done := false
	err := database.Platform(ctx, "look whether the shop "+slug+" is complete", func(ctx context.Context, tx *db.Tx) error {
		status, found, err := db.Maybe[string](ctx, tx, slugStatus, db.Args{"slug": slug})
		if err != nil || !found {
			return err
		}
		done = status != "opening"
		_, err = tx.Exec(ctx, abandon, db.Args{"slug": slug})
		return err
	})
	return done, err
}
