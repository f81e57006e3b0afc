package receipt

import (
	"strings"

	"souk/shared/money"
)

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

// paragraph prints a text line by line, each where the style says.
func (p *sheet) paragraph(text string, style TextStyle) {
	kind, columns := LineCenter, p.columns
	switch style.Emphasis {
	case EmphasisLarge:
		kind, columns = LineBig, p.columns/2
	case EmphasisBold:
		kind = LineBold
	case EmphasisNone:
	}
	for line := range strings.Lines(text) {
		for _, part := range wrap(p.fit(line), columns) {
			p.placed(kind, part, style.Align)
		}
	}
}

// placed puts a line at one end of the paper or in its middle. A text that begins
// from the other side than the paper starts there.
func (p *sheet) placed(kind LineKind, text string, align Align) {
	columns := p.columns
	if kind == LineBig {
		columns /= 2
	}
	room := columns - columnsOf(text)
	far := align == AlignEnd
	if align == AlignStart || far {
		far = far != (startsRight(text) != p.mirror)
	}
	middle := align != AlignStart && align != AlignEnd
	switch {
	case middle && kind == LineBold:
		p.add(kind, spaces(room/2)+p.isolate(text))
	case middle:
		p.add(kind, text)
	case kind == LineBig && far:
		p.add(kind, spaces(room)+p.isolate(text))
	case kind == LineBig:
		p.add(kind, p.isolate(text)+spaces(room))
	case far && kind == LineBold:
		p.add(kind, spaces(room)+p.isolate(text))
	case far:
		p.add(LineRight, text)
	case kind == LineBold:
		p.add(kind, p.isolate(text))
	default:
		p.add(LineNormal, p.isolate(text))
	}
}

func (p *sheet) amount(kind LineKind, label string, a money.Amount) {
	p.marked(kind, label, a, "")
}

// marked prints an amount, with a mark or room for one behind it. On paper that is
// read from the right, amounts still end in one column: the space goes before the
// mark.
func (p *sheet) marked(kind LineKind, label string, a money.Amount, mark string) {
	text := p.fit(p.form.Money(a))
	if !p.mirror {
		p.pair(kind, label, text+p.mark(mark))
		return
	}
	behind := p.mark(mark)
	if mark != "" {
		behind = " " + p.isolate(p.fit(mark))
	}
	p.sides(kind, p.fit(label), p.isolate(text)+spaces(p.figures-columnsOf(text))+behind)
}

// figure is a text in a column so wide, its last letter at the column's right edge:
// paper that is read from the right begins there.
func (p *sheet) figure(text string, width int) string {
	if p.mirror {
		return p.isolate(text) + spaces(width-columnsOf(text))
	}
	return spaces(width-columnsOf(text)) + p.isolate(text)
}

// measure makes the column of amounts wide enough for these.
func (p *sheet) measure(amounts ...money.Amount) {
	for _, a := range amounts {
		p.figures = max(p.figures, columnsOf(p.form.Money(a)))
	}
}

// big prints a label and an amount in double size if both fit, else in bold. The
// amount ends where the others do: one large letter is as wide as a mark.
func (p *sheet) big(label string, a money.Amount) {
	half, amount := p.columns/2, p.form.Money(a)
	label = p.fit(label)
	behind := 1
	if p.mirror {
		behind = max(0, p.figures/2+1-columnsOf(amount))
	}
	gap := half - columnsOf(label) - columnsOf(amount) - behind
	if gap < 1 {
		p.amount(LineBold, label, a)
		return
	}
	p.add(LineBig, p.isolate(label)+spaces(gap)+p.isolate(amount)+spaces(behind))
}

// pair prints a text to the left and another to the right. The left one wraps
// beside the last line; a right one that leaves it no room goes below.
func (p *sheet) pair(kind LineKind, left, right string) {
	p.sides(kind, p.fit(left), p.isolate(p.fit(right)))
}

// sides is pair for texts that fit, of which the right one is isolated already.
func (p *sheet) sides(kind LineKind, left, right string) {
	const leastLeft, maxIndent = 8, 2
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
			line += spaces(p.columns-columnsOf(line)-columnsOf(right)) + right
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
	if text == "" || (!p.mirror && !rightToLeft(text)) {
		return text
	}
	return "\u2068" + text + "\u2069"
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
