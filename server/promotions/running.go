package promotions

import (
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/promotion"
)

// row is a promotion that runs or is to. The first one brings the categories'
// parents with it: one statement, and none of it where nothing runs.
type row struct {
	ID      uuid.UUID               `db:"id"`
	Name    string                  `db:"name"`
	Terms   promotion.Terms         `db:"terms"`
	Parents map[uuid.UUID]uuid.UUID `db:"parents"`
}

const readRunning db.SQL = `
	select p.id, p.name, p.terms,
	       case when row_number() over (order by p.id) = 1 then (
	           select jsonb_object_agg(c.id, c.parent_id)
	           from   categories c
	           where  c.tenant_id = @tenant and c.parent_id is not null)
	       end as parents
	from   promotions p
	where  p.tenant_id = @tenant and p.active and coalesce(nullif(p.terms ->> 'until', ''), '9999') >= @day
	order  by p.id`

// Found are the promotions of a read that has not run yet.
type Found struct{ rows *[]row }

// ReadRunning adds a read of the promotions that are not over on a day.
func ReadRunning(r *db.Reads, day time.Time) Found {
	return Found{db.ReadAll[row](r, readRunning, db.Args{"day": day.AddDate(0, 0, -1).Format(time.DateOnly)})}
}

// Running are promotions with what they have to know of the shop.
type Running struct {
	All     []promotion.Offer
	parents map[uuid.UUID]uuid.UUID
}

// Running is what was found.
func (f Found) Running() Running {
	out := Running{All: []promotion.Offer{}}
	if f.rows == nil {
		return out
	}
	for _, r := range *f.rows {
		out.All = append(out.All, promotion.Offer{ID: r.ID, Name: r.Name, Terms: r.Terms})
		if r.Parents != nil {
			out.parents = r.Parents
		}
	}
	return out
}

// Categories are an item's category and all above it.
func (r Running) Categories(of *uuid.UUID) []uuid.UUID { return promotion.Path(of, r.parents) }

const readByID db.SQL = `
	select id, name, terms, active, version, updated_at
	from   promotions
	where  tenant_id = @tenant and id = any(@ids::uuid[])`

// ReadSome adds a read of promotions by their ids. One that is not there has no row.
func ReadSome(r *db.Reads, ids []uuid.UUID) *[]Promotion {
	if len(ids) == 0 {
		return &[]Promotion{}
	}
	return db.ReadAll[Promotion](r, readByID, db.Args{"ids": ids})
}
