package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/verify"
)

var standings = map[string]tenants.Standing{
	"suspend": tenants.Suspended, "resume": tenants.Active, "close": tenants.Closed, "reopen": tenants.Active,
}

// ChangeTenant suspends, resumes, closes, reopens or deletes a shop from the
// command line.
func ChangeTenant(ctx context.Context, cfg Config, verb, slug string, out io.Writer) error {
	wanted, known := standings[verb]
	if !known && verb != "delete" {
		return fmt.Errorf("%q is nothing that can be done with a shop: add, list, suspend, resume, close, reopen, export or delete", verb)
	}
	return withProgram(ctx, cfg, func(program *App) error {
		if verb == "delete" {
			rows, err := tenants.Remove(ctx, program.Database, slug)
			if err == nil {
				fmt.Fprintf(out, "Removed the shop %s with %d rows. Its address stays taken.\n", slug, rows)
			}
			return inWords(err)
		}
		if err := tenants.SetStanding(ctx, program.Database, slug, wanted); err != nil {
			return inWords(err)
		}
		switch wanted {
		case tenants.Active:
			fmt.Fprintf(out, "People get into the shop %s again.\n", slug)
		case tenants.Suspended:
			fmt.Fprintf(out, "Nobody gets into the shop %s until \"souk tenant resume %[1]s\".\n", slug)
		case tenants.Closed:
			fmt.Fprintf(out, "Closed the shop %s. It is kept for 30 days, and \"souk tenant reopen %[1]s\" opens it again.\n", slug)
		}
		return nil
	})
}

// removeClosed takes closed shops away when their grace is over, until ctx ends.
func removeClosed(ctx context.Context, database *db.DB) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		slugs, err := tenants.GraceOver(ctx, database)
		for _, slug := range slugs {
			rows, failed := tenants.Remove(ctx, database, slug)
			if err = errors.Join(err, failed); failed == nil {
				slog.InfoContext(ctx, "removed a closed shop", "shop", slug, "rows", rows)
			}
		}
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "remove closed shops", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// What opens a door or proves who someone is does not leave with a copy.
const exportedTables = `
	select c.oid::regclass::text,
	       string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attname !~ '(hash|secret|token|password)')
	from   pg_class c
	join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
	where  c.relkind in ('r', 'p') and not c.relispartition
	and    c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace)
	and    exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
	group  by c.oid
	order  by 1`

type exportedTable struct {
	name    string
	columns string
}

// ExportTenant writes all that a shop has to a new ZIP file: a CSV for each table
// and the proof of its audit trail. Hashes of passwords, PINs and tokens are left
// out. It reads one moment, beside whoever is selling.
func ExportTenant(ctx context.Context, cfg Config, slug, file string, out io.Writer) error {
	return exporting(ctx, cfg, slug, file, func(conn *pgx.Conn, tenant uuid.UUID, to *os.File) error {
		archive := zip.NewWriter(to)
		tables, err := writeTables(ctx, conn, tenant, archive)
		if err != nil {
			return err
		}
		proof, err := archive.Create("audit-proof")
		if err != nil {
			return err
		}
		if err := errors.Join(verify.Proof(ctx, conn, tenant, proof), archive.Close(), to.Sync()); err != nil {
			return err
		}
		fmt.Fprintf(out, "Wrote %d tables of the shop %s to %s.\n", tables, slug, file)
		return nil
	})
}

func writeTables(ctx context.Context, conn *pgx.Conn, tenant uuid.UUID, archive *zip.Writer) (int, error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	rows, err := tx.Query(ctx, exportedTables)
	if err != nil {
		return 0, err
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t exportedTable, err error) {
		err = row.Scan(&t.name, &t.columns)
		return t, err
	})
	for _, table := range tables {
		if err != nil {
			return 0, err
		}
		var entry io.Writer
		if entry, err = archive.Create(strings.ReplaceAll(table.name, ".", "-") + ".csv"); err != nil {
			return 0, err
		}
		// Names come from the catalogue, quoted there; COPY takes no parameters.
		_, err = conn.PgConn().CopyTo(ctx, entry, "copy (select "+table.columns+" from "+table.name+
			" where tenant_id = '"+tenant.String()+"') to stdout (format csv, header)")
	}
	return len(tables), err
}
