package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/fault"
	"souk/shared/money"
)

// DashboardIn names a store; without one all stores count.
type DashboardIn struct {
	StoreID string `query:"store_id"`
}

// Dashboard is how the business day goes so far. Refunds and voids are taken
// off. Margin (net less cost) is there only for those who may see costs.
type Dashboard struct {
	BusinessDate string `json:"business_date" format:"date"`
	// AsOf is when these figures were added up, LastWeekDate the day they stand beside.
	AsOf         time.Time `json:"as_of"`
	LastWeekDate string    `json:"last_week_date" format:"date"`
	Currency     string    `json:"currency"`
	// LastWeek is the same weekday a week ago up to the same time of day.
	Today    DayTotals   `json:"today"`
	LastWeek DayTotals   `json:"last_week"`
	Hours    []HourTotal `json:"hours" nullable:"false"`
	TopItems []TopItem   `json:"top_items" nullable:"false"`
	Shifts   []ShiftLine `json:"shifts" nullable:"false"`
	Flagged  int         `json:"flagged_count" doc:"Documents of today with something to look at"`
	// Stores stand beside each other when all are asked for and there are several.
	Stores []StoreDay `json:"stores" nullable:"false"`
}

// StoreDay is one store's day so far, by its own clock.
type StoreDay struct {
	StoreID      uuid.UUID     `json:"store_id" db:"store_id"`
	Name         string        `json:"name" db:"name"`
	TimeZone     string        `json:"time_zone" db:"time_zone"`
	BusinessDate string        `json:"business_date" db:"business_date" format:"date"`
	Total        money.Amount  `json:"total_minor" db:"total_minor"`
	Net          money.Amount  `json:"net_minor" db:"net_minor"`
	Baskets      int           `json:"baskets" db:"baskets"`
	Average      money.Amount  `json:"average_minor" db:"average_minor"`
	Margin       *money.Amount `json:"margin_minor,omitempty" db:"margin_minor"`
	LastWeek     money.Amount  `json:"last_week_minor" db:"last_week_minor"`
	OpenShifts   int           `json:"open_shifts" db:"open_shifts"`
}

// DayTotals sums up a day. Average is what a sale brings.
type DayTotals struct {
	Total   money.Amount  `json:"total_minor" db:"total_minor"`
	Net     money.Amount  `json:"net_minor" db:"net_minor"`
	Tax     money.Amount  `json:"tax_minor" db:"tax_minor"`
	Baskets int           `json:"baskets" db:"baskets"`
	Average money.Amount  `json:"average_minor" db:"average_minor"`
	Margin  *money.Amount `json:"margin_minor,omitempty" db:"margin_minor"`
}

// HourTotal is one hour of the day, by the store's clock, now and a week ago.
type HourTotal struct {
	Hour     int          `json:"hour" db:"hour"`
	Total    money.Amount `json:"total_minor" db:"total_minor"`
	LastWeek money.Amount `json:"last_week_minor" db:"last_week_minor"`
}

// TopItem is one of the items that brought most today.
type TopItem struct {
	ItemID   uuid.UUID       `json:"item_id" db:"item_id"`
	Name     string          `json:"name" db:"name"`
	Unit     string          `json:"unit" db:"unit"`
	Quantity decimal.Decimal `json:"quantity" db:"quantity"`
	Total    money.Amount    `json:"total_minor" db:"total_minor"`
}

// ShiftLine is an open shift and what it has taken.
type ShiftLine struct {
	ID           uuid.UUID    `json:"id" db:"id"`
	Number       int          `json:"number" db:"number"`
	RegisterID   uuid.UUID    `json:"register_id" db:"register_id"`
	RegisterName string       `json:"register_name" db:"register_name"`
	PersonName   string       `json:"person_name" db:"person_name"`
	OpenedAt     time.Time    `json:"opened_at" db:"opened_at"`
	Baskets      int          `json:"baskets" db:"baskets"`
	Total        money.Amount `json:"total_minor" db:"total_minor"`
}

