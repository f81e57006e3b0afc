package selftest

import (
	"fmt"
	"strconv"

	"souk/server/platform/pdf"
)

const (
	edge     pdf.Length = 18
	farEdge             = pdf.A4Width - edge
	lastLine            = pdf.A4Height - 24
	casesEnd pdf.Length = 130
	foundEnd pdf.Length = 159
	stateAt  pdf.Length = 165
)

var (
	plain   = pdf.Style{Face: pdf.Sans, Size: 9}
	bold    = pdf.Style{Face: pdf.Sans, Size: 9, Bold: true}
	heading = pdf.Style{Face: pdf.Sans, Size: 17, Bold: true}
	verd    = pdf.Style{Face: pdf.Sans, Size: 13, Bold: true}
	second  = pdf.Style{Face: pdf.Sans, Size: 11, Bold: true}
	code    = pdf.Style{Face: pdf.Mono, Size: 7.5}
)

// paper is a report in the drawing, y where the next line stands.
type paper struct {
	page   *pdf.Document
	report Result
	words  words
	y      pdf.Length
	pages  int
}

// Paper is the report as a PDF of A4 in a language; English for one it does not know.
func Paper(report Result, language string) ([]byte, error) {
	w := wordsOf(language)
	p := &paper{page: pdf.New(pdf.A4Width, pdf.A4Height, w["title"], report.StartedAt, w["rtl"] != ""), report: report, words: w}
	p.turn()
	p.head()
	p.groups()
	p.findings()
	if report.Problem != "" {
		p.room(20)
		p.page.Write(edge, p.y, w["problem"], second)
		p.y += 6
		p.block(report.Problem, plain)
	}
	return p.page.Bytes()
}

func (p *paper) turn() {
	p.page.AddPage()
	p.pages++
	p.y = edge + 6
	p.page.Grey(true)
	foot := plain
	foot.Align = pdf.End
	p.page.Write(farEdge, pdf.A4Height-12, p.words["page"]+" "+strconv.Itoa(p.pages), foot)
	p.page.Write(edge, pdf.A4Height-12, "Souk · "+p.words["title"], plain)
	p.page.Grey(false)
}

// room begins a new page unless so much is left on this one.
func (p *paper) room(height pdf.Length) {
	if p.y+height > lastLine {
		p.turn()
	}
}

func (p *paper) block(text string, style pdf.Style) {
	for _, line := range p.page.Wrap(text, farEdge-edge, style) {
		p.room(5)
		p.page.Write(edge, p.y, line, style)
		p.y += 4.8
	}
}

func (p *paper) head() {
	p.page.Write(edge, p.y, p.words["title"], heading)
	p.y += 10
	for _, line := range p.page.Wrap(p.words[p.report.State], farEdge-edge, verd) {
		p.page.Write(edge, p.y, line, verd)
		p.y += 6
	}
	if p.report.State == Failed {
		p.y++
		p.block(p.words["advice"], bold)
	}
	p.y += 2
	p.block(p.words["intro"], plain)
	p.y += 3
	took := ""
	if p.report.FinishedAt != nil {
		took = fmt.Sprintf(" (%.0f s)", p.report.FinishedAt.Sub(p.report.StartedAt).Seconds())
	}
	for _, fact := range [][2]string{
		{"shop", p.report.Shop}, {"when", p.report.StartedAt.Format("2006-01-02 15:04 UTC") + took}, {"cases", strconv.Itoa(p.report.Cases)},
		{"found", strconv.Itoa(p.report.Found)}, {"covers", fmt.Sprintf("%d %s, %d %s", p.report.Tables, p.words["tables"], p.report.Routes, p.words["routes"])},
		{"version", "Souk " + p.report.Version + " " + p.report.Commit}, {"database", "PostgreSQL " + p.report.PostgreSQL},
	} {
		if fact[1] == "" {
			continue
		}
		p.page.Write(edge, p.y, p.words[fact[0]], bold)
		p.page.Write(edge+34, p.y, fact[1], plain)
		p.y += 5
	}
	p.y += 4
}

func (p *paper) groups() {
	ends, endsBold := plain, bold
	ends.Align, endsBold.Align = pdf.End, pdf.End
	p.page.Write(edge, p.y, p.words["group"], bold)
	p.page.Write(casesEnd, p.y, p.words["cases"], endsBold)
	p.page.Write(foundEnd, p.y, p.words["found"], endsBold)
	p.page.Write(stateAt, p.y, p.words["result"], bold)
	p.y += 2
	p.page.Rule(edge, farEdge, p.y)
	p.y += 5
	for _, g := range p.report.Groups {
		lines := p.page.Wrap(p.words["group_"+g.Key], casesEnd-edge-18, plain)
		p.room(pdf.Length(len(lines)) * 5)
		style := plain
		if g.State != Passed {
			style = bold
		}
		p.page.Write(casesEnd, p.y, strconv.Itoa(g.Cases), ends)
		p.page.Write(foundEnd, p.y, strconv.Itoa(g.Found), ends)
		p.page.Write(stateAt, p.y, p.words[map[string]string{Passed: "ok", Failed: "bad", Broken: "unclear", Waiting: "skipped", Running: "unclear"}[g.State]], style)
		for _, line := range lines {
			p.page.Write(edge, p.y, line, style)
			p.y += 4.6
		}
		p.y += 1.2
	}
	p.page.Rule(edge, farEdge, p.y-2)
	p.y += 6
}

func (p *paper) findings() {
	if len(p.report.Breaches) == 0 {
		return
	}
	p.room(24)
	p.page.Write(edge, p.y, p.words["findings"], second)
	p.y += 7
	for _, f := range p.report.Breaches {
		p.room(22)
		p.block(p.words[f.Code], bold)
		p.block(f.Case, code)
		p.block(p.words["got"]+": "+f.Got, plain)
		if f.How != "" {
			p.block(p.words["how"]+":", plain)
			p.block(f.How, code)
		}
		p.y += 3
	}
}
