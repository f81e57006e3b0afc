package users

import (
	"sync"
	"time"
)

// Tries slow down guessing: after five wrong ones under one key (address and
// e-mail, so nobody can lock out a rival) each further one doubles the wait.
type Tries struct {
	mu sync.Mutex
	of map[string]tried
}

// NewTries makes an empty one.
func NewTries() *Tries { return &Tries{of: map[string]tried{}} }

// tries are those of a shop's people who sign in.
var tries = NewTries()

type tried struct {
	count int
	last  time.Time
}

const (
	freeTries   = 5
	longestWait = 5 * time.Minute
	forgotten   = 30 * time.Minute
)

// Wait is how long whoever stands behind a key has to wait; 0 is not at all.
func (w *Tries) Wait(key string, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.of[key]
	if t.count < freeTries || now.Sub(t.last) > forgotten {
		return 0
	}
	pause := min(time.Second<<min(t.count-freeTries, 10), longestWait)
	return max(0, t.last.Add(pause).Sub(now))
}

// Failed counts a wrong try.
func (w *Tries) Failed(key string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
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

// Succeeded forgets the wrong ones.
func (w *Tries) Succeeded(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.of, key)
}
