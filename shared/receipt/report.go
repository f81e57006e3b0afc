package receipt

import (
	"strings"
	"time"

	"souk/shared/money"
)

// Report is paper that is no receipt: a Z or X report, or a slip for money that
// was put into a drawer. Title is printed large, At in the store's time zone.
type Report struct {
	Title    string
	ShopName string
	At       time.Time
	Currency string
	Facts    []Fact
	Sections []Section
	// Sign leaves a line for a signature.
	Sign string
}

// Fact is a text with its label.
type Fact struct{ Label, Value string }

// Section is a block of amounts under a heading.
type Section struct {
	Title string
	Rows  []Row
}

// Row is an amount, or a text in its place. Sum prints it bold.
type Row struct {
	Label  string
	Amount money.Amount
	Text   string
	Sum    bool
}

// ReportText lays a report out for paper of so many columns.
func ReportText(r Report, columns int) []TextLine { return layOutReport(r, columns, clean) }

// ReportESCPOS is ReportText in a printer's commands.
func ReportESCPOS(r Report, printer Printer) []byte {
	return printer.render(nil, layOutReport(r, printer.columns(), printer.CodePage.table().fit))
}

func layOutReport(r Report, columns int, fit func(string) string) []TextLine {
	p := &sheet{columns: max(columns, minColumns), fit: fit, labels: English(), form: formOf("", r.Currency)}
	p.aligned(LineBig, r.ShopName, p.columns/2)
	p.aligned(LineBig, r.Title, p.columns/2)
	p.blank()
	p.pair(LineNormal, p.labels.Date, strings.TrimSpace(r.At.Format("2006-01-02 15:04")))
	for _, fact := range r.Facts {
		if fact.Value != "" {
			p.pair(LineNormal, fact.Label, fact.Value)
		}
	}
	for _, section := range r.Sections {
		p.rule()
		if section.Title != "" {
			p.aligned(LineBold, section.Title, p.columns)
		}
		for _, row := range section.Rows {
			p.row(row)
		}
	}
	if r.Sign != "" {
		p.blank()
		p.blank()
		p.rule()
		p.aligned(LineNormal, r.Sign, p.columns)
	}
	p.blank()
	return p.lines
}

func (p *sheet) row(row Row) {
	kind := LineNormal
	if row.Sum {
		kind = LineBold
	}
	if row.Text != "" {
		p.pair(kind, row.Label, row.Text+p.mark(""))
		return
	}
	p.amount(kind, row.Label, row.Amount)
}
