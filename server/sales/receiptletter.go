package sales

import (
	"strconv"
	"strings"

	"souk/server/platform/pdf"
	"souk/shared/money"
	"souk/shared/receipt"
)

// The page of A4 and its columns: an item begins at the margin, the other figures
// end at their places.
const (
	edge      pdf.Length = 18
	farEdge              = pdf.A4Width - edge
	lastLine             = pdf.A4Height - 22
	qtyEnd    pdf.Length = 122
	priceEnd  pdf.Length = 152
	markAt    pdf.Length = 158
	itemWidth            = qtyEnd - edge - 26
	sumsFrom  pdf.Length = 110
	rowHeight pdf.Length = 5.2
)

var (
	small  = pdf.Style{Face: pdf.Sans, Size: 9}
	strong = pdf.Style{Face: pdf.Sans, Size: 9, Bold: true}
	title  = pdf.Style{Face: pdf.Sans, Size: 16, Bold: true}
)

func ending(s pdf.Style) pdf.Style { s.Align = pdf.End; return s }

func centred(s pdf.Style) pdf.Style { s.Align = pdf.Centre; return s }

// sheet is a receipt in the drawing, y where the next line stands.
type sheet struct {
	page  *pdf.Document
	doc   receipt.Document
	words receipt.Labels
	form  receipt.Form
	y     pdf.Length
	pages int
}

// letter is the receipt on pages of A4, the first one shown with so many dots a
// millimetre, if any.
func letter(doc receipt.Document, logo []byte, dots pdf.Length) *pdf.Document {
	words := doc.Words()
	s := &sheet{
		page: pdf.New(pdf.A4Width, pdf.A4Height, doc.Number, doc.CompletedAt, words.RightToLeft()),
		doc:  doc, words: words, form: doc.Form(),
	}
	if dots > 0 {
		s.page.Show(dots)
	}
	s.turn()
	s.head(logo)
	s.facts()
	s.tableHead()
	for _, line := range doc.Lines {
		s.line(line)
	}
	s.note(doc.Note, farEdge-edge-4)
	if !doc.Gift {
		s.sums()
	}
	s.ending()
	return s.page
}

// turn begins a page.
func (s *sheet) turn() {
	s.page.AddPage()
	s.pages++
	s.y = edge + 4
	number := s.words.Page + " " + strconv.Itoa(s.pages)
	s.page.Grey(true)
	s.page.Write(edge, pdf.A4Height-12, s.doc.ShopName+" · "+s.doc.Number, small)
	s.page.Write(farEdge, pdf.A4Height-12, number, ending(small))
	s.page.Grey(false)
}

// need turns the page unless there is room for so much.
func (s *sheet) need(height pdf.Length) bool {
	if s.y+height <= lastLine {
		return false
	}
	s.turn()
	return true
}

func (s *sheet) head(logo []byte) {
	top := s.y
	if share := logoShare(s.doc.Design.LogoSize); share > 0 {
		if tall := s.page.Picture(pdf.Box{X: edge, Y: edge - 4, Width: 96 * share, Height: 22}, logo, pdf.Start); tall > 0 {
			s.y += tall + 3
		}
	}
	for _, line := range s.page.Wrap(s.doc.ShopName, 100, title) {
		s.page.Write(edge, s.y, line, title)
		s.y += 6.5
	}
	own := s.doc.Address
	if s.doc.LegalName != s.doc.ShopName {
		own = append([]string{s.doc.LegalName}, own...)
	}
	if s.doc.TaxNumber != "" {
		own = append(own, s.words.TaxNumber+" "+s.doc.TaxNumber)
	}
	for _, text := range own {
		for _, line := range s.page.Wrap(text, 100, small) {
			s.page.Write(edge, s.y, line, small)
			s.y += 4.4
		}
	}
	letters, pitch := emphatic(s.doc.Design.HeaderStyle.Emphasis)
	for _, text := range splitLines(s.doc.Header) {
		for _, line := range s.page.Wrap(text, 100, letters) {
			s.page.Write(edge, s.y, line, letters)
			s.y += pitch
		}
	}
	left := s.y
	s.y = top
	s.page.Write(farEdge, s.y, s.kind(), ending(title))
	s.page.Write(farEdge, s.y+6.5, s.doc.Number, ending(strong))
	s.page.Write(farEdge, s.y+11, strings.TrimSpace(s.form.Time(s.doc.CompletedAt)+" "+s.doc.ZoneName), ending(small))
	if s.doc.Copy {
		s.page.Write(farEdge, s.y+16.5, s.words.Copy, ending(strong))
	}
	s.y = max(left, top+20) + 5
}

func (s *sheet) kind() string {
	if s.doc.Gift {
		return s.words.Gift
	}
	switch s.doc.Kind {
	case receipt.KindRefund:
		return s.words.Refund
	case receipt.KindVoid:
		return s.words.Void
	case receipt.KindSale:
	}
	return s.words.Receipt
}

