package sales

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/promotions"
	"souk/shared/barcode"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// shelf is what a cart is priced from.
type shelf struct {
	shop  shop
	items map[uuid.UUID]catalog.Sellable
	rates map[string]decimal.Decimal
	actor auth.Actor

	offers promotions.Running
	sale   promotion.Sale // coupons and customer are the cart's
}

// basket is a cart after pricing: its lines as they will stand in the sale.
type basket struct {
	cart   pricing.Cart
	priced pricing.Priced // less what comes back
	sold   pricing.Priced // without that
	lines  []wire.SaleLine
	items  map[uuid.UUID]catalog.Sellable
	used   []wire.Approval

	// What comes back of an earlier sale, and what each such line is worth.
	back   []wire.SaleLine
	values map[int]money.Amount
	from   returning
	reason string
}

// readRates adds a read of the day's tax rates, for lines that are no item's: an
// item brings its own rate with it.
func readRates(r *db.Reads, cart wire.Cart, day time.Time) *[]catalog.TaxRate {
	if !slices.ContainsFunc(cart.Lines, func(l wire.CartLine) bool { return l.ItemID == nil }) {
		return &[]catalog.TaxRate{}
	}
	return catalog.ReadTaxRates(r, day)
}

func ratesOf(rates []catalog.TaxRate) map[string]decimal.Decimal {
	out := make(map[string]decimal.Decimal, len(rates))
	for _, r := range rates {
		out[r.Code] = r.Rate
	}
	return out
}

// itemsOf lists the items of a cart, each once.
func itemsOf(cart wire.Cart) []uuid.UUID {
	ids := []uuid.UUID{}
	seen := map[uuid.UUID]bool{}
	for _, line := range cart.Lines {
		if line.ItemID != nil && !seen[*line.ItemID] {
			seen[*line.ItemID] = true
			ids = append(ids, *line.ItemID)
		}
	}
	return ids
}

