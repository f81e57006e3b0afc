package imports

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/catalog"
	"souk/server/platform/db"
	"souk/server/platform/search"
	"souk/server/platform/web"
	"souk/shared/money"
)

// ground is what rows are held against.
type ground struct {
	reading    reading
	taxes      map[string]string // folded code or name → code
	units      map[string]unit
	categories map[string]uuid.UUID // folded path → id
}

type unit struct {
	code     string
	decimals int
}

func lay(ctx context.Context, tx *db.Tx, plan Plan) (ground, error) {
	code, err := db.One[string](ctx, tx, readCurrency, db.Args{})
	if err != nil {
		return ground{}, err
	}
	currency, _ := money.Lookup(code)
	g := ground{reading: reading{plan: plan, currency: currency}, taxes: map[string]string{}, units: map[string]unit{}}
	taxes, err := catalog.TaxCodes(ctx, tx, web.None{})
	if err != nil {
		return g, err
	}
	for _, tax := range taxes.Rows {
		g.taxes[search.Fold(tax.Name)] = tax.Code
	}
	for _, tax := range taxes.Rows {
		g.taxes[search.Fold(tax.Code)] = tax.Code
	}
	units, err := catalog.Units(ctx, tx, web.None{})
	if err != nil {
		return g, err
	}
	for _, u := range units.Rows {
		g.units[search.Fold(u.Name)] = unit{u.Code, u.Decimals}
	}
	for _, u := range units.Rows {
		g.units[search.Fold(u.Code)] = unit{u.Code, u.Decimals}
	}
	for _, plain := range []string{"pcs", "piece", "pc", "ea", "stk", "stuck", "unit"} {
		if _, there := g.units[plain]; !there {
			g.units[plain] = g.units["each"]
		}
	}
	categories, err := catalog.Categories(ctx, tx, web.None{})
	if err != nil {
		return g, err
	}
	g.categories = pathsOf(categories.Rows)
	return g, nil
}

// pathsOf names each category by its whole path and, if nothing else is called so,
// by its name alone.
func pathsOf(all []catalog.Category) map[string]uuid.UUID {
	byID := map[uuid.UUID]catalog.Category{}
	for _, c := range all {
		byID[c.ID] = c
	}
	paths := map[string]uuid.UUID{}
	for _, c := range all {
		if _, taken := paths[search.Fold(c.Name)]; !taken {
			paths[search.Fold(c.Name)] = c.ID
		}
	}
	for _, c := range all {
		path, at := search.Fold(c.Name), c
		for depth := 0; at.ParentID != nil && depth < 20; depth++ {
			at = byID[*at.ParentID]
			path = search.Fold(at.Name) + ">" + path
		}
		paths[path] = c.ID
	}
	return paths
}

// categoryPath takes "Food > Dairy" apart.
func categoryPath(text string) []string {
	var names []string
	for name := range strings.SplitSeq(text, ">") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func foldedPath(names []string) string { return search.Fold(strings.Join(names, ">")) }

// judged is a row and what is to become of it.
type judged struct {
	*line
	record record
	match  *catalog.Owner // the item that it is already
}

func (j *judged) bad(field, format string, args ...any) {
	j.Errors = append(j.Errors, RowError{field, fmt.Sprintf(format, args...)})
}

// judge says of each row everything that is wrong with it, or what it will do. It
// is asked in the dry run, and again for each part of the run itself, because the
// catalogue may have changed in between.
func judge(ctx context.Context, tx *db.Tx, id uuid.UUID, g ground, lines []line) ([]judged, error) {
	rows := make([]judged, len(lines))
	for i := range lines {
		rows[i] = judged{line: &lines[i]}
		rows[i].record, rows[i].Errors = g.reading.read(lines[i].Cells)
		for at, code := range rows[i].record.barcodes {
			rows[i].record.barcodes[at] = catalog.StoredCode(code)
		}
		slices.Sort(rows[i].record.barcodes)
		rows[i].record.barcodes = slices.Compact(rows[i].record.barcodes)
	}
	owners, err := catalog.Owned(ctx, tx, numbersOf(rows))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].find(g.reading.plan, owners)
	}
	if err := twice(ctx, tx, id, rows); err != nil {
		return nil, err
	}
	opened, err := alreadyOpened(ctx, tx, g.reading.plan, rows)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].decide(g, opened)
	}
	return rows, nil
}

