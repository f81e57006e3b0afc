package sales

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/approvals"
	"souk/server/catalog"
	"souk/server/payments"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// Quote prices a browser register's cart and keeps nothing.
//
// Fails with sales.item_unknown, sales.item_inactive, sales.price_missing,
// sales.name_missing, sales.tax_code_unknown, sales.quantity_decimals, with
// sales.price_not_allowed and the pricing codes, each naming its line, and with
// approvals.needed for what goes beyond the caller's limits and nobody has
// approved.
func Quote(ctx context.Context, database *db.DB, in wire.Quote) (wire.CartView, error) {
	var view wire.CartView
	err := database.Read(ctx, auth.From(ctx).Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
		view, err = PriceCart(ctx, tx, in)
		return err
	})
	return view, err
}

// PriceCart is Quote inside a transaction that is there already.
func PriceCart(ctx context.Context, tx *db.Tx, in wire.Quote) (wire.CartView, error) {
	shelf, customer, from, err := readShelf(ctx, tx, in)
	if err != nil {
		return wire.CartView{}, err
	}
	basket, err := shelf.price(in.Cart, "")
	if err != nil {
		return wire.CartView{}, err
	}
	if err := basket.takeBack(in.Back, from, ""); err != nil {
		return wire.CartView{}, err
	}
	given, err := approvals.Given(ctx, tx, in.Approvals, false)
	if err != nil {
		return wire.CartView{}, err
	}
	if err := basket.within(shelf.actor, given); err != nil {
		return wire.CartView{}, err
	}
	view := basket.view(in.Cart, shelf)
	view.CustomerID, view.CustomerName = in.CustomerID, customer
	return view, nil
}

// The register's store; without a register, the first one.
const readShopDay db.SQL = `
	select c.currency, c.prices_include_tax, c.day_ends_hour, s.time_zone, s.id as store_id
	from   company c
	join   stores s on s.tenant_id = @tenant
	where  c.tenant_id = @tenant and (@stores::uuid[] is null or s.id = any(@stores))
	order  by s.id = (select g.store_id from registers g where g.tenant_id = @tenant and g.id = @register) desc nulls last, s.created_at, s.id
	limit  1`

type shopDay struct {
	shop
	DayEndsHour int       `db:"day_ends_hour"`
	TimeZone    string    `db:"time_zone"`
	StoreID     uuid.UUID `db:"store_id"`
}

func readShelf(ctx context.Context, tx *db.Tx, in wire.Quote) (shelf, string, returning, error) {
	ids, day := itemsOf(in.Cart), dayOf(tx.Now())
	r := tx.Reads()
	shop := db.ReadMaybe[shopDay](r, readShopDay, db.Args{"register": in.RegisterID})
	items := catalog.ReadSellables(r, ids, catalog.Counter{Register: in.RegisterID, Day: day})
	rates := readRates(r, in.Cart, day)
	from := readReturning(r, in.Back)
	offers := promotions.ReadRunning(r, day)
	customer := &db.Found[string]{}
	if in.CustomerID != nil {
		customer = db.ReadMaybe[string](r, readCustomer, db.Args{"customer": *in.CustomerID})
	}
	if err := r.Run(ctx); err != nil {
		return shelf{}, "", from, err
	}
	zone, err := time.LoadLocation(shop.Row.TimeZone)
	if err != nil {
		return shelf{}, "", from, err
	}
	if today := tenants.BusinessDate(tx.Now(), zone, shop.Row.DayEndsHour); !today.Equal(day) {
		again := tx.Reads()
		items = catalog.ReadSellables(again, ids, catalog.Counter{Register: in.RegisterID, Day: today})
		rates = readRates(again, in.Cart, today)
		if err := again.Run(ctx); err != nil {
			return shelf{}, "", from, err
		}
	}
	s := shelf{
		shop: shop.Row.shop, items: byID(*items), rates: ratesOf(*rates), actor: auth.From(ctx),
		offers: offers.Running(), sale: promotion.Sale{At: tx.Now().In(zone), Store: shop.Row.StoreID},
	}
	return s, customer.Row, from, nil
}

// view is the priced cart as the register shows it.
func (b basket) view(in wire.Cart, s shelf) wire.CartView {
	view := wire.CartView{
		Lines: b.backLines(), Back: b.backView(), Discount: in.Discount, Coupons: in.Coupons, Gross: b.priced.Gross, Saved: b.priced.Discount, Net: b.priced.Net,
		Tax: b.priced.Tax, Total: b.priced.Total, Taxes: b.priced.Taxes, QuickCash: []money.Amount{},
	}
	for i, l := range b.lines {
		item := s.items[idOf(l.ItemID)]
		total := l.Total
		if !s.shop.TaxIncluded {
			total = l.Net
		}
		view.Lines = append(view.Lines, wire.CartLineView{
			ID: in.Lines[i].ID, ItemID: l.ItemID, Name: l.Name, Barcode: l.Barcode, Unit: l.Unit, Decimals: item.Decimals,
			SoldBy: soldBy(item), Quantity: l.Quantity, UnitPrice: l.UnitPrice, ListPrice: l.ListPrice,
			Discount: in.Lines[i].Discount, Saved: l.Discount, Total: total, TaxCode: l.TaxCode, Note: l.Note,
			Deals: l.Deals, Steps: b.sold.Explain(b.cart, i, l.ListPrice),
		})
	}
	if view.Taxes == nil {
		view.Taxes = []pricing.TaxTotal{}
	}
	if currency, ok := money.Lookup(s.shop.Currency); ok && len(view.Lines) > 0 {
		view.CashDue = currency.RoundCash(b.priced.Total)
		if b.priced.Total >= 0 {
			view.QuickCash = currency.QuickCash(b.priced.Total)
		}
	}
	return view
}

