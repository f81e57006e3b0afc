package attack_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/platform/live"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// topics are all that modules declare.
func topics() []live.Topic {
	var all []live.Topic
	for _, m := range app.Modules {
		all = append(all, m.Topics...)
	}
	return all
}

func names(all []live.Topic) []string {
	var out []string
	for _, topic := range all {
		out = append(out, topic.Name)
	}
	return out
}

// listening is the ring's program on a real port.
func (r *ring) listening(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(r.program.Web)
	t.Cleanup(server.Close)
	return server
}

// dial opens a socket at a shop's address. No connection comes with the status of
// the refusal.
func dial(t *testing.T, server *httptest.Server, to *shop, headers http.Header) (*websocket.Conn, int) {
	t.Helper()
	return dialAt(t, server, to, "/live", headers)
}

func dialAt(t *testing.T, server *httptest.Server, to *shop, path string, headers http.Header) (*websocket.Conn, int) {
	t.Helper()
	headers = headers.Clone()
	headers.Set("Host", to.slug+"."+domain)
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+path, headers)
	if err != nil {
		require.NotNil(t, resp, err)
		defer resp.Body.Close()
		return nil, resp.StatusCode
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	return conn, http.StatusSwitchingProtocols
}

// listen opens a socket that hears of topics, and gives what is heard next.
func (r *ring) listen(t *testing.T, of *shop, token string, topics ...string) func() frame {
	t.Helper()
	conn, status := dial(t, r.listening(t), of, http.Header{"Authorization": {"Bearer " + token}, "Origin": {"http://" + of.slug + "." + domain}})
	require.Equal(t, http.StatusSwitchingProtocols, status)
	require.NoError(t, conn.WriteJSON(object{"type": "hello", "topics": topics}))
	return func() frame {
		t.Helper()
		f, text, ok := hear(conn, 5*time.Second)
		require.True(t, ok, text)
		return f
	}
}

// frame is what a socket hears.
type frame struct {
	Type, Topic, Code string
	Denied            []string
	Seq               *int64
	Epoch             *uuid.UUID
}

// hear reads one frame, or none if the socket ends or says nothing for a while.
func hear(conn *websocket.Conn, within time.Duration) (f frame, text string, ok bool) {
	_ = conn.SetReadDeadline(time.Now().Add(within))
	_, raw, err := conn.ReadMessage()
	if err != nil {
		return frame{}, "", false
	}
	value, _ := parsed(raw).(map[string]any)
	f.Type, _ = value["type"].(string)
	f.Topic, _ = value["topic"].(string)
	f.Code, _ = value["code"].(string)
	if denied, some := value["denied"].([]any); some {
		for _, topic := range denied {
			f.Denied = append(f.Denied, topic.(string))
		}
	}
	return f, string(raw), true
}

// Every topic is asked for by every caller: who may have it gets it, who may not is
// told so, and nobody gets what is not declared.
func TestAttackTopicsByRole(t *testing.T) {
	ring := newRing(t)
	server := ring.listening(t)
	all := topics()
	callers := ring.callers(ring.b)[1:]
	grants := ring.program.Authority.Grants()
	cases := count(t, "A7", len(callers)*(len(all)+1))
	reached := map[string]bool{}
	for _, who := range callers {
		conn, status := dial(t, server, ring.b, http.Header{"Authorization": {"Bearer " + who.token(t)}})
		require.Equal(t, http.StatusSwitchingProtocols, status, who.name)
		require.NoError(t, conn.WriteJSON(object{"type": "hello", "topics": append(names(all), "platform.tenants")}))
		f, text, ok := hear(conn, 5*time.Second)
		require.True(t, ok, who.name)
		require.Equal(t, "welcome", f.Type, "%s: %s", who.name, text)
		for _, topic := range all {
			may := topic.Needs == web.SignedIn || who.may(grants, topic.Needs) || topic.Tills && who.role == wire.Till
			require.Equal(t, !may, contains(f.Denied, topic.Name), "topic %s for %s: its permission is %s", topic.Name, who.name, topic.Needs)
			reached[topic.Name] = reached[topic.Name] || may
			cases.one()
		}
		require.Contains(t, f.Denied, "platform.tenants")
		cases.one()
		_ = conn.Close()
	}
	for _, topic := range all {
		require.True(t, reached[topic.Name], "nobody may watch %s: give its permission to a role", topic.Name)
	}
}

func contains(all []string, one string) bool {
	for _, text := range all {
		if text == one {
			return true
		}
	}
	return false
}

