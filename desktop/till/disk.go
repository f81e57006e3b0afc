package till

import (
	"errors"
	"os"
	"path/filepath"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// reserveSize is room kept on the disk for the sale that is being made when the
// disk fills up.
const reserveSize = 32 << 20

func (e *Engine) reservePath() string { return filepath.Join(e.cfg.Dir, "reserve") }

// keepReserve makes the reserve file if there is room for it. A till without
// that room opens all the same.
func (e *Engine) keepReserve() error {
	if info, err := os.Stat(e.reservePath()); err == nil && info.Size() == reserveSize {
		return nil
	}
	f, err := os.OpenFile(e.reservePath(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return e.giveReserve()
	}
	if errors.Join(occupy(f, reserveSize), f.Close()) != nil {
		return e.giveReserve()
	}
	return nil
}

// fill writes zeros: a file that is merely long reserves nothing.
func fill(f *os.File, size int64) error {
	block := make([]byte, 1<<20)
	for left := size; left > 0; left -= int64(len(block)) {
		if _, err := f.Write(block[:min(left, int64(len(block)))]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) giveReserve() error {
	if err := os.Remove(e.reservePath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// diskFault tells trouble of the disk from all other. After a failed read, write
// or flush nothing more is sold until the till has been opened again and has
// found its files sound.
func (e *Engine) diskFault(err error) error {
	var trouble *sqlite.Error
	if !errors.As(err, &trouble) {
		return err
	}
	switch trouble.Code() & 0xff {
	case lib.SQLITE_FULL:
		return errDisk.Wrap(err)
	case lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_READONLY:
		e.failing = true
		return errDiskFailing.Wrap(err)
	}
	return err
}

func diskFull(err error) bool {
	var trouble *sqlite.Error
	return errors.As(err, &trouble) && trouble.Code()&0xff == lib.SQLITE_FULL
}
