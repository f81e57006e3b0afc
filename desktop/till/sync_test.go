package till_test

import (
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/wire"
)

const entriesPath = "/api/sync/entries"

func (f *fixture) sellMilk(times int) {
	f.t.Helper()
	for range times {
		f.scan(milkCode)
		f.pay()
	}
}

// requireExactlyOnce compares what the shop has with what the till made.
func (f *fixture) requireExactlyOnce(sales int) {
	f.t.Helper()
	f.drained()
	got := f.shop.sales()
	require.Len(f.t, got, sales)
	for i, sale := range got {
		require.Equal(f.t, int64(i+1), sale.Number, "in order, without a gap")
	}
	nos := map[int64]bool{}
	for _, entry := range f.shop.order {
		require.False(f.t, nos[entry.No], "entry %d twice", entry.No)
		nos[entry.No] = true
	}
	for n := range int64(len(nos)) {
		require.True(f.t, nos[n+1], "entry %d is missing", n+1)
	}
}

func TestSellingGoesOnWithoutTheServerAndCatchesUpAlone(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.down()
	f.await(func(s wire.RegisterState) bool { return !s.Link.Online })
	began := time.Now()
	f.sellMilk(10)
	require.Less(t, time.Since(began), 20*time.Second)
	state := f.State()
	require.Equal(t, 10, state.Link.Waiting)
	require.NotNil(t, state.Link.OldestAt)
	require.NotEmpty(t, state.Link.LastError)
	require.Equal(t, "90", f.Search("milk", 1)[0].OnHand.String(), "stock follows at once")
	f.reopen()
	require.Equal(t, 10, f.State().Link.Waiting, "a restart forgets nothing")
	require.Equal(t, "90", f.Search("milk", 1)[0].OnHand.String())
	f.shop.up()
	f.requireExactlyOnce(10)
	f.await(func(wire.RegisterState) bool { return f.Search("milk", 1)[0].OnHand.String() == "90" })
	require.Zero(t, f.State().Link.LastError)
}

func TestX2AnAnswerLostOnTheWayDoublesNothing(t *testing.T) {
	f := selling(t, cashier)
	f.drained() // or what is lost is the empty upload with which a till begins
	var lost atomic.Int32
	f.shop.setFault(func(r *http.Request, answer func()) {
		if r.URL.Path == entriesPath && lost.Add(1) <= 3 {
			answerNobody(answer)
		}
		answer()
	})
	f.sellMilk(5)
	f.requireExactlyOnce(5)
	require.GreaterOrEqual(t, lost.Load(), int32(4))
	require.Greater(t, f.shop.count(func(s *shop) int { return s.arrivals }), len(f.shop.order), "some came twice")
}

// answerNobody lets the shop do its work and then cuts the line.
func answerNobody(answer func()) {
	answer()
	panic(http.ErrAbortHandler)
}

func TestAHashThatDiffersIsNoAcknowledgement(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.mu.Lock()
	f.shop.spoil = true
	f.shop.mu.Unlock()
	f.sellMilk(1)
	state := f.await(func(s wire.RegisterState) bool { return strings.Contains(s.Link.LastError, "something else") })
	require.Equal(t, 1, state.Link.Waiting)
	recent, err := f.Recent(1)
	require.NoError(t, err)
	require.False(t, recent[0].Sent)
	f.shop.mu.Lock()
	f.shop.spoil = false
	f.shop.mu.Unlock()
	f.requireExactlyOnce(1)
}

func TestX13OneRefusedEntryDoesNotHoldUpTheOthers(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.setFault(func(r *http.Request, answer func()) {
		if r.URL.Path == entriesPath {
			answerNobody(func() {})
		}
		answer()
	})
	f.sellMilk(5)
	third, err := f.Recent(3)
	require.NoError(t, err)
	f.shop.mu.Lock()
	f.shop.poison = third[2].ID
	f.shop.fault = nil
	f.shop.mu.Unlock()
	f.await(func(s wire.RegisterState) bool {
		return s.Link.Waiting == 1 && strings.Contains(s.Link.LastError, "entry_invalid")
	})
	require.Len(t, f.shop.sales(), 4)
	f.shop.mu.Lock()
	f.shop.poison = uuid.Nil
	f.shop.mu.Unlock()
	f.await(func(s wire.RegisterState) bool { return s.Link.Waiting == 0 })
	require.Len(t, f.shop.sales(), 5)
}

