package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

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
	Ref    string        `json:"ref,omitempty" doc:"The request's id, to find it in the log"`
}

// Error makes a problem an error for huma.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma answer with the RFC's media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

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
	return newProblem(status, found.Code, found.Message, found.Fields, id)
}

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
func humaProblem(status int, message string, errs ...error) huma.StatusError {
	var fields []fault.Field
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			detail := detailer.ErrorDetail()
			path := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "Body.")
			fields = append(fields, fault.Field{Path: path, Code: "request.field_invalid", Message: detail.Message})
		} else if err != nil {
			fields = append(fields, fault.Field{Code: "request.field_invalid", Message: err.Error()})
		}
	}
	code := map[int]string{
		http.StatusBadRequest: "request.malformed", http.StatusUnprocessableEntity: "request.invalid",
		http.StatusNotFound: "request.not_found", http.StatusMethodNotAllowed: "request.method_not_allowed",
		http.StatusRequestEntityTooLarge: "request.too_large", http.StatusUnsupportedMediaType: "request.not_json",
		http.StatusNotAcceptable: "request.not_acceptable",
	}[status]
	if code == "" {
		code = "request.refused"
	}
	if message != "" {
		message = strings.ToUpper(message[:1]) + message[1:]
	}
	return newProblem(status, code, message, fields, "")
}