// Each statement works the business day out for itself from the store's zone, so
// that all of them go out at once.
const (
	readDay db.SQL = `
		select c.currency, max(((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date)::text as business_date
		from   company c
		join   stores s on s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores)) and (@store::uuid is null or s.id = @store)
		where  c.tenant_id = @tenant
		group  by c.currency`

	readTotals db.SQL = `
		with days as (
			select s.id, ((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date - @back::int as day
			from   stores s
			join   company c on c.tenant_id = @tenant
			where  s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores)) and (@store::uuid is null or s.id = @store))
		select coalesce(sum(d.total_minor), 0)::bigint as total_minor, coalesce(sum(d.net_minor), 0)::bigint as net_minor,
			coalesce(sum(d.tax_minor), 0)::bigint as tax_minor,
			(count(*) filter (where d.kind = 'sale') - count(*) filter (where d.kind = 'void')) as baskets,
			coalesce(round(sum(d.total_minor) / nullif(count(*) filter (where d.kind = 'sale') - count(*) filter (where d.kind = 'void'), 0)), 0)::bigint as average_minor,
			coalesce(sum(d.net_minor - d.cost_minor), 0)::bigint as margin_minor
		from   days y
		join   sales d on d.tenant_id = @tenant and d.store_id = y.id and d.business_date = y.day
			and d.completed_at <= @now::timestamptz - make_interval(days => @back::int)`

	readHours db.SQL = `
		with days as (
			select s.id, s.time_zone, ((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date as day
			from   stores s
			join   company c on c.tenant_id = @tenant
			where  s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores)) and (@store::uuid is null or s.id = @store))
		select extract(hour from d.completed_at at time zone y.time_zone)::int as hour,
			coalesce(sum(d.total_minor) filter (where d.business_date = y.day), 0)::bigint as total_minor,
			coalesce(sum(d.total_minor) filter (where d.business_date = y.day - 7), 0)::bigint as last_week_minor
		from   days y
		join   sales d on d.tenant_id = @tenant and d.store_id = y.id and d.business_date in (y.day, y.day - 7)
		group  by 1
		order  by 1`

	readTopItems db.SQL = `
		with days as (
			select s.id, ((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date as day
			from   stores s
			join   company c on c.tenant_id = @tenant
			where  s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores)) and (@store::uuid is null or s.id = @store))
		select l.item_id, max(i.name) as name, max(i.unit) as unit, sum(l.quantity) as quantity, sum(l.total_minor)::bigint as total_minor
		from   days y
		join   sales d on d.tenant_id = @tenant and d.store_id = y.id and d.business_date = y.day
		join   sale_lines l on l.tenant_id = @tenant and l.sale_id = d.id
		join   items i on i.tenant_id = @tenant and i.id = l.item_id
		group  by l.item_id
		having sum(l.quantity) > 0
		order  by sum(l.total_minor) desc, l.item_id
		limit  10`

	readShifts db.SQL = `
		select h.id, h.number, h.register_id, r.name as register_name, coalesce(p.name, '') as person_name, h.opened_at,
			(count(d.id) filter (where d.kind = 'sale') - count(d.id) filter (where d.kind = 'void')) as baskets,
			coalesce(sum(d.total_minor), 0)::bigint as total_minor
		from   shifts h
		join   registers r on r.tenant_id = @tenant and r.id = h.register_id
		left   join people p on p.tenant_id = @tenant and p.id = h.opened_by
		left   join sales d on d.tenant_id = @tenant and d.shift_id = h.id
		where  h.tenant_id = @tenant and h.closed_at is null and (@store::uuid is null or h.store_id = @store)
		and    (@stores::uuid[] is null or h.store_id = any(@stores))
		group  by h.id, h.number, h.register_id, r.name, p.name, h.opened_at
		order  by h.opened_at, h.id`

	// A closed store is shown while it has something to show.
	readStores db.SQL = `
		select y.id as store_id, y.name, y.time_zone, y.day::text as business_date, t.total_minor, t.net_minor, t.baskets,
			coalesce(round(t.total_minor::numeric / nullif(t.baskets, 0)), 0)::bigint as average_minor, t.margin_minor, t.last_week_minor,
			(select count(*) from shifts h where h.tenant_id = @tenant and h.store_id = y.id and h.closed_at is null) as open_shifts
		from   (
			select s.id, s.name, s.time_zone, s.active,
				((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date as day
			from   stores s
			join   company c on c.tenant_id = @tenant
			where  s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores))) y
		cross  join lateral (
			select coalesce(sum(d.total_minor) filter (where d.business_date = y.day), 0)::bigint as total_minor,
				coalesce(sum(d.net_minor) filter (where d.business_date = y.day), 0)::bigint as net_minor,
				count(*) filter (where d.kind = 'sale' and d.business_date = y.day)
					- count(*) filter (where d.kind = 'void' and d.business_date = y.day) as baskets,
				coalesce(sum(d.net_minor - d.cost_minor) filter (where d.business_date = y.day), 0)::bigint as margin_minor,
				coalesce(sum(d.total_minor) filter (where d.business_date = y.day - 7), 0)::bigint as last_week_minor
			from   sales d
			where  d.tenant_id = @tenant and d.store_id = y.id and d.business_date in (y.day, y.day - 7)
			and    (d.business_date = y.day or d.completed_at <= @now::timestamptz - make_interval(days => 7))) t
		where  y.active or t.total_minor <> 0 or t.last_week_minor <> 0
		order  by y.name, y.id`

	countFlagged db.SQL = `
		with days as (
			select s.id, ((@now::timestamptz at time zone s.time_zone) - make_interval(hours => c.day_ends_hour))::date as day
			from   stores s
			join   company c on c.tenant_id = @tenant
			where  s.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores)) and (@store::uuid is null or s.id = @store))
		select count(*)
		from   days y
		join   sales d on d.tenant_id = @tenant and d.store_id = y.id and d.business_date = y.day
		where  d.flags <> '{}'`
)

