package tills

import (
	"sync"
	"time"
)

// wrongCodes slows down guessing: after ten wrong codes for one shop from one
// address within ten minutes, that address waits until the ten minutes are over.
// A code has 32^10 forms and lives ten minutes, so this keeps the noise down
// rather than the guesser out.
var wrongCodes = &tries{of: map[string]tried{}}

type tries struct {
	sync.Mutex
	of map[string]tried
}

type tried struct {
	count int
	since time.Time
}

const (
	freeTries  = 10
	triesCount = 10 * time.Minute
)

func (t *tries) wait(key string, now time.Time) time.Duration {
	t.Lock()
	defer t.Unlock()
	if seen := t.of[key]; seen.count >= freeTries {
		return max(0, seen.since.Add(triesCount).Sub(now))
	}
	return 0
}

func (t *tries) failed(key string, now time.Time) {
	t.Lock()
	defer t.Unlock()
	if len(t.of) > 100_000 {
		for k, seen := range t.of {
			if now.Sub(seen.since) > triesCount {
				delete(t.of, k)
			}
		}
	}
	seen := t.of[key]
	if now.Sub(seen.since) > triesCount {
		seen = tried{since: now}
	}
	seen.count++
	t.of[key] = seen
}
