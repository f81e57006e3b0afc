package backup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Totals is what is counted before and after: rows of each table and the money
// of each shop.
type Totals struct {
	Rows  map[string]int64 `json:"rows"`
	Shops []ShopTotals     `json:"shops"`
}

// ShopTotals is one shop's money, in minor units of its own currency.
type ShopTotals struct {
	Shop     string `json:"shop" db:"shop"`
	Sales    int64  `json:"sales" db:"sales"`
	Due      int64  `json:"due_minor" db:"due"`
	Tendered int64  `json:"tendered_minor" db:"tendered"`
	Debits   int64  `json:"debits_minor" db:"debits"`
	Stock    int64  `json:"stock_value_minor" db:"stock"`
}

// These move without a shop's doing: changes are numbered and pruned behind it,
// access is logged, files come in parts and go by themselves, and the state of the
// installation is news, not record.
var notCounted = []string{"public.changes", "platform.change_queue", "platform.change_heads", "platform.access_log", "platform.installation", "public.files", "public.file_parts"}

const countedTables = `
	select n.nspname || '.' || c.relname
	from   pg_class c
	join   pg_namespace n on n.oid = c.relnamespace
	where  c.relkind = 'r' and n.nspname in ('public', 'platform') and n.nspname || '.' || c.relname <> all ($1)
	order  by 1`

const shopTotals = `
	select t.slug as shop,
	       (select count(*) from sales s where s.tenant_id = t.id) as sales,
	       (select coalesce(sum(s.due_minor), 0)::bigint from sales s where s.tenant_id = t.id) as due,
	       (select coalesce(sum(x.amount_minor), 0)::bigint from tenders x where x.tenant_id = t.id) as tendered,
	       (select coalesce(sum(p.amount_minor), 0)::bigint from postings p where p.tenant_id = t.id and p.amount_minor > 0) as debits,
	       (select coalesce(sum(b.value_minor), 0)::bigint from stock_balances b where b.tenant_id = t.id) as stock
	from   platform.tenants t
	where  t.status <> 'throwaway'
	order  by t.slug`

// rowQuerier is a connection or a transaction.
type rowQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Count reads the totals as one who sees all shops.
func Count(ctx context.Context, conn rowQuerier) (Totals, error) {
	totals := Totals{Rows: map[string]int64{}}
	rows, err := conn.Query(ctx, countedTables, notCounted)
	if err != nil {
		return totals, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return totals, err
	}
	for _, table := range tables {
		var count int64
		// An identifier cannot be an argument; these come from the catalogue and are quoted.
		if err := conn.QueryRow(ctx, `select count(*) from `+pgx.Identifier(strings.SplitN(table, ".", 2)).Sanitize()).Scan(&count); err != nil {
			return totals, fmt.Errorf("count %s: %w", table, err)
		}
		totals.Rows[table] = count
	}
	rows, err = conn.Query(ctx, shopTotals)
	if err != nil {
		return totals, err
	}
	totals.Shops, err = pgx.CollectRows(rows, pgx.RowToStructByName[ShopTotals])
	return totals, err
}

// Differ says in words where other is not the same, nothing if it is.
func (t Totals) Differ(other Totals) []string {
	var found []string
	for _, table := range slices.Sorted(maps.Keys(t.Rows)) {
		if got := other.Rows[table]; got != t.Rows[table] {
			found = append(found, fmt.Sprintf("%s has %d rows instead of %d", table, got, t.Rows[table]))
		}
	}
	shops := map[string]ShopTotals{}
	for _, shop := range other.Shops {
		shops[shop.Shop] = shop
	}
	for _, shop := range t.Shops {
		if got := shops[shop.Shop]; got != shop {
			found = append(found, fmt.Sprintf("shop %s has %+v instead of %+v", shop.Shop, got, shop))
		}
	}
	if len(other.Shops) != len(t.Shops) {
		found = append(found, fmt.Sprintf("there are %d shops instead of %d", len(other.Shops), len(t.Shops)))
	}
	return found
}

// RowCount is how many rows were counted over all tables.
func (t Totals) RowCount() (sum int64) {
	for _, count := range t.Rows {
		sum += count
	}
	return sum
}
