// Package live carries each tenant's changes to whoever watches: ids of what
// changed, in commit order, without a gap. The table is the truth; a socket that
// was away is told what it missed, or to ask for everything again. It sends no
// data and decides nothing about business.
package live

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/wire"
)

const (
	queueLength   = 64               // frames a socket may lag behind before it is closed
	mostMissed    = 10_000           // events told one by one after an absence; more is a reload
	socketsPer    = 20               // sockets one person or device may hold
	sweepEvery    = time.Second      // catches what a crash between commit and wake left
	recheckEvery  = 4 * time.Second  // so that a lost right closes its socket within five
	writeWithin   = 10 * time.Second // a frame's time to leave
	pingEvery     = 25 * time.Second
	silentFor     = 70 * time.Second
	helloWithin   = 10 * time.Second
	slowCloseCode = 4008
)

// Config is what the hub works with.
type Config struct {
	Database  *db.DB
	Authority *auth.Authority
	Topics    []Topic
	// Changed is told first when people, sessions, devices or settings of a tenant
	// have changed, so that what is believed of them is dropped.
	Changed func(tenant uuid.UUID)
	// SignedIn is the permission that everyone signed in holds.
	SignedIn wire.Permission
}

// identityTopics are those after which every socket's rights are looked at again.
var identityTopics = []string{"people.list", "people.sessions", "tills.registers", "company.settings"}

// Hub holds the open sockets of all tenants of this process.
type Hub struct {
	cfg      Config
	upgrader websocket.Upgrader
	topics   map[string]Topic
	mu       sync.Mutex
	rooms    map[uuid.UUID]*room
	draining bool
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// New makes the hub and starts its sweep. Drain ends it.
func New(cfg Config) *Hub {
	ctx, stop := context.WithCancel(context.Background()) //nolint:forbidigo // sockets outlive their requests
	h := &Hub{cfg: cfg, topics: map[string]Topic{}, rooms: map[uuid.UUID]*room{}, ctx: ctx, stop: stop}
	for _, topic := range cfg.Topics {
		h.topics[topic.Name] = topic
	}
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: helloWithin, ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{},
		// The gate in package web has compared Origin with the host already.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	h.running.Add(1)
	go h.sweep()
	return h
}

// Wake says that a transaction of a tenant with writes has committed.
func (h *Hub) Wake(tenant uuid.UUID) {
	h.mu.Lock()
	r := h.rooms[tenant]
	h.mu.Unlock()
	if r != nil {
		r.poke()
	}
}

// Drain tells every socket to come back elsewhere or later, and ends the hub.
func (h *Hub) Drain() {
	h.mu.Lock()
	h.draining = true
	rooms := h.all()
	h.mu.Unlock()
	for _, r := range rooms {
		for _, s := range r.everyone() {
			s.bye("restart", websocket.CloseServiceRestart)
		}
	}
	h.stop()
	h.running.Wait()
}

// Sockets is how many are open, for the metrics.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, r := range h.rooms {
		n += len(r.everyone())
	}
	return n
}

func (h *Hub) all() []*room {
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

func (h *Hub) sweep() {
	defer h.running.Done()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		rooms := h.all()
		h.mu.Unlock()
		for _, r := range rooms {
			r.poke()
		}
		if time.Since(last) >= recheckEvery {
			last = time.Now()
			for _, r := range rooms {
				r.recheck()
			}
		}
	}
}

// room finds or makes a tenant's room.
func (h *Hub) room(tenant uuid.UUID) (*room, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return nil, false
	}
	r := h.rooms[tenant]
	if r == nil {
		r = &room{hub: h, tenant: tenant, sockets: map[*socket]bool{}}
		h.rooms[tenant] = r
	}
	return r, true
}

// Serve makes a request a socket and returns at once; the socket lives on. The
// caller has checked host, origin and that the token is of this tenant.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, tenant uuid.UUID, token auth.Token) {
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	s := &socket{hub: h, conn: conn, token: token, queue: make(chan message, queueLength), gone: make(chan struct{})}
	h.running.Add(1)
	go func() {
		defer h.running.Done()
		s.live(tenant)
	}()
}

// rights gives which of the topics an actor may watch, and which not.
func (h *Hub) rights(actor auth.Actor, asked []string) (allowed, denied []string) {
	for _, name := range asked {
		topic, known := h.topics[name]
		if known && (topic.Needs == h.cfg.SignedIn || actor.Can(topic.Needs) || topic.Tills && actor.Role == wire.Till) {
			allowed = append(allowed, name)
		} else {
			denied = append(denied, name)
		}
	}
	return allowed, denied
}

