package desktop

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"souk/shared/wire"
)

// flags are what a till can be told when it is started. All can be left out:
// the page asks for what is missing.
type flags struct {
	data    string
	server  string
	pair    string
	name    string
	printer *wire.PrinterState
	kiosk   bool
	// heads is set to write down what the till keeps of the audit trail, and nothing else.
	heads bool
	// save and bring are files of sales that could not be sent.
	save, bring string
}

// errUsage says that the flag package has explained itself already.
var errUsage = errors.New("wrong arguments")

func readFlags(args []string, stderr io.Writer) (flags, error) {
	var f flags
	var printer string
	set := flag.NewFlagSet("till", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.data, "data", defaultData(), "folder of this till's journal")
	set.StringVar(&f.server, "server", "", "address of the shop, for --pair")
	set.StringVar(&f.pair, "pair", "", "pairing code from the office")
	set.StringVar(&f.name, "name", hostName(), "what the office calls this device")
	set.StringVar(&printer, "printer", "", "file:PATH, tcp:HOST[:PORT], queue:NAME or none")
	set.BoolVar(&f.kiosk, "kiosk", false, "full screen, without a frame, above everything")
	set.BoolVar(&f.heads, "audit-heads", false, "write the signed heads of the audit trail that this till keeps, for souk-audit-check")
	set.StringVar(&f.save, "save-unsent", "", "write what this till could not send yet to a file, for another till to bring in")
	set.StringVar(&f.bring, "bring-unsent", "", "bring in the file that another till of the store has saved")
	if err := set.Parse(args); err != nil {
		return f, errors.Join(errUsage, err)
	}
	if f.pair != "" && f.server == "" {
		return f, errors.New("--pair needs --server, the shop's address")
	}
	if f.data == "" {
		return f, errors.New("--data is needed: this computer names no folder for settings")
	}
	var err error
	f.printer, err = readPrinter(printer)
	return f, err
}

func readPrinter(text string) (*wire.PrinterState, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // not given: the one that was set last stays
	}
	kind, address, _ := strings.Cut(text, ":")
	switch {
	case text == "none":
		return &wire.PrinterState{Kind: "none"}, nil
	case (kind == "file" || kind == "tcp" || kind == "queue") && address != "":
		return &wire.PrinterState{Kind: kind, Address: address}, nil
	}
	return nil, fmt.Errorf("--printer %q: say file:PATH, tcp:HOST, tcp:HOST:PORT, queue:NAME or none", text)
}

func defaultData() string {
	if dir := os.Getenv("SOUK_TILL_DATA"); dir != "" {
		return dir
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "souk-till")
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "Till"
	}
	return name
}
