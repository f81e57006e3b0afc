package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/factors"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/secret"
)

// Cookie carries an operator's session. The browser keeps it to the console's host.
const Cookie = "__Host-souk-console"

const (
	lasting   = 12 * time.Hour
	idle      = time.Hour
	halfLasts = 10 * time.Minute
	halfTries = 10
	codeTries = 5
	longest   = 15 * time.Minute
	noted     = time.Minute // how exactly it is known when somebody was last there
)

const (
	staffByEmail db.SQL = `
		select id, email, name, password_hash, confirmed_at is not null as set_up from platform.staff where email = @email and disabled_at is null`

	addSession db.SQL = `
		insert into platform.staff_sessions (token_hash, staff_id, half, agent, address, created_at, proven_at, seen_at, expires_at)
		values (@hash, @staff, @half, @agent, @address, @now, @now, @now, @expires)`

	dropOld db.SQL = `delete from platform.staff_sessions where expires_at < @now`

	findSession db.SQL = `
		select f.id, f.email, f.name, f.confirmed_at is not null as set_up, s.proven_at, s.seen_at, s.wrong
		from   platform.staff_sessions s
		join   platform.staff f on f.id = s.staff_id and f.disabled_at is null
		where  s.token_hash = @hash and s.half = @half and s.expires_at > @now and (s.half or s.seen_at > @since)`

	seen db.SQL = `update platform.staff_sessions set seen_at = @now where token_hash = @hash`

	dropSession db.SQL = `delete from platform.staff_sessions where token_hash = @hash`

	wrongHalf db.SQL = `update platform.staff_sessions set wrong = wrong + 1 where token_hash = @hash`

	proveSession db.SQL = `update platform.staff_sessions set proven_at = @now where token_hash = @hash`

	keepSecret db.SQL = `
		update platform.staff set code_secret = @secret, last_step = 0, wrong = 0, wait_till = null where id = @id and confirmed_at is null`

	readSecret db.SQL = `select code_secret, last_step, wrong, wait_till from platform.staff where id = @id for update`

	takeCode db.SQL = `
		update platform.staff set last_step = @step, wrong = 0, wait_till = null, confirmed_at = coalesce(confirmed_at, @now)
		where  id = @id and last_step < @step`

	wrongCode db.SQL = `update platform.staff set wrong = wrong + 1, wait_till = @till where id = @id`
)

// operator is who of the platform's staff calls.
type operator struct {
	ID       uuid.UUID
	Email    string
	Name     string
	SetUp    bool // has an app that shows codes
	ProvenAt time.Time
	SeenAt   time.Time
	Wrong    int
}

type staffRow struct {
	ID           uuid.UUID
	Email        string
	Name         string
	PasswordHash string
	SetUp        bool
}

// decoy is verified where there is no such account, so that the time taken does not
// tell whether there is one.
var decoy = secret.HashPassword("no such operator")

