package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/server/platform/db"
)

const (
	readHead db.SQL = `
		select coalesce(max(seq), 0) as seq, public.database_epoch() as epoch
		from   changes
		where  tenant_id = @tenant`

	readEpoch db.SQL = `select public.database_epoch() as epoch`

	readSince db.SQL = `
		select seq, topic, entity_id, op
		from   changes
		where  tenant_id = @tenant and seq > @after
		order  by seq
		limit  @most`
)

// place is a point in a tenant's stream: a number in one life of the database.
type place struct {
	Seq   int64
	Epoch uuid.UUID
}

type change struct {
	Seq      int64
	Topic    string
	EntityID *uuid.UUID
	Op       string
}

// event is a change as it goes out: encoded once for however many sockets.
type event struct {
	seq   int64
	topic string
	text  []byte
}

func (c change) event() event {
	m := message{Type: "change", Seq: &c.Seq, Topic: &c.Topic, ID: c.EntityID, Op: c.Op}
	if c.Op == "reload" {
		m = message{Type: "reload", Seq: &c.Seq, Topic: &c.Topic}
	}
	return event{c.Seq, c.Topic, m.text()}
}

// head reads how far a tenant's stream has come, with all that is committed now.
func (h *Hub) head(tenant uuid.UUID) (place, error) {
	var found *db.Found[place]
	err := h.cfg.Database.Tenant(h.ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		reads := tx.Reads()
		db.ReadMaybe[int64](reads, numberChanges, db.Args{})
		found = db.ReadMaybe[place](reads, readHead, db.Args{})
		return reads.Run(ctx)
	})
	if err != nil {
		return place{}, err
	}
	return found.Row, nil
}

// since numbers what has no number yet and reads what came after one, and in which
// life of the database.
func (h *Hub) since(tenant uuid.UUID, after int64, most int) (found []change, epoch uuid.UUID, err error) {
	err = h.cfg.Database.Tenant(h.ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		reads := tx.Reads()
		db.ReadMaybe[int64](reads, numberChanges, db.Args{})
		life := db.ReadMaybe[uuid.UUID](reads, readEpoch, db.Args{})
		rows := db.ReadAll[change](reads, readSince, db.Args{"after": after, "most": most})
		if err := reads.Run(ctx); err != nil {
			return err
		}
		found, epoch = *rows, life.Row
		return nil
	})
	return found, epoch, err
}

// room is one tenant's sockets and how far they have been told.
type room struct {
	hub    *Hub
	tenant uuid.UUID
	guests int // sockets inside or on their way; guarded by the hub's lock

	mu      sync.Mutex
	sockets map[*socket]struct{}
	at      place
	known   bool    // at has been read
	recent  []event // the last ones up to at, dense
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

// poke numbers and reads what is new, once at a time; a poke during that makes one
// more round. It reports false when nobody is there to tell.
func (r *room) poke() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known || len(r.sockets) == 0 || r.hub.ctx.Err() != nil {
		return false
	}
	if r.reading {
		r.again = true
		return true
	}
	r.reading = true
	go r.read()
	return true
}

func (r *room) read() {
	for {
		r.mu.Lock()
		from := r.at
		r.mu.Unlock()
		found, epoch, err := r.hub.since(r.tenant, from.Seq, readAtOnce)
		switch {
		case err != nil && r.hub.ctx.Err() == nil:
			slog.WarnContext(r.hub.ctx, "changes not read; the sweep tries again", "tenant", r.tenant, "error", err)
		case err == nil && epoch != from.Epoch:
			r.restored()
		case err == nil:
			r.tell(found)
		}
		r.mu.Lock()
		if err != nil || !r.known || (len(found) < readAtOnce && !r.again) {
			r.reading, r.again = false, false
			r.mu.Unlock()
			return
		}
		r.again = false
		r.mu.Unlock()
	}
}

// restored sends everybody away to come back, for their numbers belong to a life
// of the database that is over.
func (r *room) restored() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.recent = false, nil
	for s := range r.sockets {
		s.part("restart", websocket.CloseServiceRestart)
	}
}

func (r *room) tell(found []change) {
	if slices.ContainsFunc(found, func(c change) bool { return slices.Contains(identityTopics, c.Topic) }) {
		if r.hub.cfg.Changed != nil {
			r.hub.cfg.Changed(r.tenant)
		}
		r.recheck() // before the events: who lost a right is not told any more
	}
	if len(found) == 0 {
		return
	}
	var topics []string
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.at.Seq
	for _, c := range found {
		r.recent = append(r.recent, c.event())
		r.at.Seq = c.Seq
		if !slices.Contains(topics, c.Topic) {
			topics = append(topics, c.Topic)
		}
	}
	// Trimmed by halves, so that it is not copied for each event.
	if ring := r.hub.cfg.Ring; len(r.recent) > 2*ring {
		r.recent = slices.Clone(r.recent[len(r.recent)-ring:])
	}
	for s := range r.sockets {
		s.advance(before, r.at.Seq, topics)
	}
}

// after gives some of the events behind a number. It reports false if they are
// not in memory any more.
func (r *room) after(seq int64) ([]event, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if seq >= r.at.Seq {
		return nil, true
	}
	if len(r.recent) == 0 || seq < 0 || r.recent[0].seq > seq+1 {
		return nil, false
	}
	from := int(seq + 1 - r.recent[0].seq)
	return r.recent[from:min(from+64, len(r.recent))], true
}

// recheck looks at every socket's rights again.
func (r *room) recheck() {
	for _, s := range r.everyone() {
		s.recheck()
	}
}

// join lets a socket in and gives the place at which the room stands then.
func (r *room) join(s *socket) (at place, err error) {
	r.mu.Lock()
	known := r.known
	r.mu.Unlock()
	var now place
	if !known {
		if now, err = r.hub.head(r.tenant); err != nil {
			return place{}, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known {
		r.at, r.known = now, true
	}
	r.sockets[s] = struct{}{}
	return r.at, nil
}
