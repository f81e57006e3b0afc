package live_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
)

const customers = "parties.customers"

// TestMain ends with a look for goroutines that nobody ended. The watch over the
// tests' own PostgreSQL, which other test programs share, lasts as long as this one.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("souk/server/platform/db/embedded.pidFile.gone.func1"))
}

func TestDelivery(t *testing.T) {
	t.Run("every event comes once and in order under 16 writers", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		shop := dbtest.NewShop(t, b.database)
		token := b.signIn(shop)
		first, welcome := b.listen(token, place{}, customers)
		second, _ := b.listen(token, place{}, customers, "people.list")

		var writers sync.WaitGroup
		for range 16 {
			writers.Go(func() {
				for range 25 {
					b.addCustomers(shop, 1)
				}
			})
		}
		all := run(welcome.Seq+1, welcome.Seq+16*25)
		require.Equal(t, all, first.changesUpTo(welcome.Seq+16*25))
		require.Equal(t, all, second.changesUpTo(welcome.Seq+16*25))
		writers.Wait()
		require.Equal(t, welcome.Seq+16*25, b.head(shop))
	})
	t.Run("a burst larger than what a socket may lag behind is paced, not cut", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		shop := dbtest.NewShop(t, b.database)
		c, welcome := b.listen(b.signIn(shop), place{}, customers)
		for range 10 {
			b.addCustomers(shop, 100)
		}
		require.Equal(t, run(welcome.Seq+1, welcome.Seq+1000), c.changesUpTo(welcome.Seq+1000))
	})
	t.Run("a change of very many rows is one reload of the topic", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		shop := dbtest.NewShop(t, b.database)
		c, _ := b.listen(b.signIn(shop), place{}, customers)
		b.addCustomers(shop, 101)
		reload := c.next()
		require.Equal(t, "reload", reload.Type)
		require.Equal(t, customers, *reload.Topic)
	})
	t.Run("what no wake-up announced is found by the sweep", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		shop := dbtest.NewShop(t, b.database)
		c, welcome := b.listen(b.signIn(shop), place{}, customers)
		b.database.OnCommit(nil)
		b.addCustomers(shop, 1)
		require.Equal(t, welcome.Seq+1, c.next().Seq)
	})
	t.Run("one shop's events never reach another's sockets", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		const each = 50
		topics := []string{customers, "people.list", "people.sessions"}
		var writers, readers sync.WaitGroup
		var ids, told [2][]uuid.UUID
		for i := range 2 {
			shop := dbtest.NewShop(t, b.database)
			c, _ := b.listen(b.signIn(shop), place{}, topics...)
			writers.Go(func() {
				for range each {
					ids[i] = append(ids[i], b.addCustomers(shop, 1)...)
				}
			})
			readers.Go(func() {
				for range each {
					told[i] = append(told[i], *c.next().ID)
				}
			})
		}
		writers.Wait()
		readers.Wait()
		require.Equal(t, ids, told)
	})
	t.Run("nor do they when the other shop is silent", func(t *testing.T) {
		b := start(t, dbtest.Open(t), 0)
		mine, theirs := dbtest.NewShop(t, b.database), dbtest.NewShop(t, b.database)
		c, _ := b.listen(b.signIn(mine), place{}, customers, "people.list", "people.sessions")
		other, welcome := b.listen(b.signIn(theirs), place{}, customers)
		b.addCustomers(theirs, 3)
		require.Len(t, other.changesUpTo(welcome.Seq+3), 3)
		c.only(customers, b.addCustomers(mine, 1)[0])
	})
}

