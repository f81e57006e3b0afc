package receipt

import (
	"fmt"
	"strings"
)

// Printer is what the layout must know of a receipt printer: Columns is 32 (58
// mm paper), 42 or 48 (80 mm). Logo is what Raster made for it, and is printed at
// the head of receipts.
type Printer struct {
	Columns  int      `json:"columns"`
	CodePage CodePage `json:"code_page"`
	Logo     []byte   `json:"-"`
}

const (
	narrowColumns  = 32
	defaultColumns = 42
)

func (p Printer) columns() int {
	switch p.Columns {
	case 32, 42, 48:
		return p.Columns
	}
	return defaultColumns
}

// dots is how wide the paper is in dots: a character of font A is 12.
func dots(columns int) int { return columns * 12 }

// Commands of ESC/POS, as in Epson's command reference.
var (
	initialize  = []byte{0x1b, '@'}
	cancelKanji = []byte{0x1c, '.'} // printers for Asia read bytes over 127 as halves of Kanji until told not to
	feedAndCut  = []byte{0x1b, 'd', 3, 0x1d, 'V', 66, 0}
	barcodeSet  = []byte{0x1d, 'h', 72, 0x1d, 'w', 2, 0x1d, 'H', 2}
)

// ESCPOS renders the document for a printer: set up, code page, logo, the lines of
// Text, feed and cut. A line with letters that the code page lacks is printed as a
// picture of it, of the same columns; Lacking says which letters that cannot show
// either. It does not open the drawer: see DrawerPulse.
func ESCPOS(doc Document, printer Printer) []byte {
	printer.Columns = doc.Design.Columns(printer.Columns)
	if doc.Design.LogoSize == LogoNone {
		printer.Logo = nil
	}
	return printer.render(printer.Logo, doc.onPaper(printer))
}

// print is what a printer prints, line by line.
type print struct {
	lines  []TextLine
	mirror bool
}

func (d *Document) onPaper(printer Printer) print {
	p := newSheet(*d, printer.columns(), printer.CodePage.table().fit)
	return print{p.layOut(*d), p.mirror}
}

func (p Printer) render(logo []byte, what print) []byte {
	out := append([]byte{}, initialize...)
	out = append(out, cancelKanji...)
	out = append(out, 0x1b, 't', p.CodePage.table().number)
	if len(logo) > 0 {
		out = aligned(out, 1, logo)
	}
	for _, line := range what.lines {
		out = p.line(out, line, what.mirror)
	}
	return append(out, feedAndCut...)
}

// line prints one line: as characters if the page has them all, else drawn.
func (p Printer) line(out []byte, line TextLine, mirror bool) []byte {
	page := p.CodePage.table()
	switch {
	case line.Kind == LineBarcode:
		return aligned(out, 1, barCode(line.Text))
	case line.Kind == LineQR:
		return aligned(out, 1, append(qrCode(line.Text), '\n'))
	case !page.holds(line.Text):
		return append(out, drawn(line, p.columns(), mirror)...)
	}
	text := page.encode(line.turned(p.columns(), mirror))
	switch {
	case line.Kind == LineBig:
		return aligned(out, 1, styled(text, 0x1d, '!', 0x11))
	case line.Kind == LineBold:
		return append(out, styled(text, 0x1b, 'E', 1)...)
	case line.Kind == LineCenter:
		return aligned(out, 1, append(text, '\n'))
	case line.Kind == LineRight && !mirror:
		return aligned(out, 2, append(text, '\n'))
	}
	return append(append(out, text...), '\n')
}

// aligned prints content in the centre (1) or to the right (2).
func aligned(out []byte, alignment byte, content []byte) []byte {
	out = append(out, 0x1b, 'a', alignment)
	out = append(out, content...)
	return append(out, 0x1b, 'a', 0)
}

// styled prints one line with a two-byte style command on, then off again.
func styled(text []byte, escape, command, on byte) []byte {
	out := append([]byte{escape, command, on}, text...)
	return append(out, '\n', escape, command, 0)
}

// barcodeFits says whether text can be a Code 128 on this paper: 11 modules of
// two dots for each character, start, check and stop, and ten of margin on
// either side.
func barcodeFits(text string, columns int) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	modules := 11*(len(text)+2) + 13 + 20
	return text != "" && modules*2 <= dots(columns)
}

// barCode prints text as Code 128 in set B, in which a brace is written twice.
func barCode(text string) []byte {
	payload := "{B" + strings.ReplaceAll(text, "{", "{{")
	out := append([]byte{}, barcodeSet...)
	out = append(out, 0x1d, 'k', 73, byte(len(payload)))
	return append(out, payload...)
}

// qrCode prints text as a QR code, model 2, error correction M, five dots a module.
func qrCode(text string) []byte {
	store := len(text) + 3
	out := []byte{
		0x1d, '(', 'k', 4, 0, 49, 65, 50, 0,
		0x1d, '(', 'k', 3, 0, 49, 67, 5,
		0x1d, '(', 'k', 3, 0, 49, 69, 49,
		0x1d, '(', 'k', byte(store), byte(store >> 8), 49, 80, 48,
	}
	out = append(out, text...)
	return append(out, 0x1d, '(', 'k', 3, 0, 49, 81, 48)
}

// DrawerPulse opens the cash drawer on the connector's pin 2 or 5 (any other
// number is 2) with a pulse of 100 ms.
func DrawerPulse(pin int) []byte {
	connector := byte(0)
	if pin == 5 {
		connector = 1
	}
	return []byte{0x1b, 'p', connector, 50, 250}
}

// TestPage shows whether a printer is set up right: the ruler must fill the
// paper in one line, the letters must be those named, first the page's own and
// then some that are drawn, and code and cut work.
func TestPage(printer Printer) []byte {
	columns := printer.columns()
	page := printer.CodePage
	if !page.Known() {
		page = DefaultCodePage
	}
	p := &sheet{columns: columns, fit: page.table().fit}
	p.aligned(LineBig, "Printer test", columns/2)
	p.pair(LineNormal, "Columns", fmt.Sprint(columns))
	p.pair(LineNormal, "Code page", string(page))
	p.add(LineNormal, strings.Repeat("1234567890", 5)[:columns])
	p.aligned(LineNormal, page.table().only("ABC abc 0123456789 äöüß éèê ñç åøæ łşğ €£¥ Жя Ωω"), columns)
	p.aligned(LineNormal, "Łódź Жя Ωω שלום", columns)
	p.add(LineRight, "شكراً لزيارتكم 12.50")
	p.add(LineBold, "Bold")
	p.add(LineRight, "Right")
	p.add(LineBarcode, "TEST-1")
	p.add(LineQR, "TEST-1")
	return printer.render(nil, print{lines: p.lines})
}
