package imports

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/inventory"
	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/search"
	"souk/shared/money"
	"souk/shared/wire"
)

const (
	// A step of the dry run only reads the catalogue; one of the run locks what it
	// changes, and a sale may be waiting for the same item.
	checkedAtOnce = 2000
	runAtOnce     = 500
)

var everyVerdict = []string{"", Bad, Skip, Make, Change}

// check is the dry run: it judges rows and changes nothing but their verdicts.
func check(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	found, err := find(ctx, tx, job.SubjectID)
	if err != nil {
		return err
	}
	batch := tx.Batch()
	if !at.Begun {
		batch.Exec(dropKeys, db.Args{"id": job.SubjectID})
	}
	lines, err := db.All[line](ctx, tx, nextRows, db.Args{"id": job.SubjectID, "after": at.Row, "limit": checkedAtOnce, "verdicts": everyVerdict})
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		batch.Exec(setState, db.Args{"id": job.SubjectID, "state": Checked, "problem": "", "now": tx.Now()})
		job.Finish()
		return batch.Done()
	}
	ground, err := lay(ctx, tx, found.Plan)
	if err != nil {
		return err
	}
	if _, err := judge(ctx, tx, job.SubjectID, ground, lines); err != nil {
		return err
	}
	job.Done += int64(len(lines))
	return errors.Join(save(batch, job.SubjectID, lines), job.Keep(place{Row: lines[len(lines)-1].Row, Begun: true}))
}

// run brings the rows into the catalogue, a part at a time.
func run(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	found, err := find(ctx, tx, job.SubjectID)
	if err != nil {
		return err
	}
	lines, err := db.All[line](ctx, tx, nextRows, db.Args{"id": found.ID, "after": at.Row, "limit": runAtOnce, "verdicts": []string{Make, Change}})
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return finish(ctx, tx, job, found)
	}
	ground, err := lay(ctx, tx, found.Plan)
	if err != nil {
		return err
	}
	rows, err := judge(ctx, tx, found.ID, ground, lines)
	if err != nil {
		return err
	}
	if err := makeCategories(ctx, tx, found.ID, &ground, rows); err != nil {
		return err
	}
	if err := makeItems(ctx, tx, ground, rows); err != nil {
		return err
	}
	if err := changeItems(ctx, tx, ground, rows); err != nil {
		return err
	}
	if err := openStock(ctx, tx, found, rows); err != nil {
		return err
	}
	job.Done += int64(len(lines))
	return errors.Join(save(tx.Batch(), found.ID, lines), job.Keep(place{Row: lines[len(lines)-1].Row, Begun: true}))
}

// makeCategories makes those that rows name and the shop does not have.
func makeCategories(ctx context.Context, tx *db.Tx, id uuid.UUID, g *ground, rows []judged) error {
	var made []uuid.UUID
	for _, row := range rows {
		path := categoryPath(row.record.text[Category])
		if row.Verdict == Bad || row.Verdict == Skip || len(path) == 0 || g.categories[foldedPath(path)] != uuid.Nil {
			continue
		}
		var parent *uuid.UUID
		for depth := range path {
			whole := foldedPath(path[:depth+1])
			at, there := g.categories[whole]
			if !there {
				category, err := catalog.AddCategory(ctx, tx, catalog.Category{ParentID: parent, Name: path[depth], Active: true})
				if err != nil {
					return err
				}
				at = category.ID
				g.categories[whole], made = at, append(made, at)
				if name := search.Fold(path[depth]); g.categories[name] == uuid.Nil {
					g.categories[name] = at
				}
			}
			parent = &at
		}
	}
	if len(made) == 0 {
		return nil
	}
	batch := tx.Batch()
	batch.Exec(addCategories, db.Args{"id": id, "ids": made})
	return batch.Done()
}

func makeItems(ctx context.Context, tx *db.Tx, g ground, rows []judged) error {
	var items []catalog.NewItem
	var inactive []uuid.UUID
	for i := range rows {
		row := &rows[i]
		if row.Verdict != Make {
			continue
		}
		id := uuid.Must(uuid.NewV7())
		item := catalog.NewItem{ID: id, ItemFacts: row.facts(g, blank(g.reading.plan))}
		for _, code := range row.record.barcodes {
			item.Barcodes = append(item.Barcodes, wire.ItemBarcode{Code: code, Quantity: decimal.One})
		}
		if row.record.active != nil && !*row.record.active {
			inactive = append(inactive, id)
		}
		items = append(items, item)
		row.ItemID, row.Verdict = &id, Made
	}
	if len(items) == 0 {
		return nil
	}
	err := catalog.CreateMany(ctx, tx, items)
	if err == nil && len(inactive) > 0 {
		err = catalog.DeactivateMany(tx, inactive)
	}
	return err
}

