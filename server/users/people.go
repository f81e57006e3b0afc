package users

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// Person is someone who works in this shop.
type Person struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	Role    wire.Role `json:"role" doc:"The built-in role, or the one that the shop's own role stands on"`
	HasPIN  bool      `json:"has_pin" db:"has_pin"`
	SignsIn bool      `json:"signs_in" doc:"Has an account, so may sign in by e-mail"`
	Active  bool      `json:"active"`
	Version int       `json:"version"`

	RoleID   *uuid.UUID `json:"role_id,omitempty" doc:"The shop's own role, if it is one"`
	RoleName string     `json:"role_name" doc:"Its name; empty for a built-in role"`
	// Stores are those that the person is limited to; none of them is no limit.
	Stores    []uuid.UUID `json:"stores" nullable:"false" doc:"Works in these only; empty is all"`
	Elsewhere bool        `json:"elsewhere" db:"-" doc:"Works in stores too that the caller does not see"`
}

// Who works in other stores only is not there for someone who is limited.
const (
	readPeople db.SQL = `
		select p.id, p.name, p.email, p.role, p.pin_hash <> '' as has_pin, p.account_id is not null as signs_in, p.active, p.version,
		       p.role_id, coalesce(r.name, '') as role_name, l.stores
		from   people p
		left   join roles r on r.tenant_id = @tenant and r.id = p.role_id
		cross  join lateral (
			select coalesce(array_agg(o.store_id order by o.store_id), '{}') as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id) l
		where  p.tenant_id = @tenant and p.support_of is null and (@stores::uuid[] is null or l.stores = '{}' or l.stores && @stores)
		order  by p.active desc, lower(p.name), p.id`

	readPerson db.SQL = `
		select p.id, p.name, p.email, p.role, p.pin_hash <> '' as has_pin, p.account_id is not null as signs_in, p.active, p.version,
		       p.role_id, coalesce(r.name, '') as role_name, l.stores
		from   people p
		left   join roles r on r.tenant_id = @tenant and r.id = p.role_id
		cross  join lateral (
			select coalesce(array_agg(o.store_id order by o.store_id), '{}') as stores
			from   person_stores o
			where  o.tenant_id = @tenant and o.person_id = p.id) l
		where  p.tenant_id = @tenant and p.id = @id and p.support_of is null and (@stores::uuid[] is null or l.stores = '{}' or l.stores && @stores)`

	addPerson db.SQL = `
		insert into people (tenant_id, id, account_id, name, email, role, role_id, pin_hash, created_at, updated_at)
		values (@tenant, @id, @account, @name, @email, @role, @role_id, @pin, @now, @now)`

	changePerson db.SQL = `
		update people
		set    name = @name, role = @role, role_id = @role_id, active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`

	changePIN db.SQL = `
		update people set pin_hash = @pin, version = version + 1, updated_at = @now where tenant_id = @tenant and id = @id`

	endSessions db.SQL = `
		update sessions set revoked_at = @now where tenant_id = @tenant and person_id = @person and revoked_at is null`

	ownersLeft db.SQL = `
		select count(*) from people where tenant_id = @tenant and role = 'owner' and active and id <> @id`
)

// List gives everyone, those who left at the end.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Person], error) {
	people, err := db.All[Person](ctx, tx, readPeople, db.Args{})
	for i := range people {
		people[i] = shown(tx, people[i])
	}
	return wire.Page[Person]{Rows: people}, err
}

// find gives a person as the caller may know it. Fails with request.not_found.
func find(ctx context.Context, tx *db.Tx, id uuid.UUID) (Person, error) {
	person, err := db.One[Person](ctx, tx, readPerson, db.Args{"id": id})
	return shown(tx, person), err
}

