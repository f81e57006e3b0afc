//go:build linux && e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// hears opens the stream of changes as this person's page does.
func (o *office) hears() *websocket.Conn {
	o.s.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, o.s.address)
	}}
	base := o.s.url(o.shop)
	conn, answer, err := dialer.DialContext(o.s.t.Context(), strings.Replace(base, "http", "ws", 1)+"/live", http.Header{
		"Origin": {base}, "Cookie": {o.cookie.String()},
	})
	require.NoError(o.s.t, err)
	_ = answer.Body.Close()
	o.s.t.Cleanup(func() { _ = conn.Close() })
	require.NoError(o.s.t, conn.WriteJSON(map[string]any{"type": "hello", "topics": []string{"catalog.items"}}))
	return conn
}

// TestADismissedCashier takes the right to work here from somebody who is signed in
// at a browser, at a till's window and at a second till, all at once.
func TestADismissedCashier(t *testing.T) {
	s := startServer(t)
	c := openCounter(t, s)
	cashier := s.office("city-mart", "cashier")
	var me struct{ User struct{ ID, Name string } }
	cashier.get("/session", &me)
	socket := cashier.hears()

	other := openHeadless(t, s, t.TempDir())
	other.do(nil, "Pair", s.url("city-mart"), c.owner.pairingCode("Till 2"), "Second till")
	var state wire.RegisterState
	phase := func(want wire.RegisterPhase) func() bool {
		return func() bool {
			other.do(&state, "State")
			return state.Phase == want
		}
	}
	require.Eventually(t, phase(wire.PhaseLocked), soon, 100*time.Millisecond)
	other.do(nil, "SignIn", me.User.ID, "1234")
	other.do(nil, "OpenShift", 10000)
	require.Eventually(t, phase(wire.PhaseSelling), soon, 100*time.Millisecond)
	keyboard(t, "type:"+codes[0], "Return", "F10")
	c.sold(1)

	var people struct {
		Rows []struct {
			ID, Name, Role string
			Version        int
		}
	}
	c.owner.get("/people", &people)
	version := 0
	for _, p := range people.Rows {
		if p.ID == me.User.ID {
			version = p.Version
		}
	}
	c.owner.do(http.MethodPut, "/people/"+me.User.ID, map[string]any{"name": me.User.Name, "role": "cashier", "active": false, "version": version}, nil)
	began := time.Now()

	answer, err := cashier.client.Do(cashier.request(http.MethodGet, "/items?limit=1", nil))
	require.NoError(t, err)
	_ = answer.Body.Close()
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode, "the very next request")

	require.NoError(t, socket.SetReadDeadline(time.Now().Add(soon)))
	for err == nil {
		_, _, err = socket.ReadMessage()
	}
	var closed *websocket.CloseError
	require.ErrorAs(t, err, &closed, "the open socket is closed by the server")
	t.Logf("the open socket was closed after %s: %s", time.Since(began).Round(time.Millisecond), closed.Text)

	require.Eventually(t, phase(wire.PhaseLocked), soon, 20*time.Millisecond)
	t.Logf("the second till was locked after %s", time.Since(began).Round(time.Millisecond))
	require.Contains(t, other.refused("SignIn", me.User.ID, "1234"), "till.person_unknown")

	time.Sleep(time.Second)
	picture(t, "dismissed")
	keyboard(t, "type:"+codes[1], "Return", "F10")
	time.Sleep(time.Second)
	picture(t, "dismissed-typed")
	c.sold(1)
	t.Log(s.verify())
}

// refused asks the till for what it has to refuse, and gives what it says.
func (h *headless) refused(name string, args ...any) string {
	h.t.Helper()
	var out json.RawMessage
	said := h.ask(&out, name, args...)
	require.NotEmpty(h.t, said, "%s was done", name)
	return said
}
