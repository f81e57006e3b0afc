package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	wailsruntime "github.com/wailsapp/wails/v2/pkg/runtime"

	"souk/desktop/till"
	"souk/shared/fault"
	"souk/shared/wire"
)

// carriedName is how files of unsent sales end.
const carriedName = ".souk-sales"

var carriedFiles = []wailsruntime.FileFilter{{DisplayName: "Souk sales (*" + carriedName + ")", Pattern: "*" + carriedName}}

// SaveUnsent asks where to, and writes what the server does not have yet to a file.
// Path is empty if nothing was chosen.
func (t *Till) SaveUnsent() (wire.CarriedOut, error) {
	ctx := t.window.ctx.Load()
	if ctx == nil {
		return wire.CarriedOut{}, nil
	}
	name := "till"
	if shop := t.engine.State().Shop; shop != nil {
		name = fmt.Sprintf("%s-%d", shop.Slug, shop.RegisterNumber)
	}
	path, err := wailsruntime.SaveFileDialog(*ctx, wailsruntime.SaveDialogOptions{
		DefaultFilename: name + "-" + time.Now().Format("2006-01-02-1504") + carriedName, Filters: carriedFiles,
	})
	if err != nil || path == "" {
		return wire.CarriedOut{}, err
	}
	return saveUnsent(t.engine, path)
}

// BringUnsent asks for another till's file and brings its sales to the server.
func (t *Till) BringUnsent() (wire.CarriedIn, error) {
	ctx := t.window.ctx.Load()
	if ctx == nil {
		return wire.CarriedIn{}, nil
	}
	path, err := wailsruntime.OpenFileDialog(*ctx, wailsruntime.OpenDialogOptions{Filters: carriedFiles})
	if err != nil || path == "" {
		return wire.CarriedIn{}, err
	}
	return bringUnsent(*ctx, t.engine, path)
}

// saveUnsent writes the whole file or none: what stands under its name is on the disk.
func saveUnsent(engine *till.Engine, path string) (out wire.CarriedOut, err error) {
	if filepath.Ext(path) == "" {
		path += carriedName
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return out, notWritten(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	out.Path = path
	out.Head, err = engine.SaveUnsent(file)
	if err != nil {
		_ = file.Close()
		if fault.Of(err) == nil {
			err = notWritten(err)
		}
		return out, err
	}
	if err = errors.Join(file.Sync(), file.Close()); err != nil {
		return out, notWritten(err)
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return out, notWritten(err)
	}
	return out, nil
}

func notWritten(err error) error {
	return fault.Unavailable("till.file_not_written", fault.Because(err)).Say("The file could not be written there. Choose another place, or make room; the sales are kept here.")
}

func bringUnsent(ctx context.Context, engine *till.Engine, path string) (wire.CarriedIn, error) {
	file, err := os.Open(path)
	if err != nil {
		return wire.CarriedIn{}, fault.Invalid("till.file_not_read", fault.Because(err)).Say("This file could not be read. Choose another one, or save it again.")
	}
	defer func() { _ = file.Close() }()
	return engine.BringUnsent(ctx, file)
}

// carry saves or brings without a window, and says what came of it.
func carry(ctx context.Context, engine *till.Engine, given flags, out io.Writer) error {
	if given.save != "" {
		saved, err := saveUnsent(engine, given.save)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%d sales (%d entries) of %s are in %s\n", saved.Head.Sales, saved.Head.Entries, saved.Head.Series, saved.Path)
		return err
	}
	brought, err := bringUnsent(ctx, engine, given.bring)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "the server has %d of %d entries of %s; %d of them are exceptions to look at\n", brought.Taken, brought.Head.Entries, brought.Head.Series, brought.Exceptions)
	return err
}
