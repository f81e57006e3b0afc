package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"souk/server/verify"
)

// VerifyAudit follows every shop's audit trail and says of each whether it holds, and
// of one that does not at which row. It fails if any does not.
func VerifyAudit(ctx context.Context, cfg Config, out io.Writer) (err error) {
	return reading(ctx, cfg, func(conn *pgx.Conn) error {
		trails, err := verify.Audit(ctx, conn)
		if err != nil {
			return err
		}
		broken := 0
		for _, trail := range trails {
			if trail.Broken != nil {
				broken++
				fmt.Fprintf(out, "%-24s DOES NOT HOLD: %s\n", trail.Tenant, trail.Broken)
				continue
			}
			fmt.Fprintf(out, "%-24s holds: %d rows, %d facts compared, %d signed heads\n", trail.Tenant, trail.Rows, trail.Facts, trail.Heads)
		}
		if broken > 0 {
			return fmt.Errorf("%d of %d audit trails do not hold", broken, len(trails))
		}
		fmt.Fprintf(out, "%d audit trails hold.\n", len(trails))
		return nil
	})
}

// WriteProof writes the proof of a shop's audit trail to a new file.
func WriteProof(ctx context.Context, cfg Config, slug, file string, out io.Writer) (err error) {
	return exporting(ctx, cfg, slug, file, func(conn *pgx.Conn, tenant uuid.UUID, to *os.File) error {
		if err := verify.Proof(ctx, conn, tenant, to); err != nil {
			return err
		}
		fmt.Fprintf(out, "Written to %s; souk-audit-check reads it.\n", file)
		return nil
	})
}

// exporting has something of a shop written to a new file, which is gone again if
// that fails: half of it would be taken for the whole.
func exporting(ctx context.Context, cfg Config, slug, file string, write func(*pgx.Conn, uuid.UUID, *os.File) error) error {
	return reading(ctx, cfg, func(conn *pgx.Conn) (err error) {
		var tenant uuid.UUID
		err = conn.QueryRow(ctx, `select id from platform.tenants where slug = $1`, slug).Scan(&tenant)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("there is no shop %q; souk tenant list names all", slug)
		}
		if err != nil {
			return err
		}
		to, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that was asked for
		if err != nil {
			return err
		}
		defer func() {
			if err = errors.Join(err, to.Close()); err != nil {
				err = errors.Join(err, os.Remove(file))
			}
		}()
		return write(conn, tenant, to)
	})
}

// reading gives a connection that sees every shop, to read from.
func reading(ctx context.Context, cfg Config, use func(*pgx.Conn) error) (err error) {
	store, err := findToRead(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(ctx, store)) }()
	conn, err := pgx.Connect(ctx, store.Access.MaintenanceURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	return use(conn)
}
