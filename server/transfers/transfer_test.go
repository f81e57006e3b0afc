package transfers_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/transfers"
	"souk/server/verify"
	"souk/shared/money"
	"souk/shared/wire"
)

func TestATransfersLife(t *testing.T) {
	w := newWorld(t)
	milk, eggs := w.item("10", 150), w.item("7", 33)

	draft := w.draft(of(milk, "4"), of(eggs, "3"))
	require.Equal(t, transfers.StateDraft, draft.State)
	require.Equal(t, []string{"Here", "There"}, []string{draft.FromStore, draft.ToStore})
	require.Equal(t, "10", w.stands(milk, w.here), "a draft moves nothing")
	changed := ask[transfers.StockTransfer](w, "PUT", "/transfers/"+draft.ID.String(), object{
		"version": draft.Version, "from_location_id": w.here.LocationID, "to_location_id": w.there.LocationID, "lines": []object{of(milk, "5"), of(eggs, "3")},
	})
	require.Equal(t, "5", changed.Lines[0].Quantity.String())

	sent := w.step(changed, "dispatch")
	require.Equal(t, transfers.StateSent, sent.State)
	require.Equal(t, "Pat", sent.SentBy)
	require.Equal(t, money.Amount(750), *sent.Lines[0].Sent)
	require.Equal(t, money.Amount(99), *sent.Lines[1].Sent)
	require.Equal(t, []string{"5", "0"}, []string{w.stands(milk, w.here), w.stands(milk, w.there)})
	require.EqualValues(t, 849, w.account(ledger.RoleInTransit))
	require.EqualValues(t, 10*150+7*33-849, w.account(ledger.RoleInventory))
	away := ask[transfers.GoodsOnTheirWay](w, "GET", "/transfers/on-their-way", nil)
	require.Equal(t, 1, away.Transfers)
	require.Equal(t, money.Amount(849), *away.Value)
	places := ask[wire.ItemStock](w, "GET", "/stock/"+milk.String()+"/places", nil)
	require.Equal(t, []string{"5", "0"}, []string{places.Places[0].OnHand.String(), places.Places[1].OnHand.String()})
	require.Equal(t, []string{"0", "5"}, []string{places.Places[0].Coming.String(), places.Places[1].Coming.String()})

	got := w.receive(sent, object{"line_no": 1, "received": "4", "reason": "damaged"})
	require.Equal(t, transfers.StateReceived, got.State)
	require.Equal(t, []string{"4", "1"}, []string{got.Lines[0].Received.String(), got.Lines[0].WrittenOff.String()})
	require.Equal(t, money.Amount(150), *got.Lines[0].Loss)
	require.Equal(t, "3", got.Lines[1].Received.String(), "a line that is not named arrived as it was sent")
	require.Equal(t, []string{"4", "3"}, []string{w.stands(milk, w.there), w.stands(eggs, w.there)})
	require.Zero(t, w.account(ledger.RoleInTransit))
	require.EqualValues(t, 150, w.account(ledger.RoleStockAdjustment))
	require.EqualValues(t, 10*150+7*33-150, w.account(ledger.RoleInventory))

	list := ask[wire.Page[transfers.TransferRow]](w, "GET", "/transfers?state=received", nil)
	require.Len(t, list.Rows, 1)
	require.True(t, list.Rows[0].Differs)
	require.Equal(t, 2, list.Rows[0].Lines)
	require.Empty(t, ask[wire.Page[transfers.TransferRow]](w, "GET", "/transfers?state=draft", nil).Rows)
}