// While shop A changes something in every table of every topic, B's sockets, which
// watch all of it and name A's place in the stream, hear nothing.
func TestAttackAnothersStream(t *testing.T) {
	ring := newRing(t)
	server := ring.listening(t)
	w := ring.watch(t)
	own, status := dial(t, server, ring.a, http.Header{"Authorization": {"Bearer " + ring.session(t, ring.a, wire.Owner)}})
	require.Equal(t, http.StatusSwitchingProtocols, status)
	require.NoError(t, own.WriteJSON(object{"type": "hello", "topics": names(topics())}))
	f, text, _ := hear(own, 5*time.Second)
	require.Equal(t, "welcome", f.Type)
	place := parsed([]byte(text)).(map[string]any)
	hellos := map[string]object{
		"from now on":              {},
		"from another's place":     {"epoch": place["epoch"], "seq": place["seq"]},
		"from the very beginning":  {"epoch": place["epoch"], "seq": 0},
		"from before the start":    {"epoch": place["epoch"], "seq": -5},
		"from the far future":      {"epoch": place["epoch"], "seq": int64(1) << 60},
		"from another life":        {"epoch": uuid.NewString(), "seq": 1},
		"naming the other shop":    {"tenant": ring.a.id, "tenant_id": ring.a.id, "shop": ring.a.slug},
		"in the other shop's name": {"token": ring.a.till},
	}
	cases := count(t, "A7", len(hellos))
	socks := map[string]*websocket.Conn{}
	for name, hello := range hellos {
		conn, status := dial(t, server, ring.b, http.Header{"Authorization": {"Bearer " + ring.session(t, ring.b, wire.Owner)}})
		require.Equal(t, http.StatusSwitchingProtocols, status)
		hello["type"], hello["topics"] = "hello", names(topics())
		require.NoError(t, conn.WriteJSON(hello))
		socks[name] = conn
	}
	touched := ring.touchLive(t, ring.a)
	heard := map[string]bool{}
	for len(heard) < len(touched) {
		f, _, ok := hear(own, 5*time.Second)
		require.True(t, ok, "shop A was not told of %v but of %v only: the test would see nothing", touched, heard)
		if f.Topic != "" {
			heard[f.Topic] = true
		}
	}
	for name, conn := range socks {
		for {
			// Its own change comes last: what came before it is all there was.
			f, text, ok := hear(conn, 300*time.Millisecond)
			if !ok {
				break
			}
			w.see("a socket "+name, text, nil)
			_ = f
		}
		cases.one()
	}
	w.closed, ring.watching = true, nil // A has changed itself; only what came out counts here
	require.Empty(t, w.leaks)
}

// touchLive updates a row of each live table that can be updated and gives the topics.
func (r *ring) touchLive(t *testing.T, of *shop) map[string]bool {
	t.Helper()
	touched := map[string]bool{}
	for _, topic := range topics() {
		table := topic.Tables[0]
		column := r.text(t, `select a.attname::text from pg_attribute a where a.attrelid = $1::text::regclass and a.attnum > 0 and a.attgenerated = ''
			and not a.attisdropped and a.attname <> 'tenant_id' order by a.attnum limit 1`, table)
		r.write(t, of, `update `+table+` set `+column+` = `+column+` where tenant_id = $1`, of.id)
		touched[topic.Name] = true
	}
	r.program.Hub.Wake(of.id)
	return touched
}

// TestAttackTheDoorOfTheSocket tries to open one as somebody else or from elsewhere.
func TestAttackTheDoorOfTheSocket(t *testing.T) {
	ring := newRing(t)
	server := ring.listening(t)
	token := ring.session(t, ring.b, wire.Owner)
	foreign := ring.session(t, ring.a, wire.Owner)
	here := "http://" + ring.b.slug + "." + domain
	cookie := web.SessionCookie + "=" + token
	ring.write(t, ring.b, `update devices set revoked_at = now() where tenant_id = $1 and register_id = $2`, ring.b.id, ring.b.spare)
	tries := []struct {
		name    string
		headers http.Header
		path    string
		status  int
	}{
		{"the page itself", http.Header{"Cookie": {cookie}, "Origin": {here}}, "/live", 101},
		{"a till, which has no origin", http.Header{"Authorization": {"Bearer " + ring.b.till}}, "/live", 101},
		{"a cookie without an origin", http.Header{"Cookie": {cookie}}, "/live", 403},
		{"a sandboxed page", http.Header{"Cookie": {cookie}, "Origin": {"null"}}, "/live", 403},
		{"another site", http.Header{"Cookie": {cookie}, "Origin": {"https://evil.example"}}, "/live", 403},
		{"the other shop's page", http.Header{"Cookie": {cookie}, "Origin": {"http://" + ring.a.slug + "." + domain}}, "/live", 403},
		{"the domain's page", http.Header{"Cookie": {cookie}, "Origin": {"http://" + domain}}, "/live", 403},
		{"a name that begins alike", http.Header{"Cookie": {cookie}, "Origin": {here + ".evil.example"}}, "/live", 403},
		{"a name that ends alike", http.Header{"Cookie": {cookie}, "Origin": {"http://evil" + ring.b.slug + "." + domain}}, "/live", 403},
		{"another port", http.Header{"Cookie": {cookie}, "Origin": {here + ":8443"}}, "/live", 403},
		{"nobody", http.Header{}, "/live", 401},
		{"another shop's session", http.Header{"Authorization": {"Bearer " + foreign}}, "/live", 421},
		{"another shop's cookie", http.Header{"Cookie": {web.SessionCookie + "=" + foreign}, "Origin": {here}}, "/live", 421},
		{"another shop's till", http.Header{"Authorization": {"Bearer " + ring.a.till}}, "/live", 421},
		{"a revoked till", http.Header{"Authorization": {"Bearer " + ring.b.spareTill}}, "/live", 401},
		{"a token in the address", http.Header{}, "/live?token=" + token, 401},
		{"a token in the address, by another name", http.Header{}, "/live?access_token=" + token + "&authorization=Bearer%20" + token, 401},
		{"a token as the protocol", http.Header{"Sec-Websocket-Protocol": {token}}, "/live", 401},
	}
	cases := count(t, "A7", len(tries))
	for _, try := range tries {
		_, status := dialAt(t, server, ring.b, try.path, try.headers)
		require.Equal(t, try.status, status, try.name)
		cases.one()
	}
}

