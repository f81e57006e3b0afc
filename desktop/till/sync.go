package till

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"souk/shared/fault"
)

// How often the till talks to the server when nothing calls for it, and how long
// it waits after trouble. The longest wait is short: a till that is back on the
// network has to have sent everything within ten seconds.
const (
	pollEvery   = 30 * time.Second
	firstPause  = 300 * time.Millisecond
	longPause   = 4 * time.Second
	blockedWait = time.Minute
)

// runSync exchanges with the server until the till is closed: whenever something
// was sold, the server announced a change, or time has passed.
func (e *Engine) runSync() {
	pause := firstPause
	for {
		wait := pollEvery
		var err error
		if s, ok := e.paired(); ok {
			err = e.exchange(s)
			e.noteLink(err)
			if err == nil {
				e.lookAtItems(s)
				e.lookAtAudit(s)
			}
		}
		switch {
		case err == nil:
			pause = firstPause
		case refusedWith(err) == http.StatusUnauthorized:
			wait = blockedWait
		default:
			wait = jittered(pause)
			pause = min(2*pause, longPause)
		}
		select {
		case <-e.ctx.Done():
			return
		case <-e.wake:
		case <-time.After(wait):
		}
	}
}

func jittered(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Int64N(int64(d))) //nolint:gosec // spreading, not secrecy
}

// exchange sends what waits and fetches what changed.
func (e *Engine) exchange(s server) error {
	e.exchanging.Lock()
	defer e.exchanging.Unlock()
	e.setSyncing(true)
	defer e.setSyncing(false)
	sent := e.upload(s)
	if refusedWith(sent) == http.StatusUnauthorized || isOffline(sent) {
		return sent
	}
	return errors.Join(sent, e.download(s))
}

func (e *Engine) paired() (server, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pairing == nil || e.token == "" {
		return server{}, false
	}
	return server{http: e.http, base: e.pairing.Address, token: e.token, shop: e.pairing.Shop, device: e.pairing.DeviceID}, true
}

func (e *Engine) setSyncing(on bool) {
	e.mu.Lock()
	e.link.Syncing = on
	e.mu.Unlock()
	e.announce()
}

// isOffline holds too where another server answers than the till's own: nothing
// is given to it, and selling goes on.
func isOffline(err error) bool {
	return errors.Is(err, errOffline) || errors.Is(err, errWrongServer) || errors.Is(err, errUntrusted)
}

// noteLink tells people how the exchange went, in words.
func (e *Engine) noteLink(err error) {
	if errors.Is(err, context.Canceled) && e.ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	online := !isOffline(err) && refusedWith(err) < http.StatusInternalServerError
	if online != e.link.Online {
		e.link.Online, e.link.Since = online, e.now()
	}
	e.link.LastError, e.link.Shut = "", false
	if err != nil {
		e.link.LastError = sentence(err)
		f := fault.Of(err)
		e.link.Shut = f != nil && f.Code == "auth.shop_shut"
	}
	e.noteBlocked(err)
	e.announce()
}

// noteBlocked stops selling when the server says that this device is no till of
// the shop any more, and lets it go on when the server takes it again.
func (e *Engine) noteBlocked(err error) {
	was := e.link.Blocked
	switch f := fault.Of(err); {
	case err == nil:
		e.link.Blocked = ""
	case f != nil && f.Code == "auth.device_revoked":
		e.link.Blocked = "This till was taken out of use in the office. What was sold here is kept. Ask a manager to pair it again."
	}
	if was != e.link.Blocked {
		if err := putMeta(e.ctx, e.journal.db, "blocked", e.link.Blocked); err != nil {
			e.link.LastError = sentence(err)
		}
	}
}

func sentence(err error) string {
	if refusedWith(err) == http.StatusUnauthorized {
		return "The server does not know this till any more. Ask a manager to pair it again; what was sold here is kept."
	}
	if f := fault.Of(err); f != nil && f.Message != "" {
		return f.Message
	}
	return "Something went wrong while talking to the server: " + err.Error()
}

// SyncNow tries at once instead of waiting for the next turn.
func (e *Engine) SyncNow() {
	e.poke()
}
