package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

// Broken is the first row at which a chain does not hold, and why.
type Broken struct {
	Seq  int64
	What string
}

func (b Broken) Error() string { return fmt.Sprintf("row %d: %s", b.Seq, b.What) }

// Chain follows the rows of one shop from the first on.
type Chain struct {
	Tenant uuid.UUID
	Seq    int64 // of the last row that held
	Hash   Hash
	// Signed are the heads to be met on the way, in order of their numbers.
	Signed []Head
	// Witnesses are heads that were kept elsewhere, by the numbers of their rows.
	Witnesses map[int64][]Head
	// Facts counts the facts that were compared.
	Facts int64
}

// Next takes the next row. It fails with Broken.
func (c *Chain) Next(row Row) error {
	want := c.Seq + 1
	switch {
	case row.Seq > want:
		return Broken{want, fmt.Sprintf("is missing; row %d follows row %d", row.Seq, c.Seq)}
	case row.Seq < want:
		return Broken{row.Seq, fmt.Sprintf("is not in its place, it stands behind row %d", c.Seq)}
	case row.Tenant != c.Tenant:
		return Broken{row.Seq, "is of another shop"}
	case row.After(c.Hash) != row.Hash:
		return Broken{row.Seq, "has been changed, or stands in another's place: its hash is not that of its content behind the row before"}
	}
	if err := c.fact(row); err != nil {
		return err
	}
	c.Seq, c.Hash = row.Seq, row.Hash
	for len(c.Signed) > 0 && c.Signed[0].Seq == row.Seq {
		if err := c.meet(c.Signed[0], row); err != nil {
			return err
		}
		c.Signed = c.Signed[1:]
	}
	for _, head := range c.Witnesses[row.Seq] {
		if err := c.meet(head, row); err != nil {
			return err
		}
	}
	delete(c.Witnesses, row.Seq)
	return nil
}

// meet compares a row with a head that was signed for it.
func (c *Chain) meet(head Head, row Row) error {
	switch {
	case head.Tenant != c.Tenant || !head.Genuine():
		return Broken{row.Seq, "the signature for it is not genuine"}
	case head.Hash != row.Hash:
		return Broken{row.Seq, fmt.Sprintf("is another one than was signed on %s: the rows up to here were made anew", head.At.Format(signedAt))}
	}
	return nil
}

const signedAt = "2006-01-02 15:04:05 UTC"

// fact compares what the row stands for with the digest in it.
func (c *Chain) fact(row Row) error {
	if row.Op != "fact" || row.Fact == nil {
		return nil
	}
	var detail struct {
		Digest string `json:"digest"`
	}
	if err := json.Unmarshal([]byte(row.Detail), &detail); err != nil {
		return Broken{row.Seq, "cannot be read: " + err.Error()}
	}
	if digest := sha256.Sum256([]byte(*row.Fact)); hex.EncodeToString(digest[:]) != detail.Digest {
		entity := ""
		if row.Entity != nil {
			entity = " " + *row.Entity
		}
		return Broken{row.Seq, fmt.Sprintf("what it stands for has been changed since: %s%s", row.Table, entity)}
	}
	c.Facts++
	return nil
}

// End says whether the chain goes as far as was signed. It fails with Broken.
func (c *Chain) End() error {
	var last Head
	if len(c.Signed) > 0 {
		last = c.Signed[len(c.Signed)-1]
	}
	for _, heads := range c.Witnesses {
		for _, head := range heads {
			if head.Seq > last.Seq {
				last = head
			}
		}
	}
	if last.Seq > c.Seq {
		return Broken{c.Seq + 1, fmt.Sprintf("is missing: %d rows were signed for on %s", last.Seq, last.At.Format(signedAt))}
	}
	return nil
}
