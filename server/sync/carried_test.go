package sync_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/wire"
)

const revokeDevice db.SQL = `update devices set revoked_at = paired_at where tenant_id = @tenant and id = @device`

// carried is what a device puts into a file for another one to bring.
func (d *device) carried(entries ...wire.Entry) wire.Carried {
	out := wire.Carried{DeviceID: d.DeviceID, Entries: entries}
	out.Prove(wire.DeviceKey(d.Token))
	return out
}

func (d *device) bring(in wire.Carried) (answer wire.UploadAnswer, code string) {
	d.t.Helper()
	var got struct {
		wire.UploadAnswer
		Code string `json:"code"`
	}
	d.call(d.Token, "POST", "/sync/carried", in, &got)
	return got.UploadAnswer, got.Code
}

// beside is another register of the same store.
func (w *world) beside() *world {
	w.t.Helper()
	other := *w
	w.do(func(ctx context.Context, tx *db.Tx) error {
		made, err := tills.CreateRegister(ctx, tx, tills.NewRegister{ID: uuid.New(), StoreID: w.store, Name: "Beside", Kind: "till"})
		other.register = made.ID
		return err
	})
	return &other
}

func TestAnotherTillBringsWhatOneCouldNotSend(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	next := w.beside()

	t.Run("it is booked as the first one's, once, whoever brings it first", func(t *testing.T) {
		cut, well := w.pair(), next.pair()
		cut.open()
		cut.sell(item)
		cut.sell(item)
		require.Len(t, cut.send(cut.journal[0]), 1)

		answer, code := well.bring(cut.carried(cut.journal[1:]...))
		require.Empty(t, code)
		require.Len(t, answer.Acks, 2)
		require.EqualValues(t, 3, *answer.Last)
		require.Equal(t, []int64{1, 2}, cut.numbers())
		require.Empty(t, well.numbers())

		again, _ := well.bring(cut.carried(cut.journal[1:]...))
		require.Equal(t, answer.Acks, again.Acks)
		require.Equal(t, answer.Acks, cut.send(cut.journal[1:]...), "the line is back, and the till sends them itself")
		require.Equal(t, []int64{1, 2}, cut.numbers())
	})
	t.Run("what was changed on the way is refused", func(t *testing.T) {
		cut, well := w.pair(), next.pair()
		cut.open()
		cut.sell(item)
		for name, change := range map[string]func(*wire.Carried){
			"another figure":       func(c *wire.Carried) { c.Entries[1].Body = []byte(`{"due_minor":1}`) },
			"one left out":         func(c *wire.Carried) { c.Entries = c.Entries[1:] },
			"another order":        func(c *wire.Carried) { c.Entries[0], c.Entries[1] = c.Entries[1], c.Entries[0] },
			"another number":       func(c *wire.Carried) { c.Entries[1].No = 7 },
			"another till's name":  func(c *wire.Carried) { c.DeviceID = well.DeviceID },
			"proof of its own key": func(c *wire.Carried) { c.Prove(wire.DeviceKey(well.Token)) },
		} {
			in := cut.carried(append([]wire.Entry{}, cut.journal...)...)
			change(&in)
			_, code := well.bring(in)
			require.Equal(t, "sync.carried_unproven", code, name)
		}
		require.Empty(t, cut.numbers())
	})
	t.Run("nobody's till", func(t *testing.T) {
		cut, well := w.pair(), next.pair()
		cut.open()
		in := cut.carried(cut.journal...)
		in.DeviceID = uuid.New()
		_, code := well.bring(in)
		require.Equal(t, "sync.carried_unknown", code)
	})
	t.Run("a till of another store", func(t *testing.T) {
		harbour := w.branch("Harbour")
		cut, well := harbour.pair(), next.pair()
		cut.open()
		_, code := well.bring(cut.carried(cut.journal...))
		require.Equal(t, "sync.carried_unknown", code)
	})
	t.Run("a till whose pairing was taken away is looked at first", func(t *testing.T) {
		lost, well := w.pair(), next.pair()
		lost.open()
		lost.sell(item)
		w.exec(revokeDevice, db.Args{"device": lost.DeviceID})
		answer, code := well.bring(lost.carried(lost.journal...))
		require.Empty(t, code)
		for _, ack := range answer.Acks {
			require.Equal(t, wire.AckException, ack.Outcome)
			require.Equal(t, "sync.device_revoked", ack.Code)
		}
		require.Empty(t, lost.numbers())
		require.Equal(t, []string{"sync.device_revoked 0", "sync.device_revoked 1190"}, lost.caught(), "with its money")
	})
	t.Run("and only a till brings", func(t *testing.T) {
		cut := w.pair()
		cut.open()
		require.Equal(t, http.StatusUnauthorized, w.call("", "POST", "/sync/carried", cut.carried(cut.journal...), nil))
	})
}
