package export

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"time"
)

// Archive is a ZIP file that is written over several steps of a job: what is in it so
// far travels with the job, and the list of it is written at the end.
type Archive struct {
	Entries []Entry `json:"entries"`
}

// Entry is one file in an archive.
type Entry struct {
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	Sum    uint32    `json:"sum"`
	Packed uint64    `json:"packed"`
	Size   uint64    `json:"size"`
}

func (e Entry) header() *zip.FileHeader {
	header := &zip.FileHeader{Name: e.Name, Method: zip.Deflate, CRC32: e.Sum, CompressedSize64: e.Packed, UncompressedSize64: e.Size}
	header.SetModTime(e.At) //nolint:staticcheck // CreateRaw writes nothing else of the time
	return header
}

// Add writes a file behind what was written before.
func (a *Archive) Add(out io.Writer, name string, body []byte, at time.Time) error {
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return err
	}
	_, err = deflate.Write(body)
	if err := errors.Join(err, deflate.Close()); err != nil {
		return err
	}
	entry := Entry{Name: name, At: at.UTC().Truncate(time.Second), Sum: crc32.ChecksumIEEE(body), Packed: uint64(packed.Len()), Size: uint64(len(body))}
	a.Entries = append(a.Entries, entry)
	writer := zip.NewWriter(out) // not closed: that would write a list of this file alone
	to, err := writer.CreateRaw(entry.header())
	if err != nil {
		return err
	}
	_, err = to.Write(packed.Bytes())
	return errors.Join(err, writer.Flush())
}

// Close writes the list of all that was added. It has the library write the whole
// archive once more to nowhere, with nothing for content, so that it knows the places.
func (a *Archive) Close(out io.Writer) error {
	var to gate
	writer := zip.NewWriter(&to)
	for _, entry := range a.Entries {
		body, err := writer.CreateRaw(entry.header())
		if err != nil {
			return err
		}
		if _, err := io.CopyN(body, nothing{}, int64(entry.Packed)); err != nil { //nolint:gosec // a file of ours
			return err
		}
	}
	err := writer.Flush()
	to.out = out
	return errors.Join(err, writer.Close())
}

// gate lets nothing through until it has somewhere to write to.
type gate struct{ out io.Writer }

func (g *gate) Write(body []byte) (int, error) {
	if g.out == nil {
		return len(body), nil
	}
	return g.out.Write(body)
}

// nothing is zeros without an end.
type nothing struct{}

func (nothing) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}
