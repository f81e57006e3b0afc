//go:build soak && linux

package till_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/desktop/till/headless"
	"souk/shared/wire"
)

// The shutdown of ext4 that drops what was not flushed, as a power cut does, in the
// words of its ioctl.
const (
	shutDown   = 0x8004587d
	noLogFlush = 2
)

// disk is a file system of its own whose power can be cut. It takes root.
type disk struct {
	t     *testing.T
	image string
	mount string
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	dir := t.TempDir()
	d := &disk{t: t, image: filepath.Join(dir, "disk.img"), mount: filepath.Join(dir, "disk")}
	require.NoError(t, os.Mkdir(d.mount, 0o755))
	file, err := os.Create(d.image)
	require.NoError(t, err)
	require.NoError(t, file.Truncate(256<<20))
	require.NoError(t, file.Close())
	d.run("mkfs.ext4", "-qF", d.image)
	d.on()
	t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "umount", d.mount).Run() })
	return d
}

func (d *disk) run(name string, args ...string) {
	d.t.Helper()
	said, err := exec.CommandContext(d.t.Context(), name, args...).CombinedOutput()
	require.NoError(d.t, err, "%s: %s (this test needs root)", name, said)
}

func (d *disk) on() { d.run("mount", "-o", "loop", d.image, d.mount) }

// cut takes the power away: what is not on the disk yet is gone.
func (d *disk) cut() {
	d.t.Helper()
	root, err := os.Open(d.mount)
	require.NoError(d.t, err)
	defer func() { _ = root.Close() }()
	how := uint32(noLogFlush)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, root.Fd(), shutDown, uintptr(unsafe.Pointer(&how)))
	require.Zero(d.t, errno)
}

// sellUntilDark sells at a till process and notes each receipt that it has said was
// paid, until the power goes after a random time.
func (d *disk) sellUntilDark(dir string, weak bool, random *rand.Rand) (paid []string) {
	d.t.Helper()
	if weak {
		d.t.Setenv("TILL_TEST_WEAK", "1")
	}
	p := startTill(d.t, dir, "")
	ask := func(name string, args ...any) (state wire.RegisterState, ok bool) {
		c := headless.Command{Do: name, Args: []json.RawMessage{}}
		for _, arg := range args {
			raw, err := json.Marshal(arg)
			require.NoError(d.t, err)
			c.Args = append(c.Args, raw)
		}
		text, err := json.Marshal(c)
		require.NoError(d.t, err)
		if _, err := p.in.Write(append(text, '\n')); err != nil || !p.out.Scan() {
			return state, false
		}
		var answer headless.Answer
		require.NoError(d.t, json.Unmarshal(p.out.Bytes(), &answer))
		if answer.Error != nil {
			return state, false
		}
		_ = json.Unmarshal(answer.Value, &state)
		return state, true
	}
	state, ok := ask("SignIn", cashier, "1234")
	require.True(d.t, ok, "the till opens after the cut before")
	if state.Shift == nil {
		_, ok = ask("OpenShift", 10_000)
		require.True(d.t, ok)
	}
	dark := make(chan struct{})
	var falling atomic.Bool
	wait := time.Duration(random.IntN(150_000)) * time.Microsecond
	go func() {
		defer close(dark)
		time.Sleep(wait)
		falling.Store(true)
		d.cut()
	}()
	for {
		if _, ok := ask("Scan", milkCode); !ok {
			break
		}
		state, ok := ask("Complete", []wire.TenderIn{{MethodID: cash, Amount: 100_000}})
		// From here on a real machine says nothing any more; this one goes on for a
		// moment, in which the kernel may call a flush done that it has dropped.
		if !ok || state.LastSale == nil || falling.Load() {
			break
		}
		paid = append(paid, state.LastSale.ReceiptNo)
	}
	<-dark
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	d.run("umount", d.mount)
	d.on()
	return paid
}

