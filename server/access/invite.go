package access

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Invitation is someone who was asked to work here and has not come yet.
type Invitation struct {
	ID        uuid.UUID   `json:"id" db:"id"`
	Email     string      `json:"email" db:"email"`
	Name      string      `json:"name" db:"name"`
	Role      wire.Role   `json:"role" db:"role"`
	RoleID    *uuid.UUID  `json:"role_id,omitempty" db:"role_id"`
	RoleName  string      `json:"role_name" db:"role_name" doc:"The shop's own role's; empty for a built-in one"`
	Stores    []uuid.UUID `json:"stores" db:"stores" nullable:"false" doc:"To work in these only; empty is all"`
	By        string      `json:"by" db:"by_name"`
	CreatedAt time.Time   `json:"created_at" db:"created_at"`
	SentAt    time.Time   `json:"sent_at" db:"sent_at"`
	ExpiresAt time.Time   `json:"expires_at" db:"expires_at"`
	Letter    string      `json:"letter" db:"letter" enum:"queued,sent,kept,failed,none" doc:"none: this server sends no letters, the link was handed over"`
	Problem   string      `json:"problem" db:"problem" doc:"What the mail server said last"`
	// Link is given once, to be handed over, where the server sends no letters.
	Link string `json:"link,omitempty" db:"-"`
}

// NewInvitation asks someone to work here.
type NewInvitation struct {
	ID     uuid.UUID   `json:"id"`
	Name   string      `json:"name" minLength:"1" maxLength:"120"`
	Email  string      `json:"email" minLength:"3" maxLength:"200"`
	Role   wire.Role   `json:"role"`
	RoleID *uuid.UUID  `json:"role_id,omitempty" doc:"One of the shop's own roles, which stands on Role"`
	Stores []uuid.UUID `json:"stores,omitempty" maxItems:"500" nullable:"false" doc:"To work in these only; empty is all, left out is where the caller works"`
}

// InvitationIn names an invitation.
type InvitationIn struct {
	ID uuid.UUID `path:"id"`
}

const (
	invitationLasts = 7 * 24 * time.Hour
	// What a shop may invite in an hour: a stolen session must not become a sender of junk.
	mostAnHour = 50
	// Between two letters of one invitation.
	letterRest = time.Minute
)

const (
	invitationColumns = `
		select i.id, i.email, i.name, i.role, i.role_id, coalesce(r.name, '') as role_name, i.stores, p.name as by_name,
		       i.created_at, i.sent_at, i.expires_at, i.letter, i.problem
		from   invitations i
		join   people p on p.tenant_id = @tenant and p.id = i.invited_by
		left   join roles r on r.tenant_id = @tenant and r.id = i.role_id
		where  i.tenant_id = @tenant and i.accepted_at is null and i.withdrawn_at is null
		and    (@stores::uuid[] is null or i.stores && @stores)`

	openInvitations db.SQL = invitationColumns + `
		order  by i.created_at desc, i.id desc
		limit  500`

	openInvitation db.SQL = invitationColumns + `
		and    i.id = @id`

	invitedLately db.SQL = `
		select (select count(*) from invitations i where i.tenant_id = @tenant and i.sent_at > @since::timestamptz)::int as lately,
		       exists (select from people p where p.tenant_id = @tenant and p.email = @email and p.account_id is not null) as here,
		       exists (select from invitations i where i.tenant_id = @tenant and i.email = @email and i.accepted_at is null and i.withdrawn_at is null) as invited,
		       (select c.locale from company c where c.tenant_id = @tenant) as locale`

	addInvitation db.SQL = `
		insert into invitations (tenant_id, id, email, name, role, role_id, stores, locale, invited_by, created_at, sent_at, expires_at, letter)
		values (@tenant, @id, @email, @name, @role, @role_id, @at, @locale, @by, @now, @now, @expires, @letter)`

	renewInvitation db.SQL = `
		update invitations
		set    sent_at = @now, expires_at = @expires, letter = @letter, problem = ''
		where  tenant_id = @tenant and id = @id and accepted_at is null and withdrawn_at is null`

	withdrawInvitation db.SQL = `
		update invitations
		set    withdrawn_at = @now
		where  tenant_id = @tenant and id = @id and accepted_at is null and withdrawn_at is null`

	postInvitation db.SQL = `select public.post_invitation(@id, @letter, @now)`
)

