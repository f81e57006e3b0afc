package live_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/live"
	"souk/shared/wire"
)

const (
	everyone      wire.Permission = "signed_in"
	readCustomers wire.Permission = "parties.read"
	editPeople    wire.Permission = "people.edit"
)

const (
	addSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, token_hash, created_at, expires_at)
		values (@tenant, @id, @person, @hash, @now, @expires)`

	revokeSession db.SQL = `update sessions set revoked_at = @now where tenant_id = @tenant and token_hash = @hash`

	setRole db.SQL = `update people set role = @role where tenant_id = @tenant and id = @id`

	addCustomers db.SQL = `
		insert into customers (tenant_id, id, name, created_at, updated_at)
		select @tenant, id, 'Customer', @now, @now from unnest(@ids::uuid[]) id`

	lastSeq db.SQL = `select coalesce(max(seq), 0) from changes where tenant_id = @tenant`
)

// bench is a hub behind a real HTTP server on a real database.
type bench struct {
	t        *testing.T
	database *db.DB
	hub      *live.Hub
	url      string
}

func start(t *testing.T, database *db.DB, ring int) *bench {
	t.Helper()
	authority := auth.NewAuthority(database, auth.Grants{
		wire.Owner:   {readCustomers: true, editPeople: true},
		wire.Manager: {readCustomers: true},
	})
	b := &bench{t: t, database: database}
	b.hub = live.New(live.Config{
		Database: database, Authority: authority, Changed: authority.Forget, SignedIn: everyone, Ring: ring,
		Topics: []live.Topic{
			{Name: "parties.customers", Needs: readCustomers, Tables: live.Tables("customers")},
			{Name: "people.list", Needs: everyone, Tables: live.Tables("people")},
			{Name: "people.sessions", Needs: editPeople, Tables: live.Tables("sessions")},
		},
	})
	database.OnCommit(b.hub.Wake)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := auth.Parse(r.Header.Get("Authorization"))
		if !ok {
			http.Error(w, "no token", http.StatusBadRequest)
			return
		}
		b.hub.Serve(w, r, token.Tenant, token)
	}))
	// Small buffers in the kernel, so that a reader who stands still is felt soon.
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(4096)
		}
		return ctx
	}
	server.Start()
	b.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		b.hub.Drain()
		server.Close()
		database.OnCommit(nil)
	})
	return b
}

// write commits one statement and has it numbered when it returns, so that the
// head of the stream is what a test expects.
func (b *bench) write(id db.Identity, sql db.SQL, args db.Args) {
	b.t.Helper()
	require.NoError(b.t, b.database.Tenant(b.t.Context(), id, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, sql, args)
		return err
	}))
	require.NoError(b.t, live.Number(b.t.Context(), b.database, id.Tenant))
}

// signIn gives the text of a fresh session's token.
func (b *bench) signIn(shop dbtest.Shop) string {
	b.t.Helper()
	text, token := auth.Mint(auth.TokenSession, shop.ID)
	now := b.database.Now()
	b.write(shop.Identity(), addSession, db.Args{
		"id": uuid.New(), "person": shop.Person, "hash": token.Hash, "now": now, "expires": now.Add(time.Hour),
	})
	return text
}

// addCustomers makes n customers in one transaction and gives their ids.
func (b *bench) addCustomers(shop dbtest.Shop, n int) []uuid.UUID {
	b.t.Helper()
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.New()
	}
	b.write(shop.Identity(), addCustomers, db.Args{"ids": ids, "now": b.database.Now()})
	return ids
}

func (b *bench) head(shop dbtest.Shop) int64 {
	b.t.Helper()
	var seq int64
	require.NoError(b.t, b.database.Read(b.t.Context(), shop.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		seq, err = db.One[int64](ctx, tx, lastSeq, db.Args{})
		return err
	}))
	return seq
}

type frame struct {
	Type   string     `json:"type"`
	Epoch  uuid.UUID  `json:"epoch"`
	Seq    int64      `json:"seq"`
	Topic  *string    `json:"topic"`
	ID     *uuid.UUID `json:"id"`
	Op     string     `json:"op"`
	Code   string     `json:"code"`
	Denied []string   `json:"denied"`
	After  int        `json:"after_ms"`
}

// client is a real socket to the hub.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (b *bench) dial(token string) *client {
	b.t.Helper()
	dialer := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4096)
		}
		return conn, err
	}}
	conn, resp, err := dialer.DialContext(b.t.Context(), b.url, http.Header{"Authorization": {token}})
	require.NoError(b.t, err)
	require.NoError(b.t, resp.Body.Close())
	b.t.Cleanup(func() { _ = conn.Close() })
	return &client{b.t, conn}
}

type place struct {
	epoch *uuid.UUID
	seq   *int64
}

func at(epoch uuid.UUID, seq int64) place { return place{&epoch, &seq} }

// listen says hello and takes the welcome.
func (b *bench) listen(token string, from place, topics ...string) (*client, frame) {
	b.t.Helper()
	c := b.dial(token)
	c.hello(from, topics...)
	welcome := c.next()
	require.Equal(b.t, "welcome", welcome.Type, "%+v", welcome)
	return c, welcome
}

func (c *client) hello(from place, topics ...string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.WriteJSON(map[string]any{"type": "hello", "epoch": from.epoch, "seq": from.seq, "topics": topics}))
}

func (c *client) next() frame {
	c.t.Helper()
	var f frame
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(15*time.Second)))
	require.NoError(c.t, c.conn.ReadJSON(&f))
	return f
}

// only takes that the next frame is the event of one entity, so that whatever was
// written before it and is not this socket's has not been told.
func (c *client) only(topic string, id uuid.UUID) {
	c.t.Helper()
	f := c.next()
	require.Equal(c.t, "change", f.Type, "%+v", f)
	require.Equal(c.t, topic, *f.Topic)
	require.Equal(c.t, id, *f.ID)
}

// changesUpTo reads events until one number and gives all their numbers.
func (c *client) changesUpTo(seq int64) []int64 {
	c.t.Helper()
	var got []int64
	for len(got) == 0 || got[len(got)-1] < seq {
		f := c.next()
		require.Equal(c.t, "change", f.Type, "%+v", f)
		got = append(got, f.Seq)
	}
	return got
}

// parted reads until the goodbye and gives its code and the close frame's.
func (c *client) parted() (code string, status int) {
	c.t.Helper()
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(15*time.Second)))
	for {
		var f frame
		err := c.conn.ReadJSON(&f)
		if err != nil {
			var closed *websocket.CloseError
			require.ErrorAs(c.t, err, &closed)
			return code, closed.Code
		}
		if f.Type == "bye" {
			code = f.Code
		}
	}
}

func run(from, to int64) []int64 {
	var all []int64
	for seq := from; seq <= to; seq++ {
		all = append(all, seq)
	}
	return all
}
