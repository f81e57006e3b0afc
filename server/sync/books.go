package sync

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"souk/server/approvals"
	"souk/server/catalog"
	"souk/server/parties"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/wire"
)

// into books the body of one kind of entry and says what was odd about it.
type into func(ctx context.Context, tx *db.Tx, register uuid.UUID, body json.RawMessage) (flags []string, err error)

// books says which module an entry belongs to.
var books = map[wire.EntryKind]into{
	wire.EntryShiftOpened:   reading(tills.RecordShiftOpened),
	wire.EntryItemCreated:   reading(createItem),
	wire.EntrySaleFinished:  reading(sales.Record),
	wire.EntryCustomerMet:   reading(meetCustomer),
	wire.EntryShiftClosed:   reading(sales.RecordShiftClosed),
	wire.EntryCashMoved:     reading(sales.RecordCash),
	wire.EntryReceiptMailed: reading(sales.RecordReceiptMail),
	wire.EntryApprovalUsed:  reading(approvals.RecordUsed),

	wire.EntryAuditContradicted: reading(hearWitness),
}

func reading[T any](record func(context.Context, *db.Tx, uuid.UUID, T) ([]string, error)) into {
	return func(ctx context.Context, tx *db.Tx, register uuid.UUID, body json.RawMessage) ([]string, error) {
		var in *T
		if err := json.Unmarshal(body, &in); err != nil || in == nil {
			return nil, fault.Invalid(codeUnreadable, fault.Because(err)).Say("This entry cannot be read. Enter it by hand.")
		}
		return record(ctx, tx, register, *in)
	}
}

func meetCustomer(ctx context.Context, tx *db.Tx, _ uuid.UUID, in wire.NewCustomer) ([]string, error) {
	return parties.CreateFromTill(ctx, tx, in)
}

func createItem(ctx context.Context, tx *db.Tx, _ uuid.UUID, in wire.NewItem) ([]string, error) {
	return nil, catalog.CreateFromTill(ctx, tx, in)
}
