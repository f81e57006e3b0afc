package receipt

import (
	"bytes"
	"image"
	"image/png"

	"souk/shared/glyph"
)

// A logo's width is counted in eighths of the paper's, and it is at most 25 mm
// tall: dots are an eighth of a millimetre. mostPixels is how large its file may
// claim to be.
const (
	logoShare  = 8
	logoHeight = 200
	mostPixels = 4 << 20
)

// Eighths is how much of the paper's width a logo may have.
func (s LogoSize) Eighths() int {
	switch s {
	case LogoSmall:
		return 3
	case LogoLarge:
		return 8
	case LogoNone:
		return 0
	case LogoMedium:
	}
	return 5
}

// Raster turns a PNG into the commands that print it at the head of a receipt on
// this paper: made smaller to fit the size, never larger, in black dots whose
// density is how dark it is. Nothing comes of what is no picture.
func Raster(content []byte, printer Printer, size LogoSize) []byte {
	paper := dither(content, printer, size)
	if paper == nil {
		return nil
	}
	return dotsOf(paper)
}

func dither(content []byte, printer Printer, size LogoSize) *image.Gray {
	said, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil || size == LogoNone || said.Width < 1 || said.Height < 1 || said.Width > mostPixels/said.Height {
		return nil
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	width, height := fitting(said.Width, said.Height, dots(printer.columns())*size.Eighths()/logoShare)
	return scattered(shrink(picture, width, height), width, height)
}

func fitting(width, height, most int) (int, int) {
	if width > most {
		width, height = most, height*most/width
	}
	if height > logoHeight {
		width, height = width*logoHeight/height, logoHeight
	}
	return max(width, 1), max(height, 1)
}

// shrink gives a smaller picture's brightness, row by row: 0 is black and 255
// white. Every dot is the mean of what it covers, on white paper.
func shrink(picture image.Image, width, height int) []int {
	from := picture.Bounds()
	shades := make([]int, width*height)
	for y := range height {
		top, bottom := y*from.Dy()/height, max((y+1)*from.Dy()/height, y*from.Dy()/height+1)
		for x := range width {
			left, right := x*from.Dx()/width, max((x+1)*from.Dx()/width, x*from.Dx()/width+1)
			area := image.Rect(left, top, right, bottom).Add(from.Min)
			shades[y*width+x] = mean(picture, area)
		}
	}
	return shades
}

func mean(picture image.Image, area image.Rectangle) int {
	sum := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, a := picture.At(x, y).RGBA() // of 65535, already dimmed by a
			sum += (299*int(r)+587*int(g)+114*int(b))/1000 + 0xffff - int(a)
		}
	}
	return sum / (area.Dx() * area.Dy()) * 255 / 0xffff
}

// scattered turns shades into dots, each one's error handed on to its neighbours
// as Floyd and Steinberg do.
func scattered(shades []int, width, height int) *image.Gray {
	out := glyph.NewPaper(width, height)
	for y := range height {
		for x := range width {
			is := shades[y*width+x]
			shown := 255
			if is < 128 {
				shown = 0
				out.Pix[y*out.Stride+x] = 0
			}
			for _, to := range [...]struct{ x, y, part int }{{x + 1, y, 7}, {x - 1, y + 1, 3}, {x, y + 1, 5}, {x + 1, y + 1, 1}} {
				if to.x >= 0 && to.x < width && to.y < height {
					shades[to.y*width+to.x] += (is - shown) * to.part / 16
				}
			}
		}
	}
	return out
}
