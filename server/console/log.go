package console

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

const (
	addEntry db.SQL = `
		insert into platform.staff_log (id, at, staff_id, shop_id, shop, action, reason, detail)
		values (@id, @now, @staff, @shop_id, @shop, @action, @reason, @detail)`

	readLog db.SQL = `
		select l.at, f.name as who, l.shop_id, l.shop, l.action, l.reason, l.detail
		from   platform.staff_log l
		join   platform.staff f on f.id = l.staff_id
		order  by l.at desc, l.id desc
		limit  200`

	readShopLog db.SQL = `
		select l.at, f.name as who, l.shop_id, l.shop, l.action, l.reason, l.detail
		from   platform.staff_log l
		join   platform.staff f on f.id = l.staff_id
		where  l.shop_id = @shop
		order  by l.at desc, l.id desc
		limit  100`
)

// Entry is something that an operator did.
type Entry struct {
	At     time.Time       `json:"at"`
	Who    string          `json:"who"`
	ShopID *uuid.UUID      `json:"shop_id,omitempty"`
	Shop   string          `json:"shop"`
	Action string          `json:"action"`
	Reason string          `json:"reason"`
	Detail json.RawMessage `json:"detail"`
}

// entry is one to be written.
type entry struct {
	action, reason string
	shop           shopRow
	detail         map[string]any
}

// put writes an entry down, in the transaction of what it tells of.
func (e entry) put(tx *db.Tx, who operator) error {
	if e.detail == nil {
		e.detail = map[string]any{}
	}
	var shop *uuid.UUID
	if e.shop.ID != uuid.Nil {
		shop = &e.shop.ID
	}
	batch := tx.Batch()
	batch.Exec(addEntry, db.Args{
		"id": uuid.Must(uuid.NewV7()), "now": tx.Now(), "staff": who.ID, "shop_id": shop, "shop": e.shop.Slug,
		"action": e.action, "reason": e.reason, "detail": e.detail,
	})
	return batch.Done()
}

func (d *Desk) note(c *call, e entry) error {
	return d.Database.Platform(c.ctx, "write down what an operator did", func(_ context.Context, tx *db.Tx) error {
		return e.put(tx, c.who)
	})
}

func (d *Desk) listLog(c *call) (any, error) {
	rows := []Entry{}
	err := d.Database.Platform(c.ctx, "read what operators did", func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = db.All[Entry](ctx, tx, readLog, db.Args{})
		return err
	})
	return map[string]any{"rows": rows}, err
}
