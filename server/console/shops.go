package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/support"
	"souk/server/tenants"
	"souk/shared/fault"
)

const (
	pageLength = 50
	mostAtOnce = 6                // shops measured while a list waits: those that never were
	freshly    = 15 * time.Second // how long a measure is good for the shop's own page
)

const (
	shopFacts = `
		select t.id, t.slug, coalesce(m.name, t.slug) as name, case when t.closed_at is null then t.status else 'closed' end as state, t.demo, t.created_at,
		       t.closed_at, t.plan_id, coalesce(p.name, '') as plan, coalesce(m.business, '') as business, coalesce(m.country, '') as country,
		       coalesce(m.people, 0) as people, coalesce(m.tills, 0) as tills, coalesce(m.bytes, 0) as bytes, coalesce(m.rows, 0) as rows, m.active_at,
		       coalesce(m.people > p.people or m.stores > p.stores or m.tills > p.tills or m.items > p.items or m.sales_month >= p.sales_month, false) as over_plan`

	shopTables = `
		from   platform.tenants t
		left   join platform.tenant_measures m on m.tenant_id = t.id
		left   join platform.plans p on p.id = t.plan_id`

	// What is asked for by a state is a state as people see it: closed is a suspended shop with a date.
	readShops db.SQL = shopFacts + `, count(*) over () as total` + shopTables + `
		where  t.status not in ('abandoned', 'throwaway')
		and    (not t.demo or @demo)
		and    (@q::text = '' or strpos(lower(t.slug || ' ' || coalesce(m.name, '')), lower(@q::text)) > 0)
		and    (@state::text = '' or @state = case when t.closed_at is null then t.status else 'closed' end)
		and    (@plan::uuid is null or t.plan_id = @plan)
		order  by case @sort::text when 'active' then m.active_at end desc nulls last, case @sort::text when 'new' then t.created_at end desc nulls last,
		          case @sort::text when 'size' then m.bytes when 'people' then m.people when 'tills' then m.tills end desc nulls last, t.slug
		limit  @most offset @skip`

	staleShops db.SQL = `
		select t.id
		from   platform.tenants t
		left   join platform.tenant_measures m on m.tenant_id = t.id
		where  t.status in ('active', 'suspended') and (m.measured_at is null or m.measured_at < @before)
		order  by m.measured_at nulls first, t.id
		limit  @most`

	isStale db.SQL = `
		select not exists (select from platform.tenant_measures where tenant_id = @id and measured_at > @since) as stale`

	measure db.SQL = `select platform.measure_tenant(@id, @now)::text as done`

	shopByID db.SQL = `select id, slug from platform.tenants where id = @id and status in ('active', 'suspended')`

	readShop db.SQL = shopFacts + `, 1 as total` + shopTables + `
		where  t.id = @id and t.status in ('active', 'suspended')`

	readUse db.SQL = `
		select k.kind, k.most, k.used
		from   platform.tenants t
		join   platform.tenant_measures m on m.tenant_id = t.id
		left   join platform.plans p on p.id = t.plan_id
		cross  join lateral (values (1, 'people', p.people, m.people), (2, 'stores', p.stores, m.stores), (3, 'tills', p.tills, m.tills),
		                            (4, 'items', p.items, m.items), (5, 'sales_month', p.sales_month, m.sales_month)) k (place, kind, most, used)
		-- Sales are counted for a limit, and are nobody's business without one.
		where  t.id = @id and (k.kind <> 'sales_month' or k.most is not null)
		order  by k.place`
)

