package sync_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/server/platform/db"
	"souk/shared/wire"
)

func TestUpload(t *testing.T) {
	w := newWorld(t)
	item := w.item()

	t.Run("a shift is booked in order and each ack repeats the body's hash", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.sell(item)
		d.write(wire.EntryShiftClosed, wire.ShiftClosed{ID: d.shift, ClosedBy: d.person, ClosedAt: d.journal[0].At, Counted: 12380})
		acks := d.send(d.journal...)
		require.Len(t, acks, 4)
		for i, ack := range acks {
			sum := sha256.Sum256(d.journal[i].Body)
			require.Equal(t, hex.EncodeToString(sum[:]), ack.Hash)
			require.Equal(t, d.journal[i].No, ack.No)
			require.NotEqual(t, wire.AckException, ack.Outcome, ack.Code)
		}
		require.Equal(t, []int64{1, 2}, d.numbers())
		require.Zero(t, one[int](w, alive, db.Args{"device": d.DeviceID}), "nothing waits any more")
	})
	t.Run("the same entries again get the same acks and book nothing", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		first := d.send(d.journal...)
		require.Equal(t, first, d.send(d.journal...))
		require.Equal(t, []int64{1}, d.numbers())
	})
	t.Run("what comes after a gap is not taken", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.sell(item)
		require.Len(t, d.send(d.journal[0], d.journal[2]), 1)
		require.Empty(t, d.send(d.journal[2]))
		require.Len(t, d.send(d.journal[1:]...), 2)
		require.Equal(t, []int64{1, 2}, d.numbers())
	})
	t.Run("every answer says how far the journal is here", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		ask := func(entries ...wire.Entry) int64 {
			var answer wire.UploadAnswer
			require.Equal(t, http.StatusOK, d.call(d.Token, "POST", "/sync/entries", wire.Upload{Entries: append([]wire.Entry{}, entries...)}, &answer))
			require.NotNil(t, answer.Last)
			return *answer.Last
		}
		require.EqualValues(t, 0, ask(), "nothing yet, and nothing is sent")
		require.EqualValues(t, 0, ask(d.journal[1]), "what comes after a gap is not taken")
		require.EqualValues(t, 2, ask(d.journal...))
		require.EqualValues(t, 2, ask())
	})
	t.Run("an id with another body goes to the exceptions once", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.send(d.journal...)
		other := d.journal[1]
		other.Body, _ = json.Marshal(d.sale(item))
		for range 2 {
			acks := d.send(other)
			require.Equal(t, wire.AckException, acks[0].Outcome)
			require.Equal(t, "sync.body_differs", acks[0].Code)
		}
		require.Equal(t, []int64{1}, d.numbers())
		require.Equal(t, []string{"sync.body_differs 1190"}, d.caught())
	})
	t.Run("poison in the middle is kept with its money and holds nothing up", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.poison(item)
		d.write("time_machine", map[string]int{"due_minor": 5})
		d.write(wire.EntrySaleFinished, "not a sale")
		d.write(wire.EntryItemCreated, map[string]string{"name": "zero \x00 character", "id": "no"})
		d.sell(item)
		acks := d.send(d.journal...)
		require.Len(t, acks, 7)
		require.Equal(t, []string{"sales.sums_differ 1190", "sync.unknown_kind 0", "sync.unreadable 0", "sync.unreadable 0"}, d.caught())
		require.Equal(t, []int64{1, 3}, d.numbers())
		require.Equal(t, acks, d.send(d.journal...))
		require.Len(t, d.caught(), 4)
		require.Contains(t, all[string](w, heldBody, db.Args{"device": d.DeviceID})[3], "base64")
	})
	t.Run("another entry under a used number is booked and flagged", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.send(d.journal...)
		twin := d.sell(item)
		twin.No = 2
		acks := d.send(twin)
		require.Equal(t, wire.AckFlagged, acks[0].Outcome)
		require.Equal(t, "sync.number_reused", acks[0].Code)
		require.Equal(t, []int64{1, 2}, d.numbers())
	})
	t.Run("entries that a re-paired till sends again are known", func(t *testing.T) {
		d := w.pair()
		d.open()
		d.sell(item)
		d.send(d.journal...)
		next := w.pair()
		moved := d.journal[1]
		moved.No = 1
		acks := next.send(moved)
		require.EqualValues(t, 1, acks[0].No)
		require.NotEqual(t, wire.AckException, acks[0].Outcome)
		require.Equal(t, []int64{1}, d.numbers())
		require.EqualValues(t, 1, next.taken())
		require.Equal(t, http.StatusUnauthorized, w.call(d.Token, "POST", "/sync/entries", wire.Upload{Entries: d.journal}, nil))
	})
	require.Zero(t, one[int64](w, balance, db.Args{}), "the ledger balances")
}

