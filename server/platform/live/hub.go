// Package live carries each tenant's changes to whoever watches: ids of what
// changed, in commit order, without a gap. The table is the truth; a socket that
// was away is told what it missed, or to ask for everything again. It sends no
// data and decides nothing about business.
package live

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/wire"
)

const (
	ringLength    = 4096 // events of a tenant kept in memory; who lags behind more is closed
	readAtOnce    = 1000
	mostMissed    = 10_000           // events told one by one after an absence; more is a reload
	socketsPer    = 20               // sockets one person or device may hold
	sweepEvery    = time.Second      // catches what a crash between commit and wake left
	recheckEvery  = 4 * time.Second  // for what no event announces: a session's end by the clock
	writeWithin   = 10 * time.Second // a frame's time to leave
	partWithin    = 2 * time.Second  // a goodbye's
	pingEvery     = 25 * time.Second
	silentFor     = 70 * time.Second
	helloWithin   = 10 * time.Second
	framesPerMin  = 600 // that a client may send; a hello and pings are a handful
	slowCloseCode = 4008
)

// Config is what the hub works with.
type Config struct {
	Database  *db.DB
	Authority *auth.Authority
	Topics    []Topic
	// Changed is told first when people, roles, sessions, devices or settings of a tenant
	// have changed, so that what is believed of them is dropped.
	Changed func(tenant uuid.UUID)
	// SignedIn is the permission that everyone signed in holds.
	SignedIn wire.Permission
	// Ring is how many events of a tenant are kept in memory; 0 means 4,096.
	Ring int
}

// identityTopics are those after which every socket's rights are looked at again.
var identityTopics = []string{"people.list", "people.roles", "people.sessions", "support.grants", "tills.registers", "company.settings"}

// Hub holds the open sockets of all tenants of this process.
type Hub struct {
	cfg      Config
	upgrader websocket.Upgrader
	topics   map[string]Topic
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	sockets  map[*socket]struct{} // from the upgrade on, before their hello too
	held     map[holder]int
	rooms    map[uuid.UUID]*room
	draining bool

	unnumbered map[uuid.UUID]struct{} // changed, and nobody here watches
	numbering  bool
}

// holder is a person or a device, whose sockets are counted.
type holder struct{ tenant, actor uuid.UUID }

// New makes the hub and starts its sweep. Drain ends it.
func New(cfg Config) *Hub {
	ctx, stop := context.WithCancel(context.Background()) //nolint:forbidigo // sockets outlive their requests
	h := &Hub{
		cfg: cfg, topics: map[string]Topic{}, ctx: ctx, stop: stop,
		sockets: map[*socket]struct{}{}, held: map[holder]int{}, rooms: map[uuid.UUID]*room{},
		unnumbered: map[uuid.UUID]struct{}{},
	}
	if cfg.Ring == 0 {
		h.cfg.Ring = ringLength
	}
	for _, topic := range cfg.Topics {
		h.topics[topic.Name] = topic
	}
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: helloWithin, ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{},
		// The gate in package web has compared Origin with the host already.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	h.running.Go(h.sweep)
	return h
}

// Wake says that a transaction of a tenant with writes has committed.
func (h *Hub) Wake(tenant uuid.UUID) {
	h.mu.Lock()
	r := h.rooms[tenant]
	h.mu.Unlock()
	if r == nil || !r.poke() {
		h.numberLater(tenant)
	}
}

// Drain tells every socket to come back elsewhere or later, lets no new one in
// and returns when the hub has ended. Sockets that do not take leave are cut.
func (h *Hub) Drain() {
	h.mu.Lock()
	h.draining = true
	for s := range h.sockets {
		s.part("restart", websocket.CloseServiceRestart)
	}
	h.mu.Unlock()
	h.stop()
	h.running.Wait()
}

// Sockets is how many are open, for the metrics.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets)
}

func (h *Hub) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	h.numberLeft()
	checked, numbered := time.Now(), time.Now()
	pruned := time.Now().Add(pruneFirst - pruneEvery)
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		if time.Since(numbered) >= leftEvery {
			numbered = time.Now()
			h.numberLeft()
		}
		if time.Since(pruned) >= pruneEvery {
			pruned = time.Now()
			h.running.Go(h.prune)
		}
		again := time.Since(checked) >= recheckEvery
		if again {
			checked = time.Now()
		}
		for _, r := range h.occupied() {
			r.poke()
			if again {
				r.recheck()
			}
		}
	}
}

func (h *Hub) occupied() []*room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// Serve makes a request a socket and returns at once; the socket lives on. The
// caller has checked host, origin and that the token is of this tenant.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, tenant uuid.UUID, token auth.Token) {
	actor, err := h.cfg.Authority.Resolve(r.Context(), token)
	if err != nil {
		status := http.StatusServiceUnavailable
		if signedOut(err) {
			status = http.StatusUnauthorized
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	s := &socket{
		hub: h, conn: conn, token: token, holder: holder{tenant, actor.Identity().Actor},
		pen: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	if !h.admit(s) {
		_ = conn.Close()
	}
}

// admit starts a socket's life, unless the hub is ending.
func (h *Hub) admit(s *socket) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return false
	}
	h.sockets[s] = struct{}{}
	h.held[s.holder]++
	crowded := h.held[s.holder] > socketsPer
	h.running.Go(func() {
		if crowded {
			s.part("too_many", websocket.ClosePolicyViolation)
		}
		s.live(crowded)
	})
	return true
}

func (h *Hub) release(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
	if h.held[s.holder]--; h.held[s.holder] == 0 {
		delete(h.held, s.holder)
	}
}

// enter finds or makes a tenant's room. Whoever enters must leave.
func (h *Hub) enter(tenant uuid.UUID) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[tenant]
	if r == nil {
		r = &room{hub: h, tenant: tenant, sockets: map[*socket]struct{}{}}
		h.rooms[tenant] = r
	}
	r.guests++
	return r
}

// leave gives up an empty room, so that the next one to come reads the database
// again.
func (h *Hub) leave(r *room, s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.mu.Lock()
	delete(r.sockets, s)
	r.mu.Unlock()
	if r.guests--; r.guests == 0 {
		delete(h.rooms, r.tenant)
	}
}

// rights gives which of the topics an actor may watch, and which not.
func (h *Hub) rights(actor auth.Actor, asked []string) (allowed, denied []string) {
	for _, name := range asked {
		topic, known := h.topics[name]
		if known && actor.Uses(topic.Module) && (topic.Needs == h.cfg.SignedIn || actor.Can(topic.Needs) || topic.Tills && actor.Role == wire.Till) {
			allowed = append(allowed, name)
		} else {
			denied = append(denied, name)
		}
	}
	return allowed, denied
}
