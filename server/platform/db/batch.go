package db

import "context"

// Batch collects writes that are sent with the next statement of the
// transaction, at the latest with its commit. Statements arrive in the order in
// which they were added.
type Batch struct {
	tx     *Tx
	failed error
}

// Batch begins a set of writes.
func (tx *Tx) Batch() *Batch { return &Batch{tx: tx} }

// Exec adds one write. A mistake in its arguments comes out of Done, Flush or Emit.
func (b *Batch) Exec(sql SQL, args Args) {
	q, err := b.tx.query(sql, args)
	if err != nil {
		if b.failed == nil {
			b.failed = err
		}
		return
	}
	q.take = execOnly
	b.tx.wrote = true
	b.tx.queued = append(b.tx.queued, q)
}

// Done gives the first mistake made while adding, if any.
func (b *Batch) Done() error { return b.failed }

// Emit tells other modules what happened. They react inside this transaction,
// before it commits, and may refuse it.
func (b *Batch) Emit(event any) error {
	if b.failed == nil {
		b.tx.events = append(b.tx.events, event)
	}
	return b.failed
}

// Tx is the transaction, for helpers that are given only the batch.
func (b *Batch) Tx() *Tx { return b.tx }

// Flush sends the writes now, for a reader that must see them.
func (b *Batch) Flush(ctx context.Context) error {
	if b.failed != nil {
		return b.failed
	}
	if len(b.tx.queued) == 0 {
		return nil
	}
	return b.tx.send(ctx)
}

func (tx *Tx) react(ctx context.Context) error {
	for len(tx.events) > 0 {
		event := tx.events[0]
		tx.events = tx.events[1:]
		if tx.db.hooks.emit == nil {
			continue
		}
		if err := tx.db.hooks.emit(ctx, tx, event); err != nil {
			return err
		}
	}
	return nil
}
