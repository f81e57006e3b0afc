package parties

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/server/platform/search"
	"souk/shared/fault"
	"souk/shared/wire"
)

// The list's statements are put together from these parts by the compiler.
const (
	customerColumns = `
		select c.id, c.name, c.sort_name, c.email, c.phone, c.address, c.tax_number, c.code, c.language, c.notes, c.active, c.version, c.created_at, c.updated_at
		from   customers c
		where  c.tenant_id = @tenant and (@active::boolean is null or c.active = @active)`

	matching = `
		  and  c.id in (
		           select w.entity_id
		           from   unnest(@from::text[], @to::text[]) as q (lo, hi)
		           join   search_words w on w.tenant_id = @tenant and w.kind = 'customer' and w.word >= q.lo and w.word < q.hi
		           group  by w.entity_id
		           having count(distinct q.lo) = cardinality(@from::text[]))`

	byName = `
		  and  (c.sort_name, c.id) > (@key::text, @id::uuid)
		order  by c.sort_name, c.id
		limit  @limit`

	byNameDown = `
		  and  (c.sort_name, c.id) < (@key::text, @id::uuid)
		order  by c.sort_name desc, c.id desc
		limit  @limit`

	byUpdated = `
		  and  (c.updated_at, c.id) > (@key::timestamptz, @id::uuid)
		order  by c.updated_at, c.id
		limit  @limit`

	byUpdatedDown = `
		  and  (c.updated_at, c.id) < (@key::timestamptz, @id::uuid)
		order  by c.updated_at desc, c.id desc
		limit  @limit`
)

const (
	customersByName        db.SQL = customerColumns + byName
	customersByNameDown    db.SQL = customerColumns + byNameDown
	customersByUpdated     db.SQL = customerColumns + byUpdated
	customersByUpdatedDown db.SQL = customerColumns + byUpdatedDown
	matchesByName          db.SQL = customerColumns + matching + byName
	matchesByNameDown      db.SQL = customerColumns + matching + byNameDown
	matchesByUpdated       db.SQL = customerColumns + matching + byUpdated
	matchesByUpdatedDown   db.SQL = customerColumns + matching + byUpdatedDown
)

var (
	nameOrder    = page.ByText(func(c Customer) (string, uuid.UUID) { return c.SortName, c.ID })
	updatedOrder = page.ByTime(func(c Customer) (time.Time, uuid.UUID) { return c.UpdatedAt, c.ID })
)

var sorts = map[string]struct {
	customers, matches db.SQL
	by                 page.Order[Customer]
}{
	"name":     {customersByName, matchesByName, nameOrder},
	"-name":    {customersByNameDown, matchesByNameDown, nameOrder},
	"updated":  {customersByUpdated, matchesByUpdated, updatedOrder},
	"-updated": {customersByUpdatedDown, matchesByUpdatedDown, updatedOrder},
}

// CustomerQuery asks for a page of the list.
type CustomerQuery struct {
	Q      string `query:"q" maxLength:"200" doc:"Beginnings of words of name, e-mail, phone, code or tax number"`
	Active string `query:"active" enum:"true,false,all" default:"true"`
	Sort   string `query:"sort" enum:"name,-name,updated,-updated" default:"name"`
	After  string `query:"after" doc:"The 'next' of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// List gives a page of customers. A question finds those of whom each word
// begins a word of the name, e-mail, phone, code or tax number.
//
// Fails with request.bad_cursor and parties.bad_sort.
func List(ctx context.Context, tx *db.Tx, in CustomerQuery) (wire.Page[Customer], error) {
	if in.Sort == "" {
		in.Sort = "name"
	}
	sort, ok := sorts[in.Sort]
	if !ok {
		return wire.Page[Customer]{}, fault.Invalid("parties.bad_sort", fault.At("sort", "parties.bad_sort", "")).
			Say("Customers are sorted by name or updated.")
	}
	limit := page.Limit(in.Limit)
	args, err := sort.by.Args(in.Sort, in.After, limit)
	if err != nil {
		return wire.Page[Customer]{}, err
	}
	statement := sort.customers
	args["active"] = page.Active(in.Active)
	if in.Q != "" {
		words := search.Query(in.Q)
		statement, args["from"], args["to"] = sort.matches, words.From, words.To
	}
	rows, err := db.All[Customer](ctx, tx, statement, args)
	if err != nil {
		return wire.Page[Customer]{}, err
	}
	return sort.by.Cut(rows, in.Sort, limit), nil
}
