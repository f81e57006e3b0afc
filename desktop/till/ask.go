package till

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/wire"
)

// AskFor asks, through the server, whoever may approve what the signed-in person
// was refused. What is on the cart stays; Answer says how far it has come.
//
// Fails with till.not_signed_in, till.not_paired, till.offline, and as the server
// does.
func (e *Engine) AskFor(asked wire.Asked, reason string) (wire.ApprovalAnswer, error) {
	e.mu.Lock()
	if e.person == nil {
		e.mu.Unlock()
		return wire.ApprovalAnswer{}, errSignedOut
	}
	in := wire.ApprovalRequest{ID: newID(), PersonID: e.person.ID, Asked: asked, Reason: strings.TrimSpace(reason)}
	e.mu.Unlock()
	s, ok := e.paired()
	if !ok {
		return wire.ApprovalAnswer{}, errNotPaired
	}
	var out wire.ApprovalAnswer
	if err := s.post(e.ctx, "/api/sync/approvals", in, &out); err != nil {
		return out, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = map[uuid.UUID]wire.ApprovalRequest{in.ID: in} // one at a time: a new one takes the place of the last
	return out, nil
}

// Answer says how far what was asked has come. An approval waits from then on for
// the action that it was given for.
//
// Fails with till.request_unknown, till.offline, and as the server does; asking
// again does no harm.
func (e *Engine) Answer(id uuid.UUID) (wire.ApprovalAnswer, error) {
	in, s, err := e.request(id)
	if err != nil {
		return wire.ApprovalAnswer{}, err
	}
	var out wire.ApprovalAnswer
	if err := s.get(e.ctx, requestPath(in, ""), &out); err != nil {
		return out, err
	}
	e.heard(in, out)
	return out, nil
}

// heard keeps an approval that came from elsewhere, once.
func (e *Engine) heard(in wire.ApprovalRequest, answer wire.ApprovalAnswer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, open := e.requests[in.ID]; !open || answer.State == wire.ApprovalOpen {
		return
	}
	delete(e.requests, in.ID)
	if answer.State != wire.ApprovalGiven || answer.By == nil || e.person == nil || e.person.ID != in.PersonID {
		return
	}
	e.give(wire.Approval{ID: in.ID, Asked: in.Asked, By: *answer.By, At: e.now(), Way: wire.ApprovedByRequest, Reason: in.Reason})
}

// Withdraw takes back what was asked. One that was answered meanwhile stays as it
// is, and is not used. Fails with till.request_unknown, till.offline, and as the
// server does.
func (e *Engine) Withdraw(id uuid.UUID) (wire.ApprovalAnswer, error) {
	in, s, err := e.request(id)
	if err != nil {
		return wire.ApprovalAnswer{}, err
	}
	e.mu.Lock()
	delete(e.requests, id)
	e.mu.Unlock()
	var out wire.ApprovalAnswer
	err = s.post(e.ctx, requestPath(in, "/withdrawal"), struct{}{}, &out)
	if refusedWith(err) == http.StatusNotFound {
		err = nil // it never got there
	}
	return out, err
}

func (e *Engine) request(id uuid.UUID) (wire.ApprovalRequest, server, error) {
	e.mu.Lock()
	in, open := e.requests[id]
	e.mu.Unlock()
	s, ok := e.paired()
	switch {
	case !open:
		return in, s, fault.NotFound("till.request_unknown").Say("This request is not open any more. Ask again.")
	case !ok:
		return in, s, errNotPaired
	}
	return in, s, nil
}

func requestPath(in wire.ApprovalRequest, more string) string {
	return "/api/sync/approvals/" + in.ID.String() + more
}