func TestTransferRefusals(t *testing.T) {
	w := newWorld(t)
	milk := w.item("10", 150)
	service := w.item("0", 0)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		item, err := catalog.Show(ctx, tx, catalog.ItemID{ID: service})
		if err != nil {
			return err
		}
		item.TrackStock = false
		_, err = catalog.Change(ctx, tx, catalog.ItemChange{ID: service, Body: catalog.ItemEdit{ItemFacts: item.Becoming().ItemFacts, Version: item.Version}})
		return err
	})

	t.Run("a draft that cannot be", func(t *testing.T) {
		for code, c := range map[string]struct {
			status int
			change func(object)
		}{
			"transfers.same_place":    {422, func(in object) { in["to_location_id"] = w.here.LocationID }},
			"transfers.place_unknown": {404, func(in object) { in["to_location_id"] = uuid.New() }},
			"transfers.item_unknown":  {404, func(in object) { in["lines"] = []object{of(uuid.New(), "1")} }},
			"transfers.item_twice":    {422, func(in object) { in["lines"] = []object{of(milk, "1"), of(milk, "2")} }},
			"transfers.not_tracked":   {422, func(in object) { in["lines"] = []object{of(service, "1")} }},
			"transfers.bad_quantity":  {422, func(in object) { in["lines"] = []object{of(milk, "0")} }},
			"transfers.too_fine":      {422, func(in object) { in["lines"] = []object{of(milk, "1.5")} }},
		} {
			in := w.facts(of(milk, "1"))
			c.change(in)
			require.Equal(t, code, w.refused(c.status, "POST", "/transfers", in))
		}
	})
	t.Run("a step out of turn", func(t *testing.T) {
		empty := w.draft()
		path := "/transfers/" + empty.ID.String()
		require.Equal(t, "transfers.empty", w.refused(422, "PUT", path+"/dispatch", object{"version": 1}))
		require.Equal(t, "transfers.changed_meanwhile", w.refused(409, "PUT", path+"/dispatch", object{"version": 7}))
		require.Equal(t, "transfers.not_sent", w.refused(409, "PUT", path+"/receipt", object{"version": 1, "lines": []object{}}))
		cancelled := w.step(empty, "cancellation")
		require.Equal(t, "Pat", cancelled.CancelledBy)
		require.Equal(t, "transfers.not_draft", w.refused(409, "PUT", path+"/dispatch", object{"version": cancelled.Version}))
		sent := w.step(w.draft(of(milk, "1")), "dispatch")
		require.Equal(t, "transfers.not_draft", w.refused(409, "PUT", "/transfers/"+sent.ID.String()+"/cancellation", object{"version": sent.Version}))
		w.refused(404, "GET", "/transfers/"+uuid.NewString(), nil)
	})
	t.Run("an arrival that cannot be", func(t *testing.T) {
		sent := w.step(w.draft(of(milk, "2")), "dispatch")
		path := "/transfers/" + sent.ID.String() + "/receipt"
		for code, line := range map[string]object{
			"transfers.reason_missing": {"line_no": 1, "received": "1"},
			"transfers.line_unknown":   {"line_no": 9, "received": "1"},
			"transfers.bad_quantity":   {"line_no": 1, "received": "-1", "reason": "lost"},
			"transfers.too_fine":       {"line_no": 1, "received": "0.5", "reason": "lost"},
		} {
			require.Equal(t, code, w.refused(422, "PUT", path, object{"version": sent.Version, "lines": []object{line}}))
		}
		require.Equal(t, "0", w.receive(sent, object{"line_no": 1, "received": "0", "reason": "lost"}).Lines[0].Received.String())
		require.Equal(t, "transfers.changed_meanwhile", w.refused(409, "PUT", path, object{"version": sent.Version, "lines": []object{}}))
	})
}

func TestMoreMayArriveThanWasSent(t *testing.T) {
	w := newWorld(t)
	milk := w.item("10", 100)
	got := w.receive(w.step(w.draft(of(milk, "4")), "dispatch"), object{"line_no": 1, "received": "5", "reason": "miscounted"})
	require.Equal(t, "-1", got.Lines[0].WrittenOff.String())
	require.Equal(t, money.Amount(-100), *got.Lines[0].Loss)
	require.EqualValues(t, -100, w.account(ledger.RoleStockAdjustment))
	require.EqualValues(t, 1100, w.account(ledger.RoleInventory))
	require.Zero(t, w.account(ledger.RoleInTransit))
}

