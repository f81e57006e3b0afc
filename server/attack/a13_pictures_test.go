package attack_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// hugePNG says of itself that it has so many pixels, and is a few bytes.
func hugePNG(width, height uint32) []byte {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		_ = binary.Write(&out, binary.BigEndian, uint32(len(body)))
		out.WriteString(kind)
		out.Write(body)
		_ = binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), body...)))
	}
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head[0:], width)
	binary.BigEndian.PutUint32(head[4:], height)
	head[8], head[9] = 8, 2
	chunk("IHDR", head)
	chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})
	chunk("IEND", nil)
	return out.Bytes()
}

func drawn(t *testing.T, how func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	require.NoError(t, how(&out, picture))
	return out.Bytes()
}

// TestAttackByPictures uploads what is no picture, is more than one, or unpacks into
// far more than was sent. What is stored is drawn anew: nothing of what was sent but
// the pixels comes out again, and it is never taken for a page.
func TestAttackByPictures(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	const script = `<script>alert(document.domain)</script>`
	asGIF := drawn(t, func(out *bytes.Buffer, p image.Image) error { return gif.Encode(out, p, nil) })
	asPNG := drawn(t, func(out *bytes.Buffer, p image.Image) error { return png.Encode(out, p) })
	asJPEG := drawn(t, func(out *bytes.Buffer, p image.Image) error { return jpeg.Encode(out, p, nil) })
	comment := append(append([]byte{}, asJPEG[:2]...), append([]byte{0xff, 0xfe, 0, byte(len(script) + 2)}, append([]byte(script), asJPEG[2:]...)...)...)
	attempts := map[string]struct {
		body  []byte
		taken bool
	}{
		"a page":                               {[]byte(`<!doctype html>` + script), false},
		"a drawing that runs":                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">` + script + `</svg>`), false},
		"a drawing that reads files":           {[]byte(`<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>`), false},
		"a paper":                              {[]byte("%PDF-1.4\n" + script), false},
		"twenty thousand by twenty thousand":   {hugePNG(20_000, 20_000), false},
		"more pixels than there are numbers":   {hugePNG(1<<31-1, 1<<31-1), false},
		"no pixels":                            {hugePNG(0, 0), false},
		"a picture that breaks off":            {asPNG[:len(asPNG)/2], false},
		"nothing":                              {[]byte{}, false},
		"a picture with a page in its comment": {comment, true},
		"a picture with a page behind it":      {append(append([]byte{}, asPNG...), script...), true},
		"a picture that is a program too":      {append(append([]byte{}, asGIF...), "/*"+script+"*/=1;"...), true},
	}
	cases := count(t, "A13", len(attempts))
	w := r.watch(t)
	taken := 0
	for name, attempt := range attempts {
		file, sent := r.uploadFile(t, owner, "/pictures/files", name+".png", attempt.body)
		require.Less(t, sent.status, 500, "%s: %s", name, sent.body)
		got := r.ask(r.b, owner, "POST", "/pictures", object{"file_id": file})
		require.Less(t, got.status, 500, "%s: %s", name, got.body)
		require.Equal(t, attempt.taken, got.status == http.StatusOK, "%s: %d %s", name, got.status, got.body)
		if attempt.taken {
			taken++
			made := read[struct{ ID string }](t, got)
			for _, size := range []string{"small", "large"} {
				shown := r.ask(r.b, owner, "GET", "/pictures/"+made.ID+"/"+size, nil)
				require.Equal(t, http.StatusOK, shown.status, "%s: %s", name, shown.body)
				require.NotContains(t, shown.body, "script", name)
				require.True(t, strings.HasPrefix(shown.header.Get("Content-Type"), "image/"), shown.header)
				require.Equal(t, "nosniff", shown.header.Get("X-Content-Type-Options"))
			}
		}
		cases.one()
	}
	require.Equal(t, 3, taken)
	w.done(t)
}
