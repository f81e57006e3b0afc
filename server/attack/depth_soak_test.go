//go:build soak

package attack_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"souk/shared/wire"
)

const everyPayload = true

// TestSoakSharedConnections goes on for as long as it takes to meet what is rare.
func TestSoakSharedConnections(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	breakConnections(t, 20_000, seed)
}

const (
	timedPairs = 2000
	// Whatever is nearer than this cannot be told apart over a network.
	nearEnough = 200 * time.Microsecond
)

// TestSoakTheTimeOfAnAnswer asks for another shop's id and for nobody's, the one after
// the other: how long the answer takes must not tell which it was.
func TestSoakTheTimeOfAnAnswer(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	theirs, own := ring.prey(t, ring.a), ring.prey(t, ring.b).rows
	timed := 0
	for _, route := range ring.program.Web.Routes() {
		if route.Method != http.MethodGet || endsSession(route) {
			continue
		}
		token := ring.rightful(route, owner)
		f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}
		for _, at := range f.spots(route, func(_ string, value any) bool { return isUUID.MatchString(fmt.Sprint(value)) }) {
			plain, id := f.fill(route), theirs.idOf(tableOf(at.field(), route.Path, theirs.rows))
			took := func(id string) time.Duration {
				in := at.with(plain, route, id)
				began := time.Now()
				ring.call(ring.b, token, "", in)
				return time.Since(began)
			}
			apart, said := timesApart(took, id)
			if apart {
				apart, said = timesApart(took, id) // something else may have run meanwhile
			}
			if apart {
				t.Errorf("%s, %s: %s", route.Name(), at, said)
			}
			t.Logf("%s, %s: %s", route.Name(), at, said)
			timed++
		}
	}
	if timed < 20 {
		t.Errorf("only %d ids in routes were timed", timed)
	}
}

// timesApart compares the medians, and says how likely the ranks are if both are alike
// (Mann and Whitney's U, as a normal deviate).
func timesApart(took func(id string) time.Duration, id string) (apart bool, said string) {
	var theirs, nobodys []time.Duration
	for range timedPairs {
		theirs, nobodys = append(theirs, took(id)), append(nobodys, took(uuid.NewString()))
	}
	z := rankDeviate(theirs, nobodys)
	slices.Sort(theirs)
	slices.Sort(nobodys)
	one, other := theirs[timedPairs/2], nobodys[timedPairs/2]
	return (one - other).Abs() > max(nearEnough, other/20), fmt.Sprintf("median %v and %v, deviate of the ranks %.1f", one, other, z)
}

func rankDeviate(a, b []time.Duration) float64 {
	type timed struct {
		took time.Duration
		ofA  bool
	}
	all := make([]timed, 0, len(a)+len(b))
	for i := range a {
		all = append(all, timed{a[i], true}, timed{b[i], false})
	}
	slices.SortFunc(all, func(x, y timed) int { return cmp.Compare(x.took, y.took) })
	var ranks float64
	for i, one := range all {
		if one.ofA {
			ranks += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	return (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}
