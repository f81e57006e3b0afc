package transfers_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/transfers"
	"souk/shared/money"
)

const sums db.SQL = `
	select coalesce((select sum(on_hand) from stock_balances where tenant_id = @tenant and item_id = @item), 0) as standing,
	       coalesce((select sum(l.quantity - coalesce(l.received, 0) - coalesce(l.written_off, 0))
	                 from   stock_transfer_lines l
	                 join   stock_transfers t on t.tenant_id = @tenant and t.id = l.transfer_id and t.state in ('sent', 'received')
	                 where  l.tenant_id = @tenant and l.item_id = @item), 0) as away,
	       coalesce((select sum(written_off) from stock_transfer_lines where tenant_id = @tenant and item_id = @item), 0) as lost`

type totals struct{ Standing, Away, Lost decimal.Decimal }

type dice struct{ *rand.Rand }

func (d *dice) seed(n uint64) { d.Rand = rand.New(rand.NewPCG(n, n)) }

// journey sends goods to and fro at random.
type journey struct {
	*world
	t              *testing.T
	random         dice
	items          []uuid.UUID
	stock          map[uuid.UUID]decimal.Decimal // what there was of each
	value          money.Amount
	drafts, away   []transfers.StockTransfer
	sent, received int
}

func (j *journey) step() {
	switch n := j.random.IntN(8); {
	case n < 3 || len(j.drafts) == 0 && len(j.away) == 0:
		j.draftOne()
	case n < 5 && len(j.drafts) > 0:
		t := take(j, &j.drafts)
		j.away, j.sent = append(j.away, j.world.step(t, "dispatch")), j.sent+1
	case n == 5 && len(j.drafts) > 0:
		j.world.step(take(j, &j.drafts), "cancellation")
	case len(j.away) > 0:
		j.receiveOne()
	}
	if j.random.IntN(10) == 0 {
		j.holds()
	}
}

func take(j *journey, from *[]transfers.StockTransfer) transfers.StockTransfer {
	at := j.random.IntN(len(*from))
	t := (*from)[at]
	*from = append((*from)[:at], (*from)[at+1:]...)
	return t
}

func (j *journey) draftOne() {
	var lines []object
	for _, item := range j.items {
		if j.random.IntN(2) == 0 {
			lines = append(lines, of(item, strconv.Itoa(1+j.random.IntN(12))))
		}
	}
	if lines == nil {
		return
	}
	facts := j.facts(lines...)
	if j.random.IntN(2) == 0 {
		facts["from_location_id"], facts["to_location_id"] = facts["to_location_id"], facts["from_location_id"]
	}
	j.drafts = append(j.drafts, ask[transfers.StockTransfer](j.world, "POST", "/transfers", facts))
}

func (j *journey) receiveOne() {
	t := take(j, &j.away)
	var lines []object
	for _, l := range t.Lines {
		if j.random.IntN(3) == 0 {
			lines = append(lines, object{"line_no": l.LineNo, "received": strconv.Itoa(j.random.IntN(14)), "reason": "miscounted"})
		}
	}
	j.receive(t, lines...)
	j.received++
}

// holds checks that all that there was is somewhere.
func (j *journey) holds() {
	j.t.Helper()
	for _, item := range j.items {
		now := one[totals](j.world, sums, db.Args{"item": item})
		all, err := now.Standing.Add(now.Away)
		require.NoError(j.t, err)
		all, err = all.Add(now.Lost)
		require.NoError(j.t, err)
		require.True(j.t, all.Equal(j.stock[item]), "%s stand, %s are away, %s are lost: not %s", now.Standing, now.Away, now.Lost, j.stock[item])
	}
	var worth int64
	for _, role := range []ledger.Role{ledger.RoleInventory, ledger.RoleInTransit, ledger.RoleStockAdjustment, ledger.RoleCOGS} {
		worth += j.account(role)
	}
	require.EqualValues(j.t, j.value, worth)
}

func maintenance(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}
