// Package demo makes the demo shops: through the same use cases as people use, on
// a clock that runs through the last days. It makes nothing where a shop is
// already, and nothing that a real shop could not have.
package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/shared/wire"
)

// Password opens every demo account, PIN every demo till. Both are public, which
// is why demo shops are reachable in demo mode only.
const (
	Password = "souk-demo"
	PIN      = "1234"
)

// Config is what the demo shops are made with.
type Config struct {
	Grants auth.Grants
	Days   int // of trade that each shop has behind it
}

// Make makes the demo shops that are not there, all at once, and says so by say.
func Make(ctx context.Context, database *db.DB, cfg Config, say func(string)) error {
	var saying sync.Mutex
	var making errgroup.Group
	for _, p := range plans() {
		slug := p.shop.Company.Slug
		there, err := tenants.Revealed(ctx, database, slug)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		making.Go(func() error {
			began := database.Now()
			if err := makeShop(ctx, database, cfg, p); err != nil {
				return fmt.Errorf("%s: %w", slug, err)
			}
			saying.Lock()
			defer saying.Unlock()
			say(fmt.Sprintf("Made the demo shop %s in %s.", p.shop.Company.Name, database.Now().Sub(began).Round(100*time.Millisecond)))
			return nil
		})
	}
	return making.Wait()
}

// clock is the time inside a demo shop.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func makeShop(ctx context.Context, database *db.DB, cfg Config, p plan) error {
	zone, err := time.LoadLocation(p.shop.Store.TimeZone)
	if err != nil {
		return err
	}
	now := database.Now().In(zone)
	inside := &clock{now: time.Date(now.Year(), now.Month(), now.Day()-cfg.Days, 6, 0, 0, 0, zone)}
	b := &builder{plan: p, database: database.WithClock(inside.Now), clock: inside, grants: cfg.Grants, days: cfg.Days}
	if b.opened, err = tenants.Open(ctx, b.database, p.shop); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{b.hire, b.localTax, b.stockUp, b.meetCustomers, b.addRegisters, b.offer} {
		if err := step(b.as(ctx, b.opened.Owner.PersonID, wire.Owner)); err != nil {
			return err
		}
	}
	first := b.clock.now
	if err := b.trade(ctx, zone, now); err != nil {
		return err
	}
	if err := b.branchOut(b.as(ctx, b.opened.Owner.PersonID, wire.Owner), first, now); err != nil {
		return err
	}
	return tenants.Reveal(ctx, database, p.shop.Company.Slug)
}

const (
	tenantOf db.SQL = `select id from platform.tenants where slug = @slug and demo`

	anOwner db.SQL = `select id from people where tenant_id = @tenant and role = 'owner' and active limit 1`

	firstTill db.SQL = `select id from registers where tenant_id = @tenant and kind = 'till' order by number limit 1`
)

// PairingCode makes a code for a demo shop's first till.
func PairingCode(ctx context.Context, database *db.DB, slug string) (string, error) {
	var tenant uuid.UUID
	err := database.Platform(ctx, "pair the demo till", func(ctx context.Context, tx *db.Tx) (err error) {
		tenant, err = db.One[uuid.UUID](ctx, tx, tenantOf, db.Args{"slug": slug})
		return err
	})
	if err != nil {
		return "", err
	}
	var owner uuid.UUID
	err = database.Read(ctx, db.Identity{Tenant: tenant, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) (err error) {
		owner, err = db.One[uuid.UUID](ctx, tx, anOwner, db.Args{})
		return err
	})
	if err != nil {
		return "", err
	}
	var made tills.PairingCode
	err = database.Tenant(ctx, db.Identity{Tenant: tenant, Actor: owner, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		register, err := db.One[uuid.UUID](ctx, tx, firstTill, db.Args{})
		if err != nil {
			return err
		}
		made, err = tills.MakeCode(ctx, tx, tills.RegisterID{ID: register})
		return err
	})
	return made.Code, err
}
