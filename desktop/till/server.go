package till

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/fault"
	"souk/shared/wire"
)

// Time-outs towards the server. A request may take long on a slow line; a line
// that is cut has to be noticed soon, since the next try waits for it.
const (
	dialLimit    = 3 * time.Second
	requestLimit = 8 * time.Second
)

// dialLocalhost reaches names under localhost, such as city-mart.localhost, on this
// machine, as browsers do (RFC 6761); few resolvers know them.
func dialLocalhost(dialer *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(strings.ToLower(host), ".localhost") {
			address = net.JoinHostPort("localhost", port)
		}
		return dialer.DialContext(ctx, network, address)
	}
}

func newHTTP() *http.Client {
	dialer := &net.Dialer{Timeout: dialLimit, KeepAlive: 10 * time.Second}
	return &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialLocalhost(dialer),
		TLSHandshakeTimeout: 2 * dialLimit,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 4,
	}}
}

// server is the shop's server as one device sees it.
type server struct {
	http  *http.Client
	base  string
	token string
	shop  string // named to the server, where the address does not name it

	device uuid.UUID
}

func (s server) get(ctx context.Context, path string, out any) error {
	return s.call(ctx, http.MethodGet, path, nil, out)
}

func (s server) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return s.call(ctx, http.MethodPost, path, body, out)
}

// call fails with till.offline if nobody answered, and with the server's own
// fault if it refused.
func (s server) call(ctx context.Context, method, path string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return errAddress.Wrap(err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	s.identify(req.Header)
	resp, err := s.http.Do(req)
	if err != nil {
		return unreached(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return refusal(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return errOffline.Wrap(err) // cut off in the middle
	}
	return nil
}

// identify says who calls, and which shop where the address does not.
func (s server) identify(header http.Header) {
	if s.token != "" {
		header.Set("Authorization", "Bearer "+s.token)
	}
	if s.shop != "" {
		header.Set(wire.ShopHeader, s.shop)
	}
}

// refused is a fault of the server's with the status it came under.
type refused struct {
	status int
	fault  *fault.Error
}

func (r *refused) Error() string { return r.fault.Error() }
func (r *refused) Unwrap() error { return r.fault }

// refusal reads an application/problem+json answer. Whatever else answers (a
// proxy, a login page of a hotel) is trouble on the way.
func refusal(resp *http.Response) error {
	const enough = 64 << 10
	var problem struct {
		Detail string        `json:"detail"`
		Title  string        `json:"title"`
		Code   string        `json:"code"`
		Fields []fault.Field `json:"fields"`
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, enough))
	if err != nil {
		return errOffline.Wrap(err)
	}
	if err := json.Unmarshal(content, &problem); err != nil || problem.Code == "" {
		problem.Code = "till.unexpected_answer"
		problem.Detail = "The server answered something unexpected (" + resp.Status + "). Check the shop's address and the network."
	}
	if problem.Detail == "" {
		problem.Detail = problem.Title
	}
	f := &fault.Error{Kind: kindOf(resp.StatusCode), Code: problem.Code, Message: problem.Detail, Fields: problem.Fields}
	return &refused{status: resp.StatusCode, fault: f}
}

func kindOf(status int) fault.Kind {
	switch {
	case status == http.StatusUnauthorized:
		return fault.KindUnauthenticated
	case status == http.StatusForbidden, status == http.StatusMisdirectedRequest:
		return fault.KindForbidden
	case status == http.StatusNotFound:
		return fault.KindNotFound
	case status == http.StatusConflict:
		return fault.KindConflict
	case status == http.StatusTooManyRequests:
		return fault.KindTooMany
	case status >= http.StatusInternalServerError:
		return fault.KindUnavailable
	}
	return fault.KindInvalid
}

// refusedWith says under which status the server refused, or 0 if it did not.
func refusedWith(err error) int {
	var r *refused
	if errors.As(err, &r) {
		return r.status
	}
	return 0
}
