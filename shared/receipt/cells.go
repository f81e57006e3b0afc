package receipt

import (
	"image"
	"strings"

	"souk/shared/glyph"
)

// A character of font A is 12 dots wide and 24 tall; lines are 30 apart. Its feet
// stand on the 22nd.
const (
	cellWidth = 12
	lineTall  = 30
	lineFoot  = 22
)

// cell is a part of a line and the column that it begins at.
type cell struct {
	at   int
	text string
}

// isolates are the signs between which the layout puts what has its own direction.
func isolates(r rune) bool { return r == '\u2068' || r == '\u2069' }

// half is the column count of the line's own letters, of which large ones are
// twice as wide.
func (l TextLine) half(columns int) int {
	if l.Kind == LineBig {
		return columns / 2
	}
	return columns
}

// cells are the parts of a line where they stand on the paper, counted from the
// left in the line's own letters.
func (l TextLine) cells(columns int, mirror bool) []cell {
	columns = l.half(columns)
	at, used := 0, columnsOf(l.Text)
	switch l.Kind {
	case LineCenter, LineBig:
		at = max(0, columns-used) / 2
		if mirror {
			at = max(0, columns-used) - at // an odd column stays on the side where a printer leaves it
		}
	case LineRight:
		at = max(0, columns-used)
	case LineNormal, LineBold, LineBarcode, LineQR:
	}
	var parts []cell
	for _, part := range strings.FieldsFunc(l.Text, isolates) {
		text := strings.TrimLeft(part, " ")
		at += len(part) - len(text)
		if text = strings.TrimRight(text, " "); text != "" {
			from := at
			if mirror {
				from = columns - at - columnsOf(text)
			}
			parts = append(parts, cell{from, text})
		}
		at += columnsOf(strings.TrimLeft(part, " "))
	}
	return parts
}

// turned is a line without the isolates, its parts turned round on paper that is
// read from the right. Only lines of plain letters can be turned so.
func (l TextLine) turned(columns int, mirror bool) string {
	plain := strings.Map(func(r rune) rune {
		if isolates(r) {
			return -1
		}
		return r
	}, l.Text)
	if !mirror || l.Kind == LineCenter || l.Kind == LineRight {
		return plain
	}
	room := l.half(columns)
	if l.Kind == LineBig {
		room = columnsOf(plain)
	}
	row := []rune(strings.Repeat(" ", room))
	for _, c := range (TextLine{LineNormal, l.Text}).cells(room, true) {
		copy(row[max(0, c.at):], []rune(c.text))
	}
	if l.Kind == LineBig {
		return string(row)
	}
	return strings.TrimRight(string(row), " ")
}

// draw writes the line's letters on paper, y its upper edge.
func (l TextLine) draw(paper *image.Gray, y, columns int, mirror bool) {
	size := l.size()
	pen := glyph.Pen{On: paper, Face: glyph.Mono, Cell: size * cellWidth}
	if l.Kind == LineBold || l.Kind == LineBig {
		pen.Face = glyph.MonoBold
	}
	for _, c := range l.cells(columns, mirror) {
		x := c.at * pen.Cell
		if mirror || (l.Kind == LineRight && startsRight(c.text)) {
			// Letters that join are narrower than their columns, and end where they would.
			x += columnsOf(c.text)*pen.Cell - pen.Width(c.text)
		}
		pen.Write(x, y+size*lineFoot, c.text)
	}
}

func (l TextLine) size() int {
	if l.Kind == LineBig {
		return 2
	}
	return 1
}

// drawn prints a line as a picture as wide as the paper.
func drawn(line TextLine, columns int, mirror bool) []byte {
	paper := glyph.NewPaper(dots(columns), line.size()*lineTall)
	line.draw(paper, 0, columns, mirror)
	return dotsOf(paper)
}

// dotsOf prints black and white paper with GS v 0.
func dotsOf(paper *image.Gray) []byte {
	width, height := paper.Rect.Dx(), paper.Rect.Dy()
	row := (width + 7) / 8
	out := []byte{0x1d, 'v', '0', 0, byte(row), byte(row >> 8), byte(height), byte(height >> 8)}
	head := len(out)
	out = append(out, make([]byte, row*height)...)
	for y := range height {
		for x := range width {
			if paper.Pix[y*paper.Stride+x] < 128 {
				out[head+y*row+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return out
}

// Lacking gives the letters of a document, each once, that neither a printer's
// code page nor the letters that lines are drawn with have: they are boxes.
func Lacking(doc Document, printer Printer) string {
	var text strings.Builder
	page := printer.CodePage.table()
	for _, line := range doc.onPaper(printer).lines {
		if line.Kind != LineBarcode && line.Kind != LineQR && !page.holds(line.Text) {
			text.WriteString(line.Text)
		}
	}
	return glyph.Lacks(text.String())
}
