package catalog

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Category is a group of items, in which others may stand.
type Category struct {
	ID       uuid.UUID  `json:"id" db:"id"`
	ParentID *uuid.UUID `json:"parent_id,omitempty" db:"parent_id"`
	Name     string     `json:"name" db:"name" maxLength:"120"`
	Position int        `json:"position,omitempty" db:"position" minimum:"0" maximum:"1000000"`
	Active   bool       `json:"active" db:"active"`
}

const (
	readCategories db.SQL = `
		select id, parent_id, name, position, active
		from   categories
		where  tenant_id = @tenant
		order  by position, lower(name), id`

	insertCategory db.SQL = `
		insert into categories (tenant_id, id, parent_id, name, position, active)
		values (@tenant, @id, @parent, @name, @position, @active)`

	updateCategory db.SQL = `
		update categories
		set    parent_id = @parent, name = @name, position = @position, active = @active
		where  tenant_id = @tenant and id = @id`

	// The parent and all above it.
	readAbove db.SQL = `
		with recursive above (id, parent_id) as (
		    select id, parent_id from categories where tenant_id = @tenant and id = @parent
		    union
		    select c.id, c.parent_id from categories c join above a on c.id = a.parent_id where c.tenant_id = @tenant)
		select id from above`

	sameName db.SQL = `
		select id, name
		from   categories
		where  tenant_id = @tenant and name = @name and parent_id is not distinct from @parent::uuid and id <> @id`
)

// Categories lists every category in the order of the register's grid; parents
// are named, not nested.
func Categories(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[Category], error) {
	rows, err := db.All[Category](ctx, tx, readCategories, db.Args{})
	return wire.Page[Category]{Rows: rows}, err
}

// AddCategory makes a category.
//
// Fails with catalog.bad_category and catalog.category_name_taken.
func AddCategory(ctx context.Context, tx *db.Tx, in Category) (Category, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	in, err := in.checked(ctx, tx)
	if err != nil {
		return Category{}, err
	}
	batch := tx.Batch()
	batch.Exec(insertCategory, in.args())
	return in, batch.Done()
}

// CategoryChange is a category's id and what it becomes.
type CategoryChange struct {
	ID   uuid.UUID `path:"id"`
	Body Category
}

// ChangeCategory renames, moves or retires a category. A retired one keeps its
// items and is not shown on registers.
//
// Fails with catalog.bad_category, catalog.category_name_taken and
// catalog.category_loop, if it would stand below itself.
func ChangeCategory(ctx context.Context, tx *db.Tx, in CategoryChange) (Category, error) {
	in.Body.ID = in.ID
	category, err := in.Body.checked(ctx, tx)
	if err != nil {
		return Category{}, err
	}
	rows, err := tx.Exec(ctx, updateCategory, category.args())
	if err != nil {
		return Category{}, err
	}
	if rows == 0 {
		return Category{}, fault.NotFound("catalog.no_category").Say("There is no such category.")
	}
	return category, nil
}

func (c Category) args() db.Args {
	return db.Args{"id": c.ID, "parent": c.ParentID, "name": c.Name, "position": c.Position, "active": c.Active}
}

func (c Category) checked(ctx context.Context, tx *db.Tx) (Category, error) {
	c.Name = strings.TrimSpace(c.Name)
	r := tx.Reads()
	above := db.ReadAll[uuid.UUID](r, readAbove, db.Args{"parent": c.ParentID})
	same := db.ReadMaybe[owner](r, sameName, db.Args{"name": c.Name, "parent": c.ParentID, "id": c.ID})
	if err := r.Run(ctx); err != nil {
		return c, err
	}
	var wrong problems
	if c.Name == "" {
		wrong.add("name", "catalog.name_missing", "Give the category a name.")
	}
	if c.ParentID != nil && len(*above) == 0 {
		wrong.add("parent_id", "catalog.unknown_category", "Choose one of the shop's categories.")
	}
	if err := wrong.err("catalog.bad_category"); err != nil {
		return c, err
	}
	for _, id := range *above {
		if id == c.ID {
			return c, fault.Conflict("catalog.category_loop", fault.At("parent_id", "catalog.category_loop", "")).
				Say("A category cannot stand below itself. Choose another place.")
		}
	}
	if same.Found {
		return c, fault.Conflict("catalog.category_name_taken", fault.At("name", "catalog.category_name_taken", "")).
			Say("There is a category of this name here already. Choose another name.")
	}
	return c, nil
}