// NewPerson is someone to be added. People of the till need only a PIN.
type NewPerson struct {
	ID     uuid.UUID  `json:"id"`
	Name   string     `json:"name" minLength:"1" maxLength:"120"`
	Role   wire.Role  `json:"role"`
	RoleID *uuid.UUID `json:"role_id,omitempty" doc:"One of the shop's own roles, which stands on Role"`
	PIN    string     `json:"pin,omitempty" pattern:"^([0-9]{4,12})?$" doc:"4 to 12 digits"`
	// Left out, it is where the caller works.
	Stores []uuid.UUID `json:"stores,omitempty" maxItems:"500" nullable:"false" doc:"Works in these only; empty is all"`
}

// Add makes a person who signs in at tills by PIN.
//
// Fails with people.unknown_role, people.above_you, roles.beyond_you,
// people.beyond_your_stores and people.store_unknown.
func Add(ctx context.Context, tx *db.Tx, in NewPerson) (Person, error) {
	if _, err := toGive(ctx, tx, in.Role, in.RoleID); err != nil {
		return Person{}, err
	}
	tx.Batch().Exec(addPerson, db.Args{
		"id": in.ID, "account": nil, "name": strings.TrimSpace(in.Name), "email": "", "role": in.Role,
		"role_id": in.RoleID, "pin": hashPIN(in.PIN), "now": tx.Now(),
	})
	if in.Stores == nil {
		in.Stores = tx.Stores().List()
	}
	if err := place(ctx, tx, in.ID, in.Role, in.Stores); err != nil {
		return Person{}, err
	}
	return find(ctx, tx, in.ID)
}

// PersonChange is what a person becomes.
type PersonChange struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Name    string     `json:"name" minLength:"1" maxLength:"120"`
		Role    wire.Role  `json:"role"`
		RoleID  *uuid.UUID `json:"role_id,omitempty" doc:"One of the shop's own roles, which stands on Role"`
		Active  bool       `json:"active"`
		Version int        `json:"version"`
		// Left out, they stay.
		Stores *[]uuid.UUID `json:"stores,omitempty" maxItems:"500" doc:"Works in these only; empty is all"`
	}
}

// Change renames a person, gives another role or other stores, or ends the
// membership. It holds on the person's next request and on open sockets.
//
// Fails with people.unknown_role, people.above_you, people.own_role,
// roles.beyond_you, people.last_owner, people.changed_meanwhile,
// people.beyond_your_stores and people.store_unknown.
func Change(ctx context.Context, tx *db.Tx, in PersonChange) (Person, error) {
	before, err := find(ctx, tx, in.ID)
	if err != nil {
		return Person{}, err
	}
	if err := mayTouch(ctx, tx, before); err != nil {
		return Person{}, err
	}
	if err := mayRaise(ctx, tx, before, in); err != nil {
		return Person{}, err
	}
	if before.Role == wire.Owner && (in.Body.Role != wire.Owner || !in.Body.Active) {
		if left, err := db.One[int](ctx, tx, ownersLeft, db.Args{"id": in.ID}); err != nil || left == 0 {
			return Person{}, orElse(err, fault.Conflict("people.last_owner").Say("A shop needs an owner. Make someone else an owner first."))
		}
	}
	rows, err := tx.Exec(ctx, changePerson, db.Args{
		"id": in.ID, "name": strings.TrimSpace(in.Body.Name), "role": in.Body.Role, "role_id": in.Body.RoleID, "active": in.Body.Active,
		"version": in.Body.Version, "now": tx.Now(),
	})
	if err != nil {
		return Person{}, err
	}
	if rows == 0 {
		return Person{}, fault.Conflict("people.changed_meanwhile").Say("Someone else changed this meanwhile. Look at it again, then save.")
	}
	auth.Changed(ctx, tx)
	if !in.Body.Active {
		tx.Batch().Exec(endSessions, db.Args{"person": in.ID, "now": tx.Now()})
	}
	if err := in.place(ctx, tx, before); err != nil {
		return Person{}, err
	}
	return find(ctx, tx, in.ID)
}

