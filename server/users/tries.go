package users

import (
	"sync"
	"time"
)

// tries slows down guessing: after five wrong tries under one key (shop, address
// and e-mail, so nobody can lock out a rival) each further one doubles the wait.
var tries = &wrongTries{of: map[string]tried{}}

type wrongTries struct {
	sync.Mutex
	of map[string]tried
}

type tried struct {
	count int
	last  time.Time
}

const (
	freeTries   = 5
	longestWait = 5 * time.Minute
	forgotten   = 30 * time.Minute
)

func (w *wrongTries) wait(key string, now time.Time) time.Duration {
	w.Lock()
	defer w.Unlock()
	t := w.of[key]
	if t.count < freeTries || now.Sub(t.last) > forgotten {
		return 0
	}
	pause := min(time.Second<<min(t.count-freeTries, 10), longestWait)
	return max(0, t.last.Add(pause).Sub(now))
}

func (w *wrongTries) failed(key string, now time.Time) {
	w.Lock()
	defer w.Unlock()
	if len(w.of) > 100_000 {
		for k, t := range w.of {
			if now.Sub(t.last) > forgotten {
				delete(w.of, k)
			}
		}
	}
	t := w.of[key]
	if now.Sub(t.last) > forgotten {
		t.count = 0
	}
	w.of[key] = tried{t.count + 1, now}
}

func (w *wrongTries) succeeded(key string) {
	w.Lock()
	defer w.Unlock()
	delete(w.of, key)
}
