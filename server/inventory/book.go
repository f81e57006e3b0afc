package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
)

// place is where stock is corrected, and what its books need.
type place struct {
	TimeZone    string `db:"time_zone"`
	DayEndsHour int    `db:"day_ends_hour"`
	Currency    string `db:"currency"`
}

// article is an item as far as its stock goes.
type article struct {
	ID         uuid.UUID    `db:"id"`
	Name       string       `db:"name"`
	Decimals   int          `db:"decimals"`
	TrackStock bool         `db:"track_stock"`
	Cost       money.Amount `db:"cost_minor"`
	Price      money.Amount `db:"price_minor"`
}

const (
	readPlace db.SQL = `
		select s.time_zone, c.day_ends_hour, c.currency
		from   locations l
		join   stores s on s.tenant_id = @tenant and s.id = l.store_id
		join   company c on c.tenant_id = @tenant
		where  l.tenant_id = @tenant and l.id = @location
		and    (@stores::uuid[] is null or l.store_id = any(@stores))`

	readArticles db.SQL = `
		select i.id, i.name, u.decimals, i.track_stock, i.cost_minor, coalesce(o.price_minor, p.price_minor, 0) as price_minor
		from   items i
		join   units u on u.tenant_id = @tenant and u.code = i.unit
		left   join prices p on p.tenant_id = @tenant and p.item_id = i.id
		       and p.price_list_id = (select l.id from price_lists l where l.tenant_id = @tenant and l.is_default)
		left   join store_prices o on o.tenant_id = @tenant and o.item_id = i.id and (@stores::uuid[] is null or o.store_id = any(@stores))
		       and o.store_id = (select c.store_id from locations c where c.tenant_id = @tenant and c.id = @location)
		where  i.tenant_id = @tenant and i.id = any(@items::uuid[])`
)

// correction is a change of stock by hand: where, of what, and against which
// account it is booked.
type correction struct {
	id       uuid.UUID
	kind     string // the source type of its moves and entry
	location uuid.UUID
	against  ledger.Role
	memo     string

	place    place
	chart    ledger.Chart
	articles map[uuid.UUID]article
	balances []Balance
}

// read fetches all that the correction stands on, with the balances held.
func (c *correction) read(ctx context.Context, tx *db.Tx, items []uuid.UUID) error {
	r := tx.Reads()
	at := db.ReadMaybe[place](r, readPlace, db.Args{"location": c.location})
	chart := ledger.ReadChart(r)
	articles := db.ReadAll[article](r, readArticles, db.Args{"items": items, "location": c.location})
	balances := ReadBalances(r, c.location, items)
	if err := r.Run(ctx); err != nil {
		return err
	}
	if !at.Found {
		return fault.NotFound("inventory.location_unknown").Say("There is no such place to keep stock.")
	}
	c.place, c.chart, c.balances = at.Row, ledger.ChartOf(*chart), *balances
	c.articles = make(map[uuid.UUID]article, len(*articles))
	for _, a := range *articles {
		c.articles[a.ID] = a
	}
	return nil
}

// check gives the item of a line, if this quantity of it can be kept in stock.
func (c *correction) check(item uuid.UUID, quantity decimal.Decimal) (article, error) {
	a, found := c.articles[item]
	switch {
	case !found:
		return a, fault.NotFound("inventory.item_unknown").Say("One of the items does not exist.")
	case !a.TrackStock:
		return a, fault.Invalid("inventory.not_tracked").Messagef("No stock is kept of %s. Turn stock keeping on for it first.", a.Name)
	case quantity.Trim(0).Scale() > a.Decimals:
		return a, fault.Invalid("inventory.too_fine").Messagef("The quantity of %s has too many decimals for its unit.", a.Name)
	}
	return a, nil
}

// book applies the moves and posts one entry for all of them. Where a move has a
// value of its own, what the stock does not take of it is cost of sales.
func (c *correction) book(tx *db.Tx, moves []Move) error {
	zone, err := time.LoadLocation(c.place.TimeZone)
	if err != nil {
		return err
	}
	b := tx.Batch()
	values, err := Apply(b, c.balances, moves)
	if err != nil {
		return err
	}
	stock, err := money.Sum(values...)
	if err != nil {
		return err
	}
	booked := stock
	for i, m := range moves {
		if m.Value == nil {
			continue
		}
		// Opening values only ever come in, so their sign is plus.
		if booked, err = money.Sum(booked, -values[i], *m.Value); err != nil {
			return err
		}
	}
	return ledger.Post(b, ledger.Entry{
		ID: uuid.Must(uuid.NewV7()), Date: tenants.BusinessDate(tx.Now(), zone, c.place.DayEndsHour),
		SourceType: c.kind, SourceID: c.id, Currency: c.place.Currency, Memo: c.memo,
		Lines: []ledger.Line{
			{Account: c.chart[ledger.RoleInventory], Amount: stock},
			{Account: c.chart[ledger.RoleCOGS], Amount: booked - stock},
			{Account: c.chart[c.against], Amount: -booked},
		},
	})
}

func (c *correction) onHand(item uuid.UUID) decimal.Decimal {
	at := slices.IndexFunc(c.balances, func(b Balance) bool { return b.ItemID == item })
	if at < 0 {
		return decimal.Decimal{}
	}
	return c.balances[at].OnHand
}

// distinct refuses an item that is named twice: nobody could tell what is meant.
func distinct(items []uuid.UUID) error {
	seen := make(map[uuid.UUID]bool, len(items))
	for _, id := range items {
		if seen[id] {
			return fault.Invalid("inventory.item_twice").Say("An item is in the list twice. Put its quantities into one line.")
		}
		seen[id] = true
	}
	return nil
}

func ids[T any](lines []T, id func(T) uuid.UUID) []uuid.UUID {
	out := make([]uuid.UUID, len(lines))
	for i, line := range lines {
		out[i] = id(line)
	}
	return out
}
