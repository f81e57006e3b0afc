package sales

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/payments"
	"souk/server/promotions"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// skew is how far a till's clock may be off before it is worth a look.
const skew = 5 * time.Minute

var (
	maxQuantity = decimal.MustNew(1_000_000_000_000, 0)
	maxTaxRate  = decimal.MustNew(1000, 0)
)

// addsUp checks what the books insist on: the parts of a sale come to the whole.
func addsUp(in wire.FinishedSale) error {
	var gross, discount, net, tax, total, paid money.Amount
	sound := in.Number > 0 && in.Series != "" && (in.Kind == wire.SaleKindSale || in.OriginalID != nil)
	numbers := map[int]bool{}
	for _, l := range in.Lines {
		sound = sound && adds(&gross, l.Gross) && adds(&discount, l.Discount) && adds(&net, l.Net) && adds(&tax, l.Tax) &&
			adds(&total, l.Total) && l.Total == l.Net+l.Tax && soundLine(l) && !numbers[l.LineNo]
		numbers[l.LineNo] = true
	}
	for _, t := range in.Tenders {
		sound = sound && adds(&paid, t.Amount) && t.Amount == t.Tendered-t.Change
	}
	sound = sound && gross == in.Gross && discount == in.Discount && net == in.Net && tax == in.Tax && total == in.Total &&
		in.Total == in.Net+in.Tax && in.Due == in.Total+in.Rounding && paid == in.Due
	if !sound {
		return fault.Invalid("sales.sums_differ").Messagef("The figures of receipt %s do not add up. Look at its lines and payments.", in.ReceiptNo)
	}
	return nil
}

func adds(sum *money.Amount, part money.Amount) bool {
	var err error
	*sum, err = sum.Add(part)
	return err == nil
}

func soundLine(l wire.SaleLine) bool {
	return !l.Quantity.Round(4).IsZero() && l.Quantity.Abs().Less(maxQuantity) && !l.TaxRate.IsNeg() && l.TaxRate.Less(maxTaxRate)
}

// compare flags what the server would have made otherwise. It changes nothing.
func (f uploadFacts) compare(d *document, now time.Time) {
	if d.Currency != f.register.Row.Currency {
		d.flag(FlagCurrencyDiffers)
	}
	if !f.series.Found {
		d.flag(FlagSeriesUnknown)
	}
	if d.Number > 1 && !f.previous.Found {
		d.flag(FlagNumberGap)
	}
	early := f.shift.Found && f.shift.Row.Exact && d.CompletedAt.Before(f.shift.Row.OpenedAt.Add(-skew))
	if early || d.CompletedAt.After(now.Add(skew)) {
		d.flag(FlagClockSkew)
	}
	if d.Unchecked {
		d.flag(FlagRefundOffline)
	}
	if d.OriginalID != nil {
		f.compareReturn(d)
	}
	if d.Kind != wire.SaleKindSale {
		return
	}
	items := byID(*f.items)
	for _, l := range d.Lines {
		if l.ItemID == nil || returned(d.FinishedSale, l) {
			continue
		}
		if item, ok := items[*l.ItemID]; ok {
			compareLine(d, l, item)
		}
	}
	f.comparePromotions(d)
	if !samePrice(sold(d.FinishedSale)) {
		d.flag(FlagTaxDiffers)
	}
}

// comparePromotions flags deals of promotions that are not there, or were over when
// it was sold. One that was stopped a moment ago may not have reached the till.
func (f uploadFacts) comparePromotions(d *document) {
	for _, l := range d.Lines {
		for _, deal := range l.Deals {
			at := slices.IndexFunc(*f.promotions, func(p promotions.Promotion) bool { return p.ID == deal.Promotion })
			if at < 0 || !(*f.promotions)[at].Terms.RunsOn(d.CompletedAt) {
				d.flag(FlagPromotion)
			}
		}
	}
}

