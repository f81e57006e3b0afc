// Package glyph has the letters that the program prints with: DejaVu's files, the
// order and the forms in which a text's letters stand on paper, and a pen that
// draws them in cells of one width, as a receipt printer does. Latin, Greek,
// Cyrillic, Hebrew and Arabic are there; the scripts of India and East Asia are
// not, and Lacks says so.
package glyph

import (
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/width"
)

var (
	//go:embed fonts/DejaVuSans.ttf
	sans []byte
	//go:embed fonts/DejaVuSans-Bold.ttf
	sansBold []byte
	//go:embed fonts/DejaVuSansMono.ttf
	mono []byte
	//go:embed fonts/DejaVuSansMono-Bold.ttf
	monoBold []byte
)

// Missing stands for a letter that cannot be drawn.
const Missing = '\u25a1'

// Face is one set of letters.
type Face int

// The faces. The letters of Mono and MonoBold are all equally wide.
const (
	Sans Face = iota
	SansBold
	Mono
	MonoBold
)

// File is the face as a TrueType file, which is not to be written to.
func (f Face) File() []byte { return [...][]byte{sans, sansBold, mono, monoBold}[f] }

// spare is the face that has more letters.
func (f Face) spare() Face {
	if f == MonoBold || f == SansBold {
		return SansBold
	}
	return Sans
}

var parsed = sync.OnceValue(func() [4]*sfnt.Font {
	var fonts [4]*sfnt.Font
	for f := Sans; f <= MonoBold; f++ {
		read, err := opentype.Parse(f.File())
		if err != nil {
			panic(err) // the file is part of the program
		}
		fonts[f] = read
	}
	return fonts
})

// Has says whether the face has a letter.
func (f Face) Has(r rune) bool {
	var buffer sfnt.Buffer
	at, err := parsed()[f].GlyphIndex(&buffer, r)
	return err == nil && at != 0
}

// Lacks gives the letters of a text that cannot be drawn, each once.
func Lacks(text string) string {
	var out strings.Builder
	for _, r := range plain(text) {
		if r == Missing && !strings.ContainsRune(text, Missing) {
			continue
		}
		if !Mono.Has(r) && !Sans.Has(r) && !strings.ContainsRune(out.String(), r) {
			out.WriteRune(r)
		}
	}
	for _, r := range text {
		if r > 0xffff && !strings.ContainsRune(out.String(), r) {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// NewPaper is white paper.
func NewPaper(width, height int) *image.Gray {
	paper := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(paper, paper.Rect, image.White, image.Point{}, draw.Src)
	return paper
}

// Pen writes in cells: each letter has one, a wide letter of East Asia two. Cell
// is their width in dots.
type Pen struct {
	On   *image.Gray
	Face Face
	Cell int
}

// wide is the width of a letter of Mono, of its size.
const wide = 0.602

func cells(r rune) int {
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

// Width is how many dots a text takes.
func (p Pen) Width(text string) int {
	n := 0
	for _, r := range Visual(text) {
		n += cells(r) * p.Cell
	}
	return n
}

// Write writes a text from x on, on the base line y, in black without shades.
func (p Pen) Write(x, y int, text string) {
	faces := map[Face]font.Face{}
	for _, r := range Visual(text) {
		room := cells(r) * p.Cell
		switch {
		case r == ' ':
		case p.Face.Has(r):
			p.letter(face(faces, p.Face, float64(p.Cell)/wide), r, fixed.P(x, y))
		case p.Face.spare().Has(r):
			p.squeezed(r, x, y, room)
		default:
			p.box(x, y, max(room, p.Cell))
		}
		x += room
	}
}

func face(kept map[Face]font.Face, f Face, size float64) font.Face {
	if kept[f] == nil {
		made, err := opentype.NewFace(parsed()[f], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			panic(err) // only a size that is no number fails
		}
		kept[f] = made
	}
	return kept[f]
}

// Dots with less than this much ink stay white: a printer has no grey.
const leastInk = 100

func (p Pen) letter(with font.Face, r rune, at fixed.Point26_6) {
	area, mask, from, _, ok := with.Glyph(at, r)
	if !ok {
		return
	}
	area = area.Intersect(p.On.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			_, _, _, ink := mask.At(from.X+x-area.Min.X, from.Y+y-area.Min.Y).RGBA()
			if ink>>8 >= leastInk {
				p.On.SetGray(x, y, color.Gray{})
			}
		}
	}
}

// squeezed writes a letter of the spare face, made smaller if its cell is narrower.
func (p Pen) squeezed(r rune, x, y, room int) {
	size := float64(p.Cell) / wide
	with := face(map[Face]font.Face{}, p.Face.spare(), size)
	advance, _ := with.GlyphAdvance(r)
	if is := advance.Ceil(); room > 0 && is > room {
		with = face(map[Face]font.Face{}, p.Face.spare(), size*float64(room)/float64(is))
		advance, _ = with.GlyphAdvance(r)
	}
	p.letter(with, r, fixed.P(x+max(0, room-advance.Round())/2, y))
}

// box stands for a letter that no face has.
func (p Pen) box(x, y, room int) {
	tall := p.Cell * 4 / 3
	for dx := 1; dx < room-1; dx++ {
		p.On.SetGray(x+dx, y, color.Gray{})
		p.On.SetGray(x+dx, y-tall, color.Gray{})
	}
	for dy := range tall {
		p.On.SetGray(x+1, y-dy, color.Gray{})
		p.On.SetGray(x+room-2, y-dy, color.Gray{})
	}
}
