package till

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// The ways items are sold.
const (
	byEach   = "each"
	byWeight = "weight"
	byOpen   = "open"
)

// SetQuantity changes how much of a line is sold; zero removes the line. Fails
// with till.line_unknown and till.quantity.
func (e *Engine) SetQuantity(lineID uuid.UUID, quantity decimal.Decimal) (wire.RegisterState, error) {
	if quantity.IsZero() {
		return e.RemoveLine(lineID)
	}
	return e.changeLine(lineID, func(l *line) error {
		if err := countable(quantity, l.Decimals); err != nil {
			return err
		}
		l.Quantity = quantity
		l.FixedTotal = nil
		return nil
	})
}

// SetLineDiscount gives a discount on a line, or takes it off with nil. Beyond the
// person's limit it fails with approvals.needed.
func (e *Engine) SetLineDiscount(lineID uuid.UUID, discount *pricing.Discount) (wire.RegisterState, error) {
	return e.changeLine(lineID, func(l *line) error {
		l.Discount = discount
		return nil
	})
}

// SetPrice changes a line's unit price. Beyond the person's limit it fails with
// approvals.needed, unless the item has its price typed in anyway; with till.amount
// if it is negative.
func (e *Engine) SetPrice(lineID uuid.UUID, price money.Amount) (wire.RegisterState, error) {
	return e.changeLine(lineID, func(l *line) error {
		if price < 0 {
			return errAmount
		}
		l.UnitPrice, l.FixedTotal = price, nil
		if l.SoldBy == byOpen {
			l.ListPrice = price
		}
		return nil
	})
}

// RemoveLine takes a line off the cart.
func (e *Engine) RemoveLine(lineID uuid.UUID) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		if b.dropBack(lineID) {
			return nil
		}
		at := b.at(lineID)
		if at < 0 {
			return errLine
		}
		b.Lines = append(b.Lines[:at], b.Lines[at+1:]...)
		b.Selected = nil
		if len(b.Lines) == 0 {
			b.Discount = nil // there is nothing left to take it from
		} else {
			next := b.Lines[min(at, len(b.Lines)-1)].ID
			b.Selected = &next
		}
		return nil
	})
}

// SelectLine marks the line that the next key means. It is not a step that can
// be undone.
func (e *Engine) SelectLine(lineID uuid.UUID) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if probe := e.cart.copy(); e.cart.at(lineID) < 0 && !probe.dropBack(lineID) {
		return e.state(), errLine
	}
	e.cart.Selected = &lineID
	return e.state(), nil
}

// SetCartDiscount gives a discount on the whole cart, or takes it off with nil.
// Beyond the person's limit on a line it fails with approvals.needed.
func (e *Engine) SetCartDiscount(discount *pricing.Discount) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		b.Discount = discount
		return nil
	})
}

// SetLineNote says something of a line, which is printed below it, or nothing. A
// line of which something is said stands alone. Fails with till.note.
func (e *Engine) SetLineNote(lineID uuid.UUID, note string) (wire.RegisterState, error) {
	return e.changeLine(lineID, func(l *line) (err error) {
		l.Note, err = cleanNote(note, wire.LongestLineNote)
		return err
	})
}

// SetNote says something of the whole sale, or nothing. Fails with till.note.
func (e *Engine) SetNote(note string) (wire.RegisterState, error) {
	return e.change(func(b *basket) (err error) {
		b.Note, err = cleanNote(note, wire.LongestSaleNote)
		return err
	})
}

func cleanNote(note string, longest int) (string, error) {
	note = strings.TrimSpace(strings.ReplaceAll(note, "\x00", ""))
	if len([]rune(note)) > longest {
		return "", errNote
	}
	return note, nil
}

// AddCoupon takes a coupon for the sale. Fails with till.coupon_unknown if no
// promotion that runs has it, and till.coupon_taken if it is on the sale already.
func (e *Engine) AddCoupon(code string) (wire.RegisterState, error) {
	return e.change(func(b *basket) error { return e.takeCoupon(b, code) })
}

func (e *Engine) takeCoupon(b *basket, code string) error {
	code = strings.ToUpper(strings.TrimSpace(code))
	switch {
	case !promotion.KnowsCoupon(e.setup.Promotions, code):
		return errCoupon
	case slices.Contains(b.Coupons, code) || len(b.Coupons) >= wire.MostCoupons:
		return errCouponTaken
	}
	b.Coupons = append(b.Coupons, code)
	return nil
}

// RemoveCoupon gives a coupon back.
func (e *Engine) RemoveCoupon(code string) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		b.Coupons = slices.DeleteFunc(b.Coupons, func(c string) bool { return c == code })
		return nil
	})
}

// SetCustomer says who buys, or nobody with nil.
func (e *Engine) SetCustomer(customerID *uuid.UUID, name string) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		b.CustomerID, b.CustomerName = customerID, e.nameOn(customerID, name)
		return nil
	})
}

// ClearCart empties the cart. Undo brings it back.
func (e *Engine) ClearCart() (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		*b = basket{ID: b.ID}
		return nil
	})
}

func (e *Engine) changeLine(lineID uuid.UUID, edit func(l *line) error) (wire.RegisterState, error) {
	return e.change(func(b *basket) error {
		at := b.at(lineID)
		if at < 0 && b.dropBack(lineID) {
			return errReturned
		}
		if at < 0 {
			return errLine
		}
		b.Selected = &lineID
		return edit(&b.Lines[at])
	})
}

// maxQuantity keeps a slip of the finger, or a barcode scanned into the quantity,
// off the cart.
var maxQuantity = decimal.MustNew(99_999, 0)

// countable fails unless a quantity can be sold in a unit with so many decimals.
func countable(quantity decimal.Decimal, decimals int) error {
	if !quantity.IsPos() || quantity.Cmp(maxQuantity) > 0 || quantity.Trim(0).Scale() > decimals {
		return errQuantity
	}
	return nil
}

// add puts a line on the cart. The same item at the same price joins the line
// it is on already, since customers and receipts count pieces.
func (b *basket) add(l line) (uuid.UUID, error) {
	for i := len(b.Lines) - 1; i >= 0; i-- {
		kept := &b.Lines[i]
		if !kept.joins(l) {
			continue
		}
		sum, err := kept.Quantity.Add(l.Quantity)
		if err != nil || sum.Cmp(maxQuantity) > 0 {
			return uuid.Nil, errQuantity
		}
		kept.Quantity = sum
		b.Selected = &kept.ID
		return kept.ID, nil
	}
	l.ID = newID()
	b.Lines = append(b.Lines, l)
	b.Selected = &l.ID
	return l.ID, nil
}

func (l *line) joins(other line) bool {
	return l.ItemID != nil && other.ItemID != nil && *l.ItemID == *other.ItemID &&
		l.SoldBy == byEach && l.FixedTotal == nil && other.FixedTotal == nil && l.Discount == nil && l.Note == "" &&
		l.UnitPrice == other.UnitPrice && l.ListPrice == other.ListPrice && l.Barcode == other.Barcode
}
