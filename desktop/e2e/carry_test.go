//go:build linux && e2e

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// TestATillThatDiesOfflineLosesNoSale sells with a coupon while there is no server,
// saves what waits to a file through the system's own dialog, and is killed. Another
// till of the store brings the file in.
func TestATillThatDiesOfflineLosesNoSale(t *testing.T) {
	s := startServer(t)
	c := openCounter(t, s)
	keyboard(t, "scan:"+codes[0])
	time.Sleep(time.Second)
	keyboard(t, "F10")
	c.sold(1)

	s.kill()
	keyboard(t, "scan:"+codes[0], "scan:"+codes[1])
	time.Sleep(time.Second)
	c.press("carry-coupon", "shift+F12", "type:welcome")
	keyboard(t, "Return")
	time.Sleep(700 * time.Millisecond)
	c.press("carry-with-coupon")
	c.press("carry-why", "shift+F1")
	keyboard(t, "Escape", "F10")
	c.printed("1A-000002")
	c.printed("Welcome coupon")
	keyboard(t, "scan:"+codes[2])
	time.Sleep(time.Second)
	keyboard(t, "F10")
	c.printed("1A-000003")

	dir := t.TempDir()
	file := filepath.Join(dir, "stick.souk-sales")
	keyboard(t, "ctrl+shift+s")
	time.Sleep(2 * time.Second)
	keyboard(t, "ctrl+a", "type:"+file)
	picture(t, "carry-save")
	keyboard(t, "Return")
	require.Eventually(t, func() bool { _, err := os.Stat(file); return err == nil }, soon, 100*time.Millisecond, "the file is written")
	time.Sleep(700 * time.Millisecond)
	picture(t, "carry-saved")
	require.NoError(t, c.till.Process.Signal(syscall.SIGKILL))
	_ = c.till.Wait()

	s.start()
	owner := s.office("city-mart", "owner")
	require.Len(t, owner.newest("1A"), 1)
	beside := t.TempDir()
	other := openHeadless(t, s, beside)
	other.do(nil, "Pair", s.url("city-mart"), owner.pairingCode("Till 2"), "Second till")
	var state wire.RegisterState
	require.Eventually(t, func() bool {
		other.do(&state, "State")
		return state.Phase == wire.PhaseLocked
	}, soon, 100*time.Millisecond)
	require.NoError(t, other.in.Close())
	_ = other.command.Wait()

	said, err := exec.CommandContext(t.Context(), os.Getenv("SOUK_TILL"), "--data", beside, "--bring-unsent", file).CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "0 of them are exceptions")
	booked := owner.newest("1A")
	require.Len(t, booked, 3)
	require.Equal(t, []string{"1A-000003", "1A-000002"}, []string{booked[0].ReceiptNo, booked[1].ReceiptNo})
	var sale struct {
		Lines []struct {
			Deals []struct {
				Name string `json:"name"`
			} `json:"deals"`
		} `json:"lines"`
	}
	owner.get("/sales/"+booked[1].ID, &sale)
	require.Equal(t, "Welcome coupon", sale.Lines[0].Deals[0].Name)
	t.Log(s.verify())
}
