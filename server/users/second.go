package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// StepKind says what somebody has to do still whose password was right.
type StepKind string

// The kinds of second step.
const (
	StepProve StepKind = "prove"
	StepEnrol StepKind = "enrol"
)

// SecondStep is what is before somebody whose password was right. Its token is good
// for that and for nothing else.
type SecondStep struct {
	Token   string   `json:"token"`
	Kind    StepKind `json:"kind" enum:"prove,enrol"`
	Code    bool     `json:"code" doc:"A code of an app will do"`
	Passkey bool     `json:"passkey" doc:"A passkey will do"`
}

// Half is somebody whose password was right.
type Half struct {
	TokenHash []byte
	AccountID uuid.UUID
	PersonID  uuid.UUID
	Kind      StepKind
	Wrong     int
}

const (
	halfLasts  = 5 * time.Minute
	enrolLasts = 15 * time.Minute
	halfTries  = 10
)

const (
	waysOf db.SQL = `
		select exists (select from platform.account_codes c where c.account_id = @account and c.confirmed_at is not null) as code,
		       exists (select from platform.passkeys k where k.account_id = @account) as passkey`

	secondStepRoles db.SQL = `select second_step_roles from company where tenant_id = @tenant`

	addHalf db.SQL = `
		insert into platform.half_sessions (token_hash, tenant_id, account_id, person_id, kind, expires_at)
		values (@hash, @shop, @account, @person, @kind, @expires)`

	dropHalves db.SQL = `delete from platform.half_sessions where expires_at < @now`

	findHalf db.SQL = `
		select token_hash, account_id, person_id, kind, wrong
		from   platform.half_sessions
		where  token_hash = @hash and tenant_id = @shop and kind = @kind and expires_at > @now and wrong < @most`

	wrongHalf db.SQL = `update platform.half_sessions set wrong = wrong + 1 where token_hash = @hash`

	dropHalf db.SQL = `delete from platform.half_sessions where token_hash = @hash`

	accountOfPerson db.SQL = `select account_id from people where tenant_id = @tenant and id = @id and active`

	proofOfAccount db.SQL = `select email, name, password_hash from platform.accounts where id = @id and disabled_at is null`

	proveSession db.SQL = `update sessions set proven_at = @now where tenant_id = @tenant and id = @id`
)

type waysRow struct{ Code, Passkey bool }

// waysIn tells which second steps an account has.
func waysIn(ctx context.Context, database *db.DB, account uuid.UUID) (ways waysRow, err error) {
	err = database.Platform(ctx, "look for a second step", func(ctx context.Context, tx *db.Tx) (err error) {
		ways, err = db.One[waysRow](ctx, tx, waysOf, db.Args{"account": account})
		return err
	})
	return ways, err
}

// next is what is before a person still; "" is nothing. A passkey alone asks for
// nothing where the shop does not: whoever loses it still has the password.
func (w waysRow) next(ctx context.Context, tx *db.Tx, role wire.Role) (StepKind, error) {
	if w.Code {
		return StepProve, nil
	}
	roles, err := db.One[[]string](ctx, tx, secondStepRoles, db.Args{})
	switch {
	case err != nil || !slices.Contains(roles, string(role)):
		return "", err
	case w.Passkey:
		return StepProve, nil
	}
	return StepEnrol, nil
}

// halfway keeps that a password was right, and gives what is left to do.
func halfway(ctx context.Context, database *db.DB, half Half, ways waysRow) (Session, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, by its contract
	token := base64.RawURLEncoding.EncodeToString(raw)
	lasts := halfLasts
	if half.Kind == StepEnrol {
		lasts = enrolLasts
	}
	err := database.Platform(ctx, "keep a second step to be taken", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(dropHalves, db.Args{"now": tx.Now()})
		batch.Exec(addHalf, db.Args{
			"hash": hashOf(token), "shop": web.TenantOf(ctx).ID, "account": half.AccountID, "person": half.PersonID, "kind": half.Kind, "expires": tx.Now().Add(lasts),
		})
		return batch.Done()
	})
	second := &SecondStep{Token: token, Kind: half.Kind, Code: ways.Code, Passkey: ways.Passkey}
	return Session{Permissions: []wire.Permission{}, Stores: []SessionStore{}, Second: second}, err
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindHalf gives who has this second step before them. It fails with auth.step_over.
func FindHalf(ctx context.Context, database *db.DB, token string, kind StepKind) (half Half, err error) {
	err = database.Platform(ctx, "look who takes a second step", func(ctx context.Context, tx *db.Tx) error {
		var found bool
		half, found, err = db.Maybe[Half](ctx, tx, findHalf, db.Args{
			"hash": hashOf(token), "shop": web.TenantOf(ctx).ID, "kind": kind, "now": tx.Now(), "most": halfTries,
		})
		if err == nil && !found {
			err = StepOver()
		}
		return err
	})
	return half, err
}