func TestX1TheSameUploadTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	d := w.pair()
	d.open()
	for range 10 {
		d.sell(item)
	}
	answers := make(chan []wire.Ack)
	for range 4 {
		go func() { answers <- d.send(d.journal...) }()
	}
	first := <-answers
	for range 3 {
		require.Equal(t, first, <-answers)
	}
	require.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, d.numbers())
	require.Empty(t, d.caught())
}

// However the line cuts, repeats and shuffles what a till sends, the books end as
// if every entry had come once and in order.
func TestUploadOverABadLine(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	rapid.Check(t, func(rt *rapid.T) {
		d := w.pair()
		d.open()
		var want []int64
		var bad int
		for range rapid.IntRange(1, 5).Draw(rt, "sales") {
			if rapid.IntRange(0, 4).Draw(rt, "poison") == 0 {
				d.poison(item)
				bad++
				continue
			}
			d.sell(item)
			want = append(want, d.sold)
		}
		seen := map[uuid.UUID]wire.Ack{}
		deliver := func(batch []wire.Entry) {
			for _, ack := range d.send(batch...) {
				before, again := seen[ack.ID]
				require.True(rt, !again || before == ack, "an ack never changes")
				seen[ack.ID] = ack
			}
		}
		for range rapid.IntRange(0, 5).Draw(rt, "requests") {
			from := rapid.IntRange(0, len(d.journal)-1).Draw(rt, "from")
			to := rapid.IntRange(from+1, len(d.journal)).Draw(rt, "to")
			batch := slices.Clone(d.journal[from:to])
			if rapid.Bool().Draw(rt, "shuffled") {
				batch = rapid.Permutation(batch).Draw(rt, "batch")
			}
			deliver(batch)
		}
		deliver(d.journal)
		require.Len(rt, seen, len(d.journal))
		require.Equal(rt, want, nilIfEmpty(d.numbers()))
		require.Len(rt, d.caught(), bad)
		require.EqualValues(rt, len(d.journal), d.taken())
	})
	require.Zero(t, one[int64](w, balance, db.Args{}))
}

func nilIfEmpty(list []int64) []int64 {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestExceptions(t *testing.T) {
	w := newWorld(t)
	d := w.pair()
	d.open()
	d.poison(w.item())
	d.send(d.journal...)
	w.do(sees(t, 1))
	w.do(settle(t))
	w.do(sees(t, 0))
	require.Equal(t, http.StatusForbidden, w.call(d.Token, "GET", "/sync/exceptions", nil, nil), "a till is no manager")
}

// X3: two devices numbered alike, and the second one's order was dropped as one that
// is there already. An equal number is no replay: the second sale is kept, with its
// money, for somebody to look at.
func TestX3AnEqualNumberIsNoReplay(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	one, other := w.pair(), w.beside().pair()
	one.open()
	one.sell(item)
	require.Len(t, one.send(one.journal...), 2)
	other.open()
	twin := other.sale(item)
	twin.Series, twin.ReceiptNo = one.Series, wire.ReceiptNo(one.Series, 1)
	other.write(wire.EntrySaleFinished, twin)
	acks := other.send(other.journal...)
	require.Equal(t, wire.AckException, acks[1].Outcome)
	require.Equal(t, "sales.number_taken", acks[1].Code)
	require.Equal(t, []string{"sales.number_taken 1190"}, other.caught())
	require.Equal(t, []int64{1}, one.numbers())
}
