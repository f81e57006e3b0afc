package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

// Listed is a shop as the platform's own staff see it.
type Listed struct {
	ID        uuid.UUID
	Slug      string
	Status    string
	Demo      bool
	CreatedAt time.Time `db:"created_at"`
	// Name is empty where the making of the shop broke off.
	Name string `db:"-"`
}

const (
	allTenants db.SQL = `
		select id, slug, case when closed_at is null then status else 'closed' end as status, demo, created_at
		from   platform.tenants
		where  status not in ('abandoned', 'throwaway')
		order  by slug`

	anyOwn db.SQL = `
		select exists (select from platform.tenants where not demo and status in ('active', 'suspended'))`

	companyName db.SQL = `select name from company where tenant_id = @tenant`
)

// All lists the shops of this installation by address.
func All(ctx context.Context, database *db.DB) ([]Listed, error) {
	var all []Listed
	err := database.Platform(ctx, "list the shops", func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All[Listed](ctx, tx, allTenants, db.Args{})
		return err
	})
	for i := range all {
		if err != nil {
			return nil, err
		}
		err = database.Read(ctx, db.Identity{Tenant: all[i].ID}, func(ctx context.Context, tx *db.Tx) (err error) {
			all[i].Name, _, err = db.Maybe[string](ctx, tx, companyName, db.Args{})
			return err
		})
	}
	return all, err
}

// AnyOwn tells whether this installation has a shop that is no demo.
func AnyOwn(ctx context.Context, database *db.DB) (there bool, err error) {
	err = database.Platform(ctx, "look whether there is a shop yet", func(ctx context.Context, tx *db.Tx) (err error) {
		there, err = db.One[bool](ctx, tx, anyOwn, db.Args{})
		return err
	})
	return there, err
}

// Free tells whether no shop has an address. Ask CheckSlug first.
func Free(ctx context.Context, database *db.DB, slug string) (free bool, err error) {
	err = database.Platform(ctx, "look whether an address is free", func(ctx context.Context, tx *db.Tx) error {
		_, found, err := db.Maybe[uuid.UUID](ctx, tx, findTenant, db.Args{"slug": slug})
		if err != nil || found {
			return err
		}
		gone, err := db.One[bool](ctx, tx, slugGone, db.Args{"slug": slug})
		free = !gone
		return err
	})
	return free, err
}
