package mails

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/shared/fault"
)

// The kinds of letter.
const (
	KindReceipt = "receipt"
	KindTest    = "test"
)

// The states of a letter.
const (
	Queued  = "queued"
	Sending = "sending"
	Sent    = "sent"
	Kept    = "kept" // a demo shop's: shown, and never sent
	Failed  = "failed"
)

// Letter is what a module wants to be sent.
type Letter struct {
	ID      uuid.UUID // the caller's, so that writing it twice writes one
	Kind    string
	About   uuid.UUID // a sale; Nil for nothing
	Store   uuid.UUID // that of the sale
	To      string
	Locale  string
	Subject string
	Text    string
	HTML    string
	File    *mail.File
}

// Written is emitted with each letter, so that the courier of this process hears
// of it.
type Written struct{}

// What a shop may write in an hour, and about one thing at all: who gets hold of
// a cashier's session must not turn the shop into a sender of junk.
const (
	mostAnHour = 300
	mostAbout  = 10
)

const (
	sender db.SQL = `
		select coalesce(nullif(s.from_name, ''), c.name) as from_name, coalesce(s.reply_to, '') as reply_to,
		       (select count(*) from mails m where m.tenant_id = @tenant and m.created_at > @since::timestamptz)::int as lately,
		       (select count(*) from mails m where m.tenant_id = @tenant and m.subject_id = @about::uuid)::int as about
		from   company c
		left   join mail_settings s on s.tenant_id = @tenant
		where  c.tenant_id = @tenant`

	insertMail db.SQL = `
		insert into mails (tenant_id, id, kind, subject_id, store_id, locale, from_name, reply_to, to_address, subject, body_text, body_html,
		                   file_name, file_type, file_body, due_at, written_by, created_at)
		values (@tenant, @id, @kind, @about, @store, @locale, @from_name, @reply_to, @to, @subject, @text, @html,
		        @file_name, @file_type, @file_body, @now, @by, @now)`
)

type senderRow struct {
	FromName string
	ReplyTo  string
	Lately   int
	About    int
}

// Write puts a letter into the outbox. It goes out when the transaction has
// committed, and not at all if it does not.
//
// Fails with mails.bad_address, mails.too_many and mails.already_written.
func Write(ctx context.Context, tx *db.Tx, letter Letter) error {
	to, err := mail.Address(letter.To)
	if err != nil {
		return badAddress("to", err)
	}
	about := uuid.NullUUID{UUID: letter.About, Valid: letter.About != uuid.Nil}
	from, err := db.One[senderRow](ctx, tx, sender, db.Args{"since": tx.Now().Add(-time.Hour), "about": about})
	if err != nil {
		return err
	}
	if from.Lately >= mostAnHour || from.About >= mostAbout {
		return fault.TooMany("mails.too_many", 10*time.Minute).
			Say("So many e-mails were written already that this one waits. Try again later, or print it.")
	}
	file := mail.File{}
	if letter.File != nil {
		file = *letter.File
	}
	batch := tx.Batch()
	batch.Exec(insertMail, db.Args{
		"id": letter.ID, "kind": letter.Kind, "about": about, "store": uuid.NullUUID{UUID: letter.Store, Valid: letter.Store != uuid.Nil}, "locale": letter.Locale, "from_name": from.FromName, "reply_to": from.ReplyTo,
		"to": to, "subject": letter.Subject, "text": letter.Text, "html": letter.HTML, "file_name": file.Name, "file_type": file.ContentType,
		"file_body": file.Body, "by": uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil}, "now": tx.Now(),
	})
	return batch.Emit(Written{})
}

func badAddress(field string, cause error) error {
	return fault.Invalid("mails.bad_address", fault.At(field, "mails.bad_address", ""), fault.Because(cause)).
		Say("This is no e-mail address. Write it like name@example.com.")
}
