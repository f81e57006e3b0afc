package glyph

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArabicStandsAsItIsRead(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"latin":            {"Total 12.50", "Total 12.50"},
		"joined":           {"بيت", "\ufe96\ufef4\ufe91"},
		"alef ends a word": {"باب", "\ufe8f\ufe8e\ufe91"},
		"lam and alef":     {"لا", "\ufefb"},
		"joined lam alef":  {"سلام", "\ufee1\ufefc\ufeb3"},
		"figures stay":     {"بيت 12.50", "12.50 \ufe96\ufef4\ufe91"},
		"vowels go":        {"بَيْت", "\ufe96\ufef4\ufe91"},
		"in latin":         {"Box بيت 2", "Box 2 \ufe96\ufef4\ufe91"},
		"brackets turn":    {"(بيت)", "(\ufe96\ufef4\ufe91)"},
		"persian":          {"گچ", "\ufb7b\ufb94"},
	} {
		require.Equal(t, c.want, Visual(c.in), name)
	}
}

func TestWhatTheLettersHave(t *testing.T) {
	for text, lacks := range map[string]string{
		"Größe «Été» Жя Ωω €": "", "حليب كامل الدسم": "", "\u2068بَيْت\u2069": "", "שלום": "",
		"牛乳 Milk 牛": "牛乳", "කිරි": "ක\u0dd2ර", "பால்": "ப\u0bbeல\u0bcd", "🍕": "🍕",
	} {
		require.Equal(t, lacks, Lacks(text), text)
	}
}

func black(of *image.Gray, area image.Rectangle) int {
	n := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if of.GrayAt(x, y).Y < 128 {
				n++
			}
		}
	}
	return n
}

func TestCellsKeepTheirColumns(t *testing.T) {
	paper := NewPaper(120, 30)
	pen := Pen{On: paper, Face: Mono, Cell: 12}
	require.Equal(t, 60, pen.Width("12.50"))
	pen.Write(0, 22, "a")
	pen.Write(60, 22, "牛")
	require.Positive(t, black(paper, image.Rect(0, 0, 12, 30)))
	require.Zero(t, black(paper, image.Rect(12, 0, 60, 30)))
	require.Positive(t, black(paper, image.Rect(60, 0, 84, 30)), "a letter that no face has is a box")
	require.Zero(t, black(paper, image.Rect(84, 0, 120, 30)))
	require.Equal(t, 36, pen.Width("سلام"), "lam and alef are one")
}