func TestResume(t *testing.T) {
	const ring = 64
	setup := func(t *testing.T) (b *bench, shop dbtest.Shop, token string, welcome frame) {
		b = start(t, dbtest.Open(t), ring)
		shop = dbtest.NewShop(t, b.database)
		token = b.signIn(shop)
		keeper, welcome := b.listen(token, place{}, customers) // keeps the room, and so its ring
		t.Cleanup(func() { _ = keeper.conn.Close() })
		b.addCustomers(shop, 10)
		keeper.changesUpTo(welcome.Seq + 10)
		return b, shop, token, welcome
	}
	t.Run("from memory", func(t *testing.T) {
		b, _, token, w := setup(t)
		c, _ := b.listen(token, at(w.Epoch, w.Seq+4), customers)
		require.Equal(t, run(w.Seq+5, w.Seq+10), c.changesUpTo(w.Seq+10))
	})
	t.Run("from the table, and goes on with what is new", func(t *testing.T) {
		b, shop, token, w := setup(t)
		b.hub.Drain()
		b = start(t, b.database, ring) // a new process remembers nothing
		c, _ := b.listen(token, at(w.Epoch, w.Seq+4), customers)
		b.addCustomers(shop, 1)
		require.Equal(t, run(w.Seq+5, w.Seq+11), c.changesUpTo(w.Seq+11))
	})
	t.Run("tells only what the socket watches", func(t *testing.T) {
		b, shop, token, w := setup(t)
		c, _ := b.listen(token, at(w.Epoch, w.Seq), "people.list")
		b.write(shop.Identity(), setRole, db.Args{"role": "owner", "id": shop.Person})
		c.only("people.list", shop.Person)
	})
	t.Run("asks for everything again when the rows were not kept", func(t *testing.T) {
		b, _, token, w := setup(t)
		c, _ := b.listen(token, at(w.Epoch, -5), customers)
		reload := c.next()
		require.Equal(t, "reload", reload.Type)
		require.Nil(t, reload.Topic)
	})
	t.Run("asks for everything again after another epoch or from the future", func(t *testing.T) {
		b, shop, token, w := setup(t)
		for _, from := range []place{at(uuid.New(), w.Seq+10), at(w.Epoch, w.Seq+1000)} {
			c, _ := b.listen(token, from, customers)
			require.Equal(t, "reload", c.next().Type)
			c.only(customers, b.addCustomers(shop, 1)[0])
		}
	})
	t.Run("a restore under open sockets sends them away, and they come back to a reload", func(t *testing.T) {
		database, _, name := dbtest.Fresh(t)
		b := start(t, database, ring)
		shop := dbtest.NewShop(t, database)
		token := b.signIn(shop)
		c, w := b.listen(token, place{}, customers)
		_, err := dbtest.Superuser(t, name).Exec(t.Context(), `update platform.epoch set id = gen_random_uuid()`)
		require.NoError(t, err)
		code, status := c.parted()
		require.Equal(t, "restart", code)
		require.Equal(t, websocket.CloseServiceRestart, status)
		c, now := b.listen(token, at(w.Epoch, w.Seq), customers)
		require.NotEqual(t, w.Epoch, now.Epoch)
		require.Equal(t, "reload", c.next().Type)
	})
}

// TestComingAndGoing lets sockets be cut again and again under writers. Some come
// back to a room that others keep, some to none, and all are told each event once.
func TestComingAndGoing(t *testing.T) {
	const writers, writes, readers = 8, 40, 4
	for name, ring := range map[string]int{"with all events in memory": 0, "with few events in memory": 16} {
		t.Run(name, func(t *testing.T) {
			b := start(t, dbtest.Open(t), ring)
			shop := dbtest.NewShop(t, b.database)
			token := b.signIn(shop)
			gone, w := b.listen(token, place{}, customers)
			require.NoError(t, gone.conn.Close())
			last := w.Seq + writers*writes
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					for range writes {
						b.addCustomers(shop, 1)
					}
				})
			}
			got := make([][]int64, readers)
			for i := range readers {
				all.Go(func() { got[i] = b.follow(token, w, last, i+1) })
			}
			all.Wait()
			for i := range readers {
				require.Equal(t, run(w.Seq+1, last), got[i])
			}
		})
	}
}

// follow reads from a welcome up to a number, cutting its socket after every few
// events or at the server's goodbye, and gives the numbers it was told.
func (b *bench) follow(token string, from frame, last int64, few int) (got []int64) {
	seq := from.Seq
	for seq < last {
		c, _ := b.listen(token, at(from.Epoch, seq), customers)
		for i := 0; i < few && seq < last; i++ {
			f := c.next()
			if f.Type == "bye" {
				require.Equal(b.t, "slow", f.Code)
				break
			}
			require.Equal(b.t, "change", f.Type, "%+v", f)
			seq = f.Seq
			got = append(got, seq)
		}
		_ = c.conn.Close()
		few += 3
	}
	return got
}

