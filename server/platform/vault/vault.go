// Package vault encrypts the few secrets that the program has to read back, under
// the installation's key. The key lies in a file beside the database and never in
// it: a copy of the database alone opens nothing; a backup carries it along. What only has to be compared is
// hashed and does not belong here.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const keySize = 32

// Vault seals and opens.
type Vault struct {
	aead cipher.AEAD
	key  []byte
}

// New makes one of a key of 32 bytes.
func New(key []byte) (*Vault, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Vault{aead: aead, key: key}, err
}

// Passing is a vault whose key nobody keeps: what it seals is lost with the process.
func Passing() *Vault {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails, by its contract
	v, err := New(key)
	if err != nil {
		panic(err) // the key has the right size
	}
	return v
}

// Kept reads the key from a file, or draws one and writes the file, which nobody
// else may read. It fails if the file holds no key: with a new one in its place
// nothing that is sealed could be opened.
func Kept(file string) (*Vault, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the program's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return draw(file)
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s is not the key that second factors are encrypted under; put the file back from a copy, or move it away and have everyone set up a second step anew", file)
	}
	return New(key)
}

func draw(file string) (*Vault, error) {
	v := Passing()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // the embedded database's user passes through it
		return nil, err
	}
	// Two servers that start at once agree on whose was there first.
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // as above
	if errors.Is(err, fs.ErrExist) {
		return Kept(file)
	}
	if err != nil {
		return nil, err
	}
	_, err = out.WriteString(hex.EncodeToString(v.key) + "\n")
	return v, errors.Join(err, out.Sync(), out.Close())
}

// Seal encrypts a secret for one place: it opens with the same place only.
func (v *Vault) Seal(secret, place []byte) []byte {
	nonce := make([]byte, v.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, by its contract
	return v.aead.Seal(nonce, nonce, secret, place)
}

// Open gives back what Seal was given. It fails if it was sealed under another key,
// for another place, or was changed.
func (v *Vault) Open(sealed, place []byte) ([]byte, error) {
	if len(sealed) < v.aead.NonceSize() {
		return nil, errors.New("vault: not sealed")
	}
	return v.aead.Open(nil, sealed[:v.aead.NonceSize()], sealed[v.aead.NonceSize():], place)
}

// Hash is what is kept of a secret that is only compared: without the key it cannot
// be tried out.
func (v *Vault) Hash(secret string, place []byte) []byte {
	mac := hmac.New(sha256.New, v.key)
	mac.Write(place)
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}
