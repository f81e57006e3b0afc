package support

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
)

const ticketLasts = 2 * time.Minute

const (
	// Never active: nobody signs in as this person but by a grant.
	putSupporter db.SQL = `
		insert into people (tenant_id, id, name, role, active, support_of, created_at, updated_at)
		values (@tenant, @id, @name, 'report_user', false, @staff, @now, @now)
		on conflict (tenant_id, support_of) do update set name = excluded.name`

	addSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, token_hash, user_agent, support_grant_id, created_at, expires_at)
		select @tenant, @id, @person, @hash, 'support', g.id, @now, least(g.ends_at, @expires)
		from   support_grants g
		where  g.tenant_id = @tenant and g.id = @grant and g.revoked_at is null and g.ends_at > @now
		for    share`

	openGrants db.SQL = `
		select g.id, g.reason, g.role, g.view_only, g.ends_at
		from   support_grants g
		where  g.tenant_id = @tenant and g.revoked_at is null and g.ends_at > @now
		order  by g.ends_at`
)

// Staff is who of the platform comes in.
type Staff struct {
	ID   uuid.UUID
	Name string
}

// Enter begins a session of two minutes in a shop by one of its grants and gives the
// ticket, which the shop's own address takes for a session that ends with the grant.
//
// Fails with support.no_grant.
func Enter(ctx context.Context, database *db.DB, tenant, grant uuid.UUID, who Staff) (string, error) {
	// The same person each time, known before the transaction, which acts as them.
	person := uuid.NewSHA1(tenant, who.ID[:])
	text, token := auth.Mint(auth.TokenSession, tenant)
	id := db.Identity{Tenant: tenant, Actor: person, Stores: db.AllStores()}
	return text, database.Tenant(db.WithAction(ctx, "support comes in"), id, func(ctx context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(putSupporter, db.Args{"id": person, "name": who.Name + " (support)", "staff": who.ID, "now": tx.Now()})
		if err := batch.Done(); err != nil {
			return err
		}
		begun, err := tx.Exec(ctx, addSession, db.Args{
			"id": uuid.Must(uuid.NewV7()), "person": person, "hash": token.Hash, "grant": grant, "now": tx.Now(), "expires": tx.Now().Add(ticketLasts),
		})
		if err == nil && begun == 0 {
			err = fault.Forbidden("support.no_grant").Say("The shop lets nobody in by this. Ask its owner for support access.")
		}
		return err
	})
}

// Opening is a grant by which support may come in now.
type Opening struct {
	ID       uuid.UUID `json:"id"`
	Reason   string    `json:"reason"`
	Role     string    `json:"role"`
	ViewOnly bool      `json:"view_only"`
	EndsAt   time.Time `json:"ends_at"`
}

// Openings are the grants of a shop by which support may come in now.
func Openings(ctx context.Context, database *db.DB, tenant uuid.UUID) (open []Opening, err error) {
	err = database.Read(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		open, err = db.All[Opening](ctx, tx, openGrants, db.Args{"now": tx.Now()})
		return err
	})
	return open, err
}
