package audit

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// A proof is a text file, a line of JSON each, packed by gzip or not: first what it
// is, then the rows in order with each signed head before its row, last how many
// rows there were.

// Title is the first line of a proof.
type Title struct {
	Format int       `json:"souk_audit_proof"`
	Tenant uuid.UUID `json:"tenant"`
	Shop   string    `json:"shop"`
	MadeAt time.Time `json:"made_at"`
}

const format = 1

type line struct {
	Head *Head  `json:"head,omitempty"`
	Row  *Row   `json:"row,omitempty"`
	Rows *int64 `json:"rows,omitempty"`
}

// Writer writes a proof.
type Writer struct {
	out  *json.Encoder
	rows int64
}

// NewWriter begins a proof.
func NewWriter(out io.Writer, title Title) (*Writer, error) {
	title.Format = format
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &Writer{out: encoder}, encoder.Encode(title)
}

// Resume goes on with a proof that has so many rows already.
func Resume(out io.Writer, rows int64) *Writer {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &Writer{out: encoder, rows: rows}
}

// Head adds a signed head, before the row that it is for; they come in order.
func (w *Writer) Head(head Head) error { return w.out.Encode(line{Head: &head}) }

// Row adds a row.
func (w *Writer) Row(row Row) error {
	w.rows++
	return w.out.Encode(line{Row: &row})
}

// End writes the last line.
func (w *Writer) End() error { return w.out.Encode(line{Rows: &w.rows}) }

// Checked is what a proof was found to hold.
type Checked struct {
	Title Title
	Rows  int64
	Facts int64
	Heads int
	// Witnesses are the heads kept elsewhere that were compared; Later were signed after
	// the proof was made.
	Witnesses, Later int
	// Keys are the public keys of the signatures, each once.
	Keys []Blob
	Last Head // the last signed one; zero if there is none
}

const longestLine = 64 << 20

// Check reads a proof and follows its chain, through the heads of witnesses too: those
// that tills have kept. It fails with Broken at the first row that does not hold, and
// with what else is wrong with the file.
func Check(in io.Reader, witnesses ...Head) (Checked, error) {
	text, err := unpacked(in)
	if err != nil {
		return Checked{}, err
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 1<<16), longestLine)
	var found Checked
	if !lines.Scan() {
		return found, errors.Join(errors.New("the file is empty"), lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &found.Title); err != nil || found.Title.Format != format {
		return found, errors.New("this is not a proof of an audit trail, or one of a later version")
	}
	chain := Chain{Tenant: found.Title.Tenant, Witnesses: map[int64][]Head{}}
	for _, head := range witnesses {
		if head.Tenant != found.Title.Tenant {
			return found, errors.New("the heads are of another shop than the proof")
		}
		if head.At.After(found.Title.MadeAt) {
			found.Later++
			continue
		}
		found.Witnesses++
		chain.Witnesses[head.Seq] = append(chain.Witnesses[head.Seq], head)
	}
	ended := false
	for number := 2; lines.Scan(); number++ {
		var next line
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil || ended {
			return found, fmt.Errorf("line %d of the file is not part of a proof", number)
		}
		switch {
		case next.Head != nil:
			found.head(*next.Head)
			chain.Signed = append(chain.Signed, *next.Head)
		case next.Row != nil:
			if err := chain.Next(*next.Row); err != nil {
				return found, err
			}
			found.Rows, found.Facts = chain.Seq, chain.Facts
		case next.Rows != nil:
			if ended = true; *next.Rows != found.Rows {
				return found, Broken{found.Rows + 1, fmt.Sprintf("is missing: the file says that it holds %d rows", *next.Rows)}
			}
		}
	}
	if err := lines.Err(); err != nil {
		return found, err
	}
	if !ended {
		return found, errors.New("the file is cut off: its last line is missing")
	}
	return found, chain.End()
}

func unpacked(in io.Reader) (io.Reader, error) {
	ahead := bufio.NewReader(in)
	if magic, err := ahead.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return ahead, nil //nolint:nilerr // too short to be packed; what it is instead is said by who reads it
	}
	return gzip.NewReader(ahead)
}

func (c *Checked) head(head Head) {
	c.Heads, c.Last = c.Heads+1, head
	for _, key := range c.Keys {
		if string(key) == string(head.PublicKey) {
			return
		}
	}
	c.Keys = append(c.Keys, head.PublicKey)
}