// Step is what is before somebody whose password was right.
type Step struct {
	Kind  string `json:"kind" enum:"code,enrol"`
	Token string `json:"token"`
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// signIn checks a password. Nobody is signed in by that alone.
//
// Fails with console.wrong_password and auth.slow_down.
func (d *Desk) signIn(c *call) (any, error) {
	var in credentials
	if err := c.read(&in); err != nil {
		return nil, err
	}
	email := strings.ToLower(strings.TrimSpace(in.Email))
	address, _ := web.Caller(c.ctx)
	key := address + "|" + email
	if wait := d.tries.Wait(key, d.Database.Now()); wait > 0 {
		return nil, users.SlowDown(wait)
	}
	var found staffRow
	var there bool
	err := d.Database.Platform(c.ctx, "sign an operator in", func(ctx context.Context, tx *db.Tx) (err error) {
		found, there, err = db.Maybe[staffRow](ctx, tx, staffByEmail, db.Args{"email": email})
		return err
	})
	if err != nil {
		return nil, err
	}
	if !there {
		found.PasswordHash = decoy
	}
	if good := secret.Verify(found.PasswordHash, in.Password); !good || !there {
		d.tries.Failed(key, d.Database.Now())
		return nil, fault.Unauthenticated("console.wrong_password").Say("E-mail or password is not right.")
	}
	d.tries.Succeeded(key)
	token, err := d.begin(c, found.ID, true)
	kind := "enrol"
	if found.SetUp {
		kind = "code"
	}
	return Step{Kind: kind, Token: token}, err
}

func (d *Desk) begin(c *call, staff uuid.UUID, half bool) (string, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, by its contract
	token := base64.RawURLEncoding.EncodeToString(raw)
	lasts := lasting
	if half {
		lasts = halfLasts
	}
	address, agent := web.Caller(c.ctx)
	return token, d.Database.Platform(c.ctx, "begin an operator's session", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(dropOld, db.Args{"now": tx.Now()})
		batch.Exec(addSession, db.Args{
			"hash": hashOf(token), "staff": staff, "half": half, "agent": agent, "address": address, "now": tx.Now(), "expires": tx.Now().Add(lasts),
		})
		return batch.Done()
	})
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// find gives whose session a token is. Fails with auth.signed_out.
func (d *Desk) find(ctx context.Context, token string, half bool) (who operator, err error) {
	err = d.Database.Platform(ctx, "look whose operator's session it is", func(ctx context.Context, tx *db.Tx) error {
		var there bool
		who, there, err = db.Maybe[operator](ctx, tx, findSession, db.Args{"hash": hashOf(token), "half": half, "now": tx.Now(), "since": tx.Now().Add(-idle)})
		if err == nil && (!there || who.Wrong >= halfTries) {
			return fault.Unauthenticated("auth.signed_out").Say("Sign in to go on.")
		}
		if err == nil && !half && tx.Now().Sub(who.SeenAt) > noted {
			_, err = tx.Exec(ctx, seen, db.Args{"hash": hashOf(token), "now": tx.Now()})
		}
		return err
	})
	return who, err
}

// identify finds who calls, by the console's own cookie and by nothing else.
func (d *Desk) identify(c *call, r *http.Request, needs Needs) error {
	if needs == Nobody {
		return nil
	}
	cookie, err := r.Cookie(Cookie)
	if err != nil || cookie.Value == "" {
		return fault.Unauthenticated("auth.signed_out").Say("Sign in to go on.")
	}
	c.cookie = cookie.Value
	if c.who, err = d.find(c.ctx, cookie.Value, false); err != nil {
		return err
	}
	if needs == Proven && d.Database.Now().Sub(c.who.ProvenAt) > provenFor {
		return fault.Forbidden("auth.prove_again").Say("Show once more that it is you, then this goes on.")
	}
	return nil
}

type stepIn struct {
	Token string `json:"token"`
	Code  string `json:"code,omitempty"`
}

// halfway reads who has a second step before them. Fails with auth.step_over.
func (d *Desk) halfway(c *call) (in stepIn, who operator, err error) {
	if err = c.read(&in); err != nil {
		return in, who, err
	}
	if who, err = d.find(c.ctx, in.Token, true); err != nil {
		err = users.StepOver()
	}
	return in, who, err
}

// enrol sets an app up for an operator who has none yet.
//
// Fails with auth.step_over.
func (d *Desk) enrol(c *call) (any, error) {
	_, who, err := d.halfway(c)
	if err != nil {
		return nil, err
	}
	drawn, shown, err := factors.DrawCode("Souk console "+d.Domain, who.Email)
	if err != nil {
		return nil, err
	}
	return shown, d.Database.Platform(c.ctx, "set an operator's app up", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, keepSecret, db.Args{"id": who.ID, "secret": web.VaultOf(c.ctx).Seal(drawn, who.ID[:])})
		if err == nil && rows == 0 {
			err = users.StepOver()
		}
		return err
	})
}

