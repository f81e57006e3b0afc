package access

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"souk/server/mails"
	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/server/platform/web"
)

// Posted is emitted with each letter that is to go out.
type Posted struct{}

// Post sends letters to the owners of accounts. What a letter says, and the secret in
// it, is made when it is sent: none waits anywhere.
type Post struct {
	Database *db.DB
	// Courier has the mail server.
	Courier *mails.Courier
	// Site is where shops' addresses are.
	Site  func() web.Site
	woken chan struct{}
}

// NewPost makes one.
func NewPost(database *db.DB, courier *mails.Courier, site func() web.Site) *Post {
	return &Post{Database: database, Courier: courier, Site: site, woken: make(chan struct{}, 1)}
}

const (
	sweepEvery = time.Minute
	givenUp    = 10 * time.Minute
	// For how long it is kept that a letter was sent.
	remembered = 90 * 24 * time.Hour
	atOnce     = 50
)

const (
	dueLetters db.SQL = `
		select l.id
		from   platform.account_letters l
		join   platform.tenants t on t.id = l.tenant_id and t.status <> 'throwaway'
		where  l.state in ('queued', 'sending') and l.due_at <= @now
		order  by l.due_at
		limit  @most`

	// Committed before the letter goes out: no transaction waits for a mail server.
	claimLetter db.SQL = `
		update platform.account_letters l
		set    state = 'sending', tries = tries + 1, due_at = @later
		from   platform.tenants t
		where  l.id = @id and l.state in ('queued', 'sending') and l.due_at <= @now and t.id = l.tenant_id
		returning l.id, l.tenant_id, t.slug, l.kind, l.invitation_id, l.to_address, l.locale, l.tries, l.created_at`

	settleLetter db.SQL = `
		update platform.account_letters
		set    state = @state, problem = @problem, due_at = @due, subject = @subject, body_text = @text
		where  id = @id and state = 'sending' and tries = @tries`

	forgetLetters db.SQL = `delete from platform.account_letters where created_at < @before and state not in ('queued', 'sending')`

	settleInvitation db.SQL = `
		update invitations set letter = @letter, problem = @problem where tenant_id = @tenant and id = @id`

	memberByEmail db.SQL = `
		select a.id
		from   platform.accounts a
		join   platform.memberships m on m.account_id = a.id and m.tenant_id = @shop and m.active
		where  a.email = @email and a.disabled_at is null`

	senderName db.SQL = `
		select coalesce(nullif(s.from_name, ''), c.name) as from_name, coalesce(s.reply_to, '') as reply_to, c.name as shop, c.locale
		from   company c
		left   join mail_settings s on s.tenant_id = @tenant
		where  c.tenant_id = @tenant`
)

type claimed struct {
	ID           uuid.UUID
	TenantID     uuid.UUID
	Slug         string
	Kind         string
	InvitationID *uuid.UUID
	ToAddress    string
	Locale       string
	Tries        int
	CreatedAt    time.Time
}

type sender struct {
	FromName string
	ReplyTo  string
	Shop     string
	Locale   string
}

// Heard wakes the post when a transaction with a letter has committed.
func (p *Post) Heard(tx *db.Tx, event any) {
	if _, ours := event.(Posted); ours {
		tx.After(p.wake)
	}
}

func (p *Post) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends. A letter that is on its way then is sent by whoever runs
// next.
func (p *Post) Run(ctx context.Context) {
	ctx = db.WithAction(ctx, "account letters")
	if p.Courier.Post() == "" {
		return
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for p.round(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-p.woken:
		case <-tick.C:
		}
	}
}

// round sends what is due, and says whether there may be more.
func (p *Post) round(ctx context.Context) bool {
	var waiting []uuid.UUID
	err := p.Database.Platform(ctx, "find account letters that wait", func(ctx context.Context, tx *db.Tx) (err error) {
		waiting, err = db.All[uuid.UUID](ctx, tx, dueLetters, db.Args{"now": tx.Now(), "most": atOnce})
		return err
	})
	for _, id := range waiting {
		if err == nil && ctx.Err() == nil {
			err = p.deliver(ctx, id)
		}
	}
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "account letters were not dealt with", "error", err)
	}
	return err == nil && ctx.Err() == nil && len(waiting) == atOnce
}

