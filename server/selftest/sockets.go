package selftest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/shared/wire"
)

// dial opens a socket at a shop's address.
func (r *run) dial(ctx context.Context, slug string, header http.Header) (*websocket.Conn, int, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it never leaves this machine
	header = header.Clone()
	header.Set("Host", r.client.host(slug))
	conn, res, err := dialer.DialContext(ctx, strings.Replace(r.client.base, "http", "ws", 1)+"/live", header)
	status := 0
	if res != nil {
		status = res.StatusCode
		_ = res.Body.Close()
	}
	if errors.Is(err, websocket.ErrBadHandshake) {
		err = nil
	}
	return conn, status, err
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// sockets tries to hear what happens in another shop.
func (r *run) sockets(ctx context.Context) error {
	if err := r.closedDoors(ctx); err != nil {
		return err
	}
	spy, err := r.listen(ctx, r.attacker, nil)
	if err != nil {
		return err
	}
	defer func() { _ = spy.Close() }()
	// With the number that the victim's stream is at, as if the attacker had been there.
	late, err := r.listen(ctx, r.attacker, &r.victim.id)
	if err != nil {
		return err
	}
	defer func() { _ = late.Close() }()
	rightful, err := r.listen(ctx, r.victim, nil)
	if err != nil {
		return err
	}
	defer func() { _ = rightful.Close() }()
	made := uuid.NewString()
	body, _ := json.Marshal(object{"id": made, "name": r.victim.mark + " news", "position": 2, "active": true}) // texts and numbers
	got, err := r.client.ask(ctx, r.victim.slug, r.victim.tokens[wire.Owner], request{method: http.MethodPost, target: "/api/categories", body: body})
	if err != nil || got.status >= 300 {
		return errors.Join(err, fmt.Errorf("the victim's own owner: %s", got.brief()))
	}
	r.one()
	if !hears(rightful, made, 5*time.Second) {
		r.found(Breach{Code: "control_failed", Case: "the shop's own socket hears of its own news", Got: "nothing"})
	}
	for _, conn := range []*websocket.Conn{spy, late} {
		r.one()
		if hears(conn, made, 300*time.Millisecond) {
			r.found(Breach{Code: "event_seen", Case: "a socket of another shop", Got: "news of the other throw-away shop", How: "GET /live"})
		}
	}
	return nil
}

// closedDoors are sockets that must not open.
func (r *run) closedDoors(ctx context.Context) error {
	own := "http://" + r.client.host(r.attacker.slug)
	cookie := http.Header{"Cookie": {"__Host-souk-session=" + r.attacker.tokens[wire.Owner]}}
	with := func(header http.Header, origin string) http.Header {
		header = header.Clone()
		header.Set("Origin", origin)
		return header
	}
	at := r.attacker.slug
	if r.own != nil {
		at = r.own.slug
	}
	for _, door := range []struct {
		name, at string
		header   http.Header
	}{
		{"without a session", r.victim.slug, http.Header{}},
		{"with another shop's session", r.victim.slug, bearer(r.attacker.tokens[wire.Owner])},
		{"with a stranger's session at your shop", at, bearer(r.victim.tokens[wire.Owner])},
		{"with a cookie and no origin", r.attacker.slug, cookie},
		{"with a cookie from another site", r.attacker.slug, with(cookie, "https://evil.example")},
		{"with a cookie from another shop's page", r.attacker.slug, with(cookie, "http://"+r.client.host(r.victim.slug))},
		{"with a cookie from nowhere", r.attacker.slug, with(cookie, "null")},
		{"with another shop's cookie", r.victim.slug, with(cookie, own)},
	} {
		conn, status, err := r.dial(ctx, door.at, door.header)
		if err != nil {
			return err
		}
		r.one()
		if conn == nil {
			continue
		}
		if welcomed(conn, r.topics()) {
			r.found(Breach{Code: "event_seen", Case: "a socket opens " + door.name, Got: fmt.Sprint(status), How: "GET /live " + door.name})
		}
		_ = conn.Close()
	}
	return nil
}

func (r *run) topics() []string {
	var names []string
	for _, topic := range r.Topics {
		names = append(names, topic.Name)
	}
	return names[:min(len(names), 100)]
}

type frame struct {
	Type  string     `json:"type"`
	Epoch *uuid.UUID `json:"epoch"`
	Seq   *int64     `json:"seq"`
}

func welcomed(conn *websocket.Conn, topics []string) bool {
	_ = conn.WriteJSON(object{"type": "hello", "topics": topics})
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second)) //nolint:forbidigo // a deadline of the network
	var first frame
	return conn.ReadJSON(&first) == nil && first.Type == "welcome"
}

// listen opens a shop's own socket to all topics. With a cursor it pretends to have
// been there from the first change on.
func (r *run) listen(ctx context.Context, of *shop, cursor *uuid.UUID) (*websocket.Conn, error) {
	conn, status, err := r.dial(ctx, of.slug, bearer(of.tokens[wire.Owner]))
	if err != nil || conn == nil {
		return nil, errors.Join(err, fmt.Errorf("a shop's own socket does not open: %d", status))
	}
	hello := object{"type": "hello", "topics": r.topics()}
	if cursor != nil {
		hello["epoch"], hello["seq"] = cursor.String(), 1
	}
	var first frame
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second)) //nolint:forbidigo // a deadline of the network
	if err := errors.Join(conn.WriteJSON(hello), conn.ReadJSON(&first)); err != nil || first.Type != "welcome" {
		_ = conn.Close()
		return nil, errors.Join(err, fmt.Errorf("a shop's own socket is not welcome: %s", first.Type))
	}
	return conn, nil
}

// hears tells whether an id comes over a socket within a while.
func hears(conn *websocket.Conn, id string, within time.Duration) bool {
	_ = conn.SetReadDeadline(time.Now().Add(within)) //nolint:forbidigo // a deadline of the network
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return false
		}
		if strings.Contains(string(text), id) {
			return true
		}
	}
}
