package till

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/secret"
	"souk/shared/wire"
)

// lentFor is how long a right that was lent waits to be used.
const lentFor = 2 * time.Minute

// loan is a right that someone who has it lent for one action.
type loan struct {
	by    uuid.UUID
	until time.Time
}

// Approve lends the signed-in person a right for the next action that needs it:
// someone who has it chooses his name and types his PIN. Wrong PINs count as when
// signing in.
//
// Fails with till.not_signed_in, till.forbidden if that person has not the right
// either, and with what SignIn fails with.
func (e *Engine) Approve(personID uuid.UUID, pin string, permission wire.Permission) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.person == nil {
		return e.state(), errSignedOut
	}
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
	if !slices.Contains(person.Permissions, permission) {
		return e.state(), forbidden(permission)
	}
	if e.lent == nil {
		e.lent = map[wire.Permission]loan{}
	}
	e.lent[permission] = loan{by: personID, until: e.now().Add(lentFor)}
	return e.state(), nil
}

// may fails unless the signed-in person has the permission of their own.
func (e *Engine) may(permission wire.Permission) error {
	switch {
	case e.person == nil:
		return errSignedOut
	case !slices.Contains(e.person.Permissions, permission):
		return errNotYours
	}
	return nil
}

// allowed fails unless the signed-in person has the permission, or was lent it.
func (e *Engine) allowed(permission wire.Permission) error {
	_, err := e.allowedBy(permission)
	return err
}

// allowedBy is allowed, and says who lent the right if it is not the person's
// own. A loan is used up by it.
func (e *Engine) allowedBy(permission wire.Permission) (*uuid.UUID, error) {
	if e.person == nil {
		return nil, errSignedOut
	}
	if slices.Contains(e.person.Permissions, permission) {
		return nil, nil //nolint:nilnil // nobody had to lend it
	}
	lent, ok := e.lent[permission]
	delete(e.lent, permission)
	if !ok || e.now().After(lent.until) {
		return nil, forbidden(permission)
	}
	return &lent.by, nil
}

// forbidden names what is missing, so that the page can ask someone to lend it.
func forbidden(permission wire.Permission) error {
	return fault.Forbidden("till.forbidden", fault.At("permission", string(permission), "")).
		Say("You may not do this. Someone who may can approve it with a PIN.")
}