func union(ids, more []uuid.UUID) []uuid.UUID {
	for _, id := range more {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// price looks every line up and prices the whole; how far the actor may go is
// looked at when that is known. at is where the cart stands in the request body, for the paths of faults.
func (s shelf) price(in wire.Cart, at string) (basket, error) {
	b := basket{cart: pricing.Cart{Currency: s.shop.Currency, TaxIncluded: s.shop.TaxIncluded, Discount: in.Discount}, items: s.items}
	about := make([]promotion.About, len(in.Lines))
	for i, line := range in.Lines {
		path := fmt.Sprintf("%slines.%d.", at, i)
		sold, err := s.line(line, path)
		if err != nil {
			return basket{}, err
		}
		sold.LineNo = i + 1
		b.lines = append(b.lines, sold)
		b.cart.Lines = append(b.cart.Lines, pricing.Line{
			ID: line.ID, Quantity: line.Quantity, UnitPrice: sold.UnitPrice, FixedTotal: line.FixedTotal,
			Discount: line.Discount, Tax: pricing.Tax{Code: sold.TaxCode, Rate: sold.TaxRate},
		})
		about[i] = s.about(sold)
	}
	for i, code := range in.Coupons {
		if !promotion.KnowsCoupon(s.offers.All, code) {
			return basket{}, invalid("sales.coupon_unknown", fmt.Sprintf("%scoupons.%d", at, i), "No promotion that runs has this coupon. Check the code, or take it off.")
		}
	}
	sale := s.sale
	sale.Customer, sale.Coupons = in.CustomerID != nil, in.Coupons
	b.cart = promotion.Apply(b.cart, about, sale, s.offers.All)
	priced, err := pricing.Price(b.cart)
	if err != nil {
		return basket{}, problemAt(err, in, at)
	}
	b.priced, b.sold = priced, priced
	for i := range b.lines {
		p := priced.Lines[i]
		l := &b.lines[i]
		l.Gross, l.Discount, l.Net, l.Tax, l.Total = p.Gross, p.Discount, p.Net, p.Tax, p.Total
		l.DiscountReason, l.Deals = reason(in.Lines[i].Discount, in.Discount), b.cart.Lines[i].Deals
	}
	return b, nil
}

// about is what promotions look at of a line. One that is sold at another price than
// the list's has its price already.
func (s shelf) about(l wire.SaleLine) promotion.About {
	if l.ItemID == nil {
		return promotion.About{Pieces: true}
	}
	item := s.items[*l.ItemID]
	return promotion.About{
		Item: item.ID, Categories: s.offers.Categories(item.CategoryID), Pieces: item.SoldBy != "weight",
		Apart: item.SoldBy != "open" && l.UnitPrice != l.ListPrice,
	}
}

func reason(own, whole *pricing.Discount) string {
	if own != nil && own.Reason != "" {
		return own.Reason
	}
	if whole != nil {
		return whole.Reason
	}
	return ""
}

// line is one line with its name, price and tax, not yet priced.
func (s shelf) line(in wire.CartLine, path string) (wire.SaleLine, error) {
	if err := possible(in, path); err != nil {
		return wire.SaleLine{}, err
	}
	if in.ItemID == nil {
		return s.openLine(in, path)
	}
	item, ok := s.items[*in.ItemID]
	switch {
	case !ok:
		return wire.SaleLine{}, invalid("sales.item_unknown", path+"item_id", "This item is not in the catalogue. Search for it again.")
	case !item.Active:
		return wire.SaleLine{}, invalid("sales.item_inactive", path+"item_id", "This item is no longer sold. Take it off the cart.")
	case in.Quantity.Trim(0).Scale() > item.Decimals:
		return wire.SaleLine{}, invalid("sales.quantity_decimals", path+"quantity", "This item is not sold in parts that small. Change the quantity.")
	}
	price := item.Price
	if in.Price != nil && *in.Price != item.Price {
		price = *in.Price
	}
	if item.SoldBy == "open" && in.Price == nil {
		return wire.SaleLine{}, invalid("sales.price_missing", path+"price_minor", "Type in this item's price.")
	}
	if in.FixedTotal != nil && !s.printed(in) && !s.actor.Can(ChangePrice) {
		return wire.SaleLine{}, forbidden("sales.price_not_allowed", path+"fixed_total_minor", "Scan the label again: it does not carry this price.")
	}
	return wire.SaleLine{
		ItemID: in.ItemID, Name: item.Name, Barcode: in.Barcode, Unit: item.Unit, Quantity: in.Quantity,
		UnitPrice: price, ListPrice: item.Price, TaxCode: item.TaxCode, TaxRate: item.TaxRate, Note: strings.TrimSpace(in.Note),
	}, nil
}

// possible checks what cannot be, whatever the item is.
func possible(in wire.CartLine, path string) error {
	switch {
	case in.Price != nil && *in.Price < 0:
		return invalid("sales.price_negative", path+"price_minor", "A price cannot be below zero.")
	case in.Quantity.Scale() > 4 || !in.Quantity.Abs().Less(decimal.MustNew(1_000_000_000_000, 0)):
		return invalid("sales.quantity_too_large", path+"quantity", "Check the quantity.")
	}
	return nil
}

// openLine is a line that no item stands behind.
func (s shelf) openLine(in wire.CartLine, path string) (wire.SaleLine, error) {
	name := strings.TrimSpace(in.Name)
	rate, taxed := s.rates[in.TaxCode]
	switch {
	case name == "":
		return wire.SaleLine{}, invalid("sales.name_missing", path+"name", "Say what is sold.")
	case in.Price == nil:
		return wire.SaleLine{}, invalid("sales.price_missing", path+"price_minor", "Type in the price.")
	case !taxed:
		return wire.SaleLine{}, invalid("sales.tax_code_unknown", path+"tax_code", "Choose one of the shop's tax codes.")
	}
	return wire.SaleLine{
		Name: name, Barcode: in.Barcode, Unit: "", Quantity: in.Quantity,
		UnitPrice: *in.Price, ListPrice: *in.Price, TaxCode: in.TaxCode, TaxRate: rate, Note: strings.TrimSpace(in.Note),
	}, nil
}

// printed reports whether the line's fixed total is the one that its barcode carries.
func (s shelf) printed(in wire.CartLine) bool {
	currency, _ := money.Lookup(s.shop.Currency)
	scan := barcode.Parse(in.Barcode, barcode.DefaultRules(currency))
	return scan.Kind == barcode.KindPrice && scan.Price == *in.FixedTotal
}

// problemAt turns pricing's refusal into a fault that names the line.
func problemAt(err error, cart wire.Cart, at string) error {
	var problem *pricing.Problem
	if !errors.As(err, &problem) {
		return err
	}
	path := strings.TrimSuffix(at, ".")
	if path == "" {
		path = "lines"
	}
	for i, line := range cart.Lines {
		if problem.Line != uuid.Nil && line.ID == problem.Line {
			path = fmt.Sprintf("%slines.%d", at, i)
			break
		}
	}
	return fault.Invalid(problem.Code, fault.At(path, problem.Code, ""), fault.Because(err)).Say(sentences[problem.Code])
}

var sentences = map[string]string{
	pricing.QuantityZero:      "A line needs a quantity. Change it or take the line off.",
	pricing.DiscountNegative:  "A discount cannot be below zero.",
	pricing.DiscountTooBig:    "The discount is larger than what it is taken from.",
	pricing.AmountTooLarge:    "The amounts are too large. Check quantities and prices.",
	pricing.TaxRateInvalid:    "The tax rate cannot be applied. Check the tax codes.",
	pricing.Underpaid:         "The payments do not cover the total. Add what is missing.",
	pricing.ChangeWithoutCash: "Change can only be given out of cash. Lower the other payments.",
	pricing.TenderSign:        "Payments must run in the direction of the total.",
}

func invalid(code, path, sentence string) error {
	return fault.Invalid(code, fault.At(path, code, sentence)).Say(sentence)
}

func forbidden(code, path, sentence string) error {
	return fault.Forbidden(code, fault.At(path, code, sentence)).Say(sentence)
}
