package picture

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a camera held the picture: 1 to 8, as EXIF 2.32 counts them,
// and 1 where nothing is said or what is said makes no sense.
func orientation(file []byte, format string) int {
	var notes []byte
	switch format {
	case "jpeg":
		notes = jpegNotes(file)
	case "png":
		notes = pngNotes(file)
	case "webp":
		notes = webpNotes(file)
	}
	return orientationIn(notes)
}

var exifMark = []byte("Exif\x00\x00")

// jpegNotes is what a JPEG's APP1 segment holds, before its first scan.
func jpegNotes(file []byte) []byte {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		kind, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if kind == 0xff {
			at++
			continue
		}
		end := at + 2 + size
		if kind == 0xda || size < 2 || end > len(file) {
			return nil
		}
		if body := file[at+4 : end]; kind == 0xe1 && bytes.HasPrefix(body, exifMark) {
			return body[len(exifMark):]
		}
		at = end
	}
	return nil
}

// pngNotes is a PNG's eXIf chunk.
func pngNotes(file []byte) []byte {
	for at := 8; at+12 <= len(file); {
		size := int(binary.BigEndian.Uint32(file[at:]))
		if size > len(file)-at-12 {
			return nil
		}
		if string(file[at+4:at+8]) == "eXIf" {
			return file[at+8 : at+8+size]
		}
		at += 12 + size
	}
	return nil
}

// webpNotes is a WebP's EXIF chunk; some programs put the mark of JPEG before it.
func webpNotes(file []byte) []byte {
	for at := 12; at+8 <= len(file); {
		size := int(binary.LittleEndian.Uint32(file[at+4:]))
		if size > len(file)-at-8 {
			return nil
		}
		if string(file[at:at+4]) == "EXIF" {
			return bytes.TrimPrefix(file[at+8:at+8+size], exifMark)
		}
		at += 8 + size + size%2
	}
	return nil
}

const (
	tagOrientation = 0x0112
	typeShort      = 3
	entrySize      = 12
)

// orientationIn looks for the tag in the first directory of a TIFF structure.
func orientationIn(notes []byte) int {
	if len(notes) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(notes[:2]) == "MM" {
		order = binary.BigEndian
	}
	start := int64(order.Uint32(notes[4:]))
	if start < 8 || start+2 > int64(len(notes)) {
		return 1
	}
	entries := notes[start+2:]
	for range order.Uint16(notes[start:]) {
		if len(entries) < entrySize {
			return 1
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if how := int(order.Uint16(entries[8:])); how >= 1 && how <= 8 {
				return how
			}
			return 1
		}
		entries = entries[entrySize:]
	}
	return 1
}
