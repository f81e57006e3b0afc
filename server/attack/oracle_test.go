package attack_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// watch is what lies over one attack from beginning to end, whatever it tries:
// no byte that comes out holds anything of A's, nothing of A's has changed, and
// nothing of A's has come to stand in B's rows or in the log.
type watch struct {
	ring   *ring
	prey   *prey
	before map[string]string
	said   map[string]bool // what the attacker brought along
	leaks  []string
	logged int
	closed bool
}

// watch begins to watch over shop A. Each call of the ring is looked at until done.
func (r *ring) watch(t *testing.T) *watch {
	t.Helper()
	w := &watch{ring: r, prey: r.prey(t, r.a), before: r.fingerprint(t, r.a.id), said: map[string]bool{}, logged: logs.length()}
	require.NotEmpty(t, w.prey.canaries, "shop A has no text to look for")
	r.watching = w
	t.Cleanup(func() {
		if !w.closed && !t.Failed() {
			t.Error("the watch was not brought to its end: call done")
		}
	})
	return w
}

// see looks at bytes that came out to somebody who is not of shop A.
func (w *watch) see(where, text string, said []string) {
	for _, word := range said {
		w.said[word] = true
	}
	if leak := w.prey.canaryIn(text, toAny(said)); leak != "" {
		w.leaks = append(w.leaks, fmt.Sprintf("%s of the other shop in %s: %.600s", leak, where, text))
	}
}

// unchanged fails if anything of A's is not as it was.
func (w *watch) unchanged(t *testing.T, after string) {
	t.Helper()
	require.Equal(t, w.before, w.ring.fingerprint(t, w.ring.a.id), "%s changed the other shop", after)
	require.Empty(t, w.leaks, after)
}

// done ends the watch and judges all of it.
func (w *watch) done(t *testing.T) {
	t.Helper()
	w.closed = true
	w.ring.watching = nil
	w.unchanged(t, "the attack")
	if leak := w.textIn(logs.since(w.logged)); leak != "" {
		t.Errorf("the log holds %q of the other shop", leak)
	}
	if leak := w.textIn(w.ring.call(w.ring.b, "", "", request{method: "GET", target: "/metrics"}).body); leak != "" {
		t.Errorf("the metrics hold %q of the other shop", leak)
	}
	for _, tab := range w.ring.tables(t) {
		rows, err := w.ring.superuser.Query(t.Context(), fmt.Sprintf(`select to_jsonb(t)::text from %s t where tenant_id = $1`, tab.name), w.ring.b.id)
		require.NoError(t, err)
		for rows.Next() {
			var row string
			require.NoError(t, rows.Scan(&row))
			if leak := w.textIn(row); leak != "" {
				t.Errorf("a row of %s has come to hold %q of the other shop: %s", tab.name, leak, row)
			}
		}
		require.NoError(t, rows.Err())
	}
}

// textIn gives a text of A's that nobody of B has said.
func (w *watch) textIn(text string) string {
	if !strings.Contains(text, canaryMark) {
		return ""
	}
	for _, canary := range w.prey.canaries {
		if strings.Contains(text, canary) && !w.wasSaid(canary) {
			return canary
		}
	}
	return ""
}

func (w *watch) wasSaid(canary string) bool {
	for said := range w.said {
		if strings.Contains(said, canary) {
			return true
		}
	}
	return false
}

// sqlWords are what PostgreSQL and its driver say, and no answer may.
var sqlWords = regexp.MustCompile(`(?i)SQLSTATE|syntax error|pg_[a-z]+|row-level security|is not present in table|Key \([a-z_, ]+\)=|relation "|column "|violates|operator does not exist|pgx|invalid input syntax|goroutine \d`)

// logs is everything that is logged while the tests run.
var logs = &logBook{}

type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBook) length() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Len()
}

func (b *logBook) since(at int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text.Bytes()[at:])
}

// keepLog has the default logger write here, access log and all.
func keepLog() { slog.SetDefault(slog.New(slog.NewTextHandler(logs, nil))) }