// StepOver is the fault of a second step that takes too long, or was guessed at too often.
func StepOver() error {
	return fault.Unauthenticated("auth.step_over").Say("This took too long. Sign in again from the start.")
}

// Failed counts a wrong second step.
func (h Half) Failed(ctx context.Context, database *db.DB) error {
	return database.Platform(ctx, "count a wrong second step", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, wrongHalf, db.Args{"hash": h.TokenHash})
		return err
	})
}

// Finish begins the browser session of someone who has taken the second step, once.
//
// Fails with auth.step_over.
func (h Half) Finish(ctx context.Context, database *db.DB) (Session, error) {
	err := database.Platform(ctx, "end a second step", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, dropHalf, db.Args{"hash": h.TokenHash})
		if err == nil && rows == 0 {
			err = StepOver()
		}
		return err
	})
	if err != nil {
		return Session{}, err
	}
	return h.Enter(ctx, database)
}

// Enter begins the browser session of someone who has proven who it is.
//
// Fails with auth.wrong_password if the account does not work in this shop.
func (h Half) Enter(ctx context.Context, database *db.DB) (Session, error) {
	var session Session
	err := database.Tenant(ctx, db.Identity{Tenant: web.TenantOf(ctx).ID, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		member, here, err := db.Maybe[memberRow](ctx, tx, personByAccount, db.Args{"account": h.AccountID})
		if err != nil || !here {
			return orElse(err, wrongPassword())
		}
		session, err = begin(ctx, tx, member, nil)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	keepSession(ctx, session.Token)
	session.Token = ""
	return session, nil
}

// Own is the account behind the caller's browser session.
type Own struct {
	ID           uuid.UUID `db:"-"`
	Email        string
	Name         string
	PasswordHash string
}

// OwnAccount finds the account of the caller. Who came by PIN has shown nothing that
// would do for it.
//
// Fails with auth.no_account.
func OwnAccount(ctx context.Context, database *db.DB) (own Own, err error) {
	actor := auth.From(ctx)
	var id *uuid.UUID
	if actor.Person != uuid.Nil && actor.Device == uuid.Nil {
		err = database.Read(ctx, actor.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
			id, _, err = db.Maybe[*uuid.UUID](ctx, tx, accountOfPerson, db.Args{"id": actor.Person})
			return err
		})
	}
	if err != nil || id == nil {
		return Own{}, orElse(err, fault.Conflict("auth.no_account").Say("This is for those who sign in by e-mail and password."))
	}
	return AccountByID(ctx, database, *id)
}

// AccountByID is an account that may sign in.
func AccountByID(ctx context.Context, database *db.DB, id uuid.UUID) (own Own, err error) {
	err = database.Platform(ctx, "read an account that proves who it is", func(ctx context.Context, tx *db.Tx) (err error) {
		own, err = db.One[Own](ctx, tx, proofOfAccount, db.Args{"id": id})
		return err
	})
	own.ID = id
	return own, err
}

// proofs are wrong passwords of people who are signed in, by session.
var proofs = NewTries()

// CheckOwn has the caller prove by the password that it is the account's owner.
//
// Fails with auth.wrong_proof and auth.slow_down.
func CheckOwn(ctx context.Context, database *db.DB, own Own, password string) error {
	key := own.ID.String() + "|" + auth.From(ctx).Session.String()
	if wait := proofs.Wait(key, database.Now()); wait > 0 {
		return SlowDown(wait)
	}
	if !secret.Verify(own.PasswordHash, password) {
		proofs.Failed(key, database.Now())
		return fault.Invalid("auth.wrong_proof", fault.At("password", "auth.wrong_proof", "")).Say("That is not your password.")
	}
	proofs.Succeeded(key)
	return nil
}

// Proven notes that the caller has just shown who it is.
func Proven(ctx context.Context, tx *db.Tx) error {
	auth.Changed(ctx, tx)
	_, err := tx.Exec(ctx, proveSession, db.Args{"id": auth.From(ctx).Session, "now": tx.Now()})
	return err
}
