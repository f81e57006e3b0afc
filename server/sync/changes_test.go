package sync_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/sync"
	"souk/shared/wire"
)

const (
	renameItem   db.SQL = `update items set name = @name where tenant_id = @tenant and id = @id`
	renameAll    db.SQL = `update items set name = name || '!' where tenant_id = @tenant`
	renamePerson db.SQL = `update people set name = @name where tenant_id = @tenant and id = @id`
	archiveItem  db.SQL = `update items set active = false where tenant_id = @tenant and id = @id`
	names        db.SQL = `select name from items where tenant_id = @tenant order by id`
)

func sees(t *testing.T, many int) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		list, err := sync.ListExceptions(ctx, tx, sync.ExceptionFilter{})
		require.Len(t, list.Rows, many)
		return err
	}
}

func settle(t *testing.T) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		list, err := sync.ListExceptions(ctx, tx, sync.ExceptionFilter{})
		require.NoError(t, err)
		require.EqualValues(t, 1190, list.Rows[0].Amount)
		_, err = sync.Resolve(ctx, tx, sync.ExceptionID{ID: list.Rows[0].ID})
		return err
	}
}

func (w *world) exec(statement db.SQL, args db.Args) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, statement, args)
		return err
	})
}

func (d *device) since(c wire.Cursor) wire.Changes {
	d.t.Helper()
	var out wire.Changes
	status := d.call(d.Token, "GET", fmt.Sprintf("/sync/changes?epoch=%s&seq=%d", c.Epoch, c.Seq), nil, &out)
	require.Equal(d.t, http.StatusOK, status)
	return out
}

func (d *device) setup() wire.SetupAnswer {
	d.t.Helper()
	var out wire.SetupAnswer
	require.Equal(d.t, http.StatusOK, d.call(d.Token, "GET", "/sync/setup", nil, &out))
	return out
}

func (d *device) catalogue(limit int) map[uuid.UUID]wire.TillItem {
	d.t.Helper()
	items := map[uuid.UUID]wire.TillItem{}
	for after := ""; ; {
		var page wire.Page[wire.TillItem]
		status := d.call(d.Token, "GET", fmt.Sprintf("/sync/items?limit=%d&after=%s", limit, after), nil, &page)
		require.Equal(d.t, http.StatusOK, status)
		require.LessOrEqual(d.t, len(page.Rows), limit)
		for _, item := range page.Rows {
			items[item.ID] = item
		}
		if after = page.Next; after == "" {
			return items
		}
	}
}

func TestSetup(t *testing.T) {
	w := newWorld(t)
	setup := w.pair().setup()
	require.NotEqual(t, uuid.Nil, setup.Cursor.Epoch)
	require.Positive(t, setup.Cursor.Seq)
	s := setup.Setup
	require.Equal(t, w.slug, s.Company.Slug)
	require.Equal(t, "Main", s.Store.Name)
	require.Equal(t, w.register, s.Register.ID)
	require.Equal(t, 1, s.Register.NextShift)
	require.NotEmpty(t, s.Methods)
	require.NotEmpty(t, s.Units)
	require.Equal(t, w.person, s.People[0].ID)
	require.Contains(t, s.People[0].Permissions, wire.Permission("sales.sell"))
}

func TestChanges(t *testing.T) {
	w := newWorld(t)
	first, second := w.item(), w.item()
	d := w.pair()
	start := d.setup().Cursor
	require.Len(t, d.catalogue(1), 2)

	t.Run("nothing new is an empty answer at the same place", func(t *testing.T) {
		got := d.since(start)
		require.False(t, got.Reload)
		require.Empty(t, got.Items)
		require.Nil(t, got.Setup)
	})
	t.Run("an item that changed often comes once, as it is now", func(t *testing.T) {
		at := d.since(start).Cursor
		for i := range 3 {
			w.exec(renameItem, db.Args{"id": first, "name": fmt.Sprint("Milk ", i)})
		}
		w.exec(archiveItem, db.Args{"id": second})
		got := d.since(at)
		require.Len(t, got.Items, 2)
		byID := map[uuid.UUID]wire.TillItem{got.Items[0].ID: got.Items[0], got.Items[1].ID: got.Items[1]}
		require.Equal(t, "Milk 2", byID[first].Name)
		require.False(t, byID[second].Active)
		require.Equal(t, at.Seq+4, got.Cursor.Seq)
		require.Empty(t, d.since(got.Cursor).Items)
	})
	t.Run("a changed person brings the setup", func(t *testing.T) {
		at := d.since(start).Cursor
		w.exec(renamePerson, db.Args{"id": w.person, "name": "Kim"})
		got := d.since(at)
		require.Equal(t, "Kim", got.Setup.People[0].Name)
	})
	t.Run("a sale tells the new stock", func(t *testing.T) {
		at := d.since(start).Cursor
		d.open()
		d.sell(first)
		d.send(d.journal...)
		got := d.since(at)
		require.Len(t, got.Items, 1)
		require.Equal(t, "-1", got.Items[0].OnHand.String())
	})
	t.Run("many at once, another epoch and a cursor from the future mean reload", func(t *testing.T) {
		at := d.since(start).Cursor
		require.True(t, d.since(wire.Cursor{Epoch: uuid.New(), Seq: at.Seq}).Reload)
		require.True(t, d.since(wire.Cursor{Epoch: at.Epoch, Seq: at.Seq + 1000}).Reload)
		for range 101 {
			w.item()
		}
		at = d.since(at).Cursor
		w.exec(renameAll, db.Args{})
		require.True(t, d.since(at).Reload)
	})
	t.Run("changes that are no longer kept mean reload", func(t *testing.T) {
		at := d.since(wire.Cursor{Epoch: start.Epoch}).Cursor
		admin := dbtest.Superuser(t, "")
		_, err := admin.Exec(t.Context(), `delete from changes where tenant_id = $1 and seq <= $2`, w.tenant, start.Seq)
		require.NoError(t, err)
		require.True(t, d.since(wire.Cursor{Epoch: start.Epoch, Seq: start.Seq - 1}).Reload)
		require.True(t, d.since(wire.Cursor{Epoch: start.Epoch}).Reload)
		require.False(t, d.since(at).Reload)
	})
}

// A till that follows the cursor while others write ends with what is there.
func TestCursorSkipsNothing(t *testing.T) {
	w := newWorld(t)
	var items []uuid.UUID
	for range 5 {
		items = append(items, w.item())
	}
	d := w.pair()
	at := d.setup().Cursor
	mine := d.catalogue(2)
	const writers, writes = 4, 25
	done := make(chan bool, writers)
	for n := range writers {
		go func() {
			for i := range writes {
				w.exec(renameItem, db.Args{"id": items[(n*7+i)%len(items)], "name": fmt.Sprintf("by %d, %d", n, i)})
			}
			done <- true
		}()
	}
	follow := func() {
		got := d.since(at)
		require.False(t, got.Reload)
		require.GreaterOrEqual(t, got.Cursor.Seq, at.Seq)
		at = got.Cursor
		for _, item := range got.Items {
			mine[item.ID] = item
		}
	}
	for running := writers; running > 0; {
		select {
		case <-done:
			running--
		default:
			follow()
		}
	}
	follow()
	for id, item := range d.catalogue(2000) {
		require.Equal(t, item, mine[id])
	}
}
