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

// OpenSession is somebody signed in somewhere.
type OpenSession struct {
	ID       uuid.UUID `json:"id"`
	PersonID uuid.UUID `json:"person_id"`
	Device   string    `json:"device" doc:"The till's name; empty for a browser"`
	Agent    string    `json:"agent" db:"user_agent" doc:"How the browser calls itself"`
	Since    time.Time `json:"since" db:"created_at"`
	Until    time.Time `json:"until" db:"expires_at"`
	// Here is the session that asks.
	Here bool `json:"here" db:"-"`
}

// PersonIn names a person.
type PersonIn struct {
	ID uuid.UUID `path:"id"`
}

// SessionIn names a session.
type SessionIn struct {
	ID uuid.UUID `path:"id"`
}

const (
	openSessions db.SQL = `
		select s.id, s.person_id, coalesce(d.name, '') as device, s.user_agent, s.created_at, s.expires_at
		from   sessions s
		left   join devices d on d.tenant_id = @tenant and d.id = s.device_id
		where  s.tenant_id = @tenant and s.person_id = @person and s.revoked_at is null and s.expires_at > @now
		and    (s.device_id is null or d.revoked_at is null)
		order  by s.created_at desc, s.id desc
		limit  200`

	personOfSession db.SQL = `
		select person_id from sessions where tenant_id = @tenant and id = @id and revoked_at is null`
)

// SessionsOf lists where a person is signed in, the latest first.
func SessionsOf(ctx context.Context, tx *db.Tx, in PersonIn) (wire.Page[OpenSession], error) {
	person, err := find(ctx, tx, in.ID)
	if err != nil {
		return wire.Page[OpenSession]{}, err
	}
	return sessionsOf(ctx, tx, person.ID)
}

// OwnSessions lists where the caller is signed in, the latest first.
func OwnSessions(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[OpenSession], error) {
	return sessionsOf(ctx, tx, auth.From(ctx).Person)
}

func sessionsOf(ctx context.Context, tx *db.Tx, person uuid.UUID) (wire.Page[OpenSession], error) {
	rows, err := db.All[OpenSession](ctx, tx, openSessions, db.Args{"person": person, "now": tx.Now()})
	for i := range rows {
		rows[i].Here = rows[i].ID == auth.From(ctx).Session
	}
	return wire.Page[OpenSession]{Rows: rows}, err
}

// EndSession signs a person out somewhere. It holds on the next request there, and
// open sockets close within five seconds.
//
// Fails with people.no_session, people.above_you and people.beyond_your_stores.
func EndSession(ctx context.Context, tx *db.Tx, in SessionIn) (web.None, error) {
	id, open, err := db.Maybe[uuid.UUID](ctx, tx, personOfSession, db.Args{"id": in.ID})
	if err != nil || !open {
		return web.None{}, orElse(err, noSession())
	}
	person, err := find(ctx, tx, id)
	if err != nil {
		return web.None{}, err
	}
	if err := mayTouch(ctx, tx, person); err != nil {
		return web.None{}, err
	}
	return end(ctx, tx, in.ID)
}

// EndOwnSession signs the caller out somewhere else, or here.
//
// Fails with people.no_session.
func EndOwnSession(ctx context.Context, tx *db.Tx, in SessionIn) (web.None, error) {
	id, open, err := db.Maybe[uuid.UUID](ctx, tx, personOfSession, db.Args{"id": in.ID})
	if err != nil || !open || id != auth.From(ctx).Person {
		return web.None{}, orElse(err, noSession())
	}
	return end(ctx, tx, in.ID)
}

func end(ctx context.Context, tx *db.Tx, id uuid.UUID) (web.None, error) {
	batch := tx.Batch()
	batch.Exec(endSession, db.Args{"id": id, "now": tx.Now()})
	auth.Changed(ctx, tx)
	return web.None{}, batch.Done()
}

func noSession() error {
	return fault.NotFound("people.no_session").Say("This session is over already.")
}
