package selftest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// client asks the server on this machine, under whatever name is to be tried.
type client struct {
	base, domain string
	http         *http.Client
}

// mostRead is how much of an answer is looked at.
const mostRead = 4 << 20

func newClient(base, domain string) *client {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 2,
		// The server on this machine may show a certificate for its public name only.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it never leaves this machine
	}
	return &client{base: base, domain: domain, http: &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// request is one call, ready to be sent by anybody.
type request struct {
	method, target string
	body           []byte
	header         http.Header
	host           string   // instead of the shop's own
	said           []string // what the caller brought along
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
	said   []string
}

func (c *client) host(slug string) string { return slug + "." + c.domain }

// ask sends a request to a shop's address under a token.
func (c *client) ask(ctx context.Context, slug, token string, in request) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, in.method, c.base+in.target, bytes.NewReader(in.body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range in.header {
		req.Header[name] = values
	}
	if req.Host = c.host(slug); in.host != "" {
		req.Host = in.host
	}
	if in.body != nil && in.method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Idempotency-Key", uuid.NewString())
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostRead))
	return answer{status: res.StatusCode, body: string(body), header: res.Header, said: in.said}, err
}

// raw sends bytes as they are and gives the status line and all that follows.
func (c *client) raw(ctx context.Context, text string) (string, error) {
	scheme, address, _ := strings.Cut(c.base, "://")
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	if scheme == "https" {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it never leaves this machine
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second)) //nolint:forbidigo // a deadline of the network, not of the shop
	if _, err := io.WriteString(conn, text); err != nil {
		return "", err
	}
	got, err := io.ReadAll(io.LimitReader(conn, mostRead))
	return string(got), err
}

// code is the problem's code.
func (a answer) code() string {
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal([]byte(a.body), &problem)
	return problem.Code
}

// off is the answer for a module that the shop does not use.
func (a answer) off() bool { return a.status == http.StatusNotFound && a.code() == "request.not_found" }

// brief is an answer without its content, for a finding.
func (a answer) brief() string {
	if code := a.code(); code != "" {
		return fmt.Sprintf("%d %s", a.status, code)
	}
	return fmt.Sprintf("%d, %d bytes", a.status, len(a.body))
}

var reference = regexp.MustCompile(`"ref":"[^"]*"|\(ref [^)]*\)`)

// bare is an answer without what differs between any two: its reference, and
// whatever the caller said.
func (a answer) bare() string {
	text := reference.ReplaceAllString(a.body, "")
	for i, said := range a.said {
		text = strings.ReplaceAll(text, said, fmt.Sprintf("‹%d›", i))
	}
	if a.status < 300 {
		text = "" // what was done; the canaries look at it
	}
	var names []string
	for name := range a.header {
		if name != "Content-Length" && name != "Date" { // a number may be longer than another
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return fmt.Sprint(a.status, " ", names, "\n", text)
}
