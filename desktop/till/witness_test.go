package till_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/desktop/till"
	"souk/shared/audit"
	"souk/shared/wire"
)

func (s *shop) sendAuditHead(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var stand wire.AuditStand
	for i, head := range s.trail {
		if r.URL.Query().Get("seq") == fmt.Sprint(head.Seq) {
			stand.Known = &s.trail[i].Hash
		}
		stand.Head = &s.trail[i]
	}
	answer(w, stand)
}

// key is the same for the same number.
func key(n byte) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte{n})
	return ed25519.NewKeyFromSeed(seed[:])
}

// head is signed for a row whose content is given by a word.
func (s *shop) head(seq int64, word string, by ed25519.PrivateKey) audit.Head {
	at := time.Date(2026, 5, int(seq%28)+1, 12, 0, 0, 0, time.UTC)
	return audit.Head{Tenant: s.tenant, Seq: seq, Hash: sha256.Sum256([]byte(word)), At: at}.Sign(by)
}

// shows sets the heads that the server gives, and has the till look.
func (f *fixture) shows(heads ...audit.Head) {
	f.t.Helper()
	f.shop.mu.Lock()
	f.shop.trail = heads
	f.shop.mu.Unlock()
	f.reopen() // a till looks when it starts
}

func (f *fixture) keeps(numbers ...int64) {
	f.t.Helper()
	kept := []int64{}
	require.Eventually(f.t, func() bool {
		heads, err := till.AuditHeads(f.t.Context(), f.dir)
		require.NoError(f.t, err)
		kept = kept[:0]
		for _, head := range heads {
			kept = append(kept, head.Seq)
		}
		return fmt.Sprint(kept) == fmt.Sprint(numbers)
	}, soon, 5*time.Millisecond, "%v", &kept)
}

// words are what the till has told the office of the trail.
func (f *fixture) words() (said []wire.AuditContradicted) {
	f.t.Helper()
	f.shop.mu.Lock()
	defer f.shop.mu.Unlock()
	for _, entry := range f.shop.order {
		if entry.Kind == wire.EntryAuditContradicted {
			var word wire.AuditContradicted
			require.NoError(f.t, json.Unmarshal(entry.Body, &word))
			said = append(said, word)
		}
	}
	return said
}

func TestATillKeepsTheHeadsOfTheAuditTrail(t *testing.T) {
	f := newTill(t)
	s := f.shop
	first := s.head(4, "row 4", key(1))
	f.shows(first)
	f.keeps(4)
	f.shows(first, s.head(9, "row 9", key(1)))
	f.keeps(4, 9)
	sameDay := s.head(9+28, "row 37", key(1))
	f.shows(first, s.head(9, "row 9", key(1)), sameDay)
	f.keeps(4, 37)
	f.drained()
	require.Empty(t, f.words())
}

func TestATillTellsOfATrailThatIsAnotherOne(t *testing.T) {
	for name, c := range map[string]struct {
		after func(s *shop) []audit.Head
		doubt wire.AuditDoubt
		keeps []int64
	}{
		"rows written anew": {
			func(s *shop) []audit.Head {
				return []audit.Head{s.head(9, "another row 9", key(1)), s.head(12, "row 12", key(1))}
			}, wire.AuditChanged, []int64{9, 12},
		},
		"rows cut off": {
			func(s *shop) []audit.Head { return []audit.Head{s.head(4, "row 4", key(1))} }, wire.AuditShorter, []int64{4, 9},
		},
		"all of it gone": {func(*shop) []audit.Head { return nil }, wire.AuditShorter, []int64{9}},
		"signed by somebody else": {
			func(s *shop) []audit.Head {
				return []audit.Head{s.head(9, "row 9", key(1)), s.head(12, "row 12", key(2))}
			}, wire.AuditOtherKey, []int64{9, 12},
		},
		"a signature of nobody": {
			func(s *shop) []audit.Head {
				forged := s.head(12, "row 12", key(1))
				forged.Seq = 13
				return []audit.Head{s.head(9, "row 9", key(1)), forged}
			}, wire.AuditUnsigned, []int64{9},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTill(t)
			f.shows(f.shop.head(9, "row 9", key(1)))
			f.keeps(9)
			f.shows(c.after(f.shop)...)
			require.Eventually(t, func() bool { return len(f.words()) > 0 }, soon, 5*time.Millisecond)
			word := f.words()[0]
			require.Equal(t, c.doubt, word.Doubt)
			require.EqualValues(t, 9, word.Kept.Seq)
			require.True(t, word.Kept.Genuine(), "what was kept proves it")
			f.shows(f.shop.trail...)
			f.keeps(c.keeps...)
			f.drained()
			for _, word := range f.words()[1:] {
				require.Nil(t, word.Kept, "each head is told of once")
			}
		})
	}
}

func TestHeadsAreNotReadWhereNoTillIs(t *testing.T) {
	_, err := till.AuditHeads(t.Context(), filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
