package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"souk/shared/audit"
)

// auditStands looks at each chain from outside: its length, its last row, what was
// signed. Audit follows the chain itself.
const auditStands = `
	with chains as (
		select a.tenant_id, count(*) as many, max(a.seq) as last
		from   audit a
		group  by a.tenant_id)
	select t.slug as tenant, array[]::uuid[] as ids,
	       case when coalesce(c.many, 0) <> coalesce(c.last, 0) then format('the audit trail has %s rows up to number %s', c.many, c.last)
	            when coalesce(c.last, 0) <> coalesce(h.seq, 0) then format('the audit trail ends at %s, it should at %s', coalesce(c.last, 0), coalesce(h.seq, 0))
	            when l.hash is distinct from h.hash then format('the last row of the audit trail, %s, is another one than was sealed', c.last)
	            else format('row %s of the audit trail is not the one that was signed', s.seq) end as what
	from   platform.tenants t
	left   join chains c on c.tenant_id = t.id
	left   join platform.audit_heads h on h.tenant_id = t.id
	left   join audit l on l.tenant_id = t.id and l.seq = h.seq
	left   join lateral (
		select g.seq from audit_signatures g
		left   join audit a on a.tenant_id = g.tenant_id and a.seq = g.seq
		where  g.tenant_id = t.id and a.hash is distinct from g.hash
		order  by g.seq
		limit  1) s on true
	where  coalesce(c.many, 0) <> coalesce(c.last, 0) or coalesce(c.last, 0) <> coalesce(h.seq, 0) or l.hash is distinct from h.hash or s.seq is not null
	limit  @most`

const auditTitle = `select name, now() from company where tenant_id = $1`

const auditTenants = `
	select t.id, t.slug
	from   platform.tenants t
	where  exists (select from audit a where a.tenant_id = t.id) or exists (select from audit_signatures s where s.tenant_id = t.id)
	order  by t.slug`

const auditSignatures = `
	select tenant_id, seq, hash, at, public_key, signature
	from   audit_signatures
	where  tenant_id = $1
	order  by seq`

const auditRows = `
	select tenant_id, seq, at, actor, device, approver, action, tab, op, entity, detail::text, hash,
	       case when op = 'fact' then coalesce(platform.audit_fact(tenant_id, tab, entity, detail), '') end as fact
	from   audit
	where  tenant_id = $1
	order  by seq`

// Trail is one shop's audit trail as it was found.
type Trail struct {
	Tenant string
	Rows   int64
	Facts  int64
	Heads  int
	// Broken is the first row that does not hold; nil if all do.
	Broken *audit.Broken
}

// Audit follows every shop's audit trail from its first row in one snapshot, compares
// each fact with its digest and each signature with its row. The connection must be
// one that row-level security does not bind; it is only read from.
func Audit(ctx context.Context, conn *pgx.Conn) (trails []Trail, err error) {
	pgxuuid.Register(conn.TypeMap())
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin to read: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx))) }()
	if err := seesAll(ctx, tx); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, auditTenants)
	if err != nil {
		return nil, err
	}
	shops, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID   uuid.UUID
		Slug string
	}])
	if err != nil {
		return nil, err
	}
	for _, shop := range shops {
		trail, err := follow(ctx, tx, shop.ID)
		if err != nil {
			return nil, fmt.Errorf("audit trail of %s: %w", shop.Slug, err)
		}
		trail.Tenant = shop.Slug
		trails = append(trails, trail)
	}
	return trails, nil
}

func follow(ctx context.Context, tx pgx.Tx, tenant uuid.UUID) (Trail, error) {
	chain := audit.Chain{Tenant: tenant}
	rows, err := tx.Query(ctx, auditSignatures, tenant)
	if err != nil {
		return Trail{}, err
	}
	if chain.Signed, err = pgx.CollectRows(rows, scanHead); err != nil {
		return Trail{}, err
	}
	trail := Trail{Heads: len(chain.Signed)}
	rows, err = tx.Query(ctx, auditRows, tenant)
	if err != nil {
		return trail, err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := scanRow(rows)
		if err != nil {
			return trail, err
		}
		if err := chain.Next(row); err != nil {
			return trail, broken(&trail, err)
		}
		trail.Rows, trail.Facts = chain.Seq, chain.Facts
	}
	if err := rows.Err(); err != nil {
		return trail, err
	}
	return trail, broken(&trail, chain.End())
}

func broken(trail *Trail, err error) error {
	var at audit.Broken
	if errors.As(err, &at) {
		trail.Broken = &at
		return nil
	}
	return err
}

func scanHead(row pgx.CollectableRow) (head audit.Head, err error) {
	var hash, key, signature []byte
	err = row.Scan(&head.Tenant, &head.Seq, &hash, &head.At, &key, &signature)
	copy(head.Hash[:], hash)
	head.At, head.PublicKey, head.Signature = head.At.UTC(), key, signature
	return head, err
}

func scanRow(row pgx.CollectableRow) (r audit.Row, err error) {
	var hash []byte
	var at time.Time
	err = row.Scan(&r.Tenant, &r.Seq, &at, &r.Actor, &r.Device, &r.Approver, &r.Action, &r.Table, &r.Op, &r.Entity, &r.Detail, &hash, &r.Fact)
	copy(r.Hash[:], hash)
	r.At = at.UTC()
	return r, err
}

// Proof writes one shop's whole trail for the stand-alone checker.
func Proof(ctx context.Context, conn *pgx.Conn, tenant uuid.UUID, out io.Writer) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	title := audit.Title{Tenant: tenant}
	if err := tx.QueryRow(ctx, auditTitle, tenant).Scan(&title.Shop, &title.MadeAt); err != nil {
		return err
	}
	title.MadeAt = title.MadeAt.UTC()
	file, err := audit.NewWriter(out, title)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, auditSignatures, tenant)
	if err != nil {
		return err
	}
	heads, err := pgx.CollectRows(rows, scanHead)
	for _, head := range heads {
		err = errors.Join(err, file.Head(head))
	}
	if err != nil {
		return err
	}
	if rows, err = tx.Query(ctx, auditRows, tenant); err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := scanRow(rows)
		if err == nil {
			err = file.Row(row)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), file.End())
}
