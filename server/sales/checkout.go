package sales

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"souk/server/approvals"
	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/payments"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/server/tenants"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// Checkout prices a cart, takes back what comes back in it, takes its stock and posts it to the ledger, or does
// none of it. It serves the browser register; a till that has already finished
// its sale uses Record, which never refuses.
//
// Fails with sales.already_made, sales.register_unknown, sales.register_not_browser,
// sales.shift_not_open, sales.cart_empty, sales.customer_unknown,
// sales.method_unknown, with approvals.needed for what goes beyond the caller's limits and nobody has approved, with what GiveBack fails with for what comes back, with what Quote fails with for the cart, and with
// pricing.underpaid, pricing.change_without_cash or pricing.tender_sign for the
// payments.
func Checkout(ctx context.Context, tx *db.Tx, in wire.Checkout) (Sale, error) {
	if len(in.Cart.Lines) == 0 && in.Cart.Back == nil {
		return Sale{}, invalid("sales.cart_empty", "cart.lines", "Put something on the cart first.")
	}
	facts, err := load(ctx, tx, in)
	if err != nil {
		return Sale{}, err
	}
	if err := facts.ready(in); err != nil {
		return Sale{}, err
	}
	shelf, err := facts.shelf(ctx, tx)
	if err != nil {
		return Sale{}, err
	}
	basket, err := shelf.price(in.Cart, "cart.")
	if err != nil {
		return Sale{}, err
	}
	if err := basket.takeBack(in.Cart.Back, facts.returning, "cart."); err != nil {
		return Sale{}, err
	}
	given, err := approvals.Given(ctx, tx, in.Cart.Approvals, true)
	if err != nil {
		return Sale{}, err
	}
	if err := basket.within(auth.From(ctx), given); err != nil {
		return Sale{}, err
	}
	if err := basket.stocked(auth.From(ctx), *facts.balances, given); err != nil {
		return Sale{}, err
	}
	tenders, settled, err := settle(facts.shop(), *facts.methods, basket.priced.Total, in.Tenders)
	if err != nil {
		return Sale{}, err
	}

	sale, err := facts.document(tx, in)
	if err != nil {
		return Sale{}, err
	}
	sale.fill(basket, tenders, settled)
	sale.approvedBy(tx.Batch(), basket.used)
	if err := sale.book(tx, facts.ground()); err != nil {
		return Sale{}, err
	}
	return sale.sale(), nil
}

// counterFacts is what every document made at a browser register is made from.
type counterFacts struct {
	register *db.Found[tills.Register]
	shift    *db.Found[openShift]
	methods  *[]payments.Method
	chart    *[]ledger.ChartRow
	balances *[]inventory.Balance
	number   *db.Found[numbered]
}

// counter adds its reads to r: the shared facts first, the hot rows last.
func counter(r *db.Reads, register uuid.UUID, items []uuid.UUID) counterFacts {
	return counterFacts{
		register: tills.ReadRegister(r, register),
		shift:    db.ReadMaybe[openShift](r, holdOpenShift, db.Args{"register": register}),
		methods:  payments.ReadMethods(r),
		chart:    ledger.ReadChart(r),
		balances: readBalances(r, register, items),
		number:   db.ReadMaybe[numbered](r, takeNumber, db.Args{"register": register}),
	}
}

// open checks that the register can make documents now.
func (f counterFacts) open() error {
	switch {
	case !f.register.Found || !f.number.Found:
		return fault.NotFound("sales.register_unknown").Say("This register is not there. Choose another one.")
	case f.register.Row.Kind != "browser":
		return fault.Conflict("sales.register_not_browser").Say("This register is a till's. Choose a browser register.")
	case !f.shift.Found:
		return fault.Conflict("sales.shift_not_open").Say("No shift is open at this register. Open one first.")
	}
	return nil
}

func (f counterFacts) shop() shop { return shopOf(f.register.Row) }

func (f counterFacts) ground(items map[uuid.UUID]catalog.Sellable) ground {
	return ground{chart: ledger.ChartOf(*f.chart), methods: *f.methods, items: items, balances: *f.balances}
}

// document is the frame of a document made here and now.
func (f counterFacts) document(tx *db.Tx, id uuid.UUID, kind wire.SaleKind) (*document, error) {
	register := f.register.Row
	day, err := businessDate(register, tx.Now())
	if err != nil {
		return nil, err
	}
	return &document{
		FinishedSale: wire.FinishedSale{
			ID: id, Kind: kind, Series: f.number.Row.Series, Number: f.number.Row.Number,
			ReceiptNo:  wire.ReceiptNo(f.number.Row.Series, f.number.Row.Number),
			RegisterID: register.ID, ShiftID: f.shift.Row.ID, PersonID: tx.ActorID(), CompletedAt: tx.Now(),
			Currency: register.Currency, TaxIncluded: register.TaxIncluded,
			Lines: []wire.SaleLine{}, Tenders: []wire.SaleTender{},
		},
		storeID: register.StoreID, locationID: register.LocationID, businessDate: day,
	}, nil
}

func businessDate(register tills.Register, at time.Time) (time.Time, error) {
	zone, err := time.LoadLocation(register.TimeZone)
	if err != nil {
		return time.Time{}, fmt.Errorf("time zone of store %s: %w", register.StoreID, err)
	}
	return tenants.BusinessDate(at, zone, register.DayEndsHour), nil
}

