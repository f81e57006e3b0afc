package verify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/server/verify"
)

// bench is a database of the test's own, to break as it likes.
type bench struct {
	database    *db.DB
	superuser   *pgx.Conn
	maintenance *pgx.Conn
}

// sound is a shop whose books are right: an opening, two sales of two lines each
// in one closed shift.
type sound struct {
	dbtest.Shop
	args pgx.NamedArgs
}

func newBench(t *testing.T) *bench {
	t.Helper()
	database, access, name := dbtest.Fresh(t)
	maintenance, err := pgx.Connect(t.Context(), access.MaintenanceURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = maintenance.Close(t.Context()) })
	superuser := dbtest.Superuser(t, name)
	pgxuuid.Register(superuser.TypeMap())
	return &bench{database: database, superuser: superuser, maintenance: maintenance}
}

// shop makes a sound shop.
func (b *bench) shop(t *testing.T) sound {
	t.Helper()
	shop := sound{Shop: dbtest.NewShop(t, b.database), args: pgx.NamedArgs{}}
	shop.args["tenant"], shop.args["store"], shop.args["location"], shop.args["person"] = shop.ID, shop.Store, shop.Location, shop.Person
	for _, name := range []string{
		"item", "tax", "register", "device", "shift", "opening", "cash", "card", "cash_account", "card_account", "sales_account",
		"tax_account", "stock_account", "cogs_account", "equity_account", "sale1", "sale2", "entry0", "entry1", "entry2",
	} {
		shop.args[name] = uuid.New()
	}
	tx, err := b.superuser.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, shop.ID.String())
	require.NoError(t, err)
	for _, statement := range ground {
		_, err := tx.Exec(t.Context(), statement, shop.args)
		require.NoError(t, err, statement)
	}
	for n, sale := range []string{"sale1", "sale2"} {
		args := pgx.NamedArgs{"sale": shop.args[sale], "number": n + 1, "receipt": fmt.Sprintf("1A-%d", n+1), "method": shop.args["cash"], "account": shop.args["cash_account"], "entry": shop.args["entry1"]}
		if n == 1 {
			args["method"], args["account"], args["entry"] = shop.args["card"], shop.args["card_account"], shop.args["entry2"]
		}
		for name, value := range shop.args {
			if args[name] == nil {
				args[name] = value
			}
		}
		for _, statement := range oneSale {
			_, err := tx.Exec(t.Context(), statement, args)
			require.NoError(t, err, statement)
		}
	}
	require.NoError(t, tx.Commit(t.Context()))
	require.NoError(t, live.Number(t.Context(), b.database, shop.ID))
	return shop
}

// plant breaks something behind the program's back: no trigger, no check by
// foreign key, no row-level security stands in its way.
func (b *bench) plant(t *testing.T, shop sound, statements ...string) {
	t.Helper()
	tx, err := b.superuser.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `set local session_replication_role = replica`)
	require.NoError(t, err)
	for _, statement := range statements {
		tag, err := tx.Exec(t.Context(), statement, shop.args)
		require.NoError(t, err, statement)
		if tag.Insert() || tag.Update() || tag.Delete() {
			require.NotZero(t, tag.RowsAffected(), "planted nothing: %s", statement)
		}
	}
	require.NoError(t, tx.Commit(t.Context()))
}

// broken lists what is found wrong with one shop, or with the schema.
func (b *bench) broken(t *testing.T, slug string) []verify.Finding {
	t.Helper()
	all, err := verify.Run(t.Context(), b.maintenance)
	require.NoError(t, err)
	found := []verify.Finding{}
	for _, finding := range all {
		if finding.Tenant == slug {
			found = append(found, finding)
		}
	}
	return found
}

// planted is one violation and how it has to be reported.
type planted struct {
	name, check, says string
	id                string // the argument whose id the finding names
	statements        []string
}

func (b *bench) expect(t *testing.T, cases []planted) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			shop := b.shop(t)
			require.Empty(t, b.broken(t, shop.Slug), "the shop is sound before")
			b.plant(t, shop, c.statements...)
			found := b.broken(t, shop.Slug)
			require.NotEmpty(t, found)
			named := slices.ContainsFunc(found, func(f verify.Finding) bool {
				return f.Check == c.check && strings.Contains(f.What, c.says) &&
					(c.id == "" || slices.Contains(f.IDs, shop.args[c.id].(uuid.UUID)))
			})
			require.True(t, named, "%s %q is not among %v", c.check, c.says, found)
		})
	}
}

