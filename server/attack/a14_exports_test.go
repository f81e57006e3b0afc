package attack_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"souk/shared/wire"
)

// formulas are what a spreadsheet would run, by how they begin (CWE-1236).
var formulas = []string{
	`=HYPERLINK("http://evil.example","x")`, `=cmd|' /C calc'!A0`, `+1+1`, `-2+3+cmd|' /C calc'!A0`, `@SUM(1+1)`, "\t=1+1", "\r=1+1", "\n=1+1",
}

// exports are the routes that write lists into files: a new one is attacked by itself.
func (r *ring) exports() []string {
	var all []string
	for _, route := range r.program.Web.Routes() {
		if route.Method == http.MethodPost && strings.HasSuffix(route.Path, "/exports") {
			all = append(all, route.Path)
		}
	}
	return all
}

// formatsOf are the kinds of file that a route writes.
func formatsOf(path string) []string {
	if path == "/company/exports" {
		return []string{"zip"}
	}
	return []string{"csv", "xlsx"}
}

// plantFormulas puts a formula into every text of B's rows that an export may hold.
func (r *ring) plantFormulas(t *testing.T, formula string) {
	t.Helper()
	b := r.b.id
	r.write(t, r.b, `update items set name = $2 where tenant_id = $1 and sku = $3`, b, formula+" item", r.b.mark+"-0")
	r.write(t, r.b, `update items set sku = $2 where tenant_id = $1 and sku = $3`, b, formula, r.b.mark+"-1")
	r.write(t, r.b, `update categories set name = $2 where tenant_id = $1`, b, formula+" category")
	r.write(t, r.b, `update customers set name = $2, phone = $2, notes = $2, address = $2, code = $3 where tenant_id = $1 and id = (select id from customers where tenant_id = $1 order by id limit 1)`, b, formula+" customer", formula)
	r.write(t, r.b, `update people set name = $2 where tenant_id = $1 and role = 'owner'`, b, formula+" person")
	r.write(t, r.b, `update stores set name = $2 where tenant_id = $1 and id = $3`, b, formula+" store", r.b.opened.Store.ID)
	r.write(t, r.b, `update registers set name = $2 || id::text where tenant_id = $1`, b, formula)
	r.write(t, r.b, `update payment_methods set name = $2 where tenant_id = $1 and kind = 'cash'`, b, formula+" cash")
}

// unplant gives the planted rows their former texts back, where texts are unique.
func (r *ring) unplant(t *testing.T, formula string) {
	t.Helper()
	r.write(t, r.b, `update items set sku = $2 where tenant_id = $1 and sku = $3`, r.b.id, r.b.mark+"-1", formula)
}

// TestAttackByFormulas writes every list of B's into both kinds of file, with texts
// that begin like formulas: what is opened runs none of them, and what is read back
// says the same.
func TestAttackByFormulas(t *testing.T) {
	r := newRing(t)
	owner, foreign := r.session(t, r.b, wire.Owner), r.session(t, r.a, wire.Owner)
	exports := r.exports()
	require.NotEmpty(t, exports)
	cases := count(t, "A14", 0)
	seen := 0
	for _, formula := range formulas {
		r.plantFormulas(t, formula)
		for _, path := range exports {
			cases.expect(2 * len(formatsOf(path)))
			for _, format := range formatsOf(path) {
				label := fmt.Sprintf("%q in %s as %s", formula, path, format)
				file, job := r.exported(t, owner, path, format, label)
				cells := cellsOf(t, file, format, label)
				for _, cell := range cells {
					if format != "xlsx" && cell != "" {
						require.False(t, strings.ContainsRune("=+@\t\r\n", rune(cell[0])) || cell[0] == '-' && strings.Trim(cell, "-0123456789.") != "", "%s: the cell %q is run", label, cell)
					}
					if strings.Contains(cell, strings.TrimSpace(formula)) {
						seen++
					}
				}
				cases.one()
				for _, target := range []string{"/jobs/" + job} {
					require.Equal(t, http.StatusNotFound, r.ask(r.a, foreign, "GET", target, nil).status, label)
				}
				cases.one()
			}
		}
		r.unplant(t, formula)
	}
	require.Greater(t, seen, len(formulas)*len(exports), "the planted texts are not in the files: the attack is none")
}

// exported runs an export to its end.
func (r *ring) exported(t *testing.T, owner, path, format, label string) (file, job string) {
	t.Helper()
	in := object{"format": format}
	if format == "zip" {
		in = object{}
	}
	started := r.ask(r.b, owner, "POST", path, in)
	require.Equal(t, http.StatusOK, started.status, "%s: %s", label, started.body)
	var row struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(started.body), &row))
	r.work(t, r.b)
	id := r.text(t, `select coalesce(file_id::text, '') from jobs where tenant_id = $1 and id = $2`, r.b.id, row.ID)
	require.NotEmpty(t, id, "%s made no file: %s", label, r.ask(r.b, owner, "GET", "/jobs/"+row.ID, nil).body)
	got := r.ask(r.b, owner, "GET", "/files/"+id, nil)
	require.Equal(t, http.StatusOK, got.status, label)
	header := got.header.Get("Content-Disposition")
	require.True(t, strings.HasPrefix(header, "attachment"), "%s: %s", label, header)
	return got.body, row.ID
}

