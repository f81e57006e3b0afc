// Headless is a till without a window, driven by JSON on standard input; see
// package headless for the lines.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/desktop/till/headless"
)

func main() {
	dir := flag.String("data", "", "the till's folder")
	flag.Parse()
	if err := run(*dir); err != nil {
		slog.Error("till", "error", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	secrets, err := device.OpenFile(dir)
	if err != nil {
		return err
	}
	engine, err := till.Open(context.Background(), till.Config{Dir: dir, Secrets: secrets})
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	return headless.Run(engine, os.Stdin, os.Stdout)
}
