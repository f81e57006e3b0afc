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
)

// undo takes an import back, a part at a time.
func undo(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	found, err := find(ctx, tx, job.SubjectID)
	if err != nil {
		return err
	}
	lines, err := db.All[line](ctx, tx, nextRows, db.Args{"id": found.ID, "after": at.Row, "limit": runAtOnce, "verdicts": []string{Made, Changed}})
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		if err := catalog.RemoveCategories(tx, found.Categories); err != nil {
			return err
		}
		batch := tx.Batch()
		batch.Exec(setState, db.Args{"id": found.ID, "state": Undone, "problem": "", "now": tx.Now()})
		job.Finish()
		return batch.Done()
	}
	if err := closeStock(ctx, tx, found, lines); err != nil {
		return err
	}
	if err := takeBack(ctx, tx, lines, &found.Undone); err != nil {
		return err
	}
	for i := range lines {
		lines[i].Verdict = Gone
	}
	batch := tx.Batch()
	batch.Exec(setUndone, db.Args{"id": found.ID, "undone": found.Undone, "state": Undoing, "now": tx.Now()})
	job.Done += int64(len(lines))
	return errors.Join(save(batch, found.ID, lines), job.Keep(place{Row: lines[len(lines)-1].Row, Begun: true}))
}

func takeBack(ctx context.Context, tx *db.Tx, lines []line, undid *Undid) error {
	var made, changed []uuid.UUID
	rows := map[uuid.UUID]line{}
	for _, l := range lines {
		switch {
		case l.ItemID == nil:
		case l.Verdict == Made:
			made = append(made, *l.ItemID)
		case len(l.Before) > 0:
			changed = append(changed, *l.ItemID)
			rows[*l.ItemID] = l
		}
	}
	if len(made) > 0 {
		removed, err := catalog.RemoveMany(ctx, tx, made)
		if err != nil {
			return err
		}
		undid.Removed += len(removed.Gone)
		undid.Deactivated += len(removed.Kept)
	}
	present, err := catalog.ShowMany(ctx, tx, changed)
	if err != nil {
		return err
	}
	var back []catalog.Becoming
	for _, item := range present {
		var before, after catalog.Becoming
		if err := errors.Join(json.Unmarshal(rows[item.ID].Before, &before), json.Unmarshal(rows[item.ID].After, &after)); err != nil {
			return err
		}
		restored, whole := restore(item.Becoming(), before, after)
		back = append(back, restored)
		if whole {
			undid.Restored++
		} else {
			undid.Kept++
		}
	}
	return catalog.RewriteMany(ctx, tx, back)
}

// restore puts every fact back that is still what the import made of it. Whole is
// false if something was changed since, which stays.
func restore(now, before, after catalog.Becoming) (restored catalog.Becoming, whole bool) {
	now.MinStock, before.MinStock, after.MinStock = now.MinStock.Trim(0), before.MinStock.Trim(0), after.MinStock.Trim(0)
	whole = true
	present, old, made := reflect.ValueOf(&now.ItemFacts).Elem(), reflect.ValueOf(before.ItemFacts), reflect.ValueOf(after.ItemFacts)
	for i := range present.NumField() {
		was, became := old.Field(i), made.Field(i)
		switch {
		case reflect.DeepEqual(was.Interface(), became.Interface()):
		case reflect.DeepEqual(present.Field(i).Interface(), became.Interface()):
			present.Field(i).Set(was)
		default:
			whole = false
		}
	}
	if before.Active != after.Active {
		now.Active = before.Active
	}
	had := map[string]bool{}
	for _, code := range before.Barcodes {
		had[code.Code] = true
	}
	added := map[string]bool{}
	for _, code := range after.Barcodes {
		added[code.Code] = !had[code.Code]
	}
	kept := now.Barcodes[:0:0]
	for _, code := range now.Barcodes {
		if !added[code.Code] {
			kept = append(kept, code)
		}
	}
	now.Barcodes = kept
	return now, whole
}

type opening struct {
	ItemID     uuid.UUID       `db:"item_id"`
	LocationID uuid.UUID       `db:"location_id"`
	Quantity   decimal.Decimal `db:"quantity"`
}

// closeStock takes opening stock back of which nothing has moved since. The books
// keep both entries.
func closeStock(ctx context.Context, tx *db.Tx, found Import, lines []line) error {
	if len(found.Openings) == 0 {
		return nil
	}
	var items []uuid.UUID
	for _, l := range lines {
		if l.ItemID != nil {
			items = append(items, *l.ItemID)
		}
	}
	opened, err := db.All[opening](ctx, tx, openedBy, db.Args{"items": items, "sources": found.Openings})
	if err != nil || len(opened) == 0 {
		return err
	}
	taken := make([]inventory.AdjustmentLine, len(opened))
	for i, o := range opened {
		taken[i] = inventory.AdjustmentLine{ItemID: o.ItemID, Quantity: o.Quantity.Neg(), Reason: "other"}
	}
	// An import opens stock at one place only.
	return inventory.CloseOpening(ctx, tx, opened[0].LocationID, taken)
}
