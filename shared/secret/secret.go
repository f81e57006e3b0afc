// Package secret hashes and checks passwords and PINs with argon2id, in the
// usual text form ($argon2id$v=19$m=…,t=…,p=…$salt$hash). Server and till share
// it because a till signs people in without the server. It keeps nothing.
package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

// Costs follow OWASP's password storage cheat sheet; a PIN is also guarded by a
// back-off, since no hash makes four digits strong.
var (
	password = cost{memory: 19 * 1024, time: 2, threads: 1}
	pin      = cost{memory: 12 * 1024, time: 3, threads: 1}
)

const saltLength, hashLength = 16, 32

// HashPassword gives the text to keep instead of a password.
func HashPassword(text string) string { return hash(text, password) }

// HashPIN gives the text to keep instead of a PIN.
func HashPIN(text string) string { return hash(text, pin) }

// Verify reports whether text is what kept was made from. A kept text that is
// empty or malformed matches nothing.
func Verify(kept, text string) bool {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var c cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return false
	}
	if c.memory == 0 || c.memory > 1<<20 || c.time == 0 || c.time > 16 || c.threads == 0 {
		return false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, wantErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || wantErr != nil || len(want) != hashLength {
		return false
	}
	got := argon2.IDKey([]byte(text), salt, c.time, c.memory, c.threads, hashLength)
	return subtle.ConstantTimeCompare(got, want) == 1
}

func hash(text string, c cost) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails, by its contract
	key := argon2.IDKey([]byte(text), salt, c.time, c.memory, c.threads, hashLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}
