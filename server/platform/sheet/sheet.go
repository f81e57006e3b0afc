// Package sheet writes tables as CSV and XLSX files for people to open in a
// spreadsheet. No cell of them is ever run as a formula. It reads nothing.
package sheet

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The content types of what is written.
const (
	CSVType  = "text/csv; charset=utf-8"
	XLSXType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Safe is a cell's text that no spreadsheet takes for a formula: what begins like
// one gets a quote before it. A plain negative number stays one.
func Safe(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n", rune(text[0])) || isNumber(text) {
		return text
	}
	return "'" + text
}

// Plain takes off the quote that Safe put before a text.
func Plain(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@\t\r\n", rune(text[1])) {
		return text[1:]
	}
	return text
}

func isNumber(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") < 2
}

// CSV writes rows with a byte order mark, without which Excel takes the text for
// an older encoding.
func CSV(rows [][]string, heading bool) ([]byte, error) {
	var out bytes.Buffer
	if heading {
		out.WriteString("\ufeff")
	}
	writer := csv.NewWriter(&out)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Safe(cell)
		}
		if err := writer.Write(safe); err != nil {
			return nil, err
		}
	}
	writer.Flush()
	return out.Bytes(), writer.Error()
}

// XLSX writes rows as one sheet, the first of them as its heading. Cells are text,
// but for those of the columns that are numbers.
func XLSX(rows [][]string, numbers map[int]bool) ([]byte, error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	out, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for at, text := range row {
			cells[at] = text
			if i > 0 && numbers[at] && isNumber(text) {
				// A workbook keeps every number as a double; this is where ours become one.
				value, err := strconv.ParseFloat(text, 64)
				if err != nil {
					return nil, err
				}
				cells[at] = value
			}
		}
		place, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return nil, err
		}
		if err := out.SetRow(place, cells); err != nil {
			return nil, err
		}
	}
	if err := out.Flush(); err != nil {
		return nil, err
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
