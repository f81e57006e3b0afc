package users

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// Session tells a client who is signed in, where, and what may be done.
type Session struct {
	User        SessionUser       `json:"user"`
	Shop        SessionShop       `json:"shop"`
	Permissions []wire.Permission `json:"permissions" nullable:"false"`
	// Stores are those in which the person works, by name; closed ones too.
	Stores []SessionStore `json:"stores" nullable:"false"`
	// Second is set, and nothing else, if a second step has to be taken first.
	Second *SecondStep `json:"second,omitempty"`
	// Support is set where the platform's support is signed in.
	Support *SessionSupport `json:"support,omitempty"`
	// Limited is set if the shop may have stores beside these.
	Limited bool `json:"limited"`
	// Closed are the modules that are not there for this person: off for the shop, or
	// closed to the role.
	Closed []string `json:"closed" nullable:"false"`
	// Token is given to tills only; a browser gets a cookie that its pages cannot read.
	Token string `json:"token,omitempty"`
}

// SessionSupport tells how far the shop has let the platform's support in.
type SessionSupport struct {
	Until    time.Time `json:"until"`
	ViewOnly bool      `json:"view_only"`
}

// SessionUser is the person.
type SessionUser struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Role wire.Role `json:"role"`

	RoleID   *uuid.UUID `json:"role_id,omitempty"`
	RoleName string     `json:"role_name" doc:"The shop's own role's name; empty for a built-in one"`
}

// SessionShop is the shop as every page needs it.
type SessionShop struct {
	Name         string            `json:"name"`
	Slug         string            `json:"slug" db:"-"`
	Place        string            `json:"place" doc:"The store, if there is only one"`
	Locale       string            `json:"locale"`
	Currency     string            `json:"currency"`
	TimeZone     string            `json:"time_zone"`
	BusinessType wire.BusinessType `json:"business_type"`
	Words        wire.BusinessType `json:"words" doc:"The kind of business whose words the shop uses"`
	TaxIncluded  bool              `json:"tax_included"`
}

// SessionStore is a store that the person may look at.
type SessionStore struct {
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name"`
	TimeZone string    `json:"time_zone"`
	Active   bool      `json:"active"`
}

// Credentials are what a person types to sign in.
type Credentials struct {
	Email    string `json:"email" minLength:"3" maxLength:"200"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

const lasting = 14 * 24 * time.Hour

const (
	accountByEmail db.SQL = `
		select id, password_hash from platform.accounts where email = @email and disabled_at is null`

	personByAccount db.SQL = `
		select p.id, p.name, p.role, p.role_id, p.pin_hash, l.stores
		from   people p
		cross  join lateral (
			select array_agg(o.store_id) as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id and p.role <> 'owner') l
		where  p.tenant_id = @tenant and p.account_id = @account and p.active`

	personByID db.SQL = `
		select p.id, p.name, p.role, p.role_id, p.pin_hash, l.stores
		from   people p
		cross  join lateral (
			select array_agg(o.store_id) as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id and p.role <> 'owner') l
		where  p.tenant_id = @tenant and p.id = @id and p.active`

	addSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, device_id, token_hash, user_agent, support_grant_id, proven_at, created_at, expires_at)
		values (@tenant, @id, @person, @device, @hash, @agent, @grant, @proven, @now, @expires)`

	endSession db.SQL = `
		update sessions set revoked_at = @now where tenant_id = @tenant and id = @id`

	sessionShop db.SQL = `
		select c.name, c.locale, c.currency, c.business_type, coalesce(nullif(c.words, ''), c.business_type) as words, c.prices_include_tax as tax_included,
		       case when count(s.id) = 1 then min(s.name) else '' end as place,
		       min(s.time_zone) as time_zone
		from   company c
		join   stores s on s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores))
		where  c.tenant_id = @tenant
		group  by c.name, c.locale, c.currency, c.business_type, c.words, c.prices_include_tax`

	sessionStores db.SQL = `
		select id, name, time_zone, active
		from   stores
		where  tenant_id = @tenant and (@stores::uuid[] is null or id = any(@stores))
		order  by name, id`
)

type accountRow struct {
	ID           uuid.UUID
	PasswordHash string
}

type memberRow struct {
	ID      uuid.UUID
	Name    string
	Role    wire.Role
	RoleID  *uuid.UUID
	PINHash string `db:"pin_hash"`
	Stores  []uuid.UUID
	// Support is set for who comes by a grant.
	Support auth.Support `db:"-"`
	// Proven is when who comes from another shop has last shown who it is.
	Proven *time.Time `db:"-"`
}

