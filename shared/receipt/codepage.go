package receipt

import (
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// CodePage names a character table of the printer.
type CodePage string

// DefaultCodePage is Western European with the euro sign, which practically
// every receipt printer has.
const DefaultCodePage CodePage = "cp858"

// table is a code page: its number for ESC t (Epson's) and what is in it.
type table struct {
	number byte
	chars  *charmap.Charmap
}

var tables = map[CodePage]table{
	"cp437": {0, charmap.CodePage437}, "cp850": {2, charmap.CodePage850}, "cp860": {3, charmap.CodePage860},
	"cp863": {4, charmap.CodePage863}, "cp865": {5, charmap.CodePage865}, "cp1252": {16, charmap.Windows1252},
	"cp866": {17, charmap.CodePage866}, "cp852": {18, charmap.CodePage852}, "cp858": {19, charmap.CodePage858},
	"cp855": {34, charmap.CodePage855}, "cp862": {36, charmap.CodePage862}, "cp1250": {45, charmap.Windows1250},
	"cp1251": {46, charmap.Windows1251}, "cp1253": {47, charmap.Windows1253}, "cp1254": {48, charmap.Windows1254},
	"cp1255": {49, charmap.Windows1255}, "cp1256": {50, charmap.Windows1256}, "cp1257": {51, charmap.Windows1257},
}

func (c CodePage) table() table {
	if t, ok := tables[c]; ok {
		return t
	}
	return tables[DefaultCodePage]
}

// Known says whether the page is one that can be selected.
func (c CodePage) Known() bool {
	_, ok := tables[c]
	return ok
}

// substitutes are how signs are spelt that a page lacks.
var substitutes = map[rune]string{
	'€': "EUR", '£': "GBP", '¥': "YEN", '×': "x", '‘': "'", '’': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '«': `"`,
	'»': `"`, '–': "-", '—': "-", '‐': "-", '‑': "-", '−': "-", '…': "...", '•': "*", '\u00a0': " ", '\u202f': " ",
	'\u2009': " ", '™': "TM", '®': "(R)", '©': "(C)", '№': "No.", '½': "1/2", '¼': "1/4", '¾': "3/4",
}

// fit spells the signs that the page lacks, and leaves out what only steers the
// direction. Letters stay: a line with one that the page lacks is drawn.
func (t table) fit(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(clean(text)) {
		spelt, known := substitutes[r]
		switch {
		case unicode.Is(unicode.Cf, r):
		case known && !t.has(r):
			out.WriteString(spelt)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// has says whether the printer can print a letter as a character. Arabic and
// Hebrew never count: even where the page has the letters, the printer neither
// joins them nor turns their direction.
func (t table) has(r rune) bool {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || isRight(r) {
		return false
	}
	b, ok := t.chars.EncodeRune(r)
	return ok && b >= ' ' && b != 0x7f
}

// holds says whether a line can be printed as characters.
func (t table) holds(text string) bool {
	for _, r := range text {
		if !isolates(r) && !t.has(r) {
			return false
		}
	}
	return true
}

// only leaves out the letters that the page lacks.
func (t table) only(text string) string {
	return strings.Map(func(r rune) rune {
		if t.has(r) {
			return r
		}
		return -1
	}, text)
}

// encode turns text that the page holds into bytes.
func (t table) encode(text string) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if b, ok := t.chars.EncodeRune(r); ok {
			out = append(out, b)
		}
	}
	return out
}