func (s *sheet) facts() {
	facts := s.doc.Facts()
	values := edge + 36
	for _, fact := range facts {
		values = max(values, edge+s.page.Width(fact.Label, small)+4)
	}
	for _, fact := range facts {
		s.page.Grey(true)
		s.page.Write(edge, s.y, fact.Label, small)
		s.page.Grey(false)
		for _, line := range s.page.Wrap(fact.Value, 110, small) {
			s.page.Write(values, s.y, line, small)
			s.y += 4.4
		}
	}
	s.y += 5
}

func (s *sheet) tableHead() {
	s.page.Write(edge, s.y, s.words.Item, strong)
	s.page.Write(qtyEnd, s.y, s.words.Quantity, ending(strong))
	if s.priced() {
		s.page.Write(priceEnd, s.y, s.words.Price, ending(strong))
	}
	if !s.doc.Gift {
		s.page.Write(farEdge, s.y, s.words.Amount, ending(strong))
	}
	s.page.Rule(edge, farEdge, s.y+1.8)
	s.y += rowHeight + 1.5
}

// priced says whether the price of one piece has a column.
func (s *sheet) priced() bool { return !s.doc.Gift && s.doc.Design.Shows(receipt.PartUnitPrices) }

func (s *sheet) line(l receipt.Line) {
	name := s.page.Wrap(l.Name, itemWidth, small)
	if s.need(rowHeight * pdf.Length(len(name)+1+len(l.Deals))) {
		s.tableHead()
	}
	s.page.Write(qtyEnd, s.y, strings.TrimSpace(s.form.Number(l.Quantity)+" "+l.Unit), ending(small))
	if s.priced() {
		s.page.Write(priceEnd, s.y, s.form.Money(l.UnitPrice), ending(small))
	}
	if !s.doc.Gift {
		s.page.Write(markAt, s.y, l.TaxMark, centred(small))
		s.page.Write(farEdge, s.y, s.form.Money(l.Gross()), ending(small))
	}
	for _, text := range name {
		s.page.Write(edge, s.y, text, small)
		s.y += rowHeight
	}
	if l.Code != "" && s.doc.Design.Shows(receipt.PartItemCodes) {
		s.note(l.Code, itemWidth-4)
	}
	for _, d := range l.Deals {
		s.off(d.Name, d.Amount)
	}
	s.off(withReason(s.words.Discount, l.DiscountReason), l.Discount)
	s.note(l.Note, itemWidth-4)
}

// off is what came off a line, and why.
func (s *sheet) off(why string, amount money.Amount) {
	if amount == 0 || s.doc.Gift {
		return
	}
	s.page.Grey(true)
	s.page.Write(edge+4, s.y, why, small)
	s.page.Grey(false)
	s.page.Write(farEdge, s.y, s.form.Money(-amount), ending(small))
	s.y += rowHeight
}

// note is what was said of a line, or of the sale, set in below it.
func (s *sheet) note(text string, width pdf.Length) {
	s.page.Grey(true)
	for line := range strings.Lines(text) {
		for _, part := range s.page.Wrap(strings.TrimSpace(line), width, small) {
			s.need(rowHeight)
			s.page.Write(edge+4, s.y, part, small)
			s.y += rowHeight
		}
	}
	s.page.Grey(false)
}

func withReason(label, reason string) string {
	if reason == "" {
		return label
	}
	return label + ": " + reason
}

func (s *sheet) amount(label string, a money.Amount, style pdf.Style) {
	s.need(rowHeight)
	figure := s.form.Money(a)
	room := farEdge - sumsFrom - s.page.Width(figure, style) - 4
	lines := s.page.Wrap(label, room, style)
	for at, line := range lines {
		s.page.Write(sumsFrom, s.y, line, style)
		if at < len(lines)-1 {
			s.y += 4.4
		}
	}
	s.page.Write(farEdge, s.y, figure, ending(style))
	s.y += rowHeight
}

func (s *sheet) sums() {
	s.need(8 * rowHeight)
	s.page.Rule(edge, farEdge, s.y-3)
	s.y += 2
	if s.doc.Discount != 0 || !s.doc.TaxIncluded {
		s.amount(s.words.Subtotal, s.doc.Subtotal, small)
	}
	if s.doc.Discount != 0 {
		s.amount(withReason(s.words.Discount, s.doc.DiscountReason), -s.doc.Discount, small)
	}
	if !s.doc.TaxIncluded {
		for _, t := range s.doc.Taxes {
			s.amount(s.words.Tax+" "+s.rate(t), t.Tax, small)
		}
	}
	s.y += 1.5
	s.amount(s.words.Total+" "+s.doc.Currency, s.doc.Total, pdf.Style{Face: pdf.Sans, Size: 13, Bold: true})
	s.y++
	if s.doc.Rounding != 0 {
		s.amount(s.words.Rounding, s.doc.Rounding, small)
		s.amount(s.words.Due, s.doc.Total+s.doc.Rounding, strong)
	}
	for _, t := range s.doc.Tenders {
		s.amount(t.Name, t.Amount, small)
	}
	if s.doc.Change != 0 {
		s.amount(s.words.Change, s.doc.Change, strong)
	}
}
