package till_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/desktop/till"
	"souk/shared/wire"
)

func TestProbeSaysWhoAnswers(t *testing.T) {
	s := openShop(t)
	f := unpaired(t, s)

	t.Run("a server without a scheme", func(t *testing.T) {
		got, err := f.Probe(strings.TrimPrefix(s.URL, "http://") + "/City-Mart/")
		require.NoError(t, err)
		require.Equal(t, till.Probed{Address: s.URL + "/city-mart", Shop: "city-mart"}, got)
	})
	t.Run("a server by its own key", func(t *testing.T) {
		cert, key := ownKey(t)
		behind := secured(t, s, cert)
		got, err := f.Probe(strings.TrimPrefix(behind.URL, "https://") + "/city-mart")
		require.NoError(t, err)
		require.Equal(t, behind.URL+"/city-mart", got.Address)
		require.Equal(t, key[:wire.KeyLetters], strings.ReplaceAll(got.Key, "-", ""))
	})
	t.Run("a shop that is not there", func(t *testing.T) {
		_, err := f.Probe(s.URL + "/corner-shop")
		isFault(t, err, "till.no_shop")
	})
	t.Run("another program", func(t *testing.T) {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))
		defer other.Close()
		_, err := f.Probe(strings.TrimPrefix(other.URL, "http://"))
		isFault(t, err, "till.not_souk")
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		other := httptest.NewServer(http.RedirectHandler(s.URL+"/healthz", http.StatusFound))
		defer other.Close()
		_, err := f.Probe(other.URL)
		isFault(t, err, "till.not_souk")
	})
	t.Run("nobody", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, listener.Close())
		_, err = f.Probe(listener.Addr().String() + "/city-mart")
		isFault(t, err, "till.offline")
	})
	t.Run("a name that nobody has", func(t *testing.T) {
		_, err := f.Probe("http://no-such-computer.invalid:8080/city-mart")
		isFault(t, err, "till.name_unknown")
	})
	t.Run("no address", func(t *testing.T) {
		_, err := f.Probe("  ")
		isFault(t, err, "till.address")
	})
	require.Equal(t, wire.PhaseUnpaired, f.State().Phase)
}

func TestFirstRunGoesOnWhereItWas(t *testing.T) {
	f := unpaired(t, openShop(t))
	got, err := f.FirstRun()
	require.NoError(t, err)
	require.Equal(t, till.FirstRun{}, got)
	want := till.FirstRun{Step: "printer", Language: "ar", Address: "http://shop:8080/x"}
	_, err = f.KeepFirstRun(want)
	require.NoError(t, err)
	f.reopen()
	got, err = f.FirstRun()
	require.NoError(t, err)
	require.Equal(t, want, got)

	paired := newTill(t)
	got, err = paired.FirstRun()
	require.NoError(t, err)
	require.True(t, got.Done, "a till that was paired by flags asks nothing")
	c := paired.Connection()
	require.True(t, c.Paired)
	require.Equal(t, paired.shop.URL, c.Address)
}

func TestACodeIsTriedWithoutSelling(t *testing.T) {
	f := newTill(t)
	got := f.TryCode(milkCode)
	require.NotNil(t, got.Item)
	require.Equal(t, milk, got.Item.ID)
	require.Equal(t, "gtin", got.Kind)
	require.Nil(t, f.TryCode("nothing-77").Item)
	require.Empty(t, f.State().Cart.Lines)
	require.Nil(t, unpaired(t, f.shop).TryCode(milkCode).Item)
}

func TestATestPageOpensTheDrawerAndFailuresSayWhatToLookAt(t *testing.T) {
	f := unpaired(t, openShop(t))
	_, err := f.TestPrint()
	require.NoError(t, err)
	content, err := os.ReadFile(f.paper)
	require.NoError(t, err)
	paper := string(content)
	require.Contains(t, paper, "\x1bp\x00", "the drawer's pulse")
	require.Contains(t, paper, "TEST-1")
	require.Contains(t, paper, "\x1dV", "the cut")

	_, err = f.SetPrinter(wire.PrinterState{Kind: "file", Address: "/dev/no-such-printer"})
	require.NoError(t, err)
	state, err := f.TestPrint()
	isFault(t, err, "till.printer_missing")
	require.NotEmpty(t, state.Printer.Problem)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = f.SetPrinter(wire.PrinterState{Kind: "tcp", Address: listener.Addr().String()})
	require.NoError(t, err)
	_, err = f.TestPrint()
	isFault(t, err, "till.printer_silent")
	_, err = f.SetPrinter(wire.PrinterState{Kind: "queue", Address: ""})
	isFault(t, err, "till.printer")
}
