package sync

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/promotions"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	readCompany db.SQL = `
		select name, business_type, country, currency, locale, prices_include_tax, day_ends_hour, offline_refunds,
		       offline_refund_limit_minor as refund_limit, lock_after_minutes as lock_after
		from   company
		where  tenant_id = @tenant`

	readStore db.SQL = `
		select s.id, s.name, s.address, s.time_zone, s.legal_name, s.tax_number, s.logo_png, s.receipt_header, s.receipt_footer,
		       s.receipt_design
		from   stores s
		join   registers r on r.tenant_id = @tenant and r.store_id = s.id
		where  s.tenant_id = @tenant and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores))`

	readRegister db.SQL = `
		select r.id, r.number, r.name, l.id as location_id,
		       (select coalesce(max(h.number), 0) + 1 from shifts h where h.tenant_id = @tenant and h.register_id = r.id) as next_shift
		from   registers r
		join   locations l on l.tenant_id = @tenant and l.store_id = r.store_id and l.sells
		where  r.tenant_id = @tenant and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores))`

	readUnits db.SQL = `
		select code, name, decimals from units where tenant_id = @tenant order by code`

	readTaxes db.SQL = `
		select c.code, c.name,
		       coalesce(jsonb_agg(jsonb_build_object('from', r.valid_from, 'rate', trim_scale(r.rate)::text) order by r.valid_from)
		                filter (where r.valid_from is not null), '[]') as rates
		from   tax_codes c
		left   join tax_rates r on r.tenant_id = @tenant and r.tax_code_id = c.id
		where  c.tenant_id = @tenant
		group  by c.code, c.name
		order  by c.code`

	readCategories db.SQL = `
		select id, parent_id, name, position from categories where tenant_id = @tenant and active order by position, name`

	readMethods db.SQL = `
		select id, kind, name, opens_drawer, position from payment_methods where tenant_id = @tenant and active order by position, name`

	readPeople db.SQL = `
		select p.id, p.name, p.role, p.role_id, p.pin_hash, l.stores is not null as limited
		from   people p
		cross  join lateral (
			select array_agg(o.store_id) as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id and p.role <> 'owner') l
		where  p.tenant_id = @tenant and p.active and (@stores::uuid[] is null or l.stores is null or l.stores && @stores)
		order  by p.name, p.id`
)

// staff is a person as the database has him.
type staff struct {
	ID      uuid.UUID
	Name    string
	Role    wire.Role
	RoleID  *uuid.UUID
	PINHash string `db:"pin_hash"`
	Limited bool
}

// companyRow is the company without its address, which the router knows.
type companyRow struct {
	Name             string
	BusinessType     wire.BusinessType
	Country          string
	Currency         string
	Locale           string
	PricesIncludeTax bool
	DayEndsHour      int
	OfflineRefunds   wire.OfflineRefunds
	RefundLimit      money.Amount
	LockAfter        int
}

// setupReads are all that a till needs besides its items, on their way.
type setupReads struct {
	company    *db.Found[companyRow]
	store      *db.Found[wire.StoreSetup]
	register   *db.Found[wire.RegisterSetup]
	units      *[]wire.UnitSetup
	taxes      *[]wire.TaxSetup
	categories *[]wire.CategorySetup
	methods    *[]wire.MethodSetup
	people     *[]staff
	promotions promotions.Found
	roles      auth.RolesFound
}

func readSetup(ctx context.Context, tx *db.Tx, r *db.Reads, register uuid.UUID) setupReads {
	of := db.Args{"register": register}
	return setupReads{
		company:    db.ReadMaybe[companyRow](r, readCompany, db.Args{}),
		store:      db.ReadMaybe[wire.StoreSetup](r, readStore, of),
		register:   db.ReadMaybe[wire.RegisterSetup](r, readRegister, of),
		units:      db.ReadAll[wire.UnitSetup](r, readUnits, db.Args{}),
		taxes:      db.ReadAll[wire.TaxSetup](r, readTaxes, db.Args{}),
		categories: db.ReadAll[wire.CategorySetup](r, readCategories, db.Args{}),
		methods:    db.ReadAll[wire.MethodSetup](r, readMethods, db.Args{}),
		people:     db.ReadAll[staff](r, readPeople, db.Args{}),
		promotions: promotions.ReadRunning(r, tx.Now()),
		roles:      auth.ReadRoles(ctx, r),
	}
}

func (s setupReads) setup(ctx context.Context) (wire.Setup, error) {
	if !s.company.Found || !s.store.Found || !s.register.Found {
		return wire.Setup{}, fault.NotFound("tills.register_unknown").Say("The register of this till is not there any more.")
	}
	c := s.company.Row
	out := wire.Setup{
		Company: wire.CompanySetup{
			Name: c.Name, Slug: web.TenantOf(ctx).Slug, BusinessType: c.BusinessType, Country: c.Country, Currency: c.Currency,
			Locale: c.Locale, PricesIncludeTax: c.PricesIncludeTax, DayEndsHour: c.DayEndsHour,
			Rules: wire.TillRules{OfflineRefunds: c.OfflineRefunds, RefundLimit: c.RefundLimit, LockAfter: c.LockAfter},
		},
		Store: s.store.Row, Register: s.register.Row, Units: *s.units, TaxCodes: *s.taxes, Categories: *s.categories,
		Methods: *s.methods, People: make([]wire.PersonSetup, len(*s.people)), Promotions: s.promotions.Running().All,
	}
	roles := s.roles.Roles()
	for i, p := range *s.people {
		out.People[i] = wire.PersonSetup{
			ID: p.ID, Name: p.Name, Role: p.Role, PINHash: p.PINHash, Permissions: roles.In(p.Role, p.RoleID, p.Limited).List(),
			Limits: roles.Limits(p.Role, p.RoleID),
		}
	}
	return out, nil
}

// Setup gives a till all that it needs besides its items. The cursor is as old as
// the oldest of it, or older: the changes since then bring it up to date.
func Setup(ctx context.Context, tx *db.Tx, _ web.None) (wire.SetupAnswer, error) {
	r := tx.Reads()
	at := readCursor(r)
	reads := readSetup(ctx, tx, r, auth.From(ctx).Register)
	if err := r.Run(ctx); err != nil {
		return wire.SetupAnswer{}, err
	}
	setup, err := reads.setup(ctx)
	return wire.SetupAnswer{Cursor: at.Row.cursor(), Setup: setup}, err
}
