package mails

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Mail is a letter in the list.
type Mail struct {
	ID         uuid.UUID  `json:"id" db:"id"`
	Kind       string     `json:"kind" db:"kind" enum:"receipt,test"`
	AboutID    *uuid.UUID `json:"about_id,omitempty" db:"subject_id" doc:"The sale that it is about"`
	Locale     string     `json:"locale" db:"locale"`
	To         string     `json:"to" db:"to_address"`
	Subject    string     `json:"subject" db:"subject"`
	State      string     `json:"state" db:"state" enum:"queued,sending,sent,kept,failed"`
	Tries      int        `json:"tries" db:"tries"`
	Problem    string     `json:"problem" db:"problem" doc:"What the mail server said last"`
	PersonName string     `json:"person_name" db:"person_name"`
	CreatedAt  time.Time  `json:"created_at" db:"created_at"`
	SentAt     *time.Time `json:"sent_at,omitempty" db:"sent_at"`
}

// MailText is a letter as its reader sees it.
type MailText struct {
	Mail
	FromName string `json:"from_name" db:"from_name"`
	ReplyTo  string `json:"reply_to" db:"reply_to"`
	Text     string `json:"text" db:"body_text"`
	HTML     string `json:"html" db:"body_html" doc:"For a frame without rights"`
	FileName string `json:"file_name" db:"file_name"`
}

// MailQuery asks for a part of the list.
type MailQuery struct {
	State string `query:"state" enum:"queued,sending,sent,kept,failed," doc:"Only these"`
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"0" maximum:"200"`
}

// Key names a letter.
type Key struct {
	ID uuid.UUID `path:"id"`
}

const (
	mailColumns = `
		select m.id, m.kind, m.subject_id, m.locale, m.to_address, m.subject, m.state, m.tries, m.problem,
		       coalesce(p.name, '') as person_name, m.created_at, m.sent_at`

	mailsAndWriters = `
		from   mails m
		left   join people p on p.tenant_id = @tenant and p.id = m.written_by
		where  m.tenant_id = @tenant
		and    (m.store_id is null or @stores::uuid[] is null or m.store_id = any(@stores))`

	listMails db.SQL = mailColumns + mailsAndWriters + `
		and    (@state::text = '' or m.state = @state)
		and    (m.created_at, m.id) < (@key::timestamptz, @id::uuid)
		order  by m.created_at desc, m.id desc
		limit  @limit`

	mailsAbout db.SQL = mailColumns + mailsAndWriters + `
		and    m.subject_id = @about
		order  by m.created_at desc, m.id desc
		limit  20`

	showMail db.SQL = mailColumns + `, m.from_name, m.reply_to, m.body_text, m.body_html, m.file_name` + mailsAndWriters + `
		and    m.id = @id`

	readFile db.SQL = `
		select file_name, file_type, file_body
		from   mails
		where  tenant_id = @tenant and id = @id and file_body is not null
		and    (store_id is null or @stores::uuid[] is null or store_id = any(@stores))`

	tryAgain db.SQL = `
		update mails
		set    state = 'queued', tries = 0, due_at = @now
		where  tenant_id = @tenant and id = @id and state = 'failed'
		and    (store_id is null or @stores::uuid[] is null or store_id = any(@stores))`
)

// latest is the list's one order.
const latest = "-created"

var byTime = page.ByTime(func(m Mail) (time.Time, uuid.UUID) { return m.CreatedAt, m.ID })

// All lists the shop's letters, the newest first.
//
// Fails with request.bad_cursor.
func All(ctx context.Context, tx *db.Tx, in MailQuery) (wire.Page[Mail], error) {
	limit := page.Limit(in.Limit)
	args, err := byTime.Args(latest, in.After, limit)
	if err != nil {
		return wire.Page[Mail]{}, err
	}
	args["state"] = in.State
	rows, err := db.All[Mail](ctx, tx, listMails, args)
	return byTime.Cut(rows, latest, limit), err
}

// About lists the letters about one thing, the newest first.
func About(ctx context.Context, tx *db.Tx, id uuid.UUID) ([]Mail, error) {
	return db.All[Mail](ctx, tx, mailsAbout, db.Args{"about": id})
}

// Show gives a letter with what it says. It fails with mails.no_mail.
func Show(ctx context.Context, tx *db.Tx, in Key) (MailText, error) {
	found, ok, err := db.Maybe[MailText](ctx, tx, showMail, db.Args{"id": in.ID})
	if err == nil && !ok {
		err = noMail()
	}
	return found, err
}

type enclosure struct {
	FileName string
	FileType string
	FileBody []byte
}

// Enclosed gives the file that a letter carries. It fails with mails.no_mail; the
// files of old letters are not kept.
func Enclosed(ctx context.Context, tx *db.Tx, in Key) (web.File, error) {
	found, ok, err := db.Maybe[enclosure](ctx, tx, readFile, db.Args{"id": in.ID})
	if err == nil && !ok {
		err = noMail()
	}
	return web.File{Name: found.FileName, ContentType: found.FileType, Body: found.FileBody}, err
}

// TryAgain sends a letter once more that was given up. It fails with mails.no_mail.
func TryAgain(ctx context.Context, tx *db.Tx, in Key) (Mail, error) {
	batch := tx.Batch()
	batch.Exec(tryAgain, db.Args{"id": in.ID, "now": tx.Now()})
	if err := batch.Emit(Written{}); err != nil {
		return Mail{}, err
	}
	found, err := Show(ctx, tx, in)
	return found.Mail, err
}

func noMail() error { return fault.NotFound("mails.no_mail").Say("There is no such e-mail.") }

// oneLine is text fit for a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
