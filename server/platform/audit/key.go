package audit

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeptKey reads the installation's signing key from a file, or draws one and writes
// the file, which nobody else may read. It fails if the file holds no key: a new one
// in its place would look as if somebody else had signed.
func KeptKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the program's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(file)
	}
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is not the key that signs the audit trail; put the file back from a copy, or move it away to begin with a new key", file)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func newKey(file string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // the embedded database's user passes through it
		return nil, err
	}
	// Two servers that start at once agree on whose was there first.
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // as above
	if errors.Is(err, fs.ErrExist) {
		return KeptKey(file)
	}
	if err != nil {
		return nil, err
	}
	_, err = out.WriteString(hex.EncodeToString(key.Seed()) + "\n")
	return key, errors.Join(err, out.Sync(), out.Close())
}
