package receipt

import (
	"strings"

	"souk/shared/money"
)

// LineKind says how a line of the layout is shown.
type LineKind string

// The kinds of line. Text of LineCenter, LineRight and LineBig is not padded:
// the renderer aligns it. LineBig is double size and centred, and at most half
// the columns long. LineBarcode and LineQR carry what is to be encoded.
const (
	LineNormal  LineKind = "normal"
	LineBold    LineKind = "bold"
	LineBig     LineKind = "big"
	LineCenter  LineKind = "center"
	LineRight   LineKind = "right"
	LineBarcode LineKind = "barcode"
	LineQR      LineKind = "qr"
)

// TextLine is one line of the layout.
type TextLine struct {
	Kind LineKind `json:"kind"`
	Text string   `json:"text"`
}

// minColumns is the narrowest paper on which an amount always fits one line.
const minColumns = 32

// Text lays a document out for paper of so many columns (32 or more). No line
// is wider, long names wrap, and no amount is ever cut or wrapped.
func Text(doc Document, columns int) []TextLine {
	return newSheet(doc, columns, clean).layOut(doc)
}

// sheet collects lines. fit turns a text into what the output can show, before
// anything is measured, so that substitutes cannot break the columns.
type sheet struct {
	columns int
	fit     func(string) string
	labels  Labels
	form    Form
	design  Design
	mirror  bool // the paper is read from right to left
	figures int  // how wide the widest amount is
	lines   []TextLine
}

func newSheet(doc Document, columns int, fit func(string) string) *sheet {
	words := doc.Words()
	p := &sheet{columns: max(columns, minColumns), fit: fit, labels: words, form: doc.Form(), design: doc.Design, mirror: words.RightToLeft()}
	p.measure(doc.Subtotal, -doc.Discount, doc.Total, doc.Rounding, doc.Total+doc.Rounding, doc.Change, doc.Saved())
	for _, l := range doc.Lines {
		p.measure(l.Gross(), -l.Discount)
		for _, d := range l.Deals {
			p.measure(-d.Amount)
		}
	}
	for _, t := range doc.Taxes {
		p.measure(t.Net, t.Tax)
	}
	for _, t := range doc.Tenders {
		p.measure(t.Amount)
	}
	p.figures += p.figures % 2 // two letters are one of the total's
	return p
}

func (p *sheet) layOut(doc Document) []TextLine {
	p.shop(doc)
	p.facts(doc)
	p.rule()
	for _, line := range doc.Lines {
		p.line(doc, line)
	}
	p.note(doc.Note)
	p.rule()
	if !doc.Gift {
		p.totals(doc)
	}
	for _, part := range p.design.Shown() {
		p.part(doc, part)
	}
	if len(doc.ShortCode) > 0 {
		p.aligned(LineCenter, doc.ShortCode, p.columns)
	}
	return p.lines
}

// part prints what stands below the totals.
func (p *sheet) part(doc Document, part Part) {
	switch part {
	case PartSaved:
		if saved := doc.Saved(); saved > 0 && !doc.Gift {
			p.blank()
			p.amount(LineBold, p.labels.Saved, saved)
		}
	case PartItemsSold:
		p.pair(LineNormal, p.labels.ItemsSold, p.form.Number(doc.ItemsSold())+p.mark(""))
	case PartTaxes:
		if !doc.Gift {
			p.taxes(doc)
		}
	case PartPolicy:
		p.text(p.design.Policy, TextStyle{Align: AlignStart})
	case PartFooter:
		p.text(doc.Footer, p.design.FooterStyle)
	case PartCode:
		p.code(doc)
	case PartStore, PartTill, PartCashier, PartCustomer, PartItemCodes, PartUnitPrices:
	}
}

func (p *sheet) shop(doc Document) {
	p.aligned(LineBig, doc.ShopName, p.columns/2)
	if doc.LegalName != doc.ShopName {
		p.aligned(LineCenter, doc.LegalName, p.columns)
	}
	for _, line := range doc.Address {
		p.aligned(LineCenter, line, p.columns)
	}
	if doc.TaxNumber != "" {
		p.aligned(LineCenter, p.labels.TaxNumber+" "+doc.TaxNumber, p.columns)
	}
	p.paragraph(doc.Header, p.design.HeaderStyle)
	p.blank()
	if doc.Gift {
		p.aligned(LineBig, p.labels.Gift, p.columns/2)
	}
	if doc.Copy {
		p.aligned(LineBig, "* "+p.labels.Copy+" *", p.columns/2)
	}
	switch doc.Kind {
	case KindRefund:
		p.aligned(LineBig, p.labels.Refund, p.columns/2)
	case KindVoid:
		p.aligned(LineBig, p.labels.Void, p.columns/2)
	case KindSale:
	}
}

func (p *sheet) facts(doc Document) {
	p.pair(LineBold, p.labels.Receipt, doc.Number)
	p.pair(LineNormal, p.labels.Date, strings.TrimSpace(p.form.Time(doc.CompletedAt)+" "+doc.ZoneName))
	for _, fact := range doc.Facts() {
		p.pair(LineNormal, fact.Label, fact.Value)
	}
}

// Facts are what the document says of its sale beside number and time, as far as
// its design shows it.
func (d *Document) Facts() []Fact {
	words := d.Words()
	var shown []Fact
	for _, fact := range [...]struct {
		part         Part
		label, value string
	}{
		{PartStore, words.Store, d.StoreName}, {PartTill, words.Till, d.TillName},
		{PartCashier, words.Cashier, d.CashierName}, {PartCustomer, words.Customer, d.CustomerName},
		{"", words.Original, d.OriginalReceipt},
	} {
		if fact.value != "" && (fact.part == "" || d.Design.Shows(fact.part)) {
			shown = append(shown, Fact{fact.label, fact.value})
		}
	}
	return shown
}

