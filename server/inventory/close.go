package inventory

import (
	"context"

	"github.com/google/uuid"

	"souk/server/ledger"
	"souk/server/platform/db"
)

// CloseOpening takes opening stock back, for an import that is undone: against the
// account that it was opened against, so that the books are as if it had not been.
// The quantities are negative.
//
// Fails as AdjustStock does.
func CloseOpening(ctx context.Context, tx *db.Tx, location uuid.UUID, lines []AdjustmentLine) error {
	c := correction{
		id: uuid.Must(uuid.NewV7()), kind: "opening_undone", location: location, against: ledger.RoleOpeningEquity, memo: "Opening stock taken back",
	}
	if err := c.read(ctx, tx, ids(lines, func(l AdjustmentLine) uuid.UUID { return l.ItemID })); err != nil {
		return err
	}
	changes := make([]change, len(lines))
	for i, line := range lines {
		changes[i] = change{line.ItemID, line.Quantity, line.Reason}
	}
	_, err := c.correct(tx, changes)
	return err
}
