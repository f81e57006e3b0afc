package access

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/users"
	"souk/shared/wire"
)

// Invited is an invitation as whoever was invited sees it.
type Invited struct {
	Shop     string    `json:"shop"`
	Name     string    `json:"name"`
	Email    string    `json:"email"`
	Role     wire.Role `json:"role"`
	RoleName string    `json:"role_name"`
	By       string    `json:"by"`
	// Known says that the address has an account already, whose password is asked for.
	Known bool `json:"known"`
}

// Acceptance takes an invitation on.
type Acceptance struct {
	Ticket   string `json:"ticket" minLength:"1" maxLength:"200"`
	Name     string `json:"name" minLength:"1" maxLength:"120"`
	Password string `json:"password" minLength:"1" maxLength:"200" doc:"The account's, if there is one; else the new one's"`
}

// An invitation falls with whoever made it.
const (
	lookAtInvitation db.SQL = `
		select i.email, i.name, i.role, i.role_id, coalesce(r.name, '') as role_name, i.stores, c.name as shop, p.name as by_name
		from   invitations i
		join   company c on c.tenant_id = @tenant
		join   people p on p.tenant_id = @tenant and p.id = i.invited_by and p.active
		left   join roles r on r.tenant_id = @tenant and r.id = i.role_id
		where  i.tenant_id = @tenant and i.id = @id and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > @now
		and    (i.role_id is null or r.base = i.role)`

	acceptInvitation db.SQL = `
		update invitations
		set    accepted_at = @now
		where  tenant_id = @tenant and id = @id and accepted_at is null and withdrawn_at is null and expires_at > @now`
)

type invitedRow struct {
	Email    string
	Name     string
	Role     wire.Role
	RoleID   *uuid.UUID
	RoleName string
	Stores   []uuid.UUID
	Shop     string
	ByName   string
}

func (t ticketRow) invitation(ctx context.Context, database *db.DB) (row invitedRow, err error) {
	if t.InvitationID == nil {
		return row, invitationOver()
	}
	err = database.Read(ctx, db.Identity{Tenant: t.TenantID, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		var open bool
		row, open, err = db.Maybe[invitedRow](ctx, tx, lookAtInvitation, db.Args{"id": *t.InvitationID, "now": tx.Now()})
		if err == nil && !open {
			err = invitationOver()
		}
		return err
	})
	return row, err
}

// Look tells whoever holds an invitation's link what it is about.
//
// Fails with access.invitation_over.
func Look(ctx context.Context, database *db.DB, in LinkIn) (Invited, error) {
	found, err := present(ctx, database, kindInvitation, in.Ticket, invitationOver())
	if err != nil {
		return Invited{}, err
	}
	row, err := found.invitation(ctx, database)
	if err != nil {
		return Invited{}, err
	}
	known, err := users.HasAccount(ctx, database, row.Email)
	return Invited{Shop: row.Shop, Name: row.Name, Email: row.Email, Role: row.Role, RoleName: row.RoleName, By: row.ByName, Known: known}, err
}

// Accept makes whoever was invited one of the shop's people and signs them in. A new
// account is made with the password that is given; one that the address has already
// is asked for its own.
//
// Fails with access.invitation_over, auth.wrong_password, auth.slow_down,
// auth.weak_password and people.already_here.
func Accept(ctx context.Context, database *db.DB, in Acceptance) (users.Session, error) {
	found, err := present(ctx, database, kindInvitation, in.Ticket, invitationOver())
	if err != nil {
		return users.Session{}, err
	}
	row, err := found.invitation(ctx, database)
	if err != nil {
		return users.Session{}, err
	}
	known, err := users.HasAccount(ctx, database, row.Email)
	if err == nil && !known {
		err = users.StrongEnough(in.Password, row.Email, in.Name, row.Shop)
	}
	if err != nil {
		return users.Session{}, err
	}
	account, err := users.OpenAccount(ctx, database, users.NewAccount{Email: row.Email, Name: in.Name, Password: in.Password})
	if err != nil {
		return users.Session{}, err
	}
	id := *found.InvitationID
	err = database.Tenant(ctx, db.Identity{Tenant: found.TenantID, Actor: id, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, acceptInvitation, db.Args{"id": id, "now": tx.Now()})
		if err != nil || rows == 0 {
			return orElse(err, invitationOver())
		}
		_, err = users.Join(ctx, tx, users.Member{
			ID: id, Account: account, Email: row.Email, Name: in.Name, Role: row.Role, RoleID: row.RoleID, Stores: row.Stores,
		})
		return err
	})
	if err != nil {
		return users.Session{}, err
	}
	return users.SignIn(ctx, database, users.Credentials{Email: row.Email, Password: in.Password})
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
