package imports_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"souk/server/catalog"
	"souk/server/imports"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/shared/wire"
)

// thousand is a supplier's list of 1,000 rows of which 37 are wrong.
func thousand() (body []byte, wrong map[int]bool) {
	var out strings.Builder
	wrong = map[int]bool{}
	out.WriteString("Article no;Product name;EAN;VK;Category\r\n")
	for i := range 1000 {
		price, name := fmt.Sprintf("%d,%02d", i/100+1, i%100), fmt.Sprintf("Tea no. %d, loose", i)
		if i%27 == 5 {
			wrong[i] = true
			switch i / 27 % 3 {
			case 0:
				price = "1,2x"
			case 1:
				name = ""
			default:
				price = "-4"
			}
		}
		fmt.Fprintf(&out, "A-%04d;\"%s\";2%011d;%s;Drinks > Tea\r\n", i, name, i, price)
	}
	return []byte(out.String()), wrong
}

func TestAThousandRowsWithThirtySevenErrors(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	must[catalog.Item](s, "POST", "/items", object{
		"id": uuid.New(), "sku": "A-0001", "name": "Old tea", "tax_code": "reduced", "price_minor": 5, "track_stock": true, "description": "kept"})
	before := s.fingerprint()
	body, wrong := thousand()
	require.Len(t, wrong, 37)

	found := s.read("tea.csv", body)
	require.Equal(t, []string{imports.SKU, imports.Name, imports.Barcode, imports.Price, imports.Category}, found.Plan.Fields)
	require.True(t, found.Plan.Comma)
	require.Equal(t, 1000, found.Rows)
	tried := s.try(found, nil)
	require.Equal(t, imports.Counts{Bad: 37, New: 962, Change: 1}, tried.Counts)
	require.Equal(t, before, s.fingerprint(), "a dry run changes nothing")
	rows := must[wire.Page[imports.ImportRow]](s, "GET", "/imports/"+found.ID.String()+"/rows?limit=200", nil)
	require.Len(t, rows.Rows, 37)
	require.Contains(t, messages(rows.Rows), "Price '1,2x' is not a number")
	require.Contains(t, messages(rows.Rows), "Name is missing")
	require.Contains(t, messages(rows.Rows), "Price '-4' is below zero")

	done := s.run(tried)
	require.Equal(t, imports.Counts{Bad: 37, Made: 962, Changed: 1}, done.Counts)
	old := must[wire.Page[catalog.ItemRow]](s, "GET", "/items?q=A-0001", nil).Rows[0]
	require.EqualValues(t, 101, old.Price)
	require.Equal(t, "Tea no. 1, loose", old.Name)

	status, reject := s.ask("GET", "/files/"+done.RejectID.String(), nil)
	require.Equal(t, http.StatusOK, status)
	back, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(reject, []byte("\ufeff")))).ReadAll()
	require.NoError(t, err)
	require.Len(t, back, 38)
	for _, row := range back[1:] {
		var i int
		_, err := fmt.Sscanf(row[0], "A-%d", &i)
		require.NoError(t, err)
		require.True(t, wrong[i], row)
		require.NotEmpty(t, row[5])
		delete(wrong, i)
	}
	require.Empty(t, wrong, "exactly those came back")

	again := s.read("tea (rejected).csv", reject)
	require.Equal(t, "", again.Plan.Fields[5], "the column with the errors is left out")
	require.Equal(t, imports.Counts{Bad: 37}, s.try(again, nil).Counts)

	undone := s.undo(done)
	require.Equal(t, imports.Undid{Removed: 962, Restored: 1}, undone.Undone)
	require.Equal(t, before, s.fingerprint())
}

func messages(rows []imports.ImportRow) []string {
	var all []string
	for _, row := range rows {
		for _, e := range row.Errors {
			all = append(all, e.Message)
		}
	}
	return all
}

