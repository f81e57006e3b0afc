package sales

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/pdf"
	"souk/server/platform/web"
	"souk/shared/receipt"
)

// ReceiptPDFIn names a sale and the form of its paper.
type ReceiptPDFIn struct {
	ID       uuid.UUID `path:"id"`
	Form     string    `query:"form" enum:"80mm,a4" default:"a4" doc:"The till's strip of paper, or a page"`
	Copy     bool      `query:"copy" doc:"Print that it is a copy"`
	Gift     bool      `query:"gift" doc:"Leave the prices out"`
	Language string    `query:"language" enum:"en,es,ar" doc:"Without one: the customer's, else the store's"`
}

// ReceiptPDF is the receipt of a booked document as a file, in the language that
// is asked for, else in the customer's, else in the store's. Other modules call it
// too. It fails with sales.not_found.
func ReceiptPDF(ctx context.Context, tx *db.Tx, in ReceiptPDFIn) (web.File, error) {
	doc, logo, err := readPaper(ctx, tx, in.ID)
	if err != nil {
		return web.File{}, err
	}
	doc.Copy, doc.Gift, doc.Design = in.Copy, in.Gift, doc.Design.In(in.Language)
	draw := letter
	if in.Form == "80mm" {
		draw = strip
	}
	body, err := draw(doc, logo, 0).Bytes()
	return web.File{Name: doc.Number + ".pdf", ContentType: "application/pdf", Body: body}, err
}

// The strip: paper on which a printer leaves a margin, in cells that are a
// character wide.
const (
	stripMargin pdf.Length = 4
	stripCell   pdf.Length = 72.0 / 42
	stripPitch  pdf.Length = 3.7
	stripCode   pdf.Length = 16
	stripModule pdf.Length = 0.8
	stripLogo   pdf.Length = 22
	// A letter of the face is 0.602 of its size wide; a point is 25.4/72 mm.
	stripSize pdf.Length = stripCell / 0.602 / 25.4 * 72
)

// roll is a strip in the drawing.
type roll struct {
	page    *pdf.Document
	columns int
	width   pdf.Length
}

// strip is the receipt as the till prints it, on one page as long as it needs,
// shown with so many dots a millimetre, if any.
func strip(doc receipt.Document, logo []byte, dots pdf.Length) *pdf.Document {
	r := roll{columns: doc.Design.Columns(0)}
	r.width = 2*stripMargin + stripCell*pdf.Length(r.columns)
	lines := receipt.Text(doc, r.columns)
	height := 2 * stripMargin
	for _, line := range lines {
		height += stripHeight(line)
	}
	if doc.Design.LogoSize == receipt.LogoNone {
		logo = nil
	}
	if len(logo) > 0 {
		height += stripLogo
	}
	r.page = pdf.New(r.width, max(height, r.width), doc.Number, doc.CompletedAt, doc.Words().RightToLeft())
	if dots > 0 {
		r.page.Show(dots)
	}
	r.page.AddPage()
	y := stripMargin
	if len(logo) > 0 {
		box := pdf.Box{X: r.width / 2, Y: y, Width: (r.width - 2*stripMargin) * logoShare(doc.Design.LogoSize), Height: stripLogo - 2}
		if tall := r.page.Picture(box, logo, pdf.Centre); tall > 0 {
			y += tall + 2
		}
	}
	for _, line := range lines {
		r.line(y, line)
		y += stripHeight(line)
	}
	return r.page
}

// logoShare is how much of a width a logo has.
func logoShare(size receipt.LogoSize) pdf.Length { return pdf.Length(size.Eighths()) / 8 }

func stripHeight(line receipt.TextLine) pdf.Length {
	switch line.Kind {
	case receipt.LineBig:
		return 2 * stripPitch
	case receipt.LineBarcode:
		return stripCode
	case receipt.LineQR:
		return pdf.QRSize(stripModule, line.Text) + 4
	case receipt.LineNormal, receipt.LineBold, receipt.LineCenter, receipt.LineRight:
	}
	return stripPitch
}

func (r roll) line(y pdf.Length, line receipt.TextLine) {
	const base = stripPitch * 0.76
	style := pdf.Style{Face: pdf.Mono, Size: stripSize}
	switch line.Kind {
	case receipt.LineBig:
		style.Bold, style.Size = true, 2*stripSize
		r.write(stripMargin+r.bigMargin(line.Text), y+2*base, line.Text, style)
	case receipt.LineBold:
		style.Bold = true
		r.write(stripMargin, y+base, line.Text, style)
	case receipt.LineCenter:
		style.Align = pdf.Centre
		r.page.Write(r.width/2, y+base, line.Text, style)
	case receipt.LineRight:
		style.Align = pdf.End
		r.page.Write(r.width-stripMargin, y+base, line.Text, style)
	case receipt.LineBarcode:
		r.page.Barcode(r.width/2, y+1, stripCode-6, line.Text)
		style.Align = pdf.Centre
		r.page.Write(r.width/2, y+stripCode-2, line.Text, style)
	case receipt.LineQR:
		r.page.QR(r.width/2, y+2, stripModule, line.Text)
	case receipt.LineNormal:
		r.write(stripMargin, y+base, line.Text, style)
	}
}

// bigMargin centres a line of double width.
func (r roll) bigMargin(text string) pdf.Length {
	return max(0, pdf.Length(r.columns)-2*pdf.Length(receipt.Columns(text))) / 2 * stripCell
}

// write writes the parts of a line at their columns. Parts that the layout keeps
// apart are written each by itself: their letters may run against the line.
func (r roll) write(x, y pdf.Length, line string, style pdf.Style) {
	at, cell := 0, stripCell*style.Size/stripSize
	for part := range strings.SplitSeq(strings.ReplaceAll(line, "\u2069", "\u2068"), "\u2068") {
		text := strings.TrimLeft(part, " ")
		at += len(part) - len(text)
		r.page.Write(x+pdf.Length(at)*cell, y, text, style)
		at += receipt.Columns(text)
	}
}
