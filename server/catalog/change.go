package catalog

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// ItemID names an item in a path.
type ItemID struct {
	ID uuid.UUID `path:"id"`
}

// Show gives one item with all that is known of it here.
func Show(ctx context.Context, tx *db.Tx, in ItemID) (Item, error) { return show(ctx, tx, in.ID) }

// ItemEdit is what an item becomes, and the version that was looked at. Barcodes
// are all it has from now on; left out, they stay as they are.
type ItemEdit struct {
	ItemFacts
	Barcodes  []wire.ItemBarcode `json:"barcodes,omitempty" maxItems:"50" doc:"All it has from now on; left out, they stay"`
	PictureID *uuid.UUID         `json:"picture_id,omitempty" doc:"Left out, it stays; the nil UUID takes it away"`
	Version   int                `json:"version"`
}

// ItemChange is an item's id and what it becomes.
type ItemChange struct {
	ID   uuid.UUID `path:"id"`
	Body ItemEdit
}

// Change sets an item's facts, its price and, if they are sent, its barcodes: all
// of it or nothing.
//
// Fails with catalog.bad_item, catalog.sku_taken, catalog.plu_taken,
// catalog.barcode_taken, and with catalog.changed_meanwhile, whose fields hold the
// present value of everything that differs from what was sent.
func Change(ctx context.Context, tx *db.Tx, in ItemChange) (Item, error) {
	var wrong problems
	facts := in.Body.clean()
	facts.check(&wrong)
	if facts.SKU == "" {
		facts.SKU = madeUpSKU(in.ID)
	}
	item := NewItem{ID: in.ID, ItemFacts: facts, Barcodes: cleanBarcodes(in.Body.Barcodes, &wrong), PictureID: in.Body.PictureID}
	around, err := look(ctx, tx, item)
	if err != nil {
		return Item{}, err
	}
	around.check(item, &wrong)
	if err := wrong.err("catalog.bad_item"); err != nil {
		return Item{}, err
	}
	if err := around.taken(item); err != nil {
		return Item{}, err
	}
	rows, err := tx.Exec(ctx, updateItem, db.Args{
		"id": in.ID, "version": in.Body.Version, "sku": facts.SKU, "name": facts.Name, "category": facts.CategoryID,
		"unit": facts.Unit, "sold_by": facts.SoldBy, "plu": facts.PLU, "tax": around.tax(facts.TaxCode), "tracked": facts.TrackStock,
		"min_stock": facts.MinStock, "cost": facts.Cost, "sets_cost": seesCost(ctx), "description": facts.Description, "favourite": facts.Favourite,
		"keeps_picture": item.PictureID == nil, "picture": item.picture(), "now": tx.Now(),
	})
	if err != nil {
		return Item{}, err
	}
	if rows == 0 {
		return Item{}, changedMeanwhile(ctx, tx, in.ID, facts)
	}
	batch := tx.Batch()
	putPrices(batch, []row{{NewItem: item}})
	if in.Body.Barcodes != nil {
		replaceBarcodes(batch, item)
	}
	index(batch, in.ID, facts)
	if err := batch.Done(); err != nil {
		return Item{}, err
	}
	return show(ctx, tx, in.ID)
}

func changedMeanwhile(ctx context.Context, tx *db.Tx, id uuid.UUID, sent ItemFacts) error {
	now, err := show(ctx, tx, id)
	if err != nil {
		return err
	}
	return fault.Conflict("catalog.changed_meanwhile", fault.At("version", "catalog.changed_meanwhile", strconv.Itoa(now.Version))).
		Say("Someone else changed this item meanwhile. Compare the two, then save again.").
		With(differences(now, sent, seesCost(ctx))...)
}