func idOf(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

func soldBy(item catalog.Sellable) string {
	if item.SoldBy == "" {
		return "open"
	}
	return item.SoldBy
}

// StateIn names the register.
type StateIn struct {
	RegisterID uuid.UUID `query:"register_id"`
}

const (
	readRegisterShop db.SQL = `
		select c.name, c.business_type, c.currency, c.locale, c.prices_include_tax as tax_included, s.time_zone, s.name as store_name,
			r.id as register_id, r.number as register_number, r.name as register_name, r.kind
		from   registers r
		join   stores s on s.tenant_id = @tenant and s.id = r.store_id
		join   company c on c.tenant_id = @tenant
		where  r.tenant_id = @tenant and r.id = @register
		and    (@stores::uuid[] is null or r.store_id = any(@stores))`

	readRegisterShift db.SQL = `
		select id, number, opened_at, float_minor as float
		from   shifts
		where  tenant_id = @tenant and register_id = @register and closed_at is null
		and    (@stores::uuid[] is null or store_id = any(@stores))`

	readTaxSetups db.SQL = `
		select t.code, t.name, r.valid_from::text as "from", r.rate
		from   tax_codes t
		join   tax_rates r on r.tenant_id = @tenant and r.tax_code_id = t.id
		where  t.tenant_id = @tenant
		order  by t.code, r.valid_from`

	readCategories db.SQL = `
		select id, parent_id, name, position
		from   categories
		where  tenant_id = @tenant and active
		order  by position, name`
)

type registerShop struct {
	Name, Currency, Locale string
	BusinessType           wire.BusinessType
	TaxIncluded            bool
	TimeZone, StoreName    string
	RegisterID             uuid.UUID
	RegisterNumber         int
	RegisterName, Kind     string
}

type taxRow struct {
	Code, Name, From string
	Rate             decimal.Decimal
}

// State is what a browser register shows before its first sale: the shop, the
// person, the open shift and the ways to pay. The cart lives in the page. Fails
// with sales.register_unknown and sales.register_not_browser.
func State(ctx context.Context, tx *db.Tx, in StateIn) (wire.RegisterState, error) {
	at := db.Args{"register": in.RegisterID}
	r := tx.Reads()
	shop := db.ReadMaybe[registerShop](r, readRegisterShop, at)
	shift := db.ReadMaybe[wire.RegisterShift](r, readRegisterShift, at)
	taxes := db.ReadAll[taxRow](r, readTaxSetups, db.Args{})
	categories := db.ReadAll[wire.CategorySetup](r, readCategories, db.Args{})
	methods := payments.ReadMethods(r)
	if err := r.Run(ctx); err != nil {
		return wire.RegisterState{}, err
	}
	switch {
	case !shop.Found:
		return wire.RegisterState{}, fault.NotFound("sales.register_unknown").Say("This register is not there. Choose another one.")
	case shop.Row.Kind != "browser":
		return wire.RegisterState{}, fault.Conflict("sales.register_not_browser").Say("This register is a till's. Choose a browser register.")
	}
	state := wire.RegisterState{
		Phase: wire.PhaseNoShift, Shop: shop.Row.wire(ctx), Person: person(ctx), Cart: emptyCart(),
		Link:    wire.LinkState{Online: true, Since: tx.Now()},
		Printer: wire.PrinterState{Kind: "none", Columns: 42},
		Methods: methodSetups(*methods), TaxCodes: taxSetups(*taxes), Categories: *categories,
	}
	if shift.Found {
		state.Phase, state.Shift = wire.PhaseSelling, &shift.Row
	}
	return state, nil
}

func (s registerShop) wire(ctx context.Context) *wire.RegisterShop {
	currency, _ := money.Lookup(s.Currency)
	return &wire.RegisterShop{
		Name: s.Name, Slug: tenants.Slug(ctx), BusinessType: s.BusinessType, Currency: s.Currency, Digits: currency.Digits,
		Locale: s.Locale, TimeZone: s.TimeZone, StoreName: s.StoreName, RegisterID: s.RegisterID,
		RegisterNumber: s.RegisterNumber, RegisterName: s.RegisterName, TaxIncluded: s.TaxIncluded,
		CashStep: max(currency.CashStep, 1),
	}
}

func person(ctx context.Context) *wire.RegisterPerson {
	actor := auth.From(ctx)
	return &wire.RegisterPerson{ID: actor.Person, Name: actor.Name, Role: actor.Role, Permissions: actor.Permissions()}
}

func emptyCart() wire.CartView {
	return wire.CartView{Lines: []wire.CartLineView{}, Taxes: []pricing.TaxTotal{}, QuickCash: []money.Amount{}}
}

func methodSetups(methods []payments.Method) []wire.MethodSetup {
	out := []wire.MethodSetup{}
	for _, m := range methods {
		if m.Active {
			out = append(out, wire.MethodSetup{ID: m.ID, Kind: m.Kind, Name: m.Name, OpensDrawer: m.OpensDrawer, Position: m.Position})
		}
	}
	return out
}

func taxSetups(rows []taxRow) []wire.TaxSetup {
	out := []wire.TaxSetup{}
	for _, row := range rows {
		at := slices.IndexFunc(out, func(t wire.TaxSetup) bool { return t.Code == row.Code })
		if at < 0 {
			at = len(out)
			out = append(out, wire.TaxSetup{Code: row.Code, Name: row.Name})
		}
		out[at].Rates = append(out[at].Rates, wire.DatedRate{From: row.From, Rate: row.Rate})
	}
	return out
}
