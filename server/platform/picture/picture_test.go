package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/picture"
	"souk/shared/fault"
)

var (
	red   = color.NRGBA{R: 220, A: 255}
	green = color.NRGBA{G: 200, A: 255}
	blue  = color.NRGBA{B: 220, A: 255}
	white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
)

// flag is red, green, blue and white, corner by corner from the upper left on.
func flag(width, height int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := [2][2]color.NRGBA{{red, green}, {blue, white}}[2*y/height][2*x/width]
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

func packed(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, encode(&out))
	return out.Bytes()
}

func asJPEG(t *testing.T, p image.Image) []byte {
	return packed(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, p, &jpeg.Options{Quality: 95}) })
}

func asPNG(t *testing.T, p image.Image) []byte {
	return packed(t, func(b *bytes.Buffer) error { return png.Encode(b, p) })
}

const secret = "48.8584N 2.2945E SECRETCAM"

// notes are EXIF notes with an orientation, a camera's name and a place.
func notes(order binary.ByteOrder, how uint16) []byte {
	out := []byte("II*\x00")
	if order == binary.ByteOrder(binary.BigEndian) {
		out = []byte("MM\x00*")
	}
	u16 := func(v uint16) { b := make([]byte, 2); order.PutUint16(b, v); out = append(out, b...) }
	u32 := func(v uint32) { b := make([]byte, 4); order.PutUint32(b, v); out = append(out, b...) }
	u32(8)
	u16(2)
	u16(0x010f) // the camera's maker
	u16(2)
	u32(uint32(len(secret)))
	u32(8 + 2 + 24 + 4)
	u16(0x0112)
	u16(3)
	u32(1)
	u16(how)
	u16(0)
	u32(0)
	return append(out, secret...)
}

// photographed puts notes and a comment into a JPEG.
func photographed(file, notes []byte) []byte {
	segment := func(kind byte, body []byte) []byte {
		head := []byte{0xff, kind, 0, 0}
		binary.BigEndian.PutUint16(head[2:], uint16(len(body)+2))
		return append(head, body...)
	}
	out := append([]byte{}, file[:2]...)
	out = append(out, segment(0xe1, append([]byte("Exif\x00\x00"), notes...))...)
	out = append(out, segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret))...)
	out = append(out, segment(0xfe, []byte("comment "+secret))...)
	return append(out, file[2:]...)
}

func drawn(t *testing.T, content []byte) image.Image {
	t.Helper()
	p, _, err := image.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	return p
}

// corners names the colours from the upper left on, row by row.
func corners(p image.Image) string {
	b := p.Bounds()
	w, h := b.Dx(), b.Dy()
	text := ""
	for _, at := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
		r, g, bl, _ := p.At(at.X, at.Y).RGBA()
		switch bright := func(v uint32) bool { return v > 0x8000 }; {
		case bright(r) && bright(g) && bright(bl):
			text += "w"
		case bright(r):
			text += "r"
		case bright(g):
			text += "g"
		default:
			text += "b"
		}
	}
	return text
}

func TestOrientation(t *testing.T) {
	// What the eight mean: EXIF 2.32, tag 0x0112.
	upright := map[uint16]string{1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 0: "rgbw", 9: "rgbw"}
	for how, want := range upright {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			made, err := picture.Make(photographed(asJPEG(t, flag(64, 32)), notes(order, how)))
			require.NoError(t, err)
			require.Equal(t, want, corners(drawn(t, made.Large)), "orientation %d", how)
			require.Equal(t, want, corners(drawn(t, made.Small)), "orientation %d", how)
			wide := how < 5 || how > 8
			require.Equal(t, wide, made.Width > made.Height, "orientation %d", how)
		}
	}
	t.Run("PNG and WebP say it in chunks", func(t *testing.T) {
		made, err := picture.Make(pngWith(asPNG(t, flag(64, 32)), "eXIf", notes(binary.BigEndian, 6)))
		require.NoError(t, err)
		require.Equal(t, "brwg", corners(drawn(t, made.Large)))
		made, err = picture.Make(webpWith(webp1x1(t), notes(binary.LittleEndian, 6)))
		require.NoError(t, err)
		require.Equal(t, picture.PNG, made.ContentType, "its one point shows through")
		require.NotContains(t, string(made.Large), secret)
	})
	t.Run("notes that lie about themselves are passed over", func(t *testing.T) {
		good := notes(binary.LittleEndian, 6)
		for cut := range len(good) {
			_, err := picture.Make(photographed(asJPEG(t, flag(8, 8)), good[:cut]))
			require.NoError(t, err)
		}
		binary.LittleEndian.PutUint32(good[4:], 0xffffffff)
		_, err := picture.Make(photographed(asJPEG(t, flag(8, 8)), good))
		require.NoError(t, err)
	})
}

func pngWith(file []byte, kind string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	const afterHead = 8 + 25
	return append(append(append([]byte{}, file[:afterHead]...), chunk...), file[afterHead:]...)
}

