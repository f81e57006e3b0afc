package tenants

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

const (
	readCompany db.SQL = `
		select name, business_type, country, currency, locale, day_ends_hour, prices_include_tax, version
		from   company
		where  tenant_id = @tenant`

	changeCompany db.SQL = `
		update company
		set    name = @name, locale = @locale, day_ends_hour = @ends, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and version = @version`

	readStores db.SQL = `
		select s.id, s.name, s.address, s.time_zone, s.legal_name, s.tax_number, s.logo_png, s.receipt_header, s.receipt_footer,
		       s.phone, l.id as location_id, s.active, s.version
		from   stores s
		join   locations l on l.tenant_id = @tenant and l.store_id = s.id and l.sells
		where  s.tenant_id = @tenant
		and    (@stores::uuid[] is null or s.id = any(@stores))
		order  by s.active desc, s.name`

	changeStore db.SQL = `
		update stores
		set    name = @name, address = @address, time_zone = @zone, legal_name = @legal, tax_number = @tax_number,
		       logo_png = @logo, receipt_header = @header, receipt_footer = @footer, phone = @phone,
		       version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version
		and    (@stores::uuid[] is null or id = any(@stores))`
)

// Show gives the shop's settings.
func Show(ctx context.Context, tx *db.Tx, _ web.None) (Company, error) {
	company, err := db.One[Company](ctx, tx, readCompany, db.Args{})
	company.Slug = web.TenantOf(ctx).Slug
	return company, err
}

// Change sets what an owner may change later: what money was counted in and what
// the tax rules were stays as it was at the opening.
//
// Fails with tenants.changed_meanwhile.
func Change(ctx context.Context, tx *db.Tx, in Company) (Company, error) {
	rows, err := tx.Exec(ctx, changeCompany, db.Args{
		"name": in.Name, "locale": in.Locale, "ends": in.DayEndsHour, "now": tx.Now(), "version": in.Version,
	})
	if err != nil {
		return Company{}, err
	}
	if rows == 0 {
		return Company{}, changedMeanwhile()
	}
	return Show(ctx, tx, web.None{})
}

// Stores lists the stores by name.
func Stores(ctx context.Context, tx *db.Tx, _ web.None) ([]Store, error) {
	return db.All[Store](ctx, tx, readStores, db.Args{})
}

// AddStore opens a further store with a place to sell from.
//
// Fails with tenants.store_name_taken and tenants.bad_time_zone.
func AddStore(_ context.Context, tx *db.Tx, in Store) (Store, error) {
	if err := checkZone(in.TimeZone); err != nil {
		return Store{}, err
	}
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	in.LocationID, in.Version, in.Active = uuid.Must(uuid.NewV7()), 1, true
	batch := tx.Batch()
	putStore(batch, in)
	return in, batch.Done()
}

// StoreChange is a store's id and what it becomes.
type StoreChange struct {
	ID   uuid.UUID `path:"id"`
	Body Store
}

// ChangeStore sets a store's facts, which the next receipt prints.
//
// Fails with tenants.changed_meanwhile, which a store that is not there answers
// too, tenants.store_name_taken and tenants.bad_time_zone.
func ChangeStore(ctx context.Context, tx *db.Tx, in StoreChange) (Store, error) {
	s := in.Body
	if err := checkZone(s.TimeZone); err != nil {
		return Store{}, err
	}
	rows, err := tx.Exec(ctx, changeStore, db.Args{
		"id": in.ID, "name": s.Name, "address": s.Address, "zone": s.TimeZone, "legal": s.LegalName, "tax_number": s.TaxNumber,
		"logo": s.LogoPNG, "header": s.ReceiptHeader, "footer": s.ReceiptFooter, "phone": s.Phone,
		"now": tx.Now(), "version": s.Version,
	})
	if err != nil {
		return Store{}, err
	}
	if rows == 0 {
		return Store{}, changedMeanwhile()
	}
	return readStore(ctx, tx, in.ID)
}

func changedMeanwhile() error {
	return fault.Conflict("tenants.changed_meanwhile").Say("Someone else changed this meanwhile. Look at it again, then save.")
}
