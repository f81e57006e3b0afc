package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not take apart into a base and an accent.
var letters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i",
)

// Fold brings text to the form in which it is compared: small letters without
// accents, and one form for characters that only look different (full-width
// letters, ligatures).
func Fold(text string) string {
	text = norm.NFKD.String(strings.ToLower(text))
	return letters.Replace(strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036f {
			return -1
		}
		return r
	}, text))
}

// split cuts folded text into runs of letters, digits and the marks that other
// scripts write vowels with.
func split(text string) []string {
	return strings.FieldsFunc(Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

// longest is how much of a word is kept; nobody types more to find something.
const longest = 40

// Words gives the different words of the texts, sorted, as they are stored.
// Scripts that put no blanks between words also get the rest of a run from each
// of its letters on, so that a word in its middle is found.
func Words(texts ...string) []string {
	var words []string
	for _, text := range texts {
		for _, run := range split(text) {
			words = append(words, short(run))
			runes := []rune(run)
			for i := 1; i < len(runes) && i < longest; i++ {
				if unbroken(runes[i]) {
					words = append(words, short(string(runes[i:])))
				}
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func unbroken(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func short(word string) string {
	if runes := []rune(word); len(runes) > longest {
		return string(runes[:longest])
	}
	return word
}
