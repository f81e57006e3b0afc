package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	addGround db.SQL = `
		with u as (insert into units (tenant_id, code, name, decimals) values (@tenant, 'pc', 'Piece', 0), (@tenant, 'kg', 'Kilogram', 3))
		insert into tax_codes (tenant_id, id, code, name) values (@tenant, @tax, 'standard', 'Standard')`

	addItems db.SQL = `
		insert into items (tenant_id, id, sku, name, unit, tax_code_id, track_stock, min_stock, cost_minor, created_at, updated_at)
		select @tenant, i.id, i.name, i.name, @unit, @tax, @track, @least::numeric, 90, @now, @now
		from   unnest(@ids::uuid[], @names::text[]) as i (id, name)`

	addWord db.SQL = `insert into search_words (tenant_id, kind, word, entity_id) values (@tenant, 'item', @word, @item)`

	stockAndBooks db.SQL = `
		select coalesce((select sum(value_minor) from stock_balances where tenant_id = @tenant), 0)::bigint as shelves,
		       coalesce((select sum(value_minor) from stock_moves where tenant_id = @tenant), 0)::bigint as moves,
		       coalesce((select sum(p.amount_minor) from postings p join accounts a on a.tenant_id = @tenant and a.id = p.account_id
		                 where p.tenant_id = @tenant and a.role = 'inventory'), 0)::bigint as books`

	changeMove db.SQL = `update stock_moves set quantity = 1 where tenant_id = @tenant`
)

// stock is a shop with a ledger, in a transaction that is rolled back.
type stock struct {
	t    *testing.T
	ctx  context.Context
	tx   *db.Tx
	shop dbtest.Shop
	tax  uuid.UUID
}

func open(t *testing.T) stock {
	t.Helper()
	ctx, tx, shop := dbtest.Tx(t)
	return ground(ctx, t, tx, shop)
}

func ground(ctx context.Context, t *testing.T, tx *db.Tx, shop dbtest.Shop) stock {
	t.Helper()
	s := stock{t: t, ctx: ctx, tx: tx, shop: shop, tax: uuid.New()}
	require.NoError(t, ledger.Module.Reacts[0].Run(s.ctx, tx, tenants.Opened{}))
	tx.Batch().Exec(addGround, db.Args{"tax": s.tax})
	s.ctx = as(s.ctx, wire.Owner)
	return s
}

// as is a person of that role, with the rights that this module grants it.
func as(ctx context.Context, role wire.Role) context.Context {
	grants := auth.Grants{}
	for _, grant := range inventory.Module.Permissions {
		for _, granted := range grant.Roles {
			if grants[granted] == nil {
				grants[granted] = map[wire.Permission]bool{}
			}
			grants[granted][grant.Permission] = true
		}
	}
	return auth.With(ctx, auth.Acting(uuid.Nil, uuid.New(), role, grants))
}

func (s stock) items(least string, names ...string) []uuid.UUID {
	s.t.Helper()
	ids := make([]uuid.UUID, len(names))
	for i := range ids {
		ids[i] = uuid.New()
	}
	s.add(db.Args{"ids": ids, "names": names, "unit": "pc", "track": true, "least": qty(least)})
	return ids
}

func (s stock) add(args db.Args) {
	s.t.Helper()
	args["tax"], args["now"] = s.tax, s.tx.Now()
	_, err := s.tx.Exec(s.ctx, addItems, args)
	require.NoError(s.t, err)
}

func qty(text string) decimal.Decimal { return decimal.MustParse(text) }

func (s stock) open(item uuid.UUID, quantity string, cost money.Amount) error {
	line := inventory.OpeningLine{ItemID: item, Quantity: qty(quantity), UnitCost: cost}
	return inventory.Open(s.ctx, s.tx, s.shop.Location, []inventory.OpeningLine{line})
}

