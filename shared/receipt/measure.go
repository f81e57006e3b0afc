package receipt

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Columns is how wide a text of the layout is, in characters of the paper.
func Columns(text string) int { return columnsOf(text) }

// columnsOf is how many columns a text takes: two for wide characters of East
// Asia, none for marks that combine with the letter before and for characters
// that only steer direction, one for all others.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// wrap breaks text into lines of at most columns, between words where it can.
// Empty text is no line. Below two columns a wide character would never fit.
func wrap(text string, columns int) []string {
	columns = max(columns, 2)
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		need := columnsOf(word)
		if used > 0 && used+1+need <= columns {
			line, used = line+" "+word, used+1+need
			continue
		}
		if used > 0 {
			lines = append(lines, line)
		}
		for need > columns {
			var head string
			head, word = cut(word, columns)
			lines = append(lines, head)
			need = columnsOf(word)
		}
		line, used = word, need
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut divides a word that is wider than columns, never between a letter and its
// marks.
func cut(word string, columns int) (head, tail string) {
	used := 0
	for at, r := range word {
		used += runeColumns(r)
		if used > columns {
			return word[:at], word[at:]
		}
	}
	return word, ""
}

// clean makes text one printable line: a name may not contain a printer command.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}
