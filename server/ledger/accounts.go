package ledger

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// Account is one account with what stands on it: debits less credits.
type Account struct {
	ID      uuid.UUID    `json:"id" db:"id"`
	Code    string       `json:"code" db:"code"`
	Name    string       `json:"name" db:"name"`
	Kind    Kind         `json:"kind" db:"kind" enum:"asset,liability,equity,income,expense"`
	Role    *Role        `json:"role,omitempty" db:"role" doc:"What the program itself posts to it"`
	Active  bool         `json:"active" db:"active"`
	Balance money.Amount `json:"balance_minor" db:"balance_minor" doc:"Debits less credits"`
}

// NewAccount is an account of the shop's own.
type NewAccount struct {
	ID   uuid.UUID `json:"id"`
	Code string    `json:"code" minLength:"1" maxLength:"20" pattern:"^[0-9A-Za-z.-]+$"`
	Name string    `json:"name" minLength:"1" maxLength:"120"`
	Kind Kind      `json:"kind" enum:"asset,liability,equity,income,expense"`
}

// AccountChange is what may be changed about an account.
type AccountChange struct {
	ID   uuid.UUID `path:"id"`
	Body AccountEdit
}

// AccountEdit is how an account is called and whether it is still used.
type AccountEdit struct {
	Code   string `json:"code" minLength:"1" maxLength:"20" pattern:"^[0-9A-Za-z.-]+$"`
	Name   string `json:"name" minLength:"1" maxLength:"120"`
	Active bool   `json:"active"`
}

const (
	listAccounts db.SQL = `
		select a.id, a.code, a.name, a.kind, a.role, a.active, coalesce(p.balance, 0)::bigint as balance_minor
		from   accounts a
		left   join (
			select account_id, sum(amount_minor) as balance
			from   postings
			where  tenant_id = @tenant
			group  by account_id) p on p.account_id = a.id
		where  a.tenant_id = @tenant
		order  by a.code`

	showAccount db.SQL = `
		select a.id, a.code, a.name, a.kind, a.role, a.active,
		       coalesce((select sum(p.amount_minor) from postings p where p.tenant_id = @tenant and p.account_id = a.id), 0)::bigint as balance_minor
		from   accounts a
		where  a.tenant_id = @tenant and a.id = @id`

	changeAccount db.SQL = `
		update accounts
		set    code = @code, name = @name, active = @active
		where  tenant_id = @tenant and id = @id and (@active or role is null)`
)

// Accounts lists the chart by code, with balances.
func Accounts(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Account], error) {
	rows, err := db.All[Account](ctx, tx, listAccounts, db.Args{})
	return wire.Page[Account]{Rows: rows}, err
}

// AddAccount adds an account of the shop's own.
//
// Fails with ledger.code_taken.
func AddAccount(_ context.Context, tx *db.Tx, in NewAccount) (Account, error) {
	made := Account{ID: in.ID, Code: in.Code, Name: strings.TrimSpace(in.Name), Kind: in.Kind, Active: true}
	b := tx.Batch()
	b.Exec(insertAccounts, db.Args{
		"ids": []uuid.UUID{made.ID}, "codes": []string{made.Code}, "names": []string{made.Name},
		"kinds": []string{string(made.Kind)}, "roles": []string{""},
	})
	return made, b.Done()
}

// ChangeAccount renames, renumbers, closes or reopens an account. Its kind stays:
// what is posted would change its meaning.
//
// Fails with request.not_found, ledger.code_taken, and ledger.account_in_use when
// the program itself posts to the account that is to be closed.
func ChangeAccount(ctx context.Context, tx *db.Tx, in AccountChange) (Account, error) {
	args := db.Args{"id": in.ID, "code": in.Body.Code, "name": strings.TrimSpace(in.Body.Name), "active": in.Body.Active}
	changed, err := tx.Exec(ctx, changeAccount, args)
	if err != nil {
		return Account{}, err
	}
	account, err := db.One[Account](ctx, tx, showAccount, db.Args{"id": in.ID})
	if err == nil && changed == 0 {
		err = fault.Conflict("ledger.account_in_use").Say("The program posts to this account, so it stays open.")
	}
	return account, err
}