// differences lists what an item has now where that is not what was sent.
func differences(now Item, sent ItemFacts, costs bool) []fault.Field {
	var fields []fault.Field
	compare := func(path, present, wanted string) {
		if present != wanted {
			fields = append(fields, fault.Field{Path: path, Code: "catalog.changed_meanwhile", Message: present})
		}
	}
	compare("sku", now.SKU, sent.SKU)
	compare("name", now.Name, sent.Name)
	compare("category_id", idText(now.CategoryID), idText(sent.CategoryID))
	compare("unit", now.Unit, sent.Unit)
	compare("sold_by", now.SoldBy, sent.SoldBy)
	compare("plu", now.PLU, sent.PLU)
	compare("tax_code", now.TaxCode, sent.TaxCode)
	compare("price_minor", minorText(now.Price), minorText(sent.Price))
	if costs {
		compare("cost_minor", minorText(now.Cost), minorText(sent.Cost))
	}
	compare("track_stock", strconv.FormatBool(now.TrackStock), strconv.FormatBool(sent.TrackStock))
	compare("min_stock", now.MinStock.Trim(0).String(), sent.MinStock.Trim(0).String())
	compare("description", now.Description, sent.Description)
	compare("favourite", strconv.FormatBool(now.Favourite), strconv.FormatBool(sent.Favourite))
	return fields
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func minorText(a money.Amount) string { return strconv.FormatInt(int64(a), 10) }

// Archive takes an item out of sale. It stays in every document that names it,
// and keeps its barcodes.
func Archive(ctx context.Context, tx *db.Tx, in ItemID) (Item, error) {
	return activate(ctx, tx, in.ID, false)
}

// Restore puts an archived item on sale again.
func Restore(ctx context.Context, tx *db.Tx, in ItemID) (Item, error) {
	return activate(ctx, tx, in.ID, true)
}

func activate(ctx context.Context, tx *db.Tx, id uuid.UUID, active bool) (Item, error) {
	tx.Batch().Exec(setActive, db.Args{"id": id, "active": active, "now": tx.Now()})
	return show(ctx, tx, id)
}

// BarcodeAddition is a further code for an item.
type BarcodeAddition struct {
	ID   uuid.UUID `path:"id"`
	Body wire.ItemBarcode
}

// AddBarcode gives an item a further barcode. A code that the item already has
// gets the new quantity.
//
// Fails with catalog.bad_barcode, and with catalog.barcode_taken, which names
// the item that has it.
func AddBarcode(ctx context.Context, tx *db.Tx, in BarcodeAddition) (Item, error) {
	var wrong problems
	codes := cleanBarcodes([]wire.ItemBarcode{in.Body}, &wrong)
	for i := range wrong.fields {
		wrong.fields[i].Path = wrong.fields[i].Path[len("barcodes.0."):]
	}
	if err := wrong.err("catalog.bad_barcode"); err != nil {
		return Item{}, err
	}
	r := tx.Reads()
	item := db.ReadMaybe[Item](r, readItems, db.Args{"ids": []uuid.UUID{in.ID}})
	owners := db.ReadAll[barcodeOwner](r, barcodeOwners, db.Args{"codes": codesOf(codes)})
	if err := r.Run(ctx); err != nil {
		return Item{}, err
	}
	if !item.Found {
		return Item{}, noItem()
	}
	batch := tx.Batch()
	if len(*owners) > 0 {
		by := (*owners)[0]
		if by.ID != in.ID {
			return Item{}, takenBy("catalog.barcode_taken", "code", "barcode", owner{by.ID, by.Name})
		}
		batch.Exec(deleteBarcode, db.Args{"item": in.ID, "code": codes[0].Code})
	}
	putBarcodes(batch, []row{{NewItem: NewItem{ID: in.ID, Barcodes: codes}}})
	batch.Exec(touchItem, db.Args{"id": in.ID, "now": tx.Now()})
	if err := batch.Done(); err != nil {
		return Item{}, err
	}
	return show(ctx, tx, in.ID)
}

// BarcodeRemoval names one code of an item.
type BarcodeRemoval struct {
	ID   uuid.UUID `path:"id"`
	Code string    `path:"code"`
}

// RemoveBarcode takes a code from an item. If the item does not have it, nothing
// happens.
func RemoveBarcode(ctx context.Context, tx *db.Tx, in BarcodeRemoval) (Item, error) {
	rows, err := tx.Exec(ctx, deleteBarcode, db.Args{"item": in.ID, "code": storedCode(in.Code)})
	if err != nil {
		return Item{}, err
	}
	if rows > 0 {
		tx.Batch().Exec(touchItem, db.Args{"id": in.ID, "now": tx.Now()})
	}
	return show(ctx, tx, in.ID)
}

func noItem() error {
	return fault.NotFound("catalog.no_item").Say("There is no such item.")
}
