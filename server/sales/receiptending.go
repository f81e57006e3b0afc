package sales

import (
	"strings"

	"souk/server/platform/pdf"
	"souk/shared/receipt"
)

// ending is what stands below the totals, in the design's order.
func (s *sheet) ending() {
	for _, part := range s.doc.Design.Shown() {
		s.part(part)
	}
	s.need(rowHeight)
	s.y += 3
	s.page.Write(pdf.A4Width/2, s.y, s.doc.ShortCode, centred(small))
}

func (s *sheet) part(part receipt.Part) {
	switch part {
	case receipt.PartSaved:
		if saved := s.doc.Saved(); saved > 0 && !s.doc.Gift {
			s.y++
			s.amount(s.words.Saved, saved, strong)
		}
	case receipt.PartItemsSold:
		s.need(rowHeight)
		s.page.Write(sumsFrom, s.y, s.words.ItemsSold, small)
		s.page.Write(farEdge, s.y, s.form.Number(s.doc.ItemsSold()), ending(small))
		s.y += rowHeight
	case receipt.PartTaxes:
		if !s.doc.Gift {
			s.taxes()
		}
	case receipt.PartPolicy:
		s.text(s.doc.Design.Policy, receipt.TextStyle{Align: receipt.AlignStart})
	case receipt.PartFooter:
		s.text(s.doc.Footer, s.doc.Design.FooterStyle)
	case receipt.PartCode:
		s.code()
	case receipt.PartStore, receipt.PartTill, receipt.PartCashier, receipt.PartCustomer, receipt.PartItemCodes, receipt.PartUnitPrices:
	}
}

func (s *sheet) rate(t receipt.Tax) string {
	return strings.TrimSpace(t.Mark + " " + s.form.Number(t.Rate.Trim(0).String()) + " %")
}

func (s *sheet) taxes() {
	if len(s.doc.Taxes) == 0 {
		return
	}
	s.need(rowHeight * pdf.Length(len(s.doc.Taxes)+2))
	s.y += rowHeight
	s.taxRow([4]string{s.words.Tax, s.words.Net, s.words.Tax, s.words.Gross}, strong)
	for _, t := range s.doc.Taxes {
		s.taxRow([4]string{s.rate(t), s.form.Money(t.Net), s.form.Money(t.Tax), s.form.Money(t.Net + t.Tax)}, small)
	}
}

func (s *sheet) taxRow(cells [4]string, style pdf.Style) {
	s.page.Write(edge, s.y, cells[0], style)
	for i, end := range [3]pdf.Length{70, 98, 126} {
		s.page.Write(end, s.y, cells[i+1], ending(style))
	}
	s.y += rowHeight
}

// emphatic are the letters and the pitch of an emphasis.
func emphatic(e receipt.Emphasis) (pdf.Style, pdf.Length) {
	switch e {
	case receipt.EmphasisBold:
		return strong, 4.4
	case receipt.EmphasisLarge:
		return pdf.Style{Face: pdf.Sans, Size: 13, Bold: true}, 6
	case receipt.EmphasisNone:
	}
	return small, 4.4
}

// text writes a text of the shop's own after some space.
func (s *sheet) text(text string, style receipt.TextStyle) {
	letters, pitch := emphatic(style.Emphasis)
	at := pdf.A4Width / 2
	switch style.Align {
	case receipt.AlignStart:
		at, letters.Align = edge, pdf.Start
	case receipt.AlignEnd:
		at, letters.Align = farEdge, pdf.End
	case receipt.AlignCenter, "":
		letters.Align = pdf.Centre
	}
	s.y += rowHeight
	for _, paragraph := range splitLines(text) {
		for _, line := range s.page.Wrap(paragraph, farEdge-edge, letters) {
			s.need(rowHeight)
			s.page.Write(at, s.y, line, letters)
			s.y += pitch
		}
	}
}

// code draws the number, or what the document wants in its place.
func (s *sheet) code() {
	payload := s.doc.QR
	if payload == "" && s.doc.Design.Code == receipt.CodeQR {
		payload = s.doc.Number
	}
	s.need(30)
	s.y += 3
	if payload != "" {
		s.page.QR(pdf.A4Width/2, s.y, 0.7, payload)
		s.y += pdf.QRSize(0.7, payload) + 4
	} else if s.doc.Number != "" {
		s.page.Barcode(pdf.A4Width/2, s.y, 10, s.doc.Number)
		s.y += 14
	}
}
