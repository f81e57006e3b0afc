// Package picture makes small pictures out of whatever photo somebody uploads. It
// draws them anew, so that nothing of the upload but its pixels goes on: no place
// where it was taken, no camera, no hidden text. It keeps nothing.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"souk/shared/fault"
)

// The limits of an upload, and the longest sides of what is made of it.
const (
	LargestUpload = 10 << 20
	mostPixels    = 40_000_000
	smallSide     = 128
	largeSide     = 1024
)

// firstSide bounds what the fine filter works on: its memory grows with the source.
const firstSide = 4 * largeSide

// The types of what is made.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
)

// Sizes is one picture in two sizes; both are of the one type, and neither is
// larger than the upload was. Width and Height are the large one's.
type Sizes struct {
	ContentType   string
	Small, Large  []byte
	Width, Height int
}

// drawing lets one upload at a time be unpacked: a photo of 40 megapixels takes
// some hundred megabytes while it is.
var drawing = make(chan struct{}, 1)

// Turn waits until nobody else unpacks a picture, and gives what ends the turn.
// Take it before the upload is read into memory.
func Turn(ctx context.Context) (done func(), err error) {
	select {
	case drawing <- struct{}{}:
		return func() { <-drawing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var decoders = map[string]func(*bytes.Reader) (image.Image, error){
	"jpeg": func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
	"png":  func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
	"gif":  func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) },
	"webp": func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) },
}

// Make draws an upload upright in its two sizes: JPEG, or PNG where something
// shows through. What kind of file it is, its bytes say and nobody else. Call it
// in a turn.
//
// Fails with picture.too_large (bytes), picture.too_many_pixels, picture.no_picture
// (JPEG, PNG, WebP and GIF are taken) and picture.broken.
func Make(upload []byte) (Sizes, error) {
	source, format, err := unpack(upload)
	if err != nil {
		return Sizes{}, err
	}
	source = shrink(source, firstSide, draw.NearestNeighbor)
	large := upright(shrink(source, largeSide, draw.CatmullRom), orientation(upload, format))
	small := shrink(large, smallSide, draw.CatmullRom)

	out := Sizes{ContentType: JPEG, Width: large.Bounds().Dx(), Height: large.Bounds().Dy()}
	if !large.Opaque() {
		out.ContentType = PNG
	}
	if out.Large, err = pack(large, out.ContentType, 84); err != nil {
		return Sizes{}, err
	}
	out.Small, err = pack(small, out.ContentType, 80)
	return out, err
}

// unpack reads the picture after its head has said that it may be read.
func unpack(upload []byte) (image.Image, string, error) {
	if len(upload) > LargestUpload {
		return nil, "", TooLarge()
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(upload))
	decode := decoders[format]
	if err != nil || decode == nil || head.Width < 1 || head.Height < 1 {
		return nil, "", fault.Invalid("picture.no_picture", fault.Because(err)).
			Say("This is not a picture that can be read. Choose a JPEG, PNG, WebP or GIF file.")
	}
	if head.Width > mostPixels/head.Height {
		return nil, "", fault.Invalid("picture.too_many_pixels").
			Messagef("This picture has %d × %d points; 40 million in all are the most. Make it smaller, then choose it again.", head.Width, head.Height)
	}
	source, err := decode(bytes.NewReader(upload))
	if err != nil {
		return nil, "", fault.Invalid("picture.broken", fault.Because(err)).
			Say("This picture is damaged or not complete. Choose it again, or another one.")
	}
	return source, format, nil
}

// TooLarge refuses an upload for its bytes.
func TooLarge() error {
	return fault.Invalid("picture.too_large").Say("This file is too large: a picture has at most 10 MB. Make it smaller, then choose it again.")
}

// shrink makes a picture fit into a square; one that does is only copied.
func shrink(source image.Image, side int, how draw.Scaler) *image.NRGBA {
	from := source.Bounds()
	width, height := fitting(from.Dx(), from.Dy(), side)
	to := image.NewNRGBA(image.Rect(0, 0, width, height))
	if width == from.Dx() && height == from.Dy() {
		draw.Copy(to, image.Point{}, source, from, draw.Src, nil)
		return to
	}
	how.Scale(to, to.Bounds(), source, from, draw.Src, nil)
	return to
}

func fitting(width, height, side int) (int, int) {
	if longest := max(width, height); longest > side {
		return max(1, width*side/longest), max(1, height*side/longest)
	}
	return width, height
}

func pack(p *image.NRGBA, kind string, quality int) ([]byte, error) {
	var out bytes.Buffer
	var err error
	if kind == PNG {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, p)
	} else {
		// The encoder is quick with this kind of picture, and nothing shows through here.
		plain := image.RGBA{Pix: p.Pix, Stride: p.Stride, Rect: p.Rect}
		err = jpeg.Encode(&out, &plain, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return out.Bytes(), nil
}

// upright turns and mirrors a picture as its orientation (1 to 8, as EXIF counts
// them) asks for.
func upright(p *image.NRGBA, how int) *image.NRGBA {
	width, height := p.Rect.Dx(), p.Rect.Dy()
	if how < 2 || how > 8 {
		return p
	}
	size := image.Rect(0, 0, width, height)
	if how >= 5 {
		size = image.Rect(0, 0, height, width)
	}
	out := image.NewNRGBA(size)
	for y := range height {
		for x := range width {
			to := turned(image.Pt(x, y), image.Pt(width-1, height-1), how)
			out.SetNRGBA(to.X, to.Y, p.NRGBAAt(x, y))
		}
	}
	return out
}

// turned is where a point comes to lie; last is the far corner.
func turned(p, last image.Point, how int) image.Point {
	switch how {
	case 2:
		return image.Pt(last.X-p.X, p.Y)
	case 3:
		return image.Pt(last.X-p.X, last.Y-p.Y)
	case 4:
		return image.Pt(p.X, last.Y-p.Y)
	case 5:
		return image.Pt(p.Y, p.X)
	case 6:
		return image.Pt(last.Y-p.Y, p.X)
	case 7:
		return image.Pt(last.Y-p.Y, last.X-p.X)
	default:
		return image.Pt(p.Y, last.X-p.X)
	}
}