// sell takes stock as a sale does, and posts its cost.
func (s stock) sell(item uuid.UUID, quantity string) money.Amount {
	s.t.Helper()
	r := s.tx.Reads()
	balances := inventory.ReadBalances(r, s.shop.Location, []uuid.UUID{item})
	chart := ledger.ReadChart(r)
	require.NoError(s.t, r.Run(s.ctx))
	b, sale := s.tx.Batch(), uuid.New()
	values, err := inventory.Apply(b, *balances, []inventory.Move{{
		ItemID: item, LocationID: s.shop.Location, Quantity: qty(quantity).Neg(), SourceType: "sale", SourceID: sale, SourceLine: 1, FallbackCost: 90,
	}})
	require.NoError(s.t, err)
	to := ledger.ChartOf(*chart)
	require.NoError(s.t, ledger.Post(b, ledger.Entry{
		ID: uuid.New(), Date: s.tx.Now(), SourceType: "sale", SourceID: sale, Currency: "EUR",
		Lines: []ledger.Line{{Account: to[ledger.RoleInventory], Amount: values[0]}, {Account: to[ledger.RoleCOGS], Amount: -values[0]}},
	}))
	return values[0]
}

func (s stock) row(item uuid.UUID) inventory.StockRow {
	s.t.Helper()
	got, err := inventory.List(s.ctx, s.tx, inventory.StockQuery{})
	require.NoError(s.t, err)
	for _, row := range got.Rows {
		if row.ItemID == item {
			return row
		}
	}
	s.t.Fatalf("item %s is not in the stock list", item)
	return inventory.StockRow{}
}

// settled ends the booking: it runs what waits for the commit and compares shelves, moves and books.
func (s stock) settled(want money.Amount) {
	s.t.Helper()
	require.NoError(s.t, s.tx.SettleForTest(s.ctx))
	type sums struct{ Shelves, Moves, Books money.Amount }
	got, err := db.One[sums](s.ctx, s.tx, stockAndBooks, db.Args{})
	require.NoError(s.t, err)
	require.Equal(s.t, sums{want, want, want}, got)
}

func TestOpeningStock(t *testing.T) {
	t.Run("is worth what it cost and can be opened once", func(t *testing.T) {
		s := open(t)
		item := s.items("0", "Rice")[0]
		require.NoError(t, s.open(item, "10", 120))
		s.settled(1200)
		row := s.row(item)
		require.Equal(t, "10", row.OnHand.String())
		require.Equal(t, money.Amount(1200), *row.Value)
		require.Equal(t, "120", row.UnitCost.String())
		require.ErrorIs(t, s.open(item, "1", 1), fault.Conflict("inventory.opened_already"))
	})
	t.Run("after sales: what was sold is cost of sales, the rest is stock", func(t *testing.T) {
		s := open(t)
		item := s.items("0", "Rice")[0]
		require.Equal(t, money.Amount(-180), s.sell(item, "2"))
		require.NoError(t, s.open(item, "10", 120))
		s.settled(960)
		balance, err := ledger.Balance(s.ctx, s.tx, ledger.TrialBalanceQuery{})
		require.NoError(t, err)
		require.Equal(t, balance.Debit, balance.Credit)
		byName := map[string]money.Amount{}
		for _, row := range balance.Rows {
			byName[row.Name] = row.Debit - row.Credit
		}
		require.Equal(t, map[string]money.Amount{"Stock": 960, "Opening balances": -1200, "Cost of goods sold": 240}, byName)
	})
	t.Run("five thousand items are one journal entry", func(t *testing.T) {
		s := open(t)
		names := make([]string, 5000)
		for i := range names {
			names[i] = fmt.Sprintf("Item %04d", i)
		}
		lines := make([]inventory.OpeningLine, 0, len(names))
		for _, id := range s.items("0", names...) {
			lines = append(lines, inventory.OpeningLine{ItemID: id, Quantity: qty("3"), UnitCost: 7})
		}
		require.NoError(t, inventory.Open(s.ctx, s.tx, s.shop.Location, lines))
		s.settled(5000 * 21)
		journal, err := ledger.Journal(s.ctx, s.tx, ledger.JournalQuery{})
		require.NoError(t, err)
		require.Len(t, journal.Rows, 1)
	})
	t.Run("refuses what makes no sense", func(t *testing.T) {
		s := open(t)
		item, untracked := s.items("0", "Rice")[0], uuid.New()
		s.add(db.Args{"ids": []uuid.UUID{untracked}, "names": []string{"Carrier bag"}, "unit": "pc", "track": false, "least": qty("0")})
		require.ErrorIs(t, s.open(item, "0", 1), fault.Invalid("inventory.bad_quantity"))
		require.ErrorIs(t, s.open(item, "0.5", 1), fault.Invalid("inventory.too_fine"))
		require.ErrorIs(t, s.open(item, "1000", money.Max), fault.Invalid("inventory.too_much"))
		require.ErrorIs(t, s.open(untracked, "1", 1), fault.Invalid("inventory.not_tracked"))
		require.ErrorIs(t, s.open(uuid.New(), "1", 1), fault.NotFound("inventory.item_unknown"))
		twice := []inventory.OpeningLine{{ItemID: item, Quantity: qty("1")}, {ItemID: item, Quantity: qty("1")}}
		require.ErrorIs(t, inventory.Open(s.ctx, s.tx, s.shop.Location, twice), fault.Invalid("inventory.item_twice"))
		require.ErrorIs(t, inventory.Open(s.ctx, s.tx, uuid.New(), twice[:1]), fault.NotFound("inventory.location_unknown"))
		s.settled(0)
	})
}

