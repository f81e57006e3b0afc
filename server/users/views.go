package users

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// View is a list's filters and order under a name.
type View struct {
	ID     uuid.UUID `json:"id"`
	List   string    `json:"list" minLength:"1" maxLength:"40" doc:"The list it is of: the path of its screen without the slash"`
	Name   string    `json:"name" minLength:"1" maxLength:"60"`
	Query  string    `json:"query" maxLength:"2000" doc:"The query of the list's address"`
	Shared bool      `json:"shared" doc:"Everyone here sees it"`
}

// ViewRow is a view in the menu of its list.
type ViewRow struct {
	View
	Mine bool   `json:"mine"`
	By   string `json:"by"`
}

// Layout is which columns of a list a person wants to see, in their order. None
// at all is the list's own choice.
type Layout struct {
	Columns []string `json:"columns" maxItems:"60" nullable:"false"`
	Dense   bool     `json:"dense"`
}

// Looks is how the caller looks at a list.
type Looks struct {
	Views  []ViewRow `json:"views" nullable:"false"`
	Layout Layout    `json:"layout"`
}

// ListName names a list.
type ListName struct {
	List string `query:"list" minLength:"1" maxLength:"40"`
}

const (
	readViews db.SQL = `
		select v.id, v.list, v.name, v.query, v.shared, v.person_id = @person as mine, p.name as by
		from   saved_views v
		join   people p on p.tenant_id = @tenant and p.id = v.person_id
		where  v.tenant_id = @tenant and v.list = @list and (v.shared or v.person_id = @person)
		order  by v.name, v.id`

	readLayout db.SQL = `
		select columns, dense from list_layouts where tenant_id = @tenant and person_id = @person and list = @list`

	addView db.SQL = `
		insert into saved_views (tenant_id, id, person_id, list, name, query, shared, created_at, updated_at)
		values (@tenant, @id, @person, @list, @name, @query, @shared, @now, @now)`

	changeView db.SQL = `
		update saved_views
		set    name = @name, query = @query, shared = @shared, updated_at = @now
		where  tenant_id = @tenant and id = @id and person_id = @person`

	// Whoever may change people may clear away what somebody left for everyone.
	dropView db.SQL = `
		delete from saved_views
		where  tenant_id = @tenant and id = @id and (person_id = @person or @everyones and shared)`

	putLayout db.SQL = `
		insert into list_layouts (tenant_id, person_id, list, columns, dense, updated_at)
		values (@tenant, @person, @list, @columns::text[], @dense, @now)
		on     conflict (tenant_id, person_id, list) do update
		set    columns = excluded.columns, dense = excluded.dense, updated_at = excluded.updated_at`
)

// ListViews gives the caller's views of a list and everybody's, and the caller's
// layout of it.
//
// Fails with people.nobody.
func ListViews(ctx context.Context, tx *db.Tx, in ListName) (Looks, error) {
	person, err := caller(ctx)
	if err != nil {
		return Looks{}, err
	}
	r := tx.Reads()
	views := db.ReadAll[ViewRow](r, readViews, db.Args{"person": person, "list": in.List})
	layout := db.ReadMaybe[Layout](r, readLayout, db.Args{"person": person, "list": in.List})
	if err := r.Run(ctx); err != nil {
		return Looks{}, err
	}
	out := Looks{Views: *views, Layout: layout.Row}
	if out.Layout.Columns == nil {
		out.Layout.Columns = []string{}
	}
	return out, nil
}

// SaveView keeps a view under a name that the caller has not used for this list.
//
// Fails with people.view_taken and people.nobody.
func SaveView(ctx context.Context, tx *db.Tx, in View) (View, error) {
	person, err := caller(ctx)
	if err != nil {
		return View{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	batch := tx.Batch()
	batch.Exec(addView, viewArgs(in, person, tx.Now(), db.Args{"list": in.List}))
	return in, batch.Done()
}

// ViewChange is a view's id and what it becomes.
type ViewChange struct {
	ID   uuid.UUID `path:"id"`
	Body View
}

// ChangeView renames a view, shares it or keeps other filters under its name. Its
// list stays.
//
// Fails with people.view_not_yours, people.view_taken and people.nobody.
func ChangeView(ctx context.Context, tx *db.Tx, in ViewChange) (View, error) {
	person, err := caller(ctx)
	if err != nil {
		return View{}, err
	}
	view := in.Body
	view.ID, view.Name = in.ID, strings.TrimSpace(view.Name)
	rows, err := tx.Exec(ctx, changeView, viewArgs(view, person, tx.Now(), db.Args{}))
	if err == nil && rows == 0 {
		err = notYours()
	}
	return view, err
}

// ViewID names a view in a path.
type ViewID struct {
	ID uuid.UUID `path:"id"`
}

// DropView forgets a view.
//
// Fails with people.view_not_yours and people.nobody.
func DropView(ctx context.Context, tx *db.Tx, in ViewID) (web.None, error) {
	person, err := caller(ctx)
	if err != nil {
		return web.None{}, err
	}
	rows, err := tx.Exec(ctx, dropView, db.Args{"id": in.ID, "person": person, "everyones": auth.From(ctx).Can(Edit)})
	if err == nil && rows == 0 {
		err = notYours()
	}
	return web.None{}, err
}

// LayoutChange is a list and how the caller wants to see it.
type LayoutChange struct {
	List string `path:"list" minLength:"1" maxLength:"40"`
	Body Layout
}

// SetLayout remembers how the caller wants to see a list.
//
// Fails with people.nobody.
func SetLayout(ctx context.Context, tx *db.Tx, in LayoutChange) (Layout, error) {
	person, err := caller(ctx)
	if err != nil {
		return Layout{}, err
	}
	if in.Body.Columns == nil {
		in.Body.Columns = []string{}
	}
	batch := tx.Batch()
	batch.Exec(putLayout, db.Args{"person": person, "list": in.List, "columns": in.Body.Columns, "dense": in.Body.Dense, "now": tx.Now()})
	return in.Body, batch.Done()
}

func viewArgs(view View, person uuid.UUID, now time.Time, more db.Args) db.Args {
	more["id"], more["name"], more["query"], more["shared"] = view.ID, view.Name, view.Query, view.Shared
	more["person"], more["now"] = person, now
	return more
}

// caller is the person who asks; a till that nobody has unlocked is no person.
func caller(ctx context.Context) (uuid.UUID, error) {
	if person := auth.From(ctx).Person; person != uuid.Nil {
		return person, nil
	}
	return uuid.Nil, fault.Forbidden("people.nobody").Say("Sign in as a person first.")
}

func notYours() error {
	return fault.NotFound("people.view_not_yours").Say("There is no such view of yours. Save it under a name of your own.")
}