func numbersOf(rows []judged) catalog.Numbers {
	n := catalog.Numbers{SKUs: []string{}, Barcodes: []string{}, PLUs: []string{}}
	for _, row := range rows {
		if sku := row.record.text[SKU]; sku != "" {
			n.SKUs = append(n.SKUs, sku)
		}
		if plu := row.record.text[PLU]; plu != "" {
			n.PLUs = append(n.PLUs, plu)
		}
		n.Barcodes = append(n.Barcodes, row.record.barcodes...)
	}
	return n
}

// find looks for the item that a row already is, and for numbers that are others'.
func (j *judged) find(plan Plan, owners catalog.Owners) {
	sku := j.record.text[SKU]
	if owner, there := owners.SKU[sku]; there && sku != "" {
		if plan.Match == "barcode" {
			j.bad(SKU, "SKU '%s' is “%s” already", sku, owner.Name)
		} else {
			j.match = &owner
		}
	}
	for _, code := range j.record.barcodes {
		owner, there := owners.Barcode[code]
		switch {
		case !there || j.match != nil && owner.ID == j.match.ID:
		case j.match == nil && plan.Match != "sku" && (sku == "" || plan.Match == "barcode" || owners.SKU[sku].ID == uuid.Nil):
			j.match = &owner
		default:
			j.bad(Barcode, "Barcode '%s' is “%s” already", code, owner.Name)
		}
	}
	if owner, there := owners.PLU[j.record.text[PLU]]; there && (j.match == nil || owner.ID != j.match.ID) {
		j.bad(PLU, "PLU '%s' is “%s” already", j.record.text[PLU], owner.Name)
	}
}

type key struct {
	Kind string `db:"kind"`
	Key  string `db:"key"`
}

type ownedKey struct {
	key
	Row int `db:"row_no"`
}

// twice finds what an earlier row of the same file has named already.
func twice(ctx context.Context, tx *db.Tx, id uuid.UUID, rows []judged) error {
	var kinds, keys []string
	var numbers []int
	claim := func(kind, key string, row int) {
		kinds, keys, numbers = append(kinds, kind), append(keys, key), append(numbers, row)
	}
	for _, row := range rows {
		for _, k := range row.keys() {
			claim(k.Kind, k.Key, row.Row)
		}
	}
	if len(kinds) == 0 {
		return nil
	}
	tx.Batch().Exec(insertKeys, db.Args{"id": id, "kinds": kinds, "keys": keys, "rows": numbers})
	owned, err := db.All[ownedKey](ctx, tx, readKeys, db.Args{"id": id, "kinds": kinds, "keys": keys})
	if err != nil {
		return err
	}
	first := make(map[key]int, len(owned))
	for _, o := range owned {
		first[o.key] = o.Row
	}
	for i := range rows {
		row := &rows[i]
		for _, k := range row.keys() {
			if at := first[k]; at != 0 && at != row.Row {
				row.twice(k, at)
			}
		}
	}
	return nil
}

func (j *judged) keys() []key {
	var keys []key
	for _, field := range []string{SKU, PLU} {
		if text := j.record.text[field]; text != "" {
			keys = append(keys, key{field, text})
		}
	}
	for _, code := range j.record.barcodes {
		keys = append(keys, key{Barcode, code})
	}
	if j.match != nil {
		keys = append(keys, key{"item", j.match.ID.String()})
	}
	return keys
}

func (j *judged) twice(k key, at int) {
	if k.Kind != "item" {
		j.bad(k.Kind, "%s '%s' is in %s already", labels[k.Kind], k.Key, rowText(at))
		return
	}
	if len(j.Errors) == 0 {
		j.bad(Name, "This is “%s”, which %s is already", j.match.Name, rowText(at))
	}
}

func alreadyOpened(ctx context.Context, tx *db.Tx, plan Plan, rows []judged) (map[uuid.UUID]bool, error) {
	opened := map[uuid.UUID]bool{}
	var items []uuid.UUID
	for _, row := range rows {
		if row.match != nil && row.record.opening != nil && row.record.opening.IsPos() {
			items = append(items, row.match.ID)
		}
	}
	if len(items) == 0 || plan.LocationID == nil {
		return opened, nil
	}
	found, err := db.All[uuid.UUID](ctx, tx, openedItems, db.Args{"items": items, "location": plan.LocationID})
	for _, id := range found {
		opened[id] = true
	}
	return opened, err
}

