// Command check reads the proof of a shop's audit trail and says whether it holds:
// whether a row was changed, taken out or moved, whether what a row stands for was
// changed since, and whether the rows are those that were signed for. It needs
// neither the server nor a database.
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
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
		say(out, "Usage: souk-audit-check [-key HEX] [-heads HEADS] FILE\n\nChecks the proof of an audit trail that was taken from Settings → Audit. FILE may be -\nfor the standard input. With -key, every signature must be by this public key.\nWith -heads, the proof must go through the heads that a till has kept; \"till --audit-heads\"\nwrites them. Ends with 0 if the proof holds, with 1 if it does not, with 2 if it cannot be read.")
	}
	key := flags.String("key", "", "the installation's public key, in hexadecimal")
	heads := flags.String("heads", "", "a file of signed heads, as tills keep them")
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
	witnesses, err := readHeads(*heads)
	if err != nil {
		say(out, err)
		return 2
	}
	found, err := audit.Check(in, witnesses...)
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
	if *heads != "" {
		say(out, fmt.Sprintf("Fits %d heads kept elsewhere; %d were signed after the proof was made.", found.Witnesses, found.Later))
	}
	for _, by := range found.Keys {
		say(out, "Signed by", hex.EncodeToString(by))
	}
	return 0
}

// readHeads reads heads, one JSON value after the other.
func readHeads(name string) ([]audit.Head, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name) //nolint:gosec // the file that was asked for
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var heads []audit.Head
	for in := json.NewDecoder(file); ; {
		var head audit.Head
		err := in.Decode(&head)
		if errors.Is(err, io.EOF) {
			return heads, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s does not hold signed heads: %w", name, err)
		}
		heads = append(heads, head)
	}
}

func say(out io.Writer, words ...any) { _, _ = fmt.Fprintln(out, words...) }
