package sync

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/page"
	"souk/shared/wire"
)

const (
	readCustomers db.SQL = `
		select id, name, phone, email, code, tax_number, language, active
		from   customers
		where  tenant_id = @tenant and active and (@after::uuid is null or id > @after)
		order  by id
		limit  @limit`

	// Of those who are not active any more nothing but the id leaves the server.
	readCustomersByID db.SQL = `
		select id, case when active then name else '' end as name, case when active then phone else '' end as phone,
		       case when active then email else '' end as email, case when active then code else '' end as code,
		       case when active then tax_number else '' end as tax_number, case when active then language else '' end as language, active
		from   customers
		where  tenant_id = @tenant and id = any(@ids::uuid[])
		order  by id`
)

// CustomersFrom says which page of the customers is wanted.
type CustomersFrom struct {
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"0" maximum:"2000" doc:"0 means 2,000"`
}

// Customers gives the active customers in the order of their ids, page by page,
// as Items gives the items.
//
// Fails with request.bad_cursor.
func Customers(ctx context.Context, tx *db.Tx, in CustomersFrom) (wire.Page[wire.TillCustomer], error) {
	limit := pageOfItems
	if in.Limit > 0 {
		limit = min(limit, in.Limit)
	}
	args := db.Args{"after": nil, "limit": limit + 1}
	if in.After != "" {
		parts, err := page.Decode(in.After, 1)
		if err != nil {
			return wire.Page[wire.TillCustomer]{}, err
		}
		after, err := uuid.Parse(parts[0])
		if err != nil {
			return wire.Page[wire.TillCustomer]{}, page.BadCursor(err)
		}
		args["after"] = after
	}
	rows, err := db.All[wire.TillCustomer](ctx, tx, readCustomers, args)
	return page.Cut(rows, limit, func(c wire.TillCustomer) []string { return []string{c.ID.String()} }), err
}
