package ledger

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

// tillAccounts are what money from a drawer is booked against.
var tillAccounts = []account{
	{"SAFE", "Safe", KindAsset, RoleSafe},
	{"BANK", "Bank", KindAsset, RoleBank},
	{"OWNER", "Owner", KindEquity, RoleOwner},
	{"COSTS", "Running costs", KindExpense, RoleRunningCosts},
}

// transitAccounts are what goods are booked against while they are on their way.
var transitAccounts = []account{{"TRANSIT", "Stock on its way between stores", KindAsset, RoleInTransit}}

const addAccounts db.SQL = `
	insert into accounts (tenant_id, id, code, name, kind, role)
	select @tenant, n.id, n.code, n.name, n.kind, n.role
	from   unnest(@ids::uuid[], @codes::text[], @names::text[], @kinds::text[], @roles::text[]) as n (id, code, name, kind, role)
	where  not exists (select from accounts a where a.tenant_id = @tenant and a.role = n.role)
	on conflict do nothing`

// TillChart is the chart with the accounts that a drawer's money is booked
// against. A chart from before there were such roles is given them.
func TillChart(ctx context.Context, tx *db.Tx, rows []ChartRow) (Chart, error) {
	return chartWith(ctx, tx, rows, tillAccounts)
}

// TransitChart is the chart with the account that goods are booked against while
// they are on their way. A chart from before there was such a role is given it.
func TransitChart(ctx context.Context, tx *db.Tx, rows []ChartRow) (Chart, error) {
	return chartWith(ctx, tx, rows, transitAccounts)
}

func chartWith(ctx context.Context, tx *db.Tx, rows []ChartRow, wanted []account) (Chart, error) {
	chart, whole := ChartOf(rows), true
	for _, a := range wanted {
		whole = whole && chart[a.role] != uuid.Nil
	}
	if whole {
		return chart, nil
	}
	var ids []uuid.UUID
	var codes, names, kinds, roles []string
	for _, a := range wanted {
		ids, codes = append(ids, uuid.Must(uuid.NewV7())), append(codes, a.code)
		names, kinds, roles = append(names, a.name), append(kinds, string(a.kind)), append(roles, string(a.role))
	}
	_, err := tx.Exec(ctx, addAccounts, db.Args{"ids": ids, "codes": codes, "names": names, "kinds": kinds, "roles": roles})
	if err != nil {
		return nil, err
	}
	now, err := db.All[ChartRow](ctx, tx, readChart, db.Args{})
	return ChartOf(now), err
}
