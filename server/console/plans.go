package console

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
)

const (
	readPlans db.SQL = `
		select p.id, p.name, p.people, p.stores, p.tills, p.items, p.sales_month, p.for_new, p.version,
		       (select count(*) from platform.tenants t where t.plan_id = p.id and t.status in ('active', 'suspended')) as shops
		from   platform.plans p
		order  by lower(p.name)`

	putPlan db.SQL = `
		insert into platform.plans (id, name, people, stores, tills, items, sales_month, for_new, created_at, updated_at)
		values (@id, @name, @people, @shops, @tills, @items, @sales, @for_new, @now, @now)
		on conflict (id) do update
		set    name = excluded.name, people = excluded.people, stores = excluded.stores, tills = excluded.tills, items = excluded.items,
		       sales_month = excluded.sales_month, for_new = excluded.for_new, version = plans.version + 1, updated_at = excluded.updated_at
		where  plans.version = @version`

	otherNew db.SQL = `update platform.plans set for_new = false, version = version + 1 where for_new and id <> @id`

	nameTaken db.SQL = `select exists (select from platform.plans where lower(name) = lower(@name) and id <> @id)`

	dropPlan db.SQL = `
		delete from platform.plans p where p.id = @id and not exists (select from platform.tenants t where t.plan_id = p.id)`

	planByID db.SQL = `select name from platform.plans where id = @id`

	givePlan db.SQL = `update platform.tenants set plan_id = @plan where id = @id`
)

// Plan is a name and what a shop on it may have. What is left out has no limit.
type Plan struct {
	ID         uuid.UUID `json:"id"`
	Name       string    `json:"name"`
	People     *int      `json:"people"`
	Stores     *int      `json:"stores"`
	Tills      *int      `json:"tills"`
	Items      *int      `json:"items"`
	SalesMonth *int      `json:"sales_month"`
	ForNew     bool      `json:"for_new"`
	Version    int       `json:"version"`
	Shops      int       `json:"shops"`
}

func (d *Desk) listPlans(c *call) (any, error) {
	rows := []Plan{}
	err := d.Database.Platform(c.ctx, "list the plans", func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = db.All[Plan](ctx, tx, readPlans, db.Args{})
		return err
	})
	return map[string]any{"rows": rows}, err
}

const mostName = 60

func (p Plan) check() error {
	if p.Name == "" || len([]rune(p.Name)) > mostName {
		return fault.Invalid("console.plan_name", fault.At("name", "console.plan_name", "")).Say("Give the plan a name of at most 60 characters.")
	}
	for path, most := range map[string]*int{"people": p.People, "stores": p.Stores, "tills": p.Tills, "items": p.Items, "sales_month": p.SalesMonth} {
		if most != nil && (*most < 1 || *most > 1_000_000_000) {
			return fault.Invalid("console.plan_limit", fault.At(path, "console.plan_limit", "")).Say("A limit is at least 1. Leave it empty for none.")
		}
	}
	return nil
}

// putPlan makes a plan or changes it; version 0 makes one. A smaller limit takes
// nothing away from shops that have more already.
//
// Fails with console.plan_name, console.plan_limit, console.plan_taken and
// console.plan_changed.
func (d *Desk) putPlan(c *call) (any, error) {
	var in Plan
	if err := c.read(&in); err != nil {
		return nil, err
	}
	in.ID, in.Name = c.id, strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return nil, err
	}
	return none{}, d.Database.Platform(c.ctx, "change a plan", func(ctx context.Context, tx *db.Tx) error {
		taken, err := db.One[bool](ctx, tx, nameTaken, db.Args{"id": in.ID, "name": in.Name})
		if err != nil {
			return err
		}
		if taken {
			return fault.Conflict("console.plan_taken").Say("There is a plan of this name already. Choose another name.")
		}
		if in.ForNew {
			if _, err := tx.Exec(ctx, otherNew, db.Args{"id": in.ID}); err != nil {
				return err
			}
		}
		rows, err := tx.Exec(ctx, putPlan, db.Args{
			"id": in.ID, "name": in.Name, "people": in.People, "shops": in.Stores, "tills": in.Tills, "items": in.Items,
			"sales": in.SalesMonth, "for_new": in.ForNew, "version": in.Version, "now": tx.Now(),
		})
		if err == nil && rows == 0 {
			err = fault.Conflict("console.plan_changed").Say("Someone else changed this plan meanwhile. Look at it again, then save.")
		}
		if err != nil {
			return err
		}
		e := entry{action: "plan", detail: map[string]any{
			"name": in.Name, "people": in.People, "stores": in.Stores, "tills": in.Tills, "items": in.Items, "sales_month": in.SalesMonth,
		}}
		return e.put(tx, c.who)
	})
}

// dropPlan takes a plan away that no shop has.
//
// Fails with console.plan_used.
func (d *Desk) dropPlan(c *call) (any, error) {
	return none{}, d.Database.Platform(c.ctx, "remove a plan", func(ctx context.Context, tx *db.Tx) error {
		name, err := planName(ctx, tx, c.id)
		if err != nil {
			return err
		}
		rows, err := tx.Exec(ctx, dropPlan, db.Args{"id": c.id})
		if err == nil && rows == 0 {
			err = fault.Conflict("console.plan_used").Say("Shops are on this plan. Put them on another one first.")
		}
		if err != nil {
			return err
		}
		e := entry{action: "plan_removed", detail: map[string]any{"name": name}}
		return e.put(tx, c.who)
	})
}

func planName(ctx context.Context, tx *db.Tx, id uuid.UUID) (string, error) {
	name, there, err := db.Maybe[string](ctx, tx, planByID, db.Args{"id": id})
	if err == nil && !there {
		err = notThere()
	}
	return name, err
}

// setPlan puts a shop on a plan, or on none, which has no limits.
func (d *Desk) setPlan(c *call) (any, error) {
	var in struct {
		PlanID *uuid.UUID `json:"plan_id"`
		Reason string     `json:"reason"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	reason, err := reasonOf(in.Reason)
	if err != nil {
		return nil, err
	}
	return none{}, d.Database.Platform(c.ctx, "put a shop on a plan", func(ctx context.Context, tx *db.Tx) error {
		shop, err := d.shop(ctx, tx, c.id)
		if err != nil {
			return err
		}
		name := ""
		if in.PlanID != nil {
			if name, err = planName(ctx, tx, *in.PlanID); err != nil {
				return err
			}
		}
		batch := tx.Batch()
		batch.Exec(givePlan, db.Args{"id": shop.ID, "plan": in.PlanID})
		if err := batch.Done(); err != nil {
			return err
		}
		e := entry{action: "shop_plan", reason: reason, shop: shop, detail: map[string]any{"name": name}}
		return e.put(tx, c.who)
	})
}