func compareLine(d *document, l wire.SaleLine, item catalog.Sellable) {
	if !item.Active {
		d.flag(FlagItemInactive)
	}
	if item.SoldBy != "open" && l.ListPrice != item.Price {
		d.flag(FlagPriceDiffers)
	}
	if l.TaxCode != item.TaxCode || !l.TaxRate.Equal(item.TaxRate) {
		d.flag(FlagTaxDiffers)
	}
}

// returned holds for a line that takes back one of another sale.
func returned(in wire.FinishedSale, l wire.SaleLine) bool {
	return in.OriginalID != nil && (in.Kind != wire.SaleKindSale || l.OriginalLine != nil)
}

// sold is the sale without the lines that take something back.
func sold(in wire.FinishedSale) wire.FinishedSale {
	if in.OriginalID == nil {
		return in
	}
	lines := in.Lines
	in.Lines, in.Gross, in.Net, in.Tax = nil, 0, 0, 0
	for _, l := range lines {
		if !returned(in, l) {
			in.Lines = append(in.Lines, l)
			in.Gross, in.Net, in.Tax = in.Gross+l.Gross, in.Net+l.Net, in.Tax+l.Tax
		}
	}
	return in
}

// samePrice prices the sale again from its lines' gross and discounts and
// reports whether the taxes come out as the till had them.
func samePrice(in wire.FinishedSale) bool {
	cart := pricing.Cart{Currency: in.Currency, TaxIncluded: in.TaxIncluded}
	for i, l := range in.Lines {
		gross := l.Gross.Abs()
		line := pricing.Line{
			ID: uuid.UUID{14: byte(i >> 8), 15: byte(i)}, Quantity: l.Quantity, UnitPrice: l.UnitPrice, FixedTotal: &gross,
			Tax: pricing.Tax{Code: l.TaxCode, Rate: l.TaxRate},
		}
		if l.Discount != 0 {
			line.Discount = &pricing.Discount{Kind: pricing.DiscountAmount, Amount: l.Discount.Abs()}
		}
		cart.Lines = append(cart.Lines, line)
	}
	priced, err := pricing.Price(cart)
	return err == nil && priced.Gross == in.Gross && priced.Tax == in.Tax && priced.Net == in.Net
}

// compareReturn flags lines that take back more than was left of them, and
// values the rest at what they cost when they were sold.
func (f uploadFacts) compareReturn(d *document) {
	d.values = map[int]money.Amount{}
	for _, l := range d.Lines {
		if !returned(d.FinishedSale, l) {
			continue
		}
		at := slices.IndexFunc(*f.sold, func(s remaining) bool { return l.OriginalLine != nil && s.LineNo == *l.OriginalLine })
		if at < 0 {
			d.flag(FlagRefundExceeds)
			continue
		}
		sold := (*f.sold)[at]
		back, err := sold.take(l.Quantity.Neg())
		if err != nil {
			d.flag(FlagRefundExceeds)
			continue
		}
		d.values[l.LineNo] = back.cost
		(*f.sold)[at] = sold.less(back)
	}
}

// repair replaces what the server does not know by what it does, with a flag.
func (f uploadFacts) repair(d *document) {
	items := byID(*f.items)
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		if id := d.Lines[i].ItemID; id != nil {
			if _, ok := items[*id]; !ok {
				d.Lines[i].ItemID = nil
				d.flag(FlagItemUnknown)
			}
		}
	}
	if d.CustomerID != nil && !f.customer.Found {
		d.CustomerID = nil
		d.flag(FlagCustomerUnknown)
	}
	d.Tenders = slices.Clone(d.Tenders)
	for i := range d.Tenders {
		if _, ok := find(*f.methods, d.Tenders[i].MethodID); !ok {
			d.Tenders[i].MethodID = otherMethod(*f.methods)
			d.flag(FlagMethodUnknown)
		}
	}
}

// otherMethod is where money goes whose method nobody knows.
func otherMethod(methods []payments.Method) uuid.UUID {
	at := slices.IndexFunc(methods, func(m payments.Method) bool { return m.Kind == "other" })
	if at < 0 {
		at = 0
	}
	if len(methods) == 0 {
		return uuid.Nil
	}
	return methods[at].ID
}
