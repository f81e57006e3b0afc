package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Tx is a transaction bound to one tenant and one actor. It is obtained only
// from Tenant, Read or Platform and is good until the function given there
// returns. It is not safe for concurrent use.
type Tx struct {
	db       *DB
	conn     *pgxpool.Conn
	id       Identity
	now      time.Time
	action   string
	platform string // the reason, when this is the platform's transaction
	readOnly bool
	begun    bool
	wrote    bool
	first    []query // sent with the first statement
	queued   []query // writes not yet sent
	events   []any
	after    []func() // run when it has committed
}

type actionKey struct{}

// WithAction says what is being done, as the audit shows it: a route, a kind of
// background work, a command.
func WithAction(ctx context.Context, action string) context.Context {
	return context.WithValue(ctx, actionKey{}, action)
}

const approvedBy SQL = `select approved_by(@person)`

// ApprovedBy names in the audit who approved what the rest of this transaction does.
func (b *Batch) ApprovedBy(person uuid.UUID) { b.Exec(approvedBy, Args{"person": person}) }

// query is one statement on its way, and what to do with its answer.
type query struct {
	sql  string
	args []any
	take func(pgx.BatchResults) error
}

func execOnly(results pgx.BatchResults) error { _, err := results.Exec(); return err }

// What is being done, by whom, where and when is said before the role is taken:
// nothing after that can say otherwise, and the audit takes it from here.
const bindContext = `select set_config('app.tenant_id', $1, true), set_config('app.actor', $2, true), set_config('app.device', $3, true),
	set_config('app.action', $4, true), set_config('app.at', $5, true), set_config('role', 'app_user', true)`

// The same for a read, which is one implicit transaction a round trip and may not write.
const bindReading = `select set_config('app.tenant_id', $1, true), set_config('app.actor', $2, true), set_config('role', 'app_user', true), set_config('transaction_read_only', 'on', true)`

const logAccess = `insert into platform.access_log (reason) values ($1)`

// Tenant runs fn in a transaction of one tenant and commits what it did, or
// does none of it. A deadlock or a serialization failure runs fn again, up to
// five times, so fn must do nothing but use its transaction.
//
// Fails with what fn failed with, and with the fault that a broken constraint
// stands for.
func (d *DB) Tenant(ctx context.Context, id Identity, fn func(context.Context, *Tx) error) error {
	if id.Tenant == uuid.Nil {
		return errors.New("db: a tenant's transaction without a tenant")
	}
	return d.retrying(ctx, func() error {
		return d.run(ctx, d.login, &Tx{id: id}, fn)
	})
}

// Read runs fn in one tenant's context without the right to write. Each
// statement is a round trip and a snapshot of its own, as it would be inside a
// transaction at the default isolation; pipeline with Reads what must agree.
func (d *DB) Read(ctx context.Context, id Identity, fn func(context.Context, *Tx) error) error {
	if id.Tenant == uuid.Nil {
		return errors.New("db: a tenant's transaction without a tenant")
	}
	return d.translate(d.run(ctx, d.login, &Tx{id: id, readOnly: true}, fn))
}

// Platform runs fn in a transaction that has no tenant and sees schema platform
// only. The reason is kept in platform.access_log.
func (d *DB) Platform(ctx context.Context, reason string, fn func(context.Context, *Tx) error) error {
	if reason == "" {
		return errors.New("db: the platform's pool needs a reason")
	}
	return d.retrying(ctx, func() error {
		return d.run(ctx, d.platform, &Tx{platform: reason}, fn)
	})
}

const attempts = 5

func (d *DB) retrying(ctx context.Context, run func() error) error {
	for attempt := 1; ; attempt++ {
		err := run()
		var pg *pgconn.PgError
		again := errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
		if !again || attempt == attempts || ctx.Err() != nil {
			return d.translate(err)
		}
		time.Sleep(time.Duration(rand.IntN(attempt*10)+1) * time.Millisecond)
	}
}

func (d *DB) run(ctx context.Context, pool *pgxpool.Pool, tx *Tx, fn func(context.Context, *Tx) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire a connection: %w", err)
	}
	defer conn.Release()
	tx.db, tx.conn, tx.now = d, conn, d.Now()
	tx.action, _ = ctx.Value(actionKey{}).(string)
	defer func() {
		if problem := recover(); problem != nil {
			tx.rollback()
			panic(problem)
		}
	}()

	if err := fn(ctx, tx); err != nil {
		tx.rollback()
		return err
	}
	if err := tx.commit(ctx); err != nil {
		tx.rollback()
		return err
	}
	for _, then := range tx.after {
		then()
	}
	if tx.wrote && d.hooks.committed != nil && tx.platform == "" {
		d.hooks.committed(tx.id.Tenant)
	}
	return nil
}

