package pdf

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	scaled "golang.org/x/image/draw"

	"souk/shared/glyph"
)

// screen is what the first page looks like.
type screen struct {
	paper *image.Gray
	dots  Length // of a millimetre
	grey  bool
	pages int
}

// Show has the first page drawn too, with so many dots for each millimetre. It is
// called before the first page is begun; Screen gives the picture.
func (d *Document) Show(dots Length) {
	width, height := d.file.GetPageSize()
	paper := image.NewGray(image.Rect(0, 0, int(Length(width)*dots), int(Length(height)*dots)))
	draw.Draw(paper, paper.Rect, image.White, image.Point{}, draw.Src)
	d.screen = &screen{paper: paper, dots: dots}
}

// Screen is the first page as it looks, once it is drawn: nil unless Show was called.
func (d *Document) Screen() *image.Gray {
	if d.screen == nil {
		return nil
	}
	return d.screen.paper
}

// drawing is the screen while the first page is drawn.
func (d *Document) drawing() *screen {
	if d.screen == nil || d.screen.pages != 1 {
		return nil
	}
	return d.screen
}

func (s *screen) write(x, y float64, visual string, style Style) {
	face := map[Face]glyph.Face{Sans: glyph.Sans, Mono: glyph.Mono}[style.Face]
	if style.Bold {
		face++ // the bold face follows its plain one
	}
	ink := color.Gray{}
	if s.grey {
		ink.Y = 100
	}
	brush := glyph.Brush{On: s.paper, Face: face, Size: float64(style.Size*s.dots) * 25.4 / 72, Ink: ink}
	brush.Write(x*float64(s.dots), y*float64(s.dots), visual)
}

func (s *screen) at(l Length) int { return int(math.Round(float64(l * s.dots))) }

// fill blackens a box.
func (s *screen) fill(b Box) {
	area := image.Rect(s.at(b.X), s.at(b.Y), s.at(b.X+b.Width), max(s.at(b.Y)+1, s.at(b.Y+b.Height)))
	draw.Draw(s.paper, area, image.Black, image.Point{}, draw.Src)
}

func (s *screen) picture(b Box, of image.Image) {
	area := image.Rect(s.at(b.X), s.at(b.Y), s.at(b.X+b.Width), s.at(b.Y+b.Height))
	scaled.CatmullRom.Scale(s.paper, area, of, of.Bounds(), scaled.Over, nil)
}
