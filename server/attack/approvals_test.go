package attack_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/approvals"
	"souk/server/sales"
	"souk/server/users"
	"souk/shared/wire"
)

// desk is a browser register with an open shift, and who stands at it.
type desk struct {
	*ring
	t                                  *testing.T
	of                                 *shop
	register, shift, item, cash        string
	owner, manager, cashier, salesLead string
}

func newDesk(t *testing.T) *desk {
	r := newRing(t)
	d := &desk{ring: r, t: t, of: r.b}
	d.shift = r.text(t, `select s.id::text from shifts s join registers g on g.tenant_id = s.tenant_id and g.id = s.register_id
		where s.tenant_id = $1 and g.kind = 'browser' and s.closed_at is null`, r.b.id)
	d.register = r.text(t, `select register_id::text from shifts where tenant_id = $1 and id = $2`, r.b.id, d.shift)
	d.item = r.text(t, `select id::text from items where tenant_id = $1 and track_stock order by name limit 1`, r.b.id)
	d.cash = r.text(t, `select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`, r.b.id)
	d.owner, d.manager = r.session(t, r.b, wire.Owner), r.session(t, r.b, wire.Manager)
	d.cashier, d.salesLead = r.session(t, r.b, wire.Cashier), r.session(t, r.b, wire.SalesManager)
	r.must(t, r.b, d.owner, "PUT", "/people/"+r.b.people[wire.SalesManager].String()+"/pin", object{"pin": "7531"})
	return d
}

func (d *desk) cart(percent string, given ...string) object {
	line := object{"id": uuid.NewString(), "item_id": d.item, "quantity": "2"}
	if percent != "" {
		line["discount"] = object{"kind": "percent", "percent": percent, "amount_minor": 0, "reason": "dented"}
	}
	return object{"lines": []object{line}, "approvals": append([]string{}, given...)}
}

func (d *desk) sell(token string, cart object) answer {
	return d.ask(d.of, token, "POST", "/sales", object{
		"id": uuid.NewString(), "register_id": d.register, "cart": cart, "tenders": []object{{"method_id": d.cash, "amount_minor": 100_000}},
	})
}

// needed takes out of a refusal what would have to be approved.
func (d *desk) needed(got answer) wire.Asked {
	d.t.Helper()
	require.Equal(d.t, http.StatusForbidden, got.status, got.body)
	require.Equal(d.t, "approvals.needed", got.code(), got.body)
	var problem struct{ Asked wire.Asked }
	require.NoError(d.t, json.Unmarshal([]byte(got.body), &problem))
	return problem.Asked
}

func (d *desk) request(token string, asked wire.Asked) string {
	d.t.Helper()
	id := uuid.NewString()
	d.must(d.t, d.of, token, "POST", "/approvals", object{"id": id, "register_id": d.register, "asked": asked, "reason": "a regular"})
	return id
}

func (d *desk) decide(token, id string, yes bool) answer {
	return d.ask(d.of, token, "POST", "/approvals/"+id+"/decision", object{"approve": yes, "answer": "fine"})
}