func TestDryRunSaysEverythingOfARow(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	must[catalog.Item](s, "POST", "/items", object{
		"id": uuid.New(), "sku": "HAVE", "name": "Milk", "tax_code": "reduced", "price_minor": 5, "plu": "77", "track_stock": true,
		"barcodes": []object{{"code": "5449000000996", "quantity": "1"}}})
	file := strings.Join([]string{
		"sku,name,barcode,barcode 2,price,cost,tax code,unit,plu,sold by,min stock,active,category",
		`N1,New,4006381333931,,1.50,1,standard,each,,each,2,yes,Food`,
		`N1,Same SKU,,,1.50,,standard,,,,,,`,
		`N2,Same code,4006381333931,,1.50,,standard,,,,,,`,
		`N3,,bad code that is fine,,x,y,nope,furlong,12a,dozen,z,maybe,`,
		`HAVE,Renamed,,,,,,,,,,,`,
		`,Also milk,5449000000996,,2,,,,,,,,`,
		`N4,Taken plu,,,1,,standard,,77,,,,`,
		`N5,Formula,5.449E+12,,1,,standard,,,,,,`,
		`N6,Many decimals,,,1.005,,standard,,,,,,`,
	}, "\n")
	found := s.try(s.read("all.csv", []byte(file)), nil)
	rows := must[wire.Page[imports.ImportRow]](s, "GET", "/imports/"+found.ID.String()+"/rows", nil).Rows
	said := map[int][]string{}
	for _, row := range rows {
		said[row.Row] = messages([]imports.ImportRow{row})
	}
	require.Equal(t, map[int][]string{
		3: {"SKU 'N1' is in row 2 already"},
		4: {"Barcode '4006381333931' is in row 2 already"},
		5: {"Price 'x' is not a number", "Cost 'y' is not a number", "PLU '12a' has something else than digits", "Sold by 'dozen' is none of each, weight, open",
			"Minimum stock 'z' is not a number", "Active 'maybe' is neither yes nor no", "Tax code 'nope' is none of the shop's",
			"Unit 'furlong' is none of the shop's", "Name is missing"},
		7:  {"This is “Milk”, which row 6 is already"},
		8:  {"PLU '77' is “Milk” already"},
		9:  {"Barcode '5.449E+12' was shortened by a spreadsheet: format the column as text and enter the code again"},
		10: {"Price '1.005' has more decimals than EUR has"},
	}, said)
	require.Equal(t, imports.Counts{Bad: 7, New: 1, Change: 1}, found.Counts)
}

func TestFilesOfManySorts(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	book := excelize.NewFile()
	require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]any{"SKU", "Name", "EAN", "Price"}))
	require.NoError(t, book.SetSheetRow("Sheet1", "A2", &[]any{"X1", "Crème brûlée", 5449000000996, 2.5}))
	workbook, err := book.WriteToBuffer()
	require.NoError(t, err)
	for name, body := range map[string][]byte{
		"utf8.csv":       []byte("SKU,Name,EAN,Price\nX1,Crème brûlée,5449000000996,2.50\n"),
		"bom.csv":        []byte("\ufeffSKU;Name;EAN;Price\nX1;Crème brûlée;5449000000996;2,50 €\n"),
		"windows.txt":    []byte("SKU\tName\tEAN\tPrice\nX1\tCr\xe8me br\xfbl\xe9e\t5449000000996\t\x802,50\n"),
		"workbook.xlsx":  workbook.Bytes(),
		"thousands.csv":  []byte("SKU,Name,EAN,Price\nX1,Crème brûlée,5449000000996,\"€ 2,50\"\n"),
		"quoted-end.csv": []byte("SKU,Name,EAN,Price\r\n\r\nX1,\"Crème brûlée\",5449000000996,2.5"),
	} {
		t.Run(name, func(t *testing.T) {
			done := s.run(s.try(s.read(name, body), nil))
			require.Equal(t, imports.Counts{Made: 1}, done.Counts, name)
			item := must[wire.Page[catalog.ItemRow]](s, "GET", "/items?q=X1", nil).Rows[0]
			require.Equal(t, []any{"Crème brûlée", "5449000000996", "X1"}, []any{item.Name, item.Barcode, item.SKU})
			require.EqualValues(t, 250, item.Price)
			require.Equal(t, 1, s.undo(done).Undone.Removed)
		})
	}
	for name, body := range map[string][]byte{"empty.csv": []byte("name\n"), "broken.xlsx": []byte("PK\x03\x04rubbish")} {
		made := must[imports.Import](s, "POST", "/imports", object{"id": uuid.New(), "file_id": s.upload(name, body)})
		require.Eventually(t, func() bool {
			now := must[imports.Import](s, "GET", "/imports/"+made.ID.String(), nil)
			return now.State == imports.Failed && now.Problem != ""
		}, patience, tick, name)
	}
}

