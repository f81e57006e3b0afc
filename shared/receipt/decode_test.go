package receipt_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"souk/shared/money"
	"souk/shared/receipt"
)

// paper is what a printer would have done with the bytes it got.
type paper struct {
	lines []receipt.TextLine
	cuts  int
	// pictures that came before the first line
	pictures int
	// drawn are the pictures that came as lines of their own, whose kind is "drawn"
	drawn []*image.Gray
	page  byte
}

// printer reads ESC/POS the way a printer does, from the manual and not from the
// encoder, and gives up at the first command it does not know.
type printer struct {
	in      []byte
	chars   *charmap.Charmap
	out     paper
	text    strings.Builder
	align   byte
	bold    bool
	big     bool
	qrStore string
}

func decode(in []byte, chars *charmap.Charmap) (paper, error) {
	p := &printer{in: in, chars: chars}
	for len(p.in) > 0 {
		if err := p.step(); err != nil {
			return paper{}, err
		}
	}
	if p.align != 0 || p.bold || p.big || p.text.Len() > 0 {
		return paper{}, fmt.Errorf("ends with a style on or a line unprinted")
	}
	return p.out, nil
}

func (p *printer) take(n int) []byte {
	if len(p.in) < n {
		panic("command cut short")
	}
	taken := p.in[:n]
	p.in = p.in[n:]
	return taken
}

func (p *printer) step() error {
	switch b := p.take(1)[0]; {
	case b == 0x1b:
		return p.escape()
	case b == 0x1c && p.take(1)[0] == '.':
		return nil
	case b == 0x1d:
		return p.group()
	case b == '\n':
		p.endLine()
	case b >= ' ' && b != 0x7f:
		p.text.WriteRune(p.chars.DecodeByte(b))
	default:
		return fmt.Errorf("control byte %#x", b)
	}
	return nil
}

func (p *printer) escape() error {
	switch c := p.take(1)[0]; c {
	case '@':
	case 't':
		p.out.page = p.take(1)[0]
	case 'a':
		p.align = p.take(1)[0]
	case 'E':
		p.bold = p.take(1)[0] == 1
	case 'd':
		p.take(1)
	default:
		return fmt.Errorf("ESC %q", c)
	}
	return nil
}

func (p *printer) group() error {
	switch c := p.take(1)[0]; c {
	case '!':
		p.big = p.take(1)[0] == 0x11
	case 'V':
		p.take(2)
		p.out.cuts++
	case 'h', 'w', 'H':
		p.take(1)
	case 'k':
		head := p.take(2)
		if head[0] != 73 {
			return fmt.Errorf("bar code system %d", head[0])
		}
		text := strings.ReplaceAll(strings.TrimPrefix(string(p.take(int(head[1]))), "{B"), "{{", "{")
		p.out.lines = append(p.out.lines, receipt.TextLine{Kind: receipt.LineBarcode, Text: text})
	case 'v':
		return p.picture()
	case '(':
		return p.symbol()
	default:
		return fmt.Errorf("GS %q", c)
	}
	return nil
}