// fromEnv is how often something is to be done.
func fromEnv(name string, otherwise int) int {
	if asked, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return asked
	}
	return otherwise
}

// TestSoakX5TwoThousandKills kills the till at each point again and again, over a line
// that now and then loses what it carries, one way or the other.
func TestSoakX5TwoThousandKills(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // printed, so that it can be done again
	trouble := func(s *shop) {
		fate := make([]int, 64)
		for i := range fate {
			fate[i] = random.IntN(4)
		}
		var asked atomic.Int32
		s.setFault(func(_ *http.Request, answer func()) {
			switch fate[int(asked.Add(1))%len(fate)] {
			case 0:
				panic(http.ErrAbortHandler)
			case 1:
				answerNobody(answer)
			}
			answer()
		})
	}
	deaths, rounds := 0, 0
	for ; deaths < fromEnv("SOUK_KILLS", 2000) && !t.Failed(); rounds++ {
		t.Run(fmt.Sprint("round ", rounds+1), func(t *testing.T) { deaths += killAtEachPoint(t, trouble) })
	}
	t.Logf("seed %d: %d kills in %d rounds", seed, deaths, rounds)
}

// lost opens the till again and counts the receipts that it does not know any more.
func lost(t *testing.T, dir string, paid []string) int {
	t.Helper()
	secrets, err := device.OpenFile(dir)
	require.NoError(t, err)
	engine, err := till.Open(t.Context(), till.Config{Dir: dir, Secrets: secrets})
	require.NoError(t, err, "the journal is sound")
	defer func() { require.NoError(t, engine.Close()) }()
	recent, err := engine.Recent(1_000_000)
	require.NoError(t, err)
	there := map[string]bool{}
	for _, sale := range recent {
		there[sale.ReceiptNo] = true
	}
	missing := 0
	for _, no := range paid {
		if !there[no] {
			missing++
		}
	}
	return missing
}

// powerCuts sells through so many cuts and answers how many sales were said to be
// paid, and how many of them were gone.
func powerCuts(t *testing.T, cuts int, weak bool, seed uint64) (paid, gone int) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // printed, so that it can be done again
	d := newDisk(t)
	dir := filepath.Join(d.mount, "till")
	f := &fixture{t: t, shop: openShop(t), dir: dir}
	require.NoError(t, os.Mkdir(dir, 0o700))
	secrets, err := device.OpenFile(dir)
	require.NoError(t, err)
	f.cfg = till.Config{Dir: dir, Secrets: secrets, Printer: &wire.PrinterState{Kind: "none"}}
	f.open()
	_, err = f.Pair(f.shop.URL, "GOODCODE", "x")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	require.NoError(t, f.Engine.Close())
	d.run("sync")
	var all []string
	for range cuts {
		now := d.sellUntilDark(dir, weak, random)
		all = append(all, now...)
		missing := lost(t, dir, now)
		gone += missing
		if !weak {
			require.Zero(t, lost(t, dir, all), "seed %d: of %d sales that were paid", seed, len(all))
		}
	}
	return len(all), gone
}

// TestSoakX9APowerCutLosesNoSale: what a till has said is paid is there after the power
// was cut at any moment; and a journal that waits for less does lose sales, or this
// test would see nothing.
func TestSoakX9APowerCutLosesNoSale(t *testing.T) {
	cuts := fromEnv("SOUK_CUTS", 200)
	seed := rand.Uint64()
	paid, gone := powerCuts(t, cuts, false, seed)
	t.Logf("seed %d: %d cuts, %d sales paid, %d lost", seed, cuts, paid, gone)
	require.Zero(t, gone)
	require.Greater(t, paid, cuts)

	paid, gone = powerCuts(t, max(cuts/5, 10), true, seed)
	t.Logf("control, synchronous=NORMAL: %d sales paid, %d lost", paid, gone)
	require.Positive(t, gone, "the control loses, or the cuts are none")
}
