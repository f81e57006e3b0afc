package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
)

// Standing is whether people get into a shop.
type Standing string

// The standings that a shop can be given.
const (
	Active    Standing = "active"
	Suspended Standing = "suspended" // nobody gets in; nothing is lost
	Closed    Standing = "closed"    // the same, and Grace later it may be removed
)

// Grace is how long a closed shop is kept and can be reopened.
const Grace = 30 * 24 * time.Hour

const (
	setStanding db.SQL = `select platform.set_standing(@id, @wanted, @now)`

	removeClosed db.SQL = `select platform.remove_closed(@id, @before, @now)`

	standingOf db.SQL = `select id, closed_at from platform.tenants where slug = @slug and status in ('active', 'suspended')`

	graceOver db.SQL = `select slug from platform.tenants where closed_at <= @before order by closed_at`
)

type standingRow struct {
	ID       uuid.UUID
	ClosedAt *time.Time `db:"closed_at"`
}

// SetStanding suspends, closes or lets people into a shop again. Sessions and
// tills notice within five seconds; a till goes on selling on its own and sends
// what it sold when people get in again. Giving a shop the standing that it has
// changes nothing.
//
// Fails with tenants.no_such_shop.
func SetStanding(ctx context.Context, database *db.DB, slug string, wanted Standing) error {
	return database.Platform(ctx, "make the shop "+slug+" "+string(wanted), func(ctx context.Context, tx *db.Tx) error {
		_, err := Stand(ctx, tx, slug, wanted)
		return err
	})
}

// Stand is SetStanding inside a transaction of the platform's, and gives what the
// shop's standing was.
func Stand(ctx context.Context, tx *db.Tx, slug string, wanted Standing) (was Standing, err error) {
	shop, err := findStanding(ctx, tx, slug)
	if err != nil {
		return "", err
	}
	return db.One[Standing](ctx, tx, setStanding, db.Args{"id": shop.ID, "wanted": wanted, "now": tx.Now()})
}

// Remove takes a closed shop away for good, every row of it, and gives how many
// those were. Its address stays taken.
//
// Fails with tenants.no_such_shop, tenants.not_closed and tenants.in_grace.
func Remove(ctx context.Context, database *db.DB, slug string) (rows int64, err error) {
	err = database.Platform(ctx, "remove the closed shop "+slug, func(ctx context.Context, tx *db.Tx) error {
		shop, err := findStanding(ctx, tx, slug)
		if err != nil {
			return err
		}
		if shop.ClosedAt == nil {
			return fault.Conflict("tenants.not_closed").Say("Only a closed shop can be removed. Close it first.")
		}
		before := tx.Now().Add(-Grace)
		if shop.ClosedAt.After(before) {
			return fault.Conflict("tenants.in_grace").Say("This shop was closed less than 30 days ago and can be reopened. It is removed after that.")
		}
		rows, err = db.One[int64](ctx, tx, removeClosed, db.Args{"id": shop.ID, "before": before, "now": tx.Now()})
		return err
	})
	return rows, err
}

// GraceOver lists the addresses of the closed shops that may be removed.
func GraceOver(ctx context.Context, database *db.DB) (slugs []string, err error) {
	err = database.Platform(ctx, "find shops whose grace is over", func(ctx context.Context, tx *db.Tx) error {
		slugs, err = db.All[string](ctx, tx, graceOver, db.Args{"before": tx.Now().Add(-Grace)})
		return err
	})
	return slugs, err
}

func findStanding(ctx context.Context, tx *db.Tx, slug string) (standingRow, error) {
	shop, found, err := db.Maybe[standingRow](ctx, tx, standingOf, db.Args{"slug": slug})
	if err == nil && !found {
		err = fault.NotFound("tenants.no_such_shop").Say("There is no shop with this address. \"souk tenant list\" names all.")
	}
	return shop, err
}