// decide finishes the judgement once it is known which item the row is.
func (j *judged) decide(g ground, opened map[uuid.UUID]bool) {
	j.ItemID, j.Before, j.After = nil, nil, nil
	if j.match != nil {
		j.ItemID = &j.match.ID
		if g.reading.plan.Existing == "skip" {
			j.Verdict, j.Errors = Skip, nil
			return
		}
	}
	j.refer(g)
	if opening := j.record.opening; opening != nil && opening.IsPos() {
		switch {
		case g.reading.plan.LocationID == nil:
			j.bad(Opening, "Opening stock needs a place: choose the store above")
		case j.match != nil && opened[j.match.ID]:
			j.bad(Opening, "“%s” has its opening stock already: count it instead", j.match.Name)
		}
	}
	if j.match == nil {
		j.complete(g)
	}
	switch {
	case len(j.Errors) > 0:
		j.Verdict = Bad
	case j.match != nil:
		j.Verdict = Change
	default:
		j.Verdict = Make
	}
}

// refer holds what the row names against what the shop has.
func (j *judged) refer(g ground) {
	text := j.record.text
	if code, there := g.taxes[search.Fold(text[TaxCode])]; there {
		text[TaxCode] = code
	} else if text[TaxCode] != "" {
		j.bad(TaxCode, "Tax code '%s' is none of the shop's", text[TaxCode])
	}
	if j.match == nil && j.record.soldBy == catalog.SoldByWeight && text[Unit] == "" {
		text[Unit] = "kg"
	}
	u, there := g.units[search.Fold(text[Unit])]
	if there {
		text[Unit] = u.code
	} else if text[Unit] != "" {
		j.bad(Unit, "Unit '%s' is none of the shop's", text[Unit])
	}
	if text[Category] != "" && !g.reading.plan.MakeCategories {
		if _, there := g.categories[foldedPath(categoryPath(text[Category]))]; !there {
			j.bad(Category, "Category '%s' is none of the shop's", text[Category])
		}
	}
	if j.record.opening != nil && j.match == nil && j.record.opening.Scale() > u.decimals {
		j.bad(Opening, "Opening stock '%s' has more decimals than the unit", j.record.opening)
	}
	if j.record.soldBy == catalog.SoldByWeight && there && u.decimals == 0 && u.code != "g" {
		j.bad(Unit, "What is sold by weight needs a unit of weight, such as kg, not '%s'", u.code)
	}
}

// complete asks of a new item what it cannot be without.
func (j *judged) complete(g ground) {
	said := func(field string) bool {
		return slices.ContainsFunc(j.Errors, func(e RowError) bool { return e.Field == field })
	}
	if j.record.text[Name] == "" && !said(Name) {
		j.bad(Name, "Name is missing")
	}
	if j.record.price == nil && slices.Contains(g.reading.plan.Fields, Price) && j.record.soldBy != catalog.SoldOpen && !said(Price) {
		j.bad(Price, "Price is missing")
	}
	if j.record.text[TaxCode] == "" && g.reading.plan.TaxCode == "" && !said(TaxCode) {
		j.bad(TaxCode, "Tax code is missing")
	}
}

// facts puts the row's words over what the item was.
func (j *judged) facts(g ground, was catalog.ItemFacts) catalog.ItemFacts {
	set := func(to *string, field string) {
		if text := j.record.text[field]; text != "" {
			*to = text
		}
	}
	set(&was.SKU, SKU)
	set(&was.Name, Name)
	set(&was.Unit, Unit)
	set(&was.PLU, PLU)
	set(&was.TaxCode, TaxCode)
	set(&was.Description, Description)
	if path := categoryPath(j.record.text[Category]); len(path) > 0 {
		if id, there := g.categories[foldedPath(path)]; there {
			was.CategoryID = &id
		}
	}
	if j.record.soldBy != "" {
		was.SoldBy = j.record.soldBy
	}
	if j.record.price != nil {
		was.Price = *j.record.price
	}
	if j.record.cost != nil {
		was.Cost = *j.record.cost
	}
	if j.record.minStock != nil {
		was.MinStock = *j.record.minStock
	}
	return was
}

// blank is a new item before its row has spoken.
func blank(plan Plan) catalog.ItemFacts {
	return catalog.ItemFacts{Unit: "each", SoldBy: catalog.SoldByEach, TaxCode: plan.TaxCode, TrackStock: true, MinStock: decimal.Zero}
}
