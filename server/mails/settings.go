package mails

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/mail"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// Settings are how the shop's letters are signed.
type Settings struct {
	FromName string `json:"from_name" db:"from_name" maxLength:"80" doc:"Empty for the shop's name"`
	ReplyTo  string `json:"reply_to" db:"reply_to" maxLength:"254" doc:"Where answers go; empty for nowhere"`
	Version  int    `json:"version" db:"version"`
	// Post says what becomes of letters on this server.
	Post string `json:"post" db:"-" enum:"none,smtp,kept" readOnly:"true" doc:"none: no mail server is set up; kept: a demo, letters go nowhere"`
	Name string `json:"shop_name" db:"shop_name" readOnly:"true"`
}

// Test is where a letter to try the settings goes.
type Test struct {
	ID uuid.UUID `json:"id"`
	To string    `json:"to" maxLength:"254"`
}

const (
	readSettings db.SQL = `
		select coalesce(s.from_name, '') as from_name, coalesce(s.reply_to, '') as reply_to, coalesce(s.version, 0) as version, c.name as shop_name
		from   company c
		left   join mail_settings s on s.tenant_id = @tenant
		where  c.tenant_id = @tenant`

	firstSettings db.SQL = `
		insert into mail_settings (tenant_id, from_name, reply_to) values (@tenant, @name, @reply)
		on conflict do nothing
		returning version`

	changeSettings db.SQL = `
		update mail_settings
		set    from_name = @name, reply_to = @reply, version = version + 1
		where  tenant_id = @tenant and version = @version
		returning version`
)

// ReadSettings gives how the shop's letters are signed, and whether they go out.
func ReadSettings(ctx context.Context, tx *db.Tx, _ web.None) (Settings, error) {
	found, err := db.One[Settings](ctx, tx, readSettings, db.Args{})
	found.Post = web.SiteOf(ctx).Post
	if found.Post == "" {
		found.Post = PostNone
	}
	return found, err
}

// What becomes of letters on a server.
const (
	PostNone = "none"
	PostSMTP = "smtp"
	PostKept = "kept"
)

// ChangeSettings changes them.
//
// Fails with mails.bad_address and mails.changed_meanwhile.
func ChangeSettings(ctx context.Context, tx *db.Tx, in Settings) (Settings, error) {
	reply := ""
	if in.ReplyTo != "" {
		var err error
		if reply, err = mail.Address(in.ReplyTo); err != nil {
			return Settings{}, badAddress("reply_to", err)
		}
	}
	statement := changeSettings
	args := db.Args{"name": oneLine(in.FromName), "reply": reply}
	if in.Version == 0 {
		statement = firstSettings
	} else {
		args["version"] = in.Version
	}
	_, changed, err := db.Maybe[int](ctx, tx, statement, args)
	if err != nil {
		return Settings{}, err
	}
	if !changed {
		return Settings{}, fault.Conflict("mails.changed_meanwhile").Say("Someone else changed this meanwhile. Look at it again, then save.")
	}
	return ReadSettings(ctx, tx, web.None{})
}

// SendTest writes a letter that says that letters arrive.
//
// Fails as Write does, and with mails.no_server where nothing could send it.
func SendTest(ctx context.Context, tx *db.Tx, in Test) (Mail, error) {
	if web.SiteOf(ctx).Post == "" {
		return Mail{}, NoServer()
	}
	settings, err := ReadSettings(ctx, tx, web.None{})
	if err != nil {
		return Mail{}, err
	}
	err = Write(ctx, tx, Letter{
		ID: in.ID, Kind: KindTest, To: in.To, Locale: "en", Subject: "Test from " + settings.Name,
		Text: "This is a test. E-mails of " + settings.Name + " arrive here.\n",
	})
	if err != nil {
		return Mail{}, err
	}
	found, err := Show(ctx, tx, Key{ID: in.ID})
	return found.Mail, err
}

// NoServer is the fault of a server that sends no letters.
func NoServer() error {
	return fault.Conflict("mails.no_server").
		Say("This server sends no e-mail yet: whoever runs it sets SOUK_SMTP_HOST and SOUK_SMTP_FROM. Print the receipt instead.")
}
