package sales

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/money"
	"souk/shared/wire"
)

// MovementQuery says which movements of cash are looked at. Dates are business
// days, both included.
type MovementQuery struct {
	From       string `query:"from" doc:"YYYY-MM-DD"`
	To         string `query:"to" doc:"YYYY-MM-DD"`
	Kind       string `query:"kind" enum:"in,out,drop,open,"`
	StoreID    string `query:"store_id"`
	RegisterID string `query:"register_id"`
	ShiftID    string `query:"shift_id"`
	PersonID   string `query:"person_id" doc:"Whoever did it or lent the right for it"`
}

// MovementFilter is MovementQuery as the body of a request.
type MovementFilter struct {
	From       string `json:"from,omitempty" doc:"YYYY-MM-DD"`
	To         string `json:"to,omitempty" doc:"YYYY-MM-DD"`
	Kind       string `json:"kind,omitempty" enum:"in,out,drop,open,"`
	StoreID    string `json:"store_id,omitempty"`
	RegisterID string `json:"register_id,omitempty"`
	ShiftID    string `json:"shift_id,omitempty"`
	PersonID   string `json:"person_id,omitempty"`
}

// MovementsIn asks for a page of the list.
type MovementsIn struct {
	MovementQuery
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// MovementRow is money that moved in a drawer beside sales, or a drawer that was
// opened without one.
type MovementRow struct {
	ID           uuid.UUID       `json:"id" db:"id"`
	Kind         wire.CashKind   `json:"kind" db:"kind" enum:"in,out,drop,open"`
	Reason       wire.CashReason `json:"reason" db:"reason" enum:"petty,supplier,bank,safe,owner,change,check,other"`
	Amount       money.Amount    `json:"amount_minor" db:"amount_minor" doc:"Never negative"`
	Note         string          `json:"note" db:"note"`
	At           time.Time       `json:"at" db:"at"`
	LocalTime    string          `json:"local_time" db:"local_time" doc:"By the store's clock"`
	BusinessDate string          `json:"business_date" db:"business_date" format:"date"`
	StoreName    string          `json:"store_name" db:"store_name"`
	RegisterName string          `json:"register_name" db:"register_name"`
	ShiftID      uuid.UUID       `json:"shift_id" db:"shift_id"`
	ShiftNumber  int             `json:"shift_number" db:"shift_number"`
	PersonName   string          `json:"person_name" db:"person_name"`
	ApprovedBy   string          `json:"approved_by" db:"approved_by" doc:"Who lent the right, where the person has it not"`
	Flags        []string        `json:"flags" db:"flags" nullable:"false"`
	Currency     string          `json:"currency" db:"currency"`
}

// MovementSums is what all the movements under a filter come to.
type MovementSums struct {
	Count  int          `json:"count" db:"count"`
	In     money.Amount `json:"in_minor" db:"cash_in"`
	Out    money.Amount `json:"out_minor" db:"cash_out"`
	Drops  money.Amount `json:"drops_minor" db:"drops"`
	Opened int          `json:"opened" db:"opened" doc:"Drawers opened without a sale"`
}

const (
	movementsFrom = `
		from   cash_movements c
		join   registers r on r.tenant_id = @tenant and r.id = c.register_id`

	movementsWhere = `
		where  c.tenant_id = @tenant
		and    (@stores::uuid[] is null or r.store_id = any(@stores))
		and    c.business_date between @from::date and @to::date
		and    (@kind::text = '' or c.kind = @kind)
		and    (@store::uuid is null or r.store_id = @store)
		and    (@register::uuid is null or c.register_id = @register)
		and    (@shift::uuid is null or c.shift_id = @shift)
		and    (@person::uuid is null or c.person_id = @person or c.approved_by = @person)`

	listMovements db.SQL = `
		select c.id, c.kind, c.reason, c.amount_minor, c.note, c.at, to_char(c.at at time zone st.time_zone, 'YYYY-MM-DD HH24:MI:SS') as local_time,
		       c.business_date::text as business_date, st.name as store_name, r.name as register_name, c.shift_id, sh.number as shift_number,
		       coalesce(p.name, '') as person_name, coalesce(a.name, '') as approved_by, c.flags, co.currency` + movementsFrom + `
		join   stores st on st.tenant_id = @tenant and st.id = r.store_id
		join   company co on co.tenant_id = @tenant
		join   shifts sh on sh.tenant_id = @tenant and sh.id = c.shift_id
		left   join people p on p.tenant_id = @tenant and p.id = c.person_id
		left   join people a on a.tenant_id = @tenant and a.id = c.approved_by` + movementsWhere + `
		and    (c.at, c.id) < (@before::timestamptz, @before_id::uuid)
		order  by c.at desc, c.id desc
		limit  @limit`

	sumMovements db.SQL = `
		select count(*)::int as count, coalesce(sum(c.amount_minor) filter (where c.kind = 'in'), 0)::bigint as cash_in,
		       coalesce(sum(c.amount_minor) filter (where c.kind = 'out'), 0)::bigint as cash_out,
		       coalesce(sum(c.amount_minor) filter (where c.kind = 'drop'), 0)::bigint as drops,
		       (count(*) filter (where c.kind = 'open'))::int as opened` + movementsFrom + movementsWhere
)

// Movements lists what moved in drawers beside sales, the newest first. It fails
// with request.bad_cursor, or with sales.filter_invalid for what is no date or id.
func Movements(ctx context.Context, tx *db.Tx, in MovementsIn) (wire.Page[MovementRow], error) {
	args, err := in.args()
	if err != nil {
		return wire.Page[MovementRow]{}, err
	}
	limit := page.Limit(in.Limit)
	args["before"], args["before_id"], args["limit"] = lastDay, uuid.Max, limit+1
	if in.After != "" {
		if args["before"], args["before_id"], err = cursor(in.After); err != nil {
			return wire.Page[MovementRow]{}, err
		}
	}
	rows, err := db.All[MovementRow](ctx, tx, listMovements, args)
	out := wire.Page[MovementRow]{Rows: rows}
	if len(rows) > limit {
		out.Rows = rows[:limit]
		last := out.Rows[limit-1]
		out.Next = page.Encode(last.At.Format(time.RFC3339Nano), last.ID.String())
	}
	return out, err
}

// SumMovements adds up all the movements under a filter; what a shift's come to
// is what its Z report says. It fails with sales.filter_invalid.
func SumMovements(ctx context.Context, tx *db.Tx, in MovementQuery) (MovementSums, error) {
	args, err := in.args()
	if err != nil {
		return MovementSums{}, err
	}
	return db.One[MovementSums](ctx, tx, sumMovements, args)
}

func (in MovementQuery) args() (db.Args, error) {
	args := db.Args{"kind": in.Kind}
	var err error
	if args["from"], err = dateOr(in.From, "from", firstDay); err != nil {
		return nil, err
	}
	if args["to"], err = dateOr(in.To, "to", lastDay); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"store": in.StoreID, "register": in.RegisterID, "shift": in.ShiftID, "person": in.PersonID} {
		if args[name], err = idOrNone(text, name+"_id"); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// MovementExport is the list under a filter, to be written to a file.
type MovementExport struct {
	MovementFilter
	Format string `json:"format" enum:"csv,xlsx"`
}

var movementExport = export.List[MovementFilter, MovementRow]{
	Kind: "sales.cash_export", Needs: SeeCash,
	Header: []string{
		"Time", "Business day", "Store", "Register", "Shift", "Kind", "Reason", "Amount", "Currency", "By", "Approved by", "Note", "Flags",
	},
	Numbers: map[int]bool{7: true},
	Page: func(ctx context.Context, tx *db.Tx, in MovementFilter, after string) (wire.Page[MovementRow], error) {
		return Movements(ctx, tx, MovementsIn{MovementQuery: MovementQuery(in), After: after, Limit: page.MaxLimit})
	},
	Cells: func(m MovementRow) []string {
		c, _ := money.Lookup(m.Currency)
		return []string{
			m.LocalTime, m.BusinessDate, m.StoreName, m.RegisterName, strconv.Itoa(m.ShiftNumber), string(m.Kind), string(m.Reason),
			c.Format(m.Kind.Effect(m.Amount)), m.Currency, m.PersonName, m.ApprovedBy, m.Note, strings.Join(m.Flags, ", "),
		}
	},
}

// ExportMovements begins to write the movements under a filter to a file, and
// gives the job that does it. Amounts have the sign of what they do to the
// drawer. It fails with sales.filter_invalid.
func ExportMovements(ctx context.Context, tx *db.Tx, in MovementExport) (jobs.JobRow, error) {
	if _, err := MovementQuery(in.MovementFilter).args(); err != nil {
		return jobs.JobRow{}, err
	}
	return movementExport.Start(ctx, tx, in.MovementFilter, "Cash movements "+tx.Now().Format(time.DateOnly), in.Format == "xlsx")
}
