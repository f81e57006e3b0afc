package till

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/wire"
)

// carriedVersion is the form of the file that SaveUnsent writes.
const carriedVersion = 1

// longestCarried bounds a line of such a file.
const longestCarried = 64 << 20

var (
	errNothingUnsent   = fault.Conflict("till.nothing_unsent").Say("Everything that was sold here is with the server already.")
	errNoKey           = fault.Conflict("till.no_key").Say("This till's key is not on this computer, so nobody could tell the file from a forged one. Call support; nothing is lost.")
	errCarried         = fault.Invalid("till.carried_unreadable").Say("This is no file of unsent sales, or only a part of one. Save it again at the till that made it.")
	errCarriedNewer    = fault.Invalid("till.carried_newer").Say("A newer till wrote this file. Update this one first.")
	errCarriedStranger = fault.Invalid("till.carried_other_shop").Say("These sales are another shop's. Bring them in at one of its tills.")
)

// SaveUnsent writes what the server does not have yet, for another till of the store
// to bring there: a line that says whose it is, then runs of the journal, each with
// the proof that this till made it. Nothing here changes: what is in the file is sent
// from here too as soon as that can be, and is booked once.
//
// Fails with till.not_paired, till.nothing_unsent, till.no_key, and with what the
// writer says.
func (e *Engine) SaveUnsent(out io.Writer) (wire.CarriedHead, error) {
	e.mu.Lock()
	if e.pairing == nil {
		e.mu.Unlock()
		return wire.CarriedHead{}, errNotPaired
	}
	pairing, token := *e.pairing, e.token
	head := wire.CarriedHead{Format: wire.CarriedFormat, Version: carriedVersion, TenantID: pairing.TenantID, Series: pairing.Series, MadeAt: e.now().UTC()}
	if e.setup != nil {
		head.Shop, head.Register = e.setup.Company.Name, e.setup.Register.Name
	}
	e.mu.Unlock()
	if token == "" {
		return head, errNoKey
	}
	var runs []wire.Carried
	for after := int64(0); ; {
		entries, err := e.unsentEntries(pairing.DeviceID, after, maxBatch)
		if err != nil {
			return head, err
		}
		if len(entries) == 0 {
			break
		}
		run := wire.Carried{DeviceID: pairing.DeviceID, Entries: entries}
		run.Prove(wire.DeviceKey(token))
		runs, after = append(runs, run), entries[len(entries)-1].No
		head.Entries += len(entries)
		for _, entry := range entries {
			head.Sales += one(entry.Kind == wire.EntrySaleFinished)
		}
	}
	if len(runs) == 0 {
		return head, errNothingUnsent
	}
	lines := json.NewEncoder(out)
	if err := lines.Encode(head); err != nil {
		return head, err
	}
	for _, run := range runs {
		if err := lines.Encode(run); err != nil {
			return head, err
		}
	}
	return head, nil
}

// BringUnsent brings the sales of another till, from the file that it saved, to the
// server. It may be done again, and after that till has sent them itself: each is
// booked once.
//
// Fails with till.not_paired, till.carried_unreadable, till.carried_newer,
// till.carried_other_shop, till.offline, and with what the server says of a file that
// is not what that till wrote.
func (e *Engine) BringUnsent(ctx context.Context, file io.Reader) (wire.CarriedIn, error) {
	head, runs, err := readCarried(file)
	if err != nil {
		return wire.CarriedIn{}, err
	}
	out := wire.CarriedIn{Head: head}
	s, ok := e.paired()
	if !ok {
		return out, errNotPaired
	}
	e.mu.Lock()
	tenant := e.pairing.TenantID
	e.mu.Unlock()
	if head.TenantID != tenant {
		return out, errCarriedStranger
	}
	for _, run := range runs {
		var answer wire.UploadAnswer
		if err := s.post(ctx, "/api/sync/carried", run, &answer); err != nil {
			return out, err
		}
		taken, exceptions, err := acknowledged(run.Entries, answer.Acks)
		out.Taken, out.Exceptions = out.Taken+taken, out.Exceptions+exceptions
		if err != nil {
			return out, err
		}
	}
	e.poke() // what was booked changes what is left on the shelf
	return out, nil
}

// acknowledged counts what the server has of a run. It fails if that is not all, or
// not what was sent.
func acknowledged(entries []wire.Entry, acks []wire.Ack) (taken, exceptions int, err error) {
	for i, entry := range entries {
		if i >= len(acks) {
			return taken, exceptions, errNoAck
		}
		if acks[i].ID != entry.ID || acks[i].Hash != hashOf(entry.Body) {
			return taken, exceptions, errHash
		}
		taken++
		exceptions += one(acks[i].Outcome == wire.AckException)
	}
	return taken, exceptions, nil
}

// readCarried reads a whole file, so that half of one is noticed before any of it is
// sent.
func readCarried(file io.Reader) (wire.CarriedHead, []wire.Carried, error) {
	var head wire.CarriedHead
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), longestCarried)
	if !lines.Scan() || strict(lines.Bytes(), &head) != nil || head.Format != wire.CarriedFormat {
		return head, nil, errCarried
	}
	if head.Version > carriedVersion {
		return head, nil, errCarriedNewer
	}
	var runs []wire.Carried
	entries := 0
	for lines.Scan() {
		var run wire.Carried
		if err := strict(lines.Bytes(), &run); err != nil || run.DeviceID == uuid.Nil || len(run.Entries) == 0 {
			return head, nil, errCarried.Wrap(err)
		}
		runs, entries = append(runs, run), entries+len(run.Entries)
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return head, nil, err
	}
	if entries != head.Entries {
		return head, nil, errCarried
	}
	return head, runs, nil
}

// strict reads one JSON value and nothing behind it.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errCarried
	}
	return nil
}
