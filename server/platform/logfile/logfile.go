// Package logfile writes a log to files that cannot fill the disk: a file that
// has grown too large or too old is put aside under its date, and the oldest are
// removed. It does not know what a line says.
package logfile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config bounds what is kept.
type Config struct {
	Dir  string
	Name string // of the file that is written now, such as souk.log
	// MaxBytes is when a file is put aside; 0 means 10 MiB.
	MaxBytes int64
	// MaxAge is when a file is put aside, and Keep how many put aside stay; 0 means a day and 14.
	MaxAge time.Duration
	Keep   int
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Writer is one log. It is safe for concurrent use.
type Writer struct {
	cfg   Config
	mu    sync.Mutex
	file  *os.File
	size  int64
	begun time.Time
}

// Open goes on with the log that is there, or begins one. The folder and its
// files are readable by their owner alone.
func Open(cfg Config) (*Writer, error) {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 10 << 20
	}
	if cfg.MaxAge == 0 {
		cfg.MaxAge = 24 * time.Hour
	}
	if cfg.Keep == 0 {
		cfg.Keep = 14
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	w := &Writer{cfg: cfg}
	return w, w.open()
}

func (w *Writer) path() string { return filepath.Join(w.cfg.Dir, w.cfg.Name) }

func (w *Writer) open() error {
	file, err := os.OpenFile(w.path(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	stat, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	w.file, w.size, w.begun = file, stat.Size(), w.cfg.Now()
	if w.size > 0 {
		w.begun = stat.ModTime()
	}
	return nil
}

// Write appends one line. A line is never split over two files, and one that
// could not be put aside is better written into a file that is too large.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return 0, os.ErrClosed
	}
	full := w.size+int64(len(line)) > w.cfg.MaxBytes || w.cfg.Now().Sub(w.begun) > w.cfg.MaxAge
	if full && w.size > 0 {
		if err := w.rotate(); err != nil && w.file == nil {
			return 0, err
		}
	}
	n, err := w.file.Write(line)
	w.size += int64(n)
	return n, err
}

// stamp sorts by time.
const stamp = "20060102T150405.000000000"

func (w *Writer) rotate() error {
	base, ending := w.parts()
	aside := filepath.Join(w.cfg.Dir, base+"-"+w.cfg.Now().UTC().Format(stamp)+ending)
	err := w.file.Close()
	w.file = nil
	if err == nil {
		err = os.Rename(w.path(), aside)
	}
	return errors.Join(err, w.open(), w.prune())
}

func (w *Writer) parts() (base, ending string) {
	ending = filepath.Ext(w.cfg.Name)
	return strings.TrimSuffix(w.cfg.Name, ending), ending
}

func (w *Writer) prune() error {
	base, ending := w.parts()
	old, err := filepath.Glob(filepath.Join(w.cfg.Dir, base+"-????????T??????.*"+ending))
	if err != nil {
		return err
	}
	slices.Sort(old)
	for len(old) > w.cfg.Keep {
		err = errors.Join(err, os.Remove(old[0]))
		old = old[1:]
	}
	return err
}

// Close ends the log.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file = nil
	return err
}
