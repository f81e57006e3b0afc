package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

// Create makes an item with its barcodes and its price in the default list.
//
// Fails with catalog.bad_item, which names each wrong field, and with
// catalog.sku_taken, catalog.plu_taken and catalog.barcode_taken, which name the
// item that has it.
func Create(ctx context.Context, tx *db.Tx, in NewItem) (Item, error) {
	var wrong problems
	in = in.ready(&wrong)
	if !seesCost(ctx) {
		in.Cost = 0
	}
	facts, err := look(ctx, tx, in)
	if err != nil {
		return Item{}, err
	}
	facts.check(in, &wrong)
	if err := wrong.err("catalog.bad_item"); err != nil {
		return Item{}, err
	}
	if err := facts.taken(NewItem{Barcodes: in.Barcodes}); err != nil {
		return Item{}, err
	}
	batch := tx.Batch()
	insert(batch, []row{{NewItem: in, tax: facts.tax(in.TaxCode)}})
	if err := batch.Done(); err != nil {
		return Item{}, err
	}
	return show(ctx, tx, in.ID)
}

// ready brings a new item to the form in which it is kept.
func (in NewItem) ready(wrong *problems) NewItem {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	in.ItemFacts = in.clean()
	if in.SKU == "" {
		in.SKU = madeUpSKU(in.ID)
	}
	in.check(wrong)
	in.Barcodes = cleanBarcodes(in.Barcodes, wrong)
	return in
}

// surroundings is what the database knows of an item that is about to be written.
type surroundings struct {
	taxes    *[]taxCodeID
	decimals *db.Found[int]
	category *db.Found[uuid.UUID]
	picture  *db.Found[uuid.UUID]
	sku      *db.Found[owner]
	plu      *db.Found[owner]
	codes    *[]barcodeOwner
}

func look(ctx context.Context, tx *db.Tx, in NewItem) (surroundings, error) {
	r := tx.Reads()
	s := surroundings{
		taxes:    db.ReadAll[taxCodeID](r, taxCodeIDs, db.Args{}),
		decimals: db.ReadMaybe[int](r, unitDecimals, db.Args{"code": in.Unit}),
		category: db.ReadMaybe[uuid.UUID](r, categoryThere, db.Args{"id": in.CategoryID}),
		picture:  db.ReadMaybe[uuid.UUID](r, pictureThere, db.Args{"id": in.picture()}),
		sku:      db.ReadMaybe[owner](r, skuOwner, db.Args{"sku": in.SKU, "id": in.ID}),
		plu:      db.ReadMaybe[owner](r, pluOwner, db.Args{"plu": in.PLU, "id": in.ID}),
		codes:    db.ReadAll[barcodeOwner](r, barcodeOwners, db.Args{"codes": codesOf(in.Barcodes)}),
	}
	return s, r.Run(ctx)
}

func (s surroundings) tax(code string) uuid.UUID {
	for _, t := range *s.taxes {
		if t.Code == code {
			return t.ID
		}
	}
	return uuid.Nil
}

// check finds what the item refers to and is not there.
func (s surroundings) check(f NewItem, wrong *problems) {
	if s.tax(f.TaxCode) == uuid.Nil {
		wrong.add("tax_code", "catalog.unknown_tax_code", "Choose one of the shop's tax codes.")
	}
	if !s.decimals.Found {
		wrong.add("unit", "catalog.unknown_unit", "Choose one of the shop's units.")
	} else if f.SoldBy == SoldByWeight && s.decimals.Row == 0 && f.Unit != "g" {
		wrong.add("unit", "catalog.unit_not_weighed", "What is sold by weight needs a unit of weight, such as kg.")
	}
	if f.CategoryID != nil && !s.category.Found {
		wrong.add("category_id", "catalog.unknown_category", "Choose one of the shop's categories.")
	}
	if f.picture() != nil && !s.picture.Found {
		wrong.add("picture_id", "catalog.unknown_picture", "The picture is no longer there. Choose it again.")
	}
}

// taken says which other item already has a number that this one asks for.
func (s surroundings) taken(in NewItem) error {
	if s.sku.Found {
		return takenBy("catalog.sku_taken", "sku", "SKU", s.sku.Row)
	}
	if s.plu.Found {
		return takenBy("catalog.plu_taken", "plu", "PLU", s.plu.Row)
	}
	for i, asked := range in.Barcodes {
		for _, code := range *s.codes {
			if code.Code == asked.Code && code.ID != in.ID {
				return takenBy("catalog.barcode_taken", fmt.Sprintf("barcodes.%d.code", i), "barcode "+code.Code, owner{code.ID, code.Name})
			}
		}
	}
	return nil
}

// takenBy names the item that has it.
func takenBy(code, path, what string, by owner) error {
	return fault.Conflict(code, fault.At(path, code, "")).
		Messagef("The item “%s” already has this %s. Change that one, or choose another.", by.Name, what)
}

// CreateFromTill keeps an item that a cashier made at a till. The sale of it has
// happened, so nothing is refused: a barcode that another item has is left out,
// an unknown tax code becomes the first of the shop's, an item that is already
// there stays as it is. It fails only if the database does.
func CreateFromTill(ctx context.Context, tx *db.Tx, in wire.NewItem) error {
	r := tx.Reads()
	there := ReadSellables(r, []uuid.UUID{in.ID}, Counter{Day: tx.Now()})
	taxes := db.ReadAll[taxCodeID](r, taxCodeIDs, db.Args{})
	category := db.ReadMaybe[uuid.UUID](r, categoryThere, db.Args{"id": in.CategoryID})
	if err := r.Run(ctx); err != nil {
		return err
	}
	if len(*there) > 0 {
		return nil
	}
	if len(*taxes) == 0 {
		return fmt.Errorf("keep item %s of a till: the shop has no tax code", in.ID)
	}
	code := storedCode(in.Barcode)
	item := row{NewItem: NewItem{ID: in.ID, ItemFacts: ItemFacts{
		SKU: madeUpSKU(in.ID), Name: tillName(in.Name, code), Unit: "each", SoldBy: SoldByEach, TrackStock: true,
		Price: max(in.Price, 0), MinStock: decimal.Zero,
	}}, tax: fallbackTax(*taxes, in.TaxCode)}
	if category.Found {
		item.CategoryID = in.CategoryID
	}
	batch := tx.Batch()
	insert(batch, []row{item})
	if code != "" {
		batch.Exec(offerBarcode, db.Args{"code": code, "item": in.ID})
	}
	return batch.Done()
}

func tillName(name, code string) string {
	name = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""))
	if name == "" {
		name = strings.TrimSpace("Item " + code)
	}
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[:200])
	}
	return name
}

// fallbackTax prefers the code asked for, then the standard rate, then whatever there is.
func fallbackTax(taxes []taxCodeID, code string) uuid.UUID {
	for _, wanted := range []string{code, Standard} {
		for _, t := range taxes {
			if t.Code == wanted {
				return t.ID
			}
		}
	}
	return taxes[0].ID
}

// CreateMany makes items in a few statements, for imports and demo shops. The
// whole lot fails with the first item that is wrong (catalog.bad_item, its field
// paths begin with the item's place), or that has a number which is taken.
func CreateMany(ctx context.Context, tx *db.Tx, items []NewItem) error {
	rows, err := rowsOf(ctx, tx, items)
	if err != nil {
		return err
	}
	batch := tx.Batch()
	insert(batch, rows)
	return batch.Done()
}
