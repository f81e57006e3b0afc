package till

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// After freeTries wrong PINs in a row a person waits: firstWait, then twice as
// long for each further one, up to longestWait.
const (
	freeTries   = 5
	firstWait   = 30 * time.Second
	longestWait = 15 * time.Minute
)

// Unlock ends a person's wait early: someone who may change the shop's people says
// so with a PIN of his own, whose wrong tries count as when signing in. Nobody ends
// his own wait.
//
// Fails with till.own_wait, till.forbidden, and with what SignIn fails with.
func (e *Engine) Unlock(personID, byID uuid.UUID, pin string) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if personID == byID {
		return e.state(), errOwnWait
	}
	if _, err := e.personSetup(personID); err != nil {
		return e.state(), err
	}
	by, err := e.byPIN(byID, pin)
	if err != nil {
		return e.state(), err
	}
	if !slices.Contains(by.Permissions, wire.MayEditPeople) {
		return e.state(), forbidden(wire.MayEditPeople)
	}
	return e.state(), e.forgetTries(personID)
}

// byPIN is the person if the PIN is theirs.
func (e *Engine) byPIN(id uuid.UUID, pin string) (wire.PersonSetup, error) {
	person, err := e.personSetup(id)
	if err != nil {
		return person, err
	}
	if err := e.countTry(id); err != nil {
		return person, err
	}
	if !secret.Verify(person.PINHash, pin) {
		if left, err := e.waits(id); err != nil || left > 0 {
			return person, errors.Join(err, pinWait(left))
		}
		return person, errWrongPIN
	}
	return person, e.forgetTries(id)
}

// countTry counts a try before the PIN is looked at, so that pulling the plug in
// between does not make it free.
func (e *Engine) countTry(person uuid.UUID) error {
	wrong, _, err := e.tries(person)
	if err != nil {
		return err
	}
	if left, err := e.waits(person); err != nil || left > 0 {
		return errors.Join(err, pinWait(left))
	}
	wrong++
	wait := time.Time{}
	if pause := pauseAfter(wrong); pause > 0 {
		wait = e.now().Add(pause)
	}
	_, err = e.journal.db.ExecContext(e.ctx, `
		insert into pin_tries (person_id, wrong, wait_till) values (?, ?, ?)
		on conflict (person_id) do update set wrong = excluded.wrong, wait_till = excluded.wait_till`,
		person.String(), wrong, stamp(wait))
	return err
}

// pauseAfter is how long a person waits after so many wrong PINs.
func pauseAfter(wrong int) time.Duration {
	if wrong < freeTries {
		return 0
	}
	return min(firstWait<<min(wrong-freeTries, 10), longestWait)
}

// waits is how long a person has to wait still. Whoever sets the clock back waits
// the whole pause again, and no longer.
func (e *Engine) waits(person uuid.UUID) (time.Duration, error) {
	wrong, until, err := e.tries(person)
	if err != nil {
		return 0, err
	}
	return max(0, min(until.Sub(e.now()), pauseAfter(wrong))), nil
}

func pinWait(left time.Duration) error {
	if left <= 0 {
		return nil
	}
	return fault.Unauthenticated("till.pin_wait").
		Messagef("Too many wrong PINs. Try again in %d seconds.", inSeconds(left))
}

func inSeconds(left time.Duration) int { return int((left + time.Second - 1) / time.Second) }

func (e *Engine) tries(person uuid.UUID) (wrong int, until time.Time, err error) {
	var text string
	err = e.journal.db.QueryRowContext(e.ctx,
		"select wrong, wait_till from pin_tries where person_id = ?", person.String()).Scan(&wrong, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	until, err = parseStamp(text)
	return wrong, until, err
}

func (e *Engine) forgetTries(person uuid.UUID) error {
	_, err := e.journal.db.ExecContext(e.ctx, "delete from pin_tries where person_id = ?", person.String())
	return err
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func parseStamp(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }
