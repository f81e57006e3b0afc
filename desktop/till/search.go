package till

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// prefixes finds documents by the beginning of their keys: names by word, and
// barcodes, kept backwards, by their last digits. A stretch of keys is walked
// without a look-up for each: one letter can be the beginning of every SKU.
type prefixes struct {
	keys   []posting // sorted by key
	of     map[string]int32
	lists  [][]int32
	sorted bool
}

type posting struct {
	key  string
	list int32
}

func newPrefixes() *prefixes { return &prefixes{of: map[string]int32{}} }

func (p *prefixes) add(key string, doc int32) {
	at, known := p.of[key]
	if !known {
		at = int32(len(p.lists)) //nolint:gosec // fewer words than 2^31
		p.of[key] = at
		p.lists = append(p.lists, nil)
		p.insert(posting{key, at})
	}
	if list := p.lists[at]; len(list) == 0 || list[len(list)-1] != doc {
		p.lists[at] = append(list, doc)
	}
}

func (p *prefixes) insert(n posting) {
	if !p.sorted {
		p.keys = append(p.keys, n)
		return
	}
	at := sort.Search(len(p.keys), func(i int) bool { return p.keys[i].key >= n.key })
	p.keys = slices.Insert(p.keys, at, n)
}

// sort ends the first filling, after which add keeps the order.
func (p *prefixes) sort() {
	slices.SortFunc(p.keys, func(a, b posting) int { return strings.Compare(a.key, b.key) })
	p.sorted = true
}

// exactly lists the documents under one key.
func (p *prefixes) exactly(key string) []int32 {
	if at, ok := p.of[key]; ok {
		return p.lists[at]
	}
	return nil
}

func (p *prefixes) with(prefix string) []posting {
	from := sort.Search(len(p.keys), func(i int) bool { return p.keys[i].key >= prefix })
	to := from + sort.Search(len(p.keys)-from, func(i int) bool { return !strings.HasPrefix(p.keys[from+i].key, prefix) })
	return p.keys[from:to]
}

func (p *prefixes) weight(prefix string) int {
	n := 0
	for _, word := range p.with(prefix) {
		n += len(p.lists[word.list])
	}
	return n
}

// near lists the words that one slip of a finger away from word: one letter
// wrong, missing or too many. The first letter has to be right.
func (p *prefixes) near(word string) []string {
	first := []rune(word)[:1]
	var found []string
	for _, known := range p.with(string(first)) {
		if oneSlip(word, known.key) {
			found = append(found, known.key)
		}
	}
	return found
}

// oneSlip says whether two words differ by one letter at most.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 4 {
		return false
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		return i >= len(x)-1 || slices.Equal(x[i+1:], y[i+1:]) || swapped(x[i:], y[i:])
	}
	return slices.Equal(x[i:], y[i+1:])
}

func swapped(x, y []rune) bool {
	return len(x) > 1 && x[0] == y[1] && x[1] == y[0] && slices.Equal(x[2:], y[2:])
}

// words splits text into folded words: small letters without marks. In scripts
// that put no blanks between words every letter can begin one.
func words(text string) []string {
	folded := fold(text)
	list := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for _, word := range list {
		for i, r := range word {
			if i > 0 && unblanked(r) {
				list = append(list, word[i:])
			}
		}
	}
	return list
}

func unblanked(r rune) bool {
	return r > 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func fold(text string) string {
	ascii := true
	for i := range len(text) {
		if text[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(text)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// search returns the documents that fit the query, best first.
func (x *index) search(query string, limit int) []int32 {
	query = strings.TrimSpace(query)
	if _, rest := multiplied(query); rest != query {
		query = strings.TrimSpace(rest)
	}
	asked := strings.Fields(strings.Join(words(query), " "))
	if len(asked) == 0 || limit <= 0 {
		return nil
	}
	best := &ranking{limit: limit, x: x, seen: x.fresh()}
	if digits(query) {
		x.byDigits(query, best)
	}
	x.byWords(asked, best)
	if len(best.docs) == 0 {
		x.bySlips(asked, best)
	}
	return best.docs
}

// byDigits finds by PLU and by the last digits of a barcode.
func (x *index) byDigits(query string, best *ranking) {
	const enough = 3
	if doc, ok := x.plu[query]; ok {
		best.offer(doc, 1000)
	}
	if len(query) < enough {
		return
	}
	for _, code := range x.codes.with(backwards(query)) {
		for _, doc := range x.codes.lists[code.list] {
			best.offer(doc, 500-len(code.key))
		}
	}
}

// byWords finds the documents in which every word asked for begins a word. The
// rarest is looked up, the others are checked.
func (x *index) byWords(asked []string, best *ranking) {
	rarest := asked[0]
	if len(asked) > 1 {
		rarest = slices.MinFunc(asked, func(a, b string) int { return x.names.weight(a) - x.names.weight(b) })
	}
	for _, word := range x.names.with(rarest) {
		for _, doc := range x.names.lists[word.list] {
			if best.seen.done(doc) {
				continue
			}
			if score, ok := x.score(doc, asked); ok {
				best.offer(doc, score)
			}
		}
	}
}

// bySlips forgives one typing mistake in one word.
func (x *index) bySlips(asked []string, best *ranking) {
	const enough = 4
	for i, word := range asked {
		if len([]rune(word)) < enough {
			continue
		}
		for _, meant := range x.names.near(word) {
			corrected := slices.Clone(asked)
			corrected[i] = meant
			x.byWords(corrected, best)
		}
	}
}

// score ranks how well a document fits: a word at the very beginning, a whole
// word, the beginning of a word; then favourites and short names.
func (x *index) score(doc int32, asked []string) (int, bool) {
	d := &x.docs[doc]
	if d.item == nil || !d.item.Active {
		return 0, false
	}
	score := 0
	for _, word := range asked {
		at := strings.Index(d.text, " "+word)
		if at < 0 {
			return 0, false
		}
		score += 10
		if at == 0 {
			score += 20
		}
		if end := at + 1 + len(word); d.text[end] == ' ' {
			score += 15
		}
	}
	if d.item.Favourite {
		score += 5
	}
	return score*16 - len(d.text), true
}

// ranking keeps the best few of many.
type ranking struct {
	limit  int
	x      *index
	seen   stamps
	docs   []int32
	scores []int
}

func (r *ranking) offer(doc int32, score int) {
	r.seen.mark(doc)
	item := r.x.docs[doc].item
	if item == nil || !item.Active || slices.Contains(r.docs, doc) {
		return
	}
	if len(r.docs) == r.limit && score <= r.scores[len(r.scores)-1] {
		return
	}
	at := sort.Search(len(r.scores), func(i int) bool { return r.scores[i] < score })
	r.docs = slices.Insert(r.docs, at, doc)
	r.scores = slices.Insert(r.scores, at, score)
	if len(r.docs) > r.limit {
		r.docs, r.scores = r.docs[:r.limit], r.scores[:r.limit]
	}
}

// stamps remembers which documents were looked at in this search, without
// clearing a hundred thousand marks before each.
type stamps struct {
	round uint32
	marks []uint32
}

func (s stamps) done(doc int32) bool { return s.marks[doc] == s.round }
func (s stamps) mark(doc int32)      { s.marks[doc] = s.round }
