package till

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// record appends a fact to the journal, in the caller's transaction.
func (e *Engine) record(tx *sql.Tx, id uuid.UUID, kind wire.EntryKind, fact any) error {
	body, err := json.Marshal(fact)
	if err != nil {
		return err
	}
	device := e.pairing.DeviceID.String()
	by := uuid.Nil // the till itself
	if e.person != nil {
		by = e.person.ID
	}
	_, err = tx.ExecContext(e.ctx, `
		insert into journal (device_id, no, id, kind, person_id, at, body, hash)
		select ?1, coalesce(max(no), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 from journal where device_id = ?1`,
		device, id.String(), string(kind), by.String(), stamp(e.now()), string(body), hashOf(body))
	if err != nil {
		return fmt.Errorf("journal %s: %w", kind, err)
	}
	return nil
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// unsentEntries reads what the server does not have, in order, after a number.
// An entry whose body is not what was written fails as damaged: it is not sent.
func (e *Engine) unsentEntries(device uuid.UUID, after int64, limit int) ([]wire.Entry, error) {
	rows, err := e.journal.db.QueryContext(e.ctx, `
		select no, id, kind, person_id, at, body, hash from journal
		where  device_id = ? and acked_at is null and no > ?
		order  by no limit ?`, device.String(), after, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var entries []wire.Entry
	for rows.Next() {
		entry, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, rows.Err()
}

func scanEntry(rows *sql.Rows) (wire.Entry, error) {
	var entry wire.Entry
	var id, person, at, body, hash string
	if err := rows.Scan(&entry.No, &id, &entry.Kind, &person, &at, &body, &hash); err != nil {
		return entry, err
	}
	if hashOf([]byte(body)) != hash {
		return entry, fmt.Errorf("entry %d: %w", entry.No, errDamaged)
	}
	var errs [3]error
	entry.ID, errs[0] = uuid.Parse(id)
	entry.PersonID, errs[1] = uuid.Parse(person)
	entry.At, errs[2] = parseStamp(at)
	entry.Body = json.RawMessage(body)
	return entry, errors.Join(errs[:]...)
}

// loadJournal counts what waits and what of it was sold, and checks that every
// waiting entry is as it was written.
func (e *Engine) loadJournal() error {
	e.unsent, e.settled = quantities{}, quantities{}
	if e.pairing == nil {
		return nil
	}
	if err := e.countWaiting(); err != nil {
		return err
	}
	for after := int64(0); ; {
		entries, err := e.unsentEntries(e.pairing.DeviceID, after, maxBatch)
		if errors.Is(err, errDamaged) {
			return errJournalDamaged.Wrap(err)
		}
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return nil
		}
		for _, entry := range entries {
			if err := e.unsent.take(entry, 1); err != nil {
				return err
			}
			after = entry.No
		}
	}
}

// countWaiting brings the figures about the journal up to date.
func (e *Engine) countWaiting() error {
	var oldest sql.NullString
	err := e.journal.db.QueryRowContext(e.ctx,
		"select count(*), min(at) from journal where acked_at is null and device_id = ?",
		e.pairing.DeviceID.String()).Scan(&e.link.Waiting, &oldest)
	if err != nil {
		return err
	}
	e.link.OldestAt = nil
	if oldest.Valid {
		var at time.Time
		if at, err = parseStamp(oldest.String); err != nil {
			return err
		}
		e.link.OldestAt = &at
	}
	return e.journal.db.QueryRowContext(e.ctx,
		"select count(*) from journal where outcome = 'exception'").Scan(&e.link.Exceptions)
}

// take adds what an entry sold, or takes it off with sign -1.
func (q quantities) take(entry wire.Entry, sign int) error {
	if entry.Kind != wire.EntrySaleFinished {
		return nil
	}
	var sale wire.FinishedSale
	if err := json.Unmarshal(entry.Body, &sale); err != nil {
		return fmt.Errorf("entry %d: %w", entry.No, err)
	}
	for _, l := range sale.Lines {
		if l.ItemID == nil || l.NotRestocked {
			continue
		}
		if sign < 0 {
			q.add(*l.ItemID, l.Quantity.Neg())
		} else {
			q.add(*l.ItemID, l.Quantity)
		}
	}
	return nil
}
