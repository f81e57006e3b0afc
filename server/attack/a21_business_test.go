package attack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// abuse is something that someone who may sell asks for and must not get.
type abuse struct {
	name   string
	who    wire.Role
	method string
	path   string
	body   object
}

// bench is what abuses are about: a counter with an open shift, and sales.
type bench struct {
	counter, shift, item, second, cash, customer string
	sold, refunded, voided                       string
}

// bench finds what trade has left for the attacker's own shop.
func (r *ring) bench(t *testing.T) bench {
	t.Helper()
	b := r.b.id
	return bench{
		counter:  r.text(t, `select register_id::text from shifts where tenant_id = $1 and closed_at is null limit 1`, b),
		shift:    r.text(t, `select id::text from shifts where tenant_id = $1 and closed_at is null limit 1`, b),
		item:     r.text(t, `select id::text from items where tenant_id = $1 and sku = $2`, b, r.b.mark+"-0"),
		second:   r.text(t, `select id::text from items where tenant_id = $1 and sku = $2`, b, r.b.mark+"-1"),
		cash:     r.text(t, `select id::text from payment_methods where tenant_id = $1 and kind = 'cash'`, b),
		customer: r.text(t, `select id::text from customers where tenant_id = $1 limit 1`, b),
		sold: r.text(t, `select id::text from sales s where tenant_id = $1 and kind = 'sale'
			and not exists (select from sales o where o.tenant_id = $1 and o.original_id = s.id) limit 1`, b),
		refunded: r.text(t, `select original_id::text from sales where tenant_id = $1 and kind = 'refund' limit 1`, b),
		voided:   r.text(t, `select original_id::text from sales where tenant_id = $1 and kind = 'void' limit 1`, b),
	}
}

// books is what money and goods the attacker's own shop has written down.
func (r *ring) books(t *testing.T) string {
	t.Helper()
	var out []string
	for _, table := range []string{"sales", "sale_lines", "tenders", "stock_moves", "stock_balances", "journal_entries", "postings", "shifts", "cash_movements", "items", "store_prices", "stock_transfers", "approvals"} {
		out = append(out, table+" "+r.text(t, `select count(*) || ' ' || coalesce(md5(string_agg(to_jsonb(x)::text, ',' order by to_jsonb(x)::text)), '') from `+table+` x where tenant_id = $1`, r.b.id))
	}
	return strings.Join(out, "\n")
}

func (s bench) sale(lines []object, change object) object {
	for n := range lines {
		lines[n]["id"] = uuid.NewString()
		if lines[n]["item_id"] == nil && lines[n]["name"] == nil {
			lines[n]["item_id"] = s.item
		}
		if lines[n]["quantity"] == nil {
			lines[n]["quantity"] = "1"
		}
	}
	cart := object{"lines": lines}
	body := object{"id": uuid.NewString(), "register_id": s.counter, "cart": cart, "tenders": []object{{"method_id": s.cash, "amount_minor": 100000}}}
	for key, value := range change {
		if key == "discount" || key == "customer_id" || key == "back" || key == "approvals" {
			cart[key] = value
			continue
		}
		body[key] = value
	}
	return body
}

