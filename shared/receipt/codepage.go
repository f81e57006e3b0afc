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

// substitutes are what stands for letters that do not decompose into a plain
// letter and a mark.
var substitutes = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ı': "i", '€': "EUR", '£': "GBP", '¥': "YEN",
	'×': "x", '‘': "'", '’': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '«': `"`, '»': `"`, '–': "-", '—': "-",
	'‐': "-", '‑': "-", '−': "-", '…': "...", '•': "*", '\u00a0': " ", '\u202f': " ", '\u2009': " ", '™': "TM",
	'®': "(R)", '©': "(C)", '№': "No.", '½': "1/2", '¼': "1/4", '¾': "3/4",
}

// fit replaces what the page cannot print: a letter with a mark by the plain
// letter, a sign by its spelling, anything else by a question mark.
func (t table) fit(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(clean(text)) {
		out.WriteString(t.print(r))
	}
	return out.String()
}

func (t table) print(r rune) string {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return "" // printers give these a column of their own, the layout gives them none
	}
	if b, ok := t.chars.EncodeRune(r); ok && b >= ' ' {
		return string(r)
	}
	if s, ok := substitutes[r]; ok {
		return s
	}
	var plain strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if b, ok := t.chars.EncodeRune(part); ok && b >= ' ' && !unicode.Is(unicode.Mn, part) {
			plain.WriteRune(part)
		}
	}
	if plain.Len() == 0 {
		return "?"
	}
	return plain.String()
}

// encode turns text that was fitted into bytes.
func (t table) encode(text string) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := t.chars.EncodeRune(r)
		if !ok {
			b = '?'
		}
		out = append(out, b)
	}
	return out
}
