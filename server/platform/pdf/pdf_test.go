package pdf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/glyph"
)

func text(t *testing.T, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pdf")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	out, err := exec.CommandContext(context.Background(), "pdftotext", "-layout", path, "-").CombinedOutput()
	require.NoError(t, err, "pdftotext: %s", out)
	return string(out)
}

func sample(t *testing.T, mirrored bool) []byte {
	t.Helper()
	d := New(80, 100, "Test", time.Date(2026, 3, 9, 14, 5, 0, 0, time.UTC), mirrored)
	d.AddPage()
	d.Write(4, 10, "Größe «Été» Жя Ωω 🍕 €", Style{Face: Sans, Size: 10})
	d.Write(76, 20, "right", Style{Face: Mono, Size: 10, Bold: true, Align: End})
	d.Rule(4, 76, 22)
	d.Barcode(40, 30, 10, "T1-000123")
	d.QR(40, 50, 0.8, "https://example.test")
	file, err := d.Bytes()
	require.NoError(t, err)
	return file
}

func TestSameFileEveryTime(t *testing.T) {
	before := sha256.Sum256(glyph.Sans.File())
	require.True(t, bytes.Equal(sample(t, false), sample(t, false)))
	require.Equal(t, before, sha256.Sum256(glyph.Sans.File()), "the fonts are shared between requests")
}

func TestTextIsText(t *testing.T) {
	got := text(t, sample(t, false))
	require.Contains(t, got, "Größe «Été» Жя Ωω □ €")
	line := strings.Split(strings.TrimRight(got, "\n\f"), "\n")
	require.Greater(t, strings.Index(line[len(line)-1], "right"), 10)
}

func TestWrap(t *testing.T) {
	d := New(80, 100, "Test", time.Time{}, false)
	d.AddPage()
	style := Style{Face: Mono, Size: 10}
	width := d.Width("1234567890", style) + 0.01
	require.Equal(t, []string{"one two", "three", "1234567890", "123"}, d.Wrap("one two  three 1234567890123", width, style))
	require.Equal(t, []string{"é", "é"}, d.Wrap("éé", 0.1, style))
}

func TestPictureFits(t *testing.T) {
	var logo bytes.Buffer
	require.NoError(t, png.Encode(&logo, image.NewGray16(image.Rect(0, 0, 200, 100))))
	d := New(80, 100, "Test", time.Time{}, false)
	d.AddPage()
	require.InDelta(t, 10, float64(d.Picture(Box{40, 5, 40, 10}, logo.Bytes(), Centre)), 0.001)
	require.Zero(t, d.Picture(Box{40, 5, 40, 10}, []byte("no picture"), Centre))
	_, err := d.Bytes()
	require.NoError(t, err)
}

func TestFailureIsRemembered(t *testing.T) {
	d := New(80, 100, "Test", time.Time{}, false)
	d.AddPage()
	d.Barcode(40, 30, 10, "Ω")
	_, err := d.Bytes()
	require.Error(t, err)
}
