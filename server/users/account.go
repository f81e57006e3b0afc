package users

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// Account is the caller's own log-in, the same in every shop.
type Account struct {
	// SignsIn is false for those who have no account and come by PIN.
	SignsIn bool   `json:"signs_in"`
	Name    string `json:"name"`
	Email   string `json:"email"`
}

// PasswordChange is a new password, and the one until now as proof.
type PasswordChange struct {
	Current  string `json:"current" minLength:"1" maxLength:"200"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

// OwnShop is one of the shops in which the caller's account works.
type OwnShop struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
	Here bool   `json:"here"`
}

// Visit is a shop to go to.
type Visit struct {
	Slug string `json:"slug" minLength:"1" maxLength:"40"`
}

// Way is how to get into another shop.
type Way struct {
	Slug string `json:"slug"`
	// Ticket signs the caller in there; without one, the shop asks for more than the
	// caller has shown here.
	Ticket string `json:"ticket,omitempty"`
}

const (
	setPassword db.SQL = `update platform.accounts set password_hash = @hash where id = @id`

	dropHalvesOf db.SQL = `delete from platform.half_sessions where account_id = @account`

	membershipsOf db.SQL = `
		select m.tenant_id, m.person_id, t.slug
		from   platform.memberships m
		join   platform.tenants t on t.id = m.tenant_id and t.status = 'active'
		where  m.account_id = @account and m.active
		order  by t.slug`

	allMembershipsOf db.SQL = `
		select m.tenant_id, m.person_id, t.slug
		from   platform.memberships m
		join   platform.tenants t on t.id = m.tenant_id
		where  m.account_id = @account`

	shopName db.SQL = `select name from company where tenant_id = @tenant`

	// Sessions at tills came by PIN, which a password has nothing to do with.
	endBrowserSessions db.SQL = `
		update sessions
		set    revoked_at = @now
		where  tenant_id = @tenant and person_id = @person and device_id is null and revoked_at is null and id <> @but`
)

type membership struct {
	TenantID uuid.UUID
	PersonID uuid.UUID
	Slug     string
}

// ShowAccount gives the caller's account.
func ShowAccount(ctx context.Context, database *db.DB, _ web.None) (Account, error) {
	own, err := OwnAccount(ctx, database)
	if found := fault.Of(err); found != nil && found.Code == "auth.no_account" {
		return Account{}, nil
	}
	return Account{SignsIn: err == nil, Name: own.Name, Email: own.Email}, err
}

// ChangePassword gives the caller's account another password and ends its sessions
// everywhere else.
//
// Fails with auth.no_account, auth.wrong_proof, auth.slow_down and auth.weak_password.
func ChangePassword(ctx context.Context, database *db.DB, in PasswordChange) (web.None, error) {
	own, err := OwnAccount(ctx, database)
	if err != nil {
		return web.None{}, err
	}
	if err := CheckOwn(ctx, database, own, in.Current); err != nil {
		return web.None{}, err
	}
	if err := StrongEnough(in.Password, own.Email, own.Name); err != nil {
		return web.None{}, err
	}
	return web.None{}, SetPassword(ctx, database, own.ID, in.Password)
}

// SetPassword gives an account another password. Whoever got in by the former one is
// signed out in every shop; the session that asks stays.
func SetPassword(ctx context.Context, database *db.DB, account uuid.UUID, password string) error {
	hash := secret.HashPassword(password)
	var works []membership
	err := database.Platform(ctx, "set an account's password", func(ctx context.Context, tx *db.Tx) (err error) {
		batch := tx.Batch()
		batch.Exec(setPassword, db.Args{"id": account, "hash": hash})
		batch.Exec(dropHalvesOf, db.Args{"account": account})
		if err := batch.Done(); err != nil {
			return err
		}
		works, err = db.All[membership](ctx, tx, allMembershipsOf, db.Args{"account": account})
		return err
	})
	for _, m := range works {
		if err != nil {
			return err
		}
		err = database.Tenant(ctx, db.Identity{Tenant: m.TenantID, Actor: m.PersonID}, func(ctx context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.Exec(endBrowserSessions, db.Args{"person": m.PersonID, "but": auth.From(ctx).Session, "now": tx.Now()})
			auth.Changed(ctx, tx)
			return batch.Done()
		})
	}
	return err
}

// OwnShops lists the shops in which the caller's account works, by name of address.
// Who comes by PIN has none to go to.
func OwnShops(ctx context.Context, database *db.DB, _ web.None) (wire.Page[OwnShop], error) {
	none := wire.Page[OwnShop]{Rows: []OwnShop{}}
	own, err := OwnAccount(ctx, database)
	if found := fault.Of(err); found != nil && found.Code == "auth.no_account" {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	works, err := worksIn(ctx, database, own.ID)
	if err != nil {
		return none, err
	}
	for _, m := range works {
		shop := OwnShop{Slug: m.Slug, Here: m.TenantID == web.TenantOf(ctx).ID}
		err := database.Read(ctx, db.Identity{Tenant: m.TenantID, Actor: m.PersonID}, func(ctx context.Context, tx *db.Tx) (err error) {
			shop.Name, _, err = db.Maybe[string](ctx, tx, shopName, db.Args{})
			return err
		})
		if err != nil {
			return none, err
		}
		none.Rows = append(none.Rows, shop)
	}
	return none, nil
}

func worksIn(ctx context.Context, database *db.DB, account uuid.UUID) (works []membership, err error) {
	err = database.Platform(ctx, "list the shops of an account", func(ctx context.Context, tx *db.Tx) (err error) {
		works, err = db.All[membership](ctx, tx, membershipsOf, db.Args{"account": account})
		return err
	})
	return works, err
}

// VisitShop gives a way into another shop in which the caller's account works. What
// the caller has shown holds there as long as it would have held here; a shop that
// asks for a second step which was not taken here gets no ticket, but its address.
//
// Fails with auth.no_account and people.no_such_shop.
func VisitShop(ctx context.Context, database *db.DB, in Visit) (Way, error) {
	own, err := OwnAccount(ctx, database)
	if err != nil {
		return Way{}, err
	}
	works, err := worksIn(ctx, database, own.ID)
	if err != nil {
		return Way{}, err
	}
	for _, m := range works {
		if m.Slug == in.Slug {
			return m.way(ctx, database, own.ID)
		}
	}
	return Way{}, fault.NotFound("people.no_such_shop").Say("You do not work in that shop, or it is closed.")
}

func (m membership) way(ctx context.Context, database *db.DB, account uuid.UUID) (Way, error) {
	way := Way{Slug: m.Slug}
	ways, err := waysIn(ctx, database, account)
	if err != nil {
		return way, err
	}
	there := db.Identity{Tenant: m.TenantID, Actor: m.PersonID, Stores: db.AllStores()}
	var step StepKind
	err = database.Read(ctx, there, func(ctx context.Context, tx *db.Tx) error {
		member, works, err := db.Maybe[memberRow](ctx, tx, personByAccount, db.Args{"account": account})
		if err != nil || !works {
			return orElse(err, fault.NotFound("people.no_such_shop").Say("You do not work in that shop, or it is closed."))
		}
		// A code is asked for in every shop, so whoever has one has shown it here.
		if !ways.Code {
			step, err = ways.next(ctx, tx, member.Role)
		}
		return err
	})
	if err != nil || step != "" {
		return way, err
	}
	proven := auth.From(ctx).Proven
	if proven.IsZero() {
		proven = time.Unix(0, 0)
	}
	way.Ticket, err = ticketSince(ctx, database, there, &proven)
	return way, err
}
