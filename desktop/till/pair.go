package till

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/wire"
)

// pairing is whose till this is. The journal is bound to it.
type pairing struct {
	Address    string    `json:"address"`
	TenantID   uuid.UUID `json:"tenant_id"`
	DeviceID   uuid.UUID `json:"device_id"`
	RegisterID uuid.UUID `json:"register_id"`
	Series     string    `json:"series"`
	// Key is the server's, by which this till knows it; "" where the system's roots do.
	Key string `json:"key,omitempty"`
	// Shop is the shop's slug, where the address is the server's and not the shop's.
	Shop string `json:"shop,omitempty"`
}

func (p *pairing) secret() string { return "till-" + p.DeviceID.String() }

func (e *Engine) loadPairing() error {
	var kept pairing
	found, err := getMeta(e.ctx, e.journal.db, "pairing", &kept)
	if err != nil || !found {
		return err
	}
	e.pairing = &kept
	e.http = trusting(e.cfg.HTTP, kept.Key, nil)
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
	base, shop, err := cleanAddress(address)
	if err != nil {
		return e.State(), err
	}
	if err := e.mayPair(base, shop); err != nil {
		return e.State(), err
	}
	plainCode, key := wire.SplitCode(code)
	if key != "" && !strings.HasPrefix(base, "https://") {
		return e.State(), errNeedsTLS
	}
	whole := ""
	client := trusting(e.cfg.HTTP, key, func(seen string) { whole = seen })
	in := wire.PairingIn{Code: plainCode, DeviceName: deviceName}
	var made wire.Pairing
	if err := (server{http: client, base: base, shop: shop}).post(e.ctx, "/api/devices", in, &made); err != nil {
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
		RegisterID: made.RegisterID, Series: made.Series, Key: whole, Shop: shop,
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
	e.http = trusting(e.cfg.HTTP, next.Key, nil)
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
	e.setup, e.cursor, e.items, e.customers = nil, wire.Cursor{}, newIndex(), newDirectory(nil)
	_, err := e.catalogue.db.ExecContext(e.ctx, "delete from meta; delete from pictures")
	return err
}

// mayPair spares a code that would be used up for nothing.
//
// The same shop may be reached another way than before, by name where it was by
// IP address; whether it is the same the server's answer tells.
func (e *Engine) mayPair(base, shop string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pairing == nil {
		return nil
	}
	if known := e.slug(); shop != "" && known != "" && shop != known {
		return errPaired
	}
	if shop == "" && e.pairing.Shop == "" && e.pairing.Address != base {
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

// slug is the paired shop's, as far as it is known here.
func (e *Engine) slug() string {
	if e.setup != nil {
		return e.setup.Company.Slug
	}
	return e.pairing.Shop
}

// cleanAddress brings what a person typed to scheme and host, and to the shop
// where that is named behind the host: 192.168.1.20:8443/corner-shop.
func cleanAddress(address string) (base, shop string, err error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", "", errAddress
	}
	shop, _, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	return u.Scheme + "://" + u.Host, strings.ToLower(shop), nil
}

var errNeedsTLS = fault.Invalid("till.needs_tls").
	Say("This code carries the server's key, so the address begins with https://. Type it as the office shows it.")
