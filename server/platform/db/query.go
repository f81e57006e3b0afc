package db

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// All gives every row, scanned by column name into T's fields (or, if T is not
// a struct, from the one column). No rows is an empty slice, not an error.
func All[T any](ctx context.Context, tx *Tx, sql SQL, args Args) ([]T, error) {
	reads := tx.Reads()
	rows := ReadAll[T](reads, sql, args)
	if err := reads.Run(ctx); err != nil {
		return nil, err
	}
	return *rows, nil
}

// One gives the one row. It fails with pgx.ErrNoRows if there is none, which
// reaches the caller of the program as "not found".
func One[T any](ctx context.Context, tx *Tx, sql SQL, args Args) (T, error) {
	row, found, err := Maybe[T](ctx, tx, sql, args)
	if err == nil && !found {
		err = pgx.ErrNoRows
	}
	return row, err
}

// Maybe gives the one row if there is one.
func Maybe[T any](ctx context.Context, tx *Tx, sql SQL, args Args) (row T, found bool, err error) {
	reads := tx.Reads()
	got := ReadMaybe[T](reads, sql, args)
	if err := reads.Run(ctx); err != nil {
		return row, false, err
	}
	return got.Row, got.Found, nil
}

// Exec runs a write now and gives the number of rows it touched. Writes whose
// count does not matter go through Batch, which costs no round trip.
func (tx *Tx) Exec(ctx context.Context, sql SQL, args Args) (int64, error) {
	q, err := tx.query(sql, args)
	if err != nil {
		return 0, err
	}
	var rows int64
	q.take = func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		rows = tag.RowsAffected()
		return err
	}
	tx.wrote = true
	return rows, tx.send(ctx, q)
}

// Reads are several reads on their way to the database in one round trip.
type Reads struct {
	tx      *Tx
	queries []query
	failed  error
}

// Reads begins an empty set. Fill it with ReadAll and ReadMaybe, then Run it.
func (tx *Tx) Reads() *Reads { return &Reads{tx: tx} }

// Run sends the set and fills in what ReadAll and ReadMaybe promised.
func (r *Reads) Run(ctx context.Context) error {
	if r.failed != nil {
		return r.failed
	}
	return r.tx.send(ctx, r.queries...)
}

func (r *Reads) add(sql SQL, args Args, take func(pgx.BatchResults) error) {
	q, err := r.tx.query(sql, args)
	if err != nil && r.failed == nil {
		r.failed = err
	}
	q.take = take
	r.queries = append(r.queries, q)
}

// ReadAll adds a read of any number of rows; the slice is filled by Run.
func ReadAll[T any](r *Reads, sql SQL, args Args) *[]T {
	out := &[]T{}
	r.add(sql, args, func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		got, err := pgx.CollectRows(rows, scanner[T]())
		if got != nil {
			*out = got
		}
		return err
	})
	return out
}

// Found is a row that may not be there.
type Found[T any] struct {
	Row   T
	Found bool
}

// ReadMaybe adds a read of at most one row; it is filled in by Run.
func ReadMaybe[T any](r *Reads, sql SQL, args Args) *Found[T] {
	out := &Found[T]{}
	r.add(sql, args, func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		got, err := pgx.CollectExactlyOneRow(rows, scanner[T]())
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		out.Row, out.Found = got, err == nil
		return err
	})
	return out
}

var (
	scans    = reflect.TypeFor[sql.Scanner]()
	timeType = reflect.TypeFor[time.Time]()
	uuidType = reflect.TypeFor[uuid.UUID]()
)

func scanner[T any]() pgx.RowToFunc[T] {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || t == timeType || t == uuidType || reflect.PointerTo(t).Implements(scans) {
		return pgx.RowTo[T]
	}
	return pgx.RowToStructByName[T]
}