type dayRow struct {
	Currency     string
	BusinessDate string
}

// ShowDashboard gives the day so far, in one round trip. It fails with
// reports.store_unknown.
func ShowDashboard(ctx context.Context, tx *db.Tx, in DashboardIn) (Dashboard, error) {
	store, err := storeOf(in.StoreID)
	if err != nil {
		return Dashboard{}, err
	}
	now := db.Args{"now": tx.Now(), "store": store}
	r := tx.Reads()
	day := db.ReadMaybe[dayRow](r, readDay, now)
	today := db.ReadMaybe[DayTotals](r, readTotals, db.Args{"now": tx.Now(), "store": store, "back": 0})
	lastWeek := db.ReadMaybe[DayTotals](r, readTotals, db.Args{"now": tx.Now(), "store": store, "back": 7})
	hours := db.ReadAll[HourTotal](r, readHours, now)
	top := db.ReadAll[TopItem](r, readTopItems, now)
	shifts := db.ReadAll[ShiftLine](r, readShifts, db.Args{"store": store})
	flagged := db.ReadMaybe[int](r, countFlagged, now)
	stores := &[]StoreDay{}
	if store == nil {
		stores = db.ReadAll[StoreDay](r, readStores, db.Args{"now": tx.Now()})
	}
	if err := r.Run(ctx); err != nil {
		return Dashboard{}, err
	}
	if !day.Found {
		return Dashboard{}, storeUnknown()
	}
	date, err := time.Parse(time.DateOnly, day.Row.BusinessDate)
	if err != nil {
		return Dashboard{}, fmt.Errorf("business date %q: %w", day.Row.BusinessDate, err)
	}
	out := Dashboard{
		BusinessDate: day.Row.BusinessDate, AsOf: tx.Now(), LastWeekDate: date.AddDate(0, 0, -7).Format(time.DateOnly),
		Currency: day.Row.Currency, Today: today.Row, LastWeek: lastWeek.Row,
		Hours: *hours, TopItems: *top, Shifts: *shifts, Flagged: flagged.Row,
		Stores: []StoreDay{},
	}
	if len(*stores) > 1 {
		out.Stores = *stores
	}
	if !auth.From(ctx).Can(sales.SeeCost) {
		out.hideMargins()
	}
	return out, nil
}

func (d *Dashboard) hideMargins() {
	d.Today.Margin, d.LastWeek.Margin = nil, nil
	for i := range d.Stores {
		d.Stores[i].Margin = nil
	}
}

func storeOf(text string) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // all stores
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, storeUnknown()
	}
	return &id, nil
}

func storeUnknown() error {
	return fault.NotFound("reports.store_unknown").Say("This store is not there. Choose another one.")
}