func TestWhatTheReceiverSoldBeforeItArrivedIsCostOfSales(t *testing.T) {
	w := newWorld(t)
	milk := w.item("10", 100)
	// Sends goods that are not in the books there: the second store goes below zero.
	back := w.facts(of(milk, "2"))
	back["from_location_id"], back["to_location_id"] = w.there.LocationID, w.here.LocationID
	w.step(ask[transfers.StockTransfer](w, "POST", "/transfers", back), "dispatch")
	require.Equal(t, "-2", w.stands(milk, w.there))
	w.receive(w.step(w.draft(of(milk, "5")), "dispatch"))
	require.Equal(t, "3", w.stands(milk, w.there))
	require.EqualValues(t, 200, w.account(ledger.RoleInTransit))
	require.EqualValues(t, 1000, w.account(ledger.RoleInTransit)+w.account(ledger.RoleInventory)+w.account(ledger.RoleCOGS))
}

func TestAnOldChartIsGivenTheAccount(t *testing.T) {
	w := newWorld(t)
	milk := w.item("10", 100)
	admin := dbtest.Superuser(t, "")
	_, err := admin.Exec(t.Context(), `delete from accounts where tenant_id = $1 and role = 'stock_in_transit'`, w.tenant)
	require.NoError(t, err)
	w.step(w.draft(of(milk, "1")), "dispatch")
	require.EqualValues(t, 100, w.account(ledger.RoleInTransit))
}

// Who may do what, over the router.
func TestTransferRights(t *testing.T) {
	w := newWorld(t)
	draft := w.draft(of(w.item("10", 100), "1"))
	path := "/transfers/" + draft.ID.String()
	for role, may := range map[wire.Role][3]bool{ // see, send, receive
		wire.Manager:         {true, true, true},
		wire.StockManager:    {true, true, true},
		wire.SalesManager:    {true, false, true},
		wire.AccountsManager: {true, false, false},
		wire.Cashier:         {false, false, false},
		wire.Chef:            {false, false, false},
	} {
		token := w.someone(role)
		for n, try := range []struct {
			method, path string
			body         any
		}{
			{"GET", path, nil},
			{"PUT", path + "/dispatch", object{"version": 99}},
			{"PUT", path + "/receipt", object{"version": 99, "lines": []object{}}},
		} {
			status, _ := w.call(token, try.method, try.path, try.body)
			want := map[bool]int{true: http.StatusConflict, false: http.StatusForbidden}[may[n]]
			if may[n] && n == 0 {
				want = http.StatusOK
			}
			require.Equal(t, want, status, "%s %s %s", role, try.method, try.path)
		}
	}
	status, body := w.call(w.someone(wire.SalesManager), "GET", path, nil)
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, string(body), "sent_minor", "what goods cost is not for everyone")
}

// Whatever is sent and received in whatever order, by whatever interleaving: what
// stands in the stores, what is on its way and what was written off come to what
// there was, in quantity and in value, and every check of the program agrees.
func TestNothingIsLostOnTheWay(t *testing.T) {
	database, access, _ := dbtest.Fresh(t)
	w := worldOn(t, database)
	f := journey{world: w, t: t, stock: map[uuid.UUID]decimal.Decimal{}}
	for n := range 3 {
		item := w.item("50", money.Amount(97+n*31))
		f.items, f.stock[item] = append(f.items, item), decimal.MustNew(50, 0)
	}
	f.value = money.Amount(w.account(ledger.RoleInventory))
	f.random.seed(2026)
	for range 120 {
		f.step()
	}
	f.holds()
	found, err := verify.Run(t.Context(), maintenance(t, access.MaintenanceURL))
	require.NoError(t, err)
	require.Empty(t, found)
	require.Greater(t, f.sent, 20)
	require.Greater(t, f.received, 15)
}