func (s bench) salesAbuses() []abuse {
	percent := func(p string) object {
		return object{"kind": "percent", "percent": p, "amount_minor": 0, "reason": "x"}
	}
	amount := func(n int64) object {
		return object{"kind": "amount", "percent": "0", "amount_minor": n, "reason": "x"}
	}
	const most = 9223372036854775807
	sell := func(name string, who wire.Role, line, change object) abuse {
		return abuse{name, who, "POST", "/sales", s.sale([]object{line}, change)}
	}
	return []abuse{
		sell("nothing of something", wire.Owner, object{"quantity": "0"}, nil),
		sell("less than nothing", wire.Owner, object{"quantity": "-3"}, nil),
		sell("more than there are numbers", wire.Owner, object{"quantity": "9223372036854775807"}, nil),
		sell("a quantity that is no number", wire.Owner, object{"quantity": "NaN"}, nil),
		sell("a quantity in powers of ten", wire.Owner, object{"quantity": "1e30"}, nil),
		sell("a quantity without end", wire.Owner, object{"quantity": "0.0000000000000000001"}, nil),
		sell("a price below nothing", wire.Owner, object{"price_minor": -100}, nil),
		sell("a price that the sum cannot hold", wire.Owner, object{"price_minor": int64(most), "quantity": "3"}, nil),
		sell("a price of one's own, by a cashier", wire.Cashier, object{"price_minor": 1}, nil),
		sell("a barcode's price of one's own, by a cashier", wire.Cashier, object{"fixed_total_minor": 1}, nil),
		sell("a discount of more than all", wire.Owner, object{"discount": percent("101")}, nil),
		sell("a discount below nothing", wire.Owner, object{"discount": percent("-10")}, nil),
		sell("an amount off below nothing", wire.Owner, object{"discount": amount(-10)}, nil),
		sell("a discount of another kind", wire.Owner, object{"discount": object{"kind": "free", "percent": "0", "amount_minor": 0, "reason": "x"}}, nil),
		sell("a discount of the cart of more than all", wire.Owner, object{}, object{"discount": percent("150")}),
		sell("a discount by a cashier, beyond the limit", wire.Cashier, object{"discount": percent("60")}, nil),
		sell("two discounts by a cashier, each below the limit", wire.Cashier, object{"discount": percent("9")}, object{"discount": percent("60")}),
		sell("money below nothing", wire.Owner, object{}, object{"tenders": []object{{"method_id": s.cash, "amount_minor": -250}}}),
		sell("too little money", wire.Owner, object{}, object{"tenders": []object{{"method_id": s.cash, "amount_minor": 1}}}),
		sell("money given and taken back in one", wire.Owner, object{}, object{"tenders": []object{{"method_id": s.cash, "amount_minor": 1000}, {"method_id": s.cash, "amount_minor": -750}}}),
		sell("money in another currency", wire.Owner, object{}, object{"tenders": []object{{"method_id": s.cash, "amount_minor": 250, "currency": "JPY"}}}),
		sell("a way of paying that there is not", wire.Owner, object{}, object{"tenders": []object{{"method_id": uuid.NewString(), "amount_minor": 250}}}),
		sell("no money at all", wire.Owner, object{}, object{"tenders": []object{}}),
		sell("a sale of yesterday", wire.Owner, object{}, object{"completed_at": "2001-01-01T00:00:00Z"}),
		sell("a sale of another's total", wire.Owner, object{}, object{"total_minor": 1}),
		sell("an item that there is not", wire.Owner, object{"item_id": uuid.NewString()}, nil),
		sell("a customer who is not", wire.Owner, object{}, object{"customer_id": uuid.NewString()}),
		sell("a register that is not", wire.Owner, object{}, object{"register_id": uuid.NewString()}),
		sell("somebody's word that was never given", wire.Cashier, object{"discount": percent("60")}, object{"approvals": []string{uuid.NewString()}}),
		sell("an open price without a name", wire.Owner, object{"item_id": nil, "name": "", "price_minor": 100}, nil),
		{"an empty cart", wire.Owner, "POST", "/sales", s.sale([]object{}, object{"tenders": []object{}})},
	}
}

