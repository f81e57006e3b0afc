package attack_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/db"
)

// A short run is part of every test; the long one is for soak.
const fewBreaks = 600

// whoseRows asks without any predicate, so that the context alone decides.
const whoseRows db.SQL = `
	select coalesce(min(tenant_id::text), '') as least, coalesce(max(tenant_id::text), '') as most, count(*) as found, pg_backend_pid() as pid
	from   items
	where  tenant_id = @tenant or true`

type rowsOf struct {
	Least, Most string
	Found       int
	PID         uint32 `db:"pid"`
}

// clean is what a connection must be when it comes back.
const clean = `
	select coalesce(current_setting('app.tenant_id', true), '') || coalesce(current_setting('app.actor', true), '')
	       || coalesce(current_setting('app.stores', true), ''),
	       current_user, current_setting('search_path'), current_setting('role'),
	       (select count(*) from pg_class where relpersistence = 't')::int, (select count(*) from pg_listening_channels())::int`

var errBroken = errors.New("broken off by the test")

// TestAttackBySharedConnections lets both shops work over the same few connections,
// while what they do panics, is cancelled, fails and loses its connection: each sees
// its own rows, and a connection that comes back carries nothing of who had it.
func TestAttackBySharedConnections(t *testing.T) { breakConnections(t, fewBreaks, 1) }

func breakConnections(t *testing.T, times int, seed uint64) {
	r := newRing(t)
	cases := count(t, "A6", 2*times)
	for _, conns := range []int32{1, 4} {
		database, err := db.Open(t.Context(), db.Config{LoginURL: r.access.LoginURL, PlatformURL: r.access.PlatformURL, MaxConns: conns, Faults: app.Faults()})
		require.NoError(t, err)
		var working sync.WaitGroup
		var mu sync.Mutex
		left := times
		for worker := range conns {
			working.Go(func() {
				dice := rand.New(rand.NewPCG(seed, uint64(worker))) //nolint:gosec // no secret: the same run again
				for {
					mu.Lock()
					if left == 0 || t.Failed() {
						mu.Unlock()
						return
					}
					left--
					mu.Unlock()
					r.breakOne(t, database, dice)
					mu.Lock()
					cases.one()
					mu.Unlock()
				}
			})
		}
		working.Wait()
		database.Close()
	}
}

// breakOne does one thing for one of the shops, in one of the ways in which it may end.
func (r *ring) breakOne(t *testing.T, database *db.DB, dice *rand.Rand) {
	of := []*shop{r.a, r.b}[dice.IntN(2)]
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ending := dice.IntN(9)
	err := func() (err error) {
		defer func() {
			if problem := recover(); problem != nil {
				err = errBroken
			}
		}()
		do := database.Tenant
		if ending == 8 {
			do = database.Read
		}
		return do(ctx, db.Identity{Tenant: of.id, Actor: of.id, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
			seen, err := db.One[rowsOf](ctx, tx, whoseRows, db.Args{})
			if err != nil {
				return err
			}
			if seen.Least != of.id.String() || seen.Most != of.id.String() {
				t.Errorf("%s saw rows of %s to %s", of.slug, seen.Least, seen.Most)
			}
			switch ending {
			case 0:
				panic("broken off by the test")
			case 1:
				cancel()
				_, err = db.One[rowsOf](ctx, tx, whoseRows, db.Args{})
				return err
			case 2:
				return errBroken
			case 3:
				r.super(t, fmt.Sprintf(`select pg_terminate_backend(%d)`, seen.PID))
				_, err = db.One[rowsOf](ctx, tx, whoseRows, db.Args{})
				return err
			case 4:
				_, err = tx.Exec(ctx, `update items set name = name || '' where tenant_id = @tenant and false`, db.Args{})
				return err
			case 6: // one that the database breaks off, as when its time is over
				err := r.stopped(ctx, t, tx, seen.PID)
				if err == nil {
					t.Error("a statement was not broken off")
				}
				return err
			case 5: // a statement that fails takes the transaction with it
				_, err = db.One[int](ctx, tx, `select 1 / (select count(*)::int from items where tenant_id = @tenant and false)`, db.Args{})
				return err
			}
			return nil
		})
	}()
	if ending >= 7 && err != nil {
		t.Errorf("what was not broken off failed: %v", err)
	}
	if dice.IntN(4) == 0 {
		r.comesBackClean(t, database)
	}
}

// stopped runs a long statement and has the server stop it.
func (r *ring) stopped(ctx context.Context, t *testing.T, tx *db.Tx, backend uint32) error {
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			select {
			case <-ended:
				return
			case <-time.After(5 * time.Millisecond):
				r.super(t, fmt.Sprintf(`select pg_cancel_backend(%d)`, backend))
			}
		}
	}()
	_, err := db.One[int](ctx, tx, `select count(*)::int from items, (select pg_sleep(60)) slow where tenant_id = @tenant`, db.Args{})
	close(ended)
	<-gone
	return err
}

// superTurn is over the superuser's one connection.
var superTurn sync.Mutex

// super runs a statement as the superuser.
func (r *ring) super(t *testing.T, sql string) {
	superTurn.Lock()
	defer superTurn.Unlock()
	_, err := r.superuser.Exec(t.Context(), sql)
	if err != nil {
		t.Error(err)
	}
}

func (r *ring) comesBackClean(t *testing.T, database *db.DB) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := database.Bare(ctx, func(conn *pgx.Conn) error {
		var carried, user, path, role string
		var temporary, listens int
		if status := conn.PgConn().TxStatus(); status != 'I' {
			t.Errorf("a connection came back in state %c", status)
		}
		err := conn.QueryRow(ctx, clean).Scan(&carried, &user, &path, &role, &temporary, &listens)
		if carried != "" || user != "souk_login" || role != "none" || temporary+listens != 0 {
			t.Errorf("a connection came back with %q as %s (role %s), %d temporary tables, %d channels, path %s", carried, user, role, temporary, listens, path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