// decoy is verified when there is no such account, so that the time taken does
// not tell whether there is one.
var decoy = secret.HashPassword("no such account")

// prove finds the account of an address and a password. A wrong password and an
// unknown address get the same answer after the same time, and count as a try under
// the key that it gives.
//
// Fails with auth.wrong_password and auth.slow_down.
func prove(ctx context.Context, database *db.DB, in Credentials) (account uuid.UUID, key string, err error) {
	email := plainEmail(in.Email)
	address, _ := web.Caller(ctx)
	key = web.TenantOf(ctx).ID.String() + "|" + address + "|" + email
	if wait := tries.Wait(key, database.Now()); wait > 0 {
		return uuid.Nil, key, SlowDown(wait)
	}
	var row accountRow
	var found bool
	err = database.Platform(ctx, "sign in by password", func(ctx context.Context, tx *db.Tx) (err error) {
		row, found, err = db.Maybe[accountRow](ctx, tx, accountByEmail, db.Args{"email": email})
		return err
	})
	if err != nil {
		return uuid.Nil, key, err
	}
	if !found {
		row.PasswordHash = decoy
	}
	if good := secret.Verify(row.PasswordHash, in.Password); !good || !found {
		tries.Failed(key, database.Now())
		return uuid.Nil, key, wrongPassword()
	}
	return row.ID, key, nil
}

func plainEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// SignIn begins a browser session and sets its cookie. A wrong password, an
// unknown address and an account that does not work here get the same answer.
//
// Fails with auth.wrong_password and auth.slow_down.
func SignIn(ctx context.Context, database *db.DB, in Credentials) (Session, error) {
	account, key, err := prove(ctx, database, in)
	if err != nil {
		return Session{}, err
	}
	ways, err := waysIn(ctx, database, account)
	if err != nil {
		return Session{}, err
	}
	tenant := db.Identity{Tenant: web.TenantOf(ctx).ID, Stores: db.AllStores()}
	half := Half{AccountID: account}
	var session Session
	err = database.Tenant(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		member, here, err := db.Maybe[memberRow](ctx, tx, personByAccount, db.Args{"account": account})
		if err != nil {
			return err
		}
		if !here {
			return wrongPassword()
		}
		half.PersonID = member.ID
		if half.Kind, err = ways.next(ctx, tx, member.Role); err != nil || half.Kind != "" {
			return err
		}
		session, err = begin(ctx, tx, member, nil)
		return err
	})
	if err != nil {
		tries.Failed(key, database.Now())
		return Session{}, err
	}
	tries.Succeeded(key)
	if half.Kind != "" {
		return halfway(ctx, database, half, ways)
	}
	keepSession(ctx, session.Token)
	session.Token = ""
	return session, nil
}

func keepSession(ctx context.Context, token string) {
	web.SetCookie(ctx, &http.Cookie{
		Name: web.SessionCookie, Value: token, Path: "/", MaxAge: int(lasting.Seconds()),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
}

// SignInByPIN begins a session of a person at the paired till that asks.
//
// Fails with auth.wrong_pin, auth.slow_down, auth.not_a_till and
// auth.not_in_store.
func SignInByPIN(ctx context.Context, database *db.DB, in wire.PinSignIn) (Session, error) {
	actor := auth.From(ctx)
	if actor.Role != wire.Till {
		return Session{}, fault.Forbidden("auth.not_a_till").Say("PINs are for paired tills. Sign in by e-mail here.")
	}
	key := actor.Device.String() + "|" + in.PersonID.String()
	if wait := tries.Wait(key, database.Now()); wait > 0 {
		return Session{}, SlowDown(wait)
	}
	var session Session
	err := database.Tenant(ctx, actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
		member, _, err := db.Maybe[memberRow](ctx, tx, personByID, db.Args{"id": in.PersonID})
		if err != nil {
			return err
		}
		if !secret.Verify(member.PINHash, in.PIN) {
			return fault.Unauthenticated("auth.wrong_pin").Say("That PIN is not right.")
		}
		if tx.Stores().Within(auth.WorksIn(member.Stores)).None() {
			return fault.Forbidden("auth.not_in_store").Say("You do not work in this store. A manager can add it to your stores.")
		}
		session, err = begin(ctx, tx, member, &actor.Device)
		return err
	})
	if err != nil {
		tries.Failed(key, database.Now())
		return Session{}, err
	}
	tries.Succeeded(key)
	return session, nil
}

// CheckPIN fails unless a PIN is the person's, for who approves something at
// somebody else's register. Wrong ones count as when signing in by PIN; whoever is
// signed in there stays so.
//
// Fails with auth.wrong_pin and auth.slow_down.
func CheckPIN(ctx context.Context, database *db.DB, person uuid.UUID, pin string) error {
	actor := auth.From(ctx)
	at := actor.Device
	if at == uuid.Nil {
		at = actor.Person
	}
	key := at.String() + "|" + person.String()
	if wait := tries.Wait(key, database.Now()); wait > 0 {
		return SlowDown(wait)
	}
	var member memberRow
	err := database.Read(ctx, actor.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		member, _, err = db.Maybe[memberRow](ctx, tx, personByID, db.Args{"id": person})
		return err
	})
	switch {
	case err != nil:
		return err
	case !secret.Verify(member.PINHash, pin):
		tries.Failed(key, database.Now())
		return fault.Forbidden("auth.wrong_pin").Say("That PIN is not right.")
	}
	tries.Succeeded(key)
	return nil
}