// picture reads GS v 0: bytes across, rows down, the leftmost dot in the highest bit.
func (p *printer) picture() error {
	head := p.take(6)
	row, tall := int(head[2])+int(head[3])<<8, int(head[4])+int(head[5])<<8
	dots := p.take(row * tall)
	if p.text.Len() > 0 {
		return fmt.Errorf("a picture within a line")
	}
	if p.align == 1 && len(p.out.lines) == 0 {
		p.out.pictures++
		return nil
	}
	picture := image.NewGray(image.Rect(0, 0, row*8, tall))
	for y := range tall {
		for x := range row * 8 {
			if dots[y*row+x/8]>>(7-x%8)&1 == 0 {
				picture.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	p.out.drawn = append(p.out.drawn, picture)
	p.out.lines = append(p.out.lines, receipt.TextLine{Kind: drawn})
	return nil
}

const drawn receipt.LineKind = "drawn"

func (p *printer) symbol() error {
	head := p.take(3)
	body := p.take(int(head[1]) + int(head[2])<<8)
	if head[0] != 'k' || body[0] != 49 {
		return fmt.Errorf("GS ( %q", head[0])
	}
	switch body[1] {
	case 80:
		p.qrStore = string(body[3:])
	case 81:
		p.out.lines = append(p.out.lines, receipt.TextLine{Kind: receipt.LineQR, Text: p.qrStore})
		if p.take(1)[0] != '\n' {
			return fmt.Errorf("no line end after the code")
		}
	}
	return nil
}

func (p *printer) endLine() {
	kind := receipt.LineNormal
	switch {
	case p.big:
		kind = receipt.LineBig
	case p.bold:
		kind = receipt.LineBold
	case p.align == 1:
		kind = receipt.LineCenter
	case p.align == 2:
		kind = receipt.LineRight
	}
	p.out.lines = append(p.out.lines, receipt.TextLine{Kind: kind, Text: p.text.String()})
	p.text.Reset()
}

func TestPrinterShowsTheLayout(t *testing.T) {
	for _, columns := range []int{32, 42, 48} {
		for name, doc := range map[string]receipt.Document{"sale": sale(t), "refund": refund(t)} {
			t.Run(fmt.Sprint(name, columns), func(t *testing.T) {
				got, err := decode(receipt.ESCPOS(doc, receipt.Printer{Columns: columns, CodePage: "cp1252"}), charmap.Windows1252)
				require.NoError(t, err)
				require.Equal(t, show(receipt.Text(doc, columns)), show(got.lines), "every character of it is in this code page")
				require.Equal(t, byte(16), got.page)
				require.Equal(t, 1, got.cuts)
			})
		}
	}
}

// TestWhatACodePageLacks: signs are spelt, letters are drawn, and nothing is ever a
// question mark.
func TestWhatACodePageLacks(t *testing.T) {
	doc := sale(t)
	doc.Lines = doc.Lines[:1]
	lines := func(name string) ([]receipt.TextLine, int) {
		doc.Lines[0].Name = name
		got, err := decode(receipt.ESCPOS(doc, receipt.Printer{Columns: 42, CodePage: "cp437"}), charmap.CodePage437)
		require.NoError(t, err, name)
		require.NotContains(t, show(got.lines), "?", name)
		return got.lines, len(got.drawn)
	}
	for name, want := range map[string]string{
		"Straße":           "Stra\u00dfe",
		"5 € “best”…":      `5 EUR "best"...`,
		"a\x1bp\x00\x32b":  "a p 2b",
		"soft\u00adhyphen": "softhyphen",
		"e\u0301t":         "ét",
	} {
		got, pictures := lines(name)
		require.Zero(t, pictures)
		require.Contains(t, strings.ReplaceAll(show(got), "\u00a0", " "), want)
	}
	for _, name := range []string{"Łódź żurek", "牛乳 Milk", "حليب", "Ørsted", "t\u0323", "Жук", "שלום"} {
		_, pictures := lines(name)
		require.Equal(t, 1, pictures, name)
	}
}

func TestUnknownSettingsFallBack(t *testing.T) {
	doc := sale(t)
	require.Equal(t, receipt.ESCPOS(doc, receipt.Printer{Columns: 42, CodePage: receipt.DefaultCodePage}), receipt.ESCPOS(doc, receipt.Printer{Columns: 7, CodePage: "klingon"}))
	require.True(t, receipt.CodePage("cp866").Known())
	require.False(t, receipt.CodePage("klingon").Known())
}

func TestTestPage(t *testing.T) {
	for _, columns := range []int{32, 42, 48} {
		got, err := decode(receipt.TestPage(receipt.Printer{Columns: columns}), charmap.CodePage858)
		require.NoError(t, err)
		require.Contains(t, got.lines, receipt.TextLine{Kind: receipt.LineNormal, Text: strings.Repeat("1234567890", 5)[:columns]})
		require.Contains(t, got.lines, receipt.TextLine{Kind: receipt.LineBarcode, Text: "TEST-1"})
		require.Contains(t, got.lines, receipt.TextLine{Kind: receipt.LineQR, Text: "TEST-1"})
		require.Equal(t, 1, got.cuts)
	}
}

func TestLongNumberBecomesAQRCode(t *testing.T) {
	doc := sale(t)
	doc.Number = "WAREHOUSE-7-TILL-12-00001234"
	require.Contains(t, receipt.Text(doc, 32), receipt.TextLine{Kind: receipt.LineQR, Text: doc.Number})
	require.Contains(t, receipt.Text(doc, 48), receipt.TextLine{Kind: receipt.LineQR, Text: doc.Number})
	doc.Number = "T1-{5}"
	got, err := decode(receipt.ESCPOS(doc, receipt.Printer{Columns: 32}), charmap.CodePage858)
	require.NoError(t, err)
	require.Contains(t, got.lines, receipt.TextLine{Kind: receipt.LineBarcode, Text: "T1-{5}"})
}

// columnsOf counts columns as a terminal does, apart from the code under test.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func documents() *rapid.Generator[receipt.Document] {
	name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-zäöüß ]{0,90}`), rapid.StringMatching(`[牛乳チーズ 大豆]{1,40}`), rapid.StringMatching(`[حليبخبز ]{1,60}`), rapid.StringMatching(` {0,50}[牛a] {0,50}`))
	amount := rapid.Custom(func(t *rapid.T) money.Amount {
		return money.Amount(rapid.Int64Range(-1e15, 1e15).Draw(t, "amount"))
	})
	return rapid.Custom(func(t *rapid.T) receipt.Document {
		doc := document()
		doc.ShopName, doc.LegalName, doc.CashierName = name.Draw(t, "shop"), name.Draw(t, "legal"), name.Draw(t, "cashier")
		doc.Header, doc.Footer, doc.CustomerName, doc.ShortCode = name.Draw(t, "header"), name.Draw(t, "footer"), name.Draw(t, "customer"), name.Draw(t, "code")
		doc.Number = name.Draw(t, "number")
		doc.Currency = rapid.SampledFrom([]string{"JPY", "EUR", "KWD", ""}).Draw(t, "currency")
		doc.TaxIncluded = rapid.Bool().Draw(t, "included")
		doc.Total, doc.Subtotal, doc.Discount = amount.Draw(t, "total"), amount.Draw(t, "subtotal"), amount.Draw(t, "discount")
		doc.Rounding, doc.Change = amount.Draw(t, "rounding"), amount.Draw(t, "change")
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			doc.Lines = append(doc.Lines, receipt.Line{
				Name: name.Draw(t, "name"), Quantity: rapid.SampledFrom([]string{"1", "-2", "1234.567"}).Draw(t, "quantity"),
				Unit: name.Draw(t, "unit"), UnitPrice: amount.Draw(t, "price"), Total: amount.Draw(t, "line total"),
				Discount: amount.Draw(t, "line discount"), DiscountReason: name.Draw(t, "reason"), TaxMark: "A",
			})
		}
		doc.Taxes = []receipt.Tax{{Mark: "A", Net: amount.Draw(t, "net"), Tax: amount.Draw(t, "tax")}}
		doc.Tenders = []receipt.Tender{{Name: name.Draw(t, "method"), Amount: amount.Draw(t, "tender")}}
		return doc
	})
}

func TestNothingIsTooWideAndNoAmountIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := documents().Draw(t, "document")
		columns := rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns")
		lines := receipt.Text(doc, columns)
		requireFits(t, lines, columns)

		cur, ok := money.Lookup(doc.Currency)
		if !ok {
			cur = money.Currency{Digits: 2}
		}
		words := strings.Fields(show(lines))
		for _, a := range []money.Amount{doc.Total, doc.Total + doc.Rounding, doc.Taxes[0].Net, doc.Taxes[0].Tax, doc.Tenders[0].Amount, doc.Change} {
			if a != 0 {
				requireWord(t, words, cur.Format(a))
			}
		}
		for _, l := range doc.Lines {
			requireWord(t, words, cur.Format(l.Total+l.Discount))
		}
	})
}

// requireWord looks for an amount that stands by itself, or right behind the
// kind column of a golden line.
func requireWord(t require.TestingT, words []string, amount string) {
	for _, w := range words {
		if w == amount || strings.HasSuffix(w, "|"+amount) {
			return
		}
	}
	require.Fail(t, "amount is not whole on the receipt", amount)
}

func requireFits(t require.TestingT, lines []receipt.TextLine, columns int) {
	for _, l := range lines {
		room := columns
		switch l.Kind {
		case receipt.LineBig:
			room = columns / 2
		case receipt.LineBarcode, receipt.LineQR:
			continue
		default:
		}
		require.LessOrEqual(t, columnsOf(l.Text), room, "%q", l.Text)
		require.False(t, strings.ContainsFunc(l.Text, unicode.IsControl), "%q", l.Text)
	}
}

func TestAnyDocumentPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := documents().Draw(t, "document")
		columns := rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns")
		got, err := decode(receipt.ESCPOS(doc, receipt.Printer{Columns: columns, CodePage: "cp850"}), charmap.CodePage850)
		require.NoError(t, err)
		requireFits(t, got.lines, columns)
		require.Equal(t, 1, got.cuts)
	})
}
