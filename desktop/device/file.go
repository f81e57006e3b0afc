package device

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// File keeps secrets in a file encrypted with AES-256-GCM. The key lies beside
// it, readable by the till's user only: it guards a copied file or a backup, not
// against someone who is that user.
type File struct {
	mu   sync.Mutex
	path string
	aead cipher.AEAD
}

const keyLength = 32

// OpenFile opens the encrypted file in dir and makes its key if there is none.
// It fails if key or file cannot be read, or do not belong together.
func OpenFile(dir string) (*File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	key, err := fileKey(filepath.Join(dir, "secrets.key"))
	if err != nil {
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	f := &File{path: filepath.Join(dir, "secrets"), aead: aead}
	if _, err := f.read(); err != nil {
		return nil, err
	}
	return f, nil
}

func fileKey(path string) ([]byte, error) {
	key, err := os.ReadFile(path) //nolint:gosec // a path of our own
	if err == nil {
		if len(key) != keyLength {
			return nil, errors.New("the key file has the wrong length")
		}
		return key, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, keyLength)
	_, _ = rand.Read(key) // never fails, by its contract
	return key, replaceFile(path, key)
}

// Place is "file".
func (f *File) Place() string { return "file" }

// Put keeps a value under key, durably.
func (f *File) Put(key, value string) error {
	return f.change(func(all map[string]string) error {
		all[key] = value
		return nil
	})
}

// Get returns the value of key, or ErrNotFound.
func (f *File) Get(key string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all, err := f.read()
	if err != nil {
		return "", err
	}
	value, ok := all[key]
	if !ok {
		return "", ErrNotFound
	}
	return value, nil
}

// Delete forgets key, or fails with ErrNotFound.
func (f *File) Delete(key string) error {
	return f.change(func(all map[string]string) error {
		if _, ok := all[key]; !ok {
			return ErrNotFound
		}
		delete(all, key)
		return nil
	})
}

func (f *File) used() bool {
	all, err := f.read()
	return err == nil && len(all) > 0
}

func (f *File) change(edit func(map[string]string) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all, err := f.read()
	if err != nil {
		return err
	}
	if err := edit(all); err != nil {
		return err
	}
	plain, err := json.Marshal(all)
	if err != nil {
		return err
	}
	nonce := make([]byte, f.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return replaceFile(f.path, f.aead.Seal(nonce, nonce, plain, nil))
}

func (f *File) read() (map[string]string, error) {
	all := map[string]string{}
	sealed, err := os.ReadFile(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	if len(sealed) < f.aead.NonceSize() {
		return nil, errors.New("device: the secrets file is cut short")
	}
	nonce, text := sealed[:f.aead.NonceSize()], sealed[f.aead.NonceSize():]
	plain, err := f.aead.Open(nil, nonce, text, nil)
	if err != nil {
		return nil, fmt.Errorf("device: the secrets file cannot be opened with its key: %w", err)
	}
	return all, json.Unmarshal(plain, &all)
}

// replaceFile writes a file whole or not at all, and durably.
func replaceFile(path string, content []byte) error {
	tmp, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
