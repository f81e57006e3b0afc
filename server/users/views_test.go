package users_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/wire"
)

const putColleague db.SQL = `
	insert into people (tenant_id, id, name, role, created_at, updated_at) values (@tenant, @id, @name, 'cashier', @now, @now)`

func TestViews(t *testing.T) {
	ctx, tx, shop := dbtest.Tx(t)
	colleague := uuid.New()
	_, err := tx.Exec(ctx, putColleague, db.Args{"id": colleague, "name": "Colleague", "now": tx.Now()})
	require.NoError(t, err)
	grants := auth.Grants{wire.Manager: {users.Edit: true}}
	as := func(person uuid.UUID, role wire.Role) context.Context {
		return auth.With(ctx, auth.Acting(shop.ID, person, role, grants))
	}
	mine, theirs := as(shop.Person, wire.Cashier), as(colleague, wire.Cashier)
	save := func(ctx context.Context, name string, shared bool) users.View {
		view, err := users.SaveView(ctx, tx, users.View{ID: uuid.New(), List: "items", Name: name, Query: "q=tea&sort=-price", Shared: shared})
		require.NoError(t, err)
		require.NoError(t, tx.SettleForTest(ctx))
		return view
	}
	names := func(ctx context.Context, list string) []string {
		got, err := users.ListViews(ctx, tx, users.ListName{List: list})
		require.NoError(t, err)
		names := []string{}
		for _, v := range got.Views {
			names = append(names, v.Name)
		}
		return names
	}

	own, common := save(mine, " Mine ", false), save(mine, "Ours", true)
	require.Equal(t, "Mine", own.Name)

	t.Run("mine are mine, shared ones everybody's", func(t *testing.T) {
		require.Equal(t, []string{"Mine", "Ours"}, names(mine, "items"))
		require.Equal(t, []string{"Ours"}, names(theirs, "items"))
		require.Empty(t, names(mine, "sales"), "of each list by itself")
		got, err := users.ListViews(theirs, tx, users.ListName{List: "items"})
		require.NoError(t, err)
		require.False(t, got.Views[0].Mine)
		require.NotEmpty(t, got.Views[0].By)
		require.Equal(t, "q=tea&sort=-price", got.Views[0].Query)
	})
	t.Run("nobody changes or drops another's", func(t *testing.T) {
		for _, view := range []users.View{own, common} {
			_, err := users.ChangeView(theirs, tx, users.ViewChange{ID: view.ID, Body: users.View{Name: "Taken", Query: ""}})
			require.ErrorIs(t, err, fault.NotFound("people.view_not_yours"))
			_, err = users.DropView(theirs, tx, users.ViewID{ID: view.ID})
			require.ErrorIs(t, err, fault.NotFound("people.view_not_yours"))
		}
	})
	t.Run("who may change people clears away what is shared, not what is private", func(t *testing.T) {
		manager := as(colleague, wire.Manager)
		_, err := users.DropView(manager, tx, users.ViewID{ID: own.ID})
		require.ErrorIs(t, err, fault.NotFound("people.view_not_yours"))
		_, err = users.DropView(manager, tx, users.ViewID{ID: common.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"Mine"}, names(mine, "items"))
	})
	t.Run("a view is changed and dropped by who made it", func(t *testing.T) {
		changed, err := users.ChangeView(mine, tx, users.ViewChange{ID: own.ID, Body: users.View{Name: "Tea", Query: "q=tea", Shared: true}})
		require.NoError(t, err)
		require.Equal(t, "Tea", changed.Name)
		require.Equal(t, []string{"Tea"}, names(theirs, "items"))
		_, err = users.DropView(mine, tx, users.ViewID{ID: own.ID})
		require.NoError(t, err)
		require.Empty(t, names(mine, "items"))
	})
	t.Run("a layout is a person's own", func(t *testing.T) {
		for _, columns := range [][]string{{"name"}, {"price", "name"}} {
			_, err := users.SetLayout(mine, tx, users.LayoutChange{List: "items", Body: users.Layout{Columns: columns, Dense: true}})
			require.NoError(t, err)
		}
		require.NoError(t, tx.SettleForTest(ctx))
		got, err := users.ListViews(mine, tx, users.ListName{List: "items"})
		require.NoError(t, err)
		require.Equal(t, users.Layout{Columns: []string{"price", "name"}, Dense: true}, got.Layout)
		got, err = users.ListViews(theirs, tx, users.ListName{List: "items"})
		require.NoError(t, err)
		require.Equal(t, users.Layout{Columns: []string{}}, got.Layout)
	})
	t.Run("a locked till has neither", func(t *testing.T) {
		_, err := users.ListViews(ctx, tx, users.ListName{List: "items"})
		require.ErrorIs(t, err, fault.Forbidden("people.nobody"))
	})
}

func TestViewNameIsTakenOnce(t *testing.T) {
	ctx, tx, shop := dbtest.Tx(t)
	ctx = auth.With(ctx, auth.Acting(shop.ID, shop.Person, wire.Owner, auth.Grants{}))
	for range 2 {
		_, err := users.SaveView(ctx, tx, users.View{ID: uuid.New(), List: "items", Name: "Tea"})
		require.NoError(t, err)
	}
	require.Error(t, tx.SettleForTest(ctx))
}
