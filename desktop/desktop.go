// Package desktop is the till's window: it opens the engine, shows the pages of
// package frontend and binds the one to the other. It decides nothing about
// selling.
package desktop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	wailsruntime "github.com/wailsapp/wails/v2/pkg/runtime"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/shared/fault"
	"souk/shared/wire"
)

// The events that the page listens to.
const (
	eventState = "till.state" // the new wire.RegisterState
	eventLive  = "till.live"  // a message of the server's change stream
)

// Run opens a till in a window and returns the process's exit code when the
// window has been closed. What goes wrong before there is a window is said on
// stderr.
func Run(args []string, stdout, stderr io.Writer) int {
	if err := run(args, stdout, stderr); err != nil {
		if errors.Is(err, errUsage) {
			return 2
		}
		if errors.Is(err, errSaid) {
			return 1
		}
		_, _ = fmt.Fprintln(stderr, "till:", sentence(err))
		return 1
	}
	return 0
}

func run(args []string, stdout, stderr io.Writer) error {
	given, err := readFlags(args, stderr)
	if err != nil {
		return err
	}
	if given.heads {
		return writeHeads(given.data, stdout)
	}
	w := &window{}
	if given.save != "" || given.bring != "" {
		engine, err := w.openEngine(given)
		if err != nil {
			return err
		}
		defer func() { _ = engine.Close() }()
		return carry(context.Background(), engine, given, stdout)
	}
	if err := haveDisplay(); err != nil {
		return err
	}
	engine, err := w.openEngine(given)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "till:", sentence(err))
		return errors.Join(errSaid, w.tell(err, given))
	}
	defer func() { _ = engine.Close() }()
	if given.pair != "" && engine.State().Phase == wire.PhaseUnpaired {
		if _, err := engine.Pair(given.server, given.pair, given.name); err != nil {
			// The window opens all the same: a code can be typed there.
			_, _ = fmt.Fprintln(stderr, "till: not paired:", sentence(err))
		}
	}
	return wails.Run(w.options(engine, given))
}

// writeHeads writes the heads that a till's folder keeps, a line of JSON each.
func writeHeads(dir string, out io.Writer) error {
	heads, err := till.AuditHeads(context.Background(), dir)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(out)
	for _, head := range heads {
		if err := lines.Encode(head); err != nil {
			return err
		}
	}
	return nil
}

// window passes on what the engine announces, once there is a page to hear it.
type window struct {
	ctx atomic.Pointer[context.Context]
}

func (w *window) openEngine(given flags) (*till.Engine, error) {
	secrets, err := device.Open(given.data)
	if err != nil {
		return nil, err
	}
	return till.Open(context.Background(), till.Config{
		Dir: given.data, Secrets: secrets, Printer: given.printer,
		OnChange: func(state wire.RegisterState) { w.emit(eventState, state) },
		OnLive:   func(message json.RawMessage) { w.emit(eventLive, message) },
	})
}

func (w *window) emit(event string, value any) {
	if ctx := w.ctx.Load(); ctx != nil {
		wailsruntime.EventsEmit(*ctx, event, value)
	}
}

func (w *window) options(engine *till.Engine, given flags) *options.App {
	app := &options.App{
		Title:       "Souk Till",
		Width:       1366,
		Height:      768,
		MinWidth:    800,
		MinHeight:   600,
		AssetServer: &assetserver.Options{Handler: newPages(engine)},
		OnDomReady:  func(ctx context.Context) { w.ctx.Store(&ctx) },
		OnShutdown:  func(context.Context) { w.ctx.Store(nil) },
		Bind:        []any{&Till{engine: engine, window: w}},
		// A page from anywhere else, should the window ever show one, can call nothing.
		BindingsAllowedOrigins: "",
		ErrorFormatter:         problem,
		Linux:                  &linux.Options{ProgramName: "souk-till", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		SingleInstanceLock:     w.single(given),
	}
	if given.kiosk {
		app.WindowStartState = options.Fullscreen
		app.Frameless, app.AlwaysOnTop = true, true
	}
	return app
}

// single has a second start with the same folder bring the first one's window to
// the front. Where that cannot be arranged the journal's own lock remains.
func (w *window) single(given flags) *options.SingleInstanceLock {
	return &options.SingleInstanceLock{
		UniqueId: "souk-till-" + shortHash(given.data),
		OnSecondInstanceLaunch: func(options.SecondInstanceData) {
			if ctx := w.ctx.Load(); ctx != nil {
				wailsruntime.WindowUnminimise(*ctx)
				wailsruntime.Show(*ctx)
			}
		},
	}
}

// tell says in a box why the till does not open: who starts it from an icon sees
// no stderr.
func (w *window) tell(trouble error, given flags) error {
	return wails.Run(&options.App{
		Title:              "Souk Till",
		StartHidden:        true,
		AssetServer:        &assetserver.Options{Handler: http.NotFoundHandler()},
		Linux:              &linux.Options{ProgramName: "souk-till", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		SingleInstanceLock: w.single(given),
		OnDomReady: func(ctx context.Context) {
			_, _ = wailsruntime.MessageDialog(ctx, wailsruntime.MessageDialogOptions{
				Type: wailsruntime.ErrorDialog, Title: "Souk Till", Message: sentence(trouble),
			})
			wailsruntime.Quit(ctx)
		},
	})
}

// problem is how the page gets an error: kind, code and sentence as JSON text.
// The bridge makes a JavaScript Error of what it is given, whose message an
// object would not survive.
func problem(err error) any {
	f := fault.Of(err)
	if f == nil {
		f = fault.Internal("till.internal").Say("Something went wrong at this till: " + err.Error())
	}
	text, err := json.Marshal(f)
	if err != nil {
		return f.Message
	}
	return string(text)
}

func sentence(err error) string {
	if f := fault.Of(err); f != nil && f.Message != "" {
		return f.Message
	}
	return err.Error()
}

// errSaid is trouble that people have been told of already.
var errSaid = errors.New("said")

var errNoDisplay = errors.New("there is no screen here. Start the till on the shop's computer, or set DISPLAY or WAYLAND_DISPLAY")

// haveDisplay spares people the panic of a toolkit without a screen.
func haveDisplay() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errNoDisplay
	}
	return nil
}

// shortHash tells the tills of two folders apart.
func shortHash(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:6])
}
