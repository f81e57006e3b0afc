package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"souk/shared/fault"
)

// Problem is an error as it leaves the server: RFC 9457 with the fault's code,
// which is also the translation key, and the reference to quote.
type Problem struct {
	Type   string        `json:"type" doc:"urn:souk:problem: and the code"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail,omitempty" doc:"What to do about it"`
	Code   string        `json:"code" doc:"module.reason"`
	Fields []fault.Field `json:"fields,omitempty"`
	Asked  any           `json:"asked,omitempty" doc:"Exactly what was refused, where somebody else may approve it"`
	Ref    string        `json:"ref,omitempty" doc:"The request's id, to find it in the log"`

	wait time.Duration // before the same request has a chance again; 0 if waiting does not help
}

// Error makes a problem an error for huma.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma answer with the RFC's media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are what goes with every problem, whoever writes it: nobody keeps
// it, and whom waiting helps is told how long.
func (p *Problem) GetHeaders() http.Header {
	headers := http.Header{"Cache-Control": {"no-store"}}
	if p.wait > 0 {
		headers.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	}
	return headers
}

// statusOf is the one place where a kind of fault becomes an HTTP status.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindNotFound:
		return http.StatusNotFound
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindForbidden:
		return http.StatusForbidden
	case fault.KindUnauthenticated:
		return http.StatusUnauthorized
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	case fault.KindInternal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// problemOf turns any error into what the caller is told. What is not a fault is
// a defect: it goes into the log in full, and the caller gets its reference.
func problemOf(ctx context.Context, err error) *Problem {
	id := RequestID(ctx)
	var ready *Problem
	if errors.As(err, &ready) {
		ready.Ref = id
		return ready
	}
	found := fault.Of(err)
	if found == nil || found.Kind == fault.KindInternal {
		if ctx.Err() != nil {
			return newProblem(499, "request.gone", "The caller went away.", nil, id)
		}
		slog.ErrorContext(ctx, "request failed", "ref", id, "error", err)
		return newProblem(http.StatusInternalServerError, "server.internal",
			"Something went wrong (ref "+id+"). Nothing was changed. Try again; if it stays, tell support the reference.", nil, id)
	}
	status := statusOf(found.Kind)
	if status == http.StatusServiceUnavailable {
		slog.WarnContext(ctx, "request not served", "ref", id, "error", err)
	}
	problem := newProblem(status, found.Code, sentenceOf(ctx, found), found.Fields, id)
	problem.wait = found.Wait
	if found.Asked != nil {
		problem.Asked = found.Asked
	}
	if problem.wait == 0 && status == http.StatusServiceUnavailable {
		problem.wait = shortWait
	}
	return problem
}

// sentenceOf tells a person what to do about a fault. No fault leaves without one.
func sentenceOf(ctx context.Context, f *fault.Error) string {
	if f.Message != "" {
		return f.Message
	}
	if sentence := callOf(ctx).sentences[f.Code]; sentence != "" {
		return sentence
	}
	switch f.Kind {
	case fault.KindInvalid:
		return plainProblems[http.StatusUnprocessableEntity][1]
	case fault.KindNotFound:
		return "It is not there any more. Go back and look again."
	case fault.KindConflict:
		return "What is stored does not allow this, or has changed meanwhile. Look again and try once more."
	case fault.KindForbidden:
		return "You may not do this. Ask a manager."
	case fault.KindUnauthenticated:
		return "Sign in to go on."
	case fault.KindTooMany, fault.KindUnavailable, fault.KindInternal:
	}
	return "This did not work just now. Try again in a moment."
}

// shortWait is after how long a server that is busy or has lost its database is
// worth another try.
const shortWait = 2 * time.Second

func newProblem(status int, code, detail string, fields []fault.Field, ref string) *Problem {
	title := http.StatusText(status)
	if title == "" {
		title = "Request ended"
	}
	return &Problem{
		Type: "urn:souk:problem:" + code, Title: title, Status: status, Detail: detail, Code: code, Fields: fields, Ref: ref,
	}
}

// humaProblem is how huma reports what it finds wrong with a request by itself.
func humaProblem(hc huma.Context, status int, message string, errs ...error) huma.StatusError {
	problem := plainProblem(status, RequestID(hc.Context()))
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			detail := detailer.ErrorDetail()
			path := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "Body.")
			problem.Fields = append(problem.Fields, fault.Field{Path: path, Code: "request.field_invalid", Message: detail.Message})
		} else if err != nil {
			problem.Fields = append(problem.Fields, fault.Field{Code: "request.field_invalid", Message: err.Error()})
		}
	}
	if problem.Detail == "" {
		problem.Detail = message
	}
	for name, values := range problem.GetHeaders() {
		hc.SetHeader(name, values[0])
	}
	return problem
}

// plainProblem is a problem that router or huma found before any use case did.
func plainProblem(status int, ref string) *Problem {
	found, known := plainProblems[status]
	if !known {
		found = [2]string{"request.refused", ""}
	}
	return newProblem(status, found[0], found[1], nil, ref)
}

// plainProblems are code and sentence by status.
var plainProblems = map[int][2]string{
	http.StatusBadRequest:            {"request.malformed", "The server could not read this request. Check that it is complete and send it again."},
	http.StatusNotFound:              {"request.not_found", "There is nothing here. Check the address; the routes are at /api/docs."},
	http.StatusMethodNotAllowed:      {"request.method_not_allowed", "This address does not take that method. See /api/docs."},
	http.StatusNotAcceptable:         {"request.not_acceptable", "The server answers in JSON only. Accept application/json."},
	http.StatusRequestTimeout:        {"request.too_slow", "The request did not arrive in time. Send it again."},
	http.StatusRequestEntityTooLarge: {"request.too_large", "That is too much for one request. Send less at once."},
	http.StatusUnsupportedMediaType:  {"request.not_json", "Send the body as application/json."},
	http.StatusUnprocessableEntity:   {"request.invalid", "Some of this is not right. Correct what is marked and send it again."},
}
