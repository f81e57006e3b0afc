package till

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// What the till listens to. Everything else it is told of is for the window.
var topics = []string{
	"catalog.items", "catalog.store_prices", "parties.customers", "catalog.setup", "inventory.stock", "payments.methods", "people.list", "people.roles",
	"company.settings", "approvals.list",
}

const (
	pingEvery = 10 * time.Second
	silence   = 25 * time.Second // after which a line counts as cut
)

// runLive keeps a socket to the server open. It only says that there is
// something new; what it is comes by runSync. The socket is also the first to
// know that the network is gone, or back.
func (e *Engine) runLive() {
	pause := firstPause
	for {
		if s, ok := e.paired(); ok {
			if e.listen(s) {
				pause = firstPause
			}
			if e.online() {
				e.poke() // find out at once whether the server is still there
			}
		}
		select {
		case <-e.ctx.Done():
			return
		case <-e.rebound:
			pause = firstPause
		case <-time.After(jittered(pause)):
		}
		pause = min(2*pause, longPause)
	}
}

func (e *Engine) online() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.link.Online
}

// listen is one life of the socket. It answers whether the server let it in.
func (e *Engine) listen(s server) bool {
	dialer := websocket.Dialer{HandshakeTimeout: 2 * dialLimit, Proxy: http.ProxyFromEnvironment}
	if transport, ok := s.http.Transport.(*http.Transport); ok {
		dialer.NetDialContext, dialer.TLSClientConfig = transport.DialContext, transport.TLSClientConfig
	}
	header := http.Header{}
	s.identify(header)
	conn, resp, err := dialer.DialContext(e.ctx, "ws"+strings.TrimPrefix(s.base, "http")+"/live", header)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return false
	}
	done := make(chan struct{})
	defer close(done)
	e.wg.Go(func() { e.keepAlive(conn, done) })
	if err := conn.WriteJSON(e.hello()); err != nil {
		return false
	}
	return e.hear(conn)
}

// keepAlive pings, and closes the socket when the till or the talk ends.
func (e *Engine) keepAlive(conn *websocket.Conn, done <-chan struct{}) {
	defer func() { _ = conn.Close() }()
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-e.ctx.Done():
			return
		case <-ticker.C:
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(dialLimit)) != nil {
				return
			}
		}
	}
}

func (e *Engine) hear(conn *websocket.Conn) (welcomed bool) {
	stretch := func(string) error { return conn.SetReadDeadline(time.Now().Add(silence)) }
	conn.SetPongHandler(stretch)
	for {
		if stretch("") != nil {
			return welcomed
		}
		_, content, err := conn.ReadMessage()
		if err != nil {
			return welcomed
		}
		var message struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(content, &message) != nil {
			return welcomed
		}
		if e.cfg.OnLive != nil {
			e.cfg.OnLive(content)
		}
		switch message.Type {
		case "welcome":
			welcomed = true
			e.poke()
		case "change", "reload":
			e.poke()
		case "bye":
			return welcomed
		}
	}
}

// hello asks for what was missed since the copy's place in the stream.
func (e *Engine) hello() any {
	e.mu.Lock()
	defer e.mu.Unlock()
	hello := struct {
		Type   string     `json:"type"`
		Epoch  *uuid.UUID `json:"epoch"`
		Seq    *int64     `json:"seq"`
		Topics []string   `json:"topics"`
	}{Type: "hello", Topics: topics}
	if e.setup != nil {
		epoch, seq := e.cursor.Epoch, e.cursor.Seq
		hello.Epoch, hello.Seq = &epoch, &seq
	}
	return hello
}
