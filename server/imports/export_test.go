package imports_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"souk/server/imports"
	"souk/server/platform/jobs"
)

// export starts one, waits for it and gives the file.
func (s *shop) export(filter object) []byte {
	s.t.Helper()
	job := must[jobs.JobRow](s, "POST", "/items/exports", filter)
	require.Eventually(s.t, func() bool {
		job = must[jobs.JobRow](s, "GET", "/jobs/"+job.ID.String(), nil)
		return job.State == jobs.Done
	}, patience, tick)
	status, body := s.ask("GET", "/files/"+job.FileID.String(), nil)
	require.Equal(s.t, http.StatusOK, status)
	return body
}

func TestExportsAreTheListUnderItsFilter(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	s.run(s.try(s.read("a.csv", list("A", 3000)), nil))
	must[object](s, "POST", "/items", object{
		"id": uuid.New(), "sku": "=EVIL", "name": "=HYPERLINK(\"http://x\")", "tax_code": "standard", "price_minor": 5, "track_stock": true})

	rows := table(t, s.export(object{"format": "csv", "sort": "sku"}))
	require.Len(t, rows, 3002)
	require.Equal(t, []string{"'=EVIL", "'=HYPERLINK(\"http://x\")", "", "", "each", "each", "", "0.05", "0.00", "standard", "yes"}, rows[1], "nothing that a spreadsheet would run")
	require.Len(t, table(t, s.export(object{"format": "csv", "q": "A-299"})), 12, "A-299 and A-2990 to A-2999")

	book, err := excelize.OpenReader(bytes.NewReader(s.export(object{"format": "xlsx", "sort": "sku"})))
	require.NoError(t, err)
	cells, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Len(t, cells, 3002)
	require.Equal(t, "=EVIL", cells[1][0], "text is text in a workbook")
	formula, err := book.GetCellFormula("Sheet1", "A2")
	require.NoError(t, err)
	require.Empty(t, formula)

	back := s.try(s.read("export.csv", s.export(object{"format": "csv"})), nil)
	require.Equal(t, imports.Counts{Change: 3001}, back.Counts, "what was exported can be imported")
	status, _ := s.ask("POST", "/items/exports", object{"format": "csv", "category": "nonsense"})
	require.Equal(t, http.StatusUnprocessableEntity, status)
}

func table(t *testing.T, text []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	require.NoError(t, err)
	return rows
}
