//go:build linux && e2e

package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// Three real products of the demo supermarket.
var codes = []string{"0000000018340", "0000000018388", "0000000018579"}

type saleRow struct {
	ID        string `json:"id"`
	ReceiptNo string `json:"receipt_no"`
	Total     int64  `json:"total_minor"`
}

type sales struct{ Rows []saleRow }

type stockItem struct {
	ID     string          `json:"id"`
	OnHand decimal.Decimal `json:"on_hand"`
}

// newest gives the sales of one series, newest first.
func (o *office) newest(series string) []saleRow {
	var found sales
	o.get("/sales?limit=100&q="+series+"-", &found)
	return found.Rows
}

// onHand asks a till what it believes is on the shelf.
func onHand(h *headless, code string) decimal.Decimal {
	var found []stockItem
	h.do(&found, "Search", code, 1)
	require.Len(h.t, found, 1)
	return found[0].OnHand
}

func TestASaleAtTheWindowReachesTheBooksAndTheOtherTill(t *testing.T) {
	s := startServer(t)
	owner := s.office("city-mart", "owner")

	other := openHeadless(t, s, t.TempDir())
	other.do(nil, "Pair", s.url("city-mart"), owner.pairingCode("Till 2"), "Second till")
	var state wire.RegisterState
	require.Eventually(t, func() bool {
		other.do(&state, "State")
		return state.Phase == wire.PhaseLocked && state.Link.Items > 5000
	}, soon, 100*time.Millisecond, "the second till has the catalogue")
	before := onHand(other, codes[0])

	dir := t.TempDir()
	paper := filepath.Join(dir, "paper.bin")
	till := exec.Command(os.Getenv("SOUK_TILL"), "--data", filepath.Join(dir, "till"), "--server", s.url("city-mart"),
		"--pair", owner.pairingCode("Till 1"), "--name", "First till", "--printer", "file:"+paper)
	till.Stdout, till.Stderr = s.log, s.log
	require.NoError(t, till.Start())
	t.Cleanup(func() { end(till, syscall.SIGTERM) })
	out, err := exec.CommandContext(t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--pid", pid(till)).CombinedOutput()
	require.NoError(t, err, string(out))

	var devices []struct{ Name string }
	require.Eventually(t, func() bool {
		owner.get("/devices", &devices)
		return len(devices) == 2
	}, soon, 200*time.Millisecond, "both tills are paired")
	time.Sleep(4 * time.Second) // the catalogue arrives and the lock screen is drawn
	picture(t, "window-locked")

	keyboard(t, "Return")
	time.Sleep(time.Second)
	picture(t, "window-pin")
	keyboard(t, "type:1234", "Return")
	time.Sleep(time.Second)
	picture(t, "window-float")
	keyboard(t, "type:10000", "Return")
	time.Sleep(time.Second)
	picture(t, "window-empty")
	for _, code := range codes {
		keyboard(t, "type:"+code, "Return")
	}
	time.Sleep(time.Second)
	picture(t, "window-cart")
	keyboard(t, "F10")
	time.Sleep(time.Second)
	picture(t, "window-done")

	require.Eventually(t, func() bool { return len(owner.newest("1A")) == 1 }, soon, 200*time.Millisecond, "the sale is in the server")
	sale := owner.newest("1A")[0]
	require.Equal(t, "1A-000001", sale.ReceiptNo)
	receipt, err := os.ReadFile(paper)
	require.NoError(t, err)
	require.True(t, bytes.Contains(receipt, []byte(sale.ReceiptNo)), "the receipt is written")

	want, err := before.Sub(decimal.One)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return onHand(other, codes[0]).Equal(want) }, soon, 100*time.Millisecond,
		"the second till shows the new stock")
	t.Log(s.verify())
}

// end asks a program to go, and makes it go when it does not: one that hangs must
// not take the time of all that come after it.
func end(command *exec.Cmd, how syscall.Signal) {
	_ = command.Process.Signal(how)
	hangs := time.AfterFunc(20*time.Second, func() { _ = command.Process.Kill() })
	defer hangs.Stop()
	_ = command.Wait()
}

func pid(command *exec.Cmd) string { return decimal.MustNew(int64(command.Process.Pid), 0).String() }

func TestTenSalesWithoutTheServerArriveOnceAndInOrder(t *testing.T) {
	s := startServer(t)
	owner := s.office("city-mart", "owner")
	till := openHeadless(t, s, t.TempDir())
	till.do(nil, "Pair", s.url("city-mart"), owner.pairingCode("Till 1"), "Till")
	var state wire.RegisterState
	require.Eventually(t, func() bool {
		till.do(&state, "State")
		return state.Phase == wire.PhaseLocked && state.Link.Items > 5000
	}, soon, 100*time.Millisecond)
	var people []wire.RegisterPerson
	till.do(&people, "People")
	for _, p := range people {
		if p.Role == wire.Cashier {
			till.do(&state, "SignIn", p.ID, "1234")
		}
	}
	till.do(&state, "OpenShift", 10000)
	sell := func() string {
		var scanned wire.ScanResult
		till.do(&scanned, "Scan", codes[0])
		require.Equal(t, wire.ScanAdded, scanned.Outcome)
		for _, method := range scanned.State.Methods {
			if method.Kind == "cash" {
				till.do(&state, "Complete", []wire.TenderIn{{MethodID: method.ID, Amount: scanned.State.Cart.CashDue + 1000}})
			}
		}
		require.EqualValues(t, 1000, state.LastSale.Change)
		return state.LastSale.ReceiptNo
	}

	printed := []string{sell()}
	require.Eventually(t, func() bool { return len(owner.newest("1A")) == 1 }, soon, 100*time.Millisecond)
	s.kill()
	for range 10 {
		printed = append(printed, sell())
	}
	require.Positive(t, state.Link.Waiting, "the till says honestly that sales wait")
	s.start()
	owner = s.office("city-mart", "owner")
	till.do(&state, "SyncNow")
	require.Eventually(t, func() bool { return len(owner.newest("1A")) == len(printed) }, soon, 200*time.Millisecond)

	booked := owner.newest("1A")
	for i, sale := range booked {
		require.Equal(t, printed[len(printed)-1-i], sale.ReceiptNo, "in order, without a gap")
	}
	require.Eventually(t, func() bool {
		till.do(&state, "State")
		return state.Link.Waiting == 0 && state.Link.Exceptions == 0
	}, soon, 100*time.Millisecond)
	t.Log(s.verify())
}
