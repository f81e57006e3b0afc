package till

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"souk/desktop/device"
	"souk/shared/wire"
)

// A PIN has so few digits that whoever has its hash finds it by trying. In the
// till's copy the hashes are therefore encrypted under a key that lies where the
// device's token lies: a stolen disk is not enough.
const sealedMark = "sealed:"

func pepperOf(id string) string { return "pins-" + id }

// pepper is the key of this till's hashes, made at the first need.
func (e *Engine) pepper() (cipher.AEAD, error) {
	if e.pairing == nil {
		return nil, errNotPaired
	}
	name := pepperOf(e.pairing.DeviceID.String())
	text, err := e.cfg.Secrets.Get(name)
	if errors.Is(err, device.ErrNotFound) {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw) // never fails, by its contract
		text = base64.RawStdEncoding.EncodeToString(raw)
		err = e.cfg.Secrets.Put(name, text)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of the PINs: %w", err)
	}
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("the key of the PINs: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key of the PINs: %w", err)
	}
	return cipher.NewGCM(block)
}

// putCopy keeps a copyState or a draft, with the hashes of its PINs sealed.
func (e *Engine) putCopy(ctx context.Context, q querier, key string, setup *wire.Setup, value any) error {
	sealed, err := e.seal(setup.People)
	if err != nil {
		return err
	}
	plain := setup.People
	setup.People = sealed
	defer func() { setup.People = plain }()
	return putMeta(ctx, q, key, value)
}

func (e *Engine) seal(people []wire.PersonSetup) ([]wire.PersonSetup, error) {
	key, err := e.pepper()
	if err != nil {
		return nil, err
	}
	sealed := slices.Clone(people)
	for i, p := range sealed {
		if p.PINHash == "" {
			continue
		}
		nonce := make([]byte, key.NonceSize())
		_, _ = rand.Read(nonce) // never fails, by its contract
		sealed[i].PINHash = sealedMark + base64.RawStdEncoding.EncodeToString(key.Seal(nonce, nonce, []byte(p.PINHash), p.ID[:]))
	}
	return sealed, nil
}

// unseal opens the hashes of a copy that was read. It reports whether some were
// not sealed, as in a copy of an earlier version. Where the key is gone, or a hash
// was put to another person, there is no PIN until the server is asked again.
func (e *Engine) unseal(people []wire.PersonSetup) (bare bool, err error) {
	key, err := e.pepper()
	if err != nil {
		return false, err
	}
	for i, p := range people {
		if p.PINHash == "" {
			continue
		}
		text, sealed := strings.CutPrefix(p.PINHash, sealedMark)
		if !sealed {
			bare = true
			continue
		}
		people[i].PINHash = ""
		raw, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(raw) < key.NonceSize() {
			continue
		}
		if plain, err := key.Open(nil, raw[:key.NonceSize()], raw[key.NonceSize():], p.ID[:]); err == nil {
			people[i].PINHash = string(plain)
		}
	}
	return bare, nil
}

// sealCopy seals a copy of an earlier version, and leaves nothing of the bare
// hashes in the file.
func (e *Engine) sealCopy(kept *copyState) error {
	err := e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		if err := e.putCopy(e.ctx, tx, "copy", &kept.Setup, kept); err != nil {
			return err
		}
		_, err := tx.ExecContext(e.ctx, "delete from meta where key = 'draft'")
		return err
	})
	if err != nil {
		return err
	}
	_, err = e.catalogue.db.ExecContext(e.ctx, "vacuum; pragma wal_checkpoint(truncate)")
	return err
}
