package receipt

import (
	"image"
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
	// Locale is how figures are written, Language what the layout's own words are in.
	Locale   string
	Language string
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
func ReportText(r Report, columns int) []TextLine { return layOutReport(r, columns, clean).lines }

// ReportESCPOS is ReportText in a printer's commands.
func ReportESCPOS(r Report, printer Printer) []byte {
	return printer.render(nil, layOutReport(r, printer.columns(), printer.CodePage.table().fit))
}

// ReportPicture is the paper that ReportESCPOS prints.
func ReportPicture(r Report, printer Printer) *image.Gray {
	return printer.picture(layOutReport(r, printer.columns(), printer.CodePage.table().fit), nil)
}

func layOutReport(r Report, columns int, fit func(string) string) print {
	words := LabelsFor(r.Language)
	p := &sheet{columns: max(columns, minColumns), fit: fit, labels: words, form: FormOf(r.Locale, r.Currency), mirror: words.RightToLeft()}
	for _, section := range r.Sections {
		for _, row := range section.Rows {
			p.measure(row.Amount)
		}
	}
	p.aligned(LineBig, r.ShopName, p.columns/2)
	p.aligned(LineBig, r.Title, p.columns/2)
	p.blank()
	p.pair(LineNormal, p.labels.Date, p.form.Time(r.At))
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
	return print{p.lines, p.mirror}
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
