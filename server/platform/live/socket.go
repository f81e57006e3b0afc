package live

import (
	"encoding/json"
	"io"
	"math/rand/v2"
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
	After  int        `json:"after_ms,omitempty"` // when to come back
}

func (m message) text() []byte {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // it has nothing that cannot be encoded
	}
	return text
}

// hello is a client's first and only frame that means anything.
type hello struct {
	Type   string     `json:"type"`
	Epoch  *uuid.UUID `json:"epoch"`
	Seq    *int64     `json:"seq"`
	Topics []string   `json:"topics"`
}

// socket is one open connection. It costs one goroutine, which reads; another
// writes while there is something to write.
type socket struct {
	hub    *Hub
	conn   *websocket.Conn
	token  auth.Token
	holder holder
	pen    chan struct{} // held by whoever writes a data frame
	gone   chan struct{} // closed when the reading has ended

	room *room

	mu      sync.Mutex
	asked   []string
	topics  []string
	seq     int64    // up to which it has been told everything it watches
	reloads []string // topics that it may watch anew and has to ask for
	told    bool     // has had its welcome; the writer may run
	more    bool     // there may be something to write
	writing bool
	parting bool
}

// live is the whole life of a socket: hello, welcome, what was missed, and then
// whatever the room tells, until either side ends it. The reading goes on in a
// goroutine of its own: its stack is small, and it is what an idle socket costs.
func (s *socket) live(crowded bool) {
	s.greet(crowded)
	s.hub.running.Go(func() {
		defer s.end()
		s.read()
	})
}

// greet hears the client's hello and answers it.
func (s *socket) greet(crowded bool) {
	s.conn.SetReadLimit(64 << 10)
	_ = s.conn.SetReadDeadline(time.Now().Add(helloWithin))
	var h hello
	if err := s.conn.ReadJSON(&h); err != nil || h.Type != "hello" || len(h.Topics) > 100 || crowded {
		s.part("bad_hello", websocket.ClosePolicyViolation)
		return
	}
	s.room = s.hub.enter(s.holder.tenant)
	s.open(h)
}

func (s *socket) end() {
	close(s.gone)
	_ = s.conn.Close()
	if s.room != nil {
		s.hub.leave(s.room, s)
	}
	s.hub.release(s)
}

