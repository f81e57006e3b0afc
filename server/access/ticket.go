package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

const (
	kindInvitation = "invitation"
	kindPassword   = "password"
)

// ticket is what the secret of a link is good for.
type ticket struct {
	Kind       string
	Tenant     uuid.UUID
	Email      string
	Account    *uuid.UUID
	Invitation *uuid.UUID
	Expires    time.Time
}

// LinkIn is the secret of a link.
type LinkIn struct {
	Ticket string `json:"ticket" minLength:"1" maxLength:"200"`
}

const (
	addTicket db.SQL = `
		insert into platform.account_tickets (token_hash, tenant_id, kind, email, account_id, invitation_id, created_at, expires_at)
		values (@hash, @shop, @kind, @email, @account, @invitation, @now, @expires)`

	dropTickets db.SQL = `delete from platform.account_tickets where expires_at < @before`

	findTicket db.SQL = `
		select tenant_id, email, account_id, invitation_id
		from   platform.account_tickets
		where  token_hash = @hash and tenant_id = @shop and kind = @kind and used_at is null and expires_at > @now`
)

type ticketRow struct {
	TenantID     uuid.UUID
	Email        string
	AccountID    *uuid.UUID
	InvitationID *uuid.UUID
}

// mint draws the secret of a link; only its hash is kept.
func mint(ctx context.Context, database *db.DB, of ticket) (string, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, by its contract
	secret := base64.RawURLEncoding.EncodeToString(raw)
	return secret, database.Platform(ctx, "make the link of a letter", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(dropTickets, db.Args{"before": tx.Now().Add(-30 * 24 * time.Hour)})
		batch.Exec(addTicket, db.Args{
			"hash": hashOf(secret), "shop": of.Tenant, "kind": of.Kind, "email": of.Email, "account": of.Account,
			"invitation": of.Invitation, "now": tx.Now(), "expires": of.Expires,
		})
		return batch.Done()
	})
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// present finds what a link is good for at this shop's address. It fails with over.
func present(ctx context.Context, database *db.DB, kind, secret string, over error) (found ticketRow, err error) {
	err = database.Platform(ctx, "look what a link is good for", func(ctx context.Context, tx *db.Tx) error {
		var good bool
		found, good, err = db.Maybe[ticketRow](ctx, tx, findTicket, db.Args{
			"hash": hashOf(secret), "shop": web.TenantOf(ctx).ID, "kind": kind, "now": tx.Now(),
		})
		if err == nil && !good {
			err = over
		}
		return err
	})
	return found, err
}

func invitationOver() error {
	return fault.NotFound("access.invitation_over").Say("This invitation was used, withdrawn or has expired. Ask whoever invited you for a new one.")
}

func resetOver() error {
	return fault.NotFound("access.reset_over").Say("This link was used already or has expired. Ask for a new one on the sign-in page.")
}
