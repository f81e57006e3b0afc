package access

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/mails"
	"souk/server/platform/db"
	"souk/server/platform/web"
)

// KeptLetter is a letter that a demo shows instead of sending it.
type KeptLetter struct {
	ID        uuid.UUID `json:"id" db:"id"`
	Kind      string    `json:"kind" db:"kind" enum:"invitation,password"`
	To        string    `json:"to" db:"to_address"`
	Subject   string    `json:"subject" db:"subject"`
	Text      string    `json:"text" db:"body_text"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
}

// A shop of one's own on a demo server has its letters shown to who sits at the
// server only: whoever reads them gets in.
const keptLetters db.SQL = `
	select l.id, l.kind, l.to_address, l.subject, l.body_text, l.created_at
	from   platform.account_letters l
	join   platform.tenants t on t.id = l.tenant_id and (t.demo or @local)
	where  l.tenant_id = @shop and l.state = 'kept'
	order  by l.created_at desc, l.id desc
	limit  50`

// Mailboxed are the letters that a demo has kept.
type Mailboxed struct {
	// Kept says that letters are kept here instead of being sent.
	Kept bool         `json:"kept"`
	Rows []KeptLetter `json:"rows" nullable:"false"`
}

// Mailbox lists the letters that a demo has kept at this shop's address, the latest
// first. Where letters are sent there are none.
func Mailbox(ctx context.Context, database *db.DB, _ web.None) (Mailboxed, error) {
	box := Mailboxed{Kept: web.SiteOf(ctx).Post == mails.PostKept, Rows: []KeptLetter{}}
	if !box.Kept {
		return box, nil
	}
	return box, database.Platform(ctx, "show a demo's letters", func(ctx context.Context, tx *db.Tx) (err error) {
		box.Rows, err = db.All[KeptLetter](ctx, tx, keptLetters, db.Args{"shop": web.TenantOf(ctx).ID, "local": web.Local(ctx)})
		return err
	})
}
