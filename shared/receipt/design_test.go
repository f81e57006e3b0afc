package receipt_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"souk/shared/glyph"
	"souk/shared/money"
	"souk/shared/receipt"
)

// everything is a design that shows all there is, in its own order.
func everything() receipt.Design {
	return receipt.Design{
		PaperMM: 80, Languages: []string{"ar", "en"}, LogoSize: receipt.LogoLarge,
		HeaderStyle: receipt.TextStyle{Align: receipt.AlignStart, Emphasis: receipt.EmphasisBold},
		FooterStyle: receipt.TextStyle{Align: receipt.AlignCenter, Emphasis: receipt.EmphasisLarge},
		Policy:      "Unopened goods are taken back within 14 days.\nتُقبل البضاعة غير المفتوحة خلال ١٤ يومًا.",
		Parts: []receipt.Part{
			receipt.PartStore, receipt.PartCashier, receipt.PartItemCodes, receipt.PartUnitPrices, receipt.PartSaved,
			receipt.PartItemsSold, receipt.PartCode, receipt.PartTaxes, receipt.PartFooter, receipt.PartPolicy,
		},
		Code: receipt.CodeQR,
	}
}

// arabic is a sale of goods with names of several scripts.
func arabic(t testing.TB, design receipt.Design) receipt.Document {
	doc := sale(t)
	doc.Locale, doc.Design, doc.ShopName, doc.Header = "ar-AE", design, "بقالة الواحة", "مفتوح يوميًا 8–20"
	doc.Footer = "شكرًا لزيارتكم"
	doc.Lines[0].Name, doc.Lines[0].Code = "حليب كامل الدسم 1 لتر", "6291003012345"
	doc.Lines[1].Name = "Tomatoes طماطم 2x, vine"
	doc.Lines[4].Name = "牛乳 Milk"
	return doc
}

func designed(t testing.TB) map[string]receipt.Document {
	en := sale(t)
	en.Lines[0].Code, en.Design = "4006381333931", everything()
	en.Design.Languages = []string{"en", "es"}
	plain := sale(t)
	plain.Design = receipt.Design{Parts: []receipt.Part{receipt.PartFooter}, FooterStyle: receipt.TextStyle{Align: receipt.AlignEnd}}
	gift := sale(t)
	gift.Gift, gift.Design = true, receipt.Design{Policy: "Bring this along.", Parts: append(receipt.DefaultParts(), receipt.PartPolicy)}
	return map[string]receipt.Document{
		"all-arabic-english": arabic(t, everything()), "all-english-spanish": en, "few-parts": plain, "gift": gift,
		"arabic-names": arabic(t, receipt.Design{Languages: []string{"en"}}), "arabic": arabic(t, receipt.Design{}),
	}
}

func TestGoldenDesigns(t *testing.T) {
	for name, doc := range designed(t) {
		for _, at := range []struct {
			suffix  string
			columns int
		}{{"-58.txt", 32}, {"-80.txt", 48}} {
			golden(t, "design-"+name+at.suffix, show(receipt.Text(doc, at.columns)))
		}
	}
}

// printed draws what a printer would have printed: its own characters as it has
// them, pictures as they came.
func printed(t testing.TB, content []byte, columns int, chars *charmap.Charmap) *image.Gray {
	t.Helper()
	got, err := decode(content, chars)
	require.NoError(t, err)
	const edge, cell, tall, foot = 24, 12, 30, 22
	paper := glyph.NewPaper(columns*cell+2*edge, 2*edge+len(got.lines)*4*tall)
	y, picture := edge, 0
	for _, l := range got.lines {
		pen := glyph.Pen{On: paper, Face: glyph.Mono, Cell: cell}
		x, size := 0, 1
		switch l.Kind {
		case drawn:
			from := got.drawn[picture]
			draw.Draw(paper, image.Rect(edge, y, edge+columns*cell, y+from.Rect.Dy()), from, image.Point{}, draw.Src)
			picture, y = picture+1, y+from.Rect.Dy()
			continue
		case receipt.LineBarcode, receipt.LineQR:
			continue
		case receipt.LineBig:
			pen.Face, pen.Cell, size = glyph.MonoBold, 2*cell, 2
			x = (columns/2 - columnsOf(l.Text)) / 2
		case receipt.LineBold:
			pen.Face = glyph.MonoBold
		case receipt.LineCenter:
			x = (columns - columnsOf(l.Text)) / 2
		case receipt.LineRight:
			x = columns - columnsOf(l.Text)
		case receipt.LineNormal:
		}
		pen.Write(edge+x*pen.Cell, y+size*foot, l.Text)
		y += size * tall
	}
	return paper.SubImage(image.Rect(0, 0, paper.Rect.Dx(), y+edge)).(*image.Gray)
}