// List gives those who were invited and have not come, the latest first. Who is
// limited to some stores sees the invitations to those.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Invitation], error) {
	rows, err := db.All[Invitation](ctx, tx, openInvitations, db.Args{})
	return wire.Page[Invitation]{Rows: rows}, err
}

// Invite asks someone to work here, by a letter with a link that holds for a week.
// Where the server sends no letters, the link is given to be handed over. Asked
// again with the same id it changes nothing.
//
// Fails with mails.bad_address, people.unknown_role, people.above_you,
// roles.beyond_you, people.beyond_your_stores, people.already_here,
// access.already_invited and access.too_many.
func Invite(ctx context.Context, database *db.DB, in NewInvitation) (Invitation, error) {
	email, err := mail.Address(strings.ToLower(in.Email))
	if err != nil {
		return Invitation{}, fault.Invalid("mails.bad_address", fault.At("email", "mails.bad_address", ""), fault.Because(err)).
			Say("This is no e-mail address. Write it like name@example.com.")
	}
	in.Email = email
	var made Invitation
	err = database.Tenant(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) error {
		there, found, err := db.Maybe[Invitation](ctx, tx, openInvitation, db.Args{"id": in.ID})
		if err != nil || found {
			made = there
			return err
		}
		if err := in.write(ctx, tx); err != nil {
			return err
		}
		made, err = db.One[Invitation](ctx, tx, openInvitation, db.Args{"id": in.ID})
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return withLink(ctx, database, made)
}

func (in NewInvitation) write(ctx context.Context, tx *db.Tx) error {
	if err := users.MayGive(ctx, tx, in.Role, in.RoleID); err != nil {
		return err
	}
	known, err := db.One[knownRow](ctx, tx, invitedLately, db.Args{"since": tx.Now().Add(-time.Hour), "email": in.Email})
	switch {
	case err != nil:
		return err
	case known.Here:
		return fault.Conflict("people.already_here").
			Say("Someone with this e-mail address is among the shop's people already. Look in the list, also among those who have left.")
	case known.Invited:
		return fault.Conflict("access.already_invited").Say(alreadyInvited)
	case known.Lately >= mostAnHour:
		return tooMany()
	}
	if in.Stores == nil {
		in.Stores = tx.Stores().List()
	}
	if err := inReach(tx, in.Stores); err != nil {
		return err
	}
	batch := tx.Batch()
	batch.Exec(addInvitation, db.Args{
		"id": in.ID, "email": in.Email, "name": strings.TrimSpace(in.Name), "role": in.Role, "role_id": in.RoleID, "at": orNone(in.Stores),
		"locale": known.Locale, "by": tx.ActorID(), "now": tx.Now(), "expires": tx.Now().Add(invitationLasts), "letter": letterState(ctx),
	})
	return post(ctx, tx, batch, in.ID)
}

type knownRow struct {
	Lately  int
	Here    bool
	Invited bool
	Locale  string
}

// inReach keeps who is limited to some stores from inviting to others, or to all.
func inReach(tx *db.Tx, stores []uuid.UUID) error {
	beyond := tx.Stores().Limited() && len(stores) == 0
	for _, id := range stores {
		beyond = beyond || !tx.Stores().Has(id)
	}
	if beyond {
		return fault.Forbidden("people.beyond_your_stores").Say("This person works in stores that you do not work in. Ask someone who works in all of them.")
	}
	return nil
}

func orNone(ids []uuid.UUID) []uuid.UUID {
	if ids == nil {
		return []uuid.UUID{}
	}
	return ids
}

// letterState is what becomes of a letter of this server at first.
func letterState(ctx context.Context) string {
	if web.SiteOf(ctx).Post == "" {
		return "none"
	}
	return "queued"
}

// post has an invitation's letter written, if the server sends any.
func post(ctx context.Context, tx *db.Tx, batch *db.Batch, id uuid.UUID) error {
	if letterState(ctx) == "none" {
		return batch.Done()
	}
	batch.Exec(postInvitation, db.Args{"id": id, "letter": uuid.Must(uuid.NewV7()), "now": tx.Now()})
	return batch.Emit(Posted{})
}

// withLink gives an invitation its link where nothing else carries it. The role was
// looked at, so who asks may give what the link gives.
func withLink(ctx context.Context, database *db.DB, made Invitation) (Invitation, error) {
	if made.Letter != "none" {
		return made, nil
	}
	secret, err := mint(ctx, database, ticket{Kind: kindInvitation, Tenant: web.TenantOf(ctx).ID, Email: made.Email, Invitation: &made.ID, Expires: made.ExpiresAt})
	if err != nil {
		return made, err
	}
	host, _ := web.HostOf(ctx)
	scheme := web.SiteOf(ctx).Scheme
	if scheme == "" {
		scheme = "http"
	}
	made.Link = scheme + "://" + host + "/invitation#" + secret
	return made, nil
}

// SendAgain writes the letter of an invitation once more, or gives a new link where
// no letters are sent. It holds for a week from now.
//
// Fails with access.no_invitation, access.too_soon, people.above_you and
// roles.beyond_you.
func SendAgain(ctx context.Context, database *db.DB, in InvitationIn) (Invitation, error) {
	var made Invitation
	err := database.Tenant(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) error {
		there, err := within(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if there.Letter != "none" && tx.Now().Sub(there.SentAt) < letterRest {
			return fault.TooMany("access.too_soon", letterRest).Say("This letter was only just sent. Wait a minute, then try again.")
		}
		batch := tx.Batch()
		batch.Exec(renewInvitation, db.Args{"id": in.ID, "now": tx.Now(), "expires": tx.Now().Add(invitationLasts), "letter": letterState(ctx)})
		if err := post(ctx, tx, batch, in.ID); err != nil {
			return err
		}
		made, err = db.One[Invitation](ctx, tx, openInvitation, db.Args{"id": in.ID})
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return withLink(ctx, database, made)
}

// Withdraw takes an invitation back: its link is worth nothing from then on.
//
// Fails with access.no_invitation, people.above_you and roles.beyond_you.
func Withdraw(ctx context.Context, tx *db.Tx, in InvitationIn) (web.None, error) {
	if _, err := within(ctx, tx, in.ID); err != nil {
		return web.None{}, err
	}
	batch := tx.Batch()
	batch.Exec(withdrawInvitation, db.Args{"id": in.ID, "now": tx.Now()})
	return web.None{}, batch.Done()
}

// within finds an invitation that the caller could have made.
func within(ctx context.Context, tx *db.Tx, id uuid.UUID) (Invitation, error) {
	there, found, err := db.Maybe[Invitation](ctx, tx, openInvitation, db.Args{"id": id})
	if err != nil {
		return there, err
	}
	if !found {
		return there, fault.NotFound("access.no_invitation").Say("There is no such invitation any more. Look at the list again.")
	}
	if err := users.MayGive(ctx, tx, there.Role, there.RoleID); err != nil {
		return there, err
	}
	return there, inReach(tx, there.Stores)
}

const alreadyInvited = "This address is invited already. Send that invitation again, or withdraw it first."

func tooMany() error {
	return fault.TooMany("access.too_many", 10*time.Minute).Say("So many people were invited already that this one waits. Try again later.")
}