const (
	readHead db.SQL = `
		select coalesce(max(seq), 0) as seq, coalesce(min(seq), 1) as oldest, public.database_epoch() as epoch
		from   changes
		where  tenant_id = @tenant`

	readSince db.SQL = `
		select seq, topic, entity_id, op
		from   changes
		where  tenant_id = @tenant and seq > @after
		order  by seq
		limit  @most`
)

type head struct {
	Seq    int64
	Oldest int64
	Epoch  uuid.UUID
}

type change struct {
	Seq      int64
	Topic    string
	EntityID *uuid.UUID
	Op       string
}

func (c change) message() message {
	if c.Op == "reload" {
		return message{Type: "reload", Seq: &c.Seq, Topic: &c.Topic}
	}
	return message{Type: "change", Seq: &c.Seq, Topic: &c.Topic, ID: c.EntityID, Op: c.Op}
}

func (h *Hub) head(tenant uuid.UUID) (found head, err error) {
	err = h.cfg.Database.Read(h.ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		found, err = db.One[head](ctx, tx, readHead, db.Args{})
		return err
	})
	return found, err
}

func (h *Hub) since(tenant uuid.UUID, after int64, most int) (found []change, err error) {
	err = h.cfg.Database.Read(h.ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		found, err = db.All[change](ctx, tx, readSince, db.Args{"after": after, "most": most})
		return err
	})
	return found, err
}

// room is one tenant's sockets and how far they have been told.
type room struct {
	hub     *Hub
	tenant  uuid.UUID
	mu      sync.Mutex
	sockets map[*socket]bool
	seq     int64
	epoch   uuid.UUID
	known   bool // seq and epoch have been read
	reading bool
	again   bool
}

func (r *room) everyone() []*socket {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*socket, 0, len(r.sockets))
	for s := range r.sockets {
		all = append(all, s)
	}
	return all
}

// poke reads what is new, once at a time; a poke during that makes one more round.
func (r *room) poke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known || len(r.sockets) == 0 {
		return
	}
	if r.reading {
		r.again = true
		return
	}
	r.reading = true
	r.hub.running.Add(1)
	go func() {
		defer r.hub.running.Done()
		r.read()
	}()
}

func (r *room) read() {
	for {
		found, err := r.hub.since(r.tenant, r.at(), 1000)
		if err != nil && r.hub.ctx.Err() == nil {
			slog.Warn("changes not read; the sweep tries again", "tenant", r.tenant, "error", err)
		}
		if len(found) > 0 {
			r.tell(found)
		}
		r.mu.Lock()
		if err != nil || (len(found) < 1000 && !r.again) {
			r.reading, r.again = false, false
			r.mu.Unlock()
			return
		}
		r.again = false
		r.mu.Unlock()
	}
}

func (r *room) at() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seq
}

func (r *room) tell(found []change) {
	identity := slices.ContainsFunc(found, func(c change) bool { return slices.Contains(identityTopics, c.Topic) })
	if identity && r.hub.cfg.Changed != nil {
		r.hub.cfg.Changed(r.tenant)
	}
	if identity {
		r.recheck() // before the events: who lost a right is not told any more
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range found {
		if c.Seq <= r.seq {
			continue
		}
		for s := range r.sockets {
			s.offer(c)
		}
		r.seq = c.Seq
	}
}

// recheck looks at every socket's rights again.
func (r *room) recheck() {
	for _, s := range r.everyone() {
		s.recheck()
	}
}

// join lets a socket in and gives the place in the stream from which it is told
// everything by the room.
func (r *room) join(s *socket) (seq int64, epoch uuid.UUID, err error) {
	r.mu.Lock()
	known := r.known
	r.mu.Unlock()
	var now head
	if !known {
		if now, err = r.hub.head(r.tenant); err != nil {
			return 0, uuid.Nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known {
		r.seq, r.epoch, r.known = now.Seq, now.Epoch, true
	}
	r.sockets[s] = true
	return r.seq, r.epoch, nil
}

// leave forgets a socket; an empty room is given up, so that the next one to
// come reads the database again.
func (r *room) leave(s *socket) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.sockets, s)
	if len(r.sockets) == 0 && r.hub.rooms[r.tenant] == r {
		delete(r.hub.rooms, r.tenant)
	}
}

// crowded reports whether an actor holds too many sockets already.
func (r *room) crowded(actor uuid.UUID) bool {
	n := 0
	for _, s := range r.everyone() {
		if s.who() == actor {
			n++
		}
	}
	return n > socketsPer
}
