package tenants

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

// ThrowawaySlug begins the address of every throw-away shop.
const ThrowawaySlug = "throwaway-"

// ThrowawayEmail is the address of a throw-away shop's owner, which goes with it.
// Nobody gets letters there.
func ThrowawayEmail(slug string) string { return slug + "@throwaway.invalid" }

const (
	allThrowaways db.SQL = `select id from platform.tenants where status = 'throwaway' order by id`

	removeThrowaway db.SQL = `select platform.remove_throwaway(@id)`
)

// RemoveThrowaway takes a shop that was opened as a throw-away one away again, with
// every row that it has anywhere, and gives how many those were. It fails on any
// other shop; one that is gone already is no failure.
func RemoveThrowaway(ctx context.Context, database *db.DB, id uuid.UUID) (rows int64, err error) {
	err = database.Platform(ctx, "remove a throw-away shop", func(ctx context.Context, tx *db.Tx) error {
		rows, err = db.One[int64](ctx, tx, removeThrowaway, db.Args{"id": id})
		return err
	})
	return rows, err
}

// Throwaways are the throw-away shops that are there.
func Throwaways(ctx context.Context, database *db.DB) (ids []uuid.UUID, err error) {
	err = database.Platform(ctx, "find throw-away shops", func(ctx context.Context, tx *db.Tx) error {
		ids, err = db.All[uuid.UUID](ctx, tx, allThrowaways, db.Args{})
		return err
	})
	return ids, err
}
