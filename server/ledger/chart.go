package ledger

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/tenants"
)

const insertAccounts db.SQL = `
	insert into accounts (tenant_id, id, code, name, kind, role)
	select @tenant, n.id, n.code, n.name, n.kind, nullif(n.role, '')
	from   unnest(@ids::uuid[], @codes::text[], @names::text[], @kinds::text[], @roles::text[]) as n (id, code, name, kind, role)`

// layGround gives a new shop the chart of its country.
func layGround(_ context.Context, tx *db.Tx, shop tenants.Opened) error {
	var ids []uuid.UUID
	var codes, names, kinds, roles []string
	for _, account := range template(shop.Company.Country) {
		ids, codes = append(ids, uuid.Must(uuid.NewV7())), append(codes, account.code)
		names, kinds, roles = append(names, account.name), append(kinds, string(account.kind)), append(roles, string(account.role))
	}
	batch := tx.Batch()
	batch.Exec(insertAccounts, db.Args{"ids": ids, "codes": codes, "names": names, "kinds": kinds, "roles": roles})
	return batch.Done()
}