func TestARevokedTillStopsSellingAndKeepsItsJournal(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.down()
	f.sellMilk(2)
	f.shop.mu.Lock()
	f.shop.revoked = true
	f.shop.mu.Unlock()
	f.shop.up()
	f.await(func(s wire.RegisterState) bool { return s.Link.Blocked != "" })
	require.Equal(t, wire.ScanBlocked, f.scan(milkCode).Outcome)
	_, err := f.SellOpen("x", 1, "", "")
	isFault(t, err, "till.blocked")
	f.reopen()
	require.NotEmpty(t, f.State().Link.Blocked, "a restart does not help")
	f.signIn(cashier)
	_, err = f.CloseShift(0)
	require.NoError(t, err, "the drawer can be counted")
	require.Equal(t, 3, f.State().Link.Waiting)
	_, err = f.Pair(f.shop.URL, "GOODCODE", "again")
	require.NoError(t, err)
	f.drained()
	require.Len(t, f.shop.sales(), 2)
}

func TestAShutShopIsToldOfAndTakesEverythingOnceItIsOpen(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.setFault(func(r *http.Request, answer func()) { panic(http.ErrAbortHandler) })
	f.sellMilk(1)
	f.await(func(s wire.RegisterState) bool { return !s.Link.Online && !s.Link.Shut })
	f.shop.mu.Lock()
	f.shop.shut = true
	f.shop.fault = nil
	f.shop.mu.Unlock()
	state := f.await(func(s wire.RegisterState) bool { return s.Link.Shut })
	require.Empty(t, state.Link.Blocked, "selling goes on")
	f.sellMilk(2)
	require.GreaterOrEqual(t, f.State().Link.Waiting, 3)
	f.shop.mu.Lock()
	f.shop.shut = false
	f.shop.mu.Unlock()
	f.requireExactlyOnce(3)
	require.False(t, f.State().Link.Shut)
}

func TestFlappingLinesLeaveNothingBehind(t *testing.T) {
	f := selling(t, cashier)
	sold := 0
	for range 25 {
		f.shop.down()
		if rand.IntN(2) == 0 { //nolint:gosec // no secret
			f.sellMilk(1)
			sold++
		}
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond) //nolint:gosec // no secret
		f.shop.up()
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond) //nolint:gosec // no secret
	}
	up := time.Now()
	f.requireExactlyOnce(sold)
	require.Less(t, time.Since(up), time.Minute)
}

func TestChangesArriveAtOnce(t *testing.T) {
	f := selling(t, cashier)
	f.await(func(wire.RegisterState) bool {
		return f.shop.count(func(s *shop) int { return len(s.sockets) }) == 1
	})
	f.shop.alter(milk, func(i *wire.TillItem) { i.Price = 500 })
	began := time.Now()
	f.await(func(wire.RegisterState) bool { return f.Search("milk", 1)[0].Price == 500 })
	require.Less(t, time.Since(began), 25*time.Second, "sooner than the next poll")
}

func TestAPersonWhoLeftIsSignedOut(t *testing.T) {
	f := selling(t, cashier)
	f.shop.mu.Lock()
	f.shop.setup.People = f.shop.setup.People[1:]
	f.shop.tell(change{})
	f.shop.mu.Unlock()
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	_, err := f.SignIn(cashier, "1234")
	isFault(t, err, "till.person_unknown")
}

func TestARestoredDatabaseIsFetchedAnew(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	f.shop.mu.Lock()
	f.shop.epoch, f.shop.seq, f.shop.log = uuid.New(), 3, nil
	f.shop.items[0].Price = 777
	f.shop.mu.Unlock()
	f.SyncNow()
	f.await(func(wire.RegisterState) bool { return f.Search("milk", 1)[0].Price == 777 })
	require.Equal(t, money.Amount(129), f.State().Cart.Total, "what is on the cart keeps its price")
	require.Equal(t, wire.PhaseSelling, f.State().Phase)
}