// TestThePreviewIsThePaper: dot for dot what comes out of the printer, codes and
// logo apart, which this decoder does not draw.
func TestThePreviewIsThePaper(t *testing.T) {
	for name, doc := range designed(t) {
		doc.Design.Parts = without(doc.Design.Shown(), receipt.PartCode)
		for _, columns := range []int{32, 42, 48} {
			if doc.Design.PaperMM == 80 && columns == 32 {
				doc.Design.PaperMM = 58
			}
			printer := receipt.Printer{Columns: columns, CodePage: "cp858"}
			got := printed(t, receipt.ESCPOS(doc, printer), columns, charmap.CodePage858)
			want := receipt.Picture(doc, printer, nil)
			keep(t, name, want)
			require.Equal(t, want.Rect, got.Rect, name)
			for y := range want.Rect.Dy() {
				require.True(t, bytes.Equal(want.Pix[y*want.Stride:][:want.Rect.Dx()], got.Pix[y*got.Stride:][:got.Rect.Dx()]), "%s row %d of %d", name, y, columns)
			}
			doc.Design.PaperMM = 0
		}
	}
}

func without(parts []receipt.Part, part receipt.Part) []receipt.Part {
	kept := []receipt.Part{}
	for _, p := range parts {
		if p != part {
			kept = append(kept, p)
		}
	}
	return kept
}

// keep writes a picture where somebody wants to look at it.
func keep(t testing.TB, name string, picture *image.Gray) {
	if folder := os.Getenv("SOUK_PICTURES"); folder != "" {
		var out bytes.Buffer
		require.NoError(t, png.Encode(&out, picture))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".png"), out.Bytes(), 0o644))
	}
}

func TestPictureHasCodesAndLogo(t *testing.T) {
	logo := picture(t, 100, 50, func(int, int) color.Color { return color.Black })
	doc := arabic(t, everything())
	with := receipt.Picture(doc, receipt.Printer{Columns: 48}, logo)
	keep(t, "logo-and-code", with)
	doc.Design.LogoSize = receipt.LogoNone
	without := receipt.Picture(doc, receipt.Printer{Columns: 48}, logo)
	require.Equal(t, 50, with.Rect.Dy()-without.Rect.Dy())
	require.Equal(t, 48*12+48, with.Rect.Dx())
	doc.Design.PaperMM = 58
	require.Equal(t, 32*12+48, receipt.Picture(doc, receipt.Printer{Columns: 48}, logo).Rect.Dx())
}

func TestWhatCannotBeDrawnIsNamed(t *testing.T) {
	require.Equal(t, "牛乳", receipt.Lacking(arabic(t, receipt.Design{}), receipt.Printer{}))
	require.Empty(t, receipt.Lacking(sale(t), receipt.Printer{}))
}

func TestGiftReceiptsSayNoPrices(t *testing.T) {
	doc := designed(t)["gift"]
	text := show(receipt.Text(doc, 42))
	form := doc.Form()
	for _, amount := range []money.Amount{doc.Total, doc.Subtotal, doc.Lines[0].Total, doc.Lines[2].UnitPrice, doc.Taxes[0].Tax} {
		require.NotContains(t, text, form.Money(amount))
	}
	require.Contains(t, text, "Gift receipt")
	require.Contains(t, text, "1.235 kg")
}

func TestHowManyAndWhen(t *testing.T) {
	for _, c := range []struct {
		design     receipt.Design
		cash, card int
	}{
		{receipt.Design{}, 1, 1},
		{receipt.Design{Print: receipt.WhenAlways, Copies: 2}, 2, 2},
		{receipt.Design{Print: receipt.WhenCard, Copies: 2}, 0, 2},
		{receipt.Design{Print: receipt.WhenRequest, Copies: 3}, 0, 0},
	} {
		require.Equal(t, [2]int{c.cash, c.card}, [2]int{c.design.CopiesOf(false), c.design.CopiesOf(true)})
	}
	require.Equal(t, 32, receipt.Design{PaperMM: 58}.Columns(48))
	require.Equal(t, 32, receipt.Design{PaperMM: 80}.Columns(32), "a printer for narrow paper stays one")
	require.Equal(t, 42, receipt.Design{}.Columns(0))
}

func TestItemsSold(t *testing.T) {
	doc := sale(t)
	require.Equal(t, "6", doc.ItemsSold(), "two bowls, crackers, granola, and two weighed")
	back := refund(t)
	require.Equal(t, "0", back.ItemsSold())
	require.Equal(t, doc.Lines[2].Discount+doc.Discount, doc.Saved())
	require.True(t, strings.Contains(show(receipt.Text(designed(t)["all-english-spanish"], 48)), "Items sold / Artículos vendidos"))
}
