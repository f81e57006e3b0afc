package payments

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/wire"
)

// The kinds of payment method.
const (
	KindCash  = "cash"
	KindCard  = "card"
	KindOther = "other"
)

// Method is one way of paying, and where its money is booked.
type Method struct {
	ID          uuid.UUID `json:"id" db:"id"`
	Kind        string    `json:"kind" db:"kind" enum:"cash,card,other"`
	Name        string    `json:"name" db:"name"`
	AccountID   uuid.UUID `json:"account_id" db:"account_id"`
	OpensDrawer bool      `json:"opens_drawer" db:"opens_drawer"`
	Position    int       `json:"position" db:"position"`
	Active      bool      `json:"active" db:"active"`
}

// NewMethod is a method to be added. Without an account it takes its kind's own.
type NewMethod struct {
	ID          uuid.UUID  `json:"id"`
	Kind        string     `json:"kind" enum:"cash,card,other"`
	Name        string     `json:"name" minLength:"1" maxLength:"60"`
	AccountID   *uuid.UUID `json:"account_id,omitempty"`
	OpensDrawer bool       `json:"opens_drawer"`
	Position    int        `json:"position" minimum:"0" maximum:"1000"`
}

// MethodChange is a method and what it shall be.
type MethodChange struct {
	ID   uuid.UUID `path:"id"`
	Body MethodEdit
}

// MethodEdit is what may be changed about a method. Its kind stays: sales were
// paid with it.
type MethodEdit struct {
	Name        string    `json:"name" minLength:"1" maxLength:"60"`
	AccountID   uuid.UUID `json:"account_id"`
	OpensDrawer bool      `json:"opens_drawer"`
	Position    int       `json:"position" minimum:"0" maximum:"1000"`
	Active      bool      `json:"active"`
}

const (
	readMethods db.SQL = `
		select id, kind, name, account_id, opens_drawer, position, active
		from   payment_methods
		where  tenant_id = @tenant
		order  by position, name`

	holdMethods db.SQL = `
		select id, kind, name, account_id, opens_drawer, position, active
		from   payment_methods
		where  tenant_id = @tenant
		order  by id
		for    update`

	accountOpen db.SQL = `select active from accounts where tenant_id = @tenant and id = @account`

	insertMethod db.SQL = `
		insert into payment_methods (tenant_id, id, kind, name, account_id, opens_drawer, position)
		values (@tenant, @id, @kind, @name, @account, @drawer, @position)`

	updateMethod db.SQL = `
		update payment_methods
		set    name = @name, account_id = @account, opens_drawer = @drawer, position = @position, active = @active
		where  tenant_id = @tenant and id = @id`
)

// ReadMethods adds a read of every method, closed ones included, in the order in
// which tills show them.
func ReadMethods(r *db.Reads) *[]Method { return db.ReadAll[Method](r, readMethods, db.Args{}) }

// List gives every method in the order in which tills show them.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Method], error) {
	rows, err := db.All[Method](ctx, tx, readMethods, db.Args{})
	return wire.Page[Method]{Rows: rows}, err
}

// Add adds a method.
//
// Fails with payments.name_taken and payments.bad_account.
func Add(ctx context.Context, tx *db.Tx, in NewMethod) (Method, error) {
	method := Method{
		ID: in.ID, Kind: in.Kind, Name: strings.TrimSpace(in.Name), OpensDrawer: in.OpensDrawer, Position: in.Position, Active: true,
	}
	r := tx.Reads()
	chart := ledger.ReadChart(r)
	if in.AccountID != nil {
		method.AccountID = *in.AccountID
	}
	open := db.ReadMaybe[bool](r, accountOpen, db.Args{"account": method.AccountID})
	if err := r.Run(ctx); err != nil {
		return Method{}, err
	}
	if in.AccountID == nil {
		method.AccountID = ledger.ChartOf(*chart)[accountRole(in.Kind)]
	} else if !open.Row {
		return Method{}, badAccount()
	}
	b := tx.Batch()
	method.insert(b)
	return method, b.Done()
}

// Change renames, moves, closes or reopens a method, or books it elsewhere from
// now on.
//
// Fails with request.not_found, payments.name_taken, payments.bad_account, and
// payments.last_cash when no open way to take cash would be left.
func Change(ctx context.Context, tx *db.Tx, in MethodChange) (Method, error) {
	r := tx.Reads()
	// All of them: two people may not close the last two cash methods at once.
	all := db.ReadAll[Method](r, holdMethods, db.Args{})
	open := db.ReadMaybe[bool](r, accountOpen, db.Args{"account": in.Body.AccountID})
	if err := r.Run(ctx); err != nil {
		return Method{}, err
	}
	method, otherCash, found := pick(*all, in.ID)
	if !found {
		return Method{}, fault.NotFound("request.not_found").Say("There is no such payment method.")
	}
	if !open.Row {
		return Method{}, badAccount()
	}
	if method.Kind == KindCash && !in.Body.Active && !otherCash {
		return Method{}, fault.Conflict("payments.last_cash").Say("This is the only way to take cash, and change is given in cash. Add another one first.")
	}
	method.Name, method.AccountID, method.OpensDrawer = strings.TrimSpace(in.Body.Name), in.Body.AccountID, in.Body.OpensDrawer
	method.Position, method.Active = in.Body.Position, in.Body.Active
	b := tx.Batch()
	b.Exec(updateMethod, db.Args{
		"id": method.ID, "name": method.Name, "account": method.AccountID, "drawer": method.OpensDrawer,
		"position": method.Position, "active": method.Active,
	})
	return method, b.Done()
}

func pick(all []Method, id uuid.UUID) (method Method, otherCash, found bool) {
	for _, m := range all {
		if m.ID == id {
			method, found = m, true
		} else if m.Kind == KindCash && m.Active {
			otherCash = true
		}
	}
	return method, otherCash, found
}

func badAccount() error {
	return fault.Invalid("payments.bad_account", fault.At("account_id", "payments.bad_account", "")).
		Say("Choose an open account of this shop.")
}

func (m Method) insert(b *db.Batch) {
	b.Exec(insertMethod, db.Args{
		"id": m.ID, "kind": m.Kind, "name": m.Name, "account": m.AccountID, "drawer": m.OpensDrawer, "position": m.Position,
	})
}

func accountRole(kind string) ledger.Role {
	switch kind {
	case KindCash:
		return ledger.RoleCash
	case KindCard:
		return ledger.RoleCard
	default:
		return ledger.RoleOther
	}
}

// layGround gives a new shop cash, card and other.
func layGround(ctx context.Context, tx *db.Tx, _ tenants.Opened) error {
	r := tx.Reads()
	rows := ledger.ReadChart(r)
	if err := r.Run(ctx); err != nil {
		return err
	}
	chart, b := ledger.ChartOf(*rows), tx.Batch()
	for i, m := range []Method{{Kind: KindCash, Name: "Cash", OpensDrawer: true}, {Kind: KindCard, Name: "Card"}, {Kind: KindOther, Name: "Other"}} {
		m.ID, m.Position, m.AccountID = uuid.Must(uuid.NewV7()), i+1, chart[accountRole(m.Kind)]
		m.insert(b)
	}
	return b.Done()
}
