package live

import (
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/server/platform/auth"
	"souk/shared/fault"
)

// message is one frame to a client.
type message struct {
	Type   string     `json:"type"`
	Epoch  *uuid.UUID `json:"epoch,omitempty"`
	Seq    *int64     `json:"seq,omitempty"`
	Topic  *string    `json:"topic"`
	ID     *uuid.UUID `json:"id"`
	Op     string     `json:"op,omitempty"`
	Code   string     `json:"code,omitempty"`
	Denied []string   `json:"denied,omitempty"`
}

// hello is a client's first and only frame that means anything.
type hello struct {
	Type   string     `json:"type"`
	Epoch  *uuid.UUID `json:"epoch"`
	Seq    *int64     `json:"seq"`
	Topics []string   `json:"topics"`
}

// socket is one open connection.
type socket struct {
	hub   *Hub
	conn  *websocket.Conn
	token auth.Token
	queue chan message
	gone  chan struct{}
	once  sync.Once
	pen   sync.Mutex // one data frame at a time

	mu     sync.Mutex
	actor  uuid.UUID
	asked  []string
	topics []string
}

func (s *socket) who() uuid.UUID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actor
}

// live is the whole life of a socket: hello, welcome, what was missed, and then
// whatever the room tells, until either side ends it.
func (s *socket) live(tenant uuid.UUID) {
	defer s.end()
	s.conn.SetReadLimit(64 << 10)
	_ = s.conn.SetReadDeadline(time.Now().Add(helloWithin))
	var h hello
	if err := s.conn.ReadJSON(&h); err != nil || h.Type != "hello" || len(h.Topics) > 100 {
		s.bye("bad_hello", websocket.ClosePolicyViolation)
		return
	}
	actor, err := s.hub.cfg.Authority.Resolve(s.hub.ctx, s.token)
	if err != nil {
		s.bye("unauthenticated", websocket.ClosePolicyViolation)
		return
	}
	allowed, denied := s.hub.rights(actor, h.Topics)
	if len(allowed) == 0 {
		s.bye("forbidden", websocket.ClosePolicyViolation)
		return
	}
	s.mu.Lock()
	s.actor, s.asked, s.topics = actor.Identity().Actor, h.Topics, allowed
	s.mu.Unlock()

	r, open := s.hub.room(tenant)
	if !open {
		s.bye("restart", websocket.CloseServiceRestart)
		return
	}
	seq, epoch, err := r.join(s)
	defer r.leave(s)
	if err != nil {
		s.bye("restart", websocket.CloseInternalServerErr)
		return
	}
	if r.crowded(s.who()) {
		s.bye("too_many", websocket.ClosePolicyViolation)
		return
	}
	if !s.catchUp(tenant, h, seq, epoch, denied) {
		return
	}
	s.hub.running.Add(1)
	go func() {
		defer s.hub.running.Done()
		s.write()
	}()
	s.read()
}

// catchUp says welcome and tells what the client missed. It writes by itself: the
// writer starts after it, and meanwhile the room's events wait in the queue.
func (s *socket) catchUp(tenant uuid.UUID, h hello, seq int64, epoch uuid.UUID, denied []string) bool {
	if !s.send(message{Type: "welcome", Epoch: &epoch, Seq: &seq, Denied: denied}) {
		return false
	}
	if h.Seq == nil || h.Epoch == nil {
		return true // a first visit: it has just fetched, or is about to
	}
	if *h.Epoch != epoch || *h.Seq > seq {
		return s.send(message{Type: "reload"})
	}
	if *h.Seq == seq {
		return true
	}
	missed, err := s.hub.since(tenant, *h.Seq, mostMissed+1)
	if err != nil {
		s.bye("restart", websocket.CloseInternalServerErr)
		return false
	}
	// A gap at the beginning means that the rows were kept no longer.
	if len(missed) > mostMissed || len(missed) == 0 || missed[0].Seq != *h.Seq+1 {
		return s.send(message{Type: "reload"})
	}
	for _, c := range missed {
		if c.Seq > seq {
			break // the room tells these
		}
		if s.watches(c.Topic) && !s.send(c.message()) {
			return false
		}
	}
	return true
}

func (s *socket) watches(topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.topics, topic)
}

// offer queues an event. A socket whose queue is full is closed, with the code
// that tells it to resume, and slows nobody.
func (s *socket) offer(c change) {
	if !s.watches(c.Topic) {
		return
	}
	select {
	case s.queue <- c.message():
	default:
		go s.bye("slow", slowCloseCode)
	}
}

// recheck looks whether the caller is still who it was and what it may watch.
func (s *socket) recheck() {
	actor, err := s.hub.cfg.Authority.Resolve(s.hub.ctx, s.token)
	if s.hub.ctx.Err() != nil {
		return
	}
	if err != nil {
		if isIdentity(err) {
			s.bye("unauthenticated", websocket.ClosePolicyViolation)
		}
		return
	}
	s.mu.Lock()
	s.topics, _ = s.hub.rights(actor, s.asked)
	none := len(s.topics) == 0
	s.mu.Unlock()
	if none {
		s.bye("forbidden", websocket.ClosePolicyViolation)
	}
}

// read waits for the end. What a client says after its hello is not looked at.
func (s *socket) read() {
	s.conn.SetReadLimit(4 << 10)
	alive := func() { _ = s.conn.SetReadDeadline(time.Now().Add(silentFor)) }
	alive()
	s.conn.SetPongHandler(func(string) error { alive(); return nil })
	answer := s.conn.PingHandler()
	s.conn.SetPingHandler(func(text string) error { alive(); return answer(text) })
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			return
		}
		alive()
	}
}

func (s *socket) write() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-s.gone:
			return
		case m := <-s.queue:
			if !s.send(m) {
				s.end()
				return
			}
		case <-ping.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				s.end()
				return
			}
		}
	}
}

func (s *socket) send(m message) bool {
	s.pen.Lock()
	defer s.pen.Unlock()
	return s.put(m)
}

func (s *socket) put(m message) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	return s.conn.WriteJSON(m) == nil
}

// bye closes the socket and says why: in a frame of its own unless a write is
// stuck, and in the close frame always.
func (s *socket) bye(code string, status int) {
	if s.pen.TryLock() {
		s.put(message{Type: "bye", Code: code})
		s.pen.Unlock()
	}
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(status, code), time.Now().Add(time.Second))
	s.end()
}

func (s *socket) end() {
	s.once.Do(func() {
		close(s.gone)
		_ = s.conn.Close()
	})
}

// isIdentity tells a lost right from a database that does not answer.
func isIdentity(err error) bool {
	found := fault.Of(err)
	return found != nil && found.Kind == fault.KindUnauthenticated
}
