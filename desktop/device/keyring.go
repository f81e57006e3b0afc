package device

import (
	"errors"
	"time"

	"github.com/zalando/go-keyring"
)

const service = "souk-till"

// probeLimit bounds the first question: without a Secret Service the keyring
// can hang for most of a minute.
const probeLimit = 2 * time.Second

// keyringWorks asks for a key that is not there. "Not found" is the answer of a
// keyring that works; everything else, and silence, means that there is none.
func keyringWorks() bool {
	answer := make(chan error, 1)
	go func() {
		_, err := keyring.Get(service, "probe")
		answer <- err
	}()
	select {
	case err := <-answer:
		return err == nil || errors.Is(err, keyring.ErrNotFound)
	case <-time.After(probeLimit):
		return false
	}
}

type keyringStore struct{}

func (keyringStore) Place() string { return "keyring" }

func (keyringStore) Put(key, value string) error { return keyring.Set(service, key, value) }

func (keyringStore) Get(key string) (string, error) {
	value, err := keyring.Get(service, key)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", ErrNotFound
	}
	return value, err
}

func (keyringStore) Delete(key string) error {
	err := keyring.Delete(service, key)
	if errors.Is(err, keyring.ErrNotFound) {
		return ErrNotFound
	}
	return err
}
