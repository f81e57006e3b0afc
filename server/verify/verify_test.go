package verify_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/dbtest"
	"souk/server/verify"
)

func TestASoundDatabaseHasNoFinding(t *testing.T) {
	b := newBench(t)
	b.shop(t)
	b.shop(t)
	found, err := verify.Run(t.Context(), b.maintenance)
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestRunRefusesALoginThatSeesOneShop(t *testing.T) {
	_, access, _ := dbtest.Fresh(t)
	conn, err := pgx.Connect(t.Context(), access.LoginURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	_, err = verify.Run(t.Context(), conn)
	require.ErrorContains(t, err, "use souk_maintenance")
}

func TestRunLeavesNoTransactionOpen(t *testing.T) {
	b := newBench(t)
	_, err := verify.Run(t.Context(), b.maintenance)
	require.NoError(t, err)
	require.Equal(t, byte('I'), b.maintenance.PgConn().TxStatus())
}

func TestPlantedM1UnbalancedEntry(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"an amount was changed", "M1", "add up to 1 EUR", "entry1", []string{
			`update postings set amount_minor = amount_minor + 1 where tenant_id = @tenant and entry_id = @entry1 and line_no = 2`}},
		{"a posting is gone", "M1", "has 4 postings", "entry2", []string{
			`delete from postings where tenant_id = @tenant and entry_id = @entry2 and line_no = 3`}},
		{"all postings are gone", "M1", "has 0 postings", "entry2", []string{
			`delete from postings where tenant_id = @tenant and entry_id = @entry2`}},
	})
}

func TestPlantedM2MoneyAsFloat(t *testing.T) {
	for name, c := range map[string]struct{ statement, column string }{
		"a float column":              {`alter table items add weight_kg double precision`, "items.weight_kg is double precision"},
		"an array of floats":          {`alter table platform.tenants add marks real[]`, "platform.tenants.marks is real[]"},
		"money that is not whole":     {`alter table items alter cost_minor type numeric(12,2)`, "items.cost_minor is numeric(12,2)"},
		"money that is not called so": {`alter table items add list_price bigint`, "items.list_price is bigint"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			require.Empty(t, b.broken(t, ""))
			_, err := b.superuser.Exec(t.Context(), c.statement)
			require.NoError(t, err)
			found := b.broken(t, "")
			require.Len(t, found, 1)
			require.Equal(t, "M2", found[0].Check)
			require.Contains(t, found[0].What, c.column)
		})
	}
}

func TestPlantedM3SaleDoesNotAddUp(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"a line's tax was changed", "M3", "tax 570 but lines 571", "sale1", []string{
			`update sale_lines set tax_minor = tax_minor + 1, net_minor = net_minor - 1 where tenant_id = @tenant and sale_id = @sale1 and line_no = 1`}},
		{"a line is gone", "M3", "total 3570 but lines 1190", "sale2", []string{
			`delete from sale_lines where tenant_id = @tenant and sale_id = @sale2 and line_no = 2`}},
		{"a tender is gone", "M3", "due 3570 but tenders 0", "sale1", []string{
			`delete from tenders where tenant_id = @tenant and sale_id = @sale1`}},
		{"the sale was changed", "M3", "gross 3571 but lines 3570", "sale1", []string{
			`update sales set gross_minor = gross_minor + 1 where tenant_id = @tenant and id = @sale1`}},
	})
}

