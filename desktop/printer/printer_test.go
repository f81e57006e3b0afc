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

func TestADeviceThatIsNotThereIsNotMade(t *testing.T) {
	require.ErrorIs(t, printer.Print(t.Context(), printer.File, "/dev/no-such-printer", []byte("x")), os.ErrNotExist)
	require.NoFileExists(t, "/dev/no-such-printer")
	require.NoError(t, printer.Print(t.Context(), printer.File, "/dev/null", []byte("x")), "devices cannot be synced")
}

// system puts a printing system of shell scripts in front of the machine's own.
func system(t *testing.T) (paper string) {
	t.Helper()
	dir := t.TempDir()
	paper = filepath.Join(dir, "paper")
	for name, script := range map[string]string{
		"lp":     "#!/bin/sh\necho \"$@\" > '" + paper + ".args'\n[ \"$3\" = counter ] || { echo 'lp: The printer does not exist.' >&2; exit 1; }\ncat >> '" + paper + "'\n",
		"lpstat": "#!/bin/sh\n[ \"$1\" = -e ] && printf 'kitchen\\ncounter\\n'\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700)) //nolint:gosec // a program has to be run
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return paper
}

func TestAQueueGetsTheBytesAsTheyAre(t *testing.T) {
	paper := system(t)
	require.NoError(t, printer.Print(t.Context(), printer.Queue, "counter", []byte("\x1b@receipt\x1dV")))
	got, err := os.ReadFile(paper)
	require.NoError(t, err)
	require.Equal(t, "\x1b@receipt\x1dV", string(got))
	args, err := os.ReadFile(paper + ".args")
	require.NoError(t, err)
	require.Equal(t, "-s -d counter -o raw -- -\n", string(args))
	require.ErrorContains(t, printer.Print(t.Context(), printer.Queue, "gone", []byte("x")), "does not exist")
	require.Error(t, printer.Print(t.Context(), printer.Queue, "-h", []byte("x")), "a name is no option")
	require.Subset(t, printer.List(t.Context()), []printer.Found{{Kind: printer.Queue, Address: "counter"}, {Kind: printer.Queue, Address: "kitchen"}})
}

func TestWithoutAPrintingSystemThereAreNoQueues(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	require.ErrorContains(t, printer.Print(t.Context(), printer.Queue, "counter", []byte("x")), "no printing system")
	require.NotNil(t, printer.List(t.Context()))
}
