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
	// Limited is set if the shop may have stores beside these.
	Limited bool `json:"limited"`
	// Token is given to tills only; a browser gets a cookie that its pages cannot read.
	Token string `json:"token,omitempty"`
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
		insert into sessions (tenant_id, id, person_id, device_id, token_hash, user_agent, created_at, expires_at)
		values (@tenant, @id, @person, @device, @hash, @agent, @now, @expires)`

	endSession db.SQL = `
		update sessions set revoked_at = @now where tenant_id = @tenant and id = @id`

	sessionShop db.SQL = `
		select c.name, c.locale, c.currency, c.business_type, c.prices_include_tax as tax_included,
		       case when count(s.id) = 1 then min(s.name) else '' end as place,
		       min(s.time_zone) as time_zone
		from   company c
		join   stores s on s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores))
		where  c.tenant_id = @tenant
		group  by c.name, c.locale, c.currency, c.business_type, c.prices_include_tax`

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
}

// decoy is verified when there is no such account, so that the time taken does
// not tell whether there is one.
var decoy = secret.HashPassword("no such account")

// SignIn begins a browser session and sets its cookie. A wrong password, an
// unknown address and an account that does not work here get the same answer.
//
// Fails with auth.wrong_password and auth.slow_down.
func SignIn(ctx context.Context, database *db.DB, in Credentials) (Session, error) {
	email := strings.ToLower(strings.TrimSpace(in.Email))
	address, _ := web.Caller(ctx)
	key := web.TenantOf(ctx).ID.String() + "|" + address + "|" + email
	if wait := tries.wait(key, database.Now()); wait > 0 {
		return Session{}, slowDown(wait)
	}
	var account accountRow
	var found bool
	err := database.Platform(ctx, "sign in by password", func(ctx context.Context, tx *db.Tx) (err error) {
		account, found, err = db.Maybe[accountRow](ctx, tx, accountByEmail, db.Args{"email": email})
		return err
	})
	if err != nil {
		return Session{}, err
	}
	if !found {
		account.PasswordHash = decoy
	}
	if good := secret.Verify(account.PasswordHash, in.Password); !good || !found {
		tries.failed(key, database.Now())
		return Session{}, wrongPassword()
	}
	tenant := db.Identity{Tenant: web.TenantOf(ctx).ID, Stores: db.AllStores()}
	var session Session
	err = database.Tenant(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		member, here, err := db.Maybe[memberRow](ctx, tx, personByAccount, db.Args{"account": account.ID})
		if err != nil {
			return err
		}
		if !here {
			return wrongPassword()
		}
		session, err = begin(ctx, tx, member, nil)
		return err
	})
	if err != nil {
		tries.failed(key, database.Now())
		return Session{}, err
	}
	tries.succeeded(key)
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
	if wait := tries.wait(key, database.Now()); wait > 0 {
		return Session{}, slowDown(wait)
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
		tries.failed(key, database.Now())
		return Session{}, err
	}
	tries.succeeded(key)
	return session, nil
}

func begin(ctx context.Context, tx *db.Tx, member memberRow, device *uuid.UUID) (Session, error) {
	text, token := auth.Mint(auth.TokenSession, tx.TenantID())
	_, agent := web.Caller(ctx)
	tx.Batch().Exec(addSession, db.Args{
		"id": uuid.Must(uuid.NewV7()), "person": member.ID, "device": device, "hash": token.Hash,
		"agent": agent, "now": tx.Now(), "expires": tx.Now().Add(lasting),
	})
	tx.Narrow(auth.WorksIn(member.Stores))
	session, err := describe(ctx, tx, SessionUser{ID: member.ID, Name: member.Name, Role: member.Role, RoleID: member.RoleID}, member.Stores != nil)
	session.Token = text
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
	return Session{
		User: user, Shop: shop, Permissions: roles.In(user.Role, user.RoleID, limited).List(), Stores: *stores, Limited: tx.Stores().Limited(),
	}, nil
}

// Current tells who is signed in.
func Current(ctx context.Context, tx *db.Tx, _ web.None) (Session, error) {
	actor := auth.From(ctx)
	return describe(ctx, tx, SessionUser{ID: actor.Person, Name: actor.Name, Role: actor.Role, RoleID: actor.RoleID}, actor.Limited())
}

// SignOut ends the session for good.
func SignOut(ctx context.Context, tx *db.Tx, _ web.None) (web.None, error) {
	batch := tx.Batch()
	batch.Exec(endSession, db.Args{"id": auth.From(ctx).Session, "now": tx.Now()})
	web.SetCookie(ctx, &http.Cookie{
		Name: web.SessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
	return web.None{}, batch.Done()
}

func wrongPassword() error {
	return fault.Unauthenticated("auth.wrong_password").Say("E-mail or password is not right for this shop.")
}

func slowDown(wait time.Duration) error {
	return fault.TooMany("auth.slow_down", wait).Messagef("Too many wrong tries. Wait %d seconds, then try again.", int(wait.Seconds())+1)
}