func TestADiscountBeyondTheLimitTakesAnotherPersonsWord(t *testing.T) {
	d := newDesk(t)
	require.Equal(t, http.StatusOK, d.sell(d.cashier, d.cart("20")).status, "within the usual limit")
	asked := d.needed(d.sell(d.cashier, d.cart("50")))
	require.Equal(t, wire.ActionDiscount, asked.Action)
	require.EqualValues(t, 50_00, asked.Amount)
	require.EqualValues(t, 20_00, *asked.Limit)
	require.EqualValues(t, 500, asked.Lines[0].Before)
	require.EqualValues(t, 250, asked.Lines[0].After)
	require.Equal(t, "approvals.needed", d.ask(d.of, d.cashier, "POST", "/register/quote", d.cart("50")).code(), "a quote says so too")

	t.Run("nobody approves his own, in whichever session", func(t *testing.T) {
		r := d.ring
		lead := r.session(t, d.of, wire.SalesManager)
		own := d.request(d.salesLead, wire.Asked{Action: wire.ActionDiscount, Amount: 40_00, Lines: asked.Lines})
		require.Equal(t, "approvals.own", d.decide(lead, own, true).code())
		in := object{"id": uuid.NewString(), "register_id": d.register, "asked": asked, "person_id": d.of.people[wire.SalesManager], "pin": "7531"}
		require.Equal(t, "approvals.own", r.ask(d.of, lead, "POST", "/approvals/pin", in).code())
	})
	t.Run("who may not approve does not, nor beyond his own limit", func(t *testing.T) {
		id := d.request(d.cashier, asked)
		require.Equal(t, "auth.not_allowed", d.decide(d.session(t, d.of, wire.Waiter), id, true).code())
		sixty := d.needed(d.sell(d.cashier, d.cart("60")))
		require.Equal(t, "approvals.beyond_you", d.decide(d.salesLead, d.request(d.cashier, sixty), true).code())
	})
	t.Run("approved from elsewhere it is sold once, on exactly those lines", func(t *testing.T) {
		id := d.request(d.cashier, asked)
		row := read[approvals.Row](t, d.ask(d.of, d.salesLead, "GET", "/approvals/"+id, nil))
		require.True(t, row.MayAnswer)
		require.Equal(t, asked.Lines, row.Asked.Lines)
		require.Equal(t, "a regular", row.Reason)
		require.Equal(t, "approvals.needed", d.sell(d.cashier, d.cart("50", id)).code(), "not before it is answered")
		require.Equal(t, http.StatusOK, d.decide(d.salesLead, id, true).status)
		require.Equal(t, "approvals.over", d.decide(d.manager, id, false).code())
		require.Equal(t, wire.ApprovalGiven, read[wire.ApprovalAnswer](t, d.ask(d.of, d.cashier, "GET", "/approvals/"+id+"/answer", nil)).State)
		require.Equal(t, "approvals.needed", d.sell(d.cashier, d.cart("60", id)).code(), "more than was approved")
		require.Equal(t, "approvals.needed", d.sell(d.session(t, d.of, wire.Waiter), d.cart("50", id)).code(), "another's")
		sale := read[sales.Sale](t, d.sell(d.cashier, d.cart("50", id)))
		require.Equal(t, d.of.people[wire.SalesManager], *sale.Lines[0].ApprovedBy)
		require.Equal(t, "approvals.needed", d.sell(d.cashier, d.cart("50", id)).code(), "used once")
		row = read[approvals.Row](t, d.ask(d.of, d.salesLead, "GET", "/approvals/"+id, nil))
		require.Equal(t, sale.ID, *row.UsedFor)
		require.Equal(t, d.of.people[wire.SalesManager].String(), d.text(t, `select approved_by::text from sale_lines where tenant_id = $1 and sale_id = $2`, d.of.id, sale.ID))
	})
	t.Run("approved by PIN at the register", func(t *testing.T) {
		page := read[wire.Page[wire.Approver]](t, d.ask(d.of, d.cashier, "POST", "/approvals/approvers", object{"asked": asked, "register_id": d.register}))
		require.Contains(t, page.Rows, wire.Approver{ID: d.of.people[wire.SalesManager], Name: d.of.mark + " sales_manager", Role: wire.SalesManager, HasPIN: true})
		id := uuid.NewString()
		in := object{"id": id, "register_id": d.register, "asked": asked, "person_id": d.of.people[wire.SalesManager], "pin": "0000"}
		require.Equal(t, "auth.wrong_pin", d.ask(d.of, d.cashier, "POST", "/approvals/pin", in).code())
		in["pin"] = "7531"
		require.Equal(t, wire.ApprovalGiven, read[wire.ApprovalAnswer](t, d.ask(d.of, d.cashier, "POST", "/approvals/pin", in)).State)
		require.Equal(t, http.StatusOK, d.sell(d.cashier, d.cart("50", id)).status)
	})
	t.Run("refused, withdrawn and left too long give nothing", func(t *testing.T) {
		refused, withdrawn, late := d.request(d.cashier, asked), d.request(d.cashier, asked), d.request(d.cashier, asked)
		require.Equal(t, http.StatusOK, d.decide(d.manager, refused, false).status)
		require.Equal(t, wire.ApprovalWithdrawn, read[wire.ApprovalAnswer](t, d.ask(d.of, d.cashier, "POST", "/approvals/"+withdrawn+"/withdrawal", nil)).State)
		require.Equal(t, "approvals.over", d.decide(d.manager, withdrawn, true).code())
		d.write(t, d.of, `update approvals set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2`, d.of.id, late)
		require.Equal(t, "approvals.over", d.decide(d.manager, late, true).code())
		require.Equal(t, "approvals.needed", d.sell(d.cashier, d.cart("50", refused, withdrawn, late)).code())
	})
	t.Run("what was shown to the approver is what is done: a made-up line is worth nothing", func(t *testing.T) {
		fake := asked
		fake.Lines = append([]wire.AskedLine{}, asked.Lines...)
		fake.Lines[0].After = 490
		id := d.request(d.cashier, fake)
		require.Equal(t, http.StatusOK, d.decide(d.manager, id, true).status)
		require.Equal(t, "approvals.needed", d.sell(d.cashier, d.cart("50", id)).code())
	})
}

