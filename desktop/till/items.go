package till

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
	"souk/shared/wire"
)

// Shelf is a stretch of a category's items, and how many it has in all. Uncounted
// says that no item of the shop has any stock: nobody has counted yet, and that
// there is none of something means nothing.
type Shelf struct {
	Items     []wire.TillItem `json:"items"`
	Total     int             `json:"total"`
	Uncounted bool            `json:"uncounted,omitempty"`
}

// NewItem is what a cashier says of an item that the shop did not know.
type NewItem struct {
	Name       string       `json:"name"`
	Barcode    string       `json:"barcode"`
	CategoryID *uuid.UUID   `json:"category_id"`
	TaxCode    string       `json:"tax_code"`
	Price      money.Amount `json:"price_minor"`
}

// Search finds items by the words of their names, SKU, PLU or the last digits of
// a barcode, best first. It forgives one typing mistake when nothing fits.
func (e *Engine) Search(text string, limit int) []wire.TillItem {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shownAll(e.items.search(text, limit))
}

// Browse lists a category with those under it, or the favourites for nil, or
// everything if the shop has no favourites.
func (e *Engine) Browse(categoryID *uuid.UUID, offset, limit int) Shelf {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.shelf(categoryID)
	from := min(max(offset, 0), len(list))
	to := min(from+max(limit, 0), len(list))
	return Shelf{Items: e.shownAll(list[from:to]), Total: len(list), Uncounted: e.items.uncounted()}
}

func (e *Engine) shelf(categoryID *uuid.UUID) []int32 {
	if categoryID == nil {
		if list := e.items.shelf(uuid.Nil, func(i *wire.TillItem) bool { return i.Favourite }); len(list) > 0 {
			return list
		}
		return e.items.shelf(uuid.Max, func(*wire.TillItem) bool { return true })
	}
	within := e.categoriesUnder(*categoryID)
	return e.items.shelf(*categoryID, func(i *wire.TillItem) bool {
		return i.CategoryID != nil && within[*i.CategoryID]
	})
}

func (e *Engine) categoriesUnder(root uuid.UUID) map[uuid.UUID]bool {
	within := map[uuid.UUID]bool{root: true}
	if e.setup == nil {
		return within
	}
	for grown := true; grown; {
		grown = false
		for _, c := range e.setup.Categories {
			if c.ParentID != nil && within[*c.ParentID] && !within[c.ID] {
				within[c.ID] = true
				grown = true
			}
		}
	}
	return within
}

func (e *Engine) shownAll(list []int32) []wire.TillItem {
	items := make([]wire.TillItem, len(list))
	for i, at := range list {
		items[i] = e.shown(e.items.docs[at].item)
	}
	return items
}

// uncounted stops at the first item that there is some of.
func (x *index) uncounted() bool {
	return !slices.ContainsFunc(x.docs, func(d doc) bool { return d.item != nil && d.item.TrackStock && d.item.OnHand.IsPos() })
}

// shown is the item with the stock that is left after what was sold here.
func (e *Engine) shown(item *wire.TillItem) wire.TillItem {
	shown := *item
	shown.OnHand = e.onHand(item)
	return shown
}

func (e *Engine) onHand(item *wire.TillItem) decimal.Decimal {
	left := item.OnHand
	for _, sold := range []quantities{e.unsent, e.settled} {
		if q, ok := sold[item.ID]; ok {
			if rest, err := left.Sub(q); err == nil {
				left = rest
			}
		}
	}
	return left
}

// quantities counts pieces, or whatever the unit is, by item.
type quantities map[uuid.UUID]decimal.Decimal

func (q quantities) add(id uuid.UUID, quantity decimal.Decimal) {
	if sum, err := q[id].Add(quantity); err == nil {
		q[id] = sum
	}
	if q[id].IsZero() {
		delete(q, id)
	}
}

// CreateItem makes an item for a barcode that the shop did not know and puts one
// on the cart. It can be sold at once; the server learns of it before the sales
// that contain it. Fails with till.name, till.amount.
func (e *Engine) CreateItem(in NewItem) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	made := wire.NewItem{
		ID: newID(), Name: strings.TrimSpace(in.Name), Barcode: codeKey(strings.TrimSpace(in.Barcode)),
		CategoryID: in.CategoryID, TaxCode: in.TaxCode, Price: in.Price,
	}
	switch {
	case made.Name == "":
		return e.state(), errName
	case made.Price < 0:
		return e.state(), errAmount
	case made.TaxCode == "" && len(e.setup.TaxCodes) > 0:
		made.TaxCode = e.setup.TaxCodes[0].Code
	}
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		return e.record(tx, newID(), wire.EntryItemCreated, made)
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	e.link.Waiting++
	item := e.localItem(made)
	e.items.put(&item)
	e.poke()
	_, err = e.sell(wanted{item: &item, barcode: made.Barcode}, wire.ScanResult{})
	return e.state(), err
}

// localItem is an item that was made here, until the server's word on it comes.
func (e *Engine) localItem(made wire.NewItem) wire.TillItem {
	item := wire.TillItem{
		ID: made.ID, Name: made.Name, CategoryID: made.CategoryID, Unit: e.pieceUnit(), SoldBy: byEach,
		TaxCode: made.TaxCode, Price: made.Price, Active: true, Barcodes: []wire.ItemBarcode{},
	}
	if made.Barcode != "" {
		item.Barcodes = append(item.Barcodes, wire.ItemBarcode{Code: made.Barcode, Quantity: decimal.One})
	}
	return item
}

// addLocalItems puts the items made here into an index that the server does not
// know them in yet.
func (e *Engine) addLocalItems(x *index) error {
	bodies, err := column(e.ctx, e.journal.db, "select body from journal where kind = 'item_created'")
	if err != nil {
		return err
	}
	for _, body := range bodies {
		var made wire.NewItem
		if err := json.Unmarshal([]byte(body), &made); err != nil {
			return err
		}
		if _, known := x.byID(made.ID); !known && e.setup != nil {
			item := e.localItem(made)
			x.put(&item)
		}
	}
	return nil
}
