// Package pdf draws pages: text, rules, codes and a picture at places given in
// millimetres. It is the only package that knows which library writes the file,
// and it knows nothing of what is printed. Letters are DejaVu's, so Latin, Greek,
// Cyrillic and Arabic are there; the scripts of East Asia are not.
package pdf

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
	"github.com/jung-kurt/gofpdf"

	"souk/shared/glyph"
)

// Length is in millimetres.
type Length float64

// A4 is the size of a page of A4.
const (
	A4Width  Length = 210
	A4Height Length = 297
)

// mostPixels is how large a picture may be: a small file can claim to be enormous.
const mostPixels = 16 << 20

// Face is a family of letters.
type Face string

// The faces there are: Mono is for what is laid out in columns of characters.
const (
	Sans Face = "sans"
	Mono Face = "mono"
)

// Align says which end of a text is at the place that is given.
type Align int

// The alignments. On a mirrored page Start is to the right.
const (
	Start Align = iota
	Centre
	End
)

// Style is how a text is written. Size is in points.
type Style struct {
	Face  Face
	Size  Length
	Bold  bool
	Align Align
}

// Document is a file in the making. Its methods remember the first failure, which
// Bytes gives.
type Document struct {
	file   *gofpdf.Fpdf
	width  Length
	mirror bool
	screen *screen
}

// New begins a document of pages of one size, without a page. Title and time are
// in the file's own description. Mirrored pages are counted from the right edge,
// as Arabic is read: the same calls draw them.
func New(width, height Length, title string, at time.Time, mirrored bool) *Document {
	file := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: float64(width), Ht: float64(height)}})
	file.SetMargins(0, 0, 0)
	file.SetAutoPageBreak(false, 0)
	file.SetCatalogSort(true)
	file.SetCreationDate(at)
	file.SetModificationDate(at)
	file.SetTitle(title, true)
	file.SetProducer("Souk", true)
	file.AddUTF8FontFromBytes(string(Sans), "", glyph.Sans.File())
	file.AddUTF8FontFromBytes(string(Sans), "B", glyph.SansBold.File())
	file.AddUTF8FontFromBytes(string(Mono), "", glyph.Mono.File())
	file.AddUTF8FontFromBytes(string(Mono), "B", glyph.MonoBold.File())
	return &Document{file: file, width: width, mirror: mirrored}
}

// AddPage begins the next page.
func (d *Document) AddPage() {
	d.file.AddPage()
	if d.screen != nil {
		d.screen.pages++
	}
}

// Grey writes in grey from here on, or in black again.
func (d *Document) Grey(on bool) {
	level := 0
	if on {
		level = 100
	}
	d.file.SetTextColor(level, level, level)
	if d.screen != nil {
		d.screen.grey = on
	}
}

func (d *Document) set(s Style) {
	bold := ""
	if s.Bold {
		bold = "B"
	}
	d.file.SetFont(string(s.Face), bold, float64(s.Size))
}

// Width is how wide a text is.
func (d *Document) Width(text string, s Style) Length {
	d.set(s)
	return Length(d.file.GetStringWidth(glyph.Visual(text)))
}

// Write writes one line with its base line at y.
func (d *Document) Write(x, y Length, text string, s Style) {
	text = glyph.Visual(text)
	if text == "" {
		return
	}
	d.set(s)
	width := Length(d.file.GetStringWidth(text))
	align := s.Align
	if d.mirror {
		x, align = d.width-x, End-align
	}
	switch align {
	case Start:
	case Centre:
		x -= width / 2
	case End:
		x -= width
	}
	d.file.Text(float64(x), float64(y), text)
	if shown := d.drawing(); shown != nil {
		shown.write(float64(x), float64(y), text, s)
	}
}