// enterByCode signs an operator in whose password was right.
//
// Fails with auth.step_over, auth.wrong_code and auth.slow_down.
func (d *Desk) enterByCode(c *call) (any, error) {
	in, who, err := d.halfway(c)
	if err != nil {
		return nil, err
	}
	if err := d.check(c, who.ID, in.Code); err != nil {
		if noteErr := d.run(c, "count an operator's wrong code", wrongHalf, db.Args{"hash": hashOf(in.Token)}); noteErr != nil {
			return nil, noteErr
		}
		return nil, err
	}
	if err := d.run(c, "end an operator's second step", dropSession, db.Args{"hash": hashOf(in.Token)}); err != nil {
		return nil, err
	}
	token, err := d.begin(c, who.ID, false)
	c.set = &http.Cookie{
		Name: Cookie, Value: token, Path: "/", MaxAge: int(lasting.Seconds()), HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}
	c.who = who
	c.who.ProvenAt = d.Database.Now()
	if err == nil {
		err = d.note(c, entry{action: "signed_in"})
	}
	return d.me(c), err
}

func (d *Desk) run(c *call, reason string, sql db.SQL, args db.Args) error {
	return d.Database.Platform(c.ctx, reason, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, sql, args)
		return err
	})
}

type secretRow struct {
	CodeSecret []byte
	LastStep   int64
	Wrong      int
	WaitTill   *time.Time
}

// check takes a code of the operator's app, once. Wrong ones are counted where
// neither a restart nor another server makes a try free.
func (d *Desk) check(c *call, id uuid.UUID, code string) error {
	var refused error
	err := d.Database.Platform(c.ctx, "check an operator's code", func(ctx context.Context, tx *db.Tx) error {
		row, there, err := db.Maybe[secretRow](ctx, tx, readSecret, db.Args{"id": id})
		if err != nil {
			return err
		}
		if row.WaitTill != nil && tx.Now().Before(*row.WaitTill) {
			refused = users.SlowDown(row.WaitTill.Sub(tx.Now()))
			return nil
		}
		good := false
		if there && row.CodeSecret != nil {
			if good, err = d.take(ctx, tx, id, row, strings.ReplaceAll(strings.TrimSpace(code), " ", "")); err != nil {
				return err
			}
		}
		if good {
			return nil
		}
		refused = fault.Invalid("auth.wrong_code", fault.At("code", "auth.wrong_code", "")).
			Say("That code is not right. Each code is good once: wait for the next one, and see that the phone's clock is right.")
		var till *time.Time
		if wrong := row.Wrong + 1; wrong >= codeTries {
			until := tx.Now().Add(min(time.Second<<min(wrong-codeTries, 12), longest))
			till = &until
		}
		_, err = tx.Exec(ctx, wrongCode, db.Args{"id": id, "till": till})
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

func (d *Desk) take(ctx context.Context, tx *db.Tx, id uuid.UUID, row secretRow, code string) (bool, error) {
	opened, err := web.VaultOf(ctx).Open(row.CodeSecret, id[:])
	if err != nil {
		return false, err
	}
	step, err := factors.StepOf(opened, code, tx.Now())
	if err != nil || step <= row.LastStep {
		return false, err
	}
	rows, err := tx.Exec(ctx, takeCode, db.Args{"id": id, "step": step, "now": tx.Now()})
	return rows == 1, err
}

// Me is who is signed in.
type Me struct {
	Name    string `json:"name"`
	Email   string `json:"email"`
	Domain  string `json:"domain"`
	Version string `json:"version"`
}

func (d *Desk) me(c *call) Me {
	return Me{Name: c.who.Name, Email: c.who.Email, Domain: d.Domain, Version: d.Version}
}

func (d *Desk) current(c *call) (any, error) { return d.me(c), nil }

func (d *Desk) signOut(c *call) (any, error) {
	c.set = &http.Cookie{Name: Cookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode}
	return none{}, d.run(c, "end an operator's session", dropSession, db.Args{"hash": hashOf(c.cookie)})
}

// prove shows by a fresh code who is signed in, for what asks for it.
//
// Fails with auth.wrong_code and auth.slow_down.
func (d *Desk) prove(c *call) (any, error) {
	var in struct {
		Code string `json:"code"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := d.check(c, c.who.ID, in.Code); err != nil {
		return nil, err
	}
	return none{}, d.Database.Platform(c.ctx, "note an operator's proof", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, proveSession, db.Args{"hash": hashOf(c.cookie), "now": tx.Now()})
		return err
	})
}
