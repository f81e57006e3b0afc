// Package audit takes what transactions wrote down about themselves into each shop's
// chain, after their commit, and signs now and then where the chain stands. The rows
// are made by triggers in the database: nothing here can forget one. It shows nothing
// and knows no business word.
package audit

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	chain "souk/shared/audit"
)

const (
	sealAudit db.SQL = `select seal_audit()`

	waitingTenants db.SQL = `select distinct tenant_id from platform.audit_queue`

	readHead db.SQL = `
		select tenant_id, seq, hash
		from   audit
		where  tenant_id = @tenant
		order  by seq desc
		limit  1`

	addSignature db.SQL = `
		insert into audit_signatures (tenant_id, seq, hash, at, public_key, signature)
		values (@tenant, @seq, @hash, @at, @key, @signature)
		on     conflict do nothing`
)

const (
	// A commit is sealed this much later, together with what else was committed.
	sealAfter  = 250 * time.Millisecond
	signEvery  = time.Minute
	sweepEvery = 5 * time.Minute
	// As many rows as one call takes.
	atOnce = 1000
)

// Seal takes a tenant's committed rows into its chain, all of them, and says how many
// they were. Any number of callers may do so at once.
func Seal(ctx context.Context, database *db.DB, tenant uuid.UUID) (int64, error) {
	for sealed := int64(0); ; {
		var took int64
		err := database.Tenant(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
			took, err = db.One[int64](ctx, tx, sealAudit, db.Args{})
			return err
		})
		if sealed += took; err != nil || took < atOnce {
			return sealed, err
		}
	}
}

type headRow struct {
	TenantID uuid.UUID
	Seq      int64
	Hash     []byte
}

// Sign signs where a tenant's chain stands. A chain without a row is not signed.
func Sign(ctx context.Context, database *db.DB, tenant uuid.UUID, key ed25519.PrivateKey) error {
	return database.Tenant(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) error {
		row, found, err := db.Maybe[headRow](ctx, tx, readHead, db.Args{})
		if err != nil || !found {
			return err
		}
		head := chain.Head{Tenant: tenant, Seq: row.Seq, At: tx.Now()}
		copy(head.Hash[:], row.Hash)
		head = head.Sign(key)
		b := tx.Batch()
		b.Exec(addSignature, db.Args{"seq": head.Seq, "hash": head.Hash[:], "at": head.At, "key": []byte(head.PublicKey), "signature": []byte(head.Signature)})
		return b.Done()
	})
}

// Sealer seals and signs for all tenants of this process. Several may run over one
// database.
type Sealer struct {
	database *db.DB
	key      ed25519.PrivateKey
	bell     chan struct{}

	mu       sync.Mutex
	waiting  map[uuid.UUID]struct{}
	unsigned map[uuid.UUID]struct{}
	signed   map[uuid.UUID]time.Time
}

// NewSealer makes one for the whole program. Without a key nothing is signed.
func NewSealer(database *db.DB, key ed25519.PrivateKey) *Sealer {
	return &Sealer{
		database: database, key: key, bell: make(chan struct{}, 1),
		waiting: map[uuid.UUID]struct{}{}, unsigned: map[uuid.UUID]struct{}{}, signed: map[uuid.UUID]time.Time{},
	}
}

// Committed says that a tenant's transaction has committed.
func (s *Sealer) Committed(tenant uuid.UUID) {
	s.mu.Lock()
	s.waiting[tenant] = struct{}{}
	s.mu.Unlock()
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// Run works until ctx ends; what is left then, the next start finds.
func (s *Sealer) Run(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	s.findLeft(ctx)
	for {
		var later <-chan time.Time
		if s.owes() {
			later = time.After(signEvery / 4)
		}
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			s.findLeft(ctx)
		case <-s.bell:
		case <-later:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sealAfter):
		}
		s.round(ctx)
	}
}

func (s *Sealer) owes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unsigned) > 0
}

func (s *Sealer) round(ctx context.Context) {
	s.mu.Lock()
	tenants := s.waiting
	s.waiting = map[uuid.UUID]struct{}{}
	s.mu.Unlock()
	for tenant := range tenants {
		sealed, err := Seal(ctx, s.database, tenant)
		if err != nil {
			s.failed(ctx, "audit not sealed; the sweep tries again", tenant, err)
			continue
		}
		if sealed > 0 && s.key != nil {
			s.mu.Lock()
			s.unsigned[tenant] = struct{}{}
			s.mu.Unlock()
		}
	}
	s.signDue(ctx)
}

func (s *Sealer) signDue(ctx context.Context) {
	now := s.database.Now()
	s.mu.Lock()
	var due []uuid.UUID
	for tenant := range s.unsigned {
		if now.Sub(s.signed[tenant]) >= signEvery {
			due = append(due, tenant)
			delete(s.unsigned, tenant)
			s.signed[tenant] = now
		}
	}
	s.mu.Unlock()
	for _, tenant := range due {
		if err := Sign(ctx, s.database, tenant, s.key); err != nil {
			s.failed(ctx, "audit not signed; the next change of the shop tries again", tenant, err)
		}
	}
}

// findLeft finds what a stopped process has left.
func (s *Sealer) findLeft(ctx context.Context) {
	var left []uuid.UUID
	err := s.database.Platform(ctx, "seal the audit that a stopped server left", func(ctx context.Context, tx *db.Tx) (err error) {
		left, err = db.All[uuid.UUID](ctx, tx, waitingTenants, db.Args{})
		return err
	})
	if err != nil {
		s.failed(ctx, "audit left by a stopped server not looked for", uuid.Nil, err)
	}
	for _, tenant := range left {
		s.Committed(tenant)
	}
}

func (s *Sealer) failed(ctx context.Context, what string, tenant uuid.UUID, err error) {
	if ctx.Err() == nil {
		slog.WarnContext(ctx, what, "tenant", tenant, "error", err)
	}
}