func TestWhatElseTakesAnApproval(t *testing.T) {
	d := newDesk(t)
	sold := read[sales.Sale](t, d.sell(d.cashier, d.cart("")))
	low := int64(100)
	for name, c := range map[string]struct {
		path   string
		body   object
		action wire.LimitedAction
	}{
		"a refund":              {"/sales/" + sold.ID.String() + "/refund", object{"register_id": d.register, "method_id": d.cash, "lines": []object{{"line_no": 1, "quantity": "1"}}}, wire.ActionRefund},
		"cash out":              {"/shifts/" + d.shift + "/cash-out", object{"reason": "petty", "amount_minor": 500}, wire.ActionCashOut},
		"a drawer without sale": {"/shifts/" + d.shift + "/drawer-opening", object{"reason": "check", "amount_minor": 0}, wire.ActionNoSale},
	} {
		t.Run(name, func(t *testing.T) {
			body := c.body
			body["id"] = uuid.NewString()
			asked := d.needed(d.ask(d.of, d.cashier, "POST", c.path, body))
			require.Equal(t, c.action, asked.Action)
			id := d.request(d.cashier, asked)
			body["approval_id"] = id
			d.needed(d.ask(d.of, d.cashier, "POST", c.path, body))
			require.Equal(t, http.StatusOK, d.decide(d.manager, id, true).status)
			require.Equal(t, http.StatusOK, d.ask(d.of, d.cashier, "POST", c.path, body).status)
			body["id"] = uuid.NewString()
			if c.action != wire.ActionRefund {
				d.needed(d.ask(d.of, d.cashier, "POST", c.path, body))
			}
		})
	}
	t.Run("a price of one's own", func(t *testing.T) {
		cart := d.cart("")
		cart["lines"].([]object)[0]["price_minor"] = 200
		require.Equal(t, wire.ActionPrice, d.needed(d.sell(d.cashier, cart)).Action)
		require.Equal(t, http.StatusOK, d.sell(d.salesLead, cart).status)
	})
	t.Run("goods back without a receipt", func(t *testing.T) {
		cart := d.cart("")
		cart["lines"].([]object)[0]["quantity"] = "-1"
		require.Equal(t, wire.ActionBlindRefund, d.needed(d.sell(d.cashier, cart)).Action)
	})
	t.Run("a void, by who has the right up to an amount", func(t *testing.T) {
		d.must(t, d.of, d.owner, "PUT", "/limits/sales_manager", object{"version": 0, "said": wire.Limits{wire.ActionVoid: &low}})
		body := object{"id": uuid.NewString(), "register_id": d.register}
		fresh := read[sales.Sale](t, d.sell(d.salesLead, d.cart("")))
		asked := d.needed(d.ask(d.of, d.salesLead, "POST", "/sales/"+fresh.ID.String()+"/void", body))
		require.EqualValues(t, 500, asked.Amount)
		require.EqualValues(t, 100, *asked.Limit)
		require.Equal(t, http.StatusOK, d.ask(d.of, d.manager, "POST", "/sales/"+fresh.ID.String()+"/void", body).status)
	})
	t.Run("more than stands on the shelf, where the shop says so", func(t *testing.T) {
		none := int64(0)
		cart := d.cart("")
		cart["lines"].([]object)[0]["quantity"] = "5000"
		in := object{"id": uuid.NewString(), "register_id": d.register, "cart": cart, "tenders": []object{{"method_id": d.cash, "amount_minor": 10_000_000}}}
		d.must(t, d.of, d.owner, "PUT", "/limits/cashier", object{"version": 0, "said": wire.Limits{wire.ActionNegativeStock: &none}})
		asked := d.needed(d.ask(d.of, d.cashier, "POST", "/sales", in))
		require.Equal(t, wire.ActionNegativeStock, asked.Action)
		require.NotNil(t, asked.Lines[0].OnHand)
		require.Equal(t, http.StatusOK, d.ask(d.of, d.salesLead, "POST", "/sales", in).status, "others may as before")
	})
}