func TestPlantedM7ShiftDoesNotAddUp(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"the expected cash is not float and cash", "M7", "expected 13500, float and cash 13570", "shift", []string{
			`update z_reports set expected_minor = 13500, difference_minor = 0 where tenant_id = @tenant`}},
		{"the float was changed", "M7", "expected 13570, float and cash 13670", "shift", []string{
			`update shifts set float_minor = 10100 where tenant_id = @tenant`}},
		{"the total is another", "M7", "total 7141, sales 7140", "shift", []string{
			`update z_reports set total_minor = 7141 where tenant_id = @tenant`}},
		{"a sale was moved away", "M7", "2 sales counted, 1 there", "shift", []string{
			`insert into shifts (tenant_id, id, register_id, store_id, number, business_date, opened_by, opened_at, float_minor)
			 values (@tenant, @device, @register, @store, 2, '2026-03-02', @person, '2026-03-02 08:00Z', 0)`,
			`update sales set shift_id = @device where tenant_id = @tenant and id = @sale2`}},
		{"the Z report is gone", "M7", "closed without a Z report", "shift", []string{
			`delete from z_reports where tenant_id = @tenant`}},
		{"a late sale is not flagged", "M7", "1 sales counted, 2 there", "shift", []string{
			`update z_reports set sales_count = 1, total_minor = 3570, tax_minor = 570, methods = '[{"amount_minor": 3570}]', taxes = '[{"tax_minor": 570}]'
			 where tenant_id = @tenant`}},
		{"a sale in time is flagged as late", "M7", "2 sales counted, 1 there", "shift", []string{
			`update sales set flags = '{shift_closed}' where tenant_id = @tenant and id = @sale2`}},
		{"an open shift has a Z report", "M7", "has a Z report but is open", "shift", []string{
			`update shifts set closed_at = null, closed_by = null, counted_minor = null where tenant_id = @tenant`}},
		{"a cash movement came in behind the report", "M7", "cash out 0, movements 500", "shift", []string{
			`insert into cash_movements (tenant_id, id, register_id, shift_id, kind, reason, amount_minor, person_id, business_date, at, received_at)
			 values (@tenant, gen_random_uuid(), @register, @shift, 'out', 'petty', 500, @person, '2026-03-01', '2026-03-01', '2026-03-01')`}},
		{"a cash movement is not in the books", "M7", "cash movement of -500 is booked as 0", "shift", []string{
			`insert into cash_movements (tenant_id, id, register_id, shift_id, kind, reason, amount_minor, person_id, business_date, at, received_at, flags)
			 values (@tenant, gen_random_uuid(), @register, @shift, 'out', 'petty', 500, @person, '2026-03-01', '2026-03-01', '2026-03-01', '{shift_closed}')`}},
		{"cash moved and was not expected", "M7", "expected 13570, float and cash 13070", "shift", []string{
			`insert into cash_movements (tenant_id, id, register_id, shift_id, kind, reason, amount_minor, person_id, business_date, at, received_at)
			 values (@tenant, gen_random_uuid(), @register, @shift, 'drop', 'safe', 500, @person, '2026-03-01', '2026-03-01', '2026-03-01')`,
			`update z_reports set drops_minor = 500 where tenant_id = @tenant`}},
		{"the methods do not add up", "M7", "methods do not add up", "shift", []string{
			`update z_reports set methods = '[]' where tenant_id = @tenant`}},
	})
	t.Run("a late sale that is flagged is no finding", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		b.plant(t, shop, `update sales set received_at = '2026-03-02', flags = '{shift_closed}' where tenant_id = @tenant and id = @sale2`,
			`update z_reports set sales_count = 1, total_minor = 3570, tax_minor = 570, methods = '[{"amount_minor": 3570}]', taxes = '[{"tax_minor": 570}]'
			 where tenant_id = @tenant`)
		require.Empty(t, b.broken(t, shop.Slug))
	})
}

func TestPlantedS1StockIsNotItsMoves(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"the quantity", "S1", "item stands at 5.0000", "item", []string{`update stock_balances set on_hand = 5 where tenant_id = @tenant`}},
		{"the value", "S1", "worth 2001", "item", []string{`update stock_balances set value_minor = 2001 where tenant_id = @tenant`}},
		{"a balance is gone", "S1", "item stands at 0 worth 0", "item", []string{`delete from stock_balances where tenant_id = @tenant`}},
		{"the moves are gone", "S1", "moves come to 0", "item", []string{`delete from stock_moves where tenant_id = @tenant`}},
	})
}

func TestPlantedS3StockIsNotInTheBooks(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"moves and balance went up together", "S3", "stock is worth 2100, the inventory account says 2000", "", []string{
			`update stock_balances set value_minor = 2100 where tenant_id = @tenant`,
			`update stock_moves set value_minor = 5100 where tenant_id = @tenant and id = @opening`}},
		{"the account was posted to by hand", "S3", "stock is worth 2000, the inventory account says 2010", "", []string{
			`update postings set amount_minor = amount_minor + sign(amount_minor)::bigint * 10 where tenant_id = @tenant and entry_id = @entry0`}},
	})
}

func TestPlantedN1NumberMissing(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"one is left out", "N1", "series 1A runs from 1 to 3 but has 2 numbers", "", []string{
			`update sales set number = 3 where tenant_id = @tenant and id = @sale2`}},
		{"the first is missing", "N1", "series 1A runs from 2 to 3", "", []string{
			`update sales set number = number + 1 where tenant_id = @tenant and id = @sale2`,
			`update sales set number = number + 1 where tenant_id = @tenant and id = @sale1`}},
	})
	t.Run("one is there twice", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		_, err := b.superuser.Exec(t.Context(), `alter table sales drop constraint sales_number_key`)
		require.NoError(t, err)
		b.plant(t, shop, `update sales set number = 1 where tenant_id = @tenant and id = @sale2`)
		found := b.broken(t, shop.Slug)
		require.Len(t, found, 1)
		require.Equal(t, "N1", found[0].Check)
		require.ElementsMatch(t, []any{shop.args["sale1"], shop.args["sale2"]}, []any{found[0].IDs[0], found[0].IDs[1]})
	})
	t.Run("one that waits in the inbox is no finding", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		b.plant(t, shop, `insert into upload_exceptions (tenant_id, id, device_id, entry_no, kind, code, detail, body, received_at)
			values (@tenant, gen_random_uuid(), @device, 3, 'sale_finished', 'x', 'x', '{"series": "1A", "number": 3}', '2026-03-01')`)
		require.Empty(t, b.broken(t, shop.Slug))
	})
}