var ground = []string{
	`insert into units (tenant_id, code, name, decimals) values (@tenant, 'pc', 'piece', 0)`,
	`insert into tax_codes (tenant_id, id, code, name) values (@tenant, @tax, 'S', 'Standard')`,
	`insert into items (tenant_id, id, sku, name, unit, tax_code_id, created_at, updated_at)
	 values (@tenant, @item, 'A', 'Apple', 'pc', @tax, '2026-01-01', '2026-01-01')`,
	`insert into accounts (tenant_id, id, code, name, kind, role) values
	 (@tenant, @cash_account, '1000', 'Cash', 'asset', 'cash'), (@tenant, @card_account, '1010', 'Cards', 'asset', 'card_clearing'),
	 (@tenant, @stock_account, '1200', 'Stock', 'asset', 'inventory'), (@tenant, @sales_account, '4000', 'Sales', 'income', 'sales'),
	 (@tenant, @tax_account, '2000', 'Tax', 'liability', 'tax_payable'), (@tenant, @cogs_account, '5000', 'Cost', 'expense', 'cogs'),
	 (@tenant, @equity_account, '3000', 'Opening', 'equity', 'opening_equity')`,
	`insert into payment_methods (tenant_id, id, kind, name, account_id) values
	 (@tenant, @cash, 'cash', 'Cash', @cash_account), (@tenant, @card, 'card', 'Card', @card_account)`,
	`insert into registers (tenant_id, id, store_id, number, name, kind, created_at, updated_at)
	 values (@tenant, @register, @store, 1, 'Till 1', 'till', '2026-01-01', '2026-01-01')`,
	`insert into devices (tenant_id, id, register_id, name, token_hash, series, paired_at)
	 values (@tenant, @device, @register, 'Till', '\x00', '1A', '2026-01-01')`,
	`insert into shifts (tenant_id, id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor, closed_by, closed_at, counted_minor)
	 values (@tenant, @shift, @register, @store, 1, '2026-03-01', @person, '2026-03-01 08:00Z', 10000, @person, '2026-03-01 18:00Z', 13500)`,
	`insert into z_reports (tenant_id, shift_id, register_id, sales_count, refunds_count, total_minor, tax_minor, discount_minor, rounding_minor,
	 cash_minor, expected_minor, counted_minor, difference_minor, methods, taxes, made_at)
	 values (@tenant, @shift, @register, 2, 0, 7140, 1140, 0, 0, 3570, 13570, 13500, -70,
	 '[{"amount_minor": 3570}, {"amount_minor": 3570}]', '[{"code": "S", "rate": "19", "net_minor": 6000, "tax_minor": 1140}]', '2026-03-01 18:00Z')`,
	`insert into stock_balances (tenant_id, item_id, location_id, on_hand, value_minor, unit_cost) values (@tenant, @item, @location, 4, 2000, 500)`,
	`insert into stock_moves (tenant_id, id, item_id, location_id, quantity, value_minor, source_type, source_id, source_line, at)
	 values (@tenant, @opening, @item, @location, 10, 5000, 'opening', @opening, 1, '2026-02-01')`,
	`insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, posted_at)
	 values (@tenant, @entry0, '2026-02-01', 'opening', @opening, 'EUR', '2026-02-01')`,
	`insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor)
	 values (@tenant, @entry0, 1, @stock_account, 5000), (@tenant, @entry0, 2, @equity_account, -5000)`,
}

var oneSale = []string{
	`insert into sales (tenant_id, id, kind, series, number, receipt_no, store_id, location_id, register_id, shift_id, person_id, business_date,
	 completed_at, received_at, currency, tax_included, gross_minor, discount_minor, net_minor, tax_minor, total_minor, rounding_minor, due_minor, cost_minor)
	 values (@tenant, @sale, 'sale', '1A', @number, @receipt, @store, @location, @register, @shift, @person, '2026-03-01',
	 '2026-03-01 10:00Z', '2026-03-01 10:00Z', 'EUR', true, 3570, 0, 3000, 570, 3570, 0, 3570, 1500)`,
	`insert into sale_lines (tenant_id, sale_id, line_no, item_id, name, unit, quantity, unit_price_minor, list_price_minor, gross_minor, discount_minor,
	 tax_code, tax_rate, net_minor, tax_minor, total_minor, cost_minor) values
	 (@tenant, @sale, 1, @item, 'Apple', 'pc', 1, 1190, 1190, 1190, 0, 'S', 19, 1000, 190, 1190, 500),
	 (@tenant, @sale, 2, @item, 'Apple', 'pc', 2, 1190, 1190, 2380, 0, 'S', 19, 2000, 380, 2380, 1000)`,
	`insert into tenders (tenant_id, sale_id, line_no, method_id, amount_minor, tendered_minor, change_minor)
	 values (@tenant, @sale, 1, @method, 3570, 4000, 430)`,
	`insert into stock_moves (tenant_id, id, item_id, location_id, quantity, value_minor, source_type, source_id, source_line, at) values
	 (@tenant, gen_random_uuid(), @item, @location, -1, -500, 'sale', @sale, 1, '2026-03-01 10:00Z'),
	 (@tenant, gen_random_uuid(), @item, @location, -2, -1000, 'sale', @sale, 2, '2026-03-01 10:00Z')`,
	`insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, posted_at)
	 values (@tenant, @entry, '2026-03-01', 'sale', @sale, 'EUR', '2026-03-01 10:00Z')`,
	`insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor) values
	 (@tenant, @entry, 1, @account, 3570), (@tenant, @entry, 2, @sales_account, -3000), (@tenant, @entry, 3, @tax_account, -570),
	 (@tenant, @entry, 4, @cogs_account, 1500), (@tenant, @entry, 5, @stock_account, -1500)`,
}

func (s sound) argText(name string) string { return s.args[name].(uuid.UUID).String() }