func (s bench) backAbuses() []abuse {
	back := func(name string, who wire.Role, sale string, lines ...object) abuse {
		return abuse{name, who, "POST", "/sales/" + sale + "/refund", object{"id": uuid.NewString(), "register_id": s.counter, "method_id": s.cash, "lines": lines}}
	}
	line := func(no int, quantity string) object { return object{"line_no": no, "quantity": quantity} }
	void := func(name, sale string) abuse {
		return abuse{name, wire.Owner, "POST", "/sales/" + sale + "/void", object{"id": uuid.NewString(), "register_id": s.counter}}
	}
	return []abuse{
		back("more back than was sold", wire.Owner, s.sold, line(1, "3")),
		back("a line twice, together more than was sold", wire.Owner, s.sold, line(1, "2"), line(1, "2")),
		back("less than nothing back", wire.Owner, s.sold, line(1, "-1")),
		back("nothing back", wire.Owner, s.sold, line(1, "0")),
		back("a line that there is not", wire.Owner, s.sold, line(99, "1")),
		back("no line at all", wire.Owner, s.sold),
		back("what has come back already", wire.Owner, s.refunded, line(1, "2")),
		back("of what was void", wire.Owner, s.voided, line(1, "1")),
		back("of a sale that there is not", wire.Owner, uuid.NewString(), line(1, "1")),
		back("money back by a cashier alone", wire.Cashier, s.sold, line(1, "1")),
		void("void a second time", s.voided),
		void("void what has come back in part", s.refunded),
		{"a void by a cashier alone", wire.Cashier, "POST", "/sales/" + s.sold + "/void", object{"id": uuid.NewString(), "register_id": s.counter}},
		{"more back in an exchange than was sold", wire.Owner, "POST", "/sales", s.sale([]object{{}}, object{
			"back": object{"sale_id": s.sold, "reason": "x", "lines": []object{{"line_no": 1, "quantity": "5", "restock": true}}}, "tenders": []object{}})},
	}
}

func (s bench) otherAbuses(r *ring, t *testing.T) []abuse {
	store := r.b.opened.Store
	harbour := r.text(t, `select l.id::text from locations l join stores s on s.tenant_id = $1 and s.id = l.store_id where l.tenant_id = $1 and s.name like '% Harbour'`, r.b.id)
	code := r.text(t, `select code from tax_codes where tenant_id = $1 order by code limit 1`, r.b.id)
	cash := func(name, kind string, amount int64) abuse {
		return abuse{name, wire.Owner, "POST", "/shifts/" + s.shift + "/" + kind, object{"id": uuid.NewString(), "reason": "other", "amount_minor": amount, "note": "x"}}
	}
	closed := r.text(t, `select id::text from shifts where tenant_id = $1 and closed_at is not null limit 1`, r.b.id)
	item := func(name string, change object) abuse {
		body := object{"id": uuid.NewString(), "sku": "Z-" + uuid.NewString()[:8], "name": "x", "tax_code": code, "price_minor": 100, "cost_minor": 50, "track_stock": true, "barcodes": []object{}}
		for key, value := range change {
			body[key] = value
		}
		return abuse{name, wire.Owner, "POST", "/items", body}
	}
	transfer := func(name string, quantity string, to any) abuse {
		return abuse{name, wire.Owner, "POST", "/transfers", object{"id": uuid.NewString(), "from_location_id": store.LocationID, "to_location_id": to, "note": "", "lines": []object{{"item_id": s.item, "quantity": quantity}}}}
	}
	stock := func(name, path string, line object) abuse {
		line["item_id"] = s.item
		return abuse{name, wire.Owner, "POST", path, object{"id": uuid.NewString(), "location_id": store.LocationID, "lines": []object{line}}}
	}
	return []abuse{
		cash("cash in below nothing", "cash-in", -100), cash("cash in of nothing", "cash-in", 0), cash("cash out below nothing", "cash-out", -100),
		cash("a drop below nothing", "safe-drop", -100),
		{"cash into a shift that is closed", wire.Owner, "POST", "/shifts/" + closed + "/cash-in", object{"id": uuid.NewString(), "reason": "other", "amount_minor": 100, "note": "x"}},
		{"closing a shift a second time", wire.Owner, "POST", "/shifts/" + closed + "/closure", object{"counted_minor": 0}},
		{"closing with less than nothing", wire.Owner, "POST", "/shifts/" + s.shift + "/closure", object{"counted_minor": -1}},
		{"a second shift at one register", wire.Owner, "POST", "/shifts", object{"id": uuid.NewString(), "register_id": s.counter, "float_minor": 100}},
		{"a float below nothing", wire.Owner, "POST", "/shifts", object{"id": uuid.NewString(), "register_id": r.b.spare, "float_minor": -100}},
		item("an item at less than nothing", object{"price_minor": -1}), item("an item that costs less than nothing", object{"cost_minor": -1}),
		item("an item of a tax that there is not", object{"tax_code": "nosuchtax"}),
		stock("opening with less than nothing", "/stock/opening", object{"quantity": "-5", "unit_cost_minor": 100}),
		stock("opening at less than nothing", "/stock/opening", object{"quantity": "5", "unit_cost_minor": -100}),
		stock("lost goods that are found", "/stock/adjustments", object{"quantity": "5", "reason": "stolen"}),
		stock("an adjustment of nothing", "/stock/adjustments", object{"quantity": "0", "reason": "found"}),
		stock("a count below nothing", "/stock/counts", object{"counted": "-1"}),
		transfer("goods on their way, less than none", "-5", harbour), transfer("goods on their way to where they are", "1", store.LocationID),
		transfer("goods on their way to nowhere", "1", uuid.NewString()),
		{"an approval for less than nothing", wire.Cashier, "POST", "/approvals", object{"id": uuid.NewString(), "register_id": s.counter, "reason": "x", "asked": object{"action": "discount", "amount": -5, "lines": []object{}}}},
		{"an approval of what there is not", wire.Cashier, "POST", "/approvals", object{"id": uuid.NewString(), "register_id": s.counter, "reason": "x", "asked": object{"action": "everything", "amount": 5, "lines": []object{}}}},
	}
}

