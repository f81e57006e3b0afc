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
	ID   uuid.UUID `path:"id"`
	Form string    `query:"form" enum:"80mm,a4" default:"a4" doc:"The till's strip of paper, or a page"`
	Copy bool      `query:"copy" doc:"Print that it is a copy"`
}

// ReceiptPDF is the receipt of a booked document as a file. It fails with
// sales.not_found.
func ReceiptPDF(ctx context.Context, tx *db.Tx, in ReceiptPDFIn) (web.File, error) {
	doc, logo, err := readPaper(ctx, tx, in.ID)
	if err != nil {
		return web.File{}, err
	}
	doc.Copy = in.Copy
	draw := letter
	if in.Form == "80mm" {
		draw = strip
	}
	body, err := draw(doc, logo)
	return web.File{Name: doc.Number + ".pdf", ContentType: "application/pdf", Body: body}, err
}

// The strip: paper of 80 mm on which a printer has 72.
const (
	stripWidth   pdf.Length = 80
	stripMargin  pdf.Length = 4
	stripColumns            = 42
	stripCell    pdf.Length = (stripWidth - 2*stripMargin) / stripColumns
	stripPitch   pdf.Length = 3.7
	stripCode    pdf.Length = 16
	stripModule  pdf.Length = 0.8
	stripLogo    pdf.Length = 22
	// A letter of the face is 0.602 of its size wide; a point is 25.4/72 mm.
	stripSize pdf.Length = stripCell / 0.602 / 25.4 * 72
)

// strip is the receipt as the till prints it, on one page as long as it needs.
func strip(doc receipt.Document, logo []byte) ([]byte, error) {
	lines := receipt.Text(doc, stripColumns)
	height := 2 * stripMargin
	for _, line := range lines {
		height += stripHeight(line)
	}
	if len(logo) > 0 {
		height += stripLogo
	}
	page := pdf.New(stripWidth, max(height, stripWidth), doc.Number, doc.CompletedAt, doc.Words().RightToLeft())
	page.AddPage()
	y := stripMargin
	if len(logo) > 0 {
		if tall := page.Picture(pdf.Box{X: stripWidth / 2, Y: y, Width: 40, Height: stripLogo - 2}, logo, pdf.Centre); tall > 0 {
			y += tall + 2
		}
	}
	for _, line := range lines {
		drawLine(page, y, line)
		y += stripHeight(line)
	}
	return page.Bytes()
}

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

func drawLine(page *pdf.Document, y pdf.Length, line receipt.TextLine) {
	const base = stripPitch * 0.76
	style := pdf.Style{Face: pdf.Mono, Size: stripSize}
	switch line.Kind {
	case receipt.LineBig:
		style.Bold, style.Size = true, 2*stripSize
		columns(page, stripMargin+bigMargin(line.Text), y+2*base, line.Text, style)
	case receipt.LineBold:
		style.Bold = true
		columns(page, stripMargin, y+base, line.Text, style)
	case receipt.LineCenter:
		style.Align = pdf.Centre
		page.Write(stripWidth/2, y+base, line.Text, style)
	case receipt.LineRight:
		style.Align = pdf.End
		page.Write(stripWidth-stripMargin, y+base, line.Text, style)
	case receipt.LineBarcode:
		page.Barcode(stripWidth/2, y+1, stripCode-6, line.Text)
		style.Align = pdf.Centre
		page.Write(stripWidth/2, y+stripCode-2, line.Text, style)
	case receipt.LineQR:
		page.QR(stripWidth/2, y+2, stripModule, line.Text)
	case receipt.LineNormal:
		columns(page, stripMargin, y+base, line.Text, style)
	}
}

// bigMargin centres a line of double width.
func bigMargin(text string) pdf.Length {
	return max(0, stripColumns-2*pdf.Length(receipt.Columns(text))) / 2 * stripCell
}

// columns writes the parts of a line at their columns. Parts that the layout keeps
// apart are written each by itself: their letters may run against the line.
func columns(page *pdf.Document, x, y pdf.Length, line string, style pdf.Style) {
	at, cell := 0, stripCell*style.Size/stripSize
	for part := range strings.SplitSeq(strings.ReplaceAll(line, "\u2069", "\u2068"), "\u2068") {
		text := strings.TrimLeft(part, " ")
		at += len(part) - len(text)
		page.Write(x+pdf.Length(at)*cell, y, text, style)
		at += receipt.Columns(text)
	}
}