func TestPlantedR1SaleBookedTwiceOrNot(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"no journal entry", "R1", "has 0 journal entries", "sale1", []string{
			`delete from postings where tenant_id = @tenant and entry_id = @entry1`,
			`delete from journal_entries where tenant_id = @tenant and id = @entry1`,
			`insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor) values
			 (@tenant, @entry0, 3, @stock_account, -1500), (@tenant, @entry0, 4, @equity_account, 1500)`}},
		{"an entry without its sale", "R1", "an entry is of sale that is not there", "entry1", []string{
			`update journal_entries set source_id = @opening where tenant_id = @tenant and id = @entry1`}},
		{"a line that moved nothing", "R1", "has moved 0 times", "sale1", []string{
			`delete from stock_moves where tenant_id = @tenant and source_id = @sale1 and source_line = 1`,
			`update stock_balances set on_hand = 5, value_minor = 2500 where tenant_id = @tenant`,
			`update postings set amount_minor = amount_minor + sign(amount_minor)::bigint * 500 where tenant_id = @tenant and entry_id = @entry0`}},
		{"a line that moved another quantity", "R1", "has moved 1 times, by -3", "sale2", []string{
			`update stock_moves set quantity = -3 where tenant_id = @tenant and source_id = @sale2 and source_line = 1`,
			`update stock_balances set on_hand = 2 where tenant_id = @tenant`}},
		{"a move without its line", "R1", "a move is of a line of sale that is not there", "register", []string{
			`insert into stock_moves (tenant_id, id, item_id, location_id, quantity, value_minor, source_type, source_id, source_line, at)
			 values (@tenant, @register, @item, @location, 0, 0, 'sale', @sale1, 9, '2026-03-01')`}},
	})
	t.Run("one entry too many", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		_, err := b.superuser.Exec(t.Context(), `alter table journal_entries drop constraint journal_entries_source_key`)
		require.NoError(t, err)
		b.plant(t, shop, `insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, posted_at)
			values (@tenant, @device, '2026-03-01', 'sale', @sale1, 'EUR', '2026-03-01')`,
			`insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor)
			 values (@tenant, @device, 1, @cash_account, 1), (@tenant, @device, 2, @sales_account, -1)`)
		found := b.broken(t, shop.Slug)
		require.Len(t, found, 1)
		require.Equal(t, "R1 "+shop.Slug+": sale 1A-1 has 2 journal entries "+shop.argText("sale1"), found[0].String())
	})
	t.Run("an operation that is kept twice", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		_, err := b.superuser.Exec(t.Context(), `alter table operations drop constraint operations_pkey`)
		require.NoError(t, err)
		b.plant(t, shop, `insert into operations (tenant_id, id, route, request_hash, status, response, at)
			select @tenant, @item, 'POST /x', '\x00', 200, '\x00', '2026-03-01' from generate_series(1, 2)`)
		found := b.broken(t, shop.Slug)
		require.Len(t, found, 1)
		require.Equal(t, "operation is there 2 times", found[0].What)
	})
}

func TestPlantedW1ChangeMissing(t *testing.T) {
	newBench(t).expect(t, []planted{
		{"one is gone", "W1", "and the head is", "", []string{
			`delete from changes where tenant_id = @tenant and seq = 2`}},
		{"the last is gone", "W1", "and the head is", "", []string{
			`delete from changes where tenant_id = @tenant and seq = (select max(seq) from changes where tenant_id = @tenant)`}},
		{"the head is behind", "W1", "and the head is 1", "", []string{
			`update platform.change_heads set seq = 1 where tenant_id = @tenant`}},
		{"the head is gone", "W1", "no head", "", []string{
			`delete from platform.change_heads where tenant_id = @tenant`}},
		{"one was left behind", "W1", "1 changes of catalog.items were left without a number", "", []string{
			`insert into platform.change_queue (tenant_id, topic, op, ids, at) values (@tenant, 'catalog.items', 'update', array[@item]::uuid[], now() - interval '1 hour')`}},
	})
	t.Run("old ones may be gone", func(t *testing.T) {
		b := newBench(t)
		shop := b.shop(t)
		b.plant(t, shop, `delete from changes where tenant_id = @tenant and seq <= 2`)
		require.Empty(t, b.broken(t, shop.Slug))
	})
}

func TestEveryCheckSaysWhatItPromises(t *testing.T) {
	seen := map[string]bool{}
	for _, check := range verify.Checks {
		require.NotEmpty(t, check.ID)
		require.Greater(t, len(check.Says), 20)
		require.False(t, seen[check.ID])
		seen[check.ID] = true
	}
}