func begin(ctx context.Context, tx *db.Tx, member memberRow, device *uuid.UUID) (Session, error) {
	text, token := auth.Mint(auth.TokenSession, tx.TenantID())
	_, agent := web.Caller(ctx)
	var grant *uuid.UUID
	expires := tx.Now().Add(lasting)
	if member.Support.Is() {
		grant, expires = &member.Support.Grant, member.Support.Until
	}
	tx.Batch().Exec(addSession, db.Args{
		"id": uuid.Must(uuid.NewV7()), "person": member.ID, "device": device, "hash": token.Hash,
		"agent": agent, "grant": grant, "proven": member.Proven, "now": tx.Now(), "expires": expires,
	})
	tx.Narrow(auth.WorksIn(member.Stores))
	session, err := describe(ctx, tx, SessionUser{ID: member.ID, Name: member.Name, Role: member.Role, RoleID: member.RoleID}, member.Stores != nil)
	session.Token = text
	session.marked(ctx, member.Support)
	return session, err
}

func describe(ctx context.Context, tx *db.Tx, user SessionUser, limited bool) (Session, error) {
	r := tx.Reads()
	found := db.ReadMaybe[SessionShop](r, sessionShop, db.Args{})
	stores := db.ReadAll[SessionStore](r, sessionStores, db.Args{})
	read := auth.ReadRoles(ctx, r)
	if err := r.Run(ctx); err != nil {
		return Session{}, err
	}
	if !found.Found {
		return Session{}, fault.NotFound("tenants.unknown").Say("There is no such shop.")
	}
	shop, roles := found.Row, read.Roles()
	shop.Slug = web.TenantOf(ctx).Slug
	if user.RoleID != nil {
		own, _ := roles.Own(*user.RoleID)
		user.RoleName = own.Name
	}
	rights := roles.In(user.Role, user.RoleID, limited)
	return Session{
		User: user, Shop: shop, Permissions: rights.List(), Closed: roles.Closed(rights), Stores: *stores, Limited: tx.Stores().Limited(),
	}, nil
}

// Current tells who is signed in.
func Current(ctx context.Context, tx *db.Tx, _ web.None) (Session, error) {
	actor := auth.From(ctx)
	session, err := describe(ctx, tx, SessionUser{ID: actor.Person, Name: actor.Name, Role: actor.Role, RoleID: actor.RoleID}, actor.Limited())
	session.marked(ctx, actor.Support)
	return session, err
}

// marked says whose session it is, if it is the platform's support's.
func (s *Session) marked(ctx context.Context, support auth.Support) {
	if !support.Is() {
		return
	}
	s.Support = &SessionSupport{Until: support.Until, ViewOnly: support.ViewOnly}
	if support.ViewOnly {
		rights := auth.Rights{}
		for _, permission := range s.Permissions {
			rights[permission] = true
		}
		s.Permissions = auth.Seen(ctx, rights).List()
	}
}

// SignOut ends the session for good.
func SignOut(ctx context.Context, tx *db.Tx, _ web.None) (web.None, error) {
	batch := tx.Batch()
	batch.Exec(endSession, db.Args{"id": auth.From(ctx).Session, "now": tx.Now()})
	auth.Changed(ctx, tx)
	web.SetCookie(ctx, &http.Cookie{
		Name: web.SessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
	return web.None{}, batch.Done()
}

func wrongPassword() error {
	return fault.Unauthenticated("auth.wrong_password").Say("E-mail or password is not right for this shop.")
}

// SlowDown is the fault of someone who has been wrong too often.
func SlowDown(wait time.Duration) error {
	return fault.TooMany("auth.slow_down", wait).Messagef("Too many wrong tries. Wait %d seconds, then try again.", int(wait.Seconds())+1)
}
