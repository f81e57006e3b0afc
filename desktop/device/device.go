// Package device keeps the few secrets a till has: the token that the server
// gave it when it was paired. They go to the operating system's keyring, or,
// where there is none, to an encrypted file. It does not pair and does not know
// what the secrets are for.
package device

import "errors"

// ErrNotFound says that nothing is kept under the key.
var ErrNotFound = errors.New("device: no such secret")

// Store keeps secrets by key. Get and Delete fail with ErrNotFound for a key
// that is not there; any other error means that the place cannot be used.
type Store interface {
	Put(key, value string) error
	Get(key string) (string, error)
	Delete(key string) error
	// Place says in a word where the secrets are: "keyring" or "file".
	Place() string
}

// Open returns the keyring if it answers within two seconds, and otherwise an
// encrypted file in dir. A secret that was put into the file earlier stays
// readable when a keyring has appeared since.
func Open(dir string) (Store, error) {
	file, err := OpenFile(dir)
	if err != nil {
		return nil, err
	}
	if file.used() || !keyringWorks() {
		return file, nil
	}
	return keyringStore{}, nil
}
