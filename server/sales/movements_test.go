package sales_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

func TestMovementsOfCashAreListed(t *testing.T) {
	b := setup(t)
	shift := b.shift
	in := b.move(sales.PutIn, shift, wire.ReasonChange, 5000)
	out := b.move(sales.TakeOut, shift, wire.ReasonPetty, 1250)
	drop := b.move(sales.Drop, shift, wire.ReasonSafe, 3000)
	b.move(sales.OpenDrawer, shift, wire.ReasonCheck, 0)

	got, err := get(b, sales.Movements, sales.MovementsIn{Limit: 2})
	require.NoError(t, err)
	require.Len(t, got.Rows, 2)
	require.Equal(t, []wire.CashKind{wire.DrawerOpen, wire.CashDrop}, []wire.CashKind{got.Rows[0].Kind, got.Rows[1].Kind})
	rest, err := get(b, sales.Movements, sales.MovementsIn{After: got.Next})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{out.ID, in.ID}, []uuid.UUID{rest.Rows[0].ID, rest.Rows[1].ID})
	require.Empty(t, rest.Next)
	require.Equal(t, drop.ID, got.Rows[1].ID)

	sums, err := get(b, sales.SumMovements, sales.MovementQuery{ShiftID: shift.String()})
	require.NoError(t, err)
	require.Equal(t, sales.MovementSums{Count: 4, In: 5000, Out: 1250, Drops: 3000, Opened: 1}, sums)
	z, err := get(b, sales.ShowX, sales.ShiftIn{ID: shift})
	require.NoError(t, err)
	require.Equal(t, []money.Amount{z.CashIn, z.CashOut, z.Drops}, []money.Amount{sums.In, sums.Out, sums.Drops}, "as the report of the shift has it")
	require.Equal(t, z.Opened, sums.Opened)

	for name, c := range map[string]struct {
		in   sales.MovementQuery
		want int
	}{
		"kind":          {sales.MovementQuery{Kind: "out"}, 1},
		"person":        {sales.MovementQuery{PersonID: b.person.String()}, 4},
		"nobody":        {sales.MovementQuery{PersonID: uuid.NewString()}, 0},
		"another store": {sales.MovementQuery{StoreID: uuid.NewString()}, 0},
		"a past range":  {sales.MovementQuery{From: "2020-01-01", To: "2020-12-31"}, 0},
	} {
		sums, err := get(b, sales.SumMovements, c.in)
		require.NoError(t, err)
		require.Equal(t, c.want, sums.Count, name)
	}
	_, err = get(b, sales.SumMovements, sales.MovementQuery{From: "yesterday"})
	require.Equal(t, "sales.filter_invalid", fault.Of(err).Code)
}

// move moves cash in the bench's open shift.
func (b *bench) move(use func(context.Context, *db.Tx, sales.CashNoteIn) (wire.CashMoved, error), shift uuid.UUID, reason wire.CashReason, amount money.Amount) (out wire.CashMoved) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = use(ctx, tx, sales.CashNoteIn{ID: shift, Body: sales.CashNote{ID: uuid.New(), Reason: reason, Amount: amount}})
		return err
	})
	return out
}
