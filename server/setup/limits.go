package setup

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"souk/server/platform/web"
	"souk/shared/fault"
)

// limit is how often something may be done in a span of time.
type limit struct {
	most int
	span time.Duration
}

// What a stranger may do at the domain itself where anybody may make a shop. All
// but the last are counted by the caller, so that nobody uses up another's.
var (
	addressLooks = limit{60, time.Minute}
	makeTries    = limit{20, 10 * time.Minute}
	shopsMade    = limit{5, time.Hour}
	// However many addresses a flood comes from, the installation gets so many shops an hour.
	shopsMadeByAll = limit{100, time.Hour}
	// Tries with one e-mail: this page is no way round the limits of signing in.
	accountTries = limit{10, 10 * time.Minute}
)

const mostCounted = 20_000

// meter counts what callers do. Its zero value is ready.
type meter struct {
	mu sync.Mutex
	of map[string]counted
}

type counted struct {
	count int
	since time.Time
}

// take counts one, or fails with setup.too_often.
func (m *meter) take(now time.Time, who string, most limit) error {
	if err := m.room(now, who, most); err != nil {
		return err
	}
	m.add(now, who, most)
	return nil
}

// room fails with setup.too_often if nothing is left.
func (m *meter) room(now time.Time, who string, most limit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := m.of[who]
	if now.Sub(seen.since) >= most.span || seen.count < most.most {
		return nil
	}
	wait := seen.since.Add(most.span).Sub(now)
	return fault.TooMany("setup.too_often", wait).Messagef("That was too often. Wait %d minutes, then try again.", int(wait.Minutes())+1)
}

func (m *meter) add(now time.Time, who string, most limit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.of) >= mostCounted {
		for key, seen := range m.of {
			if now.Sub(seen.since) >= most.span {
				delete(m.of, key)
			}
		}
	}
	// Still full: a flood. Forgetting all of it beats growing without end.
	if m.of == nil || len(m.of) >= mostCounted {
		m.of = map[string]counted{}
	}
	seen := m.of[who]
	if now.Sub(seen.since) >= most.span {
		seen = counted{since: now}
	}
	seen.count++
	m.of[who] = seen
}

// mayTry counts a try at making a shop by sign-up.
func (d *Door) mayTry(caller string, form Form) error {
	now := d.Database.Now()
	if err := d.tried.take(now, caller, makeTries); err != nil {
		return err
	}
	if err := d.tried.take(now, caller+" "+strings.ToLower(strings.TrimSpace(form.Owner.Email)), accountTries); err != nil {
		return err
	}
	if err := d.made.room(now, caller, shopsMade); err != nil {
		return err
	}
	return d.all.room(now, "", shopsMadeByAll)
}

func (d *Door) countMade(caller string) {
	d.made.add(d.Database.Now(), caller, shopsMade)
	d.all.add(d.Database.Now(), "", shopsMadeByAll)
}

// callerOf is who is counted: an address, or the whole network of one household
// where addresses are many.
func callerOf(ec echo.Context) string {
	text, _ := web.Caller(ec.Request().Context())
	address, err := netip.ParseAddr(text)
	if err != nil || address.Unmap().Is4() {
		return text
	}
	household, err := address.WithZone("").Prefix(64)
	if err != nil {
		return text
	}
	return household.String()
}