// webp1x1 is the smallest lossless WebP: one point.
func webp1x1(t *testing.T) []byte {
	t.Helper()
	vp8l := []byte{0x2f, 0, 0, 0, 0, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0xfe, 0x07, 0x00}
	out := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8L"), binary.LittleEndian.AppendUint32(nil, uint32(len(vp8l)))...)
	out = append(out, vp8l...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func webpWith(file, notes []byte) []byte {
	out := append(append([]byte{}, file...), "EXIF"...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(notes))), notes...)
	if len(notes)%2 == 1 {
		out = append(out, 0)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func TestNothingButThePixelsGoesOn(t *testing.T) {
	for name, upload := range map[string][]byte{
		"a photo with a place":   photographed(asJPEG(t, flag(300, 200)), notes(binary.LittleEndian, 1)),
		"a photo that is a page": append(asJPEG(t, flag(300, 200)), "<script>"+secret+"</script>"...),
		"a PNG with text":        pngWith(asPNG(t, flag(300, 200)), "tEXt", []byte("Comment\x00"+secret)),
		"a PNG with notes":       pngWith(asPNG(t, flag(300, 200)), "eXIf", notes(binary.BigEndian, 1)),
		"an archive behind it":   append(asPNG(t, flag(300, 200)), "PK\x03\x04"+secret...),
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, string(upload), secret)
			made, err := picture.Make(upload)
			require.NoError(t, err)
			for _, out := range [][]byte{made.Small, made.Large} {
				for _, word := range []string{"SECRETCAM", "Exif", "eXIf", "tEXt", "xmpmeta", "<script", "PK\x03\x04", "\xff\xe1", "\xff\xfe"} {
					require.NotContains(t, string(out), word)
				}
			}
		})
	}
}

func TestSizes(t *testing.T) {
	t.Run("a large one becomes small, keeping its shape", func(t *testing.T) {
		made, err := picture.Make(asJPEG(t, flag(3000, 1500)))
		require.NoError(t, err)
		require.Equal(t, [2]int{1024, 512}, [2]int{made.Width, made.Height})
		require.Equal(t, image.Pt(1024, 512), drawn(t, made.Large).Bounds().Size())
		require.Equal(t, image.Pt(128, 64), drawn(t, made.Small).Bounds().Size())
		require.Equal(t, "rgbw", corners(drawn(t, made.Large)))
	})
	t.Run("a small one does not grow, and a line stays a line", func(t *testing.T) {
		made, err := picture.Make(asPNG(t, flag(20, 10)))
		require.NoError(t, err)
		require.Equal(t, image.Pt(20, 10), drawn(t, made.Small).Bounds().Size())
		made, err = picture.Make(asPNG(t, flag(5000, 2)))
		require.NoError(t, err)
		require.Equal(t, image.Pt(128, 1), drawn(t, made.Small).Bounds().Size())
	})
	t.Run("what shows through becomes PNG, what does not JPEG", func(t *testing.T) {
		clear := flag(40, 40)
		clear.SetNRGBA(3, 3, color.NRGBA{})
		made, err := picture.Make(asPNG(t, clear))
		require.NoError(t, err)
		require.Equal(t, picture.PNG, made.ContentType)
		require.True(t, bytes.HasPrefix(made.Small, []byte("\x89PNG")))
		made, err = picture.Make(asPNG(t, flag(40, 40)))
		require.NoError(t, err)
		require.Equal(t, picture.JPEG, made.ContentType)
		require.True(t, bytes.HasPrefix(made.Large, []byte{0xff, 0xd8}))
	})
	t.Run("of a moving one the first picture is taken", func(t *testing.T) {
		first := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{red, blue})
		second := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{blue, red})
		made, err := picture.Make(packed(t, func(b *bytes.Buffer) error {
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{1, 1}})
		}))
		require.NoError(t, err)
		require.Equal(t, "rrrr", corners(drawn(t, made.Large)))
	})
}

// bomb is a PNG that says it is this large.
func bomb(t *testing.T, width, height uint32) []byte {
	file := asPNG(t, flag(2, 2))
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestRefused(t *testing.T) {
	photo := asJPEG(t, flag(300, 200))
	for name, c := range map[string]struct {
		upload []byte
		code   string
	}{
		"more bytes than may be":         {make([]byte, picture.LargestUpload+1), "picture.too_large"},
		"nothing":                        {nil, "picture.no_picture"},
		"a text":                         {[]byte("hello, I am a photo.jpg"), "picture.no_picture"},
		"a page that begins as a JPEG":   {[]byte("\xff\xd8\xff<html>"), "picture.no_picture"},
		"a drawing in SVG":               {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "picture.no_picture"},
		"a bitmap":                       {append([]byte("BM"), make([]byte, 100)...), "picture.no_picture"},
		"a bomb of 100,000 × 100,000":    {bomb(t, 100_000, 100_000), "picture.too_many_pixels"},
		"just above 40 megapixels":       {bomb(t, 40_000_001, 1), "picture.too_many_pixels"},
		"sides that overflow":            {bomb(t, 0x7fffffff, 0x7fffffff), "picture.no_picture"},
		"a PNG with less than it claims": {bomb(t, 2000, 2000), "picture.broken"},
		"half a JPEG":                    {photo[:len(photo)/2], "picture.broken"},
		"half a PNG":                     {asPNG(t, flag(300, 200))[:60], "picture.broken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := picture.Make(c.upload)
			f := fault.Of(err)
			require.NotNil(t, f, "%v", err)
			require.Equal(t, c.code, f.Code)
			require.NotEmpty(t, f.Message)
		})
	}
	t.Run("any beginning of a file", func(t *testing.T) {
		for cut := 0; cut < len(photo); cut += 97 {
			_, err := picture.Make(photo[:cut])
			require.Error(t, err)
			require.True(t, strings.HasPrefix(fault.Of(err).Code, "picture."))
		}
	})
}

func TestOneAtATime(t *testing.T) {
	done, err := picture.Turn(t.Context())
	require.NoError(t, err)
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = picture.Turn(short)
	require.ErrorIs(t, err, context.DeadlineExceeded, "a second one waits")
	done()
	done, err = picture.Turn(t.Context())
	require.NoError(t, err)
	done()
}
