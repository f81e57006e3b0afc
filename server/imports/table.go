package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/govalues/decimal"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"souk/server/platform/sheet"
	"souk/shared/fault"
)

// What one file may have.
const (
	mostRows    = 200_000
	mostColumns = 100
	longestCell = 5000
)

// eachRow reads a table row by row, CSV or XLSX by what the bytes are, and gives
// rows with something in them and their number in the file, as people count.
//
// Fails with imports.unreadable.
func eachRow(body []byte, visit func(number int, cells []string) error) error {
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return eachSheetRow(body, visit)
	}
	return eachTextRow(plainText(body), visit)
}

// plainText brings text to UTF-8. What is not UTF-8 and does not say what it is
// comes from an older spreadsheet on Windows.
func plainText(body []byte) []byte {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		if text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(body); err == nil {
			return text
		}
	case utf8.Valid(body):
		return body
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return text
}

func eachTextRow(text []byte, visit func(int, []string) error) error {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = delimiter(text), -1, true, true
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		line, _ := reader.FieldPos(0)
		if err := visitRow(line, cells, visit); err != nil {
			return err
		}
	}
}

// delimiter is what parts the first lines most often, quoted text left out.
func delimiter(text []byte) rune {
	head := text[:min(len(text), 16<<10)]
	best, most := ',', 0
	for _, candidate := range []rune{',', ';', '\t', '|'} {
		count, quoted := 0, false
		for _, c := range string(head) {
			switch {
			case c == '"':
				quoted = !quoted
			case c == candidate && !quoted:
				count++
			}
			if c == '\n' && !quoted && count > 0 {
				break
			}
		}
		if count > most {
			best, most = candidate, count
		}
	}
	return best
}

func eachSheetRow(body []byte, visit func(int, []string) error) error {
	// A small file may unpack to a huge one; the limits end that.
	book, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: 512 << 20, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		return unreadable(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(firstSheet(book))
	if err != nil {
		return unreadable(err)
	}
	defer func() { _ = rows.Close() }()
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return unreadable(err)
		}
		for i := range cells {
			cells[i] = wholeNumber(cells[i])
		}
		if err := visitRow(number, cells, visit); err != nil {
			return err
		}
	}
	return rows.Error()
}

func firstSheet(book *excelize.File) string {
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err == nil && shown {
			return name
		}
	}
	return book.GetSheetName(0)
}

var scientific = regexp.MustCompile(`^\d(\.\d+)?E\+?\d{1,2}$`)

// wholeNumber writes out a barcode that a workbook keeps as 5.4490000009960E+12.
func wholeNumber(text string) string {
	if !scientific.MatchString(text) {
		return text
	}
	mantissa, exponent, _ := strings.Cut(strings.Replace(text, "E+", "E", 1), "E")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	shift, err := decimal.Parse(exponent)
	if err != nil {
		return text
	}
	places, _, _ := shift.Int64(0)
	if int(places) < len(fraction) {
		return text
	}
	return whole + fraction + strings.Repeat("0", int(places)-len(fraction))
}

func visitRow(number int, cells []string, visit func(int, []string) error) error {
	kept := make([]string, 0, len(cells))
	empty := true
	for _, cell := range cells[:min(len(cells), mostColumns)] {
		cell = sheet.Plain(strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(cell, "\ufffd"), "\x00", "")))
		if len(cell) > longestCell {
			cell = strings.ToValidUTF8(cell[:longestCell], "")
		}
		empty = empty && cell == ""
		kept = append(kept, cell)
	}
	if empty {
		return nil
	}
	return visit(number, kept)
}

func unreadable(err error) error {
	return fault.Invalid("imports.unreadable", fault.Because(err)).
		Say("This file cannot be read as a table. Save it as CSV or XLSX (not XLS) without a password and upload that.")
}
