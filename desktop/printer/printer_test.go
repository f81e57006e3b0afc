package printer_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/desktop/printer"
)

func TestFileGrowsByEachJob(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipts.bin")
	for _, text := range []string{"one", "two"} {
		require.NoError(t, printer.Print(t.Context(), printer.File, path, []byte(text)))
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "onetwo", string(content))
}

func TestNetworkPrinterGetsEveryByte(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	got := make(chan []byte, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		all, _ := io.ReadAll(conn)
		got <- all
	}()
	require.NoError(t, printer.Print(t.Context(), printer.TCP, listener.Addr().String(), []byte("receipt")))
	require.Equal(t, "receipt", string(<-got))
}

func TestAbsentPrinterSaysSo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	require.ErrorContains(t, printer.Print(t.Context(), printer.TCP, address, []byte("x")), "does not answer")
	require.ErrorContains(t, printer.Print(t.Context(), printer.None, "", []byte("x")), "no printer")
}

func TestHangingPrinterHoldsNobodyUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	spool := printer.NewSpool()
	ended := make(chan error, 1)
	began := time.Now()
	// More than any socket buffer takes, and nobody reads.
	require.NoError(t, spool.Add(printer.Job{
		Kind: printer.TCP, Address: listener.Addr().String(), Content: make([]byte, 64<<20),
		Done: func(err error) { ended <- err },
	}))
	require.Less(t, time.Since(began), 200*time.Millisecond)
	require.Error(t, <-ended)
	spool.Close()
	require.ErrorIs(t, spool.Add(printer.Job{}), printer.ErrClosed)
}
