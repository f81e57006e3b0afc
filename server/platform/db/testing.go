package db

import (
	"context"
	"testing"
)

// BeginForTest gives a tenant's transaction that the caller must roll back. It
// exists for package dbtest and panics outside a test.
func (d *DB) BeginForTest(ctx context.Context, id Identity) (*Tx, func(), error) {
	if !testing.Testing() {
		panic("db: BeginForTest outside a test")
	}
	conn, err := d.login.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	tx := &Tx{db: d, conn: conn, id: id, now: d.Now()}
	return tx, func() { tx.rollback(); conn.Release() }, nil
}

// SettleForTest runs what waits for the commit (queued writes, reactions,
// deferred constraints) without committing.
func (tx *Tx) SettleForTest(ctx context.Context) error {
	if !testing.Testing() {
		panic("db: SettleForTest outside a test")
	}
	if err := tx.react(ctx); err != nil {
		return tx.db.translate(err)
	}
	return tx.db.translate(tx.send(ctx, query{sql: "set constraints all immediate", take: execOnly}))
}

// RewriteForTest has every statement changed before it is used, until the function
// that it gives is called: so that the suite can take the statements' own tenant
// predicate away and see what the policies do alone. It panics outside a test.
func RewriteForTest(how func(SQL) SQL) (back func()) {
	if !testing.Testing() {
		panic("db: RewriteForTest outside a test")
	}
	rewrite = how
	compiled.Clear()
	return func() {
		rewrite = nil
		compiled.Clear()
	}
}
