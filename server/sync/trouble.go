package sync

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// trouble is why an entry could not be booked.
type trouble struct{ code, detail string }

// passing holds for trouble that is not the entry's: the till keeps it and sends
// it again. What is neither plainly passing nor plainly of the entry counts as
// the entry's only if no other entry would meet it too.
func passing(err error) bool {
	if f := fault.Of(err); f != nil {
		return f.Passing()
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return !ofTheData(pg.Code)
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed") // pgx has no name for it
}

// ofTheData holds for PostgreSQL's classes of error that come from the values:
// data exceptions, broken constraints, limits of size and what our triggers raise.
func ofTheData(state string) bool {
	for _, class := range []string{"22", "23", "54", "P0"} {
		if strings.HasPrefix(state, class) {
			return true
		}
	}
	return false
}

func troubleOf(err error) trouble {
	if f := fault.Of(err); f != nil && f.Message != "" {
		return trouble{f.Code, f.Message}
	}
	if f := fault.Of(err); f != nil {
		return trouble{f.Code, "The books do not allow this entry as it is."}
	}
	return trouble{codeNotBooked, "The server could not book this entry. Its log says why."}
}

const keepException db.SQL = `
	insert into upload_exceptions (tenant_id, id, device_id, entry_no, kind, code, detail, amount_minor, body, received_at)
	values (@tenant, @id, @device, @no, @kind, @code, @detail, @amount, @body, @now)
	on conflict (tenant_id, id) do nothing`

// except keeps the entry in the inbox under the given id and acknowledges it.
func (t taking) except(ctx context.Context, tx *db.Tx, id uuid.UUID, why trouble) (wire.Ack, error) {
	args := db.Args{
		"id": id, "device": t.device, "no": t.No, "kind": strings.ToValidUTF8(string(t.Kind), "?"), "code": why.code, "detail": why.detail,
		"amount": t.money(), "body": string(t.Body), "now": tx.Now(),
	}
	err := tx.Savepoint(ctx, func(ctx context.Context) error {
		_, err := tx.Exec(ctx, keepException, args)
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && ofTheData(pg.Code) {
		// JSON that PostgreSQL does not take, such as one with a zero character: kept byte for byte.
		whole, marshalErr := json.Marshal(map[string][]byte{"base64": t.Body})
		if marshalErr != nil {
			return wire.Ack{}, marshalErr
		}
		args["body"], args["kind"] = string(whole), strings.ReplaceAll(args["kind"].(string), "\x00", "?")
		_, err = tx.Exec(ctx, keepException, args)
	}
	return t.ack(wire.AckException, why.code), err
}

// money is what the entry moved, as far as that can be read.
func (t taking) money() money.Amount {
	var moved struct {
		Due    money.Amount  `json:"due_minor"`
		Amount money.Amount  `json:"amount_minor"`
		Kind   wire.CashKind `json:"kind"`
	}
	if json.Unmarshal(t.Body, &moved) != nil {
		return 0
	}
	switch t.Kind {
	case wire.EntrySaleFinished:
		return moved.Due
	case wire.EntryCashMoved:
		return moved.Kind.Effect(moved.Amount)
	default:
		return 0
	}
}
