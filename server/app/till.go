package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"souk/server/demo"
	"souk/server/platform/db"
	"souk/shared/wire"
)

// tillWindow is the till that "make run" opens beside the server.
type tillWindow struct {
	program  string
	cfg      Config
	database *db.DB
	key      []byte // the server's, if no authority vouches for it
	command  *exec.Cmd
	ended    chan struct{}
}

// open starts the till if it was asked for and there is a screen. A till that
// cannot be opened is no reason not to serve.
func (t *tillWindow) open(ctx context.Context, address string, out io.Writer) {
	if t.program == "" {
		return
	}
	if !hasDisplay() {
		fmt.Fprintln(out, "  There is no display here, so no till window was opened.")
		return
	}
	shop := demo.Shops()[0].Company.Slug
	dir := filepath.Join(t.cfg.Data, "till-"+shop)
	arguments := []string{"--data", dir, "--printer", "file:" + filepath.Join(dir, "receipts.bin")}
	if _, err := os.Stat(filepath.Join(dir, "journal.db")); err != nil {
		code, err := demo.PairingCode(ctx, t.database, shop)
		if err != nil {
			slog.WarnContext(ctx, "the till window was not opened", "error", err)
			return
		}
		if t.key != nil {
			code += wire.KeyText(t.key)[:wire.KeyLetters]
		}
		arguments = append(arguments, "--server", t.cfg.scheme()+"://"+shop+"."+t.cfg.Domain+portOf(address, t.cfg.scheme()), "--pair", code)
	}
	t.command = exec.Command(t.program, arguments...) // not bound to ctx: close asks it to end first
	t.command.Stdout, t.command.Stderr = os.Stderr, os.Stderr
	if err := t.command.Start(); err != nil {
		slog.WarnContext(ctx, "the till window was not opened", "error", err)
		t.command = nil
		return
	}
	t.ended = make(chan struct{})
	go func() { _ = t.command.Wait(); close(t.ended) }()
	fmt.Fprintln(out, "  A till window is open, paired with", shop+".")
}

func (t *tillWindow) close() {
	if t.command == nil {
		return
	}
	_ = t.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-t.ended:
	case <-time.After(5 * time.Second):
		_ = t.command.Process.Kill()
	}
}

func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