// TestAttackByAbuse: whoever may sell does what brings money or goods that are not
// there. Nothing of it is taken, and nothing stands in the books afterwards.
func TestAttackByAbuse(t *testing.T) {
	r := newRing(t)
	s := r.bench(t)
	tokens := map[wire.Role]string{wire.Owner: r.session(t, r.b, wire.Owner), wire.Cashier: r.session(t, r.b, wire.Cashier)}
	abuses := append(append(s.salesAbuses(), s.backAbuses()...), s.otherAbuses(r, t)...)
	cases := count(t, "A21", len(abuses)+4)
	w := r.watch(t)
	before := r.books(t)
	for _, a := range abuses {
		got := r.ask(r.b, tokens[a.who], a.method, a.path, a.body)
		label := fmt.Sprintf("%s: %s %s: %d %s", a.name, a.method, a.path, got.status, got.body)
		require.GreaterOrEqual(t, got.status, 400, label)
		require.Less(t, got.status, 500, label)
		require.NotEqual(t, http.StatusUnauthorized, got.status, label)
		require.Equal(t, before, r.books(t), label)
		cases.one()
	}

	// The same by who may, in the right measure, is done: not everything is refused.
	sold := s.sale([]object{{"quantity": "2"}}, nil)
	r.must(t, r.b, tokens[wire.Cashier], "POST", "/sales", sold)
	cases.one()
	r.must(t, r.b, tokens[wire.Owner], "POST", fmt.Sprintf("/sales/%s/refund", sold["id"]), object{"id": uuid.NewString(), "register_id": s.counter, "method_id": s.cash, "lines": []object{{"line_no": 1, "quantity": "1"}}})
	cases.one()
	again := r.ask(r.b, tokens[wire.Owner], "POST", "/sales", sold)
	require.Equal(t, http.StatusConflict, again.status, "one id, one sale: %s", again.body)
	cases.one()

	// Nobody answers what he has asked himself.
	asked := uuid.NewString()
	owner := tokens[wire.Owner]
	r.must(t, r.b, owner, "POST", "/approvals", object{"id": asked, "register_id": s.counter, "reason": "x", "asked": object{
		"action": "discount", "amount": 5000, "lines": []object{{"item_id": s.item, "name": "x", "quantity": "1", "before_minor": 250, "after_minor": 125}}}})
	own := r.ask(r.b, owner, "POST", "/approvals/"+asked+"/decision", object{"approve": true})
	require.GreaterOrEqual(t, own.status, 400, own.body)
	require.Less(t, own.status, 500, own.body)
	cases.one()
	w.done(t)
	r.verified(t)
}
