package transfers

import (
	"context"

	"github.com/google/uuid"

	"souk/server/inventory"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// ItemPlaces asks where an item stands.
type ItemPlaces struct {
	ItemID uuid.UUID `path:"item_id"`
}

const (
	itemStock db.SQL = `
		select i.id as item_id, coalesce(o.price_minor, p.price_minor, 0) as price, i.track_stock
		from   items i
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select d.id from price_lists d where d.tenant_id = @tenant and d.is_default)
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id
		       and o.store_id = (
		           select g.store_id
		           from   registers g
		           where  g.tenant_id = @tenant and g.id = @register and (@stores::uuid[] is null or g.store_id = any(@stores)))
		where  i.tenant_id = @tenant and i.id = @item`

	// Every place, those too where nothing ever stood: "none there" is an answer. At a
	// register the customer wants to know which other store has it.
	itemPlaces db.SQL = `
		select s.id as store_id, s.name as store, l.id as location_id, l.name as location, l.sells,
		       coalesce(s.id = (
		           select g.store_id
		           from   registers g
		           where  g.tenant_id = @tenant and g.id = @register and (@stores::uuid[] is null or g.store_id = any(@stores))), false) as here,
		       trim_scale(coalesce(b.on_hand, 0)) as on_hand, trim_scale(coalesce(w.quantity, 0)) as coming, coalesce(b.value_minor, 0) as value
		from   locations l
		join   stores s on s.tenant_id = @tenant and s.id = l.store_id
		left   join stock_balances b on b.tenant_id = @tenant and b.item_id = @item and b.location_id = l.id
		left   join (
			select t.to_location_id, sum(n.quantity) as quantity
			from   stock_transfer_lines n
			join   stock_transfers t on t.tenant_id = @tenant and t.id = n.transfer_id and t.state = 'sent'
			where  n.tenant_id = @tenant and n.item_id = @item
			group  by t.to_location_id) w on w.to_location_id = l.id
		where  l.tenant_id = @tenant and (@everywhere::boolean or @stores::uuid[] is null or s.id = any(@stores))
		order  by s.name, s.id, l.sells desc, l.name, l.id`
)

// Places tells where an item stands, what of it is on its way where, and what it
// is worth there to those who may see that.
//
// Fails with inventory.item_unknown.
func Places(ctx context.Context, tx *db.Tx, in ItemPlaces) (wire.ItemStock, error) {
	return stockOf(ctx, tx, db.Args{"item": in.ItemID, "register": uuid.Nil, "everywhere": false})
}

// StockOf tells what an item costs at a register and where it stands, in all stores,
// also those in which the caller does not work; the register's own store is marked.
// Of another store it tells the name and how much is there, no more: that is what
// the customer asks.
//
// Fails with inventory.item_unknown.
func StockOf(ctx context.Context, tx *db.Tx, item, register uuid.UUID) (wire.ItemStock, error) {
	out, err := stockOf(ctx, tx, db.Args{"item": item, "register": register, "everywhere": true})
	if err != nil {
		return wire.ItemStock{}, err
	}
	out.Places, err = forCustomers(out.Places)
	return out, err
}

// forCustomers keeps the places of the register's own store, and one for each other.
func forCustomers(places []wire.PlaceStock) ([]wire.PlaceStock, error) {
	told := make([]wire.PlaceStock, 0, len(places))
	var last uuid.UUID
	for _, p := range places {
		p.Value = nil
		if p.Here {
			told = append(told, p)
			continue
		}
		store := p.StoreID
		p.StoreID, p.LocationID, p.Location, p.Sells = uuid.Nil, uuid.Nil, "", false
		if store != last {
			told, last = append(told, p), store
			continue
		}
		sum := &told[len(told)-1]
		var err error
		if sum.OnHand, err = sum.OnHand.Add(p.OnHand); err != nil {
			return nil, err
		}
		if sum.Coming, err = sum.Coming.Add(p.Coming); err != nil {
			return nil, err
		}
	}
	return told, nil
}

func stockOf(ctx context.Context, tx *db.Tx, args db.Args) (wire.ItemStock, error) {
	r := tx.Reads()
	found := db.ReadMaybe[wire.ItemStock](r, itemStock, db.Args{"item": args["item"], "register": args["register"]})
	places := db.ReadAll[wire.PlaceStock](r, itemPlaces, args)
	if err := r.Run(ctx); err != nil {
		return wire.ItemStock{}, err
	}
	if !found.Found {
		return wire.ItemStock{}, fault.NotFound("inventory.item_unknown").Say("There is no such item.")
	}
	out := found.Row
	out.Places, out.At = *places, tx.Now()
	if !auth.From(ctx).Can(inventory.Cost) {
		for i := range out.Places {
			out.Places[i].Value = nil
		}
	}
	return out, nil
}
