package glyph

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// Visual puts a text in the order and the forms in which its letters stand on
// paper, from left to right: a page knows neither direction nor joining. Vowel
// signs of Arabic are left out, as they usually are in print.
func Visual(text string) string {
	text = shape(plain(text))
	var paragraph bidi.Paragraph
	if _, err := paragraph.SetString(text); err != nil {
		return text
	}
	order, err := paragraph.Order()
	if err != nil || (order.NumRuns() == 1 && order.Direction() == bidi.LeftToRight) {
		return text
	}
	runs := make([]run, order.NumRuns())
	for i := range runs {
		from := order.Run(i)
		runs[i] = run{from.String(), from.Direction() == bidi.RightToLeft}
	}
	return arrange(runs, startsRight(text))
}

// run is a part of a line that has one direction.
type run struct {
	text  string
	right bool
}

// arrange puts runs side by side.
func arrange(runs []run, fromRight bool) string {
	for at := range runs {
		if runs[at].right {
			runs[at].text = bidi.ReverseString(runs[at].text)
		}
	}
	if fromRight {
		slices.Reverse(runs)
	} else {
		turnPhrases(runs)
	}
	var line strings.Builder
	for _, r := range runs {
		line.WriteString(r.text)
	}
	return line.String()
}

// turnPhrases turns what is Arabic within a Latin line, the figures that follow
// Arabic included.
func turnPhrases(runs []run) {
	for at := 0; at < len(runs); at++ {
		if !runs[at].right {
			continue
		}
		end := at + 1
		for end < len(runs) && (runs[end].right || isFigure(runs[end].text)) {
			end++
		}
		slices.Reverse(runs[at:end])
		at = end
	}
}

func isFigure(text string) bool {
	return strings.ContainsFunc(text, unicode.IsDigit) && !strings.ContainsFunc(text, unicode.IsLetter)
}

// startsRight says whether the first letter of a text is written from the right.
func startsRight(text string) bool {
	for _, r := range text {
		properties, _ := bidi.LookupRune(r)
		switch properties.Class() {
		case bidi.R, bidi.AL:
			return true
		case bidi.L:
			return false
		default:
		}
	}
	return false
}

// plain leaves out what only steers the direction and what the letters do not have.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > 0xffff:
			return Missing // the tables of the PDF library end there
		case unicode.IsControl(r) || r == '\u00a0' || r == '\u202f' || r == '\u2009':
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Arabic, unicode.Inherited):
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "?")))
}

// letter is where the forms of an Arabic letter begin: alone and final, and, if it
// joins the next one too, initial and medial.
type letter struct {
	first  rune
	onward bool
}

var letters = arabicLetters()

func arabicLetters() map[rune]letter {
	found := map[rune]letter{
		0x67e: {0xfb56, true}, 0x686: {0xfb7a, true}, 0x698: {0xfb8a, false}, 0x6a9: {0xfb8e, true}, 0x6af: {0xfb92, true},
		0x6cc: {0xfbfc, true},
	}
	// From hamza to yeh Unicode has the forms in the letters' own order.
	at := rune(0xfe81)
	for r := rune(0x622); r <= 0x64a; r++ {
		if r > 0x63a && r < 0x641 {
			continue
		}
		onward := !strings.ContainsRune("آأؤإاةدذرزوى", r)
		found[r] = letter{at, onward}
		at += 2
		if onward {
			at += 2
		}
	}
	return found
}

// lamAlefs are the ligatures of lam with the four kinds of alef.
var lamAlefs = map[rune]rune{0x622: 0xfef5, 0x623: 0xfef7, 0x625: 0xfef9, 0x627: 0xfefb}

const (
	lam     = 0x644
	tatweel = 0x640
)

// shape gives every Arabic letter the form that its neighbours ask for.
func shape(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
		return text
	}
	runes := []rune(text)
	out := make([]rune, 0, len(runes))
	joined := false // whether the letter before reaches out to this one
	for at := 0; at < len(runes); at++ {
		r := runes[at]
		next := rune(0)
		if at+1 < len(runes) {
			next = runes[at+1]
		}
		if ligature, ok := lamAlefs[next]; ok && r == lam {
			out = append(out, form(ligature, joined, false))
			joined = false
			at++
			continue
		}
		is, ok := letters[r]
		if !ok {
			out, joined = append(out, r), r == tatweel
			continue
		}
		_, nextJoins := letters[next]
		reaches := is.onward && (nextJoins || next == tatweel)
		out, joined = append(out, form(is.first, joined, reaches)), reaches
	}
	return string(out)
}

func form(first rune, joined, reaches bool) rune {
	if joined {
		first++
	}
	if reaches {
		first += 2
	}
	return first
}
