package users

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// A ticket is a session that lives long enough to be carried from one address to
// another shop's own, where a cookie can be set.
const ticketLasts = 2 * time.Minute

const (
	// One statement: of two that bring one ticket, one finds it used.
	useTicket db.SQL = `
		update sessions
		set    revoked_at = @now
		where  tenant_id = @tenant and token_hash = @hash and device_id is null and revoked_at is null and expires_at > @now
		returning person_id, support_grant_id, proven_at`

	supporter db.SQL = `
		select p.id, p.name, g.role, g.ends_at, g.view_only
		from   people p
		join   support_grants g on g.tenant_id = @tenant and g.id = @grant and g.revoked_at is null and g.ends_at > @now
		where  p.tenant_id = @tenant and p.id = @id and p.support_of is not null`
)

// Ticket begins a session of two minutes for a person who has just shown who it is,
// and gives its secret, to be exchanged once with UseTicket.
func Ticket(ctx context.Context, database *db.DB, id db.Identity) (string, error) {
	return ticketSince(ctx, database, id, nil)
}

// ticketSince is Ticket for who has last shown who it is some time ago.
func ticketSince(ctx context.Context, database *db.DB, id db.Identity, proven *time.Time) (string, error) {
	text, token := auth.Mint(auth.TokenSession, id.Tenant)
	return text, database.Tenant(ctx, id, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, addSession, db.Args{
			"id": uuid.Must(uuid.NewV7()), "person": id.Actor, "device": nil, "hash": token.Hash,
			"agent": "first visit", "grant": nil, "proven": proven, "now": tx.Now(), "expires": tx.Now().Add(ticketLasts),
		})
		return err
	})
}

// TicketIn is what was carried here.
type TicketIn struct {
	Ticket string `json:"ticket" minLength:"1" maxLength:"200"`
}

// UseTicket begins a browser session in exchange for a ticket, which is worth
// nothing afterwards.
//
// Fails with auth.ticket_spent.
func UseTicket(ctx context.Context, database *db.DB, in TicketIn) (Session, error) {
	token, good := auth.Parse(in.Ticket)
	tenant := web.TenantOf(ctx).ID
	if !good || token.Kind != auth.TokenSession || token.Tenant != tenant {
		return Session{}, ticketSpent()
	}
	var session Session
	err := database.Tenant(ctx, db.Identity{Tenant: tenant, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		ticket, found, err := db.Maybe[ticketRow](ctx, tx, useTicket, db.Args{"hash": token.Hash, "now": tx.Now()})
		if err != nil || !found {
			return orElse(err, ticketSpent())
		}
		member, found, err := ticket.holder(ctx, tx)
		if err != nil || !found {
			return orElse(err, ticketSpent())
		}
		session, err = begin(ctx, tx, member, nil)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	keepSession(ctx, session.Token)
	session.Token = ""
	return session, nil
}

type ticketRow struct {
	PersonID       uuid.UUID
	SupportGrantID *uuid.UUID
	ProvenAt       *time.Time
}

type supporterRow struct {
	ID       uuid.UUID
	Name     string
	Role     wire.Role
	EndsAt   time.Time
	ViewOnly bool
}

// holder is who a ticket lets in: somebody of the shop, or the platform's support as
// long as its grant lasts.
func (t ticketRow) holder(ctx context.Context, tx *db.Tx) (memberRow, bool, error) {
	if t.SupportGrantID == nil {
		member, there, err := db.Maybe[memberRow](ctx, tx, personByID, db.Args{"id": t.PersonID})
		member.Proven = t.ProvenAt
		return member, there, err
	}
	found, there, err := db.Maybe[supporterRow](ctx, tx, supporter, db.Args{"id": t.PersonID, "grant": *t.SupportGrantID, "now": tx.Now()})
	return memberRow{
		ID: found.ID, Name: found.Name, Role: found.Role,
		Support: auth.Support{Grant: *t.SupportGrantID, Until: found.EndsAt, ViewOnly: found.ViewOnly},
	}, there, err
}

func ticketSpent() error {
	return fault.Unauthenticated("auth.ticket_spent").Say("This way in was used already or has expired. Sign in with your e-mail and password.")
}
