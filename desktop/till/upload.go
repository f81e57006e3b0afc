package till

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/wire"
)

// maxBatch is how many entries go in one request while all is well.
const maxBatch = 200

// upload sends the journal in order. A batch that is too much for the line is
// halved; an entry that the server refuses by itself is kept and passed over for
// now, so that one bad entry does not hold up those after it.
func (e *Engine) upload(s server) error {
	var trouble error
	if e.unsure {
		if _, err := e.send(s, []wire.Entry{}); err != nil && !errors.Is(err, errRestored) {
			return err
		}
		e.unsure = false
	}
	for after := int64(0); ; {
		batch, err := e.unsentEntries(s.device, after, e.batch)
		if err != nil || len(batch) == 0 {
			return errors.Join(trouble, err)
		}
		taken, err := e.send(s, batch)
		switch {
		case errors.Is(err, errRestored):
			after = 0
			continue
		case err == nil:
			e.batch = min(e.batch+e.batch/4+1, maxBatch)
		case len(batch) > 1 && mayBeBatch(err):
			e.batch = len(batch) / 2
			continue
		case refusedEntry(err):
			trouble = errors.Join(trouble, fmt.Errorf("entry %d: %w", batch[0].No, err))
			taken = 1
		default:
			return errors.Join(trouble, err)
		}
		after = batch[taken-1].No
	}
}

// mayBeBatch says whether fewer entries at once may fare better.
func mayBeBatch(err error) bool { return isOffline(err) && isSlow(err) || refusedEntry(err) }

// isSlow says whether the line is there but did not carry it in time.
func isSlow(err error) bool {
	var dialling *net.OpError
	if errors.As(err, &dialling) && dialling.Op == "dial" {
		return false
	}
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// refusedEntry says whether the server refused what was sent, and not the sender.
func refusedEntry(err error) bool {
	switch refusedWith(err) {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// send uploads a batch and marks what the server has. It answers how many
// entries from the front are done.
func (e *Engine) send(s server, batch []wire.Entry) (int, error) {
	e.mu.Lock()
	up := wire.Upload{Waiting: e.link.Waiting, Entries: batch}
	e.mu.Unlock()
	step("upload.ready")
	var answer wire.UploadAnswer
	if err := s.post(e.ctx, "/api/sync/entries", up, &answer); err != nil {
		return 0, err
	}
	step("upload.answered")
	taken, err := e.acknowledge(batch, answer.Acks)
	if answer.Last != nil {
		err = errors.Join(err, e.rewind(s.device, *answer.Last))
	}
	return taken, err
}

// errRestored tells that the server has forgotten what it once acknowledged.
var errRestored = errors.New("the server was restored from a backup; its missing sales are sent again")

// rewind makes entries wait again that were acknowledged by a server which has
// been restored to an earlier moment since. Those that it still has, it knows by
// their id and answers as before.
func (e *Engine) rewind(device uuid.UUID, last int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var forgotten int64
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(e.ctx,
			"update journal set acked_at = null, outcome = '', code = '' where device_id = ? and no > ? and acked_at is not null",
			device.String(), last)
		if err != nil {
			return err
		}
		forgotten, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return e.diskFault(err)
	}
	if forgotten == 0 {
		return nil
	}
	if err := e.loadJournal(); err != nil {
		return err
	}
	e.announce()
	return errRestored
}

var (
	errNoAck = fault.Unavailable("till.not_taken").Say("The server did not take the sales yet. They are kept and sent again.")
	errHash  = fault.Internal("till.hash_mismatch").Say("The server received something else than this till wrote. The sale is kept and sent again; call support if this stays.")
)

// acknowledge marks entries as sent whose body the server repeats by its hash.
func (e *Engine) acknowledge(batch []wire.Entry, acks []wire.Ack) (int, error) {
	byNo := map[int64]wire.Ack{}
	for _, ack := range acks {
		byNo[ack.No] = ack
	}
	var done []wire.Entry
	var problem error
	for _, entry := range batch {
		ack, ok := byNo[entry.No]
		if !ok {
			problem = errNoAck
			break
		}
		if ack.ID != entry.ID || ack.Hash != hashOf(entry.Body) {
			problem = errHash
			break
		}
		done = append(done, entry)
	}
	if len(done) == 0 {
		return 0, problem
	}
	return len(done), errors.Join(e.markSent(done, byNo), problem)
}

func (e *Engine) markSent(done []wire.Entry, acks map[int64]wire.Ack) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		for _, entry := range done {
			ack := acks[entry.No]
			_, err := tx.ExecContext(e.ctx,
				"update journal set acked_at = ?, outcome = ?, code = ? where id = ? and acked_at is null",
				stamp(e.now()), string(ack.Outcome), ack.Code, entry.ID.String())
			if err != nil {
				return err
			}
		}
		step("upload.marked")
		return nil
	})
	if err != nil {
		return e.diskFault(err)
	}
	for _, entry := range done {
		// The server's figure still lacks these sales until the next download.
		if err := errors.Join(e.unsent.take(entry, -1), e.settled.take(entry, 1)); err != nil {
			return err
		}
	}
	e.announce()
	return e.countWaiting()
}