func TestUndoKeepsWhatWasUsedOrChangedSince(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	must[catalog.Item](s, "POST", "/items", object{"id": uuid.New(), "sku": "OLD", "name": "Old", "tax_code": "standard", "price_minor": 100, "track_stock": true})
	file := "sku,name,price,stock\nNEW,New,1.00,\nSTOCKED,Stocked,2.00,5\nOLD,Older,3.00,\n"
	done := s.run(s.try(s.read("mixed.csv", []byte(file)), func(plan *imports.Plan) { plan.LocationID = &s.opened.Store.LocationID }))
	require.Equal(t, imports.Counts{Made: 2, Changed: 1}, done.Counts)
	old := must[catalog.Item](s, "GET", "/items/"+s.item("OLD").String(), nil)
	edit := object{"version": old.Version, "sku": "OLD", "name": "Mine", "tax_code": "standard", "price_minor": old.Price, "track_stock": true, "unit": "each", "sold_by": "each"}
	must[catalog.Item](s, "PUT", "/items/"+old.ID.String(), edit)

	undone := s.undo(done)
	require.Equal(t, imports.Undid{Removed: 1, Deactivated: 1, Kept: 1}, undone.Undone)
	after := must[catalog.Item](s, "GET", "/items/"+old.ID.String(), nil)
	require.Equal(t, "Mine", after.Name, "what somebody typed since stays")
	require.EqualValues(t, 100, after.Price, "the rest goes back")
	require.False(t, must[catalog.Item](s, "GET", "/items/"+s.item("STOCKED").String(), nil).Active)
	require.Zero(t, s.count(`select coalesce(sum(on_hand), 0)::int from stock_balances where tenant_id = $1`))
	require.Zero(t, s.count(`select count(*)::int from (select account_id from postings where tenant_id = $1 group by account_id having sum(amount_minor) <> 0) x`))
}

func (s *shop) item(sku string) (id uuid.UUID) {
	s.t.Helper()
	require.NoError(s.t, s.super.QueryRow(s.t.Context(), `select id from items where tenant_id = $1 and sku = $2`, s.id, sku).Scan(&id))
	return id
}

func TestTheMappingIsRemembered(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	body := []byte("Foo,Bar\nTea,3.00\n")
	found := s.read("a.csv", body)
	require.Equal(t, []string{"", ""}, found.Plan.Fields)
	s.run(s.try(found, func(plan *imports.Plan) { plan.Fields = []string{imports.Name, imports.Price}; plan.Existing = "skip" }))
	again := s.read("b.csv", body)
	require.Equal(t, []string{imports.Name, imports.Price}, again.Plan.Fields)
	require.Equal(t, "skip", again.Plan.Existing)
	other := p.shop("beta").read("b.csv", body)
	require.Equal(t, []string{"", ""}, other.Plan.Fields, "another shop's mapping is its own")
}

func TestPlansAreRefused(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	found := s.read("a.csv", []byte("name,price,stock\nTea,3.00,4\n"))
	for what, fields := range map[string][]string{
		"too few": {"name"}, "unknown": {"name", "colour", ""}, "twice": {"name", "name", ""}, "nothing to know it by": {"", "price", ""}, "no place": {"name", "price", "opening_stock"},
	} {
		status, body := s.ask("PUT", "/imports/"+found.ID.String()+"/plan", object{"fields": fields, "match": "both", "existing": "update", "make_categories": true, "comma": false})
		require.Equal(t, http.StatusUnprocessableEntity, status, "%s: %s", what, body)
	}
	status, body := s.ask("POST", "/imports/"+found.ID.String()+"/run", nil)
	require.Equal(t, http.StatusConflict, status, string(body))
}

// What is brought in has nobody's rights any more: who may not say what items cost
// is refused before.
func TestCostsAreNotBroughtInPastTheRight(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	status, body := s.ask("PUT", "/built-in-roles/manager", object{"version": 0, "grants": []string{}, "denials": []string{"catalog.cost"}})
	require.Equal(t, http.StatusOK, status, string(body))
	s.token = s.signIn(wire.Manager)
	found := s.read("a.csv", []byte("name,price,cost\nTea,3.00,1.20\n"))
	require.Equal(t, []string{"name", "price", "cost"}, found.Plan.Fields)
	status, body = s.ask("PUT", "/imports/"+found.ID.String()+"/plan", object{"fields": found.Plan.Fields, "tax_code": "standard", "match": "both", "existing": "update", "make_categories": true, "comma": false})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, string(body), "imports.costs")
	s.run(s.try(found, func(plan *imports.Plan) { plan.Fields[2] = "" }))
	require.Equal(t, 1, s.count(`select count(*)::int from items where tenant_id = $1 and name = 'Tea' and cost_minor = 0`))
}

