package glyph

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// Brush writes letters of any size, each as wide as it is, with soft edges: what a
// page looks like on a screen. Size is in dots.
type Brush struct {
	On   draw.Image
	Face Face
	Size float64
	Ink  color.Color
}

// Write writes what Visual gave, from x on, on the base line y.
func (b Brush) Write(x, y float64, visual string) {
	with := face(map[Face]font.Face{}, b.Face, b.Size)
	place := fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	for _, r := range visual {
		area, mask, from, advance, ok := with.Glyph(place, r)
		if ok {
			draw.DrawMask(b.On, area, image.NewUniform(b.Ink), area.Min, mask, from, draw.Over)
		}
		place.X += advance
	}
}