// TestARestoredServerGetsItsSalesAgain takes the server back to a moment before
// some of the sales that it has acknowledged.
func TestARestoredServerGetsItsSalesAgain(t *testing.T) {
	for name, sellOn := range map[string]int{"by itself": 0, "with the next sale": 1} {
		t.Run(name, func(t *testing.T) {
			f := selling(t, cashier)
			f.sellMilk(4)
			f.drained()
			f.shop.mu.Lock()
			kept := len(f.shop.order) - 2
			for _, lost := range f.shop.order[kept:] {
				delete(f.shop.entries, lost.ID)
			}
			f.shop.order, f.shop.last = f.shop.order[:kept], f.shop.order[kept-1].No
			f.shop.epoch, f.shop.seq, f.shop.log, f.shop.strict = uuid.New(), 3, nil, true
			f.shop.mu.Unlock()
			require.Len(t, f.shop.sales(), 2)
			f.sellMilk(sellOn)
			f.SyncNow()
			f.await(func(wire.RegisterState) bool { return len(f.shop.sales()) == 4+sellOn })
			f.requireExactlyOnce(4 + sellOn)
		})
	}
}

// TestX10ACatalogueIsWholeOrTheOldOne breaks the line during each page of a new
// copy: what is in use stays whole, and the fetch goes on where it was.
func TestX10ACatalogueIsWholeOrTheOldOne(t *testing.T) {
	s := openShop(t)
	s.items = append(s.items, manyItems(4996)...)
	f := unpaired(t, s)
	var pages atomic.Int32
	s.setFault(func(r *http.Request, answer func()) {
		if r.URL.Path == "/api/sync/items" && pages.Add(1)%2 == 0 {
			answerNobody(func() {})
		}
		answer()
	})
	_, err := f.Pair(s.URL, "GOODCODE", "x")
	require.NoError(t, err)
	f.await(func(st wire.RegisterState) bool {
		require.Contains(t, []wire.RegisterPhase{wire.PhaseFetching, wire.PhaseLocked}, st.Phase)
		if st.Phase == wire.PhaseLocked {
			require.Equal(t, 5000, st.Link.Items)
		}
		return st.Phase == wire.PhaseLocked
	})
	require.Equal(t, int32(5), pages.Load(), "no page that had arrived was asked for again")

	s.setFault(func(r *http.Request, answer func()) {
		if r.URL.Path == "/api/sync/items" {
			answerNobody(func() {})
		}
		answer()
	})
	s.mu.Lock()
	s.epoch = uuid.New()
	s.items = s.items[:100]
	s.mu.Unlock()
	f.SyncNow()
	f.await(func(st wire.RegisterState) bool { return st.Link.LastError != "" })
	require.Equal(t, 5000, f.State().Link.Items)
	f.reopen()
	require.Equal(t, 5000, f.State().Link.Items)
	s.setFault(nil)
	f.SyncNow()
	f.await(func(st wire.RegisterState) bool { return st.Link.Items == 100 })
}

func TestASilentServerHoldsNobodyUp(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	release := make(chan struct{})
	f.shop.setFault(func(r *http.Request, answer func()) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		answer()
	})
	for range 10 {
		began := time.Now()
		f.sellMilk(1)
		require.Less(t, time.Since(began), 200*time.Millisecond)
	}
	close(release)
	f.shop.setFault(nil)
	f.requireExactlyOnce(10)
}

func TestNothingThatWaitsIsEverDeleted(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.down()
	f.sellMilk(3)
	_, err := f.Lock()
	require.NoError(t, err)
	f.reopen()
	_, err = f.Pair("http://127.0.0.1:1", "GOODCODE", "elsewhere")
	isFault(t, err, "till.paired")
	require.Equal(t, 3, f.State().Link.Waiting)
	require.FileExists(t, filepath.Join(f.dir, "journal.db"))
	f.shop.up()
	f.requireExactlyOnce(3)
}