func TestLimitsAreSetByThoseAbove(t *testing.T) {
	d := newDesk(t)
	set := func(token, role string, version int, said wire.Limits) answer {
		return d.ask(d.of, token, "PUT", "/limits/"+role, object{"version": version, "said": said})
	}
	five, sixty, odd := int64(5_00), int64(60_00), int64(200_00)
	require.Equal(t, http.StatusOK, set(d.owner, "cashier", 0, wire.Limits{wire.ActionDiscount: &five}).status)
	require.EqualValues(t, 5_00, *d.needed(d.sell(d.cashier, d.cart("10"))).Limit, "on the very next request")
	require.Equal(t, "roles.changed_meanwhile", set(d.owner, "cashier", 0, wire.Limits{}).code())
	require.Equal(t, "roles.limit_invalid", set(d.owner, "cashier", 1, wire.Limits{wire.ActionDiscount: &odd}).code())
	require.Equal(t, "roles.limit_invalid", set(d.owner, "cashier", 1, wire.Limits{"wishes": nil}).code())
	require.Equal(t, "roles.owner_fixed", set(d.owner, "owner", 0, wire.Limits{}).code())
	require.Equal(t, "roles.own_role", set(d.manager, "manager", 0, wire.Limits{}).code())
	require.Equal(t, "auth.not_allowed", set(d.cashier, "cashier", 1, wire.Limits{}).code())

	require.Equal(t, http.StatusOK, set(d.owner, "manager", 0, wire.Limits{wire.ActionDiscount: &sixty}).status)
	require.Equal(t, "roles.limit_beyond_you", set(d.manager, "cashier", 1, wire.Limits{wire.ActionDiscount: nil}).code())
	require.Equal(t, http.StatusOK, set(d.manager, "cashier", 1, wire.Limits{wire.ActionDiscount: &sixty}).status)
	require.Equal(t, http.StatusOK, d.sell(d.cashier, d.cart("60")).status)

	t.Run("a role of the shop's own follows its base and says its own", func(t *testing.T) {
		id, person := uuid.NewString(), d.of.people[wire.Waiter].String()
		d.must(t, d.of, d.owner, "POST", "/roles", object{"id": id, "name": "Weekend", "base": "cashier", "grants": []string{}, "denials": []string{}})
		d.must(t, d.of, d.owner, "PUT", "/people/"+person, object{"name": "W", "role": "cashier", "role_id": id, "active": true, "version": 1})
		waiter := d.session(t, d.of, wire.Waiter)
		require.Equal(t, http.StatusOK, d.sell(waiter, d.cart("60")).status)
		require.Equal(t, http.StatusOK, set(d.owner, id, 1, wire.Limits{wire.ActionDiscount: &five}).status)
		require.EqualValues(t, 5_00, *d.needed(d.sell(waiter, d.cart("60"))).Limit)
		why := read[users.Explained](t, d.ask(d.of, d.owner, "GET", "/people/"+person+"/rights", nil))
		require.Equal(t, users.HowFar{Action: wire.ActionDiscount, May: true, Most: &five, SaidBy: "own"}, why.Limits[0])
		require.Equal(t, "default", why.Limits[1].SaidBy)
	})
}