// TestAttackTheSocketByNoise: what a client says too much of, or wrongly, ends its
// own socket and nobody else's.
func TestAttackTheSocketByNoise(t *testing.T) {
	ring := newRing(t)
	server := ring.listening(t)
	token := ring.session(t, ring.b, wire.Owner)
	open := func(hello bool) *websocket.Conn {
		conn, status := dial(t, server, ring.b, http.Header{"Authorization": {"Bearer " + token}})
		require.Equal(t, http.StatusSwitchingProtocols, status)
		if hello {
			require.NoError(t, conn.WriteJSON(object{"type": "hello", "topics": []string{"catalog.items"}}))
			f, _, _ := hear(conn, 5*time.Second)
			require.Equal(t, "welcome", f.Type)
		}
		return conn
	}
	other := ring.session(t, ring.b, wire.Manager)
	bystander := open(true)
	big := strings.Repeat("x", 70<<10)
	noises := map[string]func() *websocket.Conn{
		"no hello but noise": func() *websocket.Conn {
			c := open(false)
			_ = c.WriteMessage(websocket.TextMessage, []byte("{"))
			return c
		},
		"a binary hello": func() *websocket.Conn {
			c := open(false)
			_ = c.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2})
			return c
		},
		"a hello too long": func() *websocket.Conn {
			c := open(false)
			_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","topics":["`+big+`"]}`))
			return c
		},
		"a thousand topics": func() *websocket.Conn {
			c := open(false)
			_ = c.WriteJSON(object{"type": "hello", "topics": strings.Split(strings.Repeat("catalog.items,", 1000), ",")})
			return c
		},
		"topics that are not its own": func() *websocket.Conn {
			c := open(false)
			_ = c.WriteJSON(object{"type": "hello", "topics": []string{"platform.tenants", "*", "catalog.%", ""}})
			return c
		},
		"a message too long": func() *websocket.Conn {
			c := open(true)
			_ = c.WriteMessage(websocket.TextMessage, []byte(big))
			return c
		},
		"a flood of small ones": func() *websocket.Conn {
			c := open(true)
			for range 700 {
				_ = c.WriteMessage(websocket.TextMessage, []byte("{}"))
			}
			return c
		},
		"a flood of pings": func() *websocket.Conn {
			c := open(true)
			for range 700 {
				_ = c.WriteControl(websocket.PingMessage, []byte("x"), time.Now().Add(time.Second))
			}
			return c
		},
		"too many sockets": func() *websocket.Conn {
			var last *websocket.Conn
			for range 25 {
				last, _ = dial(t, server, ring.b, http.Header{"Authorization": {"Bearer " + other}})
			}
			_ = last.WriteJSON(object{"type": "hello", "topics": []string{"catalog.items"}})
			return last
		},
	}
	cases := count(t, "A7", len(noises)+1)
	for name, make := range noises {
		conn := make()
		ended := false
		for !ended {
			f, _, ok := hear(conn, 5*time.Second)
			ended = !ok
			require.NotEqual(t, "welcome", f.Type, name)
		}
		err := conn.WriteMessage(websocket.TextMessage, []byte("{}"))
		for n := 0; err == nil && n < 100; n++ {
			time.Sleep(10 * time.Millisecond)
			err = conn.WriteMessage(websocket.TextMessage, []byte("{}"))
		}
		require.Error(t, err, "%s: the socket is still open", name)
		cases.one()
	}
	ring.touchLive(t, ring.b)
	f, text, ok := hear(bystander, 5*time.Second)
	require.True(t, ok, "who sat quietly was put out too")
	require.Equal(t, "catalog.items", f.Topic, text)
	cases.one()
}
