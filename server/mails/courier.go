package mails

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/mail"
)

const (
	sweepEvery = time.Minute
	// How long a letter is being sent before it counts as left by one who died: far
	// longer than any answer of a server is waited for.
	givenUp = 10 * time.Minute
	// A letter that nobody could send for so long is of no use any more.
	stale = 3 * 24 * time.Hour
	// For how long a letter's file and its dress are kept after it was sent.
	remembered = 90 * 24 * time.Hour
)

// waits are how long a letter rests after each try that may pass.
var waits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

const (
	dueMails db.SQL = `
		select q.tenant_id, q.mail_id
		from   platform.mail_queue q
		join   platform.tenants t on t.id = q.tenant_id and t.status <> 'throwaway'
		where  q.due_at <= @now
		order  by q.due_at
		limit  100`

	// Committed before the letter goes out: no transaction waits for a mail server.
	claimMail db.SQL = `
		update mails
		set    state = 'sending', tries = tries + 1, due_at = @later
		where  tenant_id = @tenant and id = @id and state in ('queued', 'sending') and due_at <= @now
		returning tries, from_name, reply_to, to_address, subject, body_text, body_html, file_name, file_type, file_body, created_at`

	settleMail db.SQL = `
		update mails
		set    state = @state, problem = @problem, due_at = @due, sent_at = case when @done::boolean then @now::timestamptz end
		where  tenant_id = @tenant and id = @id and state = 'sending' and tries = @tries`

	forgetMails db.SQL = `
		update mails
		set    file_body = null, body_html = ''
		where  tenant_id = @tenant and created_at < @before and file_body is not null and state in ('sent', 'kept', 'failed')`
)

// Courier sends the letters of all tenants. Several processes may run one over
// one database: a letter belongs to who claimed it.
type Courier struct {
	database *db.DB
	server   mail.Config
	keep     bool // a demo without a server: letters are shown and go nowhere
	woken    chan struct{}

	mu      sync.Mutex
	written map[uuid.UUID]bool // a transaction of this shop has written a letter and may commit
}

// NewCourier makes one. Without a server, letters wait; in a demo they are kept.
func NewCourier(database *db.DB, server mail.Config, demo bool) *Courier {
	return &Courier{
		database: database, server: server, keep: demo && !server.Set(), woken: make(chan struct{}, 1), written: map[uuid.UUID]bool{},
	}
}

// Post says what becomes of letters.
func (c *Courier) Post() string {
	switch {
	case c.server.Set():
		return PostSMTP
	case c.keep:
		return PostKept
	}
	return ""
}

// Heard notes that a tenant's transaction has written a letter and may commit.
func (c *Courier) Heard(tenant uuid.UUID, event any) {
	if _, ours := event.(Written); !ours {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written[tenant] = true
}

// Committed is told of each commit of a tenant, and wakes the courier if there is
// a letter in it.
func (c *Courier) Committed(tenant uuid.UUID) {
	c.mu.Lock()
	ours := c.written[tenant]
	delete(c.written, tenant)
	c.mu.Unlock()
	if !ours {
		return
	}
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends. A letter that is on its way then is settled by
// whoever runs next.
func (c *Courier) Run(ctx context.Context) {
	ctx = db.WithAction(ctx, "mails")
	if c.Post() == "" {
		return
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for c.round(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-c.woken:
		case <-tick.C:
		}
	}
}

type due struct {
	TenantID uuid.UUID
	MailID   uuid.UUID
}

// round sends what is due, and says whether there may be more.
func (c *Courier) round(ctx context.Context) bool {
	var waiting []due
	err := c.database.Platform(ctx, "find e-mails that wait", func(ctx context.Context, tx *db.Tx) (err error) {
		waiting, err = db.All[due](ctx, tx, dueMails, db.Args{"now": tx.Now()})
		return err
	})
	if err != nil {
		c.trouble(ctx, "waiting e-mails not looked for", err)
		return false
	}
	for _, next := range waiting {
		if ctx.Err() != nil {
			return false
		}
		if err := c.deliver(ctx, next); err != nil {
			c.trouble(ctx, "an e-mail was not dealt with", err, "tenant", next.TenantID, "mail", next.MailID)
			return false
		}
	}
	return len(waiting) > 0
}

func (c *Courier) trouble(ctx context.Context, what string, err error, facts ...any) {
	if ctx.Err() == nil {
		slog.WarnContext(ctx, what, append(facts, "error", err)...)
	}
}

type claimed struct {
	Tries     int
	FromName  string
	ReplyTo   string
	ToAddress string
	Subject   string
	BodyText  string
	BodyHTML  string `db:"body_html"`
	FileName  string
	FileType  string
	FileBody  []byte
	CreatedAt time.Time
}

func (m claimed) letter(id uuid.UUID) mail.Letter {
	letter := mail.Letter{
		ID: id, FromName: m.FromName, ReplyTo: m.ReplyTo, To: m.ToAddress, Subject: m.Subject, Text: m.BodyText, HTML: m.BodyHTML, At: m.CreatedAt,
	}
	if m.FileBody != nil {
		letter.File = &mail.File{Name: m.FileName, ContentType: m.FileType, Body: m.FileBody}
	}
	return letter
}

// deliver claims a letter, sends it outside of any transaction and settles it.
func (c *Courier) deliver(ctx context.Context, next due) error {
	who := db.Identity{Tenant: next.TenantID}
	var mine claimed
	var ours bool
	err := c.database.Tenant(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		mine, ours, err = db.Maybe[claimed](ctx, tx, claimMail, db.Args{"id": next.MailID, "now": tx.Now(), "later": tx.Now().Add(givenUp)})
		return err
	})
	if err != nil || !ours {
		return err
	}
	end := c.send(ctx, mine, next.MailID)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.database.Tenant(ctx, who, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(settleMail, db.Args{
			"id": next.MailID, "state": end.State, "problem": end.Problem, "due": tx.Now().Add(end.Wait), "tries": mine.Tries,
			"done": end.State == Sent || end.State == Kept, "now": tx.Now(),
		})
		batch.Exec(forgetMails, db.Args{"before": tx.Now().Add(-remembered)})
		return batch.Done()
	})
}

// Outcome is what became of one try to send a letter.
type Outcome struct {
	State, Problem string
	Wait           time.Duration // before the next try
}

func (c *Courier) send(ctx context.Context, mine claimed, id uuid.UUID) Outcome {
	return c.Try(ctx, mine.letter(id), mine.Tries)
}

// Try hands a letter to the server, for the tries-th time, and says what becomes of
// it: sent, given up, or queued for another try.
func (c *Courier) Try(ctx context.Context, letter mail.Letter, tries int) Outcome {
	if c.keep {
		return Outcome{State: Kept}
	}
	if c.database.Now().Sub(letter.At) > stale {
		return Outcome{State: Failed, Problem: "It could not be sent for three days."}
	}
	err := mail.Send(ctx, c.server, letter)
	var refused *mail.Refused
	switch {
	case err == nil:
		return Outcome{State: Sent}
	case errors.As(err, &refused):
		return Outcome{State: Failed, Problem: refused.Reason}
	case tries > len(waits):
		return Outcome{State: Failed, Problem: err.Error()}
	}
	return Outcome{State: Queued, Problem: err.Error(), Wait: waits[tries-1]}
}