func changeItems(ctx context.Context, tx *db.Tx, g ground, rows []judged) error {
	byID := map[uuid.UUID]*judged{}
	var ids []uuid.UUID
	for i := range rows {
		if rows[i].Verdict == Change {
			byID[rows[i].match.ID] = &rows[i]
			ids = append(ids, rows[i].match.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	present, err := catalog.ShowMany(ctx, tx, ids)
	if err != nil {
		return err
	}
	var changed []catalog.Becoming
	for _, item := range present {
		row := byID[item.ID]
		before := item.Becoming()
		after := row.onto(g, before)
		if same(before, after) {
			// Opening stock alone is a change too, without anything to put back.
			if row.Verdict = Skip; row.record.opening != nil && row.record.opening.IsPos() {
				row.Verdict = Changed
			}
			continue
		}
		if row.Before, err = json.Marshal(before); err == nil {
			row.After, err = json.Marshal(after)
		}
		if err != nil {
			return err
		}
		row.Verdict = Changed
		changed = append(changed, after)
	}
	return catalog.RewriteMany(ctx, tx, changed)
}

// onto gives what an item becomes when a row speaks. Barcodes are added, never
// taken away.
func (j *judged) onto(g ground, was catalog.Becoming) catalog.Becoming {
	after := was
	after.ItemFacts = j.facts(g, was.ItemFacts)
	if j.record.active != nil {
		after.Active = *j.record.active
	}
	after.Barcodes = append([]wire.ItemBarcode{}, was.Barcodes...)
	for _, code := range j.record.barcodes {
		known := false
		for _, have := range was.Barcodes {
			known = known || have.Code == code
		}
		if !known {
			after.Barcodes = append(after.Barcodes, wire.ItemBarcode{Code: code, Quantity: decimal.One})
		}
	}
	return after
}

// same compares by meaning: 2.50 and 2.5 are one quantity.
func same(a, b catalog.Becoming) bool {
	a.MinStock, b.MinStock = a.MinStock.Trim(0), b.MinStock.Trim(0)
	if len(a.Barcodes) != len(b.Barcodes) || (a.CategoryID == nil) != (b.CategoryID == nil) || a.CategoryID != nil && *a.CategoryID != *b.CategoryID {
		return false
	}
	a.CategoryID, b.CategoryID = nil, nil
	for i := range a.Barcodes {
		if a.Barcodes[i].Code != b.Barcodes[i].Code {
			return false
		}
	}
	a.Barcodes, b.Barcodes = nil, nil
	return reflect.DeepEqual(a, b)
}

func openStock(ctx context.Context, tx *db.Tx, found Import, rows []judged) error {
	var lines []inventory.OpeningLine
	for _, row := range rows {
		opening := row.record.opening
		if row.Verdict != Made && row.Verdict != Changed || opening == nil || !opening.IsPos() {
			continue
		}
		var cost money.Amount
		if row.record.cost != nil {
			cost = *row.record.cost
		}
		lines = append(lines, inventory.OpeningLine{ItemID: *row.ItemID, Quantity: *opening, UnitCost: cost})
	}
	if len(lines) == 0 || found.Plan.LocationID == nil {
		return nil
	}
	id := uuid.Must(uuid.NewV7())
	if _, err := inventory.OpenStock(ctx, tx, inventory.OpeningStock{ID: id, LocationID: *found.Plan.LocationID, Lines: lines}); err != nil {
		return err
	}
	batch := tx.Batch()
	batch.Exec(addOpening, db.Args{"id": found.ID, "opening": id})
	return batch.Done()
}

// stopsAt is told that a job of an import was cancelled or failed: what its steps
// did stays, and the import waits in this state.
func stopsAt(state string) func(context.Context, *db.Tx, *jobs.Job) error {
	return func(_ context.Context, tx *db.Tx, job *jobs.Job) error {
		batch := tx.Batch()
		batch.Exec(setState, db.Args{"id": job.SubjectID, "state": state, "problem": job.Problem, "now": tx.Now()})
		return batch.Done()
	}
}
