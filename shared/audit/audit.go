// Package audit is the form of a shop's audit trail: what is hashed of a row, how
// rows make a chain, how an installation signs where a chain stands, and the file in
// which a shop takes all of it away. It knows no database and needs none: the
// stand-alone checker is made of it. It says nothing of what the rows mean.
package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Row is one thing that was written, as the chain holds it.
type Row struct {
	Tenant   uuid.UUID  `json:"tenant"`
	Seq      int64      `json:"seq"`
	At       time.Time  `json:"at"`
	Actor    *uuid.UUID `json:"actor,omitempty"`
	Device   *uuid.UUID `json:"device,omitempty"`
	Approver *uuid.UUID `json:"approver,omitempty"`
	Action   string     `json:"action"`
	Table    string     `json:"table"`
	Op       string     `json:"op"`
	Entity   *string    `json:"entity,omitempty"`
	Detail   string     `json:"detail"` // JSON, exactly as it was hashed
	Hash     Hash       `json:"hash"`
	// Fact is the content of what the row stands for, whose SHA-256 is in Detail; only
	// rows of kind "fact" have one, and only in a file.
	Fact *string `json:"fact,omitempty"`
}

// Bytes are what is hashed of a row: each field as its length in bytes, a colon and
// its text, in the order of the table; what is not there as a single minus. Times
// are microseconds since 1970.
func (r Row) Bytes() []byte {
	var out bytes.Buffer
	field := func(text string) { fmt.Fprintf(&out, "%d:%s", len(text), text) }
	id := func(id *uuid.UUID) {
		if id == nil {
			out.WriteByte('-')
			return
		}
		field(id.String())
	}
	field(r.Tenant.String())
	field(strconv.FormatInt(r.Seq, 10))
	field(strconv.FormatInt(r.At.UnixMicro(), 10))
	id(r.Actor)
	id(r.Device)
	id(r.Approver)
	field(r.Action)
	field(r.Table)
	field(r.Op)
	if r.Entity == nil {
		out.WriteByte('-')
	} else {
		field(*r.Entity)
	}
	field(r.Detail)
	return out.Bytes()
}

// After is the hash that the row must have behind the one before it.
func (r Row) After(before Hash) Hash {
	return sha256.Sum256(append(before[:], r.Bytes()...))
}

// Head is where a chain stood at a time, signed by the installation.
type Head struct {
	Tenant    uuid.UUID `json:"tenant"`
	Seq       int64     `json:"seq"`
	Hash      Hash      `json:"hash"`
	At        time.Time `json:"at"`
	PublicKey Blob      `json:"public_key"`
	Signature Blob      `json:"signature"`
}

// signed are the bytes under the signature.
func (h Head) signed() []byte {
	out := []byte("souk audit head 1\n")
	out = append(out, h.Tenant[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(h.Seq))            //nolint:gosec // a number is never negative
	out = binary.BigEndian.AppendUint64(out, uint64(h.At.UnixMicro())) //nolint:gosec // nor is a time of this century
	return append(out, h.Hash[:]...)
}

// Sign gives the head with the key's signature.
func (h Head) Sign(key ed25519.PrivateKey) Head {
	h.At = h.At.UTC().Truncate(time.Microsecond)
	h.PublicKey = Blob(key.Public().(ed25519.PublicKey))
	h.Signature = ed25519.Sign(key, h.signed())
	return h
}

// Genuine reports whether the head is signed by the key that it names.
func (h Head) Genuine() bool {
	return len(h.PublicKey) == ed25519.PublicKeySize && ed25519.Verify(ed25519.PublicKey(h.PublicKey), h.signed(), h.Signature)
}

// Contradicts says why two heads of one shop cannot both be true; "" if they can.
// A shop that was restored to an earlier day contradicts what was signed after it.
func (h Head) Contradicts(earlier Head) string {
	switch {
	case h.Seq < earlier.Seq:
		return fmt.Sprintf("the audit trail ends at %d, but it had %d rows on %s", h.Seq, earlier.Seq, earlier.At.Format(time.RFC3339))
	case h.Seq == earlier.Seq && h.Hash != earlier.Hash:
		return fmt.Sprintf("row %d of the audit trail is another one than on %s", h.Seq, earlier.At.Format(time.RFC3339))
	}
	return ""
}