func TestSlowReader(t *testing.T) {
	b := start(t, dbtest.Open(t), 256)
	shop := dbtest.NewShop(t, b.database)
	token := b.signIn(shop)
	slow, w := b.listen(token, place{}, customers)
	quick, _ := b.listen(token, place{}, customers)
	const rounds = 30

	// The slow one reads nothing; the quick one reads as events come.
	for i := range int64(rounds) {
		b.addCustomers(shop, 100)
		from := w.Seq + i*100
		require.Equal(t, run(from+1, from+100), quick.changesUpTo(from+100))
	}

	// Now it reads: a part of the stream without a gap, and then it is closed.
	var got []int64
	require.NoError(t, slow.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	for {
		var f frame
		if slow.conn.ReadJSON(&f) != nil {
			break
		}
		if f.Type == "change" {
			got = append(got, f.Seq)
		}
	}
	require.NotEmpty(t, got)
	require.Less(t, len(got), rounds*100)
	require.Equal(t, run(w.Seq+1, w.Seq+int64(len(got))), got)

	// It comes back where it stopped and has it all.
	last := got[len(got)-1]
	again, _ := b.listen(token, at(w.Epoch, last), customers)
	require.Equal(t, run(last+1, w.Seq+rounds*100), again.changesUpTo(w.Seq+rounds*100))
}

func TestRights(t *testing.T) {
	setup := func(t *testing.T) (*bench, dbtest.Shop, string) {
		b := start(t, dbtest.Open(t), 0)
		shop := dbtest.NewShop(t, b.database)
		return b, shop, b.signIn(shop)
	}
	t.Run("a topic without the permission is named and not told", func(t *testing.T) {
		b, shop, token := setup(t)
		b.write(shop.Identity(), setRole, db.Args{"role": "manager", "id": shop.Person})
		c, welcome := b.listen(token, place{}, customers, "people.sessions", "no.such_topic")
		require.Equal(t, []string{"people.sessions", "no.such_topic"}, welcome.Denied)
		b.signIn(shop)
		c.only(customers, b.addCustomers(shop, 1)[0])
	})
	t.Run("nothing that is allowed is a refusal", func(t *testing.T) {
		b, shop, token := setup(t)
		b.write(shop.Identity(), setRole, db.Args{"role": "cashier", "id": shop.Person})
		c := b.dial(token)
		c.hello(place{}, customers)
		code, status := c.parted()
		require.Equal(t, "forbidden", code)
		require.Equal(t, websocket.ClosePolicyViolation, status)
	})
	t.Run("a lowered role takes its topics away at once, a raised one gives them with a reload", func(t *testing.T) {
		b, shop, token := setup(t)
		c, _ := b.listen(token, place{}, customers, "people.list")
		b.write(shop.Identity(), setRole, db.Args{"role": "cashier", "id": shop.Person})
		require.Equal(t, "people.list", *c.next().Topic)
		b.addCustomers(shop, 1)
		b.write(shop.Identity(), setRole, db.Args{"role": "cashier", "id": shop.Person})
		require.Equal(t, "people.list", *c.next().Topic) // and not the customer before it
		b.write(shop.Identity(), setRole, db.Args{"role": "manager", "id": shop.Person})
		seen := map[string]string{}
		for len(seen) < 2 {
			f := c.next()
			seen[*f.Topic] = f.Type
		}
		require.Equal(t, map[string]string{customers: "reload", "people.list": "change"}, seen)
		b.addCustomers(shop, 1)
		require.Equal(t, customers, *c.next().Topic)
	})
	t.Run("a lowered role with nothing left is sent away", func(t *testing.T) {
		b, shop, token := setup(t)
		c, _ := b.listen(token, place{}, customers)
		b.write(shop.Identity(), setRole, db.Args{"role": "cashier", "id": shop.Person})
		code, _ := c.parted()
		require.Equal(t, "forbidden", code)
	})
	t.Run("a revoked session closes its sockets and no other's", func(t *testing.T) {
		b, shop, token := setup(t)
		other := b.signIn(shop)
		c, _ := b.listen(token, place{}, customers)
		stays, _ := b.listen(other, place{}, customers)
		parsed, _ := auth.Parse(token)
		b.write(shop.Identity(), revokeSession, db.Args{"hash": parsed.Hash, "now": b.database.Now()})
		code, _ := c.parted()
		require.Equal(t, "unauthenticated", code)
		b.addCustomers(shop, 1)
		require.Equal(t, customers, *stays.next().Topic)
	})
	t.Run("a token that is none gets no socket", func(t *testing.T) {
		b, shop, _ := setup(t)
		text, _ := auth.Mint(auth.TokenSession, shop.ID)
		_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), b.url, map[string][]string{"Authorization": {text}})
		require.ErrorIs(t, err, websocket.ErrBadHandshake)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 401, resp.StatusCode)
	})
}

