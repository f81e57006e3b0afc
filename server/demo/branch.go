package demo

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/server/transfers"
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
	if err := other.askMore(ctx); err != nil {
		return err
	}
	if err := other.trade(ctx, zone, now); err != nil {
		return err
	}
	return b.share(ctx, other.opened.Store.LocationID, now)
}

// askMore lets the store ask more than the company for what sells best.
func (b *builder) askMore(ctx context.Context) error {
	more := decimal.MustNew(6, 0)
	return b.in(b.as(ctx, b.opened.Owner.PersonID, wire.Owner), func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.ChangeStorePrices(ctx, tx, catalog.StorePriceBulk{StoreID: b.opened.Store.ID, IDs: b.items[:24], Percent: &more})
		return err
	})
}

// share sends goods to the further store: one transfer has arrived, with
// something broken on the way, and one is still on its way.
func (b *builder) share(ctx context.Context, to uuid.UUID, now time.Time) error {
	ctx = b.as(ctx, b.manager.ID, b.manager.Role)
	arrived, err := b.send(ctx, to, b.pieces(0, 6), now.Add(-27*time.Hour))
	if err != nil {
		return err
	}
	b.clock.now = now.Add(-25 * time.Hour)
	err = b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		broken := transfers.Arrival{LineNo: 2, Received: decimal.MustNew(10, 0), Reason: "damaged"}
		_, err := transfers.TakeIn(ctx, tx, transfers.Arriving{ID: arrived.ID, Body: transfers.Arrivals{Version: arrived.Version, Lines: []transfers.Arrival{broken}}})
		return err
	})
	if err != nil {
		return err
	}
	_, err = b.send(ctx, to, b.pieces(6, 4), now.Add(-90*time.Minute))
	return err
}

func (b *builder) send(ctx context.Context, to uuid.UUID, items []uuid.UUID, at time.Time) (out transfers.StockTransfer, err error) {
	b.clock.now = at
	facts := transfers.TransferFacts{FromLocationID: b.opened.Store.LocationID, ToLocationID: to}
	for _, item := range items {
		facts.Lines = append(facts.Lines, transfers.TransferLineIn{ItemID: item, Quantity: decimal.MustNew(12, 0)})
	}
	return out, b.in(ctx, func(ctx context.Context, tx *db.Tx) error {
		drafted, err := transfers.Draft(ctx, tx, transfers.NewTransfer{ID: newID(), TransferFacts: facts})
		if err != nil {
			return err
		}
		out, err = transfers.Dispatch(ctx, tx, transfers.Act{ID: drafted.ID, Body: transfers.TransferStep{Version: drafted.Version}})
		return err
	})
}

// pieces are some of what is sold by the piece and counted, after the first skip.
func (b *builder) pieces(skip, count int) (found []uuid.UUID) {
	for i, p := range b.products {
		if p.tracked() && p.soldBy == "each" {
			found = append(found, b.items[i])
		}
	}
	return found[skip : skip+count]
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
