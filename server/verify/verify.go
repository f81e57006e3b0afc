// Package verify reads a whole database in one snapshot and says what in it
// breaks a promise that the program makes: books that do not balance, stock that
// is not the sum of its moves, numbers that are missing. It changes nothing and
// repairs nothing.
package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// Check is one promise. Its query gives a row for each place where it is broken.
type Check struct {
	ID, Says string
	query    string
}

// Finding is one place where a promise is broken. Tenant is the shop's slug, or
// empty when the schema itself is at fault.
type Finding struct {
	Check  string      `db:"-"`
	Tenant string      `db:"tenant"`
	What   string      `db:"what"`
	IDs    []uuid.UUID `db:"ids"`
}

func (f Finding) String() string {
	text := f.Check + " "
	if f.Tenant != "" {
		text += f.Tenant + ": "
	}
	text += f.What
	for _, id := range f.IDs {
		text += " " + id.String()
	}
	return text
}

// Checks are all promises that Run looks at, in its order.
var Checks = []Check{
	{"M1", "every journal entry has two postings or more, which add up to nothing in its currency", entriesBalance},
	{"M2", "no column is a float, and a column that holds money is a bigint called *_minor", moneyColumns},
	{"M3", "a sale's figures are those of its lines, and what is due is what its tenders kept", salesAddUp},
	{"M7", "a closed shift's Z report is the sum of its sales but those flagged as late, its expected cash is float, cash kept and cash moved, and each movement is in the books", shiftsAddUp},
	{"S1", "what stands on the shelf, and what it is worth, is the sum of the moves", stockIsItsMoves},
	{"S2", "a transfer's lines left and arrived by exactly their moves, nothing of one that ended is on its way, and what is on its way is worth what its account says", transfersAddUp},
	{"S3", "what all stock is worth is what the inventory account says", stockIsInTheBooks},
	{"N1", "receipts of a series are numbered from 1, each number once and none left out", numbersAreWhole},
	{"R1", "each sale is booked exactly once: one journal entry, and one move for each line that has stock", salesAreBookedOnce},
	{"W1", "a shop's changes are numbered without a gap up to its head, and none is left without one", changesAreWhole},
	{"A1", "a shop's audit trail is whole up to its head, and is the one that was signed (souk verify --audit follows it row by row)", auditStands},
}

// atMost bounds what one check reports: a broken rule may be broken everywhere.
const atMost = 200

// Run looks at every promise in one snapshot of the database and gives what it
// found, at most 200 places for each check. The connection must be one that
// row-level security does not bind (souk_maintenance); it is only read from.
func Run(ctx context.Context, conn *pgx.Conn) (found []Finding, err error) {
	pgxuuid.Register(conn.TypeMap())
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin to read: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx))) }()
	if err := seesAll(ctx, tx); err != nil {
		return nil, err
	}
	for _, check := range Checks {
		rows, err := tx.Query(ctx, check.query, pgx.StrictNamedArgs{"most": atMost})
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", check.ID, err)
		}
		broken, err := pgx.CollectRows(rows, pgx.RowToStructByName[Finding])
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", check.ID, err)
		}
		for _, finding := range broken {
			finding.Check = check.ID
			found = append(found, finding)
		}
	}
	return found, nil
}

// seesAll refuses a log-in that would be shown nothing and so find nothing.
func seesAll(ctx context.Context, tx pgx.Tx) error {
	var all bool
	err := tx.QueryRow(ctx, `select rolsuper or rolbypassrls from pg_roles where rolname = current_user`).Scan(&all)
	if err != nil {
		return err
	}
	if !all {
		return errors.New("verify: this log-in sees one shop at most; use souk_maintenance")
	}
	return nil
}
