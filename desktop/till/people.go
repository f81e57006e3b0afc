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

// People lists who may sign in here. Those without a PIN have to get one first.
func (e *Engine) People() []wire.RegisterPerson {
	e.mu.Lock()
	defer e.mu.Unlock()
	people := []wire.RegisterPerson{}
	if e.setup != nil {
		for _, p := range e.setup.People {
			people = append(people, registerPerson(p))
		}
	}
	return people
}

func registerPerson(p wire.PersonSetup) wire.RegisterPerson {
	return wire.RegisterPerson{
		ID: p.ID, Name: p.Name, Role: p.Role, HasPIN: p.PINHash != "",
		Permissions: append([]wire.Permission{}, p.Permissions...),
	}
}

// SignIn makes a person the one who sells. It works offline. Wrong PINs are
// counted on disk, so that a restart wins nothing.
//
// Fails with till.person_unknown, till.no_pin, till.wrong_pin, and with
// till.pin_wait while the person has to wait.
func (e *Engine) SignIn(personID uuid.UUID, pin string) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	person, err := e.personSetup(personID)
	if err != nil {
		return e.state(), err
	}
	if err := e.countTry(personID); err != nil {
		return e.state(), err
	}
	if !secret.Verify(person.PINHash, pin) {
		return e.state(), errWrongPIN
	}
	if err := e.forgetTries(personID); err != nil {
		return e.state(), err
	}
	if err := e.loadCart(personID); err != nil {
		return e.state(), err
	}
	e.person, e.lent = &person, nil
	return e.state(), nil
}

// Lock signs the person out. The open cart stays theirs.
func (e *Engine) Lock() (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.signOut()
	return e.state(), nil
}

func (e *Engine) signOut() {
	e.person, e.lent, e.cart, e.steps = nil, nil, basket{}, 0
}

func (e *Engine) personSetup(id uuid.UUID) (wire.PersonSetup, error) {
	if e.pairing == nil {
		return wire.PersonSetup{}, errNotPaired
	}
	if e.setup == nil {
		return wire.PersonSetup{}, errFetching
	}
	at := slices.IndexFunc(e.setup.People, func(p wire.PersonSetup) bool { return p.ID == id })
	if at < 0 {
		return wire.PersonSetup{}, errPerson
	}
	if e.setup.People[at].PINHash == "" {
		return wire.PersonSetup{}, errNoPIN
	}
	return e.setup.People[at], nil
}

// countTry counts a try before the PIN is looked at, so that pulling the plug in
// between does not make it free.
func (e *Engine) countTry(person uuid.UUID) error {
	wrong, until, err := e.tries(person)
	if err != nil {
		return err
	}
	now := e.now()
	// A clock that was set back must not lock anyone out for longer than the longest wait.
	if left := min(until.Sub(now), longestWait); left > 0 {
		return fault.Unauthenticated("till.pin_wait").
			Messagef("Too many wrong PINs. Try again in %d seconds.", int(left.Seconds())+1)
	}
	wrong++
	wait := time.Time{}
	if wrong >= freeTries {
		wait = now.Add(min(firstWait<<min(wrong-freeTries, 10), longestWait))
	}
	_, err = e.journal.db.ExecContext(e.ctx, `
		insert into pin_tries (person_id, wrong, wait_till) values (?, ?, ?)
		on conflict (person_id) do update set wrong = excluded.wrong, wait_till = excluded.wait_till`,
		person.String(), wrong, stamp(wait))
	return err
}

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