func TestAdjustment(t *testing.T) {
	s := open(t)
	items := s.items("0", "Rice", "Salt")
	require.NoError(t, s.open(items[0], "10", 120))
	got, err := inventory.AdjustStock(s.ctx, s.tx, inventory.Adjustment{
		ID: uuid.New(), LocationID: s.shop.Location, Note: "Water damage", Lines: []inventory.AdjustmentLine{
			{ItemID: items[0], Quantity: qty("-3"), Reason: "damaged"}, {ItemID: items[1], Quantity: qty("2"), Reason: "found"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, "7", got.Lines[0].OnHand.String())
	s.settled(7*120 + 2*90)

	moves, err := inventory.Moves(s.ctx, s.tx, inventory.MovesQuery{ItemID: items[0], Limit: 1})
	require.NoError(t, err)
	require.Len(t, moves.Rows, 1)
	rest, err := inventory.Moves(s.ctx, s.tx, inventory.MovesQuery{ItemID: items[0], Limit: 1, After: moves.Next})
	require.NoError(t, err)
	require.Len(t, rest.Rows, 1)
	require.Empty(t, rest.Next)
	require.ElementsMatch(t, []string{"adjustment", "opening"}, []string{moves.Rows[0].SourceType, rest.Rows[0].SourceType})

	_, err = inventory.Moves(s.ctx, s.tx, inventory.MovesQuery{ItemID: uuid.New()})
	require.ErrorIs(t, err, fault.NotFound("inventory.item_unknown"))
	_, err = s.tx.Exec(s.ctx, changeMove, db.Args{})
	require.ErrorContains(t, err, "permission denied")
}

func TestCount(t *testing.T) {
	s := open(t)
	items := s.items("0", "Rice", "Salt", "Oil")
	require.NoError(t, s.open(items[0], "10", 120))
	require.NoError(t, s.open(items[1], "4", 50))
	s.sell(items[2], "1")
	got, err := inventory.CountStock(s.ctx, s.tx, inventory.StockCount{
		ID: uuid.New(), LocationID: s.shop.Location, Lines: []inventory.StockCountLine{
			{ItemID: items[0], Counted: qty("8")}, {ItemID: items[1], Counted: qty("4")}, {ItemID: items[2], Counted: qty("2")},
		},
	})
	require.NoError(t, err)
	require.Len(t, got.Lines, 2, "the count of salt was right")
	require.Equal(t, "-2", got.Lines[0].Quantity.String())
	require.Equal(t, "3", got.Lines[1].Quantity.String())
	s.settled(8*120 + 4*50 + 2*90)
	_, err = inventory.CountStock(s.ctx, s.tx, inventory.StockCount{
		ID: uuid.New(), LocationID: s.shop.Location, Lines: []inventory.StockCountLine{{ItemID: items[0], Counted: qty("-1")}},
	})
	require.ErrorIs(t, err, fault.Invalid("inventory.bad_quantity"))
}

func TestStockList(t *testing.T) {
	s := open(t)
	items := s.items("5", "Apple", "Bread", "Cheese", "Dates")
	require.NoError(t, s.open(items[0], "20", 10))
	require.NoError(t, s.open(items[1], "5", 10))
	s.sell(items[2], "1")
	_, err := s.tx.Exec(s.ctx, addWord, db.Args{"word": "cheese", "item": items[2]})
	require.NoError(t, err)
	names := func(in inventory.StockQuery) []string {
		out := []string{}
		for {
			got, err := inventory.List(s.ctx, s.tx, in)
			require.NoError(t, err)
			for _, row := range got.Rows {
				out = append(out, row.Name)
			}
			if in.After = got.Next; in.After == "" {
				return out
			}
		}
	}
	require.Equal(t, []string{"Apple", "Bread", "Cheese", "Dates"}, names(inventory.StockQuery{Limit: 2}))
	require.Equal(t, []string{"Bread", "Cheese", "Dates"}, names(inventory.StockQuery{State: "low", Limit: 2}))
	require.Equal(t, []string{"Cheese"}, names(inventory.StockQuery{State: "negative"}))
	require.Equal(t, []string{"Cheese"}, names(inventory.StockQuery{Q: "che"}))
	require.Equal(t, []string{"Cheese"}, names(inventory.StockQuery{Q: "che", State: "low"}))
	require.Empty(t, names(inventory.StockQuery{Q: "che", State: "negative", Location: uuid.New()}))

	low, err := inventory.Low(s.ctx, s.tx, inventory.LowQuery{Location: s.shop.Location})
	require.NoError(t, err)
	require.Len(t, low.Rows, 3)

	s.ctx = as(s.ctx, wire.Cashier)
	row := s.row(items[0])
	require.Nil(t, row.Value, "a cashier does not see what stock cost")
	require.Nil(t, row.UnitCost)
	moves, err := inventory.Moves(s.ctx, s.tx, inventory.MovesQuery{ItemID: items[0]})
	require.NoError(t, err)
	require.Nil(t, moves.Rows[0].Value)
}

// TestFirstSalesAtOnce: neither of an item's first two sales finds a balance to
// lock, and still both are counted.
func TestFirstSalesAtOnce(t *testing.T) {
	database := dbtest.Open(t)
	shop := dbtest.NewShop(t, database)
	var item uuid.UUID
	require.NoError(t, database.Tenant(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		item = ground(ctx, t, tx, shop).items("0", "Rice")[0]
		return nil
	}))
	read := make(chan struct{}, 2)
	both := make(chan struct{})
	done := make(chan error, 2)
	for range 2 {
		go func() {
			done <- database.Tenant(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
				r := tx.Reads()
				balances := inventory.ReadBalances(r, shop.Location, []uuid.UUID{item})
				if err := r.Run(ctx); err != nil {
					return err
				}
				read <- struct{}{}
				<-both
				_, err := inventory.Apply(tx.Batch(), *balances, []inventory.Move{{
					ItemID: item, LocationID: shop.Location, Quantity: qty("-2"), SourceType: "sale", SourceID: uuid.New(), SourceLine: 1, FallbackCost: 90,
				}})
				return err
			})
		}()
	}
	<-read
	<-read
	close(both)
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.NoError(t, database.Read(t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
		got, err := inventory.List(as(ctx, wire.Owner), tx, inventory.StockQuery{})
		require.NoError(t, err)
		require.Equal(t, "-4", got.Rows[0].OnHand.String())
		require.Equal(t, money.Amount(-360), *got.Rows[0].Value)
		return nil
	}))
}