func TestLimits(t *testing.T) {
	setup := func(t *testing.T) (*bench, string) {
		b := start(t, dbtest.Open(t), 0)
		return b, b.signIn(dbtest.NewShop(t, b.database))
	}
	t.Run("a person's 21st socket is one too many, until another has gone", func(t *testing.T) {
		b, token := setup(t)
		var open []*client
		for range 20 {
			c, _ := b.listen(token, place{}, customers)
			open = append(open, c)
		}
		c := b.dial(token)
		c.hello(place{}, customers)
		code, _ := c.parted()
		require.Equal(t, "too_many", code)
		require.NoError(t, open[0].conn.Close())
		require.Eventually(t, func() bool { return b.hub.Sockets() == 19 }, time.Minute, 10*time.Millisecond)
		b.listen(token, place{}, customers)
	})
	t.Run("a first frame that is no hello ends it", func(t *testing.T) {
		b, token := setup(t)
		c := b.dial(token)
		require.NoError(t, c.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"change"}`)))
		code, _ := c.parted()
		require.Equal(t, "bad_hello", code)
	})
	t.Run("a hello over 64 KiB and a later frame over 4 KiB end it", func(t *testing.T) {
		b, token := setup(t)
		gone := func() bool { return b.hub.Sockets() == 0 }
		// The server cuts in the middle of the frame, so the write may fail as well.
		_ = b.dial(token).conn.WriteMessage(websocket.TextMessage, make([]byte, 65<<10))
		require.Eventually(t, gone, time.Minute, 5*time.Millisecond)
		c, _ := b.listen(token, place{}, customers)
		_ = c.conn.WriteMessage(websocket.TextMessage, make([]byte, 5<<10))
		require.Eventually(t, gone, time.Minute, 5*time.Millisecond)
	})
	t.Run("a flood of pings ends it", func(t *testing.T) {
		b, token := setup(t)
		c, _ := b.listen(token, place{}, customers)
		go func() {
			for range 700 {
				if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) != nil {
					return
				}
			}
		}()
		code, _ := c.parted()
		require.Equal(t, "too_much", code)
	})
}

func TestDrain(t *testing.T) {
	b := start(t, dbtest.Open(t), 0)
	shop := dbtest.NewShop(t, b.database)
	token := b.signIn(shop)
	c, _ := b.listen(token, place{}, customers)
	silent := b.dial(token) // has not said hello yet
	require.Eventually(t, func() bool { return b.hub.Sockets() == 2 }, time.Minute, 5*time.Millisecond)
	done := make(chan struct{})
	go func() { b.hub.Drain(); close(done) }()
	bye := c.next()
	require.Equal(t, "bye", bye.Type)
	require.Equal(t, "restart", bye.Code)
	require.Positive(t, bye.After)
	_, status := c.parted()
	require.Equal(t, websocket.CloseServiceRestart, status)
	code, _ := silent.parted()
	require.Equal(t, "restart", code)
	<-done
	require.Zero(t, b.hub.Sockets())
}

// TestDrainOfTheDeaf ends a hub whose sockets do not take in what they are told,
// while others still come.
func TestDrainOfTheDeaf(t *testing.T) {
	b := start(t, dbtest.Open(t), 4096)
	shop := dbtest.NewShop(t, b.database)
	token := b.signIn(shop)
	_, w := b.listen(token, place{}, customers) // is never read from
	reader, _ := b.listen(token, place{}, customers)
	for range 20 {
		b.addCustomers(shop, 100)
	}
	reader.changesUpTo(w.Seq + 2000)

	var comers sync.WaitGroup
	for range 4 {
		comers.Go(func() {
			for range 10 {
				conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), b.url, map[string][]string{"Authorization": {token}})
				if err == nil {
					_ = resp.Body.Close()
					_ = conn.WriteJSON(map[string]any{"type": "hello", "topics": []string{customers}})
					_, _, _ = conn.ReadMessage()
					_ = conn.Close()
				}
			}
		})
	}
	b.hub.Drain()
	require.Zero(t, b.hub.Sockets())
	comers.Wait()
	require.Zero(t, b.hub.Sockets())
	code, status := reader.parted()
	require.Equal(t, "restart", code)
	require.Equal(t, websocket.CloseServiceRestart, status)
}

// TestIdleSocketCost counts what sockets that say nothing cost on both ends, for
// both live in this process. The server keeps one goroutine for each.
func TestIdleSocketCost(t *testing.T) {
	b := start(t, dbtest.Open(t), 0)
	const people, each = 25, 20
	var tokens []string
	for range people {
		tokens = append(tokens, b.signIn(dbtest.NewShop(t, b.database)))
	}
	before, goroutines := memory(), runtime.NumGoroutine()
	for _, token := range tokens {
		for range each {
			b.listen(token, place{}, customers)
		}
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine()-goroutines <= people*each+20 }, time.Minute, 50*time.Millisecond)
	t.Logf("%d bytes for each idle socket, client's end included", (memory()-before)/(people*each))
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
