package sync_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	movements db.SQL = `select kind || ' ' || reason || ' ' || amount_minor from cash_movements where tenant_id = @tenant and shift_id = @shift order by at, id`
	roleSum   db.SQL = `
		select coalesce(sum(p.amount_minor), 0)::bigint
		from   postings p
		join   accounts a on a.tenant_id = @tenant and a.id = p.account_id
		where  p.tenant_id = @tenant and a.role = @role`
	zOf db.SQL = `
		select array[cash_in_minor, cash_out_minor, drops_minor, drawer_opened, expected_minor]
		from   z_reports where tenant_id = @tenant and shift_id = @shift`
)

func (d *device) move(kind wire.CashKind, reason wire.CashReason, minor money.Amount) wire.Entry {
	return d.write(wire.EntryCashMoved, wire.CashMoved{
		ID: uuid.New(), ShiftID: d.shift, Kind: kind, Reason: reason, Amount: minor, PersonID: d.person, At: time.Now(),
	})
}

func (d *device) end(counted money.Amount) wire.Entry {
	return d.write(wire.EntryShiftClosed, wire.ShiftClosed{ID: d.shift, ClosedBy: d.person, ClosedAt: time.Now(), Counted: counted})
}

func TestCashMovements(t *testing.T) {
	w := newWorld(t)
	t.Run("are booked once each, however they are sent, and stand on the Z report", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.move(wire.CashIn, wire.ReasonChange, 5000)
		d.move(wire.CashOut, wire.ReasonPetty, 1200)
		d.move(wire.CashDrop, wire.ReasonSafe, 8000)
		d.move(wire.DrawerOpen, wire.ReasonCheck, 0)
		d.end(5800)
		before := w.role("cash")
		safe := w.role("safe")
		require.Empty(t, d.send(d.journal[2]), "it does not follow what was taken")
		d.send(d.journal[:3]...)
		d.send(d.journal[1:4]...)
		first := d.send(d.journal...)
		require.Equal(t, first, d.send(d.journal...))
		for _, ack := range first {
			require.NotEqual(t, wire.AckException, ack.Outcome, ack.Code)
		}
		require.Equal(t, []string{"in change 5000", "out petty 1200", "drop safe 8000", "open check 0"}, all[string](d.world, movements, db.Args{"shift": d.shift}))
		require.EqualValues(t, -4200, w.role("cash")-before)
		require.EqualValues(t, 3000, w.role("safe")-safe)
		require.Equal(t, []int64{5000, 1200, 8000, 1, 5800}, one[[]int64](d.world, zOf, db.Args{"shift": d.shift}))
	})
	t.Run("one that comes after its shift's report leaves the report alone", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.end(10000)
		d.move(wire.CashOut, wire.ReasonBank, 700)
		acks := d.send(d.journal...)
		require.Equal(t, wire.AckFlagged, acks[2].Outcome)
		require.Equal(t, "shift_closed", acks[2].Code)
		require.Equal(t, []int64{0, 0, 0, 0, 10000}, one[[]int64](d.world, zOf, db.Args{"shift": d.shift}))
	})
	t.Run("one whose shift nobody has heard of is booked with a flag", func(t *testing.T) {
		d := w.pair()
		d.shift = uuid.New()
		d.move(wire.CashOut, "whim", 300)
		acks := d.send(d.journal...)
		require.Equal(t, wire.AckFlagged, acks[0].Outcome)
	})
	t.Run("one that cannot be goes to the exceptions with its money", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.move(wire.CashOut, wire.ReasonPetty, 1200)
		d.journal[1].Body = []byte(`{"kind": "gift", "amount_minor": 1200}`)
		d.move(wire.CashOut, wire.ReasonPetty, 900)
		acks := d.send(d.journal...)
		require.Equal(t, wire.AckException, acks[1].Outcome)
		require.Equal(t, wire.AckBooked, acks[2].Outcome)
		require.True(t, slices.Contains(d.caught(), "sales.cash_unsound 0"), d.caught())
	})
}

func (w *world) role(role string) int64 { return one[int64](w, roleSum, db.Args{"role": role}) }
