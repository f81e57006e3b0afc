package till

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/barcode"
	"souk/shared/money"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// Scan does what a scanned or typed code asks for: it adds the item to the cart,
// with the quantity of the pack that the code is on, or the weight or price that
// the code carries. "3*code" adds three. What it cannot add it answers with an
// outcome and not with a fault: unknown, needs_qty, needs_price, blocked. A coupon's
// code puts the coupon on the sale.
func (e *Engine) Scan(code string) (wire.ScanResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	times, rest := multiplied(code)
	scan := barcode.Parse(rest, barcode.DefaultRules(e.currency()))
	result := wire.ScanResult{Outcome: wire.ScanUnknown, Code: scan.Code}
	if e.selling() != nil {
		result.Outcome = wire.ScanBlocked
		result.State = e.state()
		return result, nil
	}
	hit, ok := e.items.lookup(scan)
	if !ok && promotion.KnowsCoupon(e.setup.Promotions, scan.Code) {
		result.Outcome = wire.ScanCoupon
		return e.answer(result, e.edit(func(b *basket) error { return e.takeCoupon(b, scan.Code) }))
	}
	if !ok {
		result.State = e.state()
		return result, nil
	}
	want, err := e.wanted(hit, scan, times)
	if err != nil {
		return e.answer(result, err)
	}
	return e.sell(want, result)
}

// AddItem puts an item on the cart; nil for a quantity or price means the usual
// one. A price other than the list price may take an approval, unless the item has
// its price typed in. Fails with till.item_unknown, till.quantity, till.amount.
func (e *Engine) AddItem(itemID uuid.UUID, quantity *decimal.Decimal, price *money.Amount) (wire.ScanResult, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	result := wire.ScanResult{}
	item, ok := e.items.byID(itemID)
	if !ok || !item.Active {
		return e.answer(result, errItem)
	}
	return e.sell(wanted{item: item, quantity: quantity, price: price}, result)
}

// SellOpen puts a line on the cart that is no item: an unknown barcode, a thing
// without one. Without a tax code it takes the shop's usual one. Fails with
// till.amount.
func (e *Engine) SellOpen(name string, price money.Amount, taxCode, code string) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		if price < 0 {
			return errAmount
		}
		name = strings.TrimSpace(name)
		if name == "" {
			name = "Item"
		}
		if taxCode == "" {
			taxCode = e.usualTax()
		}
		_, err := b.add(line{
			Name: name, Barcode: strings.TrimSpace(code), Unit: e.pieceUnit(), SoldBy: byOpen,
			Quantity: decimal.One, UnitPrice: price, ListPrice: price, TaxCode: taxCode,
		})
		return err
	})
}

// wanted is an item as it is to be sold.
type wanted struct {
	item       *wire.TillItem
	barcode    string
	quantity   *decimal.Decimal
	price      *money.Amount
	fixedTotal *money.Amount
}

// wanted reads a scan together with the item it found. A code that is kept with
// the item as it stands carries no value of its own.
func (e *Engine) wanted(h hit, scan barcode.Scan, times decimal.Decimal) (wanted, error) {
	want := wanted{item: h.item, barcode: scan.Code}
	quantity, err := h.quantity.Mul(times)
	if err != nil {
		return wanted{}, errQuantity
	}
	switch {
	case scan.Kind == barcode.KindWeight && h.item.SoldBy == byWeight:
		weight, err := scan.Weight.Mul(times)
		if err != nil {
			return wanted{}, errQuantity
		}
		want.quantity = &weight
	case scan.Kind == barcode.KindPrice && !h.whole:
		return e.priced(want, scan.Price, quantity)
	case h.item.SoldBy != byWeight:
		want.quantity = &quantity
	}
	return want, nil
}

// priced is an item whose barcode carries what the pack costs. The weight follows
// from the price of a kilogram, for the stock; what is charged is the label's.
func (e *Engine) priced(want wanted, price money.Amount, times decimal.Decimal) (wanted, error) {
	total, err := price.Times(times)
	if err != nil {
		return wanted{}, errQuantity
	}
	want.quantity = &times
	if want.item.SoldBy == byOpen {
		want.price = &price
		return want, nil
	}
	want.fixedTotal = &total
	if want.item.SoldBy == byWeight && want.item.Price > 0 {
		weight, err := decimal.MustNew(int64(total), 0).Quo(decimal.MustNew(int64(want.item.Price), 0))
		if err != nil {
			return wanted{}, errQuantity
		}
		weight = weight.Round(e.decimals(want.item.Unit))
		if weight.IsPos() {
			want.quantity = &weight
		}
	}
	return want, nil
}

// sell adds what is wanted, or says what is missing.
func (e *Engine) sell(want wanted, result wire.ScanResult) (wire.ScanResult, error) {
	item := want.item
	if item.SoldBy == byWeight && want.quantity == nil {
		return e.ask(wire.ScanWeigh, item, result)
	}
	if item.SoldBy == byOpen && want.price == nil {
		return e.ask(wire.ScanPrice, item, result)
	}
	l := line{
		ItemID: &item.ID, Name: item.Name, Barcode: want.barcode, Unit: item.Unit, Decimals: e.decimals(item.Unit),
		SoldBy: item.SoldBy, Quantity: decimal.One, UnitPrice: item.Price, ListPrice: item.Price,
		FixedTotal: want.fixedTotal, TaxCode: item.TaxCode,
	}
	if want.quantity != nil {
		l.Quantity = *want.quantity
	}
	if want.price != nil {
		l.UnitPrice = *want.price
	}
	if item.SoldBy == byOpen {
		l.ListPrice = l.UnitPrice
	}
	err := e.edit(func(b *basket) error {
		if err := countable(l.Quantity, l.Decimals); err != nil {
			return err
		}
		if l.UnitPrice < 0 {
			return errAmount
		}
		id, err := b.add(l)
		result.LineID = &id
		return err
	})
	result.Outcome = wire.ScanAdded
	return e.answer(result, err)
}

func (e *Engine) ask(outcome wire.ScanOutcome, item *wire.TillItem, result wire.ScanResult) (wire.ScanResult, error) {
	result.Outcome = outcome
	shown := e.shown(item)
	result.Item = &shown
	return e.answer(result, nil)
}

func (e *Engine) answer(result wire.ScanResult, err error) (wire.ScanResult, error) {
	result.State = e.state()
	return result, err
}

// multiplied reads the "3*" before a code.
func multiplied(code string) (times decimal.Decimal, rest string) {
	head, tail, found := strings.Cut(code, "*")
	if !found {
		return decimal.One, code
	}
	times, err := decimal.Parse(strings.TrimSpace(head))
	if err != nil || !times.IsPos() {
		return decimal.One, code
	}
	return times, tail
}

func (e *Engine) decimals(unit string) int {
	for _, u := range e.setup.Units {
		if u.Code == unit {
			return u.Decimals
		}
	}
	return 0
}

// pieceUnit is the shop's unit for things that are counted.
func (e *Engine) pieceUnit() string {
	for _, u := range e.setup.Units {
		if u.Decimals == 0 {
			return u.Code
		}
	}
	return byEach
}

// usualTax is the standard rate where the shop has one of that name.
func (e *Engine) usualTax() string {
	codes := e.setup.TaxCodes
	if at := slices.IndexFunc(codes, func(t wire.TaxSetup) bool { return t.Code == "standard" }); at >= 0 {
		return codes[at].Code
	}
	if len(codes) > 0 {
		return codes[0].Code
	}
	return ""
}
