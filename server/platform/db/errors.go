package db

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"souk/shared/fault"
)

// translate turns what PostgreSQL says into the fault it stands for. What has no
// fault stays as it is and counts as internal.
func (d *DB) translate(err error) error {
	if err == nil || fault.Of(err) != nil {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NotFound("request.not_found", fault.Because(err)).Say("There is nothing here by that id.")
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return d.translateServer(pg, err)
	}
	if lostConnection(err) {
		return fault.Unavailable("server.database_down", fault.Because(err)).
			Say("The server cannot reach its database. Try again in a moment.")
	}
	return err
}

func (d *DB) translateServer(pg *pgconn.PgError, err error) error {
	if code := d.faults[pg.ConstraintName]; code != "" {
		return fault.Conflict(code, fault.Because(err))
	}
	switch pg.Code {
	case "23505":
		return fault.Conflict("request.already_exists", fault.Because(err)).Say("This already exists.")
	case "23503":
		return fault.Invalid("request.unknown_reference", fault.Because(err)).
			Say("Something that this refers to does not exist.")
	case "22021", "22P05":
		return fault.Invalid("request.unreadable_text", fault.Because(err)).
			Say("A text has a character in it that cannot be kept. Type it anew.")
	case "40001", "40P01", "55P03":
		return fault.Unavailable("server.busy", fault.Because(err)).
			Say("Too many people changed the same thing at once. Try again.")
	case "53100", "53200", "53300", "57P01", "57P02", "57P03":
		return fault.Unavailable("server.database_down", fault.Because(err)).
			Say("The server's database is not available. Try again in a moment.")
	}
	return err
}

// IsUnique reports whether err is the violation of the named unique constraint.
func IsUnique(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == constraint
}

func lostConnection(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var dial *pgconn.ConnectError
	var network net.Error
	// PostgreSQL that dies in the middle of an answer just ends it.
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	return cut || errors.As(err, &dial) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}