// Wrap breaks a text into lines of at most a width, between words where it can.
func (d *Document) Wrap(text string, width Length, s Style) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && d.Width(line+" "+word, s) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for d.Width(line, s) > width {
			at := d.fitting(line, width, s)
			lines, line = append(lines, line[:at]), line[at:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting is how many bytes of a word fit, one letter at least.
func (d *Document) fitting(word string, width Length, s Style) int {
	last := 0
	for at := range word {
		if at > 0 && d.Width(word[:at], s) > width {
			break
		}
		last = at
	}
	if last == 0 {
		last = len(string([]rune(word)[:1]))
	}
	return last
}

// Rule draws a thin line from one place to another at the same height.
func (d *Document) Rule(from, to, y Length) {
	if d.mirror {
		from, to = d.width-from, d.width-to
	}
	d.file.SetLineWidth(0.2)
	d.file.Line(float64(from), float64(y), float64(to), float64(y))
	if shown := d.drawing(); shown != nil {
		shown.fill(Box{min(from, to), y, max(from, to) - min(from, to), 0.2})
	}
}

// Box is a place on the page with a size.
type Box struct{ X, Y, Width, Height Length }

// Barcode draws text as Code 128 about x. It fails on what Code 128 has no signs for.
func (d *Document) Barcode(x, y, height Length, text string) {
	code, err := code128.Encode(text)
	d.code(Box{x, y, 0.33, height}, code, err)
}

// QR draws text as a QR code about x, with modules of the given size.
func (d *Document) QR(x, y, module Length, text string) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	d.code(Box{x, y, module, module}, code, err)
}

// code draws a code about a place, of which the box says how large a module is.
func (d *Document) code(module Box, code barcode.Barcode, err error) {
	if err != nil {
		d.file.SetError(err)
		return
	}
	size := code.Bounds()
	left := module.X - Length(size.Dx())*module.Width/2
	if d.mirror {
		left = d.width - module.X - Length(size.Dx())*module.Width/2
	}
	d.file.SetFillColor(0, 0, 0)
	for row := range size.Dy() {
		for column := range size.Dx() {
			if shade, _, _, _ := code.At(column, row).RGBA(); shade == 0 {
				x, y := left+Length(column)*module.Width, module.Y+Length(row)*module.Height
				d.file.Rect(float64(x), float64(y), float64(module.Width), float64(module.Height), "F")
				if shown := d.drawing(); shown != nil {
					shown.fill(Box{x, y, module.Width, module.Height})
				}
			}
		}
	}
}

// QRSize is how large QR draws a text.
func QRSize(module Length, text string) Length {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return 0
	}
	return Length(code.Bounds().Dy()) * module
}

// Picture draws a PNG as large as fits a box, of which X is where align says, and
// gives the height that it took: none if it is no picture.
func (d *Document) Picture(in Box, content []byte, align Align) Length {
	said, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil || said.Width < 1 || said.Height < 1 || said.Width > mostPixels/said.Height {
		return 0
	}
	decoded, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return 0
	}
	// The library knows neither interlacing nor sixteen bits; what the decoder made of it, it does.
	var plain bytes.Buffer
	if err := png.Encode(&plain, eightBits(decoded)); err != nil {
		return 0
	}
	size := decoded.Bounds()
	width, tall := in.Width, in.Width*Length(size.Dy())/Length(size.Dx())
	if tall > in.Height {
		width, tall = in.Height*Length(size.Dx())/Length(size.Dy()), in.Height
	}
	x := in.X
	if d.mirror {
		x, align = d.width-x, End-align
	}
	x -= width * Length(align) / 2
	options := gofpdf.ImageOptions{ImageType: "PNG"}
	d.file.RegisterImageOptionsReader("picture", options, &plain)
	if shown := d.drawing(); shown != nil {
		shown.picture(Box{x, in.Y, width, tall}, decoded)
	}
	d.file.ImageOptions("picture", float64(x), float64(in.Y), float64(width), float64(tall), false, options, 0, "")
	return tall
}

func eightBits(from image.Image) image.Image {
	to := image.NewNRGBA(from.Bounds())
	for y := from.Bounds().Min.Y; y < from.Bounds().Max.Y; y++ {
		for x := from.Bounds().Min.X; x < from.Bounds().Max.X; x++ {
			to.Set(x, y, from.At(x, y))
		}
	}
	return to
}

// Bytes ends the document and gives the file, or what went wrong first.
func (d *Document) Bytes() ([]byte, error) {
	var out bytes.Buffer
	err := d.file.Output(&out)
	return out.Bytes(), err
}