func TestWhoSeesButHisOwnSales(t *testing.T) {
	d := newDesk(t)
	mine := read[sales.Sale](t, d.sell(d.cashier, d.cart("")))
	others := read[sales.Sale](t, d.sell(d.manager, d.cart("")))
	see := func(id uuid.UUID) int { return d.ask(d.of, d.cashier, "GET", "/sales/"+id.String(), nil).status }
	require.Equal(t, http.StatusOK, see(others.ID), "as it is by default")

	d.must(t, d.of, d.owner, "PUT", "/built-in-roles/cashier", shape(0, nil, []string{"sales.all"}))
	require.Equal(t, http.StatusOK, see(mine.ID))
	require.Equal(t, http.StatusNotFound, see(others.ID), "as if it were not there")
	require.Equal(t, http.StatusNotFound, d.ask(d.of, d.cashier, "GET", "/sales/"+others.ID.String()+"/receipt", nil).status)
	require.Equal(t, http.StatusNotFound, d.ask(d.of, d.cashier, "GET", "/sales/"+others.ID.String()+"/receipt.pdf", nil).status)
	for _, query := range []string{"", "?person_id=" + d.of.people[wire.Manager].String(), "?q=" + others.ReceiptNo} {
		for _, row := range read[wire.Page[sales.SaleRow]](t, d.ask(d.of, d.cashier, "GET", "/sales"+query, nil)).Rows {
			require.NotEqual(t, others.ID, row.ID, query)
		}
	}
	found := read[wire.FoundReceipts](t, d.ask(d.of, d.cashier, "GET", "/register/receipts?q="+others.ReceiptNo, nil))
	require.Empty(t, found.Rows)
	require.Equal(t, http.StatusOK, d.ask(d.of, d.manager, "GET", "/sales/"+mine.ID.String(), nil).status)
}

func TestAWriteOffBeyondTheLimitTakesAnotherPersonsWord(t *testing.T) {
	d := newDesk(t)
	stock, some := d.session(t, d.of, wire.StockManager), int64(400)
	place := d.text(t, `select location_id::text from stock_balances where tenant_id = $1 and item_id = $2 order by on_hand desc limit 1`, d.of.id, d.item)
	lose := func(quantity string, more object) answer {
		in := object{"id": uuid.NewString(), "location_id": place, "lines": []object{{"item_id": d.item, "quantity": quantity, "reason": "damaged"}}}
		for key, value := range more {
			in[key] = value
		}
		return d.ask(d.of, stock, "POST", "/stock/adjustments", in)
	}
	require.Equal(t, http.StatusOK, lose("-3", nil).status, "nothing was said")
	d.must(t, d.of, d.owner, "PUT", "/limits/stock_manager", object{"version": 0, "said": wire.Limits{wire.ActionWriteOff: &some}})
	require.Equal(t, http.StatusOK, lose("-1", nil).status)
	found := object{"lines": []object{{"item_id": d.item, "quantity": "50", "reason": "found"}}}
	require.Equal(t, http.StatusOK, lose("", found).status, "what is found is no loss")
	asked := d.needed(lose("-2", nil))
	require.EqualValues(t, 500, asked.Amount, "at the selling price: what it cost is not everyone's to know")
	id := d.request(stock, asked)
	require.Equal(t, http.StatusOK, d.decide(d.manager, id, true).status)
	require.Equal(t, http.StatusOK, lose("-2", object{"approval_id": id}).status)
	d.needed(lose("-2", object{"approval_id": id}))
	counted := object{"id": uuid.NewString(), "location_id": place, "lines": []object{{"item_id": d.item, "counted": "1"}}}
	require.Equal(t, wire.ActionWriteOff, d.needed(d.ask(d.of, stock, "POST", "/stock/counts", counted)).Action, "nor by counting it away")
}
