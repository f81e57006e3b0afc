package till_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/shared/fault"
	"souk/shared/wire"
)

// soon is how long a test waits for what happens in the background.
const soon = time.Minute

type fixture struct {
	*till.Engine

	t     testing.TB
	shop  *shop
	dir   string
	paper string
	cfg   till.Config
}

// newTill pairs a till with a new shop and waits until it has the catalogue.
func newTill(t testing.TB) *fixture {
	f := unpaired(t, openShop(t))
	_, err := f.Pair(f.shop.URL, "GOODCODE", "test till")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	return f
}

func unpaired(t testing.TB, s *shop) *fixture {
	dir := t.TempDir()
	f := &fixture{t: t, shop: s, dir: dir, paper: filepath.Join(t.TempDir(), "paper.bin")}
	secrets, err := device.OpenFile(dir)
	require.NoError(t, err)
	f.cfg = till.Config{
		Dir: dir, Secrets: secrets,
		Printer: &wire.PrinterState{Kind: "file", Address: f.paper, Columns: 42},
	}
	f.open()
	t.Cleanup(func() { _ = f.Engine.Close() })
	return f
}

func (f *fixture) open() {
	engine, err := till.Open(f.t.Context(), f.cfg)
	require.NoError(f.t, err)
	f.Engine = engine
}

func (f *fixture) reopen() {
	require.NoError(f.t, f.Engine.Close())
	f.open()
}

func (f *fixture) await(want func(wire.RegisterState) bool) wire.RegisterState {
	f.t.Helper()
	var last wire.RegisterState
	for deadline := time.Now().Add(soon); ; time.Sleep(5 * time.Millisecond) {
		if last = f.State(); want(last) {
			return last
		}
		require.True(f.t, time.Now().Before(deadline), "%s %+v", last.Phase, last.Link)
	}
}

func (f *fixture) drained() {
	f.t.Helper()
	f.await(func(s wire.RegisterState) bool { return s.Link.Waiting == 0 && s.Link.Online })
}

// selling signs a person in and opens a shift.
func selling(t testing.TB, person uuid.UUID) *fixture {
	f := newTill(t)
	f.signIn(person)
	state, err := f.OpenShift(10_000)
	require.NoError(t, err)
	require.Equal(t, wire.PhaseSelling, state.Phase)
	return f
}

func (f *fixture) signIn(person uuid.UUID) {
	f.t.Helper()
	_, err := f.SignIn(person, "1234")
	require.NoError(f.t, err)
}

func (f *fixture) scan(code string) wire.ScanResult {
	f.t.Helper()
	result, err := f.Scan(code)
	require.NoError(f.t, err)
	return result
}

func (f *fixture) pay() wire.RegisterState {
	f.t.Helper()
	state, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: f.State().Cart.Total}})
	require.NoError(f.t, err)
	return state
}

func isFault(t testing.TB, err error, code string) {
	t.Helper()
	f := fault.Of(err)
	require.NotNil(t, f, "%v", err)
	require.Equal(t, code, f.Code)
	require.NotEmpty(t, f.Message, "a fault says what to do")
}
