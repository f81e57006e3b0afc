package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"souk/server/catalog"
	"souk/server/sales"
	"souk/shared/wire"
)

// What a page of a list costs without tenancy, HTTP or JSON: the same fifty rows
// with the same columns, read from the copy without row-level security.
const (
	plainItems = `
		select i.id, i.sku, i.name, i.sort_name, i.category_id, coalesce(c.name, '') as category, i.unit, i.sold_by, i.plu, t.code,
		       coalesce(p.price_minor, 0), i.cost_minor,
		       (select min(b.code) from barcodes b where b.tenant_id = i.tenant_id and b.item_id = i.id),
		       i.favourite, i.track_stock, i.active, i.version, i.updated_at
		from   items i
		join   tax_codes t on t.tenant_id = i.tenant_id and t.id = i.tax_code_id
		left   join categories c on c.tenant_id = i.tenant_id and c.id = i.category_id
		left   join prices p on p.tenant_id = i.tenant_id and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = $1 and l.is_default)
		where  i.tenant_id = $1 and i.active and i.sort_name > $2
		order  by i.sort_name, i.id
		limit  51`

	plainSales = `
		select s.id, s.kind, s.receipt_no, s.completed_at, s.business_date, st.name, s.register_id, r.name, p.name, c.name, s.currency,
		       s.total_minor, s.flags
		from   sales s
		join   stores st on st.tenant_id = s.tenant_id and st.id = s.store_id
		join   registers r on r.tenant_id = s.tenant_id and r.id = s.register_id
		left   join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
		left   join customers c on c.tenant_id = s.tenant_id and c.id = s.customer_id
		where  s.tenant_id = $1 and s.completed_at < $2
		order  by s.completed_at desc, s.id desc
		limit  51`
)

// list is one of the lists that are measured: its address, and pages to ask for,
// spread over all of it.
type list struct {
	name, path, raw string
	cursors         []string
	keys            []any
}

const pagesKnown = 40

// readList walks through a list and remembers where pages begin: some of them
// right after the first, the others spread over the rest.
func readList[T any](ctx context.Context, web *http.Client, l *list, key func(T) any) error {
	l.cursors, l.keys = nil, nil
	after := ""
	for len(l.cursors) < pagesKnown {
		text, err := fetch(ctx, web, http.MethodGet, l.path+"&limit=50&after="+url.QueryEscape(after), nil)
		if err != nil {
			return err
		}
		var page wire.Page[T]
		if err := json.Unmarshal(text, &page); err != nil {
			return err
		}
		if page.Next == "" {
			break
		}
		after = page.Next
		l.cursors = append(l.cursors, after)
		l.keys = append(l.keys, key(page.Rows[len(page.Rows)-1]))
	}
	if len(l.cursors) == 0 {
		return fmt.Errorf("%s has no second page", l.path)
	}
	return nil
}

// page asks for one of the list's pages as a browser does.
func (l *list) page(web *http.Client) func(context.Context, int, int) error {
	return func(ctx context.Context, client, n int) error {
		_, err := fetch(ctx, web, http.MethodGet, l.path+"&limit=50&after="+url.QueryEscape(l.cursors[(client*7+n)%len(l.cursors)]), nil)
		return err
	}
}

// plain reads the same rows by SQL alone.
func (l *list) plain(pool *pgxpool.Pool) func(context.Context, int, int) error {
	return func(ctx context.Context, client, n int) error {
		rows, err := pool.Query(ctx, l.raw, market.tenant, l.keys[(client*7+n)%len(l.keys)])
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (int, error) { _, err := row.Values(); return 0, err })
		return err
	}
}

// known finds the pages of the lists as they are now.
func (b *bench) known(ctx context.Context, web *http.Client) ([]*list, error) {
	items := &list{name: "items", path: "/api/items?sort=name", raw: plainItems}
	if err := readList(ctx, web, items, func(row catalog.ItemRow) any { return strings.ToLower(row.Name) }); err != nil {
		return nil, err
	}
	sold := &list{name: "sales", path: "/api/sales?kind=", raw: plainSales}
	if err := readList(ctx, web, sold, func(row sales.SaleRow) any { return row.CompletedAt }); err != nil {
		return nil, err
	}
	return []*list{items, sold}, nil
}

// lists measures a page of fifty items and of fifty sales.
func (b *bench) lists(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, fmt.Sprintf("%s&pool_max_conns=%d", inDatabase(b.server.AdminURL(), "souk_plain"), clients))
	if err != nil {
		return err
	}
	defer pool.Close()
	web := b.client()
	lists, err := b.known(ctx, web)
	if err != nil {
		return err
	}
	for _, l := range lists {
		raw, err := measured(ctx, l.plain(pool))
		if err != nil {
			return err
		}
		row("yardstick: a page of 50 "+l.name+" by SQL alone, 8 clients", raw)
		whole, err := measured(ctx, l.page(web))
		if err != nil {
			return err
		}
		row("HTTP: a page of 50 "+l.name+", 8 clients", whole)
		verdict("B4", "a page of 50 "+l.name+" / (3,000 or 0.2 of the raw query)", whole.perSecond/min(3000, 0.2*raw.perSecond), 1)
	}
	return nil
}