// cellsOf reads a file back with what others read such files with.
func cellsOf(t *testing.T, file, format, label string) []string {
	t.Helper()
	if format == "zip" {
		archive, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
		require.NoError(t, err, label)
		var cells []string
		for _, entry := range archive.File {
			if !strings.HasSuffix(entry.Name, ".csv") {
				continue
			}
			opened, err := entry.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(opened)
			require.NoError(t, err)
			cells = append(cells, cellsOf(t, string(text), "csv", label+", "+entry.Name)...)
		}
		return cells
	}
	if format == "csv" {
		reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff")))
		reader.FieldsPerRecord = -1
		rows, err := reader.ReadAll()
		require.NoError(t, err, label)
		return slices.Concat(rows...)
	}
	book, err := excelize.OpenReader(strings.NewReader(file))
	require.NoError(t, err, label)
	defer func() { _ = book.Close() }()
	var cells []string
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err, label)
		for y, row := range rows {
			for x, cell := range row {
				name, err := excelize.CoordinatesToCellName(x+1, y+1)
				require.NoError(t, err)
				formula, err := book.GetCellFormula(sheet, name)
				require.NoError(t, err)
				require.Empty(t, formula, "%s: %s holds a formula", label, name)
				linked, _, err := book.GetCellHyperLink(sheet, name)
				require.NoError(t, err)
				require.False(t, linked, "%s: %s holds a link", label, name)
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

// hostileBooks are workbooks that do more than hold cells.
func hostileBooks(t *testing.T) map[string][]byte {
	t.Helper()
	book := func(change func(name string, body []byte) []byte) []byte {
		plain := excelize.NewFile()
		require.NoError(t, plain.SetSheetRow("Sheet1", "A1", &[]any{"Name", "Price"}))
		require.NoError(t, plain.SetSheetRow("Sheet1", "A2", &[]any{"Pear", "1.00"}))
		whole, err := plain.WriteToBuffer()
		require.NoError(t, err)
		in, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
		require.NoError(t, err)
		var out bytes.Buffer
		writer := zip.NewWriter(&out)
		for _, part := range in.File {
			opened, err := part.Open()
			require.NoError(t, err)
			var body bytes.Buffer
			_, err = body.ReadFrom(opened)
			require.NoError(t, err)
			to, err := writer.Create(part.Name)
			require.NoError(t, err)
			_, err = to.Write(change(part.Name, body.Bytes()))
			require.NoError(t, err)
		}
		require.NoError(t, writer.Close())
		return out.Bytes()
	}
	sheet := func(text string) func(string, []byte) []byte {
		return func(name string, body []byte) []byte {
			if name == "xl/worksheets/sheet1.xml" {
				return []byte(text)
			}
			return body
		}
	}
	const top = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>`
	const end = `</t></is></c></row></sheetData></worksheet>`
	laughs := `<!DOCTYPE l [<!ENTITY a "ha">`
	for n := 'b'; n <= 'k'; n++ {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, n, strings.Repeat(fmt.Sprintf("&%c;", n-1), 10))
	}
	return map[string][]byte{
		"a file of the server's by an entity": book(sheet(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + top + `&e;` + end)),
		"an address by an entity":             book(sheet(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "http://169.254.169.254/latest/meta-data">]>` + top + `&e;` + end)),
		"ten thousand million laughs":         book(sheet(`<?xml version="1.0"?>` + laughs + `]>` + top + `&k;` + end)),
		"gigabytes of nothing, packed": book(func(name string, body []byte) []byte {
			return append(body, bytes.Repeat([]byte(" "), map[bool]int{true: 600 << 20}[name == "xl/worksheets/sheet1.xml"])...)
		}),
		"a name that leads out of the archive": append([]byte{}, outside(t)...),
		"no workbook at all":                   []byte("PK\x03\x04 and then nothing"),
	}
}

// outside is an archive whose parts want to stand elsewhere.
func outside(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for _, name := range []string{"../../../../tmp/souk-escaped", "/etc/cron.d/souk", "xl/workbook.xml"} {
		to, err := writer.Create(name)
		require.NoError(t, err)
		_, err = to.Write([]byte("escaped"))
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return out.Bytes()
}

// uploadFile sends a file in parts and gives its id.
func (r *ring) uploadFile(t *testing.T, token, route, name string, body []byte) (string, answer) {
	t.Helper()
	const part = 1 << 20
	begin := object{"id": uuid.NewString(), "name": name}
	if strings.Contains(route, "picture") {
		begin["size"] = len(body)
	}
	made := r.must(t, r.b, token, "POST", route, begin)
	id := made["id"].(string)
	var got answer
	for n := 0; n*part < len(body); n++ {
		last := (n+1)*part >= len(body)
		got = r.ask(r.b, token, "PUT", fmt.Sprintf("/files/%s/parts/%d", id, n), object{"bytes": body[n*part : min((n+1)*part, len(body))], "last": last})
	}
	return id, got
}

// TestAttackByWorkbooks imports workbooks that are none, or are more: each ends as a
// file that cannot be read, and nothing of the server's is in what is told of it.
func TestAttackByWorkbooks(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	books := hostileBooks(t)
	cases := count(t, "A14", len(books))
	w := r.watch(t)
	for name, body := range books {
		file, sent := r.uploadFile(t, owner, "/imports/files", name+".xlsx", body)
		if sent.status >= 400 {
			require.Less(t, sent.status, 500, "%s: %s", name, sent.body)
			cases.one()
			continue
		}
		id := uuid.NewString()
		r.must(t, r.b, owner, "POST", "/imports", object{"id": id, "file_id": file})
		r.work(t, r.b)
		got := r.ask(r.b, owner, "GET", "/imports/"+id, nil)
		require.Equal(t, http.StatusOK, got.status, "%s: %s", name, got.body)
		require.NotContains(t, got.body, "root:", name)
		rows := r.ask(r.b, owner, "GET", "/imports/"+id+"/rows", nil)
		require.NotContains(t, rows.body, "root:", name)
		require.NotContains(t, rows.body, "escaped", name)
		require.NotContains(t, rows.body, "hahahaha", name)
		cases.one()
	}
	w.done(t)
}
