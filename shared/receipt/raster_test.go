package receipt_test

import (
	"bytes"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"souk/shared/receipt"
)

func picture(t testing.TB, width, height int, at func(x, y int) color.Color) []byte {
	t.Helper()
	drawn := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			drawn.Set(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, drawn))
	return out.Bytes()
}

// ring is a dark ring on a ground that fades from black to nothing.
func ring(t testing.TB) []byte {
	return picture(t, 60, 30, func(x, y int) color.Color {
		if r := (x-15)*(x-15) + (y-15)*(y-15); r > 100 && r < 196 {
			return color.NRGBA{R: 120, A: 255}
		}
		return color.NRGBA{A: uint8(255 - 4*x)}
	})
}

func TestGoldenRaster(t *testing.T) {
	golden(t, "logo.hex", hex.Dump(receipt.Raster(ring(t), receipt.Printer{Columns: 42}, receipt.LogoMedium)))
}

func TestRasterFitsThePaper(t *testing.T) {
	wide := picture(t, 1000, 250, func(int, int) color.Color { return color.Black })
	tall := picture(t, 300, 900, func(int, int) color.Color { return color.Black })
	for columns, want := range map[int]int{32: 240, 42: 315, 48: 360} {
		head := receipt.Raster(wide, receipt.Printer{Columns: columns}, receipt.LogoMedium)[:8]
		require.Equal(t, []byte{0x1d, 'v', '0', 0, byte((want + 7) / 8), 0, byte(want / 4), 0}, head)
	}
	for size, want := range map[receipt.LogoSize]byte{receipt.LogoSmall: 189 / 8, receipt.LogoLarge: 504 / 8} {
		require.InDelta(t, want, receipt.Raster(wide, receipt.Printer{Columns: 42}, size)[4], 1)
	}
	require.Nil(t, receipt.Raster(wide, receipt.Printer{}, receipt.LogoNone))
	require.Equal(t, []byte{0x1d, 'v', '0', 0, 9, 0, 200, 0}, receipt.Raster(tall, receipt.Printer{Columns: 42}, receipt.LogoMedium)[:8])
	require.Nil(t, receipt.Raster([]byte("no picture"), receipt.Printer{}, receipt.LogoMedium))
	require.Nil(t, receipt.Raster(nil, receipt.Printer{}, receipt.LogoMedium))
}

// TestRasterKeepsTheShade: as many dots are black as the picture is dark.
func TestRasterKeepsTheShade(t *testing.T) {
	for shade, want := range map[uint8]int{0: 6400, 64: 4800, 128: 3200, 192: 1600, 255: 0} {
		content := picture(t, 80, 80, func(int, int) color.Color { return color.Gray{Y: shade} })
		black := 0
		for _, b := range receipt.Raster(content, receipt.Printer{}, receipt.LogoMedium)[8:] {
			black += bits.OnesCount8(b)
		}
		require.InDelta(t, want, black, 130, "shade %d", shade)
	}
}

func TestLogoStandsAtTheHead(t *testing.T) {
	printer := receipt.Printer{Columns: 42, CodePage: "cp1252"}
	printer.Logo = receipt.Raster(ring(t), printer, "")
	got, err := decode(receipt.ESCPOS(sale(t), printer), charmap.Windows1252)
	require.NoError(t, err)
	require.Equal(t, 1, got.pictures)
	require.Equal(t, show(receipt.Text(sale(t), 42)), show(got.lines))
	report, err := decode(receipt.ReportESCPOS(receipt.Report{Title: "Z report"}, printer), charmap.Windows1252)
	require.NoError(t, err)
	require.Zero(t, report.pictures, "a report stays in the shop")
}
