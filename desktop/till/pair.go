package till

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// pairing is whose till this is. The journal is bound to it.
type pairing struct {
	Address    string    `json:"address"`
	TenantID   uuid.UUID `json:"tenant_id"`
	DeviceID   uuid.UUID `json:"device_id"`
	RegisterID uuid.UUID `json:"register_id"`
	Series     string    `json:"series"`
}

func (p *pairing) secret() string { return "till-" + p.DeviceID.String() }

func (e *Engine) loadPairing() error {
	var kept pairing
	found, err := getMeta(e.ctx, e.journal.db, "pairing", &kept)
	if err != nil || !found {
		return err
	}
	e.pairing = &kept
	if _, err := getMeta(e.ctx, e.journal.db, "blocked", &e.link.Blocked); err != nil {
		return err
	}
	token, err := e.cfg.Secrets.Get(kept.secret())
	if err != nil {
		e.link.Blocked = "This till's key is not on this computer any more. Pair the till again; what was sold here is kept."
		return nil //nolint:nilerr // the till opens and says what to do
	}
	e.token = token
	return nil
}

// Pair makes this computer the till that the code was made for. It asks the
// server, so it needs the network.
//
// A till can be paired again with the same shop once its shift is closed; what
// the server does not have yet goes with it. Fails with till.address,
// till.offline, till.paired if it belongs to another shop, till.shift_open, and
// with whatever the server says of the code.
func (e *Engine) Pair(address, code, deviceName string) (wire.RegisterState, error) {
	base, err := cleanAddress(address)
	if err != nil {
		return e.State(), err
	}
	if err := e.mayPair(base); err != nil {
		return e.State(), err
	}
	in := wire.PairingIn{Code: strings.TrimSpace(code), DeviceName: deviceName}
	var made wire.Pairing
	if err := e.server(base, "").post(e.ctx, "/api/devices", in, &made); err != nil {
		return e.State(), err
	}

	e.exchanging.Lock()
	defer e.exchanging.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pairing != nil && e.pairing.TenantID != made.TenantID {
		return e.state(), errPaired
	}
	next := &pairing{
		Address: base, TenantID: made.TenantID, DeviceID: made.DeviceID,
		RegisterID: made.RegisterID, Series: made.Series,
	}
	if err := e.cfg.Secrets.Put(next.secret(), made.Token); err != nil {
		return e.state(), fmt.Errorf("keep the till's key: %w", err)
	}
	if err := e.forgetCopy(); err != nil {
		return e.state(), err
	}
	if err := e.bind(next); err != nil {
		return e.state(), e.diskFault(err)
	}
	e.pairing, e.token, e.link.Blocked = next, made.Token, ""
	if err := e.loadJournal(); err != nil {
		return e.state(), err
	}
	e.poke()
	signal(e.rebound)
	return e.state(), nil
}

// forgetCopy has setup and catalogue fetched anew: they may be those of another
// register.
func (e *Engine) forgetCopy() error {
	e.signOut()
	e.setup, e.cursor, e.items = nil, wire.Cursor{}, newIndex()
	_, err := e.catalogue.db.ExecContext(e.ctx, "delete from meta")
	return err
}

// mayPair spares a code that would be used up for nothing.
func (e *Engine) mayPair(base string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pairing == nil {
		return nil
	}
	if e.pairing.Address != base {
		return errPaired
	}
	if e.shift != nil {
		return errShiftOpen
	}
	return nil
}

// bind writes the pairing. Entries that the server has not taken move under the
// new device in their order, with their ids and bodies, so that one which the
// server did take is known to it again.
func (e *Engine) bind(next *pairing) error {
	return e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if e.pairing != nil && e.pairing.DeviceID != next.DeviceID {
			if err := e.moveUnsent(tx, e.pairing.DeviceID, next.DeviceID); err != nil {
				return err
			}
		}
		if err := putMeta(e.ctx, tx, "blocked", ""); err != nil {
			return err
		}
		return putMeta(e.ctx, tx, "pairing", next)
	})
}

func (e *Engine) moveUnsent(tx *sql.Tx, from, to uuid.UUID) error {
	ids, err := column(e.ctx, tx,
		"select id from journal where device_id = ? and acked_at is null order by no", from.String())
	if err != nil {
		return err
	}
	for i, id := range ids {
		if _, err := tx.ExecContext(e.ctx,
			"update journal set device_id = ?, no = ? where id = ?", to.String(), i+1, id); err != nil {
			return err
		}
	}
	return nil
}

// cleanAddress brings what a person typed to scheme and host.
func cleanAddress(address string) (string, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", errAddress
	}
	return u.Scheme + "://" + u.Host, nil
}