// open lets the socket into its tenant's room, or parts with it.
func (s *socket) open(h hello) {
	actor, err := s.hub.cfg.Authority.Resolve(s.hub.ctx, s.token)
	if err != nil {
		s.refused(err)
		return
	}
	allowed, denied := s.hub.rights(actor, h.Topics)
	if len(allowed) == 0 {
		s.part("forbidden", websocket.ClosePolicyViolation)
		return
	}
	s.mu.Lock()
	s.asked, s.topics = h.Topics, allowed
	s.mu.Unlock()
	at, err := s.room.join(s)
	if err != nil {
		s.part("restart", websocket.CloseTryAgainLater)
		return
	}
	// What was committed while it joined woke nobody. And rights withdrawn before
	// it stood among the room's sockets are seen now.
	s.room.poke()
	s.recheck()
	if !s.send(message{Type: "welcome", Epoch: &at.Epoch, Seq: &at.Seq, Denied: denied}.text()) {
		return
	}
	seq, err := s.catchUp(h, at)
	if err != nil {
		s.part("restart", websocket.CloseTryAgainLater)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq, s.told = seq, true
	s.nudge()
}

// catchUp tells what the client missed and is not in memory, and gives the number
// from which the writer goes on.
func (s *socket) catchUp(h hello, at place) (int64, error) {
	if h.Seq == nil || h.Epoch == nil {
		return at.Seq, nil // a first visit: it has just fetched, or is about to
	}
	if *h.Epoch != at.Epoch {
		s.send(message{Type: "reload"}.text())
		return at.Seq, nil
	}
	if *h.Seq > at.Seq {
		// It may have read the table before the room did; else it has a future that is not ours.
		now, err := s.hub.head(s.holder.tenant)
		if err == nil && *h.Seq > now.Seq {
			s.send(message{Type: "reload"}.text())
		}
		return at.Seq, err
	}
	if _, here := s.room.after(*h.Seq); here {
		return *h.Seq, nil
	}
	missed, _, err := s.hub.since(s.holder.tenant, *h.Seq, mostMissed+1)
	if err != nil {
		return 0, err
	}
	// A gap at the beginning means that the rows were kept no longer.
	if len(missed) > mostMissed || len(missed) == 0 || missed[0].Seq != *h.Seq+1 {
		s.send(message{Type: "reload"}.text())
		return at.Seq, nil
	}
	for _, c := range missed {
		// What is beyond at, the room tells.
		if c.Seq <= at.Seq && s.watches(c.Topic) && !s.send(c.event().text) {
			break
		}
	}
	return at.Seq, nil
}

func (s *socket) watches(topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allowed(topic)
}

// allowed is watches with the lock held.
func (s *socket) allowed(topic string) bool { return slices.Contains(s.topics, topic) }

// advance says that the room has gone on from one number to another, by events
// of these topics. It never waits for the socket.
func (s *socket) advance(from, to int64, topics []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told && !s.writing && s.seq == from && !slices.ContainsFunc(topics, s.allowed) {
		s.seq = to // nothing for this one: no writer need run
		return
	}
	s.nudge()
}

// nudge sees to it that a writer looks for work. The lock is held.
func (s *socket) nudge() {
	s.more = true
	if s.told && !s.writing && !s.parting {
		s.writing = true
		go s.write()
	}
}

// write tells the socket what it has not been told, and ends when it has. A
// socket so slow that the room has forgotten what comes next is closed, with the
// code that tells it to resume.
func (s *socket) write() {
	for {
		s.mu.Lock()
		if s.parting || !s.more {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.more = false
		seq, reloads := s.seq, s.reloads
		s.reloads = nil
		s.mu.Unlock()
		for _, topic := range reloads {
			s.send(message{Type: "reload", Topic: &topic}.text())
		}
		events, here := s.room.after(seq)
		if !here {
			s.part("slow", slowCloseCode)
			continue
		}
		s.tell(events)
	}
}

func (s *socket) tell(events []event) {
	for _, e := range events {
		s.mu.Lock()
		watched := s.allowed(e.topic) && !s.parting
		s.mu.Unlock()
		if watched && !s.send(e.text) {
			s.part("slow", slowCloseCode)
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(events) > 0 {
		s.seq, s.more = events[len(events)-1].seq, true
	}
}

// send writes one frame. A socket that cannot take it in time is cut; that it
// missed something it learns when it comes back with its number.
func (s *socket) send(text []byte) bool {
	s.pen <- struct{}{}
	defer func() { <-s.pen }()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if err := s.conn.WriteMessage(websocket.TextMessage, text); err != nil {
		_ = s.conn.Close()
		return false
	}
	return true
}

// recheck looks whether the caller is still who it was and what it may watch. A
// topic that was not allowed before begins with a reload.
func (s *socket) recheck() {
	actor, err := s.hub.cfg.Authority.Resolve(s.hub.ctx, s.token)
	if err != nil {
		if signedOut(err) {
			s.refused(err)
		}
		return // the next look will tell
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.topics
	s.topics, _ = s.hub.rights(actor, s.asked)
	if len(s.topics) == 0 {
		s.partLocked("forbidden", websocket.ClosePolicyViolation)
		return
	}
	for _, topic := range s.topics {
		if !slices.Contains(before, topic) {
			s.reloads = append(s.reloads, topic)
			s.nudge()
		}
	}
}

func (s *socket) refused(err error) {
	if signedOut(err) {
		s.part("unauthenticated", websocket.ClosePolicyViolation)
		return
	}
	s.part("restart", websocket.CloseTryAgainLater)
}

// read waits for the end. What a client says after its hello is not looked at,
// but it may not say much.
func (s *socket) read() {
	s.conn.SetReadLimit(4 << 10)
	ping := time.AfterFunc(pingEvery, s.ping)
	defer ping.Stop()
	heard := 0
	since := time.Now()
	alive := func() {
		_ = s.conn.SetReadDeadline(time.Now().Add(silentFor))
		if time.Since(since) > time.Minute {
			heard, since = 0, time.Now()
		}
		if heard++; heard == framesPerMin {
			s.part("too_much", websocket.ClosePolicyViolation)
		}
	}
	alive()
	answer := s.conn.PingHandler()
	s.conn.SetPongHandler(func(string) error { alive(); ping.Reset(pingEvery); return nil })
	s.conn.SetPingHandler(func(text string) error { alive(); return answer(text) })
	for {
		_, message, err := s.conn.NextReader()
		if err != nil {
			return
		}
		// To the end: the limit holds for a message only while it is read.
		if _, err := io.Copy(io.Discard, message); err != nil {
			return
		}
		alive()
	}
}

// ping asks whether the client is still there. Its answer winds up the next one;
// without one the silence ends the socket.
func (s *socket) ping() {
	_ = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin))
}

// part ends the socket and says why. It returns at once and works once.
func (s *socket) part(code string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partLocked(code, status)
}

func (s *socket) partLocked(code string, status int) {
	if s.parting {
		return
	}
	s.parting = true
	go s.goodbye(code, status)
}

// goodbye says why in a frame of its own and in the close frame. A socket that is
// stuck in the middle of a frame hears neither and is cut.
func (s *socket) goodbye(code string, status int) {
	defer func() { _ = s.conn.Close() }()
	late := time.NewTimer(partWithin)
	defer late.Stop()
	select {
	case s.pen <- struct{}{}:
	case <-s.gone:
		return
	case <-late.C:
		return
	}
	last := message{Type: "bye", Code: code}
	if code == "restart" {
		last.After = 200 + rand.IntN(3000) // not everybody at once
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(partWithin))
	if s.conn.WriteMessage(websocket.TextMessage, last.text()) == nil {
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(status, code), time.Now().Add(partWithin))
	}
	<-s.pen
	select { // closing at once could overtake what was just written
	case <-s.gone:
	case <-late.C:
	}
}

// signedOut tells a lost right from a database that does not answer.
func signedOut(err error) bool {
	found := fault.Of(err)
	return found != nil && found.Kind == fault.KindUnauthenticated
}
