package demo

import (
	"context"
	"time"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/shared/wire"
)

// branch is a further store of a demo shop: with a manager and a cashier who work
// there only, its own shelves and a part of the first store's trade.
type branch struct {
	store    tenants.Store
	manager  member
	cashier  member
	busyness int // of a hundred of the first store's baskets
}

// branchOut opens the shop's further store on the day on which the first one
// opened, and lets it trade up to now.
func (b *builder) branchOut(ctx context.Context, first, now time.Time) error {
	if b.branch == nil {
		return nil
	}
	b.clock.now = first
	other := *b
	other.baskets, other.named = [7]int{}, 0
	for weekday, baskets := range b.baskets {
		other.baskets[weekday] = baskets * b.branch.busyness / 100
	}
	zone, err := time.LoadLocation(b.branch.store.TimeZone)
	if err != nil {
		return err
	}
	err = b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		other.opened.Store, err = tenants.AddStore(ctx, tx, b.branch.store)
		return err
	})
	if err != nil {
		return err
	}
	if other.manager, err = b.employAt(ctx, b.branch.manager, "5678", other.opened.Store.ID); err != nil {
		return err
	}
	if other.cashier, err = b.employAt(ctx, b.branch.cashier, "8765", other.opened.Store.ID); err != nil {
		return err
	}
	if err := other.fillShelves(ctx); err != nil {
		return err
	}
	err = other.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, register := range []tills.NewRegister{{Name: "Station till", Kind: "till"}, {Name: "Station counter", Kind: "browser"}} {
			register.ID, register.StoreID = newID(), other.opened.Store.ID
			if _, err := tills.CreateRegister(ctx, tx, register); err != nil {
				return err
			}
			other.counter = register.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	return other.trade(ctx, zone, now)
}

// stationStore is the demo supermarket's second store.
func stationStore() *branch {
	return &branch{
		store: tenants.Store{
			Name: "Central Station", Address: "Hachmannplatz 16\n20099 Hamburg", TimeZone: "Europe/Berlin", Phone: "+49 40 555 0102",
			LegalName: "City Mart Retail GmbH", TaxNumber: "DE 000 000 000", ReceiptFooter: "Have a good journey.",
		},
		manager: member{"Ines Vogel", "station", wire.Manager}, cashier: member{"Timo Brandt", "station.cashier", wire.Cashier}, busyness: 45,
	}
}

// BranchManager is the log-in of someone who works in one store of a demo shop only.
func BranchManager() (email, store string) {
	b := stationStore()
	return b.manager.login + "@city-mart.example", b.store.Name
}
