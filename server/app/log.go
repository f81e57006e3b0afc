package app

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"souk/server/platform/logfile"
)

// LogTo makes the program's log go to out and, with keep, also to files under
// the data folder's logs, which are put aside by size and age.
func LogTo(cfg Config, out io.Writer, keep bool) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return fmt.Errorf("SOUK_LOG_LEVEL: %q is none of debug, info, warn and error", cfg.LogLevel)
	}
	if keep {
		file, err := logfile.Open(logfile.Config{Dir: filepath.Join(cfg.Data, "logs"), Name: "souk.log"})
		if err != nil {
			return fmt.Errorf("open the log: %w", err)
		}
		out = both{out, file}
	}
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(out, options)
	if cfg.Log == "json" {
		handler = slog.NewJSONHandler(out, options)
	}
	slog.SetDefault(slog.New(handler))
	return nil
}

// both writes to two places, of which neither keeps the other from its line.
type both struct{ first, second io.Writer }

func (b both) Write(line []byte) (int, error) {
	_, failed := b.second.Write(line)
	n, err := b.first.Write(line)
	if err == nil {
		err = failed
	}
	return n, err
}
