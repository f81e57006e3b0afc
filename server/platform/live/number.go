package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

const (
	numberChanges db.SQL = `select number_changes()`

	pruneChanges db.SQL = `select prune_changes()`

	allTenants db.SQL = `select id from platform.tenants`

	tenantsLeft db.SQL = `select distinct tenant_id from platform.change_queue`
)

const (
	// A shop that nobody watches is numbered a little later, for all of its changes at once.
	unwatchedAfter = 50 * time.Millisecond
	leftEvery      = 5 * time.Minute
	pruneEvery     = 24 * time.Hour
	pruneFirst     = 10 * time.Minute // after the start: a server may never run for a day
)

// Number gives a tenant's committed changes their numbers. The hub does so by
// itself after each commit; a program without a hub calls it before it reads the
// stream. Any number of callers may do so at once.
func Number(ctx context.Context, database *db.DB, tenant uuid.UUID) error {
	return database.Tenant(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		_, err := db.One[int64](ctx, tx, numberChanges, db.Args{})
		return err
	})
}

// numberLater numbers a tenant that nobody in this process watches.
func (h *Hub) numberLater(tenant uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unnumbered[tenant] = struct{}{}
	if h.numbering || h.draining {
		return
	}
	h.numbering = true
	h.running.Go(h.numberUnwatched)
}

func (h *Hub) numberUnwatched() {
	for {
		select {
		case <-h.ctx.Done():
			return // the next start numbers what is left
		case <-time.After(unwatchedAfter):
		}
		h.mu.Lock()
		tenants := h.unnumbered
		h.unnumbered = map[uuid.UUID]struct{}{}
		if len(tenants) == 0 {
			h.numbering = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		for tenant := range tenants {
			if err := Number(h.ctx, h.cfg.Database, tenant); err != nil && h.ctx.Err() == nil {
				slog.WarnContext(h.ctx, "changes not numbered; the sweep tries again", "tenant", tenant, "error", err)
			}
		}
	}
}

// prune drops the changes that are kept no longer, of every shop.
func (h *Hub) prune() {
	var all []uuid.UUID
	err := h.cfg.Database.Platform(h.ctx, "drop changes that are kept no longer", func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All[uuid.UUID](ctx, tx, allTenants, db.Args{})
		return err
	})
	for _, tenant := range all {
		if err != nil || h.ctx.Err() != nil {
			break
		}
		err = Prune(h.ctx, h.cfg.Database, tenant)
	}
	if err != nil && h.ctx.Err() == nil {
		slog.WarnContext(h.ctx, "old changes not dropped; tomorrow's round tries again", "error", err)
	}
}

// Prune drops a tenant's changes that are kept no longer: older than thirty days.
func Prune(ctx context.Context, database *db.DB, tenant uuid.UUID) error {
	return database.Tenant(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		_, err := db.One[int64](ctx, tx, pruneChanges, db.Args{})
		return err
	})
}

// numberLeft finds the changes that were committed by a process that ended before
// it could number them.
func (h *Hub) numberLeft() {
	var left []uuid.UUID
	err := h.cfg.Database.Platform(h.ctx, "number the changes that a stopped server left", func(ctx context.Context, tx *db.Tx) (err error) {
		left, err = db.All[uuid.UUID](ctx, tx, tenantsLeft, db.Args{})
		return err
	})
	if err != nil && h.ctx.Err() == nil {
		slog.WarnContext(h.ctx, "changes without a number not looked for", "error", err)
	}
	for _, tenant := range left {
		h.Wake(tenant)
	}
}
