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
	p := newSheet(doc, columns, clean)
	p.screen = true
	return p.layOut(doc)
}

// sheet collects lines. fit turns a text into what the output can show, before
// anything is measured, so that substitutes cannot break the columns.
type sheet struct {
	columns int
	fit     func(string) string
	labels  Labels
	form    Form
	screen  bool // the output orders the letters of Arabic and Hebrew itself
	mirror  bool // the paper is read from right to left
	lines   []TextLine
}

func newSheet(doc Document, columns int, fit func(string) string) *sheet {
	words := doc.Words()
	return &sheet{columns: max(columns, minColumns), fit: fit, labels: words, form: doc.Form(), mirror: words.RightToLeft()}
}

func (p *sheet) layOut(doc Document) []TextLine {
	p.shop(doc)
	p.facts(doc)
	p.rule()
	for _, line := range doc.Lines {
		p.line(line)
	}
	p.note(doc.Note)
	p.rule()
	p.totals(doc)
	p.taxes(doc)
	p.foot(doc)
	return p.lines
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
	p.paragraph(doc.Header)
	p.blank()
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
	for _, fact := range [...]struct{ label, value string }{
		{p.labels.Store, doc.StoreName},
		{p.labels.Till, doc.TillName},
		{p.labels.Cashier, doc.CashierName},
		{p.labels.Customer, doc.CustomerName},
		{p.labels.Original, doc.OriginalReceipt},
	} {
		if fact.value != "" {
			p.pair(LineNormal, fact.label, fact.value)
		}
	}
}

// line prints one item: on one line if it is a single piece, else with quantity
// and price below its name.
func (p *sheet) line(line Line) {
	gross := p.form.Money(line.Total+line.Discount) + p.mark(line.TaxMark)
	if line.Quantity == "1" && line.Unit == "" {
		p.pair(LineNormal, line.Name, gross)
	} else {
		p.wrapped(line.Name)
		count := strings.TrimSpace(p.form.Number(line.Quantity) + " " + line.Unit)
		p.pair(LineNormal, "  "+count+" x "+p.form.Money(line.UnitPrice), gross)
	}
	if line.Discount != 0 {
		p.pair(LineNormal, "  "+reasoned(p.labels.Discount, line.DiscountReason), p.form.Money(-line.Discount)+p.mark(""))
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
	p.big(p.labels.Total+" "+doc.Currency, p.form.Money(doc.Total))
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
		for _, row := range rows[1:] {
			p.pair(LineNormal, row[0]+" "+rows[0][1], row[1])
			p.pair(LineNormal, row[0]+" "+rows[0][2], row[2])
		}
		return
	}
	spare := p.columns - widths[0] - widths[1] - widths[2] - widths[3]
	for _, row := range rows {
		text := p.isolate(row[0]) + spaces(widths[0]-columnsOf(row[0]))
		for i, gap := range [3]int{spare - spare/3*2, spare / 3, spare / 3} {
			text += spaces(gap+widths[i+1]-columnsOf(row[i+1])) + p.isolate(row[i+1])
		}
		p.add(LineNormal, text)
	}
}

func (p *sheet) foot(doc Document) {
	if doc.Footer != "" {
		p.blank()
		p.paragraph(doc.Footer)
	}
	p.blank()
	switch {
	case doc.QR != "":
		p.add(LineQR, doc.QR)
	case barcodeFits(doc.Number, p.columns):
		p.add(LineBarcode, doc.Number)
	case doc.Number != "":
		p.add(LineQR, doc.Number)
	}
	p.aligned(LineCenter, doc.ShortCode, p.columns)
}

func (p *sheet) add(kind LineKind, text string) {
	p.lines = append(p.lines, TextLine{kind, text})
}

func (p *sheet) blank() { p.add(LineNormal, "") }

func (p *sheet) rule() { p.add(LineNormal, strings.Repeat("-", p.columns)) }

func (p *sheet) aligned(kind LineKind, text string, columns int) {
	for _, line := range wrap(p.fit(text), columns) {
		p.add(kind, line)
	}
}

func (p *sheet) wrapped(text string) { p.aligned(LineNormal, text, p.columns) }

func (p *sheet) paragraph(text string) {
	for line := range strings.Lines(text) {
		p.aligned(LineCenter, line, p.columns)
	}
}

func (p *sheet) amount(kind LineKind, label string, a money.Amount) {
	p.pair(kind, label, p.form.Money(a)+p.mark(""))
}

// big prints a label and an amount in double size if both fit, else in bold.
func (p *sheet) big(label, amount string) {
	half := p.columns / 2
	label = p.fit(label)
	gap := half - columnsOf(label) - columnsOf(amount)
	if gap < 1 {
		p.pair(LineBold, label, amount+p.mark(""))
		return
	}
	p.add(LineBig, p.isolate(label)+spaces(gap)+p.isolate(amount))
}

// pair prints a text to the left and another to the right. The left one wraps
// beside the last line; a right one that leaves it no room goes below.
func (p *sheet) pair(kind LineKind, left, right string) {
	const leastLeft, maxIndent = 8, 2
	left, right = p.fit(left), p.fit(right)
	indent := min(len(left)-len(strings.TrimLeft(left, " ")), maxIndent)
	room := p.columns - columnsOf(right) - 1
	if room < min(leastLeft, columnsOf(left)) {
		p.wrapped(left)
		for _, line := range wrap(right, p.columns) {
			p.add(LineRight, line)
		}
		return
	}
	lines := wrap(left, room-indent)
	for i, line := range lines {
		line = spaces(indent) + p.isolate(line)
		if i == len(lines)-1 {
			line += spaces(p.columns-columnsOf(line)-columnsOf(right)) + p.isolate(right)
		}
		p.add(kind, strings.TrimRight(line, " "))
	}
	if len(lines) == 0 {
		p.add(LineRight, strings.TrimRight(right, " "))
	}
}

// isolate puts a text between Unicode's first strong isolate and its end, where it
// might else turn its neighbours round.
func (p *sheet) isolate(text string) string {
	if text == "" || !p.screen || (!p.mirror && !rightToLeft(text)) {
		return text
	}
	return "\u2068" + text + "\u2069"
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