// Now is the one instant of this transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// TenantID is the tenant this transaction is bound to.
func (tx *Tx) TenantID() uuid.UUID { return tx.id.Tenant }

// ActorID is the person or device that acts.
func (tx *Tx) ActorID() uuid.UUID { return tx.id.Actor }

// After runs fn when the transaction has committed, before whoever asked for it is
// answered; never, if it does not commit.
func (tx *Tx) After(fn func()) { tx.after = append(tx.after, fn) }

// Stores are those whose rows this transaction sees and changes.
func (tx *Tx) Stores() Stores { return tx.id.Stores }

// Narrow limits the rest of this transaction further. Nothing widens it again.
func (tx *Tx) Narrow(to Stores) { tx.id.Stores = tx.id.Stores.Within(to) }

// First queues a read to be sent with the first statement of the transaction,
// at no round trip of its own. take is given the row's error too; the error it
// returns ends the transaction.
func (tx *Tx) First(sql SQL, args Args, take func(pgx.Row) error) error {
	q, err := tx.query(sql, args)
	if err != nil {
		return err
	}
	q.take = func(results pgx.BatchResults) error { return take(results.QueryRow()) }
	tx.first = append(tx.first, q)
	return nil
}

func (tx *Tx) query(sql SQL, args Args) (query, error) {
	st := compile(sql)
	bound := Args{}
	if tx.platform == "" {
		bound["tenant"] = tx.id.Tenant
	}
	if tx.id.Stores.said {
		bound["stores"] = tx.id.Stores.only
	}
	values, err := st.bind(args, bound)
	return query{sql: st.text, args: values}, err
}

// opening is what must come before the first statement of a round trip.
func (tx *Tx) opening() []query {
	if tx.readOnly {
		return []query{{sql: bindReading, args: []any{tx.id.Tenant.String(), actorText(tx.id)}, take: execOnly}}
	}
	if tx.begun {
		return nil
	}
	if tx.platform != "" {
		return []query{{sql: "begin", take: execOnly}, {sql: logAccess, args: []any{tx.platform}, take: execOnly}}
	}
	return []query{
		{sql: "begin", take: execOnly},
		{sql: bindContext, args: []any{tx.id.Tenant.String(), actorText(tx.id), deviceText(tx.id), tx.action, tx.now.Format(time.RFC3339Nano)}, take: execOnly},
	}
}

func deviceText(id Identity) string {
	if id.Device == uuid.Nil {
		return ""
	}
	return id.Device.String()
}

func actorText(id Identity) string {
	if id.Actor == uuid.Nil {
		return ""
	}
	return id.Actor.String()
}

// send pipelines everything that waits, then the given statements, in one round trip.
func (tx *Tx) send(ctx context.Context, more ...query) error {
	all := tx.opening()
	all = append(all, tx.first...)
	all = append(all, tx.queued...)
	all = append(all, more...)
	tx.first, tx.queued = nil, nil
	tx.begun = true

	batch := &pgx.Batch{}
	for _, q := range all {
		batch.Queue(q.sql, q.args...)
	}
	results := tx.conn.SendBatch(ctx, batch)
	var failed error
	for _, q := range all {
		if failed = q.take(results); failed != nil {
			break
		}
	}
	// After a failure, Close repeats it; the first one names the statement's own error.
	if err := results.Close(); failed == nil {
		failed = err
	}
	return failed
}

func (tx *Tx) commit(ctx context.Context) error {
	if err := tx.react(ctx); err != nil {
		return err
	}
	if tx.readOnly || (!tx.begun && len(tx.queued) == 0 && len(tx.first) == 0) {
		return nil
	}
	return tx.send(ctx, query{sql: "commit", take: execOnly})
}

// rollback leaves the connection idle, or lets the pool drop it.
func (tx *Tx) rollback() {
	if !tx.begun || tx.readOnly {
		return
	}
	// The request may be over; the connection still has to be made clean.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) //nolint:forbidigo // outlives the request
	defer cancel()
	if _, err := tx.conn.Exec(ctx, "rollback"); err != nil {
		_ = tx.conn.Conn().Close(ctx)
	}
}

// Savepoint runs fn and, if it fails, undoes what fn did and nothing else.
func (tx *Tx) Savepoint(ctx context.Context, fn func(context.Context) error) error {
	if err := tx.send(ctx, query{sql: "savepoint inner_work", take: execOnly}); err != nil {
		return err
	}
	events := len(tx.events)
	err := fn(ctx)
	if err == nil {
		err = tx.send(ctx, query{sql: "release savepoint inner_work", take: execOnly})
	}
	if err == nil {
		return nil
	}
	tx.queued, tx.events = nil, tx.events[:events]
	if back := tx.send(ctx, query{sql: "rollback to savepoint inner_work", take: execOnly}); back != nil {
		return errors.Join(err, back)
	}
	return tx.db.translate(err)
}