func (in PersonChange) place(ctx context.Context, tx *db.Tx, before Person) error {
	if in.Body.Stores != nil {
		return place(ctx, tx, in.ID, in.Body.Role, *in.Body.Stores)
	}
	if in.Body.Role == wire.Owner && len(before.Stores) > 0 {
		return place(ctx, tx, in.ID, in.Body.Role, nil)
	}
	return nil
}

// PINChange is a new PIN; an empty one takes the right to sign in at tills.
type PINChange struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		PIN string `json:"pin" pattern:"^([0-9]{4,12})?$"`
	}
}

// SetPIN gives a person another PIN. Who sets a PIN could act under it, so nobody
// sets that of someone who may do more.
//
// Fails with people.above_you, roles.beyond_you and people.beyond_your_stores.
func SetPIN(ctx context.Context, tx *db.Tx, in PINChange) (Person, error) {
	person, err := find(ctx, tx, in.ID)
	if err != nil {
		return Person{}, err
	}
	if err := mayTouch(ctx, tx, person); err != nil {
		return Person{}, err
	}
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return Person{}, err
	}
	if err := within(ctx, roles.Of(person.Role, person.RoleID)); in.ID != auth.From(ctx).Person && err != nil {
		return Person{}, err
	}
	tx.Batch().Exec(changePIN, db.Args{"id": in.ID, "pin": hashPIN(in.Body.PIN), "now": tx.Now()})
	return find(ctx, tx, in.ID)
}

// mayTouch keeps people from changing those above them, and those of other stores.
func mayTouch(ctx context.Context, tx *db.Tx, person Person) error {
	actor := auth.From(ctx)
	if actor.Role != wire.Owner && person.Role.Level() > actor.Role.Level() {
		return aboveYou()
	}
	return inStores(tx, person)
}

// mayRaise looks at what a change makes of a person's role. Taking on again who
// has left is giving the role anew.
func mayRaise(ctx context.Context, tx *db.Tx, before Person, in PersonChange) error {
	was, becomes := keyOf(before.Role, before.RoleID), keyOf(in.Body.Role, in.Body.RoleID)
	if was == becomes && (before.Active || !in.Body.Active) {
		return nil
	}
	roles, err := toGive(ctx, tx, in.Body.Role, in.Body.RoleID)
	if err != nil || was == becomes {
		return err
	}
	if in.ID == auth.From(ctx).Person {
		return fault.Forbidden("people.own_role").Say("You cannot give yourself another role. Ask someone else who may.")
	}
	// Who may do more is not for this one to put down either.
	return within(ctx, roles.Of(before.Role, before.RoleID))
}

// toGive reads the shop's roles and looks whether the caller may give this one.
func toGive(ctx context.Context, tx *db.Tx, role wire.Role, id *uuid.UUID) (auth.Roles, error) {
	roles, err := auth.LoadRoles(ctx, tx)
	if err != nil {
		return roles, err
	}
	own := auth.RoleRow{Base: role}
	if id != nil {
		own, _ = roles.Own(*id)
	}
	if role.Level() == 0 || own.Base != role {
		return roles, fault.Invalid("people.unknown_role", fault.At("role", "people.unknown_role", "")).Say("Choose one of the shop's roles.")
	}
	return roles, mayGive(ctx, roles, keyOf(role, id))
}

func aboveYou() error {
	return fault.Forbidden("people.above_you").Say("Only someone of that level or above can do this.")
}

func hashPIN(pin string) string {
	if pin == "" {
		return ""
	}
	return secret.HashPIN(pin)
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// welcomeOwner makes the first person of a new shop.
func welcomeOwner(_ context.Context, tx *db.Tx, shop tenants.Opened) error {
	batch := tx.Batch()
	batch.Exec(addPerson, db.Args{
		"id": shop.Owner.PersonID, "account": shop.Owner.AccountID, "name": shop.Owner.Name, "email": shop.Owner.Email,
		"role": wire.Owner, "role_id": nil, "pin": "", "now": tx.Now(),
	})
	return batch.Done()
}
