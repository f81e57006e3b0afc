package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"souk/server/platform/db"
	"souk/shared/fault"
)

const idempotencyKey = "Idempotency-Key"

const findOperation db.SQL = `
	select request_hash, status, response from operations where tenant_id = @tenant and id = @id`

const keepOperation db.SQL = `
	insert into operations (tenant_id, id, actor, route, request_hash, status, response, at)
	values (@tenant, @id, @actor, @route, @hash, @status, @response, @at)`

// replayed ends a transaction because its answer is already known.
type replayed struct {
	hash     []byte
	status   int
	response []byte
}

func (r *replayed) Error() string { return "this operation has been done before" }

// writing runs a use case exactly once for its Idempotency-Key. The stored
// answer is looked for in the same round trip as the use case's first statement
// and kept in the same transaction as what it did.
func writing[I, O any](s *Server, r Route, use Use[I, O]) handler[I] {
	return func(ctx context.Context, in I) (*reply, error) {
		c := callOf(ctx)
		if c.operation == uuid.Nil {
			return nil, fault.Invalid("request.key_missing").
				Say("Send an Idempotency-Key header: a fresh UUID for each thing to be done.")
		}
		hash, err := requestHash(r, c.actor.Identity().Actor, in)
		if err != nil {
			return nil, err
		}
		answer := &reply{}
		once := func() error {
			return s.database.Tenant(ctx, c.actor.Identity(), func(ctx context.Context, tx *db.Tx) error {
				if err := tx.First(findOperation, db.Args{"id": c.operation}, endIfKnown); err != nil {
					return err
				}
				out, err := use(ctx, tx, in)
				if err != nil {
					return err
				}
				if answer.Status, answer.Body, err = encode(out); err != nil {
					return err
				}
				return keep(tx, r, hash, answer, c)
			})
		}
		err = once()
		if db.IsUnique(err, "operations_pkey") {
			err = once() // the same request arrived twice at the same moment: the other one won
		}
		var before *replayed
		if !errors.As(err, &before) {
			return answer, err
		}
		if !bytes.Equal(before.hash, hash) {
			return nil, fault.Invalid("request.key_reused").
				Say("This Idempotency-Key was used for something else. Nothing was changed; send a fresh key.")
		}
		return &reply{Status: before.status, Body: before.response}, nil
	}
}

func endIfKnown(row pgx.Row) error {
	var before replayed
	err := row.Scan(&before.hash, &before.status, &before.response)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &before
}

func keep(tx *db.Tx, r Route, hash []byte, answer *reply, c *call) error {
	batch := tx.Batch()
	batch.Exec(keepOperation, db.Args{
		"id": c.operation, "actor": c.actor.Identity().Actor, "route": r.Name(), "hash": hash,
		"status": answer.Status, "response": answer.Body, "at": tx.Now(),
	})
	return batch.Done()
}

func reading[I, O any](s *Server, use Use[I, O]) handler[I] {
	return func(ctx context.Context, in I) (*reply, error) {
		answer := &reply{}
		err := s.database.Read(ctx, identityOf(ctx),
			func(ctx context.Context, tx *db.Tx) error {
				out, err := use(ctx, tx, in)
				if err != nil {
					return err
				}
				answer.Status, answer.Body, err = encode(out)
				return err
			})
		return answer, err
	}
}

func outside[I, O any](s *Server, _ Route, use UseOutside[I, O]) handler[I] {
	return func(ctx context.Context, in I) (*reply, error) {
		out, err := use(ctx, s.database, in)
		if err != nil {
			return nil, err
		}
		status, body, err := encode(out)
		return &reply{Status: status, Body: body}, err
	}
}

func encode(out any) (int, []byte, error) {
	if _, none := out.(None); none {
		return http.StatusNoContent, []byte{}, nil
	}
	body, err := json.Marshal(out)
	return http.StatusOK, body, err
}

// requestHash is over who asks and what the request means (route, path, query and
// body after decoding), not over its spelling: nobody gets another's answer.
func requestHash(r Route, actor uuid.UUID, in any) ([]byte, error) {
	meaning, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("hash the request: %w", err)
	}
	sum := sha256.Sum256(append([]byte(actor.String()+" "+r.Name()+"\n"), meaning...))
	return sum[:], nil
}