// Shop is a shop as the platform's staff see it: counts and sizes, and nothing of
// what it sells.
type Shop struct {
	ID        uuid.UUID  `json:"id"`
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	State     string     `json:"state"`
	Demo      bool       `json:"demo"`
	CreatedAt time.Time  `json:"created_at"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	PlanID    *uuid.UUID `json:"plan_id,omitempty"`
	Plan      string     `json:"plan"`
	Business  string     `json:"business"`
	Country   string     `json:"country"`
	People    int        `json:"people"`
	Tills     int        `json:"tills"`
	Bytes     int64      `json:"bytes"`
	Rows      int64      `json:"rows"`
	ActiveAt  *time.Time `json:"active_at,omitempty"`
	OverPlan  bool       `json:"over_plan"`
	Total     int        `json:"-"`
}

type shopRow struct {
	ID   uuid.UUID
	Slug string
}

// listShops gives a page of the shops, searched and sorted.
func (d *Desk) listShops(c *call) (any, error) {
	skip, _ := strconv.Atoi(c.query.Get("skip"))
	args := db.Args{
		"demo": d.Demo, "q": strings.TrimSpace(c.query.Get("q")), "state": c.query.Get("state"), "plan": nil,
		"sort": c.query.Get("sort"), "most": pageLength, "skip": min(max(skip, 0), 1_000_000),
	}
	if plan := c.query.Get("plan"); plan != "" {
		id, err := uuid.Parse(plan)
		if err != nil {
			return nil, notThere()
		}
		args["plan"] = id
	}
	if _, err := d.Measure(c.ctx, time.Time{}, mostAtOnce); err != nil {
		return nil, err
	}
	rows := []Shop{}
	err := d.Database.Platform(c.ctx, "list the shops for an operator", func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = db.All[Shop](ctx, tx, readShops, args)
		return err
	})
	total := 0
	if len(rows) > 0 {
		total = rows[0].Total
	}
	return map[string]any{"rows": rows, "total": total, "page": pageLength}, err
}

// Measure counts what shops have that were not measured since, at most so many, and
// gives how many those were. Those that never were come first.
func (d *Desk) Measure(ctx context.Context, since time.Time, most int) (int, error) {
	var stale []uuid.UUID
	err := d.Database.Platform(ctx, "find shops to be measured", func(ctx context.Context, tx *db.Tx) (err error) {
		stale, err = db.All[uuid.UUID](ctx, tx, staleShops, db.Args{"before": since, "most": most})
		return err
	})
	for _, id := range stale {
		if err != nil {
			return 0, err
		}
		err = d.measureOne(ctx, id)
	}
	return len(stale), err
}

func (d *Desk) measureOne(ctx context.Context, id uuid.UUID) error {
	return d.Database.Platform(ctx, "measure a shop", func(ctx context.Context, tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, measure, db.Args{"id": id, "now": tx.Now()})
		return err
	})
}

// Detail is one shop with all that the platform's staff may know of it.
type Detail struct {
	Shop     Shop              `json:"shop"`
	Uses     []support.Use     `json:"uses"`
	Openings []support.Opening `json:"openings"`
	Log      []Entry           `json:"log"`
}

func (d *Desk) showShop(c *call) (any, error) {
	out := Detail{Uses: []support.Use{}, Log: []Entry{}}
	stale := false
	err := d.Database.Platform(c.ctx, "look at a shop for an operator", func(ctx context.Context, tx *db.Tx) (err error) {
		stale, err = db.One[bool](ctx, tx, isStale, db.Args{"id": c.id, "since": tx.Now().Add(-freshly)})
		if err == nil {
			_, err = d.shop(ctx, tx, c.id)
		}
		return err
	})
	if err == nil && stale {
		err = d.measureOne(c.ctx, c.id)
	}
	if err != nil {
		return nil, err
	}
	err = d.Database.Platform(c.ctx, "show a shop to an operator", func(ctx context.Context, tx *db.Tx) error {
		r := tx.Reads()
		shop := db.ReadMaybe[Shop](r, readShop, db.Args{"id": c.id})
		uses := db.ReadAll[support.Use](r, readUse, db.Args{"id": c.id})
		log := db.ReadAll[Entry](r, readShopLog, db.Args{"shop": c.id})
		if err := r.Run(ctx); err != nil {
			return err
		}
		out.Shop, out.Uses, out.Log = shop.Row, append(out.Uses, *uses...), append(out.Log, *log...)
		return nil
	})
	if err == nil {
		out.Openings, err = support.Openings(c.ctx, d.Database, c.id)
	}
	return out, err
}

func (d *Desk) shop(ctx context.Context, tx *db.Tx, id uuid.UUID) (shopRow, error) {
	found, there, err := db.Maybe[shopRow](ctx, tx, shopByID, db.Args{"id": id})
	if err == nil && !there {
		err = notThere()
	}
	return found, err
}

const mostReason = 500

func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || len([]rune(text)) > mostReason {
		return "", fault.Invalid("console.reason", fault.At("reason", "console.reason", "")).Say("Say why, in at most 500 characters. It stays in the history.")
	}
	return text, nil
}

// setStanding suspends, closes, resumes or reopens a shop.
//
// Fails with console.reason and console.standing.
func (d *Desk) setStanding(c *call) (any, error) {
	var in struct {
		Standing tenants.Standing `json:"standing"`
		Reason   string           `json:"reason"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	reason, err := reasonOf(in.Reason)
	if err != nil {
		return nil, err
	}
	if in.Standing != tenants.Active && in.Standing != tenants.Suspended && in.Standing != tenants.Closed {
		return nil, fault.Invalid("console.standing").Say("A shop can be active, suspended or closed.")
	}
	return none{}, d.Database.Platform(c.ctx, "have a shop "+string(in.Standing)+" for an operator", func(ctx context.Context, tx *db.Tx) error {
		shop, err := d.shop(ctx, tx, c.id)
		if err != nil {
			return err
		}
		was, err := tenants.Stand(ctx, tx, shop.Slug, in.Standing)
		if err != nil {
			return err
		}
		e := entry{action: "standing", reason: reason, shop: shop, detail: map[string]any{"was": was, "is": in.Standing}}
		return e.put(tx, c.who)
	})
}

// enterShop goes into a shop by one of its grants. The ticket is good once, at the
// shop's own address, for two minutes.
//
// Fails with support.no_grant.
func (d *Desk) enterShop(c *call) (any, error) {
	var in struct {
		GrantID uuid.UUID `json:"grant_id"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	var shop shopRow
	err := d.Database.Platform(c.ctx, "go into a shop as support", func(ctx context.Context, tx *db.Tx) (err error) {
		if shop, err = d.shop(ctx, tx, c.id); err != nil {
			return err
		}
		e := entry{action: "support", shop: shop, detail: map[string]any{"grant": in.GrantID}}
		return e.put(tx, c.who)
	})
	if err != nil {
		return nil, err
	}
	ticket, err := support.Enter(c.ctx, d.Database, shop.ID, in.GrantID, support.Staff{ID: c.who.ID, Name: c.who.Name})
	return map[string]string{"ticket": ticket, "slug": shop.Slug}, err
}
