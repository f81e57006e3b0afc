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

	"github.com/stretchr/testify/require"
)

// counter is a till's window at which somebody has signed in and opened a shift.
type counter struct {
	t     *testing.T
	owner *office
	paper string
	till  *exec.Cmd
}

func openCounter(t *testing.T, s *server) *counter {
	c := &counter{t: t, owner: s.office("city-mart", "owner")}
	dir := t.TempDir()
	c.paper = filepath.Join(dir, "paper.bin")
	till := exec.Command(os.Getenv("SOUK_TILL"), "--data", filepath.Join(dir, "till"), "--server", s.url("city-mart"),
		"--pair", c.owner.pairingCode("Till 1"), "--name", "First till", "--printer", "file:"+c.paper)
	till.Stdout, till.Stderr = s.log, s.log
	require.NoError(t, till.Start())
	c.till = till
	t.Cleanup(func() { end(till, syscall.SIGTERM) })
	out, err := exec.CommandContext(t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--pid", pid(till)).CombinedOutput()
	require.NoError(t, err, string(out))
	var devices []struct{ Name string }
	require.Eventually(t, func() bool {
		c.owner.get("/devices", &devices)
		return len(devices) == 1
	}, soon, 200*time.Millisecond)
	time.Sleep(5 * time.Second) // the catalogue arrives and the lock screen is drawn
	keyboard(t, "Return", "type:1234", "Return")
	time.Sleep(time.Second)
	keyboard(t, "type:20000", "Return")
	time.Sleep(time.Second)
	return c
}

// press types and gives the screen time to follow; the picture is kept under a name.
func (c *counter) press(name string, keys ...string) {
	c.t.Helper()
	keyboard(c.t, keys...)
	time.Sleep(700 * time.Millisecond)
	picture(c.t, name)
}

// sold waits until the server has so many documents of the till.
func (c *counter) sold(count int) []saleRow {
	c.t.Helper()
	require.Eventually(c.t, func() bool { return len(c.owner.newest("1A")) == count }, soon, 200*time.Millisecond, "%d documents are in the server", count)
	return c.owner.newest("1A")
}

// printed waits until a text was printed.
func (c *counter) printed(text string) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		paper, err := os.ReadFile(c.paper)
		return err == nil && bytes.Contains(paper, []byte(text))
	}, soon, 100*time.Millisecond, "%q is on the paper", text)
}

// lent types the manager's PIN, since the demo's cashier has not the right himself.
func (c *counter) lent(name string) {
	c.t.Helper()
	c.press(name)
	keyboard(c.t, "type:4321", "Return")
	time.Sleep(700 * time.Millisecond)
}

func TestADayAtTheCounterByKeyboard(t *testing.T) {
	s := startServer(t)
	c := openCounter(t, s)

	keyboard(t, "type:"+codes[0], "Return", "type:"+codes[1], "Return")
	time.Sleep(time.Second)
	c.press("counter-pay", "F9")
	c.press("counter-split", "type:100", "Return") // part of it in cash
	c.press("counter-paid", "Return")              // the rest
	first := c.sold(1)[0]
	require.Positive(t, first.Total)
	c.printed(first.ReceiptNo)

	keyboard(t, "F8")
	time.Sleep(500 * time.Millisecond)
	keyboard(t, "type:"+first.ReceiptNo, "Return")
	time.Sleep(time.Second)
	c.press("counter-return", "Return") // one of the first line
	keyboard(t, "ctrl+Return")
	c.lent("counter-approve")
	c.press("counter-back-on-cart")
	c.press("counter-give-back", "F9")
	c.press("counter-given-back", "Return")
	refund := c.sold(2)[0]
	require.Negative(t, refund.Total)
	c.printed("Original receipt")

	keyboard(t, "F8")
	time.Sleep(500 * time.Millisecond)
	keyboard(t, "type:"+first.ReceiptNo, "Return")
	time.Sleep(time.Second)
	keyboard(t, "Return", "ctrl+Return")
	c.lent("counter-approve-again")
	keyboard(t, "type:"+codes[2], "Return")
	c.press("counter-exchange")
	keyboard(t, "F10")
	time.Sleep(700 * time.Millisecond)
	exchange := c.sold(3)[0]
	require.Equal(t, "1A-000003", exchange.ReceiptNo)

	keyboard(t, "shift+F6")
	time.Sleep(500 * time.Millisecond)
	c.press("counter-cash-out", "type:1250")
	keyboard(t, "Return")
	c.lent("counter-cash-out-approve")
	c.printed("Cash out")

	keyboard(t, "shift+F4")
	time.Sleep(500 * time.Millisecond)
	picture(t, "counter-no-sale")
	keyboard(t, "type:count", "Return")
	c.lent("counter-no-sale-approve")
	c.printed("Drawer opened")

	keyboard(t, "shift+F8")
	c.lent("counter-x-approve")
	c.press("counter-x")
	t.Log(s.verify())
}

// TestASaleIsPaidByCardAndCash goes by keys alone, in a window of a small till's size.
func TestASaleIsPaidByCardAndCash(t *testing.T) {
	s := startServer(t)
	c := openCounter(t, s)
	resized, err := exec.CommandContext(t.Context(), "xdotool", "getactivewindow", "windowsize", "--sync", "1024", "740", "windowmove", "0", "0").CombinedOutput()
	require.NoError(t, err, string(resized))

	keyboard(t, "scan:"+codes[0], "scan:"+codes[1])
	time.Sleep(time.Second)
	c.press("mixed-pay", "F9")
	c.press("mixed-amount", "type:100")
	c.press("mixed-by-card", "alt+2")
	c.press("mixed-paid", "Return") // the rest in cash
	sale := c.sold(1)[0]
	c.printed(sale.ReceiptNo)
	var kept struct {
		Tenders []struct {
			MethodID string `json:"method_id"`
			Amount   int64  `json:"amount_minor"`
		}
	}
	var ways struct{ Rows []struct{ ID, Kind string } }
	c.owner.get("/payment-methods", &ways)
	kinds := map[string]string{}
	for _, way := range ways.Rows {
		kinds[way.ID] = way.Kind
	}
	c.owner.get("/sales/"+sale.ID, &kept)
	require.Len(t, kept.Tenders, 2)
	require.Equal(t, "card", kinds[kept.Tenders[0].MethodID])
	require.EqualValues(t, 100, kept.Tenders[0].Amount)
	require.Equal(t, "cash", kinds[kept.Tenders[1].MethodID])
	require.Equal(t, sale.Total, kept.Tenders[0].Amount+kept.Tenders[1].Amount)
	t.Log(s.verify())
}