// checkoutFacts is what one checkout needs.
type checkoutFacts struct {
	counterFacts
	returning
	customer *db.Found[string]
	offers   promotions.Found
	items    *[]catalog.Sellable
	rates    *[]catalog.TaxRate
	day      time.Time
	takes    *db.Found[bool] // whether the shop's plan has room for one more
}

const planTakes db.SQL = `select public.plan_takes_sale(@now)`

// load reads all of it in one batch, and a first one where something comes back. Tax rates are read for the UTC day; where
// the store's business day is another one, once more for that, and promotions where there are any.
func load(ctx context.Context, tx *db.Tx, in wire.Checkout) (checkoutFacts, error) {
	returned, err := holdReturning(ctx, tx, in.Cart.Back)
	if err != nil {
		return checkoutFacts{}, err
	}
	ids, day := union(itemsOf(in.Cart), returned), dayOf(tx.Now())
	r := tx.Reads()
	f := checkoutFacts{customer: &db.Found[string]{}, returning: readReturning(r, in.Cart.Back)}
	f.items, f.rates = catalog.ReadSellables(r, ids, catalog.Counter{Register: in.RegisterID, Day: day}), readRates(r, in.Cart, day)
	if in.Cart.CustomerID != nil {
		f.customer = db.ReadMaybe[string](r, readCustomer, db.Args{"customer": *in.Cart.CustomerID})
	}
	f.counterFacts = counter(r, in.RegisterID, ids)
	f.takes = db.ReadMaybe[bool](r, planTakes, db.Args{"now": tx.Now()})
	if err := r.Run(ctx); err != nil || !f.register.Found {
		return f, err
	}
	if f.day, err = businessDate(f.register.Row, tx.Now()); err != nil || f.day.Equal(day) && !f.register.Row.Promotes {
		return f, err
	}
	again := tx.Reads()
	if !f.day.Equal(day) {
		f.items = catalog.ReadSellables(again, ids, catalog.Counter{Register: in.RegisterID, Day: f.day})
		f.rates = readRates(again, in.Cart, f.day)
	}
	if f.register.Row.Promotes {
		f.offers = promotions.ReadRunning(again, f.day)
	}
	return f, again.Run(ctx)
}

func (f checkoutFacts) ready(in wire.Checkout) error {
	if err := f.open(); err != nil {
		return err
	}
	if !f.takes.Row {
		return fault.Conflict("plans.sales").Say("Your plan's sales of this month are used up at the browser register. Tills go on selling. Ask the platform's keeper for a larger plan.")
	}
	if in.Cart.CustomerID != nil && !f.customer.Found {
		return invalid("sales.customer_unknown", "cart.customer_id", "This customer is not there. Choose another one.")
	}
	return nil
}

func (f checkoutFacts) shelf(ctx context.Context, tx *db.Tx) (shelf, error) {
	register := f.register.Row
	zone, err := time.LoadLocation(register.TimeZone)
	return shelf{
		shop: f.shop(), items: byID(*f.items), rates: ratesOf(*f.rates), actor: auth.From(ctx),
		offers: f.offers.Running(), sale: promotion.Sale{At: tx.Now().In(zone), Store: register.StoreID},
	}, err
}

func (f checkoutFacts) ground() ground { return f.counterFacts.ground(byID(*f.items)) }

func (f checkoutFacts) document(tx *db.Tx, in wire.Checkout) (*document, error) {
	d, err := f.counterFacts.document(tx, in.ID, wire.SaleKindSale)
	if err != nil {
		return nil, err
	}
	d.CustomerID, d.Note = in.Cart.CustomerID, in.Note
	return d, nil
}

// settle finds the methods and works out rounding and change.
func settle(shop shop, methods []payments.Method, total money.Amount, in []wire.TenderIn) ([]wire.SaleTender, pricing.Settlement, error) {
	currency, ok := money.Lookup(shop.Currency)
	if !ok {
		return nil, pricing.Settlement{}, fmt.Errorf("the shop's currency %q is unknown", shop.Currency)
	}
	paid := make([]pricing.Tender, len(in))
	for i, t := range in {
		method, ok := find(methods, t.MethodID)
		if !ok || !method.Active {
			return nil, pricing.Settlement{}, invalid("sales.method_unknown", fmt.Sprintf("tenders.%d.method_id", i), "Choose one of the shop's ways to pay.")
		}
		paid[i] = pricing.Tender{MethodKind: method.Kind, Amount: t.Amount}
	}
	settled, err := pricing.Settle(currency, total, paid)
	var problem *pricing.Problem
	if errors.As(err, &problem) {
		return nil, settled, invalid(problem.Code, "tenders", sentences[problem.Code])
	}
	if err != nil {
		return nil, settled, err
	}
	out := make([]wire.SaleTender, len(in))
	for i, t := range settled.Tenders {
		out[i] = wire.SaleTender{
			MethodID: in[i].MethodID, Reference: in[i].Reference, Amount: t.Amount, Tendered: t.Tendered, Change: t.Change,
		}
	}
	return out, settled, nil
}
