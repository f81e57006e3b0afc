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
		select c.id, c.name, c.sort_name, c.email, c.phone, c.address, c.tax_number, c.notes, c.active, c.version, c.created_at, c.updated_at
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

var sorts = map[string]struct {
	customers, matches db.SQL
	start              string
	key                func(Customer) string
	parse              func(string) (any, error)
}{
	"name":     {customersByName, matchesByName, "", nameKey, textKey},
	"-name":    {customersByNameDown, matchesByNameDown, "\U0010ffff", nameKey, textKey},
	"updated":  {customersByUpdated, matchesByUpdated, "0001-01-01T00:00:00Z", updatedKey, timeKey},
	"-updated": {customersByUpdatedDown, matchesByUpdatedDown, "9999-12-31T00:00:00Z", updatedKey, timeKey},
}

func nameKey(c Customer) string     { return c.SortName }
func updatedKey(c Customer) string  { return c.UpdatedAt.UTC().Format(time.RFC3339Nano) }
func textKey(s string) (any, error) { return s, nil }
func timeKey(s string) (any, error) { return time.Parse(time.RFC3339Nano, s) }

// CustomerQuery asks for a page of the list.
type CustomerQuery struct {
	Q      string `query:"q" maxLength:"200" doc:"Beginnings of words of name, e-mail, phone or tax number"`
	Active string `query:"active" enum:"true,false,all" default:"true"`
	Sort   string `query:"sort" enum:"name,-name,updated,-updated" default:"name"`
	After  string `query:"after" doc:"The 'next' of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// List gives a page of customers. A question finds those of whom each word
// begins a word of the name, e-mail, phone or tax number.
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
	args, err := in.args(limit)
	if err != nil {
		return wire.Page[Customer]{}, err
	}
	statement := sort.customers
	if in.Q != "" {
		words := search.Query(in.Q)
		statement, args["from"], args["to"] = sort.matches, words.From, words.To
	}
	rows, err := db.All[Customer](ctx, tx, statement, args)
	if err != nil {
		return wire.Page[Customer]{}, err
	}
	return page.Cut(rows, limit, func(last Customer) []string {
		return []string{in.Sort, sort.key(last), last.ID.String()}
	}), nil
}

// args are those of every list. A cursor of another order does not fit.
func (in CustomerQuery) args(limit int) (db.Args, error) {
	key, id := sorts[in.Sort].start, uuid.Nil
	if in.Sort[0] == '-' {
		id = uuid.Max
	}
	if in.After != "" {
		parts, err := page.Decode(in.After, 3)
		if err != nil {
			return nil, err
		}
		if id, err = uuid.Parse(parts[2]); err != nil || parts[0] != in.Sort {
			return nil, page.BadCursor(err)
		}
		key = parts[1]
	}
	value, err := sorts[in.Sort].parse(key)
	if err != nil {
		return nil, page.BadCursor(err)
	}
	args := db.Args{"key": value, "id": id, "limit": limit + 1, "active": nil}
	switch in.Active {
	case "", "true":
		args["active"] = true
	case "false":
		args["active"] = false
	}
	return args, nil
}
