package till_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/wire"
)

func asked(kind wire.CashKind, reason wire.CashReason, minor money.Amount) wire.CashAsked {
	return wire.CashAsked{Kind: kind, Reason: reason, Amount: minor, Note: "why"}
}

func TestCashIsCountedOnXAndZ(t *testing.T) {
	f := selling(t, manager)
	f.shop.down()
	for _, in := range []wire.CashAsked{
		asked(wire.CashOut, wire.ReasonPetty, 1200), asked(wire.DrawerOpen, wire.ReasonCheck, 0),
	} {
		_, err := f.MoveCash(in)
		require.NoError(t, err)
	}
	f.signIn(cashier)
	for _, in := range []wire.CashAsked{
		asked(wire.CashIn, wire.ReasonChange, 5000), asked(wire.CashDrop, wire.ReasonSafe, 8000),
	} {
		_, err := f.MoveCash(in)
		require.NoError(t, err)
	}
	f.scan(milkCode)
	f.pay()

	x := shiftNow(t, f)
	require.Equal(t, []money.Amount{5000, 1200, 8000}, []money.Amount{x.CashIn, x.CashOut, x.Drops})
	require.Equal(t, 1, x.Opened)
	require.Equal(t, money.Amount(10_000+129+5000-1200-8000), x.Expected)
	z, err := f.CloseShift(5929)
	require.NoError(t, err)
	require.Equal(t, x.Expected, z.Expected)
	require.Zero(t, z.Difference)

	f.shop.up()
	f.drained()
	require.Equal(t, 4, f.shop.count(func(s *shop) int { return s.kinds(wire.EntryCashMoved) }))
	_, err = f.PrintReport(z.ShiftID)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		paper, err := os.ReadFile(f.paper)
		return err == nil && bytes.Contains(paper, []byte("Z report")) && bytes.Contains(paper, []byte("Safe drop"))
	}, soon, 10*time.Millisecond)
}

func TestWhatACashierMayNotDoAManagerApproves(t *testing.T) {
	f := selling(t, cashier)
	out := asked(wire.CashOut, wire.ReasonPetty, 500)
	_, err := f.MoveCash(out)
	wanted := isNeeded(t, err)
	require.EqualValues(t, 500, wanted.Amount)
	_, err = f.Approve(cashier, "1234", wanted, "")
	isFault(t, err, "till.approve_own")
	_, err = f.Approve(manager, "9999", wanted, "")
	isFault(t, err, "till.wrong_pin")
	_, err = f.Approve(manager, "1234", wanted, "the window cleaner")
	require.NoError(t, err)
	more := out
	more.Amount = 600
	_, err = f.MoveCash(more)
	require.EqualValues(t, 600, isNeeded(t, err).Amount, "it is bound to the amount")
	_, err = f.MoveCash(out)
	require.NoError(t, err)
	_, err = f.MoveCash(out)
	isNeeded(t, err) // approved once only

	open := asked(wire.DrawerOpen, wire.ReasonCheck, 0)
	_, err = f.MoveCash(open)
	_, err = f.Approve(manager, "1234", isNeeded(t, err), "")
	require.NoError(t, err)
	_, err = f.Lock()
	require.NoError(t, err)
	f.signIn(cashier)
	_, err = f.MoveCash(open)
	isNeeded(t, err) // not approved for whoever comes next
	f.drained()
	moved := f.shop.movements()[0]
	require.Equal(t, manager, *moved.ApprovedBy)
	require.Equal(t, "the window cleaner", moved.Approval.Reason)
}

func TestCashIsNotMovedAsNonsense(t *testing.T) {
	f := selling(t, manager)
	for _, in := range []wire.CashAsked{
		asked(wire.CashOut, wire.ReasonPetty, 0), asked(wire.CashOut, wire.ReasonPetty, -5), asked(wire.DrawerOpen, wire.ReasonCheck, 5),
	} {
		_, err := f.MoveCash(in)
		isFault(t, err, "till.amount")
	}
	_, err := f.MoveCash(asked(wire.CashOut, wire.ReasonSafe, 5))
	isFault(t, err, "till.reason")
	require.Zero(t, shiftNow(t, f).CashOut)
}
