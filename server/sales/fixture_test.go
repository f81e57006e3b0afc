package sales_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/approvals"
	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/payments"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/module"
	"souk/server/sales"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/users"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	putTax      db.SQL = `insert into tax_codes (tenant_id, id, code, name) values (@tenant, @id, @code, @code)`
	putRate     db.SQL = `insert into tax_rates (tenant_id, tax_code_id, valid_from, rate) values (@tenant, @id, '2020-01-01', @rate)`
	putRegister db.SQL = `
		insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
		select @tenant, @id, id, @number, 'Register', @kind, @now, @now from stores where tenant_id = @tenant limit 1`
	putDevice db.SQL = `
		insert into devices (tenant_id, id, register_id, name, token_hash, series, paired_at)
		values (@tenant, @id, @register, 'Till', @hash, @series, @now)`
	putShift db.SQL = `
		insert into shifts (tenant_id, id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor)
		select @tenant, @id, @register, id, @number, @opened_at::timestamptz::date, @person, @opened_at, 10000 from stores where tenant_id = @tenant limit 1`
	putCustomer db.SQL = `insert into customers (tenant_id, id, name, created_at, updated_at) values (@tenant, @id, 'Cara', @now, @now)`

	floorID    db.SQL = `select id from locations where tenant_id = @tenant and sells`
	methodID   db.SQL = `select id from payment_methods where tenant_id = @tenant and kind = @kind order by position limit 1`
	onHand     db.SQL = `select coalesce(sum(on_hand), 0) from stock_balances where tenant_id = @tenant and item_id = @item`
	movedSum   db.SQL = `select coalesce(sum(quantity), 0) from stock_moves where tenant_id = @tenant and item_id = @item`
	trial      db.SQL = `select coalesce(sum(amount_minor), 0)::bigint from postings where tenant_id = @tenant`
	accountSum db.SQL = `
		select coalesce(sum(p.amount_minor), 0)::bigint
		from   postings p
		join   accounts a on a.tenant_id = @tenant and a.id = p.account_id
		where  p.tenant_id = @tenant and a.role = @role`
	stockValue db.SQL = `select coalesce(sum(value_minor), 0)::bigint from stock_balances where tenant_id = @tenant`
	countSales db.SQL = `select count(*) from sales where tenant_id = @tenant`
)

// bench is a shop with its ground laid, one browser register and one till.
type bench struct {
	t        *testing.T
	database *db.DB
	tenant   uuid.UUID
	person   uuid.UUID
	floor    uuid.UUID
	register uuid.UUID
	shift    uuid.UUID
	till     uuid.UUID
	tillRun  uuid.UUID // the till's shift
	cash     uuid.UUID
	card     uuid.UUID
	role     wire.Role
	number   int64
}

var modules = []module.Module{
	tenants.Module, users.Module, approvals.Module, catalog.Module, inventory.Module, ledger.Module, payments.Module, tills.Module, sales.Module,
}

func react(ctx context.Context, tx *db.Tx, event any) error {
	for _, m := range modules {
		for _, reaction := range m.Reacts {
			if reaction.Event == reflect.TypeOf(event) {
				if err := reaction.Run(ctx, tx, event); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func grants() auth.Grants {
	all := auth.Grants{}
	for _, m := range modules {
		for _, g := range m.Permissions {
			for _, role := range g.Roles {
				if all[role] == nil {
					all[role] = map[wire.Permission]bool{}
				}
				all[role][g.Permission] = true
			}
		}
	}
	return all
}

func setup(t *testing.T) *bench {
	t.Helper()
	database := dbtest.Open(t)
	database.OnEmit(react)
	key := strings.ReplaceAll(uuid.NewString(), "-", "")[:20]
	opened, err := tenants.Open(t.Context(), database, tenants.NewShop{
		Company: tenants.Company{
			Name: "Test", Slug: "s-" + key, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		},
		Store:     tenants.Store{Name: "Main", TimeZone: "Europe/Berlin"},
		OwnerName: "Pat", OwnerEmail: key + "@example.test", OwnerPassword: "a long enough password",
	})
	require.NoError(t, err)
	b := &bench{
		t: t, database: database, tenant: opened.Tenant, person: opened.Owner.PersonID, role: wire.Owner,
		register: uuid.New(), shift: uuid.New(), till: uuid.New(), tillRun: uuid.New(),
	}
	b.lay()
	return b
}

// lay adds the taxes, the two registers with their shifts, and looks the seeds up.
func (b *bench) lay() {
	b.do(func(ctx context.Context, tx *db.Tx) error {
		batch, now := tx.Batch(), tx.Now()
		for code, rate := range map[string]string{"T19": "19", "T7": "7"} {
			id := uuid.New()
			batch.Exec(putTax, db.Args{"id": id, "code": code})
			batch.Exec(putRate, db.Args{"id": id, "rate": decimal.MustParse(rate)})
		}
		early := now.Add(-time.Hour)
		batch.Exec(putRegister, db.Args{"id": b.register, "number": 91, "kind": "browser", "now": now})
		batch.Exec(putRegister, db.Args{"id": b.till, "number": 92, "kind": "till", "now": now})
		batch.Exec(putDevice, db.Args{"id": uuid.New(), "register": b.till, "hash": b.till[:], "series": "92A", "now": now})
		batch.Exec(putShift, db.Args{"id": b.shift, "register": b.register, "number": 1, "person": b.person, "opened_at": early})
		batch.Exec(putShift, db.Args{"id": b.tillRun, "register": b.till, "number": 1, "person": b.person, "opened_at": early})
		return batch.Done()
	})
	b.floor = one[uuid.UUID](b, floorID, db.Args{})
	b.cash = one[uuid.UUID](b, methodID, db.Args{"kind": "cash"})
	b.card = one[uuid.UUID](b, methodID, db.Args{"kind": "card"})
}

// try runs fn as the bench's person and commits.
func (b *bench) try(fn func(ctx context.Context, tx *db.Tx) error) error {
	actor := auth.Acting(b.tenant, b.person, b.role, grants())
	return b.database.Tenant(auth.With(auth.WithGrants(b.t.Context(), grants()), actor), actor.Identity(), fn)
}

func (b *bench) do(fn func(ctx context.Context, tx *db.Tx) error) {
	b.t.Helper()
	require.NoError(b.t, b.try(fn))
}

func one[T any](b *bench, statement db.SQL, args db.Args) T {
	b.t.Helper()
	var out T
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.One[T](ctx, tx, statement, args)
		return err
	})
	return out
}

// item makes an item at a price, with stock that cost 100 a unit.
func (b *bench) item(price money.Amount, stock string, change ...func(*catalog.NewItem)) uuid.UUID {
	b.t.Helper()
	item := catalog.NewItem{ID: uuid.New(), ItemFacts: catalog.ItemFacts{
		Name: "Item", TaxCode: "T19", Price: price, Cost: 100, TrackStock: true,
	}}
	for _, fn := range change {
		fn(&item)
	}
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.Create(ctx, tx, item)
		return err
	})
	if quantity := decimal.MustParse(stock); !quantity.IsZero() {
		b.stock(item.ID, quantity)
	}
	return item.ID
}

