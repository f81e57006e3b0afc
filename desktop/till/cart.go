package till

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// maxUndo is how many steps back a cart remembers.
const maxUndo = 50

// basket is an open or held cart, as it is kept on disk.
type basket struct {
	ID           uuid.UUID         `json:"id"`
	Lines        []line            `json:"lines"`
	Selected     *uuid.UUID        `json:"selected,omitempty"`
	CustomerID   *uuid.UUID        `json:"customer_id,omitempty"`
	CustomerName string            `json:"customer_name,omitempty"`
	Discount     *pricing.Discount `json:"discount,omitempty"`
	Coupons      []string          `json:"coupons,omitempty"`
	Note         string            `json:"note,omitempty"`
	Back         *taken            `json:"back,omitempty"`
	Approvals    []wire.Approval   `json:"approvals,omitempty"`

	cart      pricing.Cart   // as it was priced
	sold      pricing.Priced // without what comes back
	priced    pricing.Priced
	pricedAt  time.Time
	approvers map[int]uuid.UUID // who approved what of a line, once it is settled
}

// line is a line of it. Prices are those of the moment it was added; the tax
// rate is that of the day on which it is sold.
type line struct {
	ID         uuid.UUID         `json:"id"`
	ItemID     *uuid.UUID        `json:"item_id,omitempty"`
	Name       string            `json:"name"`
	Barcode    string            `json:"barcode,omitempty"`
	Unit       string            `json:"unit"`
	Decimals   int               `json:"decimals"`
	SoldBy     string            `json:"sold_by"`
	Quantity   decimal.Decimal   `json:"quantity"`
	UnitPrice  money.Amount      `json:"unit_price_minor"`
	ListPrice  money.Amount      `json:"list_price_minor"`
	FixedTotal *money.Amount     `json:"fixed_total_minor,omitempty"`
	TaxCode    string            `json:"tax_code"`
	Discount   *pricing.Discount `json:"discount,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (b *basket) at(id uuid.UUID) int {
	return slices.IndexFunc(b.Lines, func(l line) bool { return l.ID == id })
}

// copy shares nothing that an edit changes in place.
func (b *basket) copy() basket {
	c := *b
	c.Lines, c.Coupons = slices.Clone(b.Lines), slices.Clone(b.Coupons)
	return c
}

// pricingCart is the cart as package pricing wants it, with what the promotions of a
// moment take off it.
func (e *Engine) pricingCart(b *basket, at time.Time) pricing.Cart {
	about, parents := make([]promotion.About, len(b.Lines)), e.parents()
	cart := pricing.Cart{
		Currency: e.setup.Company.Currency, TaxIncluded: e.setup.Company.PricesIncludeTax,
		Lines: make([]pricing.Line, len(b.Lines)), Discount: b.Discount,
	}
	for i, l := range b.Lines {
		cart.Lines[i] = pricing.Line{
			ID: l.ID, Quantity: l.Quantity, UnitPrice: l.UnitPrice, FixedTotal: l.FixedTotal,
			Discount: l.Discount, Tax: pricing.Tax{Code: l.TaxCode, Rate: e.taxRate(l.TaxCode)},
		}
		about[i] = e.about(l, parents)
	}
	sale := promotion.Sale{At: at.In(e.zone()), Store: e.setup.Store.ID, Customer: b.CustomerID != nil, Coupons: b.Coupons}
	return promotion.Apply(cart, about, sale, e.setup.Promotions)
}

// about is what promotions look at of a line. One that is sold at another price than
// the list's has its price already.
func (e *Engine) about(l line, parents map[uuid.UUID]uuid.UUID) promotion.About {
	about := promotion.About{Pieces: l.SoldBy != byWeight, Apart: l.UnitPrice != l.ListPrice}
	if l.ItemID == nil {
		return about
	}
	about.Item = *l.ItemID
	if item, ok := e.items.byID(*l.ItemID); ok {
		about.Categories = promotion.Path(item.CategoryID, parents)
	}
	return about
}

// parents says which category lies in which.
func (e *Engine) parents() map[uuid.UUID]uuid.UUID {
	parents := map[uuid.UUID]uuid.UUID{}
	for _, c := range e.setup.Categories {
		if c.ParentID != nil {
			parents[c.ID] = *c.ParentID
		}
	}
	return parents
}

// taxRate is the rate of a code that holds today, in the store's own time zone.
func (e *Engine) taxRate(code string) decimal.Decimal {
	at := slices.IndexFunc(e.setup.TaxCodes, func(t wire.TaxSetup) bool { return t.Code == code })
	if at < 0 {
		return decimal.Zero
	}
	today := e.now().In(e.zone()).Format(time.DateOnly)
	rate := decimal.Zero
	for _, dated := range e.setup.TaxCodes[at].Rates {
		if dated.From <= today {
			rate = dated.Rate
		}
	}
	return rate
}

func (e *Engine) zone() *time.Location {
	zone, err := time.LoadLocation(e.setup.Store.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// change is one step on the cart: edit works on a copy, which is priced and
// written, with what was there before it, in one transaction. If any of that
// fails the cart stays as it was.
func (e *Engine) change(edit func(b *basket) error) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.edit(edit); err != nil {
		return e.state(), err
	}
	return e.state(), nil
}

func (e *Engine) edit(edit func(b *basket) error) error {
	if err := e.selling(); err != nil {
		return err
	}
	next := e.cart.copy()
	if err := edit(&next); err != nil {
		return err
	}
	if next.ID == uuid.Nil {
		next.ID = newID()
	}
	if err := e.price(&next); err != nil {
		return pricingFault(err)
	}
	if err := e.within(&next); err != nil {
		return err
	}
	step("cart.priced")
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if err := e.keepStep(tx); err != nil {
			return err
		}
		step("cart.step_kept")
		if err := e.keepCart(tx, e.person.ID, &next); err != nil {
			return err
		}
		step("cart.written")
		return nil
	})
	if err != nil {
		return e.diskFault(err)
	}
	step("cart.committed")
	for _, approval := range next.Approvals {
		e.spend(approval.ID)
	}
	e.cart = next
	e.steps = min(e.steps+1, maxUndo)
	if !next.empty() {
		e.last = nil
	}
	return nil
}

func (e *Engine) keepCart(tx *sql.Tx, person uuid.UUID, b *basket) error {
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(e.ctx, `
		insert into carts (person_id, body) values (?, ?)
		on conflict (person_id) do update set body = excluded.body`, person.String(), string(body))
	return err
}

// keepStep puts the cart as it is on the pile that Undo takes from.
func (e *Engine) keepStep(tx *sql.Tx) error {
	body, err := json.Marshal(e.cart)
	if err != nil {
		return err
	}
	person := e.person.ID.String()
	if _, err = tx.ExecContext(e.ctx, `
		insert into cart_steps (person_id, n, body)
		select ?1, coalesce(max(n), 0) + 1, ?2 from cart_steps where person_id = ?1`, person, string(body)); err != nil {
		return err
	}
	_, err = tx.ExecContext(e.ctx, `
		delete from cart_steps
		where  person_id = ?1 and n <= (select max(n) from cart_steps where person_id = ?1) - ?2`, person, maxUndo)
	return err
}

func (e *Engine) dropCart(tx *sql.Tx, person uuid.UUID) error {
	for _, query := range []string{"delete from carts where person_id = ?", "delete from cart_steps where person_id = ?"} {
		if _, err := tx.ExecContext(e.ctx, query, person.String()); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) loadCart(person uuid.UUID) error {
	var body string
	loaded := basket{}
	err := e.journal.db.QueryRowContext(e.ctx, "select body from carts where person_id = ?", person.String()).Scan(&body)
	if err == nil {
		err = e.readCart(body, &loaded)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the open cart: %w", err)
	}
	var steps int
	if err := e.journal.db.QueryRowContext(e.ctx,
		"select count(*) from cart_steps where person_id = ?", person.String()).Scan(&steps); err != nil {
		return err
	}
	e.cart, e.steps = loaded, steps
	return nil
}

func (e *Engine) readCart(body string, b *basket) error {
	if err := json.Unmarshal([]byte(body), b); err != nil {
		return err
	}
	return e.price(b)
}

// Undo takes back the last step on the cart. Fails with till.nothing_to_undo.
func (e *Engine) Undo() (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	person := e.person.ID.String()
	var n int
	var body string
	err := e.journal.db.QueryRowContext(e.ctx,
		"select n, body from cart_steps where person_id = ? order by n desc limit 1", person).Scan(&n, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return e.state(), errUndo
	}
	var before basket
	if err == nil {
		err = e.readCart(body, &before)
	}
	if err != nil {
		return e.state(), err
	}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(e.ctx, "delete from cart_steps where person_id = ? and n = ?", person, n); err != nil {
			return err
		}
		return e.keepCart(tx, e.person.ID, &before)
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	e.cart = before
	e.steps--
	return e.state(), nil
}