func TestAnotherShopsIdsAreNowhere(t *testing.T) {
	p := start(t)
	a, b := p.shop("alpha"), p.shop("beta")
	p.work()
	body, _ := thousand()
	done := a.run(a.try(a.read("tea.csv", body), nil))
	before := a.fingerprint()
	for _, call := range [][2]string{
		{"GET", "/imports/" + done.ID.String()}, {"POST", "/imports/" + done.ID.String() + "/run"}, {"POST", "/imports/" + done.ID.String() + "/undo"},
		{"GET", "/files/" + done.RejectID.String()}, {"GET", "/files/" + done.FileID.String()}, {"GET", "/jobs/" + done.JobID.String()},
		{"PUT", "/jobs/" + done.JobID.String() + "/cancellation"},
	} {
		status, text := b.ask(call[0], call[1], nil)
		require.Equal(t, http.StatusNotFound, status, "%v: %s", call, text)
	}
	status, _ := b.ask("POST", "/imports", object{"id": uuid.New(), "file_id": done.FileID})
	require.Equal(t, http.StatusNotFound, status)
	status, _ = b.ask("PUT", fmt.Sprintf("/files/%s/parts/0", done.FileID), object{"bytes": []byte("x")})
	require.Equal(t, http.StatusNotFound, status)
	require.Empty(t, must[wire.Page[imports.ImportRow]](b, "GET", "/imports/"+done.ID.String()+"/rows?verdict=made", nil).Rows)
	require.Empty(t, must[wire.Page[jobs.JobRow]](b, "GET", "/jobs", nil).Rows)
	require.Equal(t, before, a.fingerprint())

	a.token = a.signIn(wire.Cashier)
	for _, call := range [][2]string{{"GET", "/imports"}, {"GET", "/imports/" + done.ID.String()}} {
		status, _ := a.ask(call[0], call[1], nil)
		require.Equal(t, http.StatusForbidden, status, call)
	}
	for _, path := range []string{"/files/" + done.RejectID.String(), "/jobs/" + done.JobID.String()} {
		status, _ := a.ask("GET", path, nil)
		require.Equal(t, http.StatusNotFound, status, "%s is not for a cashier", path)
	}
}

func TestUploadsKeepTheirLimits(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	file := must[files.StoredFile](s, "POST", "/imports/files", object{"id": uuid.New(), "name": "../../etc/pass\x01wd.csv"})
	require.Equal(t, "passwd.csv", file.Name)
	part := func(n, size int, last bool) int {
		status, _ := s.ask("PUT", fmt.Sprintf("/files/%s/parts/%d", file.ID, n), object{"bytes": make([]byte, size), "last": last})
		return status
	}
	require.Equal(t, http.StatusUnprocessableEntity, part(0, files.PartSize+1, false))
	require.Equal(t, http.StatusConflict, part(1, 10, false), "the part before is not there")
	require.Equal(t, http.StatusOK, part(0, 10, false))
	status, _ := s.ask("POST", "/imports", object{"id": uuid.New(), "file_id": file.ID})
	require.Equal(t, http.StatusNotFound, status, "half a file is no file")
	require.Equal(t, http.StatusOK, part(1, 10, true))
	require.Equal(t, http.StatusConflict, part(2, 10, true), "it is complete")
	_, err := s.super.Exec(t.Context(), `update files set expires_at = now() - interval '1 second' where id = $1`, file.ID)
	require.NoError(t, err)
	status, _ = s.ask("GET", "/files/"+file.ID.String(), nil)
	require.Equal(t, http.StatusNotFound, status)
	must[files.StoredFile](s, "POST", "/imports/files", object{"id": uuid.New(), "name": "next.csv"})
	require.Zero(t, s.count(`select count(*)::int from file_parts where tenant_id = $1`), "what has expired goes")
}
