// Package fault is the one error type that crosses a boundary: a use case says
// what kind of trouble it is and gives it a code, the server turns it into an
// HTTP problem and the till into a sentence. It does not know HTTP, does not
// log and does not translate: the code is the translation key.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind sorts faults by what the caller can do about them.
type Kind string

// The kinds, and what a caller does with each.
const (
	KindInvalid         Kind = "invalid"         // correct the input
	KindNotFound        Kind = "not_found"       // it is not there, or not yours to see
	KindConflict        Kind = "conflict"        // the state does not allow it; look again
	KindForbidden       Kind = "forbidden"       // someone with more rights may do it
	KindUnauthenticated Kind = "unauthenticated" // sign in
	KindTooMany         Kind = "too_many"        // wait as long as it says, then try again
	KindUnavailable     Kind = "unavailable"     // try again later
	KindInternal        Kind = "internal"        // a defect here; quote the reference
)

// Kinds lists every kind, for switches and tests that must cover all of them.
func Kinds() []Kind {
	return []Kind{
		KindInvalid, KindNotFound, KindConflict, KindForbidden,
		KindUnauthenticated, KindTooMany, KindUnavailable, KindInternal,
	}
}

// Field says what is wrong with one part of the input. Path is the place in the
// body in dotted form ("lines.2.quantity").
type Field struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`
}

// Error is a fault. Code is "module.reason", for example "sales.till_closed".
// Err is the cause; it is for the log and never leaves the process. Wait is how
// long to wait before trying again, if that is known.
type Error struct {
	Kind    Kind    `json:"kind"`
	Code    string  `json:"code"`
	Message string  `json:"message,omitempty"`
	Fields  []Field `json:"fields,omitempty"`
	// Asked is exactly what was refused, for somebody who may approve it.
	Asked json.RawMessage `json:"asked,omitempty"`
	Err   error           `json:"-"`

	Wait time.Duration `json:"-"`
}

// Option completes a fault while it is made.
type Option func(*Error)

// At marks one field as the place of the trouble.
func At(path, code, message string) Option {
	return func(e *Error) { e.Fields = append(e.Fields, Field{path, code, message}) }
}

// Because keeps the cause, for errors.Is, errors.As and the log.
func Because(err error) Option {
	return func(e *Error) { e.Err = err }
}

// Invalid says that the input is wrong and would stay wrong if sent again.
func Invalid(code string, opts ...Option) *Error { return build(KindInvalid, code, opts) }

// NotFound says that the thing is not there, or not the caller's to see.
func NotFound(code string, opts ...Option) *Error { return build(KindNotFound, code, opts) }

// Conflict says that the input is fine but the present state does not allow it.
func Conflict(code string, opts ...Option) *Error { return build(KindConflict, code, opts) }

// Forbidden says that the caller is known but may not do this.
func Forbidden(code string, opts ...Option) *Error { return build(KindForbidden, code, opts) }

// Unauthenticated says that the caller must sign in first.
func Unauthenticated(code string, opts ...Option) *Error {
	return build(KindUnauthenticated, code, opts)
}

// TooMany says that the caller has tried too often and is heard again after wait.
func TooMany(code string, wait time.Duration, opts ...Option) *Error {
	e := build(KindTooMany, code, opts)
	e.Wait = wait
	return e
}

// Unavailable says that it may work later without any change.
func Unavailable(code string, opts ...Option) *Error { return build(KindUnavailable, code, opts) }

// Internal says that the defect is on this side.
func Internal(code string, opts ...Option) *Error { return build(KindInternal, code, opts) }

func build(kind Kind, code string, opts []Option) *Error {
	e := &Error{Kind: kind, Code: code}
	for _, opt := range opts {
		opt(e)
	}
	return e
}

// Of returns the fault in err's chain, or nil if there is none. An error
// without a fault is an internal one.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Passing reports whether the same input may fare better later, without any change.
func (e *Error) Passing() bool { return e.Kind == KindUnavailable || e.Kind == KindTooMany }

// Error is the text for logs: the code, then the message and the cause if there
// are any.
func (e *Error) Error() string {
	text := e.Code
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, f := range e.Fields {
		text += fmt.Sprintf(" [%s %s]", f.Path, f.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, fault.Conflict("catalog.sku_taken")) compare kind and
// code, so that tests and callers need no exported sentinel per code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Code == e.Code
}

// Say returns a copy with the English sentence that tells the user what to do.
func (e *Error) Say(sentence string) *Error {
	c := e.copy()
	c.Message = sentence
	return c
}

// About returns a copy that carries what was refused.
func (e *Error) About(asked any) *Error {
	c := e.copy()
	c.Asked, _ = json.Marshal(asked) // what cannot be written is left out
	return c
}

// Messagef is Say with a format.
func (e *Error) Messagef(format string, args ...any) *Error {
	return e.Say(fmt.Sprintf(format, args...))
}

// With returns a copy that also names these fields.
func (e *Error) With(fields ...Field) *Error {
	c := e.copy()
	c.Fields = append(c.Fields, fields...)
	return c
}

// Wrap returns a copy that carries err as its cause.
func (e *Error) Wrap(err error) *Error {
	c := e.copy()
	c.Err = err
	return c
}

// copy lets a fault kept in a map or a variable be completed by many callers
// without one seeing another's additions.
func (e *Error) copy() *Error {
	c := *e
	c.Fields = slices.Clone(e.Fields)
	return &c
}