// line prints one item: on one line if it is a single piece, else with quantity
// and price below its name.
func (p *sheet) line(doc Document, line Line) {
	count := strings.TrimSpace(p.form.Number(line.Quantity) + " " + line.Unit)
	if doc.Gift {
		p.pair(LineNormal, line.Name, count)
		p.itemCode(line)
		return
	}
	gross := line.Gross()
	if line.Quantity == "1" && line.Unit == "" {
		p.marked(LineNormal, line.Name, gross, line.TaxMark)
		p.itemCode(line)
	} else {
		p.wrapped(line.Name)
		p.itemCode(line)
		if p.design.Shows(PartUnitPrices) {
			count += " x " + p.form.Money(line.UnitPrice)
		}
		p.marked(LineNormal, "  "+count, gross, line.TaxMark)
	}
	for _, d := range line.Deals {
		p.amount(LineNormal, "  "+d.Name, -d.Amount)
	}
	if line.Discount != 0 {
		p.amount(LineNormal, "  "+reasoned(p.labels.Discount, line.DiscountReason), -line.Discount)
	}
}

func (p *sheet) itemCode(line Line) {
	if line.Code != "" && p.design.Shows(PartItemCodes) {
		p.pair(LineNormal, "  "+line.Code, "")
	}
	p.note(line.Note)
}

// note prints what was said of a line, or of the sale, set in below it.
func (p *sheet) note(text string) {
	for line := range strings.Lines(text) {
		for _, part := range wrap(p.fit(strings.TrimSpace(line)), p.columns-2) {
			p.add(LineNormal, "  "+p.isolate(part))
		}
	}
}

// mark keeps the amounts in one column, whether a tax mark follows or not.
func (p *sheet) mark(mark string) string {
	if mark == "" {
		return "  "
	}
	return " " + p.fit(mark)
}

func reasoned(label, reason string) string {
	if reason == "" {
		return label
	}
	return label + ": " + reason
}

func (p *sheet) totals(doc Document) {
	if doc.Discount != 0 || !doc.TaxIncluded {
		p.amount(LineNormal, p.labels.Subtotal, doc.Subtotal)
	}
	if doc.Discount != 0 {
		p.amount(LineNormal, reasoned(p.labels.Discount, doc.DiscountReason), -doc.Discount)
	}
	if !doc.TaxIncluded {
		for _, t := range doc.Taxes {
			p.amount(LineNormal, p.labels.Tax+" "+t.Mark+" "+p.form.Number(t.Rate.Trim(0).String())+" %", t.Tax)
		}
	}
	p.big(p.labels.Total+" "+doc.Currency, doc.Total)
	if doc.Rounding != 0 {
		p.amount(LineNormal, p.labels.Rounding, doc.Rounding)
		p.amount(LineBold, p.labels.Due, doc.Total+doc.Rounding)
	}
	for _, t := range doc.Tenders {
		p.amount(LineNormal, t.Name, t.Amount)
	}
	if doc.Change != 0 {
		p.amount(LineBold, p.labels.Change, doc.Change)
	}
}

// taxes prints the table of taxes, or the same figures below each other where
// the paper is too narrow for the amounts.
func (p *sheet) taxes(doc Document) {
	if len(doc.Taxes) == 0 {
		return
	}
	rows := [][4]string{{p.fit(p.labels.Tax), p.fit(p.labels.Net), p.fit(p.labels.Tax), p.fit(p.labels.Gross)}}
	for _, t := range doc.Taxes {
		name := strings.TrimSpace(p.fit(t.Mark) + " " + p.form.Number(t.Rate.Trim(0).String()) + " %")
		rows = append(rows, [4]string{name, p.form.Money(t.Net), p.form.Money(t.Tax), p.form.Money(t.Net + t.Tax)})
	}
	widths := [4]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], columnsOf(cell))
		}
	}
	p.blank()
	if widths[0]+widths[1]+widths[2]+widths[3]+3 > p.columns {
		for i, row := range rows[1:] {
			p.taxFigure(row[0]+" "+rows[0][1], doc.Taxes[i].Net)
			p.taxFigure(row[0]+" "+rows[0][2], doc.Taxes[i].Tax)
		}
		return
	}
	spare := p.columns - widths[0] - widths[1] - widths[2] - widths[3]
	for _, row := range rows {
		text := p.isolate(row[0]) + spaces(widths[0]-columnsOf(row[0]))
		for i, gap := range [3]int{spare - spare/3*2, spare / 3, spare / 3} {
			text += spaces(gap) + p.figure(row[i+1], widths[i+1])
		}
		p.add(LineNormal, strings.TrimRight(text, " "))
	}
}

func (p *sheet) taxFigure(label string, a money.Amount) {
	if p.mirror {
		p.amount(LineNormal, label, a)
		return
	}
	p.pair(LineNormal, label, p.form.Money(a))
}

// code prints the receipt's number, or what the document wants in its place, for
// machines to read.
func (p *sheet) code(doc Document) {
	p.blank()
	switch {
	case doc.QR != "":
		p.add(LineQR, doc.QR)
	case doc.Number == "":
	case p.design.Code != CodeQR && barcodeFits(doc.Number, p.columns):
		p.add(LineBarcode, doc.Number)
	default:
		p.add(LineQR, doc.Number)
	}
}

// text prints a text of the shop's own after an empty line.
func (p *sheet) text(text string, style TextStyle) {
	if strings.TrimSpace(text) != "" {
		p.blank()
		p.paragraph(text, style)
	}
}
