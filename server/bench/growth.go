package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/shared/barcode"
	"souk/shared/money"
	"souk/shared/wire"
)

// Of a shop that is there the others are copies, row by row: under its own tenant
// each keeps the ids. What is no part of a shop's standing is left out.
const (
	tenantTables = `
		select c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
		from   pg_class c
		join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'tenant_id'
		where  c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relrowsecurity
		and    c.relname not in ('changes', 'operations', 'sessions', 'jobs', 'files', 'file_parts')
		group  by c.oid`

	newTenants = `
		insert into platform.tenants (id, slug, demo)
		select gen_random_uuid(), 'bench-' || n, true from generate_series($1::int, $2::int) n`

	copies = `
		insert into %[1]s (tenant_id, %[2]s)
		select new_id, %[2]s
		from   (select id as new_id from platform.tenants where slug = any(array(select 'bench-' || n from generate_series($2::int, $3::int) n))) t
		cross  join %[1]s o
		where  o.tenant_id = $1`

	// Sales of before, once more under numbers of their own and a second earlier each.
	moreSales = `
		insert into sales (tenant_id, id, series, number, receipt_no, completed_at, %[1]s)
		select o.tenant_id, gen_random_uuid(), 'G' || n || '-' || o.series, o.number, o.series || 'G' || n || '-' || o.number, o.completed_at - n * interval '1 second', %[1]s
		from   (select *, row_number() over (order by completed_at) as place from sales where tenant_id = $1 and kind = 'sale') o
		cross  join generate_series(1, $2::int) n`

	saleColumns = `
		select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
		where  attrelid = 'sales'::regclass and attnum > 0 and not attisdropped
		and    attname not in ('tenant_id', 'id', 'series', 'number', 'receipt_no', 'completed_at')`
)

// costs are what the same four things cost at one size, as parts of what a point
// read and a TPC-B transaction cost right then: the machine's own moods go out.
type costs struct{ checkout, item, items, sales float64 }

// growth measures whether that stays flat while shops, items and sales become many.
func (b *bench) growth(ctx context.Context) error {
	admin, err := pgx.Connect(ctx, inDatabase(b.server.AdminURL(), "souk"))
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	// Nobody's rules are to be tried here: a copy of right rows is right.
	if _, err := admin.Exec(ctx, `set session_replication_role = replica`); err != nil {
		return err
	}
	few, err := b.costs(ctx, "5 shops, 1,000 items")
	if err != nil {
		return err
	}
	steps := []struct {
		name string
		grow func() error
	}{
		{"100 shops", func() error { return b.moreShops(ctx, admin, 6, 100) }},
		{"2,000 shops", func() error { return b.moreShops(ctx, admin, 101, 2000) }},
		{"100,000 items, sales", func() error { return b.biggerShop(ctx, admin) }},
	}
	for _, step := range steps {
		if err := step.grow(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if _, err := admin.Exec(ctx, `vacuum (analyze)`); err != nil {
			return err
		}
		many, err := b.costs(ctx, step.name)
		if err != nil {
			return err
		}
		const bar = 1 / 1.3
		verdict("B6", "checkout at "+step.name, many.checkout/few.checkout, bar)
		verdict("B6", "item by barcode at "+step.name, many.item/few.item, bar)
		verdict("B6", "page of items at "+step.name, many.items/few.items, bar)
		verdict("B6", "page of sales at "+step.name, many.sales/few.sales, bar)
	}
	return nil
}

func (b *bench) costs(ctx context.Context, size string) (costs, error) {
	web := b.client()
	lists, err := b.known(ctx, web)
	if err != nil {
		return costs{}, err
	}
	var failed error
	run := func(name string, work func(context.Context, int, int) error) float64 {
		if failed != nil {
			return 0
		}
		value, err := measured(ctx, work)
		if failed = err; err == nil {
			row(name, value)
		}
		return value.perSecond
	}
	point := run("yardstick: point read, "+size, b.point)
	out := costs{
		item:  run("HTTP: item by barcode, "+size, byBarcode(web)) / point,
		items: run("HTTP: a page of 50 items, "+size, lists[0].page(web)) / point,
		sales: run("HTTP: a page of 50 sales, "+size, lists[1].page(web)) / point,
	}
	tpcb := run("yardstick: TPC-B, "+size, func(ctx context.Context, client, n int) error { return transferOnce(ctx, b.yardstick, client, n) })
	out.checkout = run("HTTP: checkout of 5 lines, "+size, checkout(web)) / tpcb
	return out, failed
}

// moreShops makes copies of the garage, until there are so many shops.
func (b *bench) moreShops(ctx context.Context, admin *pgx.Conn, from, to int) error {
	var pattern uuid.UUID
	if err := admin.QueryRow(ctx, `select id from platform.tenants where slug = 'gajanayaka-auto'`).Scan(&pattern); err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, newTenants, from, to); err != nil {
		return err
	}
	rows, err := admin.Query(ctx, tenantTables)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Name, Columns string }])
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := admin.Exec(ctx, fmt.Sprintf(copies, table.Name, table.Columns), pattern, from, to); err != nil {
			return fmt.Errorf("%s: %w", table.Name, err)
		}
	}
	return nil
}

const (
	shopItems = 100_000
	lotOfNew  = 5000
)

// biggerShop brings the supermarket to 100,000 items, as an import would, and to
// as many sales.
func (b *bench) biggerShop(ctx context.Context, admin *pgx.Conn) error {
	identity := db.Identity{Tenant: market.tenant, Actor: market.owner}
	for from := len(market.items); from < shopItems; from += lotOfNew {
		err := b.program.Database.Tenant(b.actor(ctx), identity, func(ctx context.Context, tx *db.Tx) error {
			patterns, err := catalog.ShowMany(ctx, tx, market.items[:200])
			if err != nil {
				return err
			}
			return catalog.CreateMany(ctx, tx, variants(patterns, from))
		})
		if err != nil {
			return err
		}
	}
	var columns string
	if err := admin.QueryRow(ctx, saleColumns).Scan(&columns); err != nil {
		return err
	}
	var sold int
	if err := admin.QueryRow(ctx, `select count(*) from sales where tenant_id = $1 and kind = 'sale'`, market.tenant).Scan(&sold); err != nil {
		return err
	}
	_, err := admin.Exec(ctx, fmt.Sprintf(moreSales, columns), market.tenant, shopItems/sold+1)
	return err
}

// variants are items like those that are there, with names and codes of their own.
func variants(patterns []catalog.Item, from int) []catalog.NewItem {
	items := make([]catalog.NewItem, lotOfNew)
	for n := range items {
		pattern := patterns[n%len(patterns)]
		number := from + n
		words := strings.Fields(pattern.Name)
		body := fmt.Sprintf("29%010d", number)
		digit, _ := barcode.CheckDigit(body)
		items[n] = catalog.NewItem{
			ID: uuid.Must(uuid.NewV7()),
			ItemFacts: catalog.ItemFacts{
				SKU: fmt.Sprintf("G%07d", number), Name: fmt.Sprintf("%s %d %s", words[0], number, strings.Join(words[1:], " ")),
				CategoryID: pattern.CategoryID, Unit: pattern.Unit, SoldBy: catalog.SoldByEach, TaxCode: pattern.TaxCode,
				Price: pattern.Price + money.Amount(number%100), Cost: pattern.Cost, TrackStock: pattern.TrackStock,
			},
			Barcodes: []wire.ItemBarcode{{Code: body + string(digit), Quantity: decimal.One}},
		}
	}
	return items
}