// deliver claims a letter, sends it outside of any transaction and settles it.
func (p *Post) deliver(ctx context.Context, id uuid.UUID) error {
	var mine claimed
	var ours bool
	err := p.Database.Platform(ctx, "claim an account letter", func(ctx context.Context, tx *db.Tx) (err error) {
		mine, ours, err = db.Maybe[claimed](ctx, tx, claimLetter, db.Args{"id": id, "now": tx.Now(), "later": tx.Now().Add(givenUp)})
		return err
	})
	if err != nil || !ours {
		return err
	}
	letter, wanted, err := p.write(ctx, mine)
	if err != nil {
		return err
	}
	end := mails.Outcome{State: "void"}
	if wanted {
		end = p.Courier.Try(ctx, letter, mine.Tries)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.settle(ctx, mine, letter, end)
}

func (p *Post) settle(ctx context.Context, mine claimed, letter mail.Letter, end mails.Outcome) error {
	shown := mail.Letter{} // what is kept of a letter that went out is that it did
	if end.State == mails.Kept {
		shown = letter
	}
	err := p.Database.Platform(ctx, "settle an account letter", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(settleLetter, db.Args{
			"id": mine.ID, "state": end.State, "problem": end.Problem, "due": tx.Now().Add(end.Wait), "tries": mine.Tries,
			"subject": shown.Subject, "text": shown.Text,
		})
		batch.Exec(forgetLetters, db.Args{"before": tx.Now().Add(-remembered)})
		return batch.Done()
	})
	if err != nil || mine.InvitationID == nil || end.State == "void" {
		return err
	}
	return p.Database.Tenant(ctx, db.Identity{Tenant: mine.TenantID}, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(settleInvitation, db.Args{"id": *mine.InvitationID, "letter": end.State, "problem": end.Problem})
		return batch.Done()
	})
}

// write makes a letter with its link; wanted is false if there is nobody to write to,
// or nothing to write about any more.
func (p *Post) write(ctx context.Context, mine claimed) (letter mail.Letter, wanted bool, err error) {
	var from sender
	err = p.Database.Read(ctx, db.Identity{Tenant: mine.TenantID}, func(ctx context.Context, tx *db.Tx) (err error) {
		from, wanted, err = db.Maybe[sender](ctx, tx, senderName, db.Args{})
		return err
	})
	if err != nil || !wanted {
		return letter, false, err
	}
	says := said{Shop: from.Shop, Name: mine.ToAddress, Locale: mine.Locale, Kind: mine.Kind}
	if says.Locale == "" {
		says.Locale = from.Locale
	}
	of := ticket{Kind: mine.Kind, Tenant: mine.TenantID, Email: mine.ToAddress}
	switch mine.Kind {
	case kindInvitation:
		wanted, err = p.invitation(ctx, mine, &of, &says)
	case kindPassword:
		wanted, err = p.password(ctx, mine, &of)
	}
	if err != nil || !wanted {
		return letter, false, err
	}
	secret, err := mint(ctx, p.Database, of)
	if err != nil {
		return letter, false, err
	}
	says.Link = p.address(mine.Slug) + "/" + mine.Kind + "#" + secret
	letter, err = says.letter()
	letter.ID, letter.To, letter.At, letter.FromName, letter.ReplyTo = mine.ID, mine.ToAddress, mine.CreatedAt, from.FromName, from.ReplyTo
	return letter, true, err
}

func (p *Post) invitation(ctx context.Context, mine claimed, of *ticket, says *said) (bool, error) {
	if mine.InvitationID == nil {
		return false, nil
	}
	row, err := ticketRow{TenantID: mine.TenantID, InvitationID: mine.InvitationID}.invitation(ctx, p.Database)
	if over(err) {
		return false, nil
	}
	of.Invitation, of.Expires = mine.InvitationID, p.Database.Now().Add(invitationLasts)
	says.Name, says.By = row.Name, row.ByName
	return err == nil, err
}

func (p *Post) password(ctx context.Context, mine claimed, of *ticket) (works bool, err error) {
	var account uuid.UUID
	err = p.Database.Platform(ctx, "look whose password was forgotten", func(ctx context.Context, tx *db.Tx) (err error) {
		account, works, err = db.Maybe[uuid.UUID](ctx, tx, memberByEmail, db.Args{"shop": mine.TenantID, "email": mine.ToAddress})
		return err
	})
	of.Account, of.Expires = &account, p.Database.Now().Add(resetLasts)
	return works, err
}

// address is the base of a shop's own address.
func (p *Post) address(slug string) string {
	site := p.Site()
	return site.Scheme + "://" + slug + "." + site.Domain + site.Port
}
