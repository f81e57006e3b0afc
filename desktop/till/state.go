package till

import (
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// State is what the register's screen shows now.
func (e *Engine) State() wire.RegisterState {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state()
}

func (e *Engine) state() wire.RegisterState {
	s := wire.RegisterState{
		Phase:      e.phase(),
		Shop:       e.shop(),
		Shift:      e.shift,
		Cart:       e.cartView(),
		HeldCount:  e.held,
		LastSale:   e.last,
		Link:       e.linkState(),
		Printer:    e.printer,
		Methods:    []wire.MethodSetup{},
		TaxCodes:   []wire.TaxSetup{},
		Categories: []wire.CategorySetup{},
	}
	if e.person != nil {
		person := registerPerson(*e.person)
		s.Person = &person
	}
	if e.setup != nil {
		s.Methods = append(s.Methods, e.setup.Methods...)
		s.TaxCodes = append(s.TaxCodes, e.setup.TaxCodes...)
		s.Categories = append(s.Categories, e.setup.Categories...)
	}
	return s
}

func (e *Engine) phase() wire.RegisterPhase {
	switch {
	case e.pairing == nil:
		return wire.PhaseUnpaired
	case e.setup == nil:
		return wire.PhaseFetching
	case e.person == nil:
		return wire.PhaseLocked
	case e.shift == nil:
		return wire.PhaseNoShift
	}
	return wire.PhaseSelling
}

func (e *Engine) shop() *wire.RegisterShop {
	if e.pairing == nil || e.setup == nil {
		return nil
	}
	company, store, register := e.setup.Company, e.setup.Store, e.setup.Register
	return &wire.RegisterShop{
		Name: company.Name, Slug: company.Slug, BusinessType: company.BusinessType,
		Currency: company.Currency, Digits: e.currency().Digits, Locale: company.Locale,
		TimeZone: store.TimeZone, StoreName: store.Name,
		RegisterID: register.ID, RegisterNumber: register.Number, RegisterName: register.Name,
		TaxIncluded: company.PricesIncludeTax, CashStep: max(e.currency().CashStep, 1),
		LockAfter: company.Rules.LockAfter,
	}
}

func (e *Engine) currency() money.Currency {
	if e.setup == nil {
		return money.Currency{}
	}
	known, _ := money.Lookup(e.setup.Company.Currency)
	return known
}

func (e *Engine) linkState() wire.LinkState {
	link := e.link
	link.Items = e.items.count()
	if e.setup == nil {
		link.Items = e.link.Items
	}
	return link
}

func (e *Engine) cartView() wire.CartView {
	view := wire.CartView{
		ID: e.cart.ID, Selected: e.cart.Selected,
		CustomerID: e.cart.CustomerID, CustomerName: e.cart.CustomerName,
		Discount: e.cart.Discount, Coupons: e.cart.Coupons, Note: e.cart.Note, CanUndo: e.steps > 0,
		Back: e.cart.backView(), Lines: e.cart.backLines(), Taxes: []pricing.TaxTotal{}, QuickCash: []money.Amount{},
	}
	priced := e.cart.priced
	view.Gross, view.Saved, view.Net, view.Tax, view.Total =
		priced.Gross, priced.Discount, priced.Net, priced.Tax, priced.Total
	view.Taxes = append(view.Taxes, priced.Taxes...)
	if !e.cart.empty() {
		view.CashDue = e.currency().RoundCash(priced.Total)
		if priced.Total >= 0 {
			view.QuickCash = e.currency().QuickCash(priced.Total)
		}
	}
	for i, l := range e.cart.Lines {
		shown := e.lineView(l, priced.Lines[i])
		shown.Deals, shown.Steps = e.cart.cart.Lines[i].Deals, e.cart.sold.Explain(e.cart.cart, i, l.ListPrice)
		view.Lines = append(view.Lines, shown)
	}
	return view
}

func (e *Engine) lineView(l line, priced pricing.PricedLine) wire.CartLineView {
	view := wire.CartLineView{
		ID: l.ID, ItemID: l.ItemID, Name: l.Name, Barcode: l.Barcode, Unit: l.Unit, Decimals: l.Decimals,
		SoldBy: l.SoldBy, Quantity: l.Quantity, UnitPrice: l.UnitPrice, ListPrice: l.ListPrice,
		Discount: l.Discount, Saved: priced.Discount, Total: priced.Gross - priced.Discount, TaxCode: l.TaxCode, Note: l.Note,
	}
	if l.ItemID == nil {
		return view
	}
	if item, ok := e.items.byID(*l.ItemID); ok && item.TrackStock {
		onHand := e.onHand(item)
		view.OnHand = &onHand
	}
	return view
}
