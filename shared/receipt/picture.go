package receipt

import (
	"image"
	"image/draw"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"souk/shared/glyph"
)

// The white edge round the paper in a picture, and how tall codes stand.
const (
	pictureEdge = 24
	barTall     = 72
	qrModule    = 5
)

// Picture is the paper as a printer with a logo (a PNG, or nothing) leaves it, dot
// for dot: the same lines in the same columns, and the logo in the same dots.
func Picture(doc Document, printer Printer, logo []byte) *image.Gray {
	printer.Columns = doc.Design.Columns(printer.Columns)
	return printer.picture(doc.onPaper(printer), dither(logo, printer, doc.Design.LogoSize))
}

func (p Printer) picture(what print, head *image.Gray) *image.Gray {
	columns := p.columns()
	blocks := make([]block, 0, len(what.lines)+1)
	if head != nil {
		blocks = append(blocks, block{tall: head.Rect.Dy(), paint: func(paper *image.Gray, y int) { centre(paper, head, y) }})
	}
	for _, line := range what.lines {
		blocks = append(blocks, line.block(columns, what.mirror))
	}
	tall := 2 * pictureEdge
	for _, b := range blocks {
		tall += b.tall
	}
	paper := glyph.NewPaper(dots(columns)+2*pictureEdge, tall)
	inner := &image.Gray{Pix: paper.Pix[pictureEdge:], Stride: paper.Stride, Rect: image.Rect(0, 0, dots(columns), tall)}
	y := pictureEdge
	for _, b := range blocks {
		b.paint(inner, y)
		y += b.tall
	}
	return paper
}

// block is a piece of the paper, as tall as it is.
type block struct {
	tall  int
	paint func(paper *image.Gray, y int)
}

func (l TextLine) block(columns int, mirror bool) block {
	var code *image.Gray
	switch l.Kind {
	case LineBarcode:
		code = bars(l.Text)
	case LineQR:
		code = squares(l.Text)
	case LineNormal, LineBold, LineBig, LineCenter, LineRight:
	}
	if code == nil {
		return block{l.size() * lineTall, func(paper *image.Gray, y int) { l.draw(paper, y, columns, mirror) }}
	}
	if l.Kind == LineQR {
		return block{code.Rect.Dy() + lineTall, func(paper *image.Gray, y int) { centre(paper, code, y) }}
	}
	return block{barTall + lineTall, func(paper *image.Gray, y int) {
		centre(paper, code, y)
		TextLine{LineCenter, l.Text}.draw(paper, y+barTall, columns, mirror)
	}}
}

func centre(paper, what *image.Gray, y int) {
	at := image.Pt((paper.Rect.Dx()-what.Rect.Dx())/2, y)
	draw.Draw(paper, what.Rect.Add(at), what, image.Point{}, draw.Src)
}

func bars(text string) *image.Gray {
	code, err := code128.Encode(text)
	if err != nil {
		return nil
	}
	return enlarged(code, 2, barTall)
}

func squares(text string) *image.Gray {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil
	}
	return enlarged(code, qrModule, qrModule)
}

// enlarged gives every module of a code so many dots.
func enlarged(code barcode.Barcode, across, down int) *image.Gray {
	size := code.Bounds()
	out := glyph.NewPaper(size.Dx()*across, size.Dy()*down)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			if shade, _, _, _ := code.At(x/across, y/down).RGBA(); shade == 0 {
				out.Pix[y*out.Stride+x] = 0
			}
		}
	}
	return out
}
