package till

import (
	"slices"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// People lists who may sign in here. Those without a PIN have to get one first.
func (e *Engine) People() []wire.RegisterPerson {
	e.mu.Lock()
	defer e.mu.Unlock()
	people := []wire.RegisterPerson{}
	if e.setup != nil {
		for _, p := range e.setup.People {
			person := registerPerson(p)
			if left, err := e.waits(p.ID); err == nil {
				person.WaitSeconds = inSeconds(left)
			}
			people = append(people, person)
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
	person, err := e.byPIN(personID, pin)
	if err != nil {
		return e.state(), err
	}
	if err := e.loadCart(personID); err != nil {
		return e.state(), err
	}
	e.person, e.pending = &person, nil
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
	e.person, e.pending, e.requests, e.cart, e.steps = nil, nil, nil, basket{}, 0
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
