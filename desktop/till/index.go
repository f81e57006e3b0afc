package till

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/barcode"
	"souk/shared/wire"
)

// index is the catalogue in memory: by id, by code, by words, by category.
type index struct {
	docs   []doc
	ids    map[uuid.UUID]int32
	codeOf map[string]coded
	plu    map[string]int32
	names  *prefixes
	codes  *prefixes
	marks  stamps
	active int

	shelves map[uuid.UUID][]int32 // by category, made when asked for; Nil is the favourites
}

// doc is an item and the text it is found by: " word word ". An item that is
// gone, or that got another text, leaves an empty doc behind.
type doc struct {
	item *wire.TillItem
	text string
}

type coded struct {
	doc      int32
	quantity decimal.Decimal
}

// hit is what a scan found. Whole means that the item is kept under the scanned
// code as it stands, so that the code carries no weight or price.
type hit struct {
	item     *wire.TillItem
	quantity decimal.Decimal
	whole    bool
}

func newIndex() *index {
	return &index{
		ids: map[uuid.UUID]int32{}, codeOf: map[string]coded{}, plu: map[string]int32{},
		names: newPrefixes(), codes: newPrefixes(),
	}
}

// buildIndex makes an index of many items at once.
func buildIndex(items []wire.TillItem) *index {
	x := newIndex()
	x.docs = make([]doc, 0, len(items)+len(items)/8)
	x.ids = make(map[uuid.UUID]int32, len(items))
	x.codeOf = make(map[string]coded, len(items))
	for i := range items {
		x.put(&items[i])
	}
	x.names.sort()
	x.codes.sort()
	return x
}

// pictures are the ids of what items look like.
func (x *index) pictures() map[uuid.UUID]bool {
	ids := map[uuid.UUID]bool{}
	for _, d := range x.docs {
		if d.item != nil && d.item.Active && d.item.PictureID != nil {
			ids[*d.item.PictureID] = true
		}
	}
	return ids
}

func (x *index) count() int { return x.active }

func (x *index) byID(id uuid.UUID) (*wire.TillItem, bool) {
	at, ok := x.ids[id]
	if !ok {
		return nil, false
	}
	return x.docs[at].item, true
}

// put adds an item or replaces the one with its id. Items without any change to
// what they are found by, the usual case, are replaced in place.
func (x *index) put(item *wire.TillItem) {
	text := searchText(item)
	at, known := x.ids[item.ID]
	if known {
		old := x.docs[at].item
		if old.Active {
			x.active--
		}
		if x.docs[at].text == text && slices.EqualFunc(old.Barcodes, item.Barcodes, sameBarcode) && old.PLU == item.PLU {
			if !same(old.CategoryID, item.CategoryID) || old.Favourite != item.Favourite || old.Active != item.Active {
				x.shelves = nil
			}
			x.docs[at].item = item
			x.active += one(item.Active)
			return
		}
		x.drop(at)
	}
	x.insert(item, text)
}

func (x *index) insert(item *wire.TillItem, text string) {
	at := int32(len(x.docs)) //nolint:gosec // a catalogue has fewer than 2^31 items
	x.docs = append(x.docs, doc{item: item, text: text})
	x.ids[item.ID] = at
	x.active += one(item.Active)
	x.shelves = nil
	for word := range strings.FieldsSeq(text) {
		x.names.add(word, at)
	}
	for _, code := range item.Barcodes {
		x.codeOf[codeKey(code.Code)] = coded{doc: at, quantity: code.Quantity}
		if digits(code.Code) {
			x.codes.add(backwards(code.Code), at)
		}
	}
	if item.PLU != "" {
		x.plu[item.PLU] = at
	}
}

func (x *index) drop(at int32) {
	item := x.docs[at].item
	for _, code := range item.Barcodes {
		if key := codeKey(code.Code); x.codeOf[key].doc == at {
			delete(x.codeOf, key)
		}
	}
	if x.plu[item.PLU] == at {
		delete(x.plu, item.PLU)
	}
	x.docs[at] = doc{}
}

func same(a, b *uuid.UUID) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func sameBarcode(a, b wire.ItemBarcode) bool { return a.Code == b.Code && a.Quantity.Equal(b.Quantity) }

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// codeKey is the one spelling under which equal codes meet.
func codeKey(code string) string {
	if canonical, ok := barcode.Normalize(code); ok {
		return canonical
	}
	return code
}

func searchText(item *wire.TillItem) string {
	var b strings.Builder
	b.Grow(len(item.Name) + len(item.SKU) + 16)
	b.WriteByte(' ')
	for _, word := range words(item.Name) {
		b.WriteString(word)
		b.WriteByte(' ')
	}
	for _, word := range words(item.SKU) {
		b.WriteString(word)
		b.WriteByte(' ')
	}
	return b.String()
}

// lookup finds the item that a scan means: by the whole code, else by the forms
// under which shops keep it, as barcode, PLU or SKU.
func (x *index) lookup(scan barcode.Scan) (hit, bool) {
	if h, ok := x.byCode(scan.Code); ok {
		h.whole = len(scan.Lookup) > 0 && scan.Lookup[0] != scan.Code
		return h, true
	}
	for _, form := range scan.Lookup {
		if h, ok := x.byCode(form); ok {
			return h, true
		}
	}
	return hit{}, false
}

func (x *index) byCode(code string) (hit, bool) {
	if found, ok := x.codeOf[codeKey(code)]; ok {
		return x.hit(found.doc, found.quantity)
	}
	if at, ok := x.plu[code]; ok {
		return x.hit(at, decimal.One)
	}
	return x.bySKU(code)
}

// bySKU finds the item whose SKU is the code. SKUs are among the words, so the
// few items that share its first word are looked through.
func (x *index) bySKU(code string) (hit, bool) {
	list := words(code)
	if len(list) == 0 {
		return hit{}, false
	}
	for _, at := range x.names.exactly(list[0]) {
		if item := x.docs[at].item; item != nil && strings.EqualFold(item.SKU, code) {
			return x.hit(at, decimal.One)
		}
	}
	return hit{}, false
}

func (x *index) hit(at int32, quantity decimal.Decimal) (hit, bool) {
	item := x.docs[at].item
	if item == nil || !item.Active {
		return hit{}, false
	}
	return hit{item: item, quantity: quantity}, true
}

func (x *index) fresh() stamps {
	if len(x.marks.marks) < len(x.docs) {
		x.marks = stamps{marks: make([]uint32, len(x.docs)+len(x.docs)/8)}
	}
	x.marks.round++
	return x.marks
}

// shelf lists the active items of the categories, by name; of none, the
// favourites, and everything if there are no favourites.
func (x *index) shelf(key uuid.UUID, in func(*wire.TillItem) bool) []int32 {
	if list, ok := x.shelves[key]; ok {
		return list
	}
	var list []int32
	for at := range x.docs {
		if item := x.docs[at].item; item != nil && item.Active && in(item) {
			list = append(list, int32(at)) //nolint:gosec // a catalogue has fewer than 2^31 items
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		return cmp.Or(strings.Compare(x.docs[a].text, x.docs[b].text), cmp.Compare(a, b))
	})
	if x.shelves == nil {
		x.shelves = map[uuid.UUID][]int32{}
	}
	x.shelves[key] = list
	return list
}
