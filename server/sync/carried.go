package sync

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// author is the device whose journal is brought by another one.
type author struct {
	ID       uuid.UUID
	Register uuid.UUID
	Series   string
	Name     string
	Key      []byte
	Revoked  bool
}

const readAuthor db.SQL = `
	select d.id, d.register_id as register, d.series, d.name, d.token_hash as key, d.revoked_at is not null as revoked
	from   devices d
	join   registers r on r.tenant_id = @tenant and r.id = d.register_id
	where  d.tenant_id = @tenant and d.id = @device and (@stores::uuid[] is null or r.store_id = any(@stores))`

// TakeCarried takes a run of another till's journal, as if that till had sent it
// itself: each entry once, whichever of the two brings it first. A till whose
// pairing was taken away is not trusted to have made it: all of it goes to the
// exceptions, with its money, for somebody to look at.
//
// Fails with sync.carried_unknown if the journal is of no till of the caller's store,
// with sync.carried_unproven if it is not what that till wrote, and as Take does.
func TakeCarried(ctx context.Context, database *db.DB, in wire.Carried) (wire.UploadAnswer, error) {
	answer := wire.UploadAnswer{Acks: []wire.Ack{}}
	bearer := auth.From(ctx)
	var of db.Found[author]
	err := database.Read(ctx, bearer.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		of.Row, of.Found, err = db.Maybe[author](ctx, tx, readAuthor, db.Args{"device": in.DeviceID})
		return err
	})
	switch {
	case err != nil:
		return answer, err
	case !of.Found:
		return answer, fault.NotFound("sync.carried_unknown").Say("These sales are of no till of this store. Bring them in at a till of the store that made them.")
	case !in.Proven(of.Row.Key):
		return answer, fault.Invalid("sync.carried_unproven").Say("This file is not what that till wrote, or was changed since. Save it again there.")
	}
	slog.InfoContext(ctx, "a till brings another one's entries", "ref", web.RequestID(ctx), "bearer", bearer.Device, "device", of.Row.ID, "entries", len(in.Entries))
	bearer.Device, bearer.Register, bearer.Series, bearer.Name = of.Row.ID, of.Row.Register, of.Row.Series, of.Row.Name
	ctx = auth.With(ctx, bearer)
	u := upload{database: database, actor: bearer, distrusted: of.Row.Revoked}
	if answer.Acks, err = u.takeAll(ctx, in.Entries); err != nil {
		return answer, err
	}
	answer.Last, err = u.head(ctx)
	return answer, err
}

var distrust = trouble{
	code: "sync.device_revoked", detail: "The till that made this is no longer one of the shop's. Look whether it is sound, then enter it by hand.",
}