func (b *bench) stock(item uuid.UUID, quantity decimal.Decimal) {
	b.do(func(ctx context.Context, tx *db.Tx) error {
		r := tx.Reads()
		balances, chart := inventory.ReadBalances(r, b.floor, []uuid.UUID{item}), ledger.ReadChart(r)
		if err := r.Run(ctx); err != nil {
			return err
		}
		value, err := money.Amount(100).Times(quantity)
		require.NoError(b.t, err)
		batch, source := tx.Batch(), uuid.New()
		_, err = inventory.Apply(batch, *balances, []inventory.Move{{
			ItemID: item, LocationID: b.floor, Quantity: quantity, SourceType: "opening", SourceID: source, SourceLine: 1, Value: &value,
		}})
		require.NoError(b.t, err)
		accounts := ledger.ChartOf(*chart)
		return ledger.Post(batch, ledger.Entry{
			ID: uuid.New(), Date: tx.Now(), SourceType: "opening", SourceID: source, Currency: "EUR", Lines: []ledger.Line{
				{Account: accounts[ledger.RoleInventory], Amount: value}, {Account: accounts[ledger.RoleOpeningEquity], Amount: -value},
			},
		})
	})
}

func line(item uuid.UUID, quantity string) wire.CartLine {
	return wire.CartLine{ID: uuid.New(), ItemID: &item, Quantity: decimal.MustParse(quantity)}
}

func (b *bench) cart(lines ...wire.CartLine) wire.Checkout {
	return wire.Checkout{
		ID: uuid.New(), RegisterID: b.register, Cart: wire.Cart{Lines: lines},
		Tenders: []wire.TenderIn{{MethodID: b.cash, Amount: 1_000_000}},
	}
}

func (b *bench) checkout(in wire.Checkout) (out sales.Sale, err error) {
	err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = sales.Checkout(ctx, tx, in)
		return err
	})
	return out, err
}

func (b *bench) sell(lines ...wire.CartLine) sales.Sale {
	b.t.Helper()
	sale, err := b.checkout(b.cart(lines...))
	require.NoError(b.t, err)
	return sale
}

func (b *bench) refund(sale uuid.UUID, lineNo int, quantity string) (out sales.Sale, err error) {
	err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = sales.GiveBack(ctx, tx, sales.RefundIn{ID: sale, Body: sales.Refund{
			ID: uuid.New(), RegisterID: b.register, MethodID: b.cash,
			Lines: []sales.RefundLine{{LineNo: lineNo, Quantity: decimal.MustParse(quantity)}},
		}})
		return err
	})
	return out, err
}

func (b *bench) void(sale uuid.UUID) (out sales.Sale, err error) {
	err = b.try(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = sales.Undo(ctx, tx, sales.VoidIn{ID: sale, Body: sales.Void{ID: uuid.New(), RegisterID: b.register}})
		return err
	})
	return out, err
}

// balanced checks the books as a whole: the trial balance is zero, and the stock
// account is what the shelves are worth.
func (b *bench) balanced(items ...uuid.UUID) {
	b.t.Helper()
	require.Zero(b.t, one[int64](b, trial, db.Args{}), "trial balance")
	require.Equal(b.t, one[int64](b, stockValue, db.Args{}), b.account("inventory"), "stock account")
	for _, item := range items {
		have := one[decimal.Decimal](b, onHand, db.Args{"item": item})
		moved := one[decimal.Decimal](b, movedSum, db.Args{"item": item})
		require.True(b.t, have.Equal(moved), "on hand %s, moved %s", have, moved)
	}
}

func (b *bench) account(role string) int64 { return one[int64](b, accountSum, db.Args{"role": role}) }
