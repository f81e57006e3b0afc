// Command check reads the proof of a shop's audit trail and says whether it holds:
// whether a row was changed, taken out or moved, whether what a row stands for was
// changed since, and whether the rows are those that were signed for. It needs
// neither the server nor a database.
package main

import (
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"

	"souk/shared/audit"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout)) }

func run(args []string, in io.Reader, out io.Writer) int {
	flags := flag.NewFlagSet("souk-audit-check", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		say(out, "Usage: souk-audit-check [-key HEX] FILE\n\nChecks the proof of an audit trail that was taken from Settings → Audit. FILE may be -\nfor the standard input. With -key, every signature must be by this public key.\nEnds with 0 if the proof holds, with 1 if it does not, with 2 if it cannot be read.")
	}
	key := flags.String("key", "", "the installation's public key, in hexadecimal")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	if name := flags.Arg(0); name != "-" {
		file, err := os.Open(name) //nolint:gosec // the file that was asked for
		if err != nil {
			say(out, err)
			return 2
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	found, err := audit.Check(in)
	if err != nil {
		say(out, "DOES NOT HOLD:", err)
		return 1
	}
	for _, by := range found.Keys {
		if *key != "" && hex.EncodeToString(by) != *key {
			say(out, "DOES NOT HOLD: signed by another key than the given one:", hex.EncodeToString(by))
			return 1
		}
	}
	say(out, fmt.Sprintf("Holds: %s, %d rows, %d facts compared, %d signed heads.", found.Title.Shop, found.Rows, found.Facts, found.Heads))
	if found.Heads > 0 {
		say(out, fmt.Sprintf("Signed up to row %d on %s.", found.Last.Seq, found.Last.At.Format("2006-01-02 15:04:05 UTC")))
	}
	for _, by := range found.Keys {
		say(out, "Signed by", hex.EncodeToString(by))
	}
	return 0
}

func say(out io.Writer, words ...any) { _, _ = fmt.Fprintln(out, words...) }
